/*
 * SPDX-License-Identifier: ISC
 *
 * Known replies: a table whose forms can be read, and which replies are which.
 */
#include "policy/known.h"

#include <string.h>

#include "unit.h"

static bool is_sentence(const char *text)
{
	return text != NULL && text[0] >= 'A' && text[0] <= 'Z' && text[strlen(text) - 1] == '.';
}

/* "550", "550 5.7.26" or "550 5.7.606-649", with the class that the code has. */
static void check_form(const struct known_reply *k, struct span form)
{
	struct span rest = form, code_text = span_cut(&rest, ' '), status_text = rest;
	struct smtp_status status;
	ptrdiff_t dash;
	int code;

	ck_assert_msg(
	    smtp_code_parse(code_text, &code) == 0 && code >= 400 && smtp_code_find(code) != NULL,
	    "%s: %s", k->provider, k->forms);
	if (status_text.data == NULL)
		return;
	dash = span_index(status_text, '-');
	if (dash >= 0)
		status_text = span_first(status_text, (size_t)dash);
	ck_assert_msg(
	    smtp_status_parse(status_text, &status) == 0 && status.class == (unsigned)code / 100,
	    "%s: %s", k->provider, k->forms);
}

START_TEST(the_table_is_sound)
{
	const struct known_reply *k;
	size_t n = 0;

	for (; (k = known_reply(n)) != NULL; n++) {
		struct span rest = span_from(k->forms);

		while (rest.data != NULL)
			check_form(k, span_cut(&rest, '|'));
		ck_assert_msg(is_sentence(k->meaning), "%s: %s", k->forms, k->meaning);
		ck_assert_msg(is_sentence(k->action), "%s: %s", k->forms, k->action);
		ck_assert_msg(k->part == NULL || strlen(k->part) >= 3, "%s: %s", k->forms, k->part);
		/* without an enhanced code only a text tells it from anybody's */
		ck_assert_msg(
		    k->part != NULL || strchr(k->forms, '.') != NULL, "%s: no text", k->forms);
	}
	ck_assert_uint_gt(n, 90);
}
END_TEST

/* Providers stand together. */
START_TEST(providers_stand_together)
{
	for (size_t i = 1; known_reply(i) != NULL; i++)
		for (size_t j = 0; j + 1 < i; j++)
			ck_assert_msg(
			    strcmp(known_reply(i)->provider, known_reply(j)->provider) != 0 ||
				strcmp(known_reply(i)->provider, known_reply(i - 1)->provider) == 0,
			    "%s", known_reply(i)->provider);
}
END_TEST

#define ROW(forms, part)                                                                           \
	{                                                                                          \
		"Somebody", (forms), (part), "M.", "A."                                            \
	}

static const struct {
	const char *name;
	struct known_reply row;
	int code;
	struct smtp_status status;
	const char *text;
	enum known_match want;
} MATCHES[] = {
    {"codes and text", ROW("550 5.7.26", "dmarc"), 550, {5, 7, 26}, "by DMARC policy", KNOWN_TEXT},
    {"another text", ROW("550 5.7.26", "dmarc"), 550, {5, 7, 26}, "by SPF", KNOWN_NONE},
    {"no text", ROW("550 5.7.26", "dmarc"), 550, {5, 7, 26}, "", KNOWN_CODE},
    {"no part", ROW("550 5.7.26", NULL), 550, {5, 7, 26}, "by SPF", KNOWN_CODE},
    {"another status", ROW("550 5.7.26", "dmarc"), 550, {5, 7, 1}, "dmarc", KNOWN_NONE},
    {"another class", ROW("550 5.7.26", NULL), 0, {4, 7, 26}, "", KNOWN_NONE},
    {"another code", ROW("550 5.7.26", "dmarc"), 554, {5, 7, 26}, "dmarc", KNOWN_NONE},
    {"second form", ROW("550 5.7.26|421 4.7.26", NULL), 421, {4, 7, 26}, "", KNOWN_CODE},
    {"crossed forms", ROW("550 5.7.26|421 4.7.26", NULL), 421, {5, 7, 26}, "", KNOWN_NONE},
    {"status alone", ROW("550 5.7.26", NULL), 0, {5, 7, 26}, "", KNOWN_CODE},
    {"code alone", ROW("550 5.7.26", NULL), 550, {0, 0, 0}, "", KNOWN_NONE},
    {"code alone, text", ROW("550 5.7.26", "dmarc"), 550, {0, 0, 0}, "dmarc", KNOWN_TEXT},
    {"no status of its own", ROW("554", "phish"), 554, {0, 0, 0}, "", KNOWN_NONE},
    {"no status of its own, text", ROW("554", "phish"), 554, {0, 0, 0}, "phish", KNOWN_TEXT},
    {"no status of its own, asked", ROW("554", "phish"), 554, {5, 7, 9}, "phish", KNOWN_NONE},
    {"range, first", ROW("550 5.7.606-649", NULL), 0, {5, 7, 606}, "", KNOWN_CODE},
    {"range, last", ROW("550 5.7.606-649", NULL), 0, {5, 7, 649}, "", KNOWN_CODE},
    {"range, below", ROW("550 5.7.606-649", NULL), 0, {5, 7, 605}, "", KNOWN_NONE},
    {"range, above", ROW("550 5.7.606-649", NULL), 0, {5, 7, 650}, "", KNOWN_NONE},
    {"text alone", ROW("550 5.7.1", "likely unsolicited"), 0, {0, 0, 0},
	"is LIKELY unsolicited mail", KNOWN_TEXT},
    {"a word alone", ROW("550 5.7.1", "mail"), 0, {0, 0, 0}, "mail", KNOWN_NONE},
};

START_TEST(matching)
{
	for (size_t i = 0; i < ARRAY_SIZE(MATCHES); i++) {
		struct span text = unit_guard(span_from(MATCHES[i].text));
		struct known_query q = {MATCHES[i].code, MATCHES[i].status, text};
		enum known_match got = known_match(&MATCHES[i].row, &q);

		ck_assert_msg(got == MATCHES[i].want, "%s: %d", MATCHES[i].name, (int)got);
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(retrying)
{
	static const struct known_reply mixed = ROW("550 5.7.26|421 4.7.26", NULL);
	static const struct known_reply never = ROW("550 5.7.26|554 5.7.26", NULL);
	struct known_query q = {0};

	ck_assert_int_eq(known_retry(&mixed, &q), SMTP_RETRY_LATER);
	ck_assert_int_eq(known_retry(&never, &q), SMTP_RETRY_NEVER);
	q.status.class = 5;
	ck_assert_int_eq(known_retry(&mixed, &q), SMTP_RETRY_NEVER);
	q.code = 421;
	ck_assert_int_eq(known_retry(&mixed, &q), SMTP_RETRY_LATER);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    the_table_is_sound, providers_stand_together, matching, retrying, NULL};

	return unit_main("known", tests);
}
