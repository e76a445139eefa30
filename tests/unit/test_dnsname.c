/*
 * SPDX-License-Identifier: ISC
 *
 * dns/name: normalizing, wire form, relations.
 */
#include "dns/name.h"

#include <string.h>

#include "unit.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *row;
	struct span text;
	const char *want; /* NULL: refused */
} names[] = {
    {"plain", {"a.example", 9}, "a.example"},
    {"upper case", {"A.ExAmple", 9}, "a.example"},
    {"final dot", {"a.example.", 10}, "a.example"},
    {"root", {".", 1}, ""},
    {"empty", {"", 0}, ""},
    {"underscore and hyphen", {"_dmarc.a-b", 10}, "_dmarc.a-b"},
    {"blank", {"a b.c", 5}, "a\\032b.c"},
    {"NUL", {"a\0b", 3}, "a\\000b"},
    {"eight bits", {"\xc3\xa4.c", 4}, "\\195\\164.c"},
    {"escaped dot", {"a\\.b.c", 6}, "a\\046b.c"},
    {"escaped dot at the end", {"a\\.", 3}, "a\\046"},
    {"escaped letter is lower-cased", {"\\065\\B", 6}, "ab"},
    {"escaped backslash", {"a\\\\b", 4}, "a\\092b"},
    {"decimal escape", {"a\\046b", 6}, "a\\046b"},
    {"escape above 255", {"a\\256", 5}, NULL},
    {"escape cut short", {"a\\12", 4}, NULL},
    {"lone backslash", {"a\\", 2}, NULL},
    {"leading dot", {".a", 2}, NULL},
    {"two dots inside", {"a..b", 4}, NULL},
    {"two dots at the end", {"a..", 3}, NULL},
    {"two dots alone", {"..", 2}, NULL},
    {"label of 63", {A63 ".b", 65}, A63 ".b"},
    {"label of 64", {"a" A63, 64}, NULL},
    {"255 octets", {A63 "." A63 "." A63 "." A61, 253}, A63 "." A63 "." A63 "." A61},
    {"255 octets and a dot", {A63 "." A63 "." A63 "." A61 ".", 254}, A63 "." A63 "." A63 "." A61},
    {"256 octets", {A63 "." A63 "." A63 "." A61 "a", 254}, NULL},
};

START_TEST(normalize)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct span text = unit_guard(names[i].text);
		char out[DNS_NAME_SIZE];
		int got = dns_name_normalize(text, out);

		ck_assert_msg(
		    (got == 0) == (names[i].want != NULL), "%s: got %d", names[i].row, got);
		if (got == 0)
			unit_span_eq(names[i].row, span_from(out), names[i].want);
		unit_guard_free(text);
	}
}
END_TEST

START_TEST(longest_text)
{
	char text[1100] = "", out[DNS_NAME_SIZE];
	size_t len = 0;

	for (int i = 0; i < 250; i++) {
		if (i > 0 && i % 63 == 0)
			text[len++] = '.';
		text[len++] = '\x01';
	}
	ck_assert_int_eq(dns_name_normalize(span_of(text, len), out), 0);
	ck_assert_uint_eq(strlen(out), 250 * 4 + 3);
}
END_TEST

START_TEST(wire_and_back)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint8_t wire[DNS_NAME_WIRE_SIZE];
		char out[DNS_NAME_SIZE];
		struct span guarded;

		if (names[i].want == NULL)
			continue;
		guarded =
		    unit_guard(span_of(wire, dns_name_to_wire(span_from(names[i].want), wire)));
		ck_assert_msg(dns_name_from_wire(guarded, out) == 0, "%s", names[i].row);
		unit_span_eq(names[i].row, span_from(out), names[i].want);
		unit_guard_free(guarded);
	}
}
END_TEST

START_TEST(wire)
{
	static const struct {
		const char *row;
		struct span wire;
		const char *want;
	} rows[] = {
	    {"root", {"\0", 1}, ""},
	    {"two labels", {"\1A\2bc\0", 6}, "a.bc"},
	    {"a dot within", {"\3a.b\0", 5}, "a\\046b"},
	    {"nothing", {"", 0}, NULL},
	    {"no root", {"\1a", 2}, NULL},
	    {"label cut short", {"\5ab", 3}, NULL},
	    {"octets behind", {"\1a\0b", 4}, NULL},
	    {"compression", {"\xc0\x0c", 2}, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span guarded = unit_guard(rows[i].wire);
		char out[DNS_NAME_SIZE];
		int got = dns_name_from_wire(guarded, out);

		ck_assert_msg((got == 0) == (rows[i].want != NULL), "%s: got %d", rows[i].row, got);
		if (got == 0)
			unit_span_eq(rows[i].row, span_from(out), rows[i].want);
		unit_guard_free(guarded);
	}
}
END_TEST

START_TEST(relations)
{
	static const struct {
		const char *name, *zone;
		bool below;
	} rows[] = {
	    {"a.example", "example", true},
	    {"example", "example", true},
	    {"example", "", true},
	    {"", "", true},
	    {"", "example", false},
	    {"anexample", "example", false},
	    {"a\\046example", "example", false},
	    {"example", "a.example", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(dns_name_below(span_from(rows[i].name), span_from(rows[i].zone)) ==
				  rows[i].below,
		    "%s below %s", rows[i].name, rows[i].zone);
	unit_span_eq("parent", dns_name_parent(span_from("a.b.c")), "b.c");
	unit_span_eq("parent of one label", dns_name_parent(span_from("c")), "");
	unit_span_eq("parent of the root", dns_name_parent(span_from("")), "");
	unit_span_eq("parent past an escape", dns_name_parent(span_from("a\\046b.c")), "c");
	ck_assert_uint_eq(dns_name_labels(span_from("")), 0);
	ck_assert_uint_eq(dns_name_labels(span_from("a")), 1);
	ck_assert_uint_eq(dns_name_labels(span_from("a.b\\046c.d")), 3);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    normalize, longest_text, wire_and_back, wire, relations, NULL};

	return unit_main("dnsname", tests);
}
