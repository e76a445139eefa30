/*
 * SPDX-License-Identifier: ISC
 *
 * The words for failed handshakes, who broke them off, and the texts of what a ClientHello offers.
 * Both ends are in memory.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "ends.h"
#include "peer.h"
#include "tls/facts.h"
#include "tls/offer.h"
#include "unit.h"

static void check_string(const char *row, const char *what, const char *got, const char *want)
{
	ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
	    "%s: %s is %s, expected %s", row, what, got == NULL ? "absent" : got,
	    want == NULL ? "none" : want);
}

struct failure_row {
	const char *name;
	const char *sent; /* by the client instead of a handshake */
	size_t sent_len;
	int max_version;
	const char *ciphers;
	const char *groups;
	bool distrust; /* the client knows no CA */
	bool client_certificate_wanted;
	const char *want, *want_versions;
	const char *by, *alert;
};

#define RAW(text) text, sizeof(text) - 1

static const struct failure_row FAILURE_ROWS[] = {
    {"no CA", .distrust = true,
	.want = "the client does not trust our certificate (alert unknown_ca)",
	.want_versions = "TLSv1.3 TLSv1.2", .by = "client", .alert = "unknown_ca"},
    {"no CA, TLS 1.2", .distrust = true, .max_version = TLS1_2_VERSION,
	.want = "the client does not trust our certificate (alert unknown_ca)",
	.want_versions = "TLSv1.2", .by = "client", .alert = "unknown_ca"},
    {"only TLS 1.1", .max_version = TLS1_1_VERSION,
	.want = "the client offers only TLSv1.1, expected TLSv1.2 or TLSv1.3",
	.want_versions = "TLSv1.1", .by = "server", .alert = "protocol_version"},
    {"no cipher in common", .max_version = TLS1_2_VERSION, .ciphers = "AES128-SHA",
	.want = "the client offers no cipher that we take", .want_versions = "TLSv1.2",
	.by = "server", .alert = "handshake_failure"},
    {"no group in common", .groups = "X448",
	.want = "the client offers no key exchange group that we take",
	.want_versions = "TLSv1.3 TLSv1.2", .by = "server", .alert = "handshake_failure"},
    {"no certificate", .client_certificate_wanted = true,
	.want = "the client sent no certificate although one is required",
	.want_versions = "TLSv1.3 TLSv1.2", .by = "server", .alert = "certificate_required"},
    {"SMTP in the clear", RAW("EHLO client.example\r\n"),
	.want = "the client spoke plain text where TLS was expected"},
    {"short SMTP", RAW("QUIT\r\n"), .want = "the client spoke plain text where TLS was expected"},
    {"HTTP", RAW("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	.want = "the client spoke HTTP where TLS was expected"},
    {"HTTP proxy", RAW("CONNECT localhost:25 HTTP/1.1\r\n\r\n"),
	.want = "the client spoke HTTP where TLS was expected"},
    {"an alert first", RAW("\25\3\1\0\2\2\52"), .want = "the handshake failed: unexpected message",
	.by = "server", .alert = "unexpected_message"},
};

static void set_failing(struct ends *e, const struct failure_row *row)
{
	SSL_set_security_level(e->client, 0);
	if (row->max_version != 0) {
		SSL_set_min_proto_version(e->client, row->max_version);
		SSL_set_max_proto_version(e->client, row->max_version);
	} else {
		SSL_set_min_proto_version(e->client, TLS1_2_VERSION);
	}
	if (row->ciphers != NULL)
		ck_assert_int_eq(SSL_set_cipher_list(e->client, row->ciphers), 1);
	if (row->groups != NULL)
		ends_set_groups(e->client, row->groups);
	if (row->client_certificate_wanted)
		SSL_set_verify(e->server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	/* Else the server would not find a group that it does not take. */
	ends_set_groups(e->server, "X25519:P-256");
}

static void check_failure(const struct failure_row *row, struct ends *e, struct arena *a)
{
	struct tls_failure failure;

	tls_failure_read(e->server, e->error, a, &failure);
	ends_leave(e);
	check_string(row->name, "reason", failure.reason, row->want);
	check_string(row->name, "versions", failure.offered_versions, row->want_versions);
	check_string(row->name, "by", failure.by, row->by);
	check_string(row->name, "alert", failure.alert, row->alert);
}

START_TEST(failures_are_said_in_words)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	SSL_CTX *distrusting = SSL_CTX_new(TLS_client_method());
	struct ends e;

	peer_tls_init(&t);
	SSL_CTX_set_verify(distrusting, SSL_VERIFY_PEER, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(FAILURE_ROWS); i++) {
		const struct failure_row *row = &FAILURE_ROWS[i];

		if (row->sent != NULL) {
			ends_join(&e, t.server, NULL);
			BIO_write(e.wire, row->sent, (int)row->sent_len);
			ck_assert_msg(!ends_step_server(&e), "%s: no failure", row->name);
		} else {
			ends_join(&e, t.server, row->distrust ? distrusting : t.client);
			set_failing(&e, row);
			ck_assert_msg(!ends_shake(&e), "%s: no failure", row->name);
		}
		check_failure(row, &e, a);
	}
	SSL_CTX_free(distrusting);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

START_TEST(offers_outlive_the_failure)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_failure failure;
	struct ends e;

	peer_tls_init(&t);
	ends_join(&e, t.server, t.client);
	ends_set_name(e.client, "mx.example");
	ends_set_groups(e.client, "X448:P-256:ffdhe2048");
	SSL_set_alpn_protos(e.client, (const unsigned char *)"\4smtp\2h2", 8);
	SSL_set_min_proto_version(e.client, TLS1_3_VERSION);
	ck_assert_int_eq(SSL_set_ciphersuites(e.client, "TLS_AES_128_GCM_SHA256"), 1);
	ck_assert_int_eq(SSL_set_ciphersuites(e.server, "TLS_AES_256_GCM_SHA384"), 1);
	ck_assert(!ends_shake(&e));
	tls_failure_read(e.server, e.error, a, &failure);
	ends_leave(&e);
	ck_assert_str_eq(failure.reason, "the client offers no cipher that we take");
	ck_assert_str_eq(failure.offered_versions, "TLSv1.3");
	ck_assert_str_eq(failure.sni, "mx.example");
	ck_assert_str_eq(failure.alpn, "smtp h2");
	ck_assert_str_eq(failure.groups, "x448 secp256r1 ffdhe2048");
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

struct code_row {
	unsigned long error;
	const char *want;
};

#define SSL_CODE(reason) ERR_PACK(ERR_LIB_SSL, 0, (reason))

static const struct code_row CODE_ROWS[] = {
    {0, "the client closed the connection before the handshake was complete"},
    {SSL_CODE(SSL_R_UNEXPECTED_EOF_WHILE_READING),
	"the client closed the connection before the handshake was complete"},
    {ERR_SYSTEM_FLAG | ECONNRESET,
	"the client reset the connection before the handshake was complete"},
    {ERR_SYSTEM_FLAG | ENOTCONN, "the network failed with the system's error 107"},
    {SSL_CODE(SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_EXPIRED),
	"the client holds our certificate for expired (alert certificate_expired)"},
    {SSL_CODE(SSL_AD_REASON_OFFSET + SSL_AD_HANDSHAKE_FAILURE),
	"the client found no parameters in common with us (alert handshake_failure)"},
    {SSL_CODE(SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION),
	"the client does not speak the TLS version we chose (alert protocol_version)"},
    {SSL_CODE(SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_PSK_IDENTITY),
	"the client sent the TLS alert unknown_psk_identity"},
    {SSL_CODE(SSL_AD_REASON_OFFSET + 77), "the client sent the TLS alert 77"},
    {SSL_CODE(SSL_R_BAD_EXTENSION), "the handshake failed: bad extension"},
    {ERR_PACK(ERR_LIB_USER, 0, 77), "the handshake failed: OpenSSL error 4000004d"},
};

START_TEST(codes_have_sentences)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_failure failure;
	SSL *ssl;

	peer_tls_init(&t);
	/* Without a place for the offer, too. */
	ssl = SSL_new(t.server);
	for (size_t i = 0; i < ARRAY_SIZE(CODE_ROWS); i++) {
		tls_failure_read(ssl, CODE_ROWS[i].error, a, &failure);
		ck_assert_str_eq(failure.reason, CODE_ROWS[i].want);
		ck_assert_ptr_null(failure.offered_versions);
		ck_assert_ptr_null(failure.sni);
		ck_assert_ptr_null(failure.alpn);
		ck_assert_ptr_null(failure.groups);
		ck_assert_ptr_null(failure.by);
		ck_assert_ptr_null(failure.alert);
	}
	SSL_free(ssl);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

struct offer_row {
	const char *name;
	void (*read)(struct span extension, char *out, size_t size);
	size_t size; /* of the room; 0: all of it */
	const char *in;
	size_t in_len;
	const char *want;
};

static const struct offer_row OFFER_ROWS[] = {
    {"versions", tls_offer_versions, 0, RAW("\4\3\4\3\3"), "TLSv1.3 TLSv1.2"},
    {"GREASE is skipped", tls_offer_versions, 0, RAW("\6\152\152\3\4\3\1"), "TLSv1.3 TLSv1"},
    {"a draft", tls_offer_versions, 0, RAW("\2\177\34"), "0x7f1c"},
    {"no room", tls_offer_versions, 12, RAW("\4\3\4\3\3"), "TLSv1.3"},
    {"versions: longer than said", tls_offer_versions, 0, RAW("\2\3\4\3\3"), "TLSv1.3"},
    {"versions: shorter than said", tls_offer_versions, 0, RAW("\6\3\4"), ""},
    {"versions: odd", tls_offer_versions, 0, RAW("\3\3\4\3"), "TLSv1.3"},
    {"versions: empty", tls_offer_versions, 0, RAW(""), ""},
    {"name", tls_offer_sni, 0, RAW("\0\7\0\0\4a.de"), "a.de"},
    {"name of another kind first", tls_offer_sni, 0, RAW("\0\13\1\0\1x\0\0\4a.de"), "a.de"},
    {"name with control octets", tls_offer_sni, 0, RAW("\0\7\0\0\4a\0\n\377"), "a???"},
    {"name: shorter than said", tls_offer_sni, 0, RAW("\0\7\0\0\5a.de"), ""},
    {"name: only a kind", tls_offer_sni, 0, RAW("\0\1\0"), ""},
    {"name: empty", tls_offer_sni, 0, RAW(""), ""},
    {"name: one octet", tls_offer_sni, 0, RAW("\0"), ""},
    {"name that does not fit", tls_offer_sni, 4, RAW("\0\7\0\0\4a.de"), ""},
    {"protocols", tls_offer_alpn, 0, RAW("\0\10\4smtp\2h2"), "smtp h2"},
    {"protocol with a blank", tls_offer_alpn, 0, RAW("\0\4\3a b"), "a?b"},
    {"protocols: second cut", tls_offer_alpn, 0, RAW("\0\7\4smtp\3h"), "smtp"},
    {"protocols: empty name", tls_offer_alpn, 0, RAW("\0\3\0\1x"), "x"},
    {"groups", tls_offer_groups, 0, RAW("\0\6\0\35\0\27\1\0"), "x25519 secp256r1 ffdhe2048"},
    {"groups: GREASE, unknown, hybrid", tls_offer_groups, 0, RAW("\0\6\72\72\376\1\21\354"),
	"0xfe01 X25519MLKEM768"},
    {"groups: shorter than said", tls_offer_groups, 0, RAW("\0\10\0\35"), ""},
    {"groups: odd", tls_offer_groups, 0, RAW("\0\3\0\35\0"), "x25519"},
    {"groups: empty", tls_offer_groups, 0, RAW(""), ""},
};

START_TEST(offers_are_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(OFFER_ROWS); i++) {
		const struct offer_row *row = &OFFER_ROWS[i];
		struct span in = unit_guard(span_of(row->in, row->in_len));
		char out[64];

		row->read(in, out, row->size == 0 ? sizeof(out) : row->size);
		unit_span_eq(row->name, span_from(out), row->want);
		unit_guard_free(in);
	}
}
END_TEST

/* Alerts in the clear, as a client sends them before it has keys. */
struct alert_row {
	const char *name, *sent;
	size_t sent_len;
	const char *by, *alert;
};

static const struct alert_row ALERT_ROWS[] = {
    {"fatal", RAW("\25\3\3\0\2\2\60"), "client", "unknown_ca"},
    {"cancelled, then closed", RAW("\25\3\3\0\2\1\132\25\3\3\0\2\1\0"), "client", "user_canceled"},
    {"closed", RAW("\25\3\3\0\2\1\0"), "client", NULL},
    {"one that nobody knows", RAW("\25\3\3\0\2\2\115"), "client", "77"},
};

START_TEST(alerts_amid_the_handshake)
{
	struct peer_tls t;
	struct arena *a = arena_new();

	peer_tls_init(&t);
	SSL_CTX_set_max_proto_version(t.client, TLS1_2_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(ALERT_ROWS); i++) {
		const struct alert_row *row = &ALERT_ROWS[i];
		struct tls_failure failure;
		struct ends e;

		ends_join(&e, t.server, t.client);
		SSL_do_handshake(e.client);
		ck_assert(ends_step_server(&e));
		BIO_write(e.wire, row->sent, (int)row->sent_len);
		ck_assert_msg(!ends_step_server(&e), "%s: no failure", row->name);
		tls_failure_read(e.server, e.error, a, &failure);
		check_string(row->name, "by", failure.by, row->by);
		check_string(row->name, "alert", failure.alert, row->alert);
		ends_leave(&e);
	}
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

/* The alert that OpenSSL sends into a closed connection has broken nothing off. */
START_TEST(who_leaves_breaks_it_off)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_failure failure;
	struct ends e;

	peer_tls_init(&t);
	ends_join(&e, t.server, t.client);
	e.offer.alert_sent = SSL_AD_DECODE_ERROR;
	tls_failure_read(e.server, 0, a, &failure);
	ck_assert_str_eq(failure.by, "client");
	ck_assert_ptr_null(failure.alert);
	ends_leave(&e);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

/* The server is done when the client finds fault with what came last. */
START_TEST(alerts_behind_the_handshake)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_failure failure;
	struct ends e;
	char octet;

	peer_tls_init(&t);
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	ck_assert(ends_read(&e));
	ck_assert_int_eq(e.offer.alert_received, -1);
	BIO_write(SSL_get_wbio(e.server), "\27\3\3\0\30aaaaaaaaaaaaaaaaaaaaaaaa", 29);
	ck_assert_int_eq(SSL_read(e.client, &octet, 1), -1);
	ck_assert(!ends_read(&e));
	tls_failure_read(e.server, e.error, a, &failure);
	ck_assert_str_eq(failure.by, "client");
	ck_assert_str_eq(failure.alert, "bad_record_mac");
	ck_assert_str_eq(
	    failure.reason, "the client could not decrypt our record (alert bad_record_mac)");
	ends_leave(&e);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

START_TEST(key_updates_are_counted)
{
	struct peer_tls t;
	struct ends e;

	peer_tls_init(&t);
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	ck_assert_uint_eq(e.offer.floods, 0);
	for (unsigned i = 1; i <= 5; i++) {
		ck_assert_int_eq(
		    SSL_key_update(e.client,
			i % 2 == 0 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED),
		    1);
		ck_assert_int_eq(SSL_do_handshake(e.client), 1);
		ck_assert(ends_read(&e));
		ck_assert_uint_eq(e.offer.floods, i);
		/* Ours do not count. */
		ck_assert_int_eq(SSL_write(e.server, "x", 1), 1);
		ck_assert_uint_eq(e.offer.floods, i);
	}
	ends_leave(&e);
	peer_tls_clear(&t);
}
END_TEST

START_TEST(renegotiations_are_counted)
{
	struct peer_tls t;
	struct ends e;
	char octet;

	peer_tls_init(&t);
	SSL_CTX_set_options(t.server, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_max_proto_version(t.client, TLS1_2_VERSION);
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	SSL_do_handshake(e.client);
	ck_assert_uint_eq(e.offer.floods, 0);
	ck_assert_int_eq(SSL_renegotiate(e.client), 1);
	SSL_do_handshake(e.client);
	ck_assert(ends_read(&e));
	ck_assert_uint_eq(e.offer.floods, 1);
	/* A warning breaks nothing off. */
	ck_assert_int_eq(e.offer.alert_sent, -1);
	ck_assert_int_le(SSL_read(e.client, &octet, 1), 0);
	ends_leave(&e);
	peer_tls_clear(&t);
}
END_TEST

/* A second ClientHello that the server asked for is part of the handshake. */
START_TEST(retries_are_not_counted)
{
	struct peer_tls t;
	struct ends e;

	peer_tls_init(&t);
	ends_join(&e, t.server, t.client);
	ends_set_groups(e.client, "X25519:P-256");
	ends_set_groups(e.server, "P-256");
	ck_assert(ends_shake(&e));
	ck_assert_uint_eq(e.offer.floods, 0);
	ck_assert_str_eq(e.offer.groups, "x25519 secp256r1");
	ends_leave(&e);
	peer_tls_clear(&t);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {failures_are_said_in_words, offers_outlive_the_failure,
	    codes_have_sentences, offers_are_read, who_leaves_breaks_it_off,
	    alerts_amid_the_handshake, alerts_behind_the_handshake, key_updates_are_counted,
	    renegotiations_are_counted, retries_are_not_counted, NULL};

	return unit_main("tlsfailure", tests);
}
