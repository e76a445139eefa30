/*
 * SPDX-License-Identifier: ISC
 *
 * The users of a listener: what of their secrets is known, and what becomes of a login.
 */
#include "gateway/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/log.h"
#include "smtp/scram.h"
#include "unit.h"

/* "pencil" with the salts of RFC 7677 3 and RFC 5802 5. */
#define SCRAM_256                                                                                  \
	"scram:SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"                                       \
	"WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"                                            \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define SCRAM_1                                                                                    \
	"scram:SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:"                    \
	"D+CSWLOshSulAsxiupA+qs2/fTE="

static char path[] = "/tmp/mailassay-users-XXXXXX";
static char file_secret[sizeof(path) + 5];

static void write_file(const char *content)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		abort();
	fputs(content, f);
	fclose(f);
}

static struct users *make(bool reload, struct error *err)
{
	struct conf_user users[] = {
	    {.name = "plain", .password = "pencil"},
	    {.name = "keys", .password = SCRAM_256},
	    {.name = "old", .password = SCRAM_1},
	    {.name = "filed", .password = file_secret},
	};
	struct conf_settings settings = {.users = users, .user_count = ARRAY_SIZE(users)};

	return users_new(&settings, reload, err);
}

static enum users_verdict judge(struct users *u, const char *user, const char *password,
    enum smtp_mechanism mechanism, bool over_tls)
{
	const struct users_login login = {.mechanism = mechanism,
	    .user = span_from(user),
	    .password = span_from(password),
	    .over_tls = over_tls};

	return users_judge(u, &login);
}

static const struct row {
	const char *name, *user, *password;
	enum smtp_mechanism mechanism;
	bool in_clear;
	enum users_verdict verdict;
} ROWS[] = {
    {"right", "plain", "pencil", SMTP_AUTH_PLAIN, false, USERS_ACCEPTED},
    {"right in the clear", "plain", "pencil", SMTP_AUTH_LOGIN, true, USERS_ACCEPTED},
    {"wrong", "plain", "pencils", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"shorter", "plain", "penci", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"empty", "plain", "", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"unknown", "nobody", "pencil", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"other case", "Plain", "pencil", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"no user", "", "pencil", SMTP_AUTH_OAUTHBEARER, false, USERS_REJECTED},
    {"token", "plain", "pencil", SMTP_AUTH_XOAUTH2, false, USERS_ACCEPTED},
    {"wrong token", "plain", "pen", SMTP_AUTH_OAUTHBEARER, false, USERS_REJECTED},
    {"from a file", "filed", "from file", SMTP_AUTH_PLAIN, false, USERS_ACCEPTED},
    {"line end of the file", "filed", "from file\n", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"keys in the clear", "keys", "pencil", SMTP_AUTH_PLAIN, true, USERS_TOO_WEAK},
    {"keys in the clear, wrong", "keys", "x", SMTP_AUTH_LOGIN, true, USERS_TOO_WEAK},
    {"keys, wrong", "keys", "pencils", SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"keys themselves", "keys", SCRAM_256, SMTP_AUTH_PLAIN, false, USERS_REJECTED},
    {"keys", "keys", "pencil", SMTP_AUTH_PLAIN, false, USERS_ACCEPTED},
    {"SHA-1 keys", "old", "pencil", SMTP_AUTH_LOGIN, false, USERS_ACCEPTED},
    {"SHA-1 keys, wrong", "old", "", SMTP_AUTH_LOGIN, false, USERS_REJECTED},
};

START_TEST(judges)
{
	struct error err = {.text = ""};
	struct users *u;

	write_file("from file\n");
	u = make(false, &err);
	ck_assert_msg(u != NULL, "%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		ck_assert_msg(judge(u, ROWS[i].user, ROWS[i].password, ROWS[i].mechanism,
				  !ROWS[i].in_clear) == ROWS[i].verdict,
		    "%s", ROWS[i].name);
	users_free(u);
}
END_TEST

/* Whose mail it is must be the user himself. */
START_TEST(identities)
{
	struct users *u = make(false, NULL);
	struct users_login login = {.mechanism = SMTP_AUTH_PLAIN,
	    .user = SPAN("plain"),
	    .password = SPAN("pencil"),
	    .over_tls = true};

	login.identity = SPAN("plain");
	ck_assert_int_eq(users_judge(u, &login), USERS_ACCEPTED);
	login.identity = SPAN("keys");
	ck_assert_int_eq(users_judge(u, &login), USERS_REJECTED);
	login = (struct users_login){
	    .mechanism = SMTP_AUTH_SCRAM_SHA_256, .user = SPAN("keys"), .proven = true};
	ck_assert_int_eq(users_judge(u, &login), USERS_ACCEPTED);
	login.identity = SPAN("plain");
	ck_assert_int_eq(users_judge(u, &login), USERS_REJECTED);
	login.identity = SPAN("keys");
	login.proven = false;
	ck_assert_int_eq(users_judge(u, &login), USERS_REJECTED);
	login.user = login.identity = SPAN("nobody");
	login.proven = true;
	ck_assert_int_eq(users_judge(u, &login), USERS_REJECTED);
	users_free(u);
}
END_TEST

static enum users_verdict find(
    struct users *u, const char *user, enum smtp_mechanism mechanism, struct users_secret *out)
{
	return users_find(u, mechanism, span_from(user), out);
}

START_TEST(finds)
{
	struct users *u = make(false, NULL);
	struct users_secret s;

	ck_assert_int_eq(find(u, "plain", SMTP_AUTH_CRAM_MD5, &s), USERS_ACCEPTED);
	unit_span_eq("plain", s.secret.password, "pencil");
	ck_assert(smtp_scram_password(SMTP_SCRAM_SHA_1, &s.secret.sha1, SPAN("pencil")));
	ck_assert(smtp_scram_password(SMTP_SCRAM_SHA_256, &s.secret.sha256, SPAN("pencil")));
	ck_assert_uint_eq(s.secret.sha256.iterations, 4096);
	ck_assert_int_eq(find(u, "keys", SMTP_AUTH_SCRAM_SHA_256, &s), USERS_ACCEPTED);
	ck_assert_ptr_null(s.secret.password.data);
	ck_assert_uint_eq(s.secret.sha1.iterations, 0);
	ck_assert(smtp_scram_password(SMTP_SCRAM_SHA_256, &s.secret.sha256, SPAN("pencil")));
	ck_assert_int_eq(find(u, "keys", SMTP_AUTH_SCRAM_SHA_256_PLUS, &s), USERS_ACCEPTED);
	ck_assert_int_eq(find(u, "old", SMTP_AUTH_SCRAM_SHA_1, &s), USERS_ACCEPTED);
	users_free(u);
}
END_TEST

/* RFC 4954 6, 432: what has no keys asks for one login with the password, and works then. */
START_TEST(transitions)
{
	static const struct {
		const char *user;
		enum smtp_mechanism mechanism;
	} rows[] = {
	    {"keys", SMTP_AUTH_CRAM_MD5},
	    {"keys", SMTP_AUTH_SCRAM_SHA_1},
	    {"keys", SMTP_AUTH_SCRAM_SHA_1_PLUS},
	    {"old", SMTP_AUTH_SCRAM_SHA_256},
	    {"old", SMTP_AUTH_SCRAM_SHA_256_PLUS},
	};
	struct users *u = make(false, NULL);
	struct users_secret before, s;

	ck_assert_int_eq(find(u, "keys", SMTP_AUTH_SCRAM_SHA_256, &before), USERS_ACCEPTED);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_int_eq(find(u, rows[i].user, rows[i].mechanism, &s), USERS_TRANSITION);
	ck_assert_int_eq(judge(u, "keys", "wrong", SMTP_AUTH_PLAIN, true), USERS_REJECTED);
	ck_assert_int_eq(judge(u, "keys", "pencil", SMTP_AUTH_PLAIN, false), USERS_TOO_WEAK);
	ck_assert_int_eq(find(u, "keys", SMTP_AUTH_CRAM_MD5, &s), USERS_TRANSITION);
	ck_assert_int_eq(judge(u, "keys", "pencil", SMTP_AUTH_PLAIN, true), USERS_ACCEPTED);
	ck_assert_int_eq(judge(u, "keys", "pencil", SMTP_AUTH_PLAIN, true), USERS_ACCEPTED);
	ck_assert_int_eq(judge(u, "old", "pencil", SMTP_AUTH_LOGIN, true), USERS_ACCEPTED);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_int_eq(find(u, rows[i].user, rows[i].mechanism, &s), USERS_ACCEPTED);
		unit_span_eq(rows[i].user, s.secret.password, "pencil");
		ck_assert(smtp_scram_password(SMTP_SCRAM_SHA_1, &s.secret.sha1, SPAN("pencil")));
		ck_assert(
		    smtp_scram_password(SMTP_SCRAM_SHA_256, &s.secret.sha256, SPAN("pencil")));
	}
	/* The salt that clients may keep stays; the secret in the clear is no better than before.
	 */
	find(u, "keys", SMTP_AUTH_SCRAM_SHA_256, &s);
	ck_assert(span_equal(s.secret.sha256.salt, before.secret.sha256.salt));
	ck_assert_int_eq(judge(u, "keys", "pencil", SMTP_AUTH_PLAIN, false), USERS_TOO_WEAK);
	ck_assert_int_eq(judge(u, "keys", "other", SMTP_AUTH_PLAIN, true), USERS_REJECTED);
	users_free(u);
}
END_TEST

/* Nobody can tell an unknown user by the salt: it stays, is no one else's, and looks the same. */
START_TEST(made_up)
{
	struct users *u = make(false, NULL);
	struct users_secret a, b, c, real;

	ck_assert_int_eq(find(u, "nobody", SMTP_AUTH_SCRAM_SHA_1, &a), USERS_ACCEPTED);
	ck_assert_int_eq(find(u, "nobody", SMTP_AUTH_SCRAM_SHA_256, &b), USERS_ACCEPTED);
	ck_assert_int_eq(find(u, "noone", SMTP_AUTH_SCRAM_SHA_256, &c), USERS_ACCEPTED);
	ck_assert_int_eq(find(u, "plain", SMTP_AUTH_SCRAM_SHA_256, &real), USERS_ACCEPTED);
	ck_assert_ptr_null(a.secret.password.data);
	ck_assert(span_equal(a.secret.sha1.salt, b.secret.sha1.salt));
	ck_assert(span_equal(a.secret.sha256.salt, b.secret.sha256.salt));
	ck_assert(!span_equal(a.secret.sha1.salt, a.secret.sha256.salt));
	ck_assert(!span_equal(c.secret.sha256.salt, b.secret.sha256.salt));
	ck_assert_uint_eq(c.secret.sha256.salt.len, real.secret.sha256.salt.len);
	ck_assert_uint_eq(c.secret.sha256.iterations, real.secret.sha256.iterations);
	users_free(u);
}
END_TEST

/* A file that cannot be read: an error at the start, one user without a secret at a reload. */
START_TEST(files)
{
	static const char *const contents[] = {NULL, "", "\n", "\r\n"};

	log_set_level(CONF_LOG_ERROR);
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		struct error err = {.text = ""};
		struct users_secret s;
		struct users *u;

		if (contents[i] == NULL)
			unlink(path);
		else
			write_file(contents[i]);
		ck_assert_ptr_null(make(false, &err));
		ck_assert_int_eq(err.kind, ERROR_CANNOT);
		ck_assert_msg(strstr(err.text, "password of user filed") != NULL, "%s", err.text);
		u = make(true, &err);
		ck_assert_ptr_nonnull(u);
		ck_assert_int_eq(
		    judge(u, "filed", "from file", SMTP_AUTH_PLAIN, true), USERS_UNAVAILABLE);
		ck_assert_int_eq(judge(u, "filed", "", SMTP_AUTH_PLAIN, true), USERS_UNAVAILABLE);
		ck_assert_int_eq(find(u, "filed", SMTP_AUTH_CRAM_MD5, &s), USERS_UNAVAILABLE);
		ck_assert_int_eq(
		    judge(u, "plain", "pencil", SMTP_AUTH_PLAIN, true), USERS_ACCEPTED);
		users_free(u);
	}
	write_file("from file\r\n");
}
END_TEST

START_TEST(replies)
{
	static const int codes[] = {
	    [USERS_REJECTED] = 535,
	    [USERS_UNAVAILABLE] = 454,
	    [USERS_TRANSITION] = 432,
	    [USERS_TOO_WEAK] = 534,
	};

	ck_assert_ptr_null(users_reply(USERS_ACCEPTED));
	for (size_t i = USERS_REJECTED; i < USERS_VERDICT_COUNT; i++) {
		const struct smtp_reply *reply = users_reply((enum users_verdict)i);

		ck_assert_int_eq(reply->code, codes[i]);
		ck_assert_int_eq(reply->status[0], '0' + codes[i] / 100);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    judges, identities, finds, transitions, made_up, files, replies, NULL};
	int descriptor = mkstemp(path), failed;

	if (descriptor < 0)
		return EXIT_FAILURE;
	close(descriptor);
	write_file("from file\r\n");
	snprintf(file_secret, sizeof(file_secret), "file:%s", path);
	failed = unit_main("users", tests);
	unlink(path);
	return failed;
}
