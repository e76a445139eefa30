/*
 * SPDX-License-Identifier: ISC
 *
 * How a connection under TLS ends: close_notify from either side, broken records.
 */
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

int main(void)
{
	const TTest *const tests[] = {broken_tls_is_an_error_with_its_code,
	    finish_says_close_notify, client_that_closed_its_side_gets_its_answer, NULL};

	return unit_main("secureend", tests);
}
