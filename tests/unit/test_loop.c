/*
 * SPDX-License-Identifier: ISC
 *
 * The loop, its timers, wake-ups from other threads, signals and guests.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "net/loop.h"
#include "unit.h"

#define WAKES 1000

struct seen {
	struct loop *loop;
	struct loop_timer *timer, *other;
	struct loop_waker *waker;
	struct loop_signal *signal;
	char order[16];
	size_t count;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void note(struct seen *s, char c)
{
	if (s->count < sizeof(s->order) - 1)
		s->order[s->count] = c;
	s->count++;
}

static void note_a(void *arg)
{
	note(arg, 'a');
}

static void note_b(void *arg)
{
	note(arg, 'b');
}

START_TEST(timers_fire_once_in_order)
{
	struct seen s = {.loop = loop_new()};
	int64_t before = now_ms();

	s.timer = loop_timer_new(s.loop, note_a, &s);
	s.other = loop_timer_new(s.loop, note_b, &s);
	loop_timer_arm(s.timer, 30);
	loop_timer_arm(s.other, 10);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "ba");
	ck_assert_int_ge(now_ms() - before, 29);
	loop_timer_free(s.timer);
	loop_timer_free(s.other);
	loop_free(s.loop);
}
END_TEST

START_TEST(timer_armed_again_is_replaced)
{
	struct seen s = {.loop = loop_new()};
	int64_t before = now_ms();

	s.timer = loop_timer_new(s.loop, note_a, &s);
	s.other = loop_timer_new(s.loop, note_b, &s);
	loop_timer_arm(s.timer, 60000);
	loop_timer_arm(s.timer, 5);
	loop_timer_arm(s.other, 60000);
	loop_timer_cancel(s.other);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "a");
	ck_assert_int_lt(now_ms() - before, 30000);
	loop_timer_arm(s.timer, -5);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "aa");
	loop_timer_free(s.timer);
	loop_timer_free(s.other);
	loop_free(s.loop);
}
END_TEST

static void free_timer(void *arg)
{
	struct seen *s = arg;

	loop_timer_free(s->timer);
	s->timer = NULL;
	note(s, 'f');
}

START_TEST(timer_may_free_itself)
{
	struct seen s = {.loop = loop_new()};

	s.timer = loop_timer_new(s.loop, free_timer, &s);
	loop_timer_arm(s.timer, 0);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "f");
	loop_timer_free(s.timer);
	loop_free(s.loop);
}
END_TEST

static void note_and_stop(void *arg)
{
	struct seen *s = arg;

	note(s, 's');
	loop_stop(s->loop);
}

START_TEST(stop_leaves_the_rest)
{
	struct seen s = {.loop = loop_new()};

	s.timer = loop_timer_new(s.loop, note_and_stop, &s);
	s.other = loop_timer_new(s.loop, note_b, &s);
	loop_timer_arm(s.timer, 0);
	loop_timer_arm(s.other, 20);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "s");
	loop_once(s.loop);
	ck_assert_str_eq(s.order, "sb");
	loop_timer_free(s.timer);
	loop_timer_free(s.other);
	loop_free(s.loop);
}
END_TEST

static void *wake_often(void *arg)
{
	struct seen *s = arg;

	for (int i = 0; i < WAKES; i++)
		loop_wake(s->waker);
	return NULL;
}

START_TEST(wakes_come_from_other_threads)
{
	struct seen s = {.loop = loop_new()};
	pthread_t thread;

	s.waker = loop_waker_new(s.loop, note_a, &s);
	ck_assert_int_eq(pthread_create(&thread, NULL, wake_often, &s), 0);
	loop_once(s.loop);
	ck_assert_uint_ge(s.count, 1);
	pthread_join(thread, NULL);
	loop_wake(s.waker);
	loop_once(s.loop);
	ck_assert_uint_ge(s.count, 2);
	ck_assert_uint_le(s.count, WAKES + 1);
	loop_waker_free(s.waker);
	loop_free(s.loop);
}
END_TEST

static void wake_again(void *arg)
{
	struct seen *s = arg;

	note(s, 'w');
	if (s->count < 3)
		loop_wake(s->waker);
	else
		loop_stop(s->loop);
}

START_TEST(wake_within_wake_comes_again)
{
	struct seen s = {.loop = loop_new()};

	s.waker = loop_waker_new(s.loop, wake_again, &s);
	loop_wake(s.waker);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "www");
	loop_waker_free(s.waker);
	loop_free(s.loop);
}
END_TEST

static void free_waker(void *arg)
{
	struct seen *s = arg;

	loop_waker_free(s->waker);
	note(s, 'f');
}

START_TEST(waker_may_free_itself)
{
	struct seen s = {.loop = loop_new()};

	s.waker = loop_waker_new(s.loop, free_waker, &s);
	loop_wake(s.waker);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "f");
	loop_free(s.loop);
}
END_TEST

START_TEST(signals_come_through_the_loop)
{
	struct seen s = {.loop = loop_new()};

	s.signal = loop_signal_new(s.loop, SIGUSR1, note_and_stop, &s);
	raise(SIGUSR1);
	ck_assert_uint_eq(s.count, 0);
	loop_run(s.loop);
	raise(SIGUSR1);
	loop_run(s.loop);
	ck_assert_str_eq(s.order, "ss");
	loop_signal_free(s.signal);
	loop_free(s.loop);
}
END_TEST

START_TEST(broken_pipe_does_not_kill)
{
	struct loop *l = loop_new();
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	ck_assert_int_eq(write(fds[1], "x", 1), -1);
	close(fds[1]);
	loop_free(l);
}
END_TEST

struct visitor {
	struct loop_guest guest;
	struct seen *seen;
};

static void close_visitor(struct loop_guest *g)
{
	/* The guest is the first member. */
	struct visitor *v = (struct visitor *)g;

	note(v->seen, 'c');
	loop_guest_remove(g);
	free(v);
}

static void leave(void *arg)
{
	struct visitor *v = arg;

	note(v->seen, 'l');
	loop_timer_free(v->seen->timer);
	loop_guest_remove(&v->guest);
	free(v);
}

static struct visitor *visit(struct seen *s)
{
	struct visitor *v = calloc(1, sizeof(*v));

	v->guest.close = close_visitor;
	v->seen = s;
	loop_guest_add(s->loop, &v->guest);
	return v;
}

START_TEST(guests_leave_by_themselves)
{
	struct seen s = {.loop = loop_new()};
	int64_t before = now_ms();
	struct visitor *v = visit(&s);

	s.timer = loop_timer_new(s.loop, leave, v);
	loop_timer_arm(s.timer, 10);
	loop_free(s.loop);
	ck_assert_str_eq(s.order, "l");
	ck_assert_int_lt(now_ms() - before, 900);
}
END_TEST

START_TEST(guests_are_closed_in_the_end)
{
	struct seen s = {.loop = loop_new()};
	int64_t before = now_ms();

	visit(&s);
	visit(&s);
	loop_free(s.loop);
	ck_assert_str_eq(s.order, "cc");
	ck_assert_int_ge(now_ms() - before, 900);
}
END_TEST

START_TEST(nothing_is_freed_twice)
{
	loop_timer_free(NULL);
	loop_waker_free(NULL);
	loop_signal_free(NULL);
	loop_free(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {timers_fire_once_in_order, timer_armed_again_is_replaced,
	    timer_may_free_itself, stop_leaves_the_rest, wakes_come_from_other_threads,
	    wake_within_wake_comes_again, waker_may_free_itself, signals_come_through_the_loop,
	    broken_pipe_does_not_kill, guests_leave_by_themselves, guests_are_closed_in_the_end,
	    nothing_is_freed_twice, NULL};

	return unit_main("loop", tests);
}
