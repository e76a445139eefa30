/*
 * SPDX-License-Identifier: ISC
 *
 * mail/suffix: organizational domains by the public suffix list.
 */
#include "unit.h"

#include <string.h>

#include "base/buffer.h"
#include "mail/suffix.h"

static const struct {
	const char *name, *organizational;
} NAMES[] = {
    {"example.com", "example.com"},
    {"a.example.com", "example.com"},
    {"a.b.c.d.e.f.g.h.i.example.com", "example.com"},
    {"com", "com"},
    {"example.co.uk", "example.co.uk"},
    {"mail.example.co.uk", "example.co.uk"},
    {"co.uk", "co.uk"},
    {"uk", "uk"},
    /* a wildcard rule and its exception */
    {"a.b.ck", "a.b.ck"},
    {"x.a.b.ck", "a.b.ck"},
    {"b.ck", "b.ck"},
    {"mail.www.ck", "www.ck"},
    /* what registries of their own below a domain announce counts too */
    {"alice.github.io", "alice.github.io"},
    {"www.alice.github.io", "alice.github.io"},
    {"github.io", "github.io"},
    /* A-labels: the suffix of Hong Kong in Chinese, two labels */
    {"mail.example.xn--55qx5d.xn--j6w193g", "example.xn--55qx5d.xn--j6w193g"},
    {"xn--55qx5d.xn--j6w193g", "xn--55qx5d.xn--j6w193g"},
    /* a top-level domain that the list does not know is a suffix */
    {"a.b.example.test", "example.test"},
    {"a.b.c", "b.c"},
    {"localhost", "localhost"},
    {"", ""},
    /* underscores, escapes, empty labels: whatever is given, it is given back or cut at a dot */
    {"_dmarc.example.com", "example.com"},
    {"a\\046b.example.com", "example.com"},
    {"a\\046com", "a\\046com"},
    {"x.a\\046com", "x.a\\046com"},
};

START_TEST(organizational)
{
	for (size_t i = 0; i < ARRAY_SIZE(NAMES); i++) {
		struct span name = unit_guard(span_from(NAMES[i].name));

		unit_span_eq(
		    NAMES[i].name, mail_organizational_domain(name), NAMES[i].organizational);
		unit_guard_free(name);
	}
}
END_TEST

/* The answer is a part of what was asked, at any length. */
START_TEST(borrowed)
{
	for (size_t labels = 1; labels < 700; labels += 13) {
		struct buffer name = BUFFER_INIT;
		struct span asked, got;

		for (size_t i = 1; i < labels; i++)
			buffer_add_string(&name, "a.");
		buffer_add_string(&name, "com");
		asked = unit_guard(buffer_span(&name));
		got = mail_organizational_domain(asked);
		ck_assert_ptr_eq(got.data + got.len, asked.data + asked.len);
		ck_assert(got.data >= asked.data);
		ck_assert(got.data == asked.data || got.data[-1] == '.');
		unit_guard_free(asked);
		buffer_clear(&name);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {organizational, borrowed, NULL};

	return unit_main("suffix", tests);
}
