/*
 * SPDX-License-Identifier: ISC
 *
 * Secrets that are kept as SCRAM keys.
 */
#include "conf/scram.h"

#include <string.h>

#include "unit.h"

#define SALT     "W22ZaJ0SNY7soEsUEjb6gQ=="
#define STORED   "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
#define SERVER   "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define STORED_1 "6dlGYMOdZcOPutkcNY8U2g7vK9Y="
#define SERVER_1 "D+CSWLOshSulAsxiupA+qs2/fTE="

static const struct row {
	const char *name, *text;
	const char *error; /* a part of the sentence; NULL: good */
	bool sha256;
	unsigned iterations;
	size_t salt_size;
} ROWS[] = {
    {"SHA-256", "scram:SCRAM-SHA-256$4096:" SALT "$" STORED ":" SERVER, NULL, true, 4096, 16},
    {"SHA-1", "scram:SCRAM-SHA-1$10000:QSXCR+Q6sek8bf92$" STORED_1 ":" SERVER_1, NULL, false, 10000,
	12},
    {"most iterations", "scram:SCRAM-SHA-256$100000:AA==$" STORED ":" SERVER, NULL, true, 100000,
	1},
    {"nothing", "scram:", "expected scram:SCRAM-SHA-256", false, 0, 0},
    {"other hash", "scram:SCRAM-SHA-512$4096:" SALT "$" STORED ":" SERVER,
	"expected scram:SCRAM-SHA-256", false, 0, 0},
    {"lower case", "scram:scram-sha-256$4096:" SALT "$" STORED ":" SERVER,
	"expected scram:SCRAM-SHA-256", false, 0, 0},
    {"no prefix", "SCRAM-SHA-256$4096:" SALT "$" STORED ":" SERVER, "expected scram:", false, 0, 0},
    {"no iterations", "scram:SCRAM-SHA-256$:" SALT "$" STORED ":" SERVER, "iterations", false, 0,
	0},
    {"few iterations", "scram:SCRAM-SHA-256$4095:" SALT "$" STORED ":" SERVER, "4096 to 100000",
	false, 0, 0},
    {"many iterations", "scram:SCRAM-SHA-256$100001:" SALT "$" STORED ":" SERVER, "4096 to 100000",
	false, 0, 0},
    {"no number", "scram:SCRAM-SHA-256$4k96:" SALT "$" STORED ":" SERVER, "iterations", false, 0,
	0},
    {"no salt", "scram:SCRAM-SHA-256$4096:$" STORED ":" SERVER, "salt", false, 0, 0},
    {"salt not base64", "scram:SCRAM-SHA-256$4096:W22$" STORED ":" SERVER, "salt", false, 0, 0},
    {"salt too long",
	"scram:SCRAM-SHA-256$4096:"
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	"$" STORED ":" SERVER,
	"salt", false, 0, 0},
    {"no keys", "scram:SCRAM-SHA-256$4096:" SALT, "server key", false, 0, 0},
    {"one key", "scram:SCRAM-SHA-256$4096:" SALT "$" STORED, "key", false, 0, 0},
    {"keys of SHA-1", "scram:SCRAM-SHA-256$4096:" SALT "$" STORED_1 ":" SERVER_1, "32 octets",
	false, 0, 0},
    {"keys of SHA-256", "scram:SCRAM-SHA-1$4096:" SALT "$" STORED ":" SERVER, "20 octets", false, 0,
	0},
    {"more behind", "scram:SCRAM-SHA-256$4096:" SALT "$" STORED ":" SERVER ":" SERVER, "key", false,
	0, 0},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct span text = unit_guard(span_from(r->text));
		struct conf_scram out;
		struct error err = {.text = ""};
		int failed = conf_scram_parse(text, &out, &err);

		unit_guard_free(text);
		ck_assert_msg((failed != 0) == (r->error != NULL), "%s: %s", r->name, err.text);
		if (r->error != NULL) {
			ck_assert_msg(
			    strstr(err.text, r->error) != NULL, "%s: %s", r->name, err.text);
			ck_assert_msg(err.kind == ERROR_USAGE, "%s", r->name);
			/* What may be a password is not shown. */
			ck_assert_msg(strstr(err.text, "WG5d8oPm") == NULL, "%s", r->name);
			continue;
		}
		ck_assert_msg(out.sha256 == r->sha256, "%s", r->name);
		ck_assert_msg(out.iterations == r->iterations, "%s", r->name);
		ck_assert_msg(out.salt_size == r->salt_size, "%s", r->name);
	}
}
END_TEST

START_TEST(decodes)
{
	struct conf_scram out;

	ck_assert_int_eq(conf_scram_parse(span_from(ROWS[0].text), &out, NULL), 0);
	ck_assert_int_eq(out.salt[0], 0x5b);
	ck_assert_int_eq(out.salt[15], 0x81);
	ck_assert_int_eq(out.stored_key[0], 0x58);
	ck_assert_int_eq(out.stored_key[31], 0xa6);
	ck_assert_int_eq(out.server_key[0], 0xc1);
	ck_assert_int_eq(out.server_key[31], 0xd5);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {parses, decodes, NULL};

	return unit_main("confscram", tests);
}
