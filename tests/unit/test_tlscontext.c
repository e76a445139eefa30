/*
 * SPDX-License-Identifier: ISC
 *
 * Contexts of listeners and the development certificates in the data directory.
 */
#include <openssl/pem.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/tlscontext.h"
#include "peer.h"
#include "run/file.h"
#include "tls/devca.h"
#include "tls/facts.h"
#include "unit.h"

#define DAY       ((int64_t)86400)
#define PROCESSES 4

static const char *const FILES[] = {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"};

static char *make_dir(void)
{
	char *dir = strdup("/tmp/mailassay-unit-XXXXXX");

	ck_assert_ptr_nonnull(mkdtemp(dir));
	return dir;
}

struct path {
	char text[200];
};

static struct path path_in(const char *dir, const char *name)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "%s/%s", dir, name);
	return path;
}

static void remove_dir(char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++)
		unlink(path_in(dir, FILES[i]).text);
	unlink(path_in(dir, "ca.lock").text);
	/* Fails when anything else was left there. */
	ck_assert_int_eq(rmdir(dir), 0);
	free(dir);
}

static void read_in(const char *dir, const char *name, struct buffer *out)
{
	struct error err;

	buffer_reset(out);
	ck_assert_msg(file_read(path_in(dir, name).text, 1 << 20, out, &err) == 0, "%s", err.text);
}

static void write_in(const char *dir, const char *name, const struct buffer *content)
{
	struct error err;

	ck_assert_int_eq(file_write(path_in(dir, name).text, 0600, buffer_span(content), &err), 0);
}

static void prepare(const char *dir)
{
	struct error err;

	ck_assert_msg(tls_context_prepare_dev(dir, &err) == 0, "%s", err.text);
}

/* All four files, to be compared. */
static void read_all(const char *dir, struct buffer *all)
{
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++)
		read_in(dir, FILES[i], &all[i]);
}

static void clear_all(struct buffer *all)
{
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++)
		buffer_clear(&all[i]);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
	return span_equal(buffer_span(a), buffer_span(b));
}

START_TEST(files_are_made_once)
{
	char *dir = make_dir();
	struct buffer before[4] = {{0}}, after[4] = {{0}};
	struct tls_pem leaf;
	struct stat st;
	char host[256] = "";
	const char *names[] = {"localhost", "127.0.0.1", "::1", host};

	prepare(dir);
	read_all(dir, before);
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) {
		ck_assert_int_eq(stat(path_in(dir, FILES[i]).text, &st), 0);
		ck_assert_int_eq(st.st_mode & 07777, strstr(FILES[i], "key") ? 0600 : 0644);
	}
	leaf = (struct tls_pem){before[2], before[3]};
	ck_assert(tls_devca_fits(buffer_span(&before[0]), &leaf, names, 3));
	if (gethostname(host, sizeof(host) - 1) == 0 && tls_devca_takes_name(host))
		ck_assert(tls_devca_fits(buffer_span(&before[0]), &leaf, names, 4));
	prepare(dir);
	read_all(dir, after);
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++)
		ck_assert_msg(same(&before[i], &after[i]), "%s", FILES[i]);
	clear_all(before);
	clear_all(after);
	remove_dir(dir);
}
END_TEST

/* What is wrong with the files before prepare is called again. */
static void remove_leaf(const char *dir)
{
	unlink(path_in(dir, "server.pem").text);
}

static void remove_leaf_key(const char *dir)
{
	unlink(path_in(dir, "server-key.pem").text);
}

static void damage_leaf(const char *dir)
{
	struct buffer text = BUFFER_INIT;

	buffer_add_string(&text, "not a certificate\n");
	write_in(dir, "server.pem", &text);
	buffer_clear(&text);
}

static void swap_leaf_key(const char *dir)
{
	struct buffer key = BUFFER_INIT;

	read_in(dir, "ca-key.pem", &key);
	write_in(dir, "server-key.pem", &key);
	buffer_clear(&key);
}

static void issue_at(const char *dir, int64_t now, const char *const *names, size_t count)
{
	struct tls_pem ca = {BUFFER_INIT, BUFFER_INIT}, leaf;
	struct error err;

	read_in(dir, "ca.pem", &ca.certificate);
	read_in(dir, "ca-key.pem", &ca.key);
	ck_assert_int_eq(tls_devca_issue(&ca, names, count, now, &leaf, &err), 0);
	write_in(dir, "server.pem", &leaf.certificate);
	write_in(dir, "server-key.pem", &leaf.key);
	tls_pem_clear(&ca);
	tls_pem_clear(&leaf);
}

static void make_leaf_old(const char *dir)
{
	char host[256] = "localhost";
	const char *names[] = {"localhost", "127.0.0.1", "::1", host};

	if (gethostname(host, sizeof(host) - 1) != 0 || !tls_devca_takes_name(host))
		strcpy(host, "localhost");
	issue_at(dir, time(NULL) - (397 - 6) * DAY, names, 4);
}

static void make_leaf_poor(const char *dir)
{
	static const char *const NAMES[] = {"localhost"};

	issue_at(dir, time(NULL), NAMES, 1);
}

static void swap_ca(const char *dir)
{
	struct tls_pem ca;
	struct error err;

	ck_assert_int_eq(tls_devca_make(time(NULL), &ca, &err), 0);
	write_in(dir, "ca.pem", &ca.certificate);
	write_in(dir, "ca-key.pem", &ca.key);
	tls_pem_clear(&ca);
}

struct renewal_row {
	const char *name;
	void (*damage)(const char *dir);
};

static const struct renewal_row RENEWAL_ROWS[] = {
    {"no leaf", remove_leaf},
    {"no key of the leaf", remove_leaf_key},
    {"damaged leaf", damage_leaf},
    {"key of another", swap_leaf_key},
    {"six days left", make_leaf_old},
    {"a name is missing", make_leaf_poor},
    {"another CA", swap_ca},
};

START_TEST(leaf_is_issued_again)
{
	for (size_t i = 0; i < ARRAY_SIZE(RENEWAL_ROWS); i++) {
		char *dir = make_dir();
		struct buffer before[4] = {{0}}, after[4] = {{0}};
		struct tls_pem leaf;
		const char *names[] = {"localhost", "::1"};

		prepare(dir);
		RENEWAL_ROWS[i].damage(dir);
		read_in(dir, "ca.pem", &before[0]);
		prepare(dir);
		read_all(dir, after);
		leaf = (struct tls_pem){after[2], after[3]};
		ck_assert_msg(
		    same(&before[0], &after[0]), "%s: the CA changed", RENEWAL_ROWS[i].name);
		ck_assert_msg(tls_devca_fits(buffer_span(&after[0]), &leaf, names, 2),
		    "%s: does not fit", RENEWAL_ROWS[i].name);
		ck_assert_msg(
		    !tls_pem_expires_before(buffer_span(&after[2]), time(NULL) + 300 * DAY),
		    "%s: expires", RENEWAL_ROWS[i].name);
		clear_all(before);
		clear_all(after);
		remove_dir(dir);
	}
}
END_TEST

START_TEST(ca_key_is_needed_only_to_issue)
{
	char *dir = make_dir();
	struct buffer text = BUFFER_INIT;
	struct error err;

	prepare(dir);
	unlink(path_in(dir, "ca-key.pem").text);
	prepare(dir);
	remove_leaf(dir);
	ck_assert_int_eq(tls_context_prepare_dev(dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "ca-key.pem is missing"));
	ck_assert_int_ne(access(path_in(dir, "server.pem").text, F_OK), 0);
	buffer_add_string(&text, "not a certificate\n");
	write_in(dir, "ca.pem", &text);
	buffer_clear(&text);
	ck_assert_int_eq(tls_context_prepare_dev(dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "ca.pem is not a certificate"));
	remove_dir(dir);
}
END_TEST

START_TEST(ca_that_ends_is_made_anew)
{
	char *dir = make_dir();
	struct buffer now = BUFFER_INIT;
	struct tls_pem ca;
	struct error err;

	ck_assert_int_eq(tls_devca_make(time(NULL) - 3650 * DAY, &ca, &err), 0);
	write_in(dir, "ca.pem", &ca.certificate);
	write_in(dir, "ca-key.pem", &ca.key);
	prepare(dir);
	read_in(dir, "ca.pem", &now);
	ck_assert(!same(&now, &ca.certificate));
	ck_assert(!tls_pem_expires_before(buffer_span(&now), time(NULL) + 3000 * DAY));
	buffer_clear(&now);
	tls_pem_clear(&ca);
	remove_dir(dir);
}
END_TEST

START_TEST(directory_that_is_not_there)
{
	struct error err;

	ck_assert_int_eq(tls_context_prepare_dev("/nonexistent/dir", &err), -1);
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/dir/ca.lock cannot be locked"));
}
END_TEST

START_TEST(processes_do_not_disturb_each_other)
{
	char *dir = make_dir();
	struct buffer all[4] = {{0}};
	struct tls_pem leaf;
	const char *names[] = {"localhost"};
	pid_t pids[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int failed = tls_context_prepare_dev(dir, NULL);

			free(dir);
			_exit(failed == 0 ? 0 : 1);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	read_all(dir, all);
	leaf = (struct tls_pem){all[2], all[3]};
	ck_assert(tls_devca_fits(buffer_span(&all[0]), &leaf, names, 1));
	leaf = (struct tls_pem){all[0], all[1]};
	ck_assert(tls_pem_matches(&leaf));
	clear_all(all);
	remove_dir(dir);
}
END_TEST

/* One session between a server and a client of the context, in memory. */
struct session {
	SSL *server, *client;
};

static void shake(struct session *s, SSL_CTX *server, SSL_CTX *client, SSL_SESSION *resume)
{
	BIO *a, *b;

	ck_assert_int_eq(BIO_new_bio_pair(&a, 65536, &b, 65536), 1);
	s->server = SSL_new(server);
	s->client = SSL_new(client);
	SSL_set_bio(s->server, a, a);
	SSL_set_bio(s->client, b, b);
	SSL_set_accept_state(s->server);
	SSL_set_connect_state(s->client);
	if (resume != NULL)
		SSL_set_session(s->client, resume);
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(s->client);
		SSL_do_handshake(s->server);
	}
	ck_assert(SSL_is_init_finished(s->server) && SSL_is_init_finished(s->client));
}

/* Also reads the ticket that TLS 1.3 sends behind the handshake. */
static SSL_SESSION *leave(struct session *s)
{
	SSL_SESSION *session;
	char c;

	SSL_write(s->server, "x", 1);
	ck_assert_int_eq(SSL_read(s->client, &c, 1), 1);
	session = SSL_get1_session(s->client);
	SSL_shutdown(s->client);
	SSL_shutdown(s->server);
	SSL_free(s->client);
	SSL_free(s->server);
	return session;
}

static SSL_CTX *trusting(const char *dir)
{
	SSL_CTX *client = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
	ck_assert_int_eq(
	    SSL_CTX_load_verify_locations(client, path_in(dir, "ca.pem").text, NULL), 1);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client), X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(client), "localhost", 0);
	return client;
}

static SSL_CTX *dev_context(const char *dir)
{
	struct error err;
	SSL_CTX *ctx;

	prepare(dir);
	ctx = tls_context_new(dir, NULL, NULL, &err);
	ck_assert_msg(ctx != NULL, "%s", err.text);
	return ctx;
}

START_TEST(clients_verify_and_resume)
{
	static const int VERSIONS[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	char *dir = make_dir();
	SSL_CTX *server = dev_context(dir), *client = trusting(dir);
	struct session s;
	SSL_SESSION *ticket;

	for (size_t i = 0; i < ARRAY_SIZE(VERSIONS); i++) {
		SSL_CTX_set_min_proto_version(client, VERSIONS[i]);
		SSL_CTX_set_max_proto_version(client, VERSIONS[i]);
		shake(&s, server, client, NULL);
		ck_assert_int_eq(SSL_version(s.server), VERSIONS[i]);
		ck_assert_int_eq(SSL_session_reused(s.server), 0);
		ticket = leave(&s);
		shake(&s, server, client, ticket);
		ck_assert_msg(SSL_session_reused(s.server) == 1, "version %x", VERSIONS[i]);
		SSL_SESSION_free(ticket);
		SSL_SESSION_free(leave(&s));
	}
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	remove_dir(dir);
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
	char *dir = make_dir();
	SSL_CTX *server = dev_context(dir);
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(ALPN_ROWS); i++) {
		SSL_CTX *client = trusting(dir);
		struct session s;
		struct tls_facts facts;

		if (ALPN_ROWS[i].offered != NULL)
			SSL_CTX_set_alpn_protos(client, (const unsigned char *)ALPN_ROWS[i].offered,
			    (unsigned int)strlen(ALPN_ROWS[i].offered));
		shake(&s, server, client, NULL);
		tls_facts_read(s.server, TLS_MODE_IMPLICIT, a, &facts);
		if (ALPN_ROWS[i].chosen == NULL)
			ck_assert_ptr_null(facts.alpn);
		else
			ck_assert_str_eq(facts.alpn, ALPN_ROWS[i].chosen);
		SSL_SESSION_free(leave(&s));
		SSL_CTX_free(client);
	}
	arena_free(a);
	SSL_CTX_free(server);
	remove_dir(dir);
}
END_TEST

START_TEST(weak_parameters_are_not_taken)
{
	char *dir = make_dir();
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
	remove_dir(dir);
}
END_TEST

START_TEST(files_are_used_or_explained)
{
	char *dir = make_dir();
	char certificate[200], key[200], other[200];
	struct error err;
	SSL_CTX *ctx;

	prepare(dir);
	snprintf(certificate, sizeof(certificate), "%s/server.pem", dir);
	snprintf(key, sizeof(key), "%s/server-key.pem", dir);
	snprintf(other, sizeof(other), "%s/ca-key.pem", dir);
	ctx = tls_context_new(NULL, certificate, key, &err);
	ck_assert_msg(ctx != NULL, "%s", err.text);
	SSL_CTX_free(ctx);
	ck_assert_ptr_null(tls_context_new(NULL, certificate, other, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "does not fit the certificate in"));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_null(tls_context_new(NULL, certificate, NULL, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "holds no private key"));
	ck_assert_ptr_null(tls_context_new(NULL, "/nonexistent.pem", key, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent.pem"));
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
	remove_dir(dir);
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
	char *dir = make_dir();
	SSL_CTX *server, *client = SSL_CTX_new(TLS_client_method());
	struct session s;
	struct error err;

	make_rsa(path_in(dir, "server.pem").text);
	server = tls_context_new(NULL, path_in(dir, "server.pem").text, NULL, &err);
	ck_assert_msg(server != NULL, "%s", err.text);
	SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
	shake(&s, server, client, NULL);
	ck_assert_ptr_nonnull(strstr(SSL_get_cipher_name(s.server), "ECDHE-RSA-"));
	SSL_SESSION_free(leave(&s));
	SSL_CTX_free(server);
	SSL_CTX_free(client);
	remove_dir(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {files_are_made_once, leaf_is_issued_again,
	    ca_key_is_needed_only_to_issue, ca_that_ends_is_made_anew, directory_that_is_not_there,
	    processes_do_not_disturb_each_other, clients_verify_and_resume,
	    alpn_is_chosen_or_left_out, weak_parameters_are_not_taken, files_are_used_or_explained,
	    rsa_in_one_file, NULL};

	return unit_main("tlscontext", tests);
}
