/*
 * SPDX-License-Identifier: ISC
 *
 * Contexts of listeners: certificates, versions, ciphers, resumption. The choice by name and what
 * is asked of clients have tests of their own.
 */
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "ends.h"
#include "net/tlscontext.h"
#include "tls/devca.h"
#include "tls/facts.h"
#include "tlsdir.h"
#include "unit.h"

static SSL_CTX *dev_context(const char *dir)
{
	struct conf_listener l = tlsdir_listener();

	tlsdir_prepare(dir);
	return tlsdir_context(dir, &l, NULL);
}

START_TEST(clients_verify_and_resume)
{
	static const int VERSIONS[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	char *dir = tlsdir_make();
	SSL_CTX *server = dev_context(dir), *client = tlsdir_client(dir);
	struct session s;
	SSL_SESSION *ticket;

	for (size_t i = 0; i < ARRAY_SIZE(VERSIONS); i++) {
		SSL_CTX_set_min_proto_version(client, VERSIONS[i]);
		SSL_CTX_set_max_proto_version(client, VERSIONS[i]);
		session_open(&s, server, client, NULL);
		ck_assert_int_eq(SSL_version(s.server), VERSIONS[i]);
		ck_assert_int_eq(SSL_session_reused(s.server), 0);
		ticket = session_leave(&s);
		session_open(&s, server, client, ticket);
		ck_assert_msg(SSL_session_reused(s.server) == 1, "version %x", VERSIONS[i]);
		SSL_SESSION_free(ticket);
		SSL_SESSION_free(session_leave(&s));
	}
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	tlsdir_remove(dir);
}
END_TEST

struct alpn_row {
	const char *offered, *chosen;
};

static const struct alpn_row ALPN_ROWS[] = {
    {"\4smtp", "smtp"},
    {"\2h2\4smtp", "smtp"},
    {"\2h2", NULL},
    {NULL, NULL},
};

START_TEST(alpn_is_chosen_or_left_out)
{
	char *dir = tlsdir_make();
	SSL_CTX *server = dev_context(dir);
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(ALPN_ROWS); i++) {
		SSL_CTX *client = tlsdir_client(dir);
		struct session s;
		struct tls_facts facts;

		if (ALPN_ROWS[i].offered != NULL)
			SSL_CTX_set_alpn_protos(client, (const unsigned char *)ALPN_ROWS[i].offered,
			    (unsigned int)strlen(ALPN_ROWS[i].offered));
		session_open(&s, server, client, NULL);
		tls_facts_read(s.server, TLS_MODE_IMPLICIT, a, &facts);
		if (ALPN_ROWS[i].chosen == NULL)
			ck_assert_ptr_null(facts.alpn);
		else
			ck_assert_str_eq(facts.alpn, ALPN_ROWS[i].chosen);
		SSL_SESSION_free(session_leave(&s));
		SSL_CTX_free(client);
	}
	arena_free(a);
	SSL_CTX_free(server);
	tlsdir_remove(dir);
}
END_TEST

START_TEST(weak_parameters_are_not_taken)
{
	char *dir = tlsdir_make();
	SSL_CTX *ctx = dev_context(dir);
	STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);

	ck_assert_int_eq(SSL_CTX_get_min_proto_version(ctx), TLS1_2_VERSION);
	ck_assert((SSL_CTX_get_options(ctx) & SSL_OP_NO_RENEGOTIATION) != 0);
	ck_assert((SSL_CTX_get_options(ctx) & SSL_OP_NO_COMPRESSION) != 0);
	ck_assert_int_gt(sk_SSL_CIPHER_num(ciphers), 4);
	for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
		ck_assert_msg(SSL_CIPHER_is_aead(sk_SSL_CIPHER_value(ciphers, i)) == 1, "%s",
		    SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
	SSL_CTX_free(ctx);
	tlsdir_remove(dir);
}
END_TEST

struct files_row {
	const char *name, *certificate, *key; /* in the directory; key NULL: none is named */
	const char *want;                     /* in the error; NULL: it is taken */
	enum error_kind kind;
};

static const struct files_row FILES_ROWS[] = {
    {"both", "server.pem", "server-key.pem", NULL, ERROR_USAGE},
    {"other key", "server.pem", "ca-key.pem", "does not fit the certificate in", ERROR_USAGE},
    {"no key in it", "server.pem", NULL, "holds no private key", ERROR_USAGE},
    {"not there", "nonexistent.pem", "server-key.pem", "/nonexistent.pem", ERROR_CANNOT},
};

static void check_files(const char *dir, const struct files_row *row, size_t before)
{
	struct path certificate = tlsdir_path(dir, row->certificate), good, good_key, key;
	const char *certificates[2], *keys[2];
	struct conf_listener l = tlsdir_listener();
	struct error err;
	SSL_CTX *ctx;

	good = tlsdir_path(dir, "server.pem");
	good_key = tlsdir_path(dir, "server-key.pem");
	key = tlsdir_path(dir, row->key != NULL ? row->key : row->certificate);
	certificates[0] = good.text;
	keys[0] = good_key.text;
	certificates[before] = certificate.text;
	keys[before] = key.text;
	l.certificate = CONF_CERTIFICATE_FILES;
	l.certificates = (struct conf_list){certificates, before + 1};
	l.keys = (struct conf_list){keys, row->key != NULL ? before + 1 : before};
	ctx = tls_context_new(NULL, &l, NULL, &err);
	ck_assert_msg((ctx != NULL) == (row->want == NULL), "%s, %zu", row->name, before);
	if (ctx == NULL) {
		ck_assert_msg(strstr(err.text, row->want) != NULL, "%s: %s", row->name, err.text);
		ck_assert_msg(err.kind == row->kind, "%s: the kind", row->name);
	}
	SSL_CTX_free(ctx);
}

START_TEST(files_are_used_or_explained)
{
	char *dir = tlsdir_make();

	tlsdir_prepare(dir);
	for (size_t i = 0; i < ARRAY_SIZE(FILES_ROWS); i++) {
		check_files(dir, &FILES_ROWS[i], 0);
		check_files(dir, &FILES_ROWS[i], 1);
	}
	tlsdir_remove(dir);
}
END_TEST

/* An RSA certificate that signs itself, as many testers bring. */
static void make_rsa(const char *path)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *x = X509_new();
	FILE *f = fopen(path, "w");

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	ck_assert_int_gt(X509_sign(x, key, EVP_sha256()), 0);
	ck_assert_ptr_nonnull(f);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	PEM_write_X509(f, x);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

START_TEST(rsa_in_one_file)
{
	char *dir = tlsdir_make();
	SSL_CTX *server, *client = SSL_CTX_new(TLS_client_method());
	struct path file = tlsdir_path(dir, "server.pem");
	const char *certificates[] = {file.text};
	struct conf_listener l = tlsdir_listener();
	struct session s;

	make_rsa(file.text);
	l.certificate = CONF_CERTIFICATE_FILES;
	l.certificates = (struct conf_list){certificates, 1};
	server = tlsdir_context(NULL, &l, NULL);
	SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
	session_open(&s, server, client, NULL);
	ck_assert_ptr_nonnull(strstr(SSL_get_cipher_name(s.server), "ECDHE-RSA-"));
	SSL_SESSION_free(session_leave(&s));
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	tlsdir_remove(dir);
}
END_TEST

static void set_version(SSL_CTX *client, int version)
{
	SSL_CTX_set_security_level(client, version < TLS1_2_VERSION ? 0 : 1);
	SSL_CTX_set_min_proto_version(client, version);
	SSL_CTX_set_max_proto_version(client, version);
}

struct version_row {
	enum conf_tls_version min, max;
	bool taken[CONF_TLS_VERSION_COUNT];
	const char *expected; /* of one who offers what is not taken */
	int by_client;        /* the version whose client says so itself; 0: none does */
};

static const struct version_row VERSION_ROWS[] = {
    {CONF_TLS_1_0, CONF_TLS_1_3, {true, true, true, true}, NULL, 0},
    {CONF_TLS_1_1, CONF_TLS_1_2, {false, true, true, false}, "TLSv1.1 or TLSv1.2", 0},
    {CONF_TLS_1_0, CONF_TLS_1_2, {true, true, true, false}, "TLSv1, TLSv1.1 or TLSv1.2", 0},
    {CONF_TLS_1_2, CONF_TLS_1_3, {false, false, true, true}, "TLSv1.2 or TLSv1.3", 0},
    {CONF_TLS_1_3, CONF_TLS_1_3, {false, false, false, true}, "TLSv1.3", 0},
    {CONF_TLS_1_1, CONF_TLS_1_1, {false, true, false, false}, "TLSv1.1", TLS1_2_VERSION},
};

static const int NUMBERS[CONF_TLS_VERSION_COUNT] = {
    TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};

static void check_expected(
    struct ends *e, struct arena *a, const struct version_row *row, int offered)
{
	struct tls_failure failure;
	char want[100];

	tls_failure_read(e->server, e->error, a, &failure);
	snprintf(want, sizeof(want), "the client offers only %s, expected %s",
	    failure.offered_versions, row->expected);
	ck_assert_str_eq(failure.reason, want);
	if (offered == row->by_client) {
		ck_assert_str_eq(failure.by, "client");
		ck_assert_ptr_null(failure.alert);
	} else {
		ck_assert_str_eq(failure.by, "server");
		ck_assert_str_eq(failure.alert, "protocol_version");
	}
}

static void check_versions(const char *dir, const struct version_row *row, struct arena *a)
{
	struct conf_listener l = tlsdir_listener();
	SSL_CTX *server, *client = tlsdir_client(dir);
	struct ends e;

	l.min_tls = row->min;
	l.max_tls = row->max;
	server = tlsdir_context(dir, &l, NULL);
	for (int v = 0; v < CONF_TLS_VERSION_COUNT; v++) {
		set_version(client, NUMBERS[v]);
		ends_join(&e, server, client);
		ck_assert_msg(
		    ends_shake(&e) == row->taken[v], "%d to %d, %d", row->min, row->max, v);
		if (row->taken[v])
			ck_assert_int_eq(SSL_version(e.server), NUMBERS[v]);
		else
			check_expected(&e, a, row, NUMBERS[v]);
		ends_leave(&e);
	}
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

START_TEST(versions_are_bounded)
{
	char *dir = tlsdir_make();
	struct arena *a = arena_new();
	struct conf_listener l = tlsdir_listener();
	struct error err;

	tlsdir_prepare(dir);
	for (size_t i = 0; i < ARRAY_SIZE(VERSION_ROWS); i++)
		check_versions(dir, &VERSION_ROWS[i], a);
	l.min_tls = CONF_TLS_1_3;
	l.max_tls = CONF_TLS_1_2;
	ck_assert_ptr_null(tls_context_new(dir, &l, NULL, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	arena_free(a);
	tlsdir_remove(dir);
}
END_TEST

struct cipher_row {
	const char *name, *ciphers;
	const char *chosen; /* by a client of TLS 1.2; NULL: the list is refused */
};

static const struct cipher_row CIPHER_ROWS[] = {
    {"ours", NULL, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"CBC", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"one that is unknown beside", "NONESUCH:ECDHE-ECDSA-AES128-GCM-SHA256",
	"ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"encrypts nothing", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0", "ECDHE-ECDSA-NULL-SHA"},
    {"nonsense", "nonsense", NULL},
    {"empty", "", NULL},
    {"of TLS 1.3", "TLS_AES_128_GCM_SHA256", NULL},
};

static void check_ciphers(const char *dir, const struct cipher_row *row)
{
	struct conf_listener l = tlsdir_listener();
	SSL_CTX *server, *client = tlsdir_client(dir);
	struct session s;
	struct error err;

	l.ciphers = row->ciphers;
	SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
	ck_assert_int_eq(SSL_CTX_set_cipher_list(client, "ALL:eNULL:@SECLEVEL=0"), 1);
	server = tls_context_new(dir, &l, NULL, &err);
	ck_assert_msg((server != NULL) == (row->chosen != NULL), "%s", row->name);
	if (server == NULL) {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_msg(strstr(err.text, "name none that OpenSSL has") != NULL, "%s: %s",
		    row->name, err.text);
	} else {
		session_open(&s, server, client, NULL);
		ck_assert_msg(strcmp(SSL_get_cipher_name(s.server), row->chosen) == 0, "%s: %s",
		    row->name, SSL_get_cipher_name(s.server));
		SSL_SESSION_free(session_leave(&s));
	}
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

START_TEST(ciphers_are_the_listeners)
{
	char *dir = tlsdir_make();

	tlsdir_prepare(dir);
	for (size_t i = 0; i < ARRAY_SIZE(CIPHER_ROWS); i++)
		check_ciphers(dir, &CIPHER_ROWS[i]);
	tlsdir_remove(dir);
}
END_TEST

struct bad_row {
	enum conf_certificate certificate;
	long want; /* of a strict client */
};

static const struct bad_row BAD_ROWS[] = {
    {CONF_CERTIFICATE_DEV, X509_V_OK},
    {CONF_CERTIFICATE_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
    {CONF_CERTIFICATE_WRONG_NAME, X509_V_ERR_HOSTNAME_MISMATCH},
    {CONF_CERTIFICATE_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
};

/* With the certificate's own names, and with the host's. */
static void check_bad(const char *dir, const struct bad_row *row, const char *name)
{
	const char *names[] = {"localhost", name};
	struct conf_listener l = tlsdir_listener();
	SSL_CTX *server, *strict = tlsdir_client(dir), *lax = SSL_CTX_new(TLS_client_method());
	struct session s;

	l.certificate = row->certificate;
	l.names = (struct conf_list){names, name == NULL ? 0 : 2};
	server = tlsdir_context(dir, &l, NULL);
	session_begin(&s, server, strict);
	if (name != NULL)
		X509_VERIFY_PARAM_set1_host(SSL_get0_param(s.client), name, 0);
	ck_assert_int_eq(session_shake(&s), row->want == X509_V_OK);
	ck_assert_int_eq(SSL_get_verify_result(s.client), row->want);
	session_drop(&s);
	session_open(&s, server, lax, NULL);
	SSL_SESSION_free(session_leave(&s));
	SSL_CTX_free(server);
	SSL_CTX_free(strict);
	SSL_CTX_free(lax);
}

START_TEST(bad_certificates_fail_who_checks)
{
	char *dir = tlsdir_make();

	tlsdir_prepare(dir);
	for (size_t i = 0; i < ARRAY_SIZE(BAD_ROWS); i++) {
		check_bad(dir, &BAD_ROWS[i], NULL);
		check_bad(dir, &BAD_ROWS[i], "mx.staging.example");
	}
	tlsdir_remove(dir);
}
END_TEST

struct reload_row {
	const char *name;
	bool related; /* the new context takes the old one's place */
	enum conf_certificate certificate;
	enum conf_client_certificate client_certificate;
	bool resumed;
};

/* The sessions are from a listener with the development certificate that asks for none. */
static const struct reload_row RELOAD_ROWS[] = {
    {"the same", true, CONF_CERTIFICATE_DEV, CONF_CLIENT_CERTIFICATE_NO, true},
    {"another listener", false, CONF_CERTIFICATE_DEV, CONF_CLIENT_CERTIFICATE_NO, false},
    {"a bad certificate", true, CONF_CERTIFICATE_SELF_SIGNED, CONF_CLIENT_CERTIFICATE_NO, false},
    {"client certificates", true, CONF_CERTIFICATE_DEV, CONF_CLIENT_CERTIFICATE_REQUEST, false},
};

static void check_reload(const char *dir, const struct reload_row *row, int version)
{
	struct conf_listener l = tlsdir_listener();
	SSL_CTX *before = tlsdir_context(dir, &l, NULL), *after;
	SSL_CTX *client = SSL_CTX_new(TLS_client_method());
	struct session s;
	SSL_SESSION *ticket;

	set_version(client, version);
	session_open(&s, before, client, NULL);
	ticket = session_leave(&s);
	l.certificate = row->certificate;
	l.client_certificate = row->client_certificate;
	after = tlsdir_context(dir, &l, row->related ? before : NULL);
	SSL_CTX_free(before);
	session_open(&s, after, client, ticket);
	ck_assert_msg(SSL_session_reused(s.server) == row->resumed, "%s, version %x", row->name,
	    (unsigned)version);
	SSL_SESSION_free(ticket);
	SSL_SESSION_free(session_leave(&s));
	SSL_CTX_free(after);
	SSL_CTX_free(client);
}

START_TEST(sessions_outlive_a_reload)
{
	char *dir = tlsdir_make();

	tlsdir_prepare(dir);
	for (size_t i = 0; i < ARRAY_SIZE(RELOAD_ROWS); i++) {
		check_reload(dir, &RELOAD_ROWS[i], TLS1_2_VERSION);
		check_reload(dir, &RELOAD_ROWS[i], TLS1_3_VERSION);
	}
	tlsdir_remove(dir);
}
END_TEST

/* The certificate that the client saw is not the listener's any more. */
static void check_end_point(const char *dir, int version)
{
	const char *names[] = {"localhost"};
	struct conf_listener l = tlsdir_listener();
	SSL_CTX *client = SSL_CTX_new(TLS_client_method()), *server = NULL;
	struct tls_channel first, now;
	SSL_SESSION *ticket = NULL;

	set_version(client, version);
	/* A certificate with names of its own is made anew for each context. */
	l.names = (struct conf_list){names, 1};
	for (int i = 0; i < 3; i++) {
		SSL_CTX *next = tlsdir_context(dir, &l, server);
		struct session s;

		SSL_CTX_free(server);
		server = next;
		session_open(&s, server, client, ticket);
		SSL_SESSION_free(ticket);
		ck_assert_int_eq(SSL_session_reused(s.server), i > 0);
		tls_channel_read(s.server, i == 0 ? &first : &now);
		if (i > 0)
			ck_assert_mem_eq(&now.end_point, &first.end_point, 32);
		ck_assert_uint_eq((i == 0 ? &first : &now)->end_point_size, 32);
		ticket = session_leave(&s);
	}
	SSL_SESSION_free(ticket);
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

START_TEST(resumed_sessions_are_bound_to_the_certificate_seen)
{
	char *dir = tlsdir_make();

	tlsdir_prepare(dir);
	check_end_point(dir, TLS1_2_VERSION);
	check_end_point(dir, TLS1_3_VERSION);
	tlsdir_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {clients_verify_and_resume, alpn_is_chosen_or_left_out,
	    weak_parameters_are_not_taken, files_are_used_or_explained, rsa_in_one_file,
	    versions_are_bounded, ciphers_are_the_listeners, bad_certificates_fail_who_checks,
	    sessions_outlive_a_reload, resumed_sessions_are_bound_to_the_certificate_seen, NULL};

	return unit_main("tlscontext", tests);
}
