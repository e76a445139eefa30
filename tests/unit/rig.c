/*
 * SPDX-License-Identifier: ISC
 *
 * A connection under test.
 */
#include "rig.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const END_NAMES[] = {"closed", "truncated", "tls", "error", "flood"};

static void note(struct rig *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void note(struct rig *r, const char *fmt, ...)
{
	size_t used = strlen(r->log);
	va_list ap;

	if (used > 0 && used < sizeof(r->log) - 1)
		r->log[used++] = ' ';
	va_start(ap, fmt);
	vsnprintf(r->log + used, sizeof(r->log) - used, fmt, ap);
	va_end(ap);
}

static void act(struct rig *r, enum rig_event event)
{
	r->told[event]++;
	if (r->on[event] != NULL)
		r->on[event](r);
}

static void on_input(void *arg)
{
	struct rig *r = arg;
	struct span in = conn_input(r->conn);

	if (in.len > r->input_max)
		r->input_max = in.len;
	if (!r->quiet) {
		note(r, "input:%.*s", (int)in.len, in.data);
		conn_consume(r->conn, in.len);
	}
	act(r, RIG_INPUT);
}

static void on_sent(void *arg, size_t n)
{
	struct rig *r = arg;

	r->sent += n;
	if (!r->quiet)
		note(r, "sent:%zu", n);
	act(r, RIG_SENT);
}

static void on_secured(void *arg)
{
	note(arg, "secured");
	act(arg, RIG_SECURED);
}

static void on_timeout(void *arg)
{
	note(arg, "timeout");
	act(arg, RIG_TIMEOUT);
}

static void on_ended(void *arg, enum conn_end end)
{
	struct rig *r = arg;

	r->end = end;
	note(r, "ended:%s", END_NAMES[end]);
	act(r, RIG_ENDED);
}

static const struct conn_owner OWNER = {on_input, on_sent, on_secured, on_timeout, on_ended};

int rig_prepare(struct rig *r)
{
	int here;

	memset(r, 0, sizeof(*r));
	peer_pair(&here, &r->there);
	r->loop = loop_new();
	return here;
}

void rig_take(struct rig *r, int fd)
{
	r->conn = conn_new(r->loop, fd, &OWNER, r);
}

void rig_init(struct rig *r)
{
	rig_take(r, rig_prepare(r));
}

void rig_clear(struct rig *r)
{
	conn_free(r->conn);
	loop_free(r->loop);
	if (r->there >= 0)
		close(r->there);
}

void rig_write(struct rig *r, const char *text)
{
	conn_write(r->conn, span_from(text));
}

void rig_free_conn(struct rig *r)
{
	conn_free(r->conn);
	r->conn = NULL;
}

void rig_finish(struct rig *r)
{
	conn_finish(r->conn);
	r->conn = NULL;
}

void rig_start_tls(struct rig *r)
{
	conn_start_tls(r->conn, r->tls);
}

static void set_flag(void *flag)
{
	*(bool *)flag = true;
}

void rig_until(struct rig *r, enum rig_event event, size_t times)
{
	bool late = false;
	struct loop_timer *t = loop_timer_new(r->loop, set_flag, &late);

	loop_timer_arm(t, 50000);
	while (!late && r->told[event] < times)
		loop_once(r->loop);
	loop_timer_free(t);
	ck_assert_msg(!late, "not told in time: %s", r->log);
}

void rig_for(struct rig *r, int64_t ms)
{
	bool over = false;
	struct loop_timer *t = loop_timer_new(r->loop, set_flag, &over);

	loop_timer_arm(t, ms);
	while (!over)
		loop_once(r->loop);
	loop_timer_free(t);
}
