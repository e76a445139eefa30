/*
 * SPDX-License-Identifier: ISC
 *
 * What of command lines and replies may be seen.
 */
#include "smtp/mask.h"

#include "base/codec.h"
#include "unit.h"

static const struct row {
	const char *line, *shown;
} ROWS[] = {
    {"AUTH PLAIN AGFsaWNlAHNlY3JldA==", "AUTH PLAIN ****"},
    {"auth plain AGFsaWNlAHNlY3JldA==", "auth plain ****"},
    {"AUTH LOGIN", "AUTH LOGIN"},
    {"AUTH LOGIN YWxpY2U=", "AUTH LOGIN ****"},
    {"AUTH CRAM-MD5", "AUTH CRAM-MD5"},
    {"AUTH CRAM-MD5 c2VjcmV0", "AUTH CRAM-MD5 ****"},
    {"AUTH SCRAM-SHA-1 biwsbj11c2VyLHI9YWJj", "AUTH SCRAM-SHA-1 ****"},
    {"AUTH SCRAM-SHA-1-PLUS cD10", "AUTH SCRAM-SHA-1-PLUS ****"},
    {"AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9YWJj", "AUTH SCRAM-SHA-256 ****"},
    {"AUTH SCRAM-SHA-256-PLUS cD10", "AUTH SCRAM-SHA-256-PLUS ****"},
    {"AUTH XOAUTH2 dXNlcj11", "AUTH XOAUTH2 ****"},
    {"AUTH OAUTHBEARER bixhPXUs", "AUTH OAUTHBEARER ****"},
    {"AUTH SCRAM-SHA-512 biws", "AUTH SCRAM-SHA-512 ****"},
    {"AUTH EXTERNAL =", "AUTH EXTERNAL ****"},
    {"AUTH PLAIN  AGFs YWJj", "AUTH PLAIN ****"},
    {"AUTH AGFsaWNlAHNlY3JldA==", "AUTH ****"},
    {"AUTH  PLAIN AGFs", "AUTH ****"},
    {"AUTH\tPLAIN AGFs", "AUTH ****"},
    {"AUTHPLAIN AGFs", "****"},
    {"AUTH", "AUTH"},
};

START_TEST(auth_lines)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span line = unit_guard(span_from(ROWS[i].line));
		struct buffer out = BUFFER_INIT;

		ck_assert_msg(smtp_mask_is_auth(line), "%s", ROWS[i].line);
		smtp_mask_auth(&out, line);
		unit_span_eq(ROWS[i].line, buffer_span(&out), ROWS[i].shown);
		buffer_clear(&out);
		unit_guard_free(line);
	}
	ck_assert(!smtp_mask_is_auth(SPAN("NOOP")));
	ck_assert(!smtp_mask_is_auth(SPAN("AUT")));
}
END_TEST

/* Lines that are no command: passwords of other protocols, of clients that are out of step. */
START_TEST(stray_lines)
{
	static const struct {
		const char *line;
		bool secret;
	} rows[] = {
	    {"PASS word", true},
	    {"pass word", true},
	    {"LOGIN app word", true},
	    {"a1 LOGIN app word", true},
	    {"a1 AUTHENTICATE PLAIN AGFs", true},
	    {"\xef\xbb\xbf"
	     "AUTH PLAIN AGFs",
		true},
	    {"Authorization: Bearer abc", true},
	    {"AGFsaWNlAHNlY3JldA==", true},
	    {"c2VjcmV0LTE=", true},
	    {" c2VjcmV0LTE= ", true},
	    {"FOO", false},
	    {"STARTTLZ", false},
	    {"something", false},
	    {"c2VjcmV0LTE", false},
	    {"Subject: Hello", false},
	    {"QUIT NOW", false},
	    {"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span line = unit_guard(span_from(rows[i].line));

		ck_assert_msg(smtp_mask_may_be_secret(line) == rows[i].secret, "%s", rows[i].line);
		unit_guard_free(line);
	}
}
END_TEST

/* Of the challenges only the server's signature of SCRAM is hidden. */
START_TEST(challenges)
{
	static const struct {
		const char *text;
		bool hidden;
	} rows[] = {
	    {"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", true},
	    {"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", true},
	    {"r=abc,s=QSXCR+Q6sek8bf92,i=4096", false},
	    {"<1896.697170952@postoffice.reston.mci.net>", false},
	    {"{\"status\":\"invalid_token\"}", false},
	    {"Username:", false},
	    {"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer line = BUFFER_INIT;
		struct span guarded;

		buffer_add_string(&line, "334 ");
		base64_encode(&line, span_from(rows[i].text));
		guarded = unit_guard(buffer_span(&line));
		ck_assert_msg(smtp_mask_hides_reply(guarded) == rows[i].hidden, "%s", rows[i].text);
		unit_guard_free(guarded);
		buffer_clear(&line);
	}
	ck_assert(!smtp_mask_hides_reply(SPAN("")));
	ck_assert(!smtp_mask_hides_reply(SPAN("334")));
	ck_assert(!smtp_mask_hides_reply(SPAN("250 dj1y")));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {auth_lines, stray_lines, challenges, NULL};

	return unit_main("smtpmask", tests);
}
