/*
 * SPDX-License-Identifier: ISC
 *
 * Connections under TLS: STARTTLS, implicit TLS, failed handshakes and their words,
 * back-pressure and freeing.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "net/connstate.h"
#include "secure.h"
#include "tls/facts.h"
#include "unit.h"

#define FLOOD ((size_t)4 << 20)

static void answer_starttls(struct rig *r)
{
	r->on[RIG_INPUT] = NULL;
	rig_write(r, "220\r\n");
	r->on[RIG_SENT] = rig_start_tls;
}

static void no_more_on_sent(struct rig *r)
{
	r->on[RIG_SENT] = NULL;
}

static void starttls_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl;

	peer_send(s->rig.there, "STARTTLS\r\n");
	peer_expect(s->rig.there, "220\r\n");
	ssl = peer_secure(s->rig.there, s->client);
	ck_assert_ptr_nonnull(ssl);
	ck_assert_int_eq(SSL_write(ssl, "EHLO\r\n", 6), 6);
	peer_secure_expect(ssl, "250 secret\r\n");
	SSL_shutdown(ssl);
	SSL_free(ssl);
	secure_close(s);
}

static void answer_secret(struct rig *r)
{
	rig_write(r, "250 secret\r\n");
}

static void secured(struct rig *r)
{
	no_more_on_sent(r);
	r->on[RIG_INPUT] = answer_secret;
}

START_TEST(starttls)
{
	struct secure s;
	struct arena *a = arena_new();
	struct tls_facts facts;

	secure_begin(&s);
	s.rig.on[RIG_INPUT] = answer_starttls;
	s.rig.on[RIG_SECURED] = secured;
	peer_start(&s.peer, starttls_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "input:STARTTLS\r\n sent:5 secured input:EHLO\r\n sent:12 "
				    "ended:closed");
	tls_facts_read(conn_ssl(s.rig.conn), TLS_MODE_STARTTLS, a, &facts);
	ck_assert_str_eq(facts.version, "TLSv1.3");
	arena_free(a);
	secure_end(&s);
}
END_TEST

/* The client's side of a handshake whose first message goes out behind other octets. */
static SSL *secure_behind(int fd, SSL_CTX *ctx, const char *before, size_t cut)
{
	SSL *ssl = SSL_new(ctx);
	BIO *first = BIO_new(BIO_s_mem());
	struct buffer out = BUFFER_INIT;
	char *hello;
	long len;

	SSL_set_bio(ssl, BIO_new_socket(fd, BIO_NOCLOSE), first);
	SSL_set_connect_state(ssl);
	/* Nothing can be read yet, and a blocking socket would wait. */
	SSL_set0_rbio(ssl, BIO_new(BIO_s_mem()));
	BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
	ck_assert_int_eq(SSL_do_handshake(ssl), -1);
	len = BIO_get_mem_data(first, &hello);
	buffer_add_string(&out, before);
	buffer_add(&out, hello, cut != 0 && cut < (size_t)len ? cut : (size_t)len);
	ck_assert_int_eq(send(fd, out.data, out.len, 0), (int)out.len);
	buffer_clear(&out);
	SSL_set0_rbio(ssl, BIO_new_socket(fd, BIO_NOCLOSE));
	SSL_set0_wbio(ssl, BIO_new_socket(fd, BIO_NOCLOSE));
	return ssl;
}

static void proxy_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = secure_behind(s->rig.there, s->client, "PROXY\r\n", 0);

	ck_assert_int_eq(SSL_do_handshake(ssl), 1);
	peer_secure_expect(ssl, "220 hello\r\n");
	SSL_shutdown(ssl);
	SSL_free(ssl);
	secure_close(s);
}

static void take_proxy(struct rig *r)
{
	ck_assert(span_starts(conn_input(r->conn), SPAN("PROXY\r\n")));
	conn_consume(r->conn, 7);
	ck_assert_uint_gt(conn_input(r->conn).len, 0);
	r->on[RIG_INPUT] = NULL;
	r->quiet = false;
	rig_start_tls(r);
}

START_TEST(handshake_begins_with_what_was_read)
{
	struct secure s;

	secure_begin(&s);
	s.rig.quiet = true;
	s.rig.on[RIG_INPUT] = take_proxy;
	s.rig.on[RIG_SECURED] = secure_greet;
	peer_start(&s.peer, proxy_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "secured sent:11 ended:closed");
	secure_end(&s);
}
END_TEST

/* Clients that do not come to the end of the handshake. */
static void distrusting_client(void *arg)
{
	struct secure *s = arg;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	ck_assert_ptr_null(peer_secure(s->rig.there, ctx));
	SSL_CTX_free(ctx);
	secure_close(s);
}

static void old_client(void *arg)
{
	struct secure *s = arg;

	SSL_CTX_set_security_level(s->client, 0);
	SSL_CTX_set_min_proto_version(s->client, TLS1_1_VERSION);
	SSL_CTX_set_max_proto_version(s->client, TLS1_1_VERSION);
	ck_assert_ptr_null(peer_secure(s->rig.there, s->client));
	ck_assert_int_eq(ERR_GET_REASON(ERR_peek_error()), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
	secure_close(s);
}

static void plain_client(void *arg)
{
	struct secure *s = arg;
	char octet;

	peer_send(s->rig.there, "EHLO client.example\r\nMAIL FROM:<a@example.com>\r\n");
	/* An end and no reset, although what was sent was not read to its end. */
	ck_assert_int_eq(recv(s->rig.there, &octet, 1, 0), 0);
	secure_close(s);
}

static void silent_client(void *arg)
{
	secure_close(arg);
}

static void resetting_client(void *arg)
{
	struct secure *s = arg;
	const struct linger hard = {1, 0};

	setsockopt(s->rig.there, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	secure_close(s);
}

struct failing_row {
	const char *name;
	void (*client)(void *arg);
	const char *reason, *versions;
};

static const struct failing_row FAILING_ROWS[] = {
    {"no CA", distrusting_client, "the client does not trust our certificate (alert unknown_ca)",
	"TLSv1.3 TLSv1.2"},
    {"TLS 1.1", old_client, "the client offers only TLSv1.1, expected TLSv1.2 or TLSv1.3",
	"TLSv1.1"},
    {"plain text", plain_client, "the client spoke plain text where TLS was expected", NULL},
    {"closed at once", silent_client,
	"the client closed the connection before the handshake was complete", NULL},
    {"reset", resetting_client, "the client reset the connection before the handshake was complete",
	NULL},
};

static void check_failure(struct rig *r, const char *name, const char *reason, const char *versions)
{
	struct arena *a = arena_new();
	struct tls_failure failure;

	ck_assert_msg(strcmp(r->log, "ended:tls") == 0, "%s: %s", name, r->log);
	tls_failure_read(conn_ssl(r->conn), conn_tls_error(r->conn), a, &failure);
	ck_assert_msg(strcmp(failure.reason, reason) == 0, "%s: %s", name, failure.reason);
	ck_assert_msg((versions == NULL) == (failure.offered_versions == NULL) &&
			  (versions == NULL || strcmp(versions, failure.offered_versions) == 0),
	    "%s: %s", name, failure.offered_versions == NULL ? "none" : failure.offered_versions);
	arena_free(a);
}

START_TEST(failed_handshakes_are_explained)
{
	for (size_t i = 0; i < ARRAY_SIZE(FAILING_ROWS); i++) {
		const struct failing_row *row = &FAILING_ROWS[i];
		struct secure s;

		secure_begin(&s);
		rig_start_tls(&s.rig);
		peer_start(&s.peer, row->client, &s);
		rig_until(&s.rig, RIG_ENDED, 1);
		check_failure(&s.rig, row->name, row->reason, row->versions);
		secure_end(&s);
	}
}
END_TEST

static void cut_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = secure_behind(s->rig.there, s->client, "", s->cut);

	SSL_set_quiet_shutdown(ssl, 1);
	SSL_free(ssl);
	shutdown(s->rig.there, SHUT_WR);
}

START_TEST(client_goes_amid_its_hello)
{
	static const size_t CUTS[] = {1, 4, 5, 6, 40, 100, 0};

	for (size_t i = 0; i < ARRAY_SIZE(CUTS); i++) {
		struct secure s;

		secure_begin(&s);
		s.cut = CUTS[i];
		rig_start_tls(&s.rig);
		peer_start(&s.peer, cut_client, &s);
		rig_until(&s.rig, RIG_ENDED, 1);
		check_failure(&s.rig, "cut",
		    "the client closed the connection before the handshake was complete",
		    CUTS[i] == 0 ? "TLSv1.3 TLSv1.2" : NULL);
		secure_end(&s);
	}
}
END_TEST

static void truncating_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);

	ck_assert_ptr_nonnull(ssl);
	peer_secure_expect(ssl, "220 hello\r\n");
	ck_assert_int_eq(SSL_write(ssl, "DATA\r\n", 6), 6);
	SSL_free(ssl);
	secure_close(s);
}

START_TEST(truncation_is_told_after_the_input)
{
	struct secure s;

	secure_begin(&s);
	s.rig.on[RIG_SECURED] = secure_greet;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, truncating_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "secured sent:11 input:DATA\r\n ended:truncated");
	ck_assert_uint_eq(conn_tls_error(s.rig.conn), 0);
	secure_end(&s);
}
END_TEST

static void flooding_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);
	size_t left = FLOOD, round = 0;
	char data[16384];

	ck_assert_ptr_nonnull(ssl);
	memset(data, 'x', sizeof(data));
	while (left > 0) {
		size_t n = round++ % 3 == 0 ? 5000 : sizeof(data);
		int sent = SSL_write(ssl, data, (int)(n < left ? n : left));

		ck_assert_int_gt(sent, 0);
		left -= (size_t)sent;
	}
	SSL_shutdown(ssl);
	SSL_free(ssl);
	secure_close(s);
}

/* No part of a record may be left where no event tells of it. */
START_TEST(flood_is_bounded_and_complete)
{
	struct secure s;
	size_t total = 0, round = 0;

	secure_begin(&s);
	s.rig.quiet = true;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, flooding_client, &s);
	rig_until(&s.rig, RIG_INPUT, 1);
	rig_for(&s.rig, 100);
	ck_assert_uint_ge(conn_input(s.rig.conn).len, CONN_INPUT_MARK);
	while (total < FLOOD) {
		size_t waiting = conn_input(s.rig.conn).len;
		size_t n = 7001 * (round % 5 + 1);

		n = waiting > n ? n : waiting;
		conn_pause(s.rig.conn, round % 7 == 0);
		conn_consume(s.rig.conn, n);
		conn_pause(s.rig.conn, false);
		total += n;
		round++;
		if (total < FLOOD)
			loop_once(s.rig.loop);
	}
	ck_assert_uint_le(s.rig.input_max, CONN_INPUT_MARK + 16384);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_int_eq(s.rig.end, CONN_END_CLOSED);
	secure_end(&s);
}
END_TEST

static void idle_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);
	char c;

	if (ssl == NULL)
		return;
	SSL_write(ssl, "x", 1);
	while (SSL_read(ssl, &c, 1) > 0)
		;
	SSL_shutdown(ssl);
	SSL_free(ssl);
	shutdown(s->rig.there, SHUT_RDWR);
}

static void secured_write(struct rig *r)
{
	rig_write(r, "x");
}

static void secured_timeout(struct rig *r)
{
	conn_set_timeout(r->conn, 1);
}

struct within_row {
	const char *name;
	void (*client)(void *arg);
	enum rig_event event;
	void (*when_secured)(struct rig *r);
};

static const struct within_row WITHIN_ROWS[] = {
    {"secured", idle_client, RIG_SECURED, NULL},
    {"input", idle_client, RIG_INPUT, NULL},
    {"sent", idle_client, RIG_SENT, secured_write},
    {"timeout", idle_client, RIG_TIMEOUT, secured_timeout},
    {"ended, closed", flooding_client, RIG_ENDED, NULL},
    {"ended, tls", distrusting_client, RIG_ENDED, NULL},
    {"ended, truncated", truncating_client, RIG_ENDED, secure_greet},
};

static void check_within(void (*action)(struct rig *r))
{
	for (size_t i = 0; i < ARRAY_SIZE(WITHIN_ROWS); i++) {
		const struct within_row *row = &WITHIN_ROWS[i];
		struct secure s;

		secure_begin(&s);
		s.rig.on[RIG_SECURED] = row->when_secured;
		s.rig.on[row->event] = action;
		rig_start_tls(&s.rig);
		peer_start(&s.peer, row->client, &s);
		rig_until(&s.rig, row->event, 1);
		ck_assert_msg(s.rig.conn == NULL, "%s: not gone", row->name);
		rig_for(&s.rig, 5);
		loop_free(s.rig.loop);
		s.rig.loop = NULL;
		secure_end(&s);
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

START_TEST(freed_amid_the_handshake)
{
	static const size_t CUTS[] = {0, 1, 40};

	for (size_t i = 0; i < ARRAY_SIZE(CUTS); i++) {
		struct secure s;

		secure_begin(&s);
		s.cut = CUTS[i];
		s.rig.on[RIG_TIMEOUT] = i % 2 == 0 ? rig_free_conn : rig_finish;
		rig_start_tls(&s.rig);
		conn_set_timeout(s.rig.conn, 30);
		peer_start(&s.peer, cut_client, &s);
		peer_join(&s.peer);
		rig_free_conn(&s.rig);
		rig_for(&s.rig, 5);
		peer_start(&s.peer, silent_client, &s);
		secure_end(&s);
	}
}
END_TEST

static void stalling_client(void *arg)
{
	(void)arg;
}

START_TEST(handshake_timeout_is_the_owners)
{
	struct secure s;

	secure_begin(&s);
	s.rig.on[RIG_TIMEOUT] = rig_finish;
	rig_start_tls(&s.rig);
	conn_set_timeout(s.rig.conn, 20);
	peer_start(&s.peer, stalling_client, &s);
	rig_until(&s.rig, RIG_TIMEOUT, 1);
	ck_assert_str_eq(s.rig.log, "timeout");
	ck_assert_ptr_null(s.rig.conn);
	secure_end(&s);
}
END_TEST

static void early_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);

	ck_assert_ptr_nonnull(ssl);
	ck_assert_int_eq(SSL_write(ssl, "EARLY", 5), 5);
	peer_secure_expect(ssl, "220 hello\r\n");
	SSL_shutdown(ssl);
	SSL_free(ssl);
	secure_close(s);
}

/* Blocks the loop until the client's first record lies in the socket. */
static void greet_when_input_is_there(struct rig *r)
{
	char octet;

	while (recv(r->conn->fd, &octet, 1, MSG_PEEK) != 1)
		;
	secure_greet(r);
}

START_TEST(early_input_comes_before_sent)
{
	struct secure s;

	secure_begin(&s);
	s.rig.on[RIG_SECURED] = greet_when_input_is_there;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, early_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "secured input:EARLY sent:11 ended:closed");
	secure_end(&s);
}
END_TEST

START_TEST(much_output_leaves_piece_by_piece)
{
	struct secure s;
	char *data = calloc(1, FLOOD);

	secure_begin(&s);
	s.rig.quiet = true;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, idle_client, &s);
	rig_until(&s.rig, RIG_SECURED, 1);
	conn_write(s.rig.conn, span_of(data, FLOOD));
	while (s.rig.sent < FLOOD)
		loop_once(s.rig.loop);
	ck_assert_uint_eq(conn_unsent(s.rig.conn), 0);
	rig_finish(&s.rig);
	loop_run(s.rig.loop);
	free(data);
	secure_end(&s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {starttls, handshake_begins_with_what_was_read,
	    failed_handshakes_are_explained, client_goes_amid_its_hello,
	    truncation_is_told_after_the_input,

	    flood_is_bounded_and_complete, freed_within_each_report, finished_within_each_report,
	    freed_amid_the_handshake, handshake_timeout_is_the_owners,
	    early_input_comes_before_sent, much_output_leaves_piece_by_piece, NULL};

	return unit_main("secure", tests);
}
