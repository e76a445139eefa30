/*
 * SPDX-License-Identifier: ISC
 *
 * An event loop, its timers, its wake-ups from other threads, and signals. Thin names over
 * libevent, so that its headers stay in src/net, src/dns and src/http. All of it belongs to the
 * thread that runs the loop, but for loop_wake.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdint.h>
#include <sys/queue.h>

struct loop;
struct loop_timer;
struct loop_waker;
struct loop_signal;

/*
 * A broken pipe is an error of write from here on: SIGPIPE is ignored. A machine that gives no
 * loop aborts the program, as for memory.
 */
struct loop *loop_new(void);
/* Gives the guests a second to leave, then closes them. */
void loop_free(struct loop *l);
/* Runs until loop_stop, or until nothing is left to wait for. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* Runs what is ready and comes back, waiting at most for one event. */
void loop_once(struct loop *l);

/* A timer that is not armed. */
struct loop_timer *loop_timer_new(struct loop *l, void (*fire)(void *arg), void *arg);
void loop_timer_free(struct loop_timer *t);
/* Fires once after ms; arming again replaces. */
void loop_timer_arm(struct loop_timer *t, int64_t ms);
void loop_timer_cancel(struct loop_timer *t);

/* Calls wake in the loop's thread after loop_wake in any thread; several may become one. */
struct loop_waker *loop_waker_new(struct loop *l, void (*wake)(void *arg), void *arg);
void loop_waker_free(struct loop_waker *w);
void loop_wake(struct loop_waker *w);

struct loop_signal *loop_signal_new(struct loop *l, int number, void (*fire)(void *arg), void *arg);
void loop_signal_free(struct loop_signal *s);

/*
 * Something that leaves the loop by itself, such as a connection that is sending its last octets.
 * close ends it at once and removes it.
 */
struct loop_guest {
	LIST_ENTRY(loop_guest) link;
	void (*close)(struct loop_guest *g);
};

void loop_guest_add(struct loop *l, struct loop_guest *g);
void loop_guest_remove(struct loop_guest *g);

/*
 * A descriptor is about to be watched for the first time. libevent keeps a record for each number
 * that it ever watched; they are made in blocks, since among the memory of connections they would
 * keep its pages from going back to the system.
 */
void loop_expect(struct loop *l, int fd);
/*
 * The first block at once. Two loops that make theirs at the same time take numbers from each
 * other, so this is for the time before their threads run.
 */
void loop_expect_crowd(struct loop *l);

/* The struct event_base below, for src/dns and src/http. */
struct event_base;
struct event_base *loop_base(struct loop *l);

#endif
