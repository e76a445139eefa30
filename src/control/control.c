/*
 * SPDX-License-Identifier: ISC
 *
 * The server's side of the control socket. A client is answered one line after the other; while it
 * waits for the writer, or has not taken its answer, nothing more is read of it.
 */
#include "control/control.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "control/request.h"
#include "net/conn.h"
#include "net/local.h"
#include "run/log.h"

#define CLIENTS_MAX 16
/* For a line to be whole, and for an answer to be taken. */
#define PATIENCE_MS 10000

struct client {
	LIST_ENTRY(client) link;
	struct control *control;
	struct conn *conn;  /* NULL: it went while the writer had its job */
	struct buffer line; /* the part that has come */
	bool told;          /* an answer is leaving */
	bool waits;         /* for the writer */
	struct store_job job;
	struct arena *arena; /* of the job */
};

LIST_HEAD(client_list, client);

struct control {
	struct control_options options;
	struct local *local;
	struct store_mailbox *mailbox;
	struct loop_waker *done;
	struct client_list clients;
	size_t client_count;
	size_t waiting; /* jobs with the writer */
};

static void free_client(struct client *c)
{
	LIST_REMOVE(c, link);
	c->control->client_count--;
	conn_free(c->conn);
	buffer_clear(&c->line);
	arena_free(c->arena);
	free(c);
}

/* Sends the object, whose reference it takes. Reading goes on when it has left. */
static void answer(struct client *c, json_t *object)
{
	struct buffer text = BUFFER_INIT;

	request_answer(object, &text);
	c->told = true;
	conn_pause(c->conn, true);
	conn_set_timeout(c->conn, c->control->options.patience_ms);
	conn_write(c->conn, buffer_span(&text));
	buffer_clear(&text);
}

static void answer_error(struct client *c, const char *why)
{
	answer(c, json_pack("{s:s%}", "error", why, strlen(why)));
}

static void give_writer(struct client *c)
{
	c->job.mailbox = c->control->mailbox;
	c->job.owner = c;
	c->waits = true;
	c->control->waiting++;
	conn_set_timeout(c->conn, 0);
	conn_pause(c->conn, true);
	store_writer_queue(c->control->options.writer, &c->job);
}

static void start(struct client *c, const struct request *r)
{
	const struct control_options *o = &c->control->options;

	switch (r->kind) {
	case REQUEST_STATS:
		answer(c, o->stats(o->arg));
		return;
	case REQUEST_DELETE:
		c->job = (struct store_job){
		    .kind = STORE_JOB_DELETE, .ids = r->ids, .id_count = r->id_count};
		break;
	case REQUEST_VACUUM:
		c->job = (struct store_job){.kind = STORE_JOB_VACUUM};
		break;
	case REQUEST_KIND_COUNT:
		break;
	}
	log_event(CONF_LOG_INFO, NULL, "control", "command", REQUEST_NAME[r->kind], LOG_END);
	give_writer(c);
}

static void take_line(struct client *c)
{
	struct request r;
	struct error err;

	arena_reset(c->arena);
	if (request_read(buffer_span(&c->line), c->arena, &r, &err) < 0)
		answer_error(c, err.text);
	else
		start(c, &r);
	/* It may have been long. */
	buffer_clear(&c->line);
}

/* Nothing says where the next line begins. */
static void refuse_long(struct client *c)
{
	struct conn *conn = c->conn;

	answer_error(c, "the line is longer than 1 MiB");
	c->conn = NULL;
	free_client(c);
	conn_finish(conn);
}

static void on_input(void *arg)
{
	struct client *c = arg;
	struct span in = conn_input(c->conn);
	ptrdiff_t end = span_index(in, '\n');
	size_t len = end < 0 ? in.len : (size_t)end;

	if (c->line.len + len > CONTROL_LINE_MAX) {
		refuse_long(c);
		return;
	}
	buffer_add(&c->line, in.data, len);
	conn_consume(c->conn, end < 0 ? len : len + 1);
	if (end >= 0)
		take_line(c);
}

/* An answer has left: what may have come behind the line is read now. */
static void on_sent(void *arg, size_t n)
{
	struct client *c = arg;

	(void)n;
	if (!c->told || conn_unsent(c->conn) > 0)
		return;
	c->told = false;
	conn_set_timeout(c->conn, c->control->options.patience_ms);
	conn_pause(c->conn, false);
}

static void on_timeout(void *arg)
{
	free_client(arg);
}

static void on_end(void *arg, enum conn_end end)
{
	struct client *c = arg;

	(void)end;
	if (!c->waits) {
		free_client(c);
		return;
	}
	conn_free(c->conn);
	c->conn = NULL;
}

/* The socket is fresh and has room for a line; the peer may be gone. */
static void turn_away(int fd)
{
	static const char said[] = "{\"error\":\"too many clients of the control socket at once; "
				   "try again\"}\n";

	if (send(fd, said, sizeof(said) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_event(CONF_LOG_DEBUG, NULL, "control-client-gone", LOG_END);
	close(fd);
}

static void accepted(void *arg, int fd)
{
	static const struct conn_owner owner = {
	    .input = on_input,
	    .sent = on_sent,
	    .timeout = on_timeout,
	    .ended = on_end,
	};
	struct control *control = arg;
	struct client *c;

	if (control->client_count >= CLIENTS_MAX) {
		turn_away(fd);
		return;
	}
	c = memory_new(sizeof(*c));
	c->control = control;
	c->arena = arena_new();
	c->conn = conn_new(control->options.loop, fd, &owner, c);
	conn_set_timeout(c->conn, c->control->options.patience_ms);
	LIST_INSERT_HEAD(&control->clients, c, link);
	control->client_count++;
}

static json_t *result(const struct store_job *job)
{
	if (job->kind == STORE_JOB_DELETE)
		return json_pack("{s:I}", "deleted", (json_int_t)job->deleted);
	return json_pack(
	    "{s:I,s:I}", "before", (json_int_t)job->before, "after", (json_int_t)job->after);
}

static void job_done(struct client *c)
{
	c->waits = false;
	c->control->waiting--;
	if (c->conn == NULL)
		free_client(c);
	else if (c->job.failed)
		answer_error(c, c->job.error.text);
	else
		answer(c, result(&c->job));
}

static void take_done(void *arg)
{
	struct control *control = arg;
	struct store_job *job;

	while ((job = store_mailbox_take(control->mailbox)) != NULL)
		job_done(job->owner);
}

static void wake(void *arg)
{
	loop_wake(arg);
}

struct control *control_start(const struct control_options *o, struct error *err)
{
	struct control *control = memory_new(sizeof(*control));

	control->options = *o;
	if (control->options.patience_ms == 0)
		control->options.patience_ms = PATIENCE_MS;
	LIST_INIT(&control->clients);
	control->local = local_new(o->loop, o->data_dir, CONTROL_NAME, accepted, control, err);
	if (control->local == NULL) {
		free(control);
		return NULL;
	}
	control->done = loop_waker_new(o->loop, take_done, control);
	control->mailbox = store_mailbox_new(wake, control->done);
	return control;
}

/* Those whose job the writer has are freed when it comes back. */
static void leave_clients(struct control *control)
{
	struct client *c = LIST_FIRST(&control->clients);

	while (c != NULL) {
		struct client *next = LIST_NEXT(c, link);

		if (c->waits) {
			conn_free(c->conn);
			c->conn = NULL;
		} else {
			free_client(c);
		}
		c = next;
	}
}

void control_stop(struct control *control)
{
	if (control == NULL)
		return;
	local_free(control->local);
	leave_clients(control);
	while (control->waiting > 0)
		loop_once(control->options.loop);
	store_mailbox_free(control->mailbox);
	loop_waker_free(control->done);
	free(control);
}
