/*
 * SPDX-License-Identifier: ISC
 *
 * Several certificates on one listener: SNI chooses.
 */
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/file.h"
#include "tls/devca.h"
#include "tls/facts.h"
#include "tlsdir.h"
#include "unit.h"

#define COUNT 4

/* The names of each certificate; all are issued by the directory's CA. */
static const char *const NAMES[COUNT][2] = {
    {"mx.example.com", "alias.example.com"},
    {"*.example.net", "*.example.com"},
    {"smtp.example.net", "SMTP.Example.ORG"},
    {"mx.example.com", "late.example.com"},
};

struct name_row {
	const char *sni; /* NULL: none is sent */
	size_t want;     /* which certificate is presented */
};

static const struct name_row NAME_ROWS[] = {
    {NULL, 0},
    {"mx.example.com", 0},
    {"MX.EXAMPLE.COM", 0},
    {"alias.example.com", 0},
    {"alias.example.com.", 0},
    {"other.example.com", 1},
    {"mx.example.net", 1},
    {"smtp.example.net", 2}, /* behind the wildcard that holds it too */
    {"smtp.example.org", 2},
    {"late.example.com", 3},
    {"a.b.example.net", 0},
    {"example.net", 0},
    {"unknown.example", 0},
    {".", 0},
    {"*.example.net", 1},
};

static void write_text(const char *path, const struct buffer *text)
{
	struct error err;

	ck_assert_msg(file_write(path, 0600, buffer_span(text), &err) == 0, "%s", err.text);
}

/* Both in one file each. */
static void issue_all(const char *dir, struct path *files)
{
	struct tls_pem ca = {BUFFER_INIT, BUFFER_INIT}, leaf;
	struct error err;
	char name[20];

	tlsdir_read(dir, "ca.pem", &ca.certificate);
	tlsdir_read(dir, "ca-key.pem", &ca.key);
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(tls_devca_issue(&ca, NAMES[i], 2, time(NULL), &leaf, &err), 0);
		buffer_add_span(&leaf.certificate, buffer_span(&leaf.key));
		snprintf(name, sizeof(name), "leaf%d.pem", i);
		files[i] = tlsdir_path(dir, name);
		write_text(files[i].text, &leaf.certificate);
		tls_pem_clear(&leaf);
	}
	tls_pem_clear(&ca);
}

struct fixture {
	char *dir;
	struct path files[COUNT];
	const char *certificates[COUNT];
	struct conf_listener listener;
	SSL_CTX *server, *client;
};

static void set_up(struct fixture *f)
{
	f->dir = tlsdir_make();
	tlsdir_prepare(f->dir);
	issue_all(f->dir, f->files);
	for (int i = 0; i < COUNT; i++)
		f->certificates[i] = f->files[i].text;
	f->listener = tlsdir_listener();
	f->listener.certificate = CONF_CERTIFICATE_FILES;
	f->listener.certificates = (struct conf_list){f->certificates, COUNT};
	f->server = tlsdir_context(f->dir, &f->listener, NULL);
	f->client = SSL_CTX_new(TLS_client_method());
}

static void tear_down(struct fixture *f)
{
	for (int i = 0; i < COUNT; i++)
		unlink(f->files[i].text);
	SSL_CTX_free(f->server);
	SSL_CTX_free(f->client);
	tlsdir_remove(f->dir);
}

/* OpenSSL's macro casts const away from what it only reads. */
static void set_name(SSL *ssl, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", name);
	ck_assert_int_eq(SSL_set_tlsext_host_name(ssl, text), 1);
}

static void open_as(
    struct session *s, struct fixture *f, SSL_CTX *server, const char *sni, SSL_SESSION *resume)
{
	session_begin(s, server, f->client);
	if (sni != NULL)
		set_name(s->client, sni);
	if (resume != NULL)
		SSL_set_session(s->client, resume);
	ck_assert_msg(session_shake(s), "%s", sni == NULL ? "none" : sni);
}

static bool presents(struct session *s, size_t which)
{
	X509 *x = SSL_get0_peer_certificate(s->client);

	return X509_check_host(x, NAMES[which][0], 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1 &&
	       X509_check_host(x, NAMES[which][1], 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1;
}

/* The wildcards are no host's name; this certificate is known by what it matches. */
static bool presents_wildcard(struct session *s)
{
	X509 *x = SSL_get0_peer_certificate(s->client);

	return X509_check_host(x, "any.example.net", 0, 0, NULL) == 1;
}

static void check_name(struct fixture *f, SSL_CTX *server, const struct name_row *row)
{
	const char *sni = row->sni == NULL ? "none" : row->sni;
	struct session s;
	SSL_SESSION *ticket;

	open_as(&s, f, server, row->sni, NULL);
	ck_assert_msg(row->want == 1 ? presents_wildcard(&s) : presents(&s, row->want),
	    "%s: not certificate %zu", sni, row->want);
	ticket = session_leave(&s);
	open_as(&s, f, server, row->sni, ticket);
	ck_assert_msg(SSL_session_reused(s.server) == 1, "%s: not resumed", sni);
	SSL_SESSION_free(ticket);
	SSL_SESSION_free(session_leave(&s));
}

START_TEST(the_name_chooses)
{
	static const int VERSIONS[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct fixture f;

	set_up(&f);
	for (size_t v = 0; v < ARRAY_SIZE(VERSIONS); v++) {
		SSL_CTX_set_min_proto_version(f.client, VERSIONS[v]);
		SSL_CTX_set_max_proto_version(f.client, VERSIONS[v]);
		for (size_t i = 0; i < ARRAY_SIZE(NAME_ROWS); i++)
			check_name(&f, f.server, &NAME_ROWS[i]);
	}
	tear_down(&f);
}
END_TEST

START_TEST(chosen_ones_resume_after_a_reload)
{
	struct fixture f;
	struct session s, old;
	SSL_CTX *after;
	SSL_SESSION *ticket;

	set_up(&f);
	open_as(&s, &f, f.server, "smtp.example.net", NULL);
	ticket = session_leave(&s);
	open_as(&old, &f, f.server, "late.example.com", NULL);
	after = tlsdir_context(f.dir, &f.listener, f.server);
	/* The session that is open keeps what it stands on. */
	SSL_CTX_free(f.server);
	f.server = after;
	open_as(&s, &f, after, "smtp.example.net", ticket);
	ck_assert_int_eq(SSL_session_reused(s.server), 1);
	SSL_SESSION_free(ticket);
	SSL_SESSION_free(session_leave(&s));
	ck_assert(presents(&old, 3));
	SSL_SESSION_free(session_leave(&old));
	tear_down(&f);
}
END_TEST

/* What the first context asks of clients holds behind every name. */
START_TEST(client_certificates_are_asked_for_behind_each)
{
	struct fixture f;
	struct session s;

	set_up(&f);
	SSL_CTX_free(f.server);
	f.listener.client_certificate = CONF_CLIENT_CERTIFICATE_REQUEST;
	f.server = tlsdir_context(f.dir, &f.listener, NULL);
	ck_assert_int_eq(SSL_CTX_use_certificate_file(
			     f.client, tlsdir_path(f.dir, "server.pem").text, SSL_FILETYPE_PEM),
	    1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(
			     f.client, tlsdir_path(f.dir, "server-key.pem").text, SSL_FILETYPE_PEM),
	    1);
	for (size_t i = 0; i < ARRAY_SIZE(NAME_ROWS); i++) {
		open_as(&s, &f, f.server, NAME_ROWS[i].sni, NULL);
		ck_assert_ptr_nonnull(SSL_get0_peer_certificate(s.server));
		/* It is one for servers. */
		ck_assert_int_eq(SSL_get_verify_result(s.server), X509_V_ERR_INVALID_PURPOSE);
		SSL_SESSION_free(session_leave(&s));
	}
	SSL_CTX_free(f.server);
	f.listener.client_certificate = CONF_CLIENT_CERTIFICATE_REQUIRE;
	f.server = tlsdir_context(f.dir, &f.listener, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(NAME_ROWS); i++) {
		session_begin(&s, f.server, f.client);
		if (NAME_ROWS[i].sni != NULL)
			set_name(s.client, NAME_ROWS[i].sni);
		session_shake(&s);
		ck_assert(!SSL_is_init_finished(s.server));
		session_drop(&s);
	}
	tear_down(&f);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {the_name_chooses, chosen_ones_resume_after_a_reload,
	    client_certificates_are_asked_for_behind_each, NULL};

	return unit_main("tlsname", tests);
}
