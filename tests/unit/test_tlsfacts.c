/*
 * SPDX-License-Identifier: ISC
 *
 * Facts of finished handshakes, the words for failed ones, and the texts of what a ClientHello
 * offers. Both ends are in memory.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "tls/facts.h"
#include "tls/offer.h"
#include "unit.h"

#define PIPE_SIZE 65536

/* A server and a client joined by a pair of BIOs. */
struct ends {
	SSL *server, *client;
	struct tls_offer offer;
	BIO *wire; /* the client's end, to be used instead of client */
	unsigned long error;
};

static void join(struct ends *e, SSL_CTX *server, SSL_CTX *client)
{
	BIO *inner, *outer;

	ck_assert_int_eq(BIO_new_bio_pair(&inner, PIPE_SIZE, &outer, PIPE_SIZE), 1);
	*e = (struct ends){.server = SSL_new(server), .wire = outer};
	SSL_set_bio(e->server, inner, inner);
	SSL_set_accept_state(e->server);
	tls_offer_keep(e->server, &e->offer);
	if (client == NULL)
		return;
	e->client = SSL_new(client);
	SSL_set_bio(e->client, outer, outer);
	SSL_set_connect_state(e->client);
}

static void leave(struct ends *e)
{
	SSL_free(e->server);
	if (e->client != NULL)
		SSL_free(e->client);
	else
		BIO_free(e->wire);
}

/* One step of the server; whether it may go on. */
static bool step_server(struct ends *e)
{
	int result, why;

	ERR_clear_error();
	result = SSL_do_handshake(e->server);
	if (result == 1)
		return true;
	why = SSL_get_error(e->server, result);
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return true;
	e->error = ERR_peek_error();
	return false;
}

/* Runs both until the server has finished or failed. */
static bool shake(struct ends *e)
{
	for (int i = 0; i < 20 && !SSL_is_init_finished(e->server); i++) {
		ERR_clear_error();
		SSL_do_handshake(e->client);
		if (!step_server(e))
			return false;
	}
	return SSL_is_init_finished(e->server);
}

static int choose_smtp(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned int in_len, void *arg)
{
	(void)ssl, (void)arg;
	return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_len,
		   (const unsigned char *)"\4smtp", 5, in, in_len) == OPENSSL_NPN_NEGOTIATED
	           ? SSL_TLSEXT_ERR_OK
	           : SSL_TLSEXT_ERR_NOACK;
}

struct facts_row {
	const char *name;
	int version;
	const char *ciphers, *groups, *sni;
	const char *alpn; /* in the form of the wire */
	struct tls_facts want;
};

static const struct facts_row FACTS_ROWS[] = {
    {"TLS 1.3", TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384", "X25519", "localhost", "\4smtp",
	{.version = "TLSv1.3",
	    .cipher = "TLS_AES_256_GCM_SHA384",
	    .bits = 256,
	    .group = "x25519",
	    .sni = "localhost",
	    .alpn = "smtp"}},
    {"TLS 1.3, other group", TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", "P-256", NULL, NULL,
	{.version = "TLSv1.3",
	    .cipher = "TLS_AES_128_GCM_SHA256",
	    .bits = 128,
	    .group = "secp256r1"}},
    {"TLS 1.2", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", "P-384:P-256", "a.example", "\2h2",
	{.version = "TLSv1.2",
	    .cipher = "ECDHE-ECDSA-AES128-GCM-SHA256",
	    .bits = 128,
	    .group = "secp384r1",
	    .sni = "a.example"}},
};

static void check_string(const char *row, const char *what, const char *got, const char *want)
{
	ck_assert_msg((got == NULL) == (want == NULL) && (got == NULL || strcmp(got, want) == 0),
	    "%s: %s is %s, expected %s", row, what, got == NULL ? "absent" : got,
	    want == NULL ? "none" : want);
}

static void check_facts(const struct facts_row *row, const struct tls_facts *got)
{
	check_string(row->name, "version", got->version, row->want.version);
	check_string(row->name, "cipher", got->cipher, row->want.cipher);
	check_string(row->name, "group", got->group, row->want.group);
	check_string(row->name, "sni", got->sni, row->want.sni);
	check_string(row->name, "alpn", got->alpn, row->want.alpn);
	ck_assert_msg(got->bits == row->want.bits, "%s: %d bits", row->name, got->bits);
	ck_assert_msg(got->mode == TLS_MODE_STARTTLS, "%s: mode", row->name);
	ck_assert_msg(!got->resumed, "%s: resumed", row->name);
	ck_assert_msg(got->client_certificate == NULL, "%s: certificate", row->name);
}

/* OpenSSL's macros cast const away from what they only read. */
static void set_groups(SSL *ssl, const char *list)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", list);
	ck_assert_int_eq(SSL_set1_groups_list(ssl, text), 1);
}

static void set_name(SSL *ssl, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", name);
	ck_assert_int_eq(SSL_set_tlsext_host_name(ssl, text), 1);
}

static void set_client(SSL *ssl, const struct facts_row *row)
{
	SSL_set_min_proto_version(ssl, row->version);
	SSL_set_max_proto_version(ssl, row->version);
	if (row->version == TLS1_3_VERSION)
		ck_assert_int_eq(SSL_set_ciphersuites(ssl, row->ciphers), 1);
	else
		ck_assert_int_eq(SSL_set_cipher_list(ssl, row->ciphers), 1);
	set_groups(ssl, row->groups);
	if (row->sni != NULL)
		set_name(ssl, row->sni);
	if (row->alpn != NULL)
		SSL_set_alpn_protos(
		    ssl, (const unsigned char *)row->alpn, (unsigned int)strlen(row->alpn));
}

START_TEST(facts_of_finished_handshakes)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_facts facts;
	struct ends e;

	peer_tls_init(&t);
	SSL_CTX_set_alpn_select_cb(t.server, choose_smtp, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(FACTS_ROWS); i++) {
		join(&e, t.server, t.client);
		set_client(e.client, &FACTS_ROWS[i]);
		ck_assert_msg(shake(&e), "%s: no handshake", FACTS_ROWS[i].name);
		tls_facts_read(e.server, TLS_MODE_STARTTLS, a, &facts);
		leave(&e);
		check_facts(&FACTS_ROWS[i], &facts);
	}
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

START_TEST(resumption_is_a_fact)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_facts facts;
	struct ends e;
	SSL_SESSION *session;

	peer_tls_init(&t);
	SSL_CTX_set_session_id_context(t.server, (const unsigned char *)"test", 4);
	SSL_CTX_set_max_proto_version(t.client, TLS1_2_VERSION);
	join(&e, t.server, t.client);
	ck_assert(shake(&e));
	SSL_do_handshake(e.client);
	session = SSL_get1_session(e.client);
	SSL_shutdown(e.client);
	leave(&e);
	join(&e, t.server, t.client);
	SSL_set_session(e.client, session);
	ck_assert(shake(&e));
	tls_facts_read(e.server, TLS_MODE_IMPLICIT, a, &facts);
	ck_assert(facts.resumed);
	ck_assert_int_eq(facts.mode, TLS_MODE_IMPLICIT);
	leave(&e);
	SSL_SESSION_free(session);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

static void use_own_certificate(struct peer_tls *t)
{
	SSL_CTX_use_certificate(t->client, SSL_CTX_get0_certificate(t->server));
	SSL_CTX_use_PrivateKey(t->client, SSL_CTX_get0_privatekey(t->server));
}

static int take_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok, (void)ctx;
	return 1;
}

START_TEST(client_certificate_is_a_fact)
{
	struct peer_tls t;
	struct arena *a = arena_new();
	struct tls_facts facts;
	struct ends e;

	peer_tls_init(&t);
	use_own_certificate(&t);
	SSL_CTX_set_verify(t.server, SSL_VERIFY_PEER, take_any);
	join(&e, t.server, t.client);
	ck_assert(shake(&e));
	tls_facts_read(e.server, TLS_MODE_STARTTLS, a, &facts);
	leave(&e);
	ck_assert_ptr_nonnull(facts.client_certificate);
	ck_assert_str_eq(facts.client_certificate->subject, "CN=localhost");
	ck_assert_int_eq(
	    strncmp(facts.client_certificate->issuer, "CN=mailassay development CA ", 28), 0);
	ck_assert_int_eq(strlen(facts.client_certificate->fingerprint_sha256), 64);
	ck_assert_int_eq(
	    strspn(facts.client_certificate->fingerprint_sha256, "0123456789abcdef"), 64);
	ck_assert(facts.client_certificate->not_after > time(NULL) + 396 * 86400);
	ck_assert(facts.client_certificate->not_after <= time(NULL) + 397 * 86400);
	ck_assert(!facts.client_certificate->verified);
	ck_assert_ptr_nonnull(facts.client_certificate->reason);
	arena_free(a);
	peer_tls_clear(&t);
}
END_TEST

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
};

#define RAW(text) text, sizeof(text) - 1

static const struct failure_row FAILURE_ROWS[] = {
    {"no CA", .distrust = true,
	.want = "the client does not trust our certificate (alert unknown_ca)",
	.want_versions = "TLSv1.3 TLSv1.2"},
    {"no CA, TLS 1.2", .distrust = true, .max_version = TLS1_2_VERSION,
	.want = "the client does not trust our certificate (alert unknown_ca)",
	.want_versions = "TLSv1.2"},
    {"only TLS 1.1", .max_version = TLS1_1_VERSION,
	.want = "the client offers only TLSv1.1, expected TLSv1.2 or TLSv1.3",
	.want_versions = "TLSv1.1"},
    {"no cipher in common", .max_version = TLS1_2_VERSION, .ciphers = "AES128-SHA",
	.want = "the client offers no cipher that we take", .want_versions = "TLSv1.2"},
    {"no group in common", .groups = "X448",
	.want = "the client offers no key exchange group that we take",
	.want_versions = "TLSv1.3 TLSv1.2"},
    {"no certificate", .client_certificate_wanted = true,
	.want = "the client sent no certificate although one is required",
	.want_versions = "TLSv1.3 TLSv1.2"},
    {"SMTP in the clear", RAW("EHLO client.example\r\n"),
	.want = "the client spoke plain text where TLS was expected"},
    {"short SMTP", RAW("QUIT\r\n"), .want = "the client spoke plain text where TLS was expected"},
    {"HTTP", RAW("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	.want = "the client spoke HTTP where TLS was expected"},
    {"HTTP proxy", RAW("CONNECT localhost:25 HTTP/1.1\r\n\r\n"),
	.want = "the client spoke HTTP where TLS was expected"},
    {"an alert first", RAW("\25\3\1\0\2\2\52"), .want = "the handshake failed: unexpected message"},
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
		set_groups(e->client, row->groups);
	if (row->client_certificate_wanted)
		SSL_set_verify(e->server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	/* Else the server would not find a group that it does not take. */
	set_groups(e->server, "X25519:P-256");
}

static void check_failure(const struct failure_row *row, struct ends *e, struct arena *a)
{
	struct tls_failure failure;

	tls_failure_read(e->server, e->error, a, &failure);
	leave(e);
	check_string(row->name, "reason", failure.reason, row->want);
	check_string(row->name, "versions", failure.offered_versions, row->want_versions);
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
			join(&e, t.server, NULL);
			BIO_write(e.wire, row->sent, (int)row->sent_len);
			ck_assert_msg(!step_server(&e), "%s: no failure", row->name);
		} else {
			join(&e, t.server, row->distrust ? distrusting : t.client);
			set_failing(&e, row);
			ck_assert_msg(!shake(&e), "%s: no failure", row->name);
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
	join(&e, t.server, t.client);
	set_name(e.client, "mx.example");
	SSL_set_alpn_protos(e.client, (const unsigned char *)"\4smtp\2h2", 8);
	SSL_set_min_proto_version(e.client, TLS1_3_VERSION);
	ck_assert_int_eq(SSL_set_ciphersuites(e.client, "TLS_AES_128_GCM_SHA256"), 1);
	ck_assert_int_eq(SSL_set_ciphersuites(e.server, "TLS_AES_256_GCM_SHA384"), 1);
	ck_assert(!shake(&e));
	tls_failure_read(e.server, e.error, a, &failure);
	leave(&e);
	ck_assert_str_eq(failure.reason, "the client offers no cipher that we take");
	ck_assert_str_eq(failure.offered_versions, "TLSv1.3");
	ck_assert_str_eq(failure.sni, "mx.example");
	ck_assert_str_eq(failure.alpn, "smtp h2");
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

int main(void)
{
	const TTest *const tests[] = {facts_of_finished_handshakes, resumption_is_a_fact,
	    client_certificate_is_a_fact, failures_are_said_in_words, offers_outlive_the_failure,
	    codes_have_sentences, offers_are_read, NULL};

	return unit_main("tlsfacts", tests);
}
