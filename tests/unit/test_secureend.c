/*
 * SPDX-License-Identifier: ISC
 *
 * How a connection under TLS ends: close_notify from either side, broken records, floods.
 */
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connstate.h"
#include "secure.h"
#include "tls/facts.h"
#include "unit.h"

static void breaking_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);

	ck_assert_ptr_nonnull(ssl);
	peer_secure_expect(ssl, "220 hello\r\n");
	/* Application data that does not decrypt. */
	peer_send(s->rig.there, "\27\3\3");
	send(s->rig.there, "\0\30aaaaaaaaaaaaaaaaaaaaaaaa", 26, 0);
	SSL_free(ssl);
	shutdown(s->rig.there, SHUT_WR);
}

START_TEST(broken_tls_is_an_error_with_its_code)
{
	struct secure s;

	secure_begin(&s);
	s.rig.on[RIG_SECURED] = secure_greet;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, breaking_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "secured sent:11 ended:error");
	ck_assert_int_eq(
	    ERR_GET_REASON(conn_tls_error(s.rig.conn)), SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
	secure_end(&s);
}
END_TEST

static void polite_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);
	char data[20000] = "";

	ck_assert_ptr_nonnull(ssl);
	/* Much of this is not read by the other side. */
	for (int i = 0; i < 10; i++)
		ck_assert_int_gt(SSL_write(ssl, data, sizeof(data)), 0);
	peer_secure_expect(ssl, "221 bye\r\n");
	ck_assert_int_eq(SSL_read(ssl, data, 1), 0);
	ck_assert_int_eq(SSL_get_error(ssl, 0), SSL_ERROR_ZERO_RETURN);
	SSL_free(ssl);
	secure_close(s);
}

static void say_bye(struct rig *r)
{
	rig_write(r, "221 bye\r\n");
	rig_finish(r);
}

START_TEST(finish_says_close_notify)
{
	struct secure s;

	secure_begin(&s);
	s.rig.quiet = true;
	s.rig.on[RIG_INPUT] = say_bye;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, polite_client, &s);
	loop_run(s.rig.loop);
	ck_assert_str_eq(s.rig.log, "secured");
	secure_end(&s);
}
END_TEST

static void quitting_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = peer_secure(s->rig.there, s->client);

	ck_assert_ptr_nonnull(ssl);
	ck_assert_int_eq(SSL_write(ssl, "QUIT\r\n", 6), 6);
	SSL_shutdown(ssl);
	peer_secure_expect(ssl, "221 bye\r\n");
	SSL_free(ssl);
	secure_close(s);
}

START_TEST(client_that_closed_its_side_gets_its_answer)
{
	struct secure s;

	secure_begin(&s);
	s.rig.on[RIG_ENDED] = say_bye;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, quitting_client, &s);
	loop_run(s.rig.loop);
	ck_assert_str_eq(s.rig.log, "secured input:QUIT\r\n ended:closed");
	secure_end(&s);
}
END_TEST

/* The other side may be gone before all are sent. */
static SSL *send_updates(struct secure *s, int kind)
{
	SSL *ssl = peer_secure(s->rig.there, s->client);

	ck_assert_ptr_nonnull(ssl);
	for (size_t i = 0; i < s->cut; i++) {
		SSL_key_update(ssl, kind);
		if (SSL_do_handshake(ssl) != 1)
			break;
	}
	return ssl;
}

static void updating_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = send_updates(s, SSL_KEY_UPDATE_NOT_REQUESTED);

	SSL_shutdown(ssl);
	SSL_free(ssl);
	secure_close(s);
}

/* Asks for an answer to each, and stays. */
static void demanding_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl = send_updates(s, SSL_KEY_UPDATE_REQUESTED);
	char octet;

	while (SSL_read(ssl, &octet, 1) > 0)
		;
	SSL_free(ssl);
	secure_close(s);
}

struct flood_row {
	size_t updates;
	enum conn_end want;
};

static const struct flood_row FLOOD_ROWS[] = {
    {1, CONN_END_CLOSED},
    {CONN_FLOOD_MAX, CONN_END_CLOSED},
    {CONN_FLOOD_MAX + 1, CONN_END_FLOOD},
    {1000, CONN_END_FLOOD},
};

START_TEST(floods_of_key_updates_end_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(FLOOD_ROWS); i++) {
		struct secure s;

		secure_begin(&s);
		s.cut = FLOOD_ROWS[i].updates;
		rig_start_tls(&s.rig);
		peer_start(&s.peer, updating_client, &s);
		rig_until(&s.rig, RIG_ENDED, 1);
		ck_assert_msg(
		    s.rig.end == FLOOD_ROWS[i].want, "%zu: %s", FLOOD_ROWS[i].updates, s.rig.log);
		/* Nothing can be sent any more. */
		if (s.rig.end == CONN_END_FLOOD)
			rig_write(&s.rig, "221 bye\r\n");
		rig_free_conn(&s.rig);
		secure_end(&s);
	}
}
END_TEST

/* Records without end: what is read at once is bounded all the same. */
START_TEST(flood_that_waits_in_the_socket)
{
	struct secure s;

	secure_begin(&s);
	s.cut = 1000;
	rig_start_tls(&s.rig);
	peer_start(&s.peer, demanding_client, &s);
	rig_until(&s.rig, RIG_SECURED, 1);
	conn_pause(s.rig.conn, true);
	rig_for(&s.rig, 50);
	conn_pause(s.rig.conn, false);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_str_eq(s.rig.log, "secured ended:flood");
	rig_free_conn(&s.rig);
	secure_end(&s);
}
END_TEST

static void renegotiating_client(void *arg)
{
	struct secure *s = arg;
	SSL *ssl;

	SSL_CTX_set_max_proto_version(s->client, TLS1_2_VERSION);
	ssl = peer_secure(s->rig.there, s->client);
	ck_assert_ptr_nonnull(ssl);
	ck_assert_int_eq(SSL_renegotiate(ssl), 1);
	/* OpenSSL's client takes the refusal for the end. */
	ck_assert_int_ne(SSL_do_handshake(ssl), 1);
	ERR_clear_error();
	SSL_free(ssl);
	secure_close(s);
}

START_TEST(renegotiation_is_refused)
{
	struct secure s;

	secure_begin(&s);
	SSL_CTX_set_options(s.tls.server, SSL_OP_NO_RENEGOTIATION);
	rig_start_tls(&s.rig);
	peer_start(&s.peer, renegotiating_client, &s);
	rig_until(&s.rig, RIG_ENDED, 1);
	ck_assert_uint_eq(s.rig.conn->offer->floods, 1);
	ck_assert_int_ne(s.rig.end, CONN_END_FLOOD);
	secure_end(&s);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {broken_tls_is_an_error_with_its_code,
	    finish_says_close_notify, client_that_closed_its_side_gets_its_answer,
	    floods_of_key_updates_end_it, flood_that_waits_in_the_socket, renegotiation_is_refused,
	    NULL};

	return unit_main("secureend", tests);
}
