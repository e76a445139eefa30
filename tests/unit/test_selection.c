/*
 * SPDX-License-Identifier: ISC
 *
 * The selection language: what a text becomes, and what is said of one that is none.
 */
#include <string.h>

#include "base/buffer.h"
#include "policy/selection.h"
#include "unit.h"

/* 2026-11-24T12:00:00Z */
#define NOW 1795521600000LL

static const char *const FORMS[] = {"whole", "domain", "part", "instant", "prefix", "latest"};

static void write_term(struct buffer *out, const struct selection_term *t)
{
	const char *name = SELECTION_KEY_NAME[t->key];

	buffer_printf(out, "%s%s%s %s", out->len == 0 ? "" : "; ", t->negated ? "-" : "",
	    name == NULL ? "word" : name, FORMS[t->form]);
	for (size_t i = 0; i < t->word_count; i++)
		buffer_printf(out, "%s%s", i == 0 ? " " : ",", t->words[i]);
	if (t->word_count == 0 && t->form != SELECTION_INSTANT)
		buffer_printf(out, " [%s]", t->value);
	if (t->number != 0)
		buffer_printf(out, " %llu", (unsigned long long)t->number);
	if (t->form == SELECTION_PREFIX)
		buffer_printf(out, " /%u", t->prefix.bits);
	buffer_printf(out, " @%u", t->column);
}

static const struct {
	const char *row, *text, *want;
} good[] = {
    {"nothing", "", ""},
    {"blanks", " \t\r\n ", ""},
    {"address", "from:a@x.example", "from whole [a@x.example] @1"},
    {"domain", "to:@x.example", "to domain [x.example] @1"},
    {"part", "to:alice", "to part [alice] @1"},
    {"quoted local part", "from:\"\\\"a b\\\"@x\"", "from whole [\"a b\"@x] @1"},
    {"null path", "from:<>", "from whole [] @1"},
    {"address with two @", "to:\"a@b\"@x", NULL},
    {"several", "  to:a@b   -spf:pass x",
	"to whole [a@b] @3; -spf whole pass @12; word whole [x] @22"},
    {"keys in any case", "FROM:A@B", "from whole [A@B] @1"},
    {"quotes behind a key", "subject:\"password reset\"", "subject part [password reset] @1"},
    {"negated and quoted", "-subject:\"a b\"", "-subject part [a b] @1"},
    {"escaped quote", "\"say \\\"hi\\\" \\\\ \\x\"", "word whole [say \"hi\" \\ \\x] @1"},
    {"quote amid a word", "5\"-disk", "word whole [5\"-disk] @1"},
    {"a colon in the value", "subject:Re:hello", "subject part [Re:hello] @1"},
    {"empty subject in quotes", "subject:\"\"", "subject part [] @1"},
    {"a colon in quotes", "\"re: hello\"", "word whole [re: hello] @1"},
    {"a colon behind digits", "12:30", "word whole [12:30] @1"},
    {"phrase", "-\"two words\"", "-word whole [two words] @1"},
    {"hyphen in a word", "one-click", "word whole [one-click] @1"},
    {"two hyphens", "--x", "-word whole [-x] @1"},
    {"columns are of characters", "\xc3\xa4\xc3\xb6 x",
	"word whole [\xc3\xa4\xc3\xb6] @1; word whole [x] @4"},
    {"latest", "latest", "id latest [latest] @1"},
    {"not the latest", "-latest", "-id latest [latest] @1"},
    {"latest with its key", "id:latest", "id latest [latest] @1"},
    {"latest in quotes", "\"latest\"", "word whole [latest] @1"},
    {"an id", "01jaaaaaaaaaaaaaaaaaaaaaa1", "id whole [01JAAAAAAAAAAAAAAAAAAAAAA1] @1"},
    {"an id with its key", "id:01JAAAAAAAAAAAAAAAAAAAAAA1",
	"id whole [01JAAAAAAAAAAAAAAAAAAAAAA1] @1"},
    {"beginning of an id", "id:01ja", "id part [01JA] @1"},
    {"26 letters that are no id", "01JAAAAAAAAAAAAAAAAAAAAAAU",
	"word whole [01JAAAAAAAAAAAAAAAAAAAAAAU] @1"},
    {"message-id", "message-id:<1@x>", "message-id whole [1@x] @1"},
    {"message-id, bare", "message-id:1@x", "message-id whole [1@x] @1"},
    {"user", "user:apikey", "user whole [apikey] @1"},
    {"listener", "listener:mx", "listener whole [mx] @1"},
    {"client", "client:192.0.2.1", "client prefix [192.0.2.1] /32 @1"},
    {"clients", "client:192.0.2.0/24", "client prefix [192.0.2.0/24] /24 @1"},
    {"client of IPv6", "client:2001:db8::/32", "client prefix [2001:db8::/32] /32 @1"},
    {"HELO name", "client:app.example", "client whole [app.example] @1"},
    {"HELO literal", "client:[192.0.2.1]", "client whole [[192.0.2.1]] @1"},
    {"time", "after:2026-11-24T13:00:00+01:00", "after instant 1795521600000 @1"},
    {"day", "before:2026-11-24", "before instant 1795478400000 @1"},
    {"ago", "after:15m", "after instant 1795520700000 @1"},
    {"long ago", "after:100000d", "after instant @1"},
    {"now", "after:now", "after instant 1795521600000 @1"},
    {"after a message", "after:01jaaaaaaaaaaaaaaaaaaaaaa1",
	"after whole [01JAAAAAAAAAAAAAAAAAAAAAA1] @1"},
    {"results", "dmarc:Fail|none|fail", "dmarc whole fail,none @1"},
    {"dkim", "dkim:permerror", "dkim whole permerror @1"},
    {"rdns", "-rdns:pass", "-rdns whole pass @1"},
    {"tls version", "tls:1.3", "tls whole [TLSv1.3] @1"},
    {"tls version in full", "tls:tlsv1.2", "tls whole [TLSv1.2] @1"},
    {"oldest tls", "tls:1.0", "tls whole [TLSv1] @1"},
    {"tls mode", "tls:STARTTLS", "tls whole [starttls] @1"},
    {"no tls", "tls:none", "tls whole [none] @1"},
    {"finding", "finding:bare-lf", "finding whole [bare-lf] @1"},
    {"severity", "finding:Error", "finding whole [error] @1"},
    {"any finding", "-finding:any", "-finding whole [any] @1"},
    {"has", "has:attachment", "has whole [attachment] @1"},
    {"larger", "larger:10K", "larger whole [10K] 10240 @1"},
    {"smaller", "smaller:1", "smaller whole [1] 1 @1"},
};

START_TEST(texts_become_terms)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct span text = unit_guard(span_from(good[i].text));
		struct buffer got = BUFFER_INIT;
		struct selection s;
		struct error err = {.text = ""};
		int result = selection_parse(text, NOW, a, &s, &err);

		ck_assert_msg((result == 0) == (good[i].want != NULL), "%s: %d %s", good[i].row,
		    result, err.text);
		for (size_t k = 0; k < s.count; k++)
			write_term(&got, &s.terms[k]);
		if (good[i].want != NULL)
			unit_span_eq(good[i].row, buffer_span(&got), good[i].want);
		buffer_clear(&got);
		unit_guard_free(text);
	}
	arena_free(a);
}
END_TEST

static const struct {
	const char *row, *text, *want; /* the beginning of what is said */
} bad[] = {
    {"unknown key", "to:a@b frm:x", "column 8: \"frm:\" is no key; did you mean from?"},
    {"unlike any key", "zzzzzz:x", "column 1: \"zzzzzz:\" is no key; expected from, to, "},
    {"a colon at the end", "Hello:", "column 1: \"Hello:\" is no key"},
    {"negated unknown key", "-foo:x", "column 2: \"foo:\" is no key"},
    {"URL", "http://x", "column 1: \"http:\" is no key"},
    {"blank behind a key", "from: a@b",
	"column 6: expected an address, @DOMAIN, a part of an address, or <>"},
    {"nothing behind to", "to:", "column 4: expected an address, @DOMAIN or"},
    {"@ alone", "to:@", "column 4: expected an address"},
    {"no domain", "to:a@", "column 4: expected an address"},
    {"null recipient", "to:<>", NULL},
    {"subject, then a blank", "subject: x", "column 9: expected a text"},
    {"user", "user:", "column 6: expected a name"},
    {"no closing quote", "x subject:\"abc", "column 11: expected a closing quote"},
    {"escaped end", "\"abc\\\"", "column 1: expected a closing quote"},
    {"text behind quotes", "\"a\"b", "column 4: expected a blank behind the closing quote"},
    {"nothing in quotes", "\"\"", "column 1: expected a word between the quotes"},
    {"hyphen alone", "a - b", "column 4: expected a condition right behind \"-\""},
    {"no id", "id:xyzu", "column 4: expected a message id or its beginning"},
    {"id too long", "id:01JAAAAAAAAAAAAAAAAAAAAAA11", "column 4: expected a message id"},
    {"empty Message-ID", "message-id:<>", "column 12: expected a Message-ID"},
    {"address", "client:192.0.2",
	"column 8: expected an address, ADDRESS/BITS or a HELO name, got \"192.0.2\""},
    {"bits", "client:192.0.2.0/33", "column 8: expected an address, ADDRESS/BITS"},
    {"address of IPv6", "client:2001::x", "column 8: expected an address"},
    {"day", "after:2026-02-30", "column 7: expected a time (2026-11-24T16:00:00Z), a day"},
    {"a year", "after:2026", "column 7: expected a time"},
    {"time", "before:yesterday", "column 8: expected a time"},
    {"part of an id as time", "after:01JA", "column 7: expected a time"},
    {"result", "spf:fial",
	"column 5: \"fial\" is none of them: expected a result (none, neutral, pass, fail, "
	"softfail, policy, temperror or permerror), several with | between; did you mean fail"},
    {"one of the results", "spf:pass|hardfail",
	"column 5: expected a result (none, neutral, pass, fail, softfail, policy, temperror or "
        "permerror), several with | between, got \"hardfail\""},
    {"no result", "spf:pass|", "column 5: expected a result"},
    {"tls", "tls:1.4", "column 5: \"1.4\" is none of them: expected a version"},
    {"finding", "finding:bare-fl",
	"column 9: \"bare-fl\" is none of them: expected a finding (see mailassay explain --list), "
	"info, warning, error or any; did you mean bare-lf"},
    {"has", "has:attachments",
	"column 5: \"attachments\" is none of them: expected attachment, link, html, text or "
	"refused; did you mean attachment?"},
    {"size", "larger:1X",
	"column 8: expected a number of octets, with K, M, G or nothing behind, got \"1X\""},
    {"size too large", "larger:99999999999G", "column 8: expected a number of octets"},
    {"column in characters", "\xc3\xa4 frm:x", "column 3: \"frm:\""},
};

START_TEST(mistakes_have_a_column)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct span text = unit_guard(span_from(bad[i].text));
		struct error err = {.text = ""};
		struct selection s;
		int result = selection_parse(text, NOW, a, &s, &err);

		unit_guard_free(text);
		if (bad[i].want == NULL) {
			ck_assert_msg(result == 0, "%s: %s", bad[i].row, err.text);
			continue;
		}
		ck_assert_msg(result < 0, "%s: taken", bad[i].row);
		ck_assert_msg(err.kind == ERROR_USAGE, "%s: kind", bad[i].row);
		ck_assert_uint_eq(s.count, 0);
		ck_assert_msg(strncmp(err.text, bad[i].want, strlen(bad[i].want)) == 0, "%s: %s",
		    bad[i].row, err.text);
	}
	arena_free(a);
}
END_TEST

START_TEST(nul_is_refused)
{
	struct arena *a = arena_new();
	struct error err = {.text = ""};
	struct selection s;

	ck_assert_int_eq(selection_parse(SPAN("ab\0c"), NOW, a, &s, &err), -1);
	ck_assert_str_eq(err.text, "column 3: a NUL cannot be looked for");
	arena_free(a);
}
END_TEST

START_TEST(terms_are_bounded)
{
	struct arena *a = arena_new();
	struct buffer text = BUFFER_INIT;
	struct error err = {.text = ""};
	struct selection s;

	for (size_t i = 0; i < SELECTION_TERMS_MAX; i++)
		buffer_add_string(&text, "x ");
	ck_assert_int_eq(selection_parse(buffer_span(&text), NOW, a, &s, &err), 0);
	ck_assert_uint_eq(s.count, SELECTION_TERMS_MAX);
	ck_assert_uint_eq(s.terms[99].column, 199);
	buffer_add_string(&text, "x");
	ck_assert_int_eq(selection_parse(buffer_span(&text), NOW, a, &s, &err), -1);
	ck_assert_str_eq(err.text, "column 201: expected at most 100 conditions");
	buffer_clear(&text);
	arena_free(a);
}
END_TEST

START_TEST(options_add_terms)
{
	struct arena *a = arena_new();
	struct error err = {.text = ""};
	struct selection s;

	ck_assert_int_eq(selection_parse(SPAN("spf:pass"), NOW, a, &s, &err), 0);
	ck_assert(!selection_has_words(&s));
	selection_add(&s, a, SELECTION_TO, SELECTION_WHOLE, "a@b");
	selection_add(&s, a, SELECTION_WORD, SELECTION_WHOLE, "x");
	ck_assert_uint_eq(s.count, 3);
	ck_assert_int_eq(s.terms[0].key, SELECTION_SPF);
	ck_assert_int_eq(s.terms[1].key, SELECTION_TO);
	ck_assert_str_eq(s.terms[1].value, "a@b");
	ck_assert(!s.terms[1].negated);
	ck_assert(selection_has_words(&s));
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {texts_become_terms, mistakes_have_a_column, nul_is_refused,
	    terms_are_bounded, options_add_terms, NULL};

	return unit_main("selection", tests);
}
