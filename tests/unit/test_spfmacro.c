/*
 * SPDX-License-Identifier: ISC
 *
 * Macros of SPF (RFC 7208 7), with the examples of its section 7.4.
 */
#include "unit.h"
#include "verify/spf_macro.h"

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static struct spf_macro_values values(const char *client)
{
	struct spf_macro_values v = {
	    .sender = SPAN("strong-bad@email.example.com"),
	    .local = SPAN("strong-bad"),
	    .sender_domain = SPAN("email.example.com"),
	    .domain = SPAN("email.example.com"),
	    .helo = SPAN("mx.example.org"),
	    .validated = SPAN("mx.example.org"),
	    .now = 1400000000,
	};

	ck_assert_int_eq(ip_parse(span_from(client), &v.client), 0);
	return v;
}

static const struct {
	const char *client; /* NULL: 192.0.2.3 */
	const char *text;
	const char *name;
} names[] = {
    {NULL, "%{s}", "strong-bad@email.example.com"},
    {NULL, "%{o}", "email.example.com"},
    {NULL, "%{d}", "email.example.com"},
    {NULL, "%{d4}", "email.example.com"},
    {NULL, "%{d3}", "email.example.com"},
    {NULL, "%{d2}", "example.com"},
    {NULL, "%{d1}", "com"},
    {NULL, "%{dr}", "com.example.email"},
    {NULL, "%{d2r}", "example.email"},
    {NULL, "%{l}", "strong-bad"},
    {NULL, "%{l-}", "strong.bad"},
    {NULL, "%{lr}", "strong-bad"},
    {NULL, "%{lr-}", "bad.strong"},
    {NULL, "%{l1r-}", "strong"},
    {NULL, "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
    {NULL, "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
    {NULL, "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
    {NULL, "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
    {NULL, "%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
    {"2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
	"1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com"},
    {NULL, "%{i}.%{h}.%{p}", "192.0.2.3.mx.example.org.mx.example.org"},
    {NULL, "%{D}", "email.example.com"},
    {NULL, "%{S}", "strong-bad%40email.example.com"},
    {NULL, "%{dR2}", ""},
    {NULL, "%{d99999999999999999999}", "email.example.com"},
    {NULL, "%{d02r}", "example.email"},
    {NULL, "a%%b%_c%-d", "a%b c%20d"},
    {NULL, "%{l.-=}x", "strong.badx"},
    {NULL, "plain.example.", "plain.example"},
    {NULL, ".", ""},
    {NULL, "", ""},
};

START_TEST(in_names)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct spf_macro_values v =
		    values(names[i].client == NULL ? "192.0.2.3" : names[i].client);
		struct span text = unit_guard(span_from(names[i].text));
		char out[SPF_NAME_SIZE];
		size_t n = spf_macro_domain(&v, text, out);

		unit_span_eq(names[i].text, span_of(out, n), names[i].name);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	struct span text;
	unsigned flags;
	int status;
	bool ends_in_macro;
	const char *letters; /* those of "slodiphcrtv" that it uses */
} syntax[] = {
    {BYTES("example.com"), 0, 0, false, ""},
    {BYTES("%{d}"), 0, 0, true, "d"},
    {BYTES("%{D2R.-+,/_=}"), 0, 0, true, "d"},
    {BYTES("a.%%"), 0, 0, true, ""},
    {BYTES("a.%_"), 0, 0, true, ""},
    {BYTES("a.%-"), 0, 0, true, ""},
    {BYTES("%{d}.com"), 0, 0, false, "d"},
    {BYTES("%{s}%{l}%{p}x"), 0, 0, false, "slp"},
    {BYTES(""), 0, 0, false, ""},
    {BYTES("%{c}"), 0, -1, false, NULL},
    {BYTES("%{R}"), 0, -1, false, NULL},
    {BYTES("%{t}"), 0, -1, false, NULL},
    {BYTES("%{c} %{r} %{t}"), SPF_MACRO_TEXT | SPF_MACRO_BLANKS, 0, true, "crt"},
    {BYTES("%{c} "), SPF_MACRO_TEXT, -1, false, NULL},
    {BYTES("a b"), 0, -1, false, NULL},
    {BYTES("a\tb"), SPF_MACRO_TEXT | SPF_MACRO_BLANKS, -1, false, NULL},
    {BYTES("a\0b"), SPF_MACRO_TEXT | SPF_MACRO_BLANKS, -1, false, NULL},
    {BYTES("a\xc3\xa4"), SPF_MACRO_TEXT | SPF_MACRO_BLANKS, -1, false, NULL},
    {BYTES("%"), 0, -1, false, NULL},
    {BYTES("%a"), 0, -1, false, NULL},
    {BYTES("%("), 0, -1, false, NULL},
    {BYTES("%{"), 0, -1, false, NULL},
    {BYTES("%{}"), 0, -1, false, NULL},
    {BYTES("%{d"), 0, -1, false, NULL},
    {BYTES("%{x}"), 0, -1, false, NULL},
    {BYTES("%{\0}"), 0, -1, false, NULL},
    {BYTES("%{d0}"), 0, -1, false, NULL},
    {BYTES("%{d00r}"), 0, -1, false, NULL},
    {BYTES("%{dr2}"), 0, -1, false, NULL},
    {BYTES("%{d-r}"), 0, -1, false, NULL},
    {BYTES("%{d:}"), 0, -1, false, NULL},
};

START_TEST(checked)
{
	static const char letters[] = "slodiphcrtv";

	for (size_t i = 0; i < ARRAY_SIZE(syntax); i++) {
		struct span text = unit_guard(syntax[i].text);
		struct error err = {0};
		bool ends = false;
		int status = spf_macro_check(text, syntax[i].flags, &ends, &err);

		ck_assert_msg(status == syntax[i].status, "%s: got %d (%s)", syntax[i].text.data,
		    status, err.text);
		ck_assert_msg((status < 0) == (err.text[0] != '\0'), "%s: \"%s\"",
		    syntax[i].text.data, err.text);
		if (status == 0)
			ck_assert_msg(ends == syntax[i].ends_in_macro, "%s", syntax[i].text.data);
		for (size_t k = 0; status == 0 && k < sizeof(letters) - 1; k++) {
			const char one[2] = {letters[k], '\0'};
			bool want = span_index(span_from(syntax[i].letters), one[0]) >= 0;

			ck_assert_msg(
			    spf_macro_uses(text, one) == want, "%s: %s", syntax[i].text.data, one);
		}
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *text;
	const char *expanded; /* NULL: none is given */
} explanations[] = {
    {"See http://%{d}/why.html?s=%{S}&i=%{I}",
	"See http://email.example.com/why.html?s=strong-bad%40email.example.com&i=192.0.2.3"},
    {"%{c} %{r} %{t}.", "192.0.2.3 unknown 1400000000."},
    {"This is a test.", "This is a test."},
    {"", ""},
    {"%{x}", NULL},
    {"100%", NULL},
    {"two\nlines", NULL},
    {"\xef\xbb\xbf"
     "text",
	NULL},
};

START_TEST(in_explanations)
{
	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		struct spf_macro_values v = values("192.0.2.3");
		struct span text = unit_guard(span_from(explanations[i].text));
		struct buffer out = BUFFER_INIT;
		bool given = explanations[i].expanded != NULL;

		buffer_add_string(&out, "<");
		ck_assert_msg(
		    (spf_macro_text(&v, text, &out) == 0) == given, "%s", explanations[i].text);
		unit_span_eq(explanations[i].text, span_after(buffer_span(&out), 1),
		    given ? explanations[i].expanded : "");
		buffer_clear(&out);
		unit_guard_free(text);
	}
}
END_TEST

/* Others' octets make no explanation, and names of whatever octets. */
START_TEST(foreign_octets)
{
	struct spf_macro_values v = values("192.0.2.3");
	struct buffer text = BUFFER_INIT;
	char out[SPF_NAME_SIZE];
	size_t n;

	v.local = SPAN("b\xc3\xbc\0ro");
	ck_assert_int_eq(spf_macro_text(&v, SPAN("%{l}"), &text), -1);
	ck_assert_int_eq(spf_macro_text(&v, SPAN("%{L}"), &text), 0);
	unit_span_eq("URL", buffer_span(&text), "b%C3%BC%00ro");
	n = spf_macro_domain(&v, SPAN("%{l}.x"), out);
	ck_assert(span_equal(span_of(out, n), SPAN("b\xc3\xbc\0ro.x")));
	v.local = span_of(NULL, 0);
	n = spf_macro_domain(&v, SPAN("%{l}%{lr}%{l2-}x"), out);
	unit_span_eq("empty values", span_of(out, n), "x");
	buffer_clear(&text);
}
END_TEST

/* RFC 7208 7.3: whole labels from the left, down to 253 octets. */
START_TEST(long_names_are_cut)
{
	struct spf_macro_values v = values("192.0.2.3");
	struct buffer spec = BUFFER_INIT;
	char out[SPF_NAME_SIZE];
	size_t n;

	for (size_t i = 0; i < 130; i++)
		buffer_add_string(&spec, "a.");
	buffer_add_string(&spec, "com");
	n = spf_macro_domain(&v, buffer_span(&spec), out);
	ck_assert_uint_eq(n, 253);
	ck_assert(span_starts(span_of(out, n), SPAN("a.a.")));
	ck_assert(span_ends_nocase(span_of(out, n), SPAN("a.com")));

	buffer_reset(&spec);
	for (size_t i = 0; i < 254; i++)
		buffer_add_char(&spec, 'x');
	ck_assert_uint_eq(spf_macro_domain(&v, buffer_span(&spec), out), 0);
	buffer_add_string(&spec, ".com");
	n = spf_macro_domain(&v, buffer_span(&spec), out);
	unit_span_eq("last label", span_of(out, n), "com");
	buffer_clear(&spec);
}
END_TEST

START_TEST(bombs)
{
	struct spf_macro_values v = values("192.0.2.3");
	struct buffer spec = BUFFER_INIT, text = BUFFER_INIT;
	char out[SPF_NAME_SIZE];

	while (spec.len < SPF_DOMAIN_SPEC_MAX)
		buffer_add_string(&spec, "%{sr}.");
	ck_assert_uint_eq(spf_macro_domain(&v, buffer_span(&spec), out), 0);
	ck_assert_int_eq(spf_macro_text(&v, buffer_span(&spec), &text), -1);
	ck_assert_uint_eq(text.len, 0);
	spec.len = SPF_DOMAIN_SPEC_MAX / 6 * 6;
	ck_assert_uint_eq(spf_macro_domain(&v, buffer_span(&spec), out), 248);
	buffer_clear(&spec);
	buffer_clear(&text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    in_names, checked, in_explanations, foreign_octets, long_names_are_cut, bombs, NULL};

	return unit_main("spfmacro", tests);
}
