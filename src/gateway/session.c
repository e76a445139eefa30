/*
 * SPDX-License-Identifier: ISC
 *
 * One session from its first octet to its record. The machine says what happened, policy.c what
 * to answer, ending.c why it ends; here octets, events and timeouts are moved between them.
 */
#include "gateway/session.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "gateway/policy.h"
#include "gateway/progress.h"
#include "run/clock.h"
#include "run/id.h"
#include "run/log.h"
#include "smtp/proxy.h"

/* Nothing more is taken from a client that leaves so many octets of replies unread. */
#define OUTPUT_MARK 65536
/* How long the greeting is held back, and with how many sessions of a worker it no longer is. */
#define PATIENCE_MS   2
#define CALM_SESSIONS 4
/* So many sessions at once are told that they are too many; more are closed without a word. */
#define TURNED_AWAY_MAX 1000

static void pump(struct session *s);

/* The record goes to the store; the session is freed when it comes back. */
static void store_session(struct session *s)
{
	char octets[24];

	s->state = SESSION_ENDED;
	progress_note(s);
	s->record.ended_at = clock_now_ms();
	s->job = (struct store_job){
	    .kind = STORE_JOB_SESSION,
	    .mailbox = s->worker->mailbox,
	    .session = &s->record,
	    .transcript = buffer_span(&s->transcript.text),
	    .owner = s,
	};
	snprintf(octets, sizeof(octets), "%llu", (unsigned long long)s->record.bytes_in);
	log_event(CONF_LOG_INFO, s->id, "session-end", "end", RECORD_END_NAME[s->record.end],
	    "stage", RECORD_STAGE_NAME[s->record.stage], "reason", s->record.end_reason, "in",
	    octets, LOG_END);
	worker_queue(s->worker, &s->job);
}

static bool with_writer(const struct session *s)
{
	return s->transaction != NULL && transaction_queued(s->transaction);
}

/*
 * The connection is over. A message that is with the writer is waited for: its record must not
 * change under the writer's hands.
 */
static void finish(struct session *s)
{
	if (s->conn != NULL) {
		conn_free(s->conn);
		s->conn = NULL;
	}
	if (with_writer(s)) {
		s->state = SESSION_ENDING;
		return;
	}
	transaction_free(s->transaction);
	s->transaction = NULL;
	store_session(s);
}

static void free_session(struct session *s)
{
	struct worker *w = s->worker;

	TAILQ_REMOVE(&w->sessions, s, link);
	if (s->entered)
		peers_leave(w->gateway->peers, &s->peer, clock_steady_us() / 1000);
	if (s->counted != NULL)
		atomic_fetch_sub(s->counted, 1);
	smtp_server_free(s->machine);
	buffer_clear(&s->transcript.text);
	arena_free(s->arena);
	free(s);
	worker_session_gone(w);
}

/* Everything the machine has to say goes to the connection, and into the transcript. */
static void flush(struct session *s)
{
	struct span output = span_after(smtp_server_output(s->machine), s->handed_over);

	if (output.len == 0)
		return;
	progress_replies(s);
	transcript_server(&s->transcript, output);
	s->handed_over += output.len;
	s->record.bytes_out += output.len;
	conn_write(s->conn, output);
}

/* Arms the timer for the nearest deadline; which one it is, is reckoned again when it fires. */
static int64_t next_deadline(const struct session *s, enum deadline_kind *kind)
{
	int64_t silence = s->deadline.settings->command_timeout_ms;

	if (s->state == SESSION_SMTP)
		silence = smtp_server_timeout_ms(s->machine);
	/* While the gateway itself is at work only the life of the session counts. */
	return deadline_next(&s->deadline, s->waiting ? 0 : silence, kind);
}

static void arm_timeout(struct session *s)
{
	enum deadline_kind kind;
	int64_t left = next_deadline(s, &kind) - clock_steady_us();

	conn_set_timeout(s->conn, left > 0 ? left / 1000 + 1 : 1);
}

/* The time for a header or a handshake begins. */
static void begin_step(struct session *s)
{
	s->deadline.active_us = clock_steady_us();
	s->deadline.line_us = s->deadline.active_us;
	arm_timeout(s);
}

static bool in_line(const struct session *s)
{
	return smtp_server_in_line(s->machine) && !smtp_server_in_data(s->machine);
}

/* The machine has said its last word: what is left is to send it and close. */
static void close_session(struct session *s)
{
	flush(s);
	conn_finish(s->conn);
	s->conn = NULL;
	finish(s);
}

static void take_events(struct session *s)
{
	struct smtp_event_data data;
	enum smtp_event event;

	while (!s->waiting && (event = smtp_server_next(s->machine, &data)) != SMTP_EVENT_NONE)
		policy_event(s, event, &data);
}

static bool output_full(const struct session *s)
{
	return conn_unsent(s->conn) > OUTPUT_MARK;
}

/* Whether the gateway stops and no transaction is open that may still finish. */
static bool may_stop(const struct session *s)
{
	return s->shutting_down && !smtp_server_in_transaction(s->machine);
}

static void end_for_shutdown(struct session *s)
{
	session_end(s, RECORD_END_SHUTDOWN, "the gateway was stopped");
	smtp_server_abort(s->machine, SMTP_REPLY(421, "4.3.2", "The gateway is being stopped"));
	take_events(s);
}

static size_t feed(struct session *s, struct span input)
{
	bool in_data = smtp_server_in_data(s->machine);
	size_t taken = smtp_server_feed(s->machine, input.data, input.len);
	int64_t now = clock_steady_us();

	s->record.bytes_in += taken;
	deadline_data(&s->deadline, smtp_server_in_data(s->machine), in_data ? taken : 0, now);
	deadline_line(&s->deadline, in_line(s), now);
	return taken;
}

/*
 * Moves octets and events until input runs out, or output does not leave, or an answer has to
 * wait. Spans of an event may point into the connection's input, so that is let go only when all
 * events were taken.
 */
static void move(struct session *s)
{
	while (!s->waiting && !output_full(s)) {
		struct span input;
		size_t taken;

		take_events(s);
		if (s->waiting || s->ending || may_stop(s))
			break;
		input = conn_input(s->conn);
		taken = feed(s, input);
		if (taken == 0)
			break;
		take_events(s);
		conn_consume(s->conn, taken);
		flush(s);
	}
}

static void pump(struct session *s)
{
	move(s);
	if (!s->waiting && !s->ending && may_stop(s))
		end_for_shutdown(s);
	if (s->ending && !s->waiting) {
		close_session(s);
		return;
	}
	flush(s);
	conn_pause(s->conn, s->waiting || output_full(s));
	s->deadline.active_us = clock_steady_us();
	deadline_data(&s->deadline, smtp_server_in_data(s->machine), 0, s->deadline.active_us);
	arm_timeout(s);
}

static void start_tls(struct session *s)
{
	handshake_begin(s);
	begin_step(s);
}

static void begin_smtp(struct session *s)
{
	unsigned flags = conn_ssl(s->conn) != NULL ? SMTP_SERVER_TLS : 0;
	unsigned char random[SMTP_RANDOM_SIZE];

	s->state = SESSION_SMTP;
	s->deadline.line_us = 0;
	if (policy_trusted(s))
		flags |= SMTP_SERVER_TRUSTED;
	s->machine = smtp_server_new(&s->listener->smtp, flags);
	if (RAND_bytes(random, sizeof(random)) != 1)
		abort();
	smtp_server_random(s->machine, random);
	if ((flags & SMTP_SERVER_TLS) != 0)
		handshake_channel(s);
	pump(s);
}

/*
 * Who talks before the greeting mostly does so at once, and could not be told from who waits for it
 * if that was sent first. Under load the greeting is late enough by itself.
 */
static void start_smtp(struct session *s)
{
	if (s->worker->session_count > CALM_SESSIONS || conn_input(s->conn).len > 0) {
		begin_smtp(s);
		return;
	}
	s->state = SESSION_PATIENCE;
	conn_set_timeout(s->conn, PATIENCE_MS);
}

/* Moves the session from its count to this one, unless that is full. */
static bool count_in(struct session *s, atomic_uint *count, unsigned max)
{
	unsigned n = atomic_load(count);

	do {
		if (n >= max)
			return false;
	} while (!atomic_compare_exchange_weak(count, &n, n + 1));
	if (s->counted != NULL)
		atomic_fetch_sub(s->counted, 1);
	s->counted = count;
	return true;
}

/*
 * One that is too many is told so; that may take as long as a handshake, and its record waits for
 * the store. So it takes the place of nobody else, and there are only so many. False: it is gone.
 */
static bool turn_away(struct session *s, enum session_excess why)
{
	s->excess = why;
	if (count_in(s, &s->worker->gateway->turned_away, TURNED_AWAY_MAX))
		return true;
	log_event(CONF_LOG_WARNING, s->id, "session-dropped", "reason",
	    "too many connections, and too many of them are being told so", LOG_END);
	conn_free(s->conn);
	free_session(s);
	return false;
}

/* Counts the connection among those of its address. False: the session is gone. */
static bool enter(struct session *s)
{
	if (s->excess != SESSION_EXCESS_NONE)
		return true;
	s->entered = peers_enter(s->worker->gateway->peers, &s->peer, clock_steady_us() / 1000);
	return s->entered || turn_away(s, SESSION_EXCESS_FROM_ADDRESS);
}

static void start_protocol(struct session *s)
{
	if (!enter(s))
		return;
	if (s->listener->conf->tls == CONF_TLS_IMPLICIT)
		start_tls(s);
	else
		start_smtp(s);
}

static void take_proxy_header(struct session *s)
{
	struct smtp_proxy proxy;
	struct error why;
	ptrdiff_t taken = smtp_proxy_parse(conn_input(s->conn), &proxy, &why);

	if (taken == 0)
		return;
	if (taken < 0) {
		session_end(s, RECORD_END_REFUSED, arena_string(s->arena, why.text));
		finish(s);
		return;
	}
	conn_consume(s->conn, (size_t)taken);
	s->record.bytes_in += (uint64_t)taken;
	if (!proxy.local) {
		s->record.client.ip = proxy.client;
		s->record.client.port = proxy.port;
		s->record.client.via = RECORD_VIA_PROXY;
		s->peer = proxy.client;
	}
	transcript_note(
	    &s->transcript, "PROXY header, %s", proxy.local ? "local" : policy_client_text(s));
	start_protocol(s);
}

static void on_input(void *arg)
{
	struct session *s = arg;

	switch (s->state) {
	case SESSION_PROXY:
		take_proxy_header(s);
		break;
	case SESSION_PATIENCE:
		begin_smtp(s);
		break;
	case SESSION_SMTP:
		pump(s);
		break;
	case SESSION_HANDSHAKE:
	case SESSION_ENDING:
	case SESSION_ENDED:
		break;
	}
}

static void on_sent(void *arg, size_t n)
{
	struct session *s = arg;

	if (s->state != SESSION_SMTP)
		return;
	smtp_server_sent(s->machine, n);
	s->handed_over -= n;
	s->judged -= n;
	if (!s->waiting && !output_full(s))
		conn_pause(s->conn, false);
	if (!smtp_server_wants_tls(s->machine) || conn_unsent(s->conn) > 0)
		return;
	/* Input that came before the handshake ends the session: the machine says so. */
	if (conn_input(s->conn).len > 0)
		pump(s);
	else
		start_tls(s);
}

static void on_secured(void *arg)
{
	struct session *s = arg;

	s->state = SESSION_SMTP;
	handshake_done(s);
	if (s->machine == NULL) {
		start_smtp(s);
		return;
	}
	s->deadline.line_us = 0;
	handshake_channel(s);
	smtp_server_tls_started(s->machine);
	pump(s);
}

static void on_timeout(void *arg)
{
	struct session *s = arg;
	enum deadline_kind kind;

	if (s->state == SESSION_PATIENCE) {
		begin_smtp(s);
		return;
	}
	/* What the writer has will be answered; then this comes again. */
	if (with_writer(s))
		return;
	if (next_deadline(s, &kind) > clock_steady_us()) {
		arm_timeout(s);
		return;
	}
	ending_late(s, kind);
	if (s->state == SESSION_SMTP)
		pump(s);
	else
		finish(s);
}

static void on_ended(void *arg, enum conn_end end)
{
	struct session *s = arg;

	ending_disconnected(s, end);
	/* A client that closed its side only still reads what was answered. */
	if (end == CONN_END_CLOSED) {
		conn_finish(s->conn);
		s->conn = NULL;
	}
	finish(s);
}

static const struct conn_owner OWNER = {
    .input = on_input,
    .sent = on_sent,
    .secured = on_secured,
    .timeout = on_timeout,
    .ended = on_ended,
};

void session_start(struct worker *w, const struct gateway_listener *l, int fd,
    const struct ip *peer, uint16_t port)
{
	struct session *s = memory_new(sizeof(*s));

	s->worker = w;
	s->listener = l;
	s->arena = arena_new();
	id_make(s->id);
	s->transcript.started_us = clock_steady_us();
	s->transcript.off = !l->conf->store_transcript;
	s->record = (struct record_session){
	    .id = s->id,
	    .listener = l->conf->name,
	    .kind = CONF_KIND_NAME[l->conf->kind],
	    .started_at = clock_now_ms(),
	    .client = {.ip = *peer, .port = port, .via = RECORD_VIA_DIRECT},
	};
	s->peer = *peer;
	s->deadline.settings = w->gateway->options.settings;
	s->deadline.started_us = s->transcript.started_us;
	progress_begin(s);
	TAILQ_INSERT_TAIL(&w->sessions, s, link);
	worker_session_come(w);
	s->conn = conn_new(w->loop, fd, &OWNER, s);
	log_event(CONF_LOG_INFO, s->id, "session-start", "listener", l->conf->name, "client",
	    policy_client_text(s), LOG_END);
	if (!count_in(s, &w->gateway->connections, w->gateway->max_connections) &&
	    !turn_away(s, SESSION_EXCESS_CONNECTIONS))
		return;
	if (!l->conf->proxy) {
		start_protocol(s);
		return;
	}
	s->state = SESSION_PROXY;
	begin_step(s);
}

struct session *session_next(struct session *s)
{
	return TAILQ_NEXT(s, link);
}

void session_shutdown(struct session *s, bool now)
{
	bool busy = s->state == SESSION_SMTP && smtp_server_in_transaction(s->machine);

	s->shutting_down = true;
	if (s->conn == NULL || with_writer(s) || (busy && !now))
		return;
	/* Greeted first, so that it is told as others are. */
	if (s->state == SESSION_PATIENCE) {
		begin_smtp(s);
		return;
	}
	if (s->state != SESSION_SMTP) {
		session_end(s, RECORD_END_SHUTDOWN, "the gateway was stopped");
		finish(s);
		return;
	}
	s->waiting = false;
	end_for_shutdown(s);
	pump(s);
}

static void message_stored(struct session *s, struct store_job *job)
{
	transaction_job_done(s->transaction);
	policy_stored(s, job);
	if (s->state == SESSION_ENDING) {
		finish(s);
		return;
	}
	s->waiting = false;
	transaction_free(s->transaction);
	s->transaction = NULL;
	/* The reply comes before what the client may have sent behind the message. */
	flush(s);
	pump(s);
}

void session_stored(struct store_job *job)
{
	struct session *s = job->owner;

	if (job->kind == STORE_JOB_MESSAGE) {
		if (!job->failed)
			atomic_fetch_add(&s->worker->gateway->messages_stored, 1);
		message_stored(s, job);
		return;
	}
	if (job->failed)
		log_event(CONF_LOG_ERROR, s->id, "session-not-stored", "reason", job->error.text,
		    LOG_END);
	free_session(s);
}
