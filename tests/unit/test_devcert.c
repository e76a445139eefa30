/*
 * SPDX-License-Identifier: ISC
 *
 * The development certificates in the data directory, and those issued in memory.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/devcert.h"
#include "net/tlscontext.h"
#include "tlsdir.h"
#include "unit.h"

#define DAY       ((int64_t)86400)
#define PROCESSES 4

/* All four files, to be compared. */
static void read_all(const char *dir, struct buffer *all)
{
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++)
		tlsdir_read(dir, TLSDIR_FILES[i], &all[i]);
}

static void clear_all(struct buffer *all)
{
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++)
		buffer_clear(&all[i]);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
	return span_equal(buffer_span(a), buffer_span(b));
}

START_TEST(files_are_made_once)
{
	char *dir = tlsdir_make();
	struct buffer before[4] = {{0}}, after[4] = {{0}};
	struct tls_pem leaf;
	struct stat st;
	char host[256] = "";
	const char *names[] = {"localhost", "127.0.0.1", "::1", host};

	tlsdir_prepare(dir);
	read_all(dir, before);
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++) {
		ck_assert_int_eq(stat(tlsdir_path(dir, TLSDIR_FILES[i]).text, &st), 0);
		ck_assert_int_eq(st.st_mode & 07777, strstr(TLSDIR_FILES[i], "key") ? 0600 : 0644);
	}
	leaf = (struct tls_pem){before[2], before[3]};
	ck_assert(tls_devca_fits(buffer_span(&before[0]), &leaf, names, 3));
	if (gethostname(host, sizeof(host) - 1) == 0 && tls_devca_takes_name(host))
		ck_assert(tls_devca_fits(buffer_span(&before[0]), &leaf, names, 4));
	tlsdir_prepare(dir);
	read_all(dir, after);
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++)
		ck_assert_msg(same(&before[i], &after[i]), "%s", TLSDIR_FILES[i]);
	clear_all(before);
	clear_all(after);
	tlsdir_remove(dir);
}
END_TEST

/* What is wrong with the files before prepare is called again. */
static void remove_leaf(const char *dir)
{
	unlink(tlsdir_path(dir, "server.pem").text);
}

static void remove_leaf_key(const char *dir)
{
	unlink(tlsdir_path(dir, "server-key.pem").text);
}

static void damage_leaf(const char *dir)
{
	struct buffer text = BUFFER_INIT;

	buffer_add_string(&text, "not a certificate\n");
	tlsdir_write(dir, "server.pem", &text);
	buffer_clear(&text);
}

static void swap_leaf_key(const char *dir)
{
	struct buffer key = BUFFER_INIT;

	tlsdir_read(dir, "ca-key.pem", &key);
	tlsdir_write(dir, "server-key.pem", &key);
	buffer_clear(&key);
}

static void issue_at(const char *dir, int64_t now, const char *const *names, size_t count)
{
	struct tls_pem ca = {BUFFER_INIT, BUFFER_INIT}, leaf;
	struct error err;

	tlsdir_read(dir, "ca.pem", &ca.certificate);
	tlsdir_read(dir, "ca-key.pem", &ca.key);
	ck_assert_int_eq(tls_devca_issue(&ca, names, count, now, &leaf, &err), 0);
	tlsdir_write(dir, "server.pem", &leaf.certificate);
	tlsdir_write(dir, "server-key.pem", &leaf.key);
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
	tlsdir_write(dir, "ca.pem", &ca.certificate);
	tlsdir_write(dir, "ca-key.pem", &ca.key);
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
		char *dir = tlsdir_make();
		struct buffer before[4] = {{0}}, after[4] = {{0}};
		struct tls_pem leaf;
		const char *names[] = {"localhost", "::1"};

		tlsdir_prepare(dir);
		RENEWAL_ROWS[i].damage(dir);
		tlsdir_read(dir, "ca.pem", &before[0]);
		tlsdir_prepare(dir);
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
		tlsdir_remove(dir);
	}
}
END_TEST

START_TEST(ca_key_is_needed_only_to_issue)
{
	char *dir = tlsdir_make();
	struct buffer text = BUFFER_INIT;
	struct error err;

	tlsdir_prepare(dir);
	unlink(tlsdir_path(dir, "ca-key.pem").text);
	tlsdir_prepare(dir);
	remove_leaf(dir);
	ck_assert_int_eq(tls_context_prepare_dev(dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "ca-key.pem is missing"));
	ck_assert_int_ne(access(tlsdir_path(dir, "server.pem").text, F_OK), 0);
	buffer_add_string(&text, "not a certificate\n");
	tlsdir_write(dir, "ca.pem", &text);
	buffer_clear(&text);
	ck_assert_int_eq(tls_context_prepare_dev(dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "ca.pem is not a certificate"));
	tlsdir_remove(dir);
}
END_TEST

START_TEST(ca_that_ends_is_made_anew)
{
	char *dir = tlsdir_make();
	struct buffer now = BUFFER_INIT;
	struct tls_pem ca;
	struct error err;

	ck_assert_int_eq(tls_devca_make(time(NULL) - 3650 * DAY, &ca, &err), 0);
	tlsdir_write(dir, "ca.pem", &ca.certificate);
	tlsdir_write(dir, "ca-key.pem", &ca.key);
	tlsdir_prepare(dir);
	tlsdir_read(dir, "ca.pem", &now);
	ck_assert(!same(&now, &ca.certificate));
	ck_assert(!tls_pem_expires_before(buffer_span(&now), time(NULL) + 3000 * DAY));
	buffer_clear(&now);
	tls_pem_clear(&ca);
	tlsdir_remove(dir);
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
	char *dir = tlsdir_make();
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
	tlsdir_remove(dir);
}
END_TEST

struct memory_row {
	const char *name;
	const char *names[3];
	size_t count;
	enum tls_flaw flaw;
	const char *holds[3]; /* ends with NULL */
	bool ends, issued_by_ca;
};

static const struct memory_row MEMORY_ROWS[] = {
    {"own names", {"mx.staging.example", "*.app.example", "192.0.2.7"}, 3, TLS_FLAW_NONE,
	{"mx.staging.example", "x.app.example", "192.0.2.7"}, false, true},
    {"expired, the host's names", {NULL}, 0, TLS_FLAW_EXPIRED, {"localhost", "127.0.0.1", "::1"},
	true, true},
    {"expired, own name", {"mx.staging.example"}, 1, TLS_FLAW_EXPIRED, {"mx.staging.example"}, true,
	true},
    {"wrong name", {NULL}, 0, TLS_FLAW_WRONG_NAME, {TLS_WRONG_NAME}, false, true},
    {"self-signed", {NULL}, 0, TLS_FLAW_SELF_SIGNED, {"localhost", "127.0.0.1", "::1"}, false,
	false},
};

static void check_memory(const char *dir, const struct memory_row *row, struct span ca)
{
	const char *names[3] = {row->names[0], row->names[1], row->names[2]};
	const struct conf_list list = {names, row->count};
	struct tls_pem pem;
	struct error err;
	size_t held = 0;

	ck_assert_msg(
	    devcert_issue(dir, &list, row->flaw, &pem, &err) == 0, "%s: %s", row->name, err.text);
	while (held < 3 && row->holds[held] != NULL)
		held++;
	ck_assert_msg(tls_devca_fits(row->issued_by_ca ? ca : buffer_span(&pem.certificate), &pem,
			  row->holds, held),
	    "%s: does not fit", row->name);
	ck_assert_msg(
	    tls_pem_expires_before(buffer_span(&pem.certificate), time(NULL)) == row->ends,
	    "%s: its end", row->name);
	tls_pem_clear(&pem);
}

START_TEST(issued_in_memory)
{
	char *dir = tlsdir_make();
	struct buffer before[4] = {{0}}, after[4] = {{0}};
	static const struct conf_list NONE = {NULL, 0};
	struct tls_pem pem;
	struct error err;

	tlsdir_prepare(dir);
	read_all(dir, before);
	for (size_t i = 0; i < ARRAY_SIZE(MEMORY_ROWS); i++)
		check_memory(dir, &MEMORY_ROWS[i], buffer_span(&before[0]));
	read_all(dir, after);
	for (size_t i = 0; i < TLSDIR_FILE_COUNT; i++)
		ck_assert_msg(same(&before[i], &after[i]), "%s", TLSDIR_FILES[i]);
	unlink(tlsdir_path(dir, "ca-key.pem").text);
	ck_assert_int_eq(devcert_issue(dir, &NONE, TLS_FLAW_EXPIRED, &pem, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "ca-key.pem is missing"));
	ck_assert_int_eq(devcert_issue(dir, &NONE, TLS_FLAW_SELF_SIGNED, &pem, &err), 0);
	tls_pem_clear(&pem);
	clear_all(before);
	clear_all(after);
	tlsdir_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {files_are_made_once, leaf_is_issued_again,
	    ca_key_is_needed_only_to_issue, ca_that_ends_is_made_anew, directory_that_is_not_there,
	    processes_do_not_disturb_each_other, issued_in_memory, NULL};

	return unit_main("devcert", tests);
}
