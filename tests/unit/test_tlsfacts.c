/*
 * SPDX-License-Identifier: ISC
 *
 * Facts of finished handshakes, what is weak in them, and what binds a login to them. Both ends
 * are in memory.
 */
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ends.h"
#include "peer.h"
#include "tls/devca.h"
#include "tls/facts.h"
#include "unit.h"

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

static void set_client(SSL *ssl, const struct facts_row *row)
{
	SSL_set_min_proto_version(ssl, row->version);
	SSL_set_max_proto_version(ssl, row->version);
	if (row->version == TLS1_3_VERSION)
		ck_assert_int_eq(SSL_set_ciphersuites(ssl, row->ciphers), 1);
	else
		ck_assert_int_eq(SSL_set_cipher_list(ssl, row->ciphers), 1);
	ends_set_groups(ssl, row->groups);
	if (row->sni != NULL)
		ends_set_name(ssl, row->sni);
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
		ends_join(&e, t.server, t.client);
		set_client(e.client, &FACTS_ROWS[i]);
		ck_assert_msg(ends_shake(&e), "%s: no handshake", FACTS_ROWS[i].name);
		tls_facts_read(e.server, TLS_MODE_STARTTLS, a, &facts);
		ends_leave(&e);
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
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	SSL_do_handshake(e.client);
	session = SSL_get1_session(e.client);
	SSL_shutdown(e.client);
	ends_leave(&e);
	ends_join(&e, t.server, t.client);
	SSL_set_session(e.client, session);
	ck_assert(ends_shake(&e));
	tls_facts_read(e.server, TLS_MODE_IMPLICIT, a, &facts);
	ck_assert(facts.resumed);
	ck_assert_int_eq(facts.mode, TLS_MODE_IMPLICIT);
	ends_leave(&e);
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
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	tls_facts_read(e.server, TLS_MODE_STARTTLS, a, &facts);
	ends_leave(&e);
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

struct weak_row {
	const char *version, *cipher;
	int bits;
	const char *want; /* in the sentence; NULL: nothing is weak */
};

static const struct weak_row WEAK_ROWS[] = {
    {"TLSv1.3", "TLS_AES_128_GCM_SHA256", 128, NULL},
    {"TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", 256, NULL},
    {"TLSv1.3", "TLS_AES_128_CCM_8_SHA256", 128, NULL},
    {"TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", 256, NULL},
    {"TLSv1.2", "DHE-RSA-CHACHA20-POLY1305", 256, NULL},
    {"TLSv1.2", "ECDHE-RSA-AES128-SHA256", 128, "CBC"},
    {"TLSv1.2", "ECDHE-ECDSA-CAMELLIA128-SHA256", 128, "CBC"},
    {"TLSv1.2", "AES256-GCM-SHA384", 256, "no forward secrecy"},
    {"TLSv1.2", "AES128-SHA", 128, "no forward secrecy"},
    {"TLSv1.2", "PSK-AES256-CBC-SHA", 256, "no forward secrecy"},
    {"TLSv1.2", "ECDHE-RSA-DES-CBC3-SHA", 112, "3DES"},
    {"TLSv1.2", "ECDHE-RSA-RC4-SHA", 128, "RC4"},
    {"TLSv1.2", "ECDHE-ECDSA-NULL-SHA", 0, "encrypts nothing"},
    {"TLSv1.2", "EXP-SOMETHING", 40, "less than 128 bits"},
    {"TLSv1.2", "ADH-AES256-GCM-SHA384", 256, "no certificate"},
    {"TLSv1.1", "ECDHE-ECDSA-AES256-SHA", 256, "TLSv1.1,"},
    {"TLSv1", "ECDHE-ECDSA-AES256-SHA", 256, "TLSv1,"},
    {"SSLv3", "AES256-SHA", 256, "SSLv3,"},
    {NULL, NULL, 0, NULL},
};

START_TEST(weakness_is_said)
{
	for (size_t i = 0; i < ARRAY_SIZE(WEAK_ROWS); i++) {
		const struct weak_row *row = &WEAK_ROWS[i];
		const struct tls_facts facts = {.mode = TLS_MODE_STARTTLS,
		    .version = row->version,
		    .cipher = row->cipher,
		    .bits = row->bits};
		const char *got = tls_weakness(&facts);

		ck_assert_msg((got == NULL) == (row->want == NULL), "%s %s: %s", row->version,
		    row->cipher, got);
		ck_assert_msg(got == NULL || strstr(got, row->want) != NULL, "%s %s: %s",
		    row->version, row->cipher, got);
	}
	ck_assert_ptr_null(tls_weakness(&(struct tls_facts){.mode = TLS_MODE_NONE}));
}
END_TEST

/* Every cipher that OpenSSL has is either free of fault or has a sentence that fits its parts. */
START_TEST(weakness_fits_every_cipher)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	STACK_OF(SSL_CIPHER) * list;

	ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
	list = SSL_CTX_get_ciphers(ctx);
	ck_assert_int_gt(sk_SSL_CIPHER_num(list), 50);
	for (int i = 0; i < sk_SSL_CIPHER_num(list); i++) {
		const SSL_CIPHER *c = sk_SSL_CIPHER_value(list, i);
		int exchange = SSL_CIPHER_get_kx_nid(c), sign = SSL_CIPHER_get_auth_nid(c);
		const struct tls_facts facts = {.mode = TLS_MODE_STARTTLS,
		    .version = "TLSv1.2",
		    .cipher = SSL_CIPHER_get_name(c),
		    .bits = SSL_CIPHER_get_bits(c, NULL)};
		bool strong =
		    SSL_CIPHER_is_aead(c) == 1 && facts.bits >= 128 && sign != NID_auth_null &&
		    (exchange == NID_kx_ecdhe || exchange == NID_kx_dhe || exchange == NID_kx_any ||
			exchange == NID_kx_ecdhe_psk || exchange == NID_kx_dhe_psk);

		ck_assert_msg((tls_weakness(&facts) == NULL) == strong, "%s", facts.cipher);
	}
	SSL_CTX_free(ctx);
}
END_TEST

struct channel_row {
	const char *name;
	int version;
	bool extended_secret; /* RFC 7627 */
	const char *digest;   /* of the certificate's signature */
	const char *want;     /* the digest of tls-server-end-point */
	bool exporter;
};

static const struct channel_row CHANNEL_ROWS[] = {
    {"TLS 1.3", TLS1_3_VERSION, true, "SHA256", "SHA256", true},
    {"TLS 1.2", TLS1_2_VERSION, true, "SHA256", "SHA256", true},
    {"TLS 1.2 without RFC 7627", TLS1_2_VERSION, false, "SHA256", "SHA256", false},
    {"TLS 1.1", TLS1_1_VERSION, true, "SHA256", "SHA256", false},
    {"SHA-384", TLS1_3_VERSION, true, "SHA384", "SHA384", true},
    {"SHA-512", TLS1_2_VERSION, true, "SHA512", "SHA512", true},
    {"SHA-1", TLS1_3_VERSION, true, "SHA1", "SHA256", true},
};

/* A certificate for the context's key, signed by that key with the digest. */
static void sign_again(SSL_CTX *ctx, const char *digest)
{
	X509 *x = X509_dup(SSL_CTX_get0_certificate(ctx));

	ck_assert_int_gt(X509_sign(x, SSL_CTX_get0_privatekey(ctx),
			     digest == NULL ? NULL : EVP_get_digestbyname(digest)),
	    0);
	ck_assert_int_eq(SSL_CTX_use_certificate(ctx, x), 1);
	X509_free(x);
}

static void check_channel(const struct channel_row *row, SSL *client, const struct tls_channel *got)
{
	unsigned char want[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	ck_assert_msg(got->has_exporter == row->exporter, "%s: exporter", row->name);
	if (got->has_exporter) {
		ck_assert_int_eq(SSL_export_keying_material(
				     client, want, 32, "EXPORTER-Channel-Binding", 24, want, 0, 1),
		    1);
		ck_assert_msg(memcmp(want, got->exporter, 32) == 0, "%s: exporter", row->name);
	}
	ck_assert_int_eq(X509_digest(SSL_get0_peer_certificate(client),
			     EVP_get_digestbyname(row->want), want, &len),
	    1);
	ck_assert_msg(len == got->end_point_size && memcmp(want, got->end_point, len) == 0,
	    "%s: end point", row->name);
}

START_TEST(channels_are_bound_alike)
{
	for (size_t i = 0; i < ARRAY_SIZE(CHANNEL_ROWS); i++) {
		const struct channel_row *row = &CHANNEL_ROWS[i];
		struct peer_tls t;
		struct ends e;
		struct tls_channel channel;

		peer_tls_init(&t);
		SSL_CTX_set_security_level(t.server, 0);
		SSL_CTX_set_min_proto_version(t.server, TLS1_VERSION);
		SSL_CTX_set_security_level(t.client, 0);
		SSL_CTX_set_verify(t.client, SSL_VERIFY_NONE, NULL);
		SSL_CTX_set_min_proto_version(t.client, row->version);
		SSL_CTX_set_max_proto_version(t.client, row->version);
		if (!row->extended_secret)
			SSL_CTX_set_options(t.client, SSL_OP_NO_EXTENDED_MASTER_SECRET);
		sign_again(t.server, row->digest);
		ends_join(&e, t.server, t.client);
		ck_assert_msg(ends_shake(&e), "%s", row->name);
		SSL_do_handshake(e.client);
		tls_channel_read(e.server, &channel);
		check_channel(row, e.client, &channel);
		ends_leave(&e);
		peer_tls_clear(&t);
	}
}
END_TEST

/* RFC 5929 4.1 says nothing of signatures without a digest of their own. */
START_TEST(no_digest_no_end_point)
{
	struct peer_tls t;
	struct ends e;
	struct tls_channel channel;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	X509 *x;

	peer_tls_init(&t);
	SSL_CTX_set_verify(t.client, SSL_VERIFY_NONE, NULL);
	x = X509_dup(SSL_CTX_get0_certificate(t.server));
	X509_set_pubkey(x, key);
	ck_assert_int_gt(X509_sign(x, key, NULL), 0);
	SSL_CTX_free(t.server);
	t.server = SSL_CTX_new(TLS_server_method());
	ck_assert_int_eq(SSL_CTX_use_certificate(t.server, x), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(t.server, key), 1);
	ends_join(&e, t.server, t.client);
	ck_assert(ends_shake(&e));
	tls_channel_read(e.server, &channel);
	ck_assert(channel.has_exporter);
	ck_assert_uint_eq(channel.end_point_size, 0);
	ends_leave(&e);
	X509_free(x);
	EVP_PKEY_free(key);
	peer_tls_clear(&t);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {facts_of_finished_handshakes, resumption_is_a_fact,
	    client_certificate_is_a_fact, weakness_is_said, weakness_fits_every_cipher,
	    channels_are_bound_alike, no_digest_no_end_point, NULL};

	return unit_main("tlsfacts", tests);
}
