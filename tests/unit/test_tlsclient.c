/*
 * SPDX-License-Identifier: ISC
 *
 * Client certificates: requested ones are recorded, required ones must be trusted.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ends.h"
#include "net/tlscontext.h"
#include "tls/devca.h"
#include "tls/facts.h"
#include "tlsdir.h"
#include "unit.h"

enum who { NOBODY, TRUSTED, EXPIRED, STRANGER, SERVER, WHO_COUNT };

static void add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ck_assert_int_eq(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* A certificate for clients by the CA in dir. */
static void issue_client(const char *dir, SSL_CTX *client, long from, long to)
{
	struct buffer ca = BUFFER_INIT, ca_key = BUFFER_INIT;
	EVP_PKEY *key = EVP_EC_gen("P-256"), *signer;
	X509 *x = X509_new(), *issuer;
	BIO *in;

	tlsdir_read(dir, "ca.pem", &ca);
	tlsdir_read(dir, "ca-key.pem", &ca_key);
	in = BIO_new_mem_buf(ca.data, (int)ca.len);
	issuer = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	in = BIO_new_mem_buf(ca_key.data, (int)ca_key.len);
	signer = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	BIO_free(in);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), from);
	X509_gmtime_adj(X509_getm_notAfter(x), to);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(
	    X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"app", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	add_extension(x, NID_ext_key_usage, "clientAuth");
	ck_assert_int_gt(X509_sign(x, signer, EVP_sha256()), 0);
	ck_assert_int_eq(SSL_CTX_use_certificate(client, x), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(client, key), 1);
	EVP_PKEY_free(key);
	EVP_PKEY_free(signer);
	X509_free(x);
	X509_free(issuer);
	buffer_clear(&ca);
	buffer_clear(&ca_key);
}

/* The directory of the listener, and one of a stranger's CA. */
static void be(enum who who, SSL_CTX *client, const char *dir, const char *other)
{
	switch (who) {
	case NOBODY:
	case WHO_COUNT:
		break;
	case TRUSTED:
		issue_client(dir, client, -60, 3600);
		break;
	case EXPIRED:
		issue_client(dir, client, -7200, -3600);
		break;
	case STRANGER:
		issue_client(other, client, -60, 3600);
		break;
	case SERVER:
		ck_assert_int_eq(SSL_CTX_use_certificate_file(
				     client, tlsdir_path(dir, "server.pem").text, SSL_FILETYPE_PEM),
		    1);
		ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(client,
				     tlsdir_path(dir, "server-key.pem").text, SSL_FILETYPE_PEM),
		    1);
		break;
	}
}

struct client_row {
	enum who who;
	const char *name;
	const char *reason;   /* why it is not trusted; NULL: it is, or there is none */
	const char *sentence; /* of a handshake where one is required; NULL: it stands */
	const char *alert[2]; /* of TLS 1.2 and 1.3 */
};

static const struct client_row CLIENT_ROWS[] = {
    {NOBODY, "none", NULL, "the client sent no certificate although one is required",
	{"handshake_failure", "certificate_required"}},
    {TRUSTED, "trusted", NULL, NULL, {NULL, NULL}},
    {EXPIRED, "expired", "certificate has expired",
	"the client's certificate is not trusted: certificate has expired",
	{"certificate_expired", "certificate_expired"}},
    {STRANGER, "another CA", "unable to get local issuer certificate",
	"the client's certificate is not trusted: unable to get local issuer certificate",
	{"unknown_ca", "unknown_ca"}},
    {SERVER, "a server's", "unsuitable certificate purpose",
	"the client's certificate is not trusted: unsuitable certificate purpose",
	{"unsupported_certificate", "unsupported_certificate"}},
};

struct fixture {
	char *dir, *other;
	struct path ca;
	struct conf_listener listener;
	struct arena *arena;
};

static void set_up(struct fixture *f, enum conf_client_certificate mode)
{
	f->dir = tlsdir_make();
	f->other = tlsdir_make();
	tlsdir_prepare(f->dir);
	tlsdir_prepare(f->other);
	f->listener = tlsdir_listener();
	f->listener.client_certificate = mode;
	f->ca = tlsdir_path(f->dir, "ca.pem");
	f->arena = arena_new();
}

static void tear_down(struct fixture *f)
{
	tlsdir_remove(f->dir);
	tlsdir_remove(f->other);
	arena_free(f->arena);
}

static SSL_CTX *new_client(const struct fixture *f, enum who who, int version)
{
	SSL_CTX *client = tlsdir_client(f->dir);

	SSL_CTX_set_min_proto_version(client, version);
	SSL_CTX_set_max_proto_version(client, version);
	be(who, client, f->dir, f->other);
	return client;
}

static void check_recorded(const struct client_row *row, const struct tls_facts *facts)
{
	const struct tls_certificate *c = facts->client_certificate;

	ck_assert_msg((c == NULL) == (row->who == NOBODY), "%s", row->name);
	if (c == NULL)
		return;
	if (row->who != SERVER)
		ck_assert_str_eq(c->subject, "CN=app");
	ck_assert_msg(c->verified == (row->reason == NULL), "%s: %s", row->name, c->reason);
	ck_assert_msg((c->reason == NULL) == (row->reason == NULL) &&
			  (c->reason == NULL || strstr(c->reason, row->reason) != NULL),
	    "%s: %s", row->name, c->reason);
}

static void check_requested(struct fixture *f, const struct client_row *row, int version)
{
	SSL_CTX *server = tlsdir_context(f->dir, &f->listener, NULL);
	SSL_CTX *client = new_client(f, row->who, version);
	struct tls_facts facts;
	struct session s;
	SSL_SESSION *ticket;

	session_open(&s, server, client, NULL);
	tls_facts_read(s.server, TLS_MODE_STARTTLS, f->arena, &facts);
	check_recorded(row, &facts);
	ticket = session_leave(&s);
	/* A session that goes on keeps what was recorded. */
	session_open(&s, server, client, ticket);
	tls_facts_read(s.server, TLS_MODE_STARTTLS, f->arena, &facts);
	ck_assert_msg(facts.resumed, "%s: not resumed", row->name);
	check_recorded(row, &facts);
	SSL_SESSION_free(ticket);
	SSL_SESSION_free(session_leave(&s));
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

static const int VERSIONS[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/* With the development CA and the system's, and with a file that holds the same. */
START_TEST(requested_ones_are_recorded)
{
	struct fixture f;

	set_up(&f, CONF_CLIENT_CERTIFICATE_REQUEST);
	for (size_t i = 0; i < ARRAY_SIZE(CLIENT_ROWS); i++) {
		for (size_t v = 0; v < ARRAY_SIZE(VERSIONS); v++) {
			f.listener.client_ca = NULL;
			check_requested(&f, &CLIENT_ROWS[i], VERSIONS[v]);
			f.listener.client_ca = f.ca.text;
			check_requested(&f, &CLIENT_ROWS[i], VERSIONS[v]);
		}
	}
	tear_down(&f);
}
END_TEST

static void check_required(struct fixture *f, const struct client_row *row, size_t v)
{
	SSL_CTX *server = tlsdir_context(f->dir, &f->listener, NULL);
	SSL_CTX *client = new_client(f, row->who, VERSIONS[v]);
	struct tls_failure failure;
	struct ends e;
	bool done;

	ends_join(&e, server, client);
	done = ends_shake(&e);
	ck_assert_msg(done == (row->sentence == NULL), "%s, version %zu", row->name, v);
	if (!done) {
		tls_failure_read(e.server, e.error, f->arena, &failure);
		ck_assert_str_eq(failure.reason, row->sentence);
		ck_assert_str_eq(failure.by, "server");
		ck_assert_str_eq(failure.alert, row->alert[v]);
	}
	ends_leave(&e);
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

START_TEST(required_ones_must_be_trusted)
{
	struct fixture f;

	set_up(&f, CONF_CLIENT_CERTIFICATE_REQUIRE);
	for (size_t i = 0; i < ARRAY_SIZE(CLIENT_ROWS); i++) {
		for (size_t v = 0; v < ARRAY_SIZE(VERSIONS); v++)
			check_required(&f, &CLIENT_ROWS[i], v);
	}
	tear_down(&f);
}
END_TEST

/* A session of before must not go on where a certificate has come to be required. */
START_TEST(tickets_do_not_get_around_it)
{
	struct fixture f;
	SSL_CTX *before, *after, *client;
	SSL_SESSION *ticket;
	struct session s;

	set_up(&f, CONF_CLIENT_CERTIFICATE_REQUEST);
	for (size_t v = 0; v < ARRAY_SIZE(VERSIONS); v++) {
		f.listener.client_certificate = CONF_CLIENT_CERTIFICATE_REQUEST;
		before = tlsdir_context(f.dir, &f.listener, NULL);
		f.listener.client_certificate = CONF_CLIENT_CERTIFICATE_REQUIRE;
		after = tlsdir_context(f.dir, &f.listener, before);
		client = new_client(&f, NOBODY, VERSIONS[v]);
		session_open(&s, before, client, NULL);
		ticket = session_leave(&s);
		session_begin(&s, after, client);
		SSL_set_session(s.client, ticket);
		session_shake(&s);
		ck_assert(!SSL_is_init_finished(s.server));
		session_drop(&s);
		SSL_SESSION_free(ticket);
		SSL_CTX_free(before);
		SSL_CTX_free(after);
		SSL_CTX_free(client);
	}
	tear_down(&f);
}
END_TEST

START_TEST(none_is_asked_for_by_default)
{
	struct fixture f;
	SSL_CTX *server, *client;
	struct tls_facts facts;
	struct session s;

	set_up(&f, CONF_CLIENT_CERTIFICATE_NO);
	server = tlsdir_context(f.dir, &f.listener, NULL);
	client = new_client(&f, STRANGER, TLS1_3_VERSION);
	session_open(&s, server, client, NULL);
	tls_facts_read(s.server, TLS_MODE_STARTTLS, f.arena, &facts);
	ck_assert_ptr_null(facts.client_certificate);
	SSL_SESSION_free(session_leave(&s));
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	tear_down(&f);
}
END_TEST

/* A tester's own CA is named, ours and the system's are not. */
START_TEST(cas_are_named)
{
	struct fixture f;
	SSL_CTX *server;

	set_up(&f, CONF_CLIENT_CERTIFICATE_REQUEST);
	server = tlsdir_context(f.dir, &f.listener, NULL);
	ck_assert_int_le(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(server)), 0);
	SSL_CTX_free(server);
	f.listener.client_ca = f.ca.text;
	server = tlsdir_context(f.dir, &f.listener, NULL);
	ck_assert_int_eq(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(server)), 1);
	SSL_CTX_free(server);
	tear_down(&f);
}
END_TEST

struct ca_row {
	const char *file, *want;
	enum error_kind kind;
};

static const struct ca_row CA_ROWS[] = {
    {"nonexistent.pem", "nonexistent.pem", ERROR_CANNOT},
    {"ca-key.pem", "ca-key.pem holds no certificate", ERROR_USAGE},
    {"server.pem", "a certificate in", ERROR_USAGE},
};

START_TEST(unusable_cas_are_explained)
{
	struct fixture f;
	struct buffer damaged = BUFFER_INIT;

	set_up(&f, CONF_CLIENT_CERTIFICATE_REQUEST);
	tlsdir_read(f.other, "ca.pem", &damaged);
	buffer_add_string(&damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n");
	tlsdir_write(f.other, "server.pem", &damaged);
	for (size_t i = 0; i < ARRAY_SIZE(CA_ROWS); i++) {
		struct path path = tlsdir_path(f.other, CA_ROWS[i].file);
		struct error err;

		f.listener.client_ca = path.text;
		ck_assert_ptr_null(tls_context_new(f.dir, &f.listener, NULL, &err));
		ck_assert_msg(strstr(err.text, CA_ROWS[i].want) != NULL, "%s", err.text);
		ck_assert_int_eq(err.kind, CA_ROWS[i].kind);
	}
	buffer_clear(&damaged);
	tear_down(&f);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {requested_ones_are_recorded, required_ones_must_be_trusted,
	    tickets_do_not_get_around_it, none_is_asked_for_by_default, cas_are_named,
	    unusable_cas_are_explained, NULL};

	return unit_main("tlsclient", tests);
}
