/*
 * SPDX-License-Identifier: ISC
 *
 * Plain connections: order of reports, ends, back-pressure, freeing and finishing. TLS is in
 * test_secure.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig.h"
#include "unit.h"

#define FLOOD ((size_t)4 << 20)

START_TEST(input_comes_and_output_leaves)
{
	struct rig r;

	rig_init(&r);
	rig_write(&r, "220 hello\r\n");
	ck_assert_uint_eq(conn_unsent(r.conn), 11);
	rig_until(&r, RIG_SENT, 1);
	ck_assert_uint_eq(conn_unsent(r.conn), 0);
	peer_expect(r.there, "220 hello\r\n");
	peer_send(r.there, "EHLO");
	rig_until(&r, RIG_INPUT, 1);
	ck_assert_str_eq(r.log, "sent:11 input:EHLO");
	ck_assert_uint_eq(conn_input(r.conn).len, 0);
	ck_assert_ptr_null(conn_ssl(r.conn));
	rig_clear(&r);
}
END_TEST

/* A client that talks before it was greeted must be seen to. */
START_TEST(early_input_comes_before_sent)
{
	for (int i = 0; i < 20; i++) {
		struct rig r;
		int here = rig_prepare(&r);

		peer_send(r.there, "EARLY");
		rig_take(&r, here);
		rig_write(&r, "220\r\n");
		rig_until(&r, RIG_SENT, 1);
		ck_assert_str_eq(r.log, "input:EARLY sent:5");
		rig_clear(&r);
	}
}
END_TEST

static void answer(struct rig *r)
{
	rig_write(r, "250\r\n");
}

START_TEST(pipelined_input_comes_before_the_answer_left)
{
	struct rig r;

	rig_init(&r);
	r.on[RIG_INPUT] = answer;
	peer_send(r.there, "ONE");
	rig_until(&r, RIG_INPUT, 1);
	peer_send(r.there, "TWO");
	rig_until(&r, RIG_INPUT, 2);
	rig_for(&r, 10);
	ck_assert_str_eq(r.log, "input:ONE input:TWO sent:5 sent:5");
	peer_expect(r.there, "250\r\n250\r\n");
	rig_clear(&r);
}
END_TEST

START_TEST(input_comes_before_the_end)
{
	struct rig r;
	int here = rig_prepare(&r);

	/* Both are there before the connection is. */
	peer_send(r.there, "QUIT");
	close(r.there);
	r.there = -1;
	rig_take(&r, here);
	rig_until(&r, RIG_ENDED, 1);
	ck_assert_str_eq(r.log, "input:QUIT ended:closed");
	rig_clear(&r);
}
END_TEST

START_TEST(connection_that_has_ended_already)
{
	struct rig r;
	int here = rig_prepare(&r);

	close(r.there);
	r.there = -1;
	rig_take(&r, here);
	rig_until(&r, RIG_ENDED, 1);
	ck_assert_str_eq(r.log, "ended:closed");
	rig_for(&r, 10);
	ck_assert_uint_eq(r.told[RIG_ENDED], 1);
	rig_clear(&r);
}
END_TEST

static void reset(struct rig *r)
{
	const struct linger hard = {1, 0};

	setsockopt(r->there, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(r->there);
	r->there = -1;
}

START_TEST(reset_is_an_error)
{
	struct rig r;

	rig_init(&r);
	reset(&r);
	rig_until(&r, RIG_ENDED, 1);
	ck_assert_str_eq(r.log, "ended:error");
	/* What is written now goes nowhere, and nobody minds. */
	rig_write(&r, "250\r\n");
	rig_for(&r, 10);
	ck_assert_str_eq(r.log, "ended:error");
	rig_clear(&r);
}
END_TEST

static void pause_conn(struct rig *r)
{
	conn_pause(r->conn, true);
}

START_TEST(end_waits_while_paused)
{
	struct rig r;

	rig_init(&r);
	r.quiet = true;
	r.on[RIG_INPUT] = pause_conn;
	peer_send(r.there, "DATA");
	close(r.there);
	r.there = -1;
	rig_until(&r, RIG_INPUT, 1);
	rig_for(&r, 20);
	ck_assert_uint_eq(r.told[RIG_ENDED], 0);
	r.quiet = false;
	r.on[RIG_INPUT] = NULL;
	conn_pause(r.conn, false);
	rig_until(&r, RIG_ENDED, 1);
	ck_assert_str_eq(r.log, "input:DATA ended:closed");
	rig_clear(&r);
}
END_TEST

START_TEST(reset_is_told_while_paused)
{
	struct rig r;

	rig_init(&r);
	conn_pause(r.conn, true);
	reset(&r);
	rig_write(&r, "250\r\n");
	rig_until(&r, RIG_ENDED, 1);
	ck_assert_str_eq(r.log, "ended:error");
	rig_clear(&r);
}
END_TEST

START_TEST(paused_connection_reads_nothing)
{
	struct rig r;

	rig_init(&r);
	conn_pause(r.conn, true);
	peer_send(r.there, "one");
	rig_write(&r, "250\r\n");
	rig_for(&r, 20);
	ck_assert_str_eq(r.log, "sent:5");
	conn_pause(r.conn, false);
	rig_until(&r, RIG_INPUT, 1);
	ck_assert_str_eq(r.log, "sent:5 input:one");
	rig_clear(&r);
}
END_TEST

START_TEST(waiting_input_is_reported_again_on_resume)
{
	struct rig r;

	rig_init(&r);
	r.quiet = true;
	peer_send(r.there, "one");
	rig_until(&r, RIG_INPUT, 1);
	conn_pause(r.conn, true);
	rig_for(&r, 10);
	conn_pause(r.conn, false);
	conn_pause(r.conn, false);
	/* Not from within the call. */
	ck_assert_uint_eq(r.told[RIG_INPUT], 1);
	rig_until(&r, RIG_INPUT, 2);
	rig_for(&r, 10);
	ck_assert_uint_eq(r.told[RIG_INPUT], 2);
	ck_assert(span_equal(conn_input(r.conn), SPAN("one")));
	conn_consume(r.conn, 1);
	ck_assert(span_equal(conn_input(r.conn), SPAN("ne")));
	rig_clear(&r);
}
END_TEST

static void flood(void *arg)
{
	const struct rig *r = arg;
	size_t left = FLOOD;
	char data[30000];

	memset(data, 'x', sizeof(data));
	while (left > 0) {
		ssize_t n = send(r->there, data, left < sizeof(data) ? left : sizeof(data), 0);

		ck_assert_int_gt(n, 0);
		left -= (size_t)n;
	}
}

START_TEST(flood_is_bounded_and_complete)
{
	struct rig r;
	struct peer p;
	size_t total = 0, round = 0;

	rig_init(&r);
	r.quiet = true;
	peer_start(&p, flood, &r);
	rig_for(&r, 100);
	ck_assert_uint_ge(conn_input(r.conn).len, CONN_INPUT_MARK);
	ck_assert_uint_lt(conn_input(r.conn).len, CONN_INPUT_MARK + 16384);
	while (total < FLOOD) {
		size_t waiting = conn_input(r.conn).len;
		size_t n = waiting > 7001 * (round % 5 + 1) ? 7001 * (round % 5 + 1) : waiting;

		conn_consume(r.conn, n);
		total += n;
		round++;
		if (total < FLOOD)
			loop_once(r.loop);
	}
	ck_assert_uint_lt(r.input_max, CONN_INPUT_MARK + 16384);
	ck_assert_uint_eq(conn_input(r.conn).len, 0);
	peer_join(&p);
	rig_clear(&r);
}
END_TEST

static void read_all(void *arg)
{
	const struct rig *r = arg;
	char data[16384];
	size_t total = 0;
	ssize_t n;

	while (total < FLOOD && (n = recv(r->there, data, sizeof(data), 0)) > 0)
		total += (size_t)n;
	ck_assert_uint_eq(total, FLOOD);
}

START_TEST(much_output_leaves_piece_by_piece)
{
	struct rig r;
	struct peer p;
	char *data = calloc(1, FLOOD);

	rig_init(&r);
	r.quiet = true;
	conn_write(r.conn, span_of(data, FLOOD));
	rig_for(&r, 20);
	ck_assert_uint_lt(r.sent, FLOOD);
	ck_assert_uint_eq(r.sent + conn_unsent(r.conn), FLOOD);
	peer_start(&p, read_all, &r);
	while (r.sent < FLOOD)
		loop_once(r.loop);
	ck_assert_uint_eq(conn_unsent(r.conn), 0);
	peer_join(&p);
	free(data);
	rig_clear(&r);
}
END_TEST

START_TEST(timeout_is_the_owners)
{
	struct rig r;

	rig_init(&r);
	conn_set_timeout(r.conn, 60000);
	conn_set_timeout(r.conn, 60);
	for (int i = 0; i < 4; i++) {
		rig_for(&r, 5);
		/* Activity does not renew it. */
		peer_send(r.there, ".");
	}
	rig_until(&r, RIG_TIMEOUT, 1);
	conn_set_timeout(r.conn, 5);
	conn_set_timeout(r.conn, 0);
	rig_for(&r, 30);
	ck_assert_uint_eq(r.told[RIG_TIMEOUT], 1);
	conn_set_timeout(r.conn, 5);
	rig_until(&r, RIG_TIMEOUT, 2);
	conn_set_timeout(r.conn, 5);
	close(r.there);
	r.there = -1;
	rig_until(&r, RIG_ENDED, 1);
	rig_for(&r, 20);
	ck_assert_uint_eq(r.told[RIG_TIMEOUT], 2);
	rig_clear(&r);
}
END_TEST

/* Each of the reports, and what brings it about. */
static void bring_input(struct rig *r)
{
	peer_send(r->there, "x");
}

static void bring_sent(struct rig *r)
{
	rig_write(r, "x");
}

static void bring_timeout(struct rig *r)
{
	conn_set_timeout(r->conn, 1);
}

static void bring_closed(struct rig *r)
{
	shutdown(r->there, SHUT_WR);
}

/* Several reports come at once: after the first nothing may follow. */
static void bring_all(struct rig *r)
{
	peer_send(r->there, "x");
	rig_write(r, "x");
	shutdown(r->there, SHUT_WR);
}

struct within_row {
	const char *name;
	void (*bring)(struct rig *r);
	enum rig_event event;
	const char *want;
};

static const struct within_row WITHIN_ROWS[] = {
    {"input", bring_input, RIG_INPUT, "input:x"},
    {"sent", bring_sent, RIG_SENT, "sent:1"},
    {"timeout", bring_timeout, RIG_TIMEOUT, "timeout"},
    {"closed", bring_closed, RIG_ENDED, "ended:closed"},
    {"reset", reset, RIG_ENDED, "ended:error"},
    {"all, in input", bring_all, RIG_INPUT, "input:x"},
    {"all, in sent", bring_all, RIG_SENT, "input:x sent:1"},
    {"all, in ended", bring_all, RIG_ENDED, "input:x sent:1 ended:closed"},
};

static void check_within(void (*action)(struct rig *r))
{
	for (size_t i = 0; i < ARRAY_SIZE(WITHIN_ROWS); i++) {
		const struct within_row *row = &WITHIN_ROWS[i];
		struct rig r;

		rig_init(&r);
		r.on[row->event] = action;
		row->bring(&r);
		rig_until(&r, row->event, 1);
		rig_for(&r, 5);
		ck_assert_msg(strcmp(r.log, row->want) == 0, "%s: %s", row->name, r.log);
		ck_assert_ptr_null(r.conn);
		close(r.there);
		r.there = -1;
		rig_clear(&r);
	}
}

START_TEST(freed_within_each_report)
{
	check_within(rig_free_conn);
}
END_TEST

START_TEST(finished_within_each_report)
{
	check_within(rig_finish);
}
END_TEST

START_TEST(freed_outside_of_reports)
{
	struct rig r;

	rig_init(&r);
	rig_write(&r, "lost");
	peer_send(r.there, "lost");
	rig_free_conn(&r);
	rig_for(&r, 5);
	ck_assert_str_eq(r.log, "");
	rig_clear(&r);
	conn_free(NULL);
}
END_TEST

/* Reads to the end, and says what came; NULL when the connection was reset. */
static char *read_to_end(int fd)
{
	char *got = calloc(1, 4096);
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, got + len, 4095 - len, 0)) > 0)
		len += (size_t)n;
	if (n == 0)
		return got;
	free(got);
	return NULL;
}

static void expect_bye(void *arg)
{
	const struct rig *r = arg;
	char *got = read_to_end(r->there);

	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, "221 bye\r\n");
	free(got);
	shutdown(r->there, SHUT_WR);
}

START_TEST(finish_sends_what_is_left)
{
	struct rig r;
	struct peer p;

	rig_init(&r);
	rig_write(&r, "221 bye\r\n");
	rig_finish(&r);
	peer_start(&p, expect_bye, &r);
	/* Nothing is left to wait for once the peer has closed too. */
	loop_run(r.loop);
	ck_assert_str_eq(r.log, "");
	peer_join(&p);
	rig_clear(&r);
}
END_TEST

static void flood_then_expect_bye(void *arg)
{
	const struct rig *r = arg;
	char data[20000] = "";

	for (int i = 0; i < 20; i++)
		ck_assert_int_gt(send(r->there, data, sizeof(data), 0), 0);
	expect_bye(arg);
}

static void say_bye(struct rig *r)
{
	rig_write(r, "221 bye\r\n");
	rig_finish(r);
}

START_TEST(finish_with_input_unread_loses_no_reply)
{
	struct rig r;
	struct peer p;

	rig_init(&r);
	r.quiet = true;
	r.on[RIG_INPUT] = say_bye;
	peer_start(&p, flood_then_expect_bye, &r);
	loop_run(r.loop);
	peer_join(&p);
	rig_clear(&r);
}
END_TEST

START_TEST(half_closed_peer_gets_its_answer)
{
	struct rig r;
	struct peer p;

	rig_init(&r);
	r.on[RIG_ENDED] = say_bye;
	peer_send(r.there, "QUIT\r\n");
	shutdown(r.there, SHUT_WR);
	rig_until(&r, RIG_ENDED, 1);
	peer_start(&p, expect_bye, &r);
	loop_run(r.loop);
	peer_join(&p);
	rig_clear(&r);
}
END_TEST

START_TEST(finish_does_not_wait_for_ever)
{
	struct rig r;

	rig_init(&r);
	rig_write(&r, "221 bye\r\n");
	rig_finish(&r);
	/* The peer does not close. */
	loop_run(r.loop);
	peer_expect(r.there, "221 bye\r\n");
	rig_clear(&r);
}
END_TEST

START_TEST(loop_sees_finished_connections_off)
{
	struct rig r;

	rig_init(&r);
	rig_write(&r, "421 stopped\r\n");
	rig_finish(&r);
	loop_free(r.loop);
	r.loop = NULL;
	peer_expect(r.there, "421 stopped\r\n");
	rig_clear(&r);
}
END_TEST

START_TEST(loop_drops_a_peer_that_does_not_read)
{
	struct rig r;
	char *data = calloc(1, FLOOD);

	rig_init(&r);
	conn_write(r.conn, span_of(data, FLOOD));
	rig_finish(&r);
	rig_clear(&r);
	free(data);
}
END_TEST

START_TEST(finish_after_reset_is_free)
{
	struct rig r;

	rig_init(&r);
	rig_write(&r, "250\r\n");
	rig_until(&r, RIG_SENT, 1);
	reset(&r);
	rig_write(&r, "250\r\n");
	rig_finish(&r);
	loop_run(r.loop);
	rig_clear(&r);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {input_comes_and_output_leaves, early_input_comes_before_sent,
	    pipelined_input_comes_before_the_answer_left, input_comes_before_the_end,
	    connection_that_has_ended_already, reset_is_an_error, end_waits_while_paused,
	    reset_is_told_while_paused, paused_connection_reads_nothing,
	    waiting_input_is_reported_again_on_resume, flood_is_bounded_and_complete,
	    much_output_leaves_piece_by_piece, timeout_is_the_owners, freed_within_each_report,
	    finished_within_each_report, freed_outside_of_reports, finish_sends_what_is_left,
	    finish_with_input_unread_loses_no_reply, half_closed_peer_gets_its_answer,
	    finish_does_not_wait_for_ever, loop_sees_finished_connections_off,
	    loop_drops_a_peer_that_does_not_read, finish_after_reset_is_free, NULL};

	return unit_main("conn", tests);
}
