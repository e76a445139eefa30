/*
 * SPDX-License-Identifier: ISC
 *
 * mail/authres: what is read, what is refused, how it is written, and that both fit together.
 */
#include "unit.h"

#include <string.h>

#include "base/codec.h"
#include "mail/authres.h"
#include "mail/header.h"

/* The struct in one line: "ID/VERSION" and "|METHOD/VERSION=RESULT {REASON} P.Q=[VALUE]". */
static void show(const struct mail_authres *in, struct buffer *out)
{
	buffer_reset(out);
	buffer_printf(out, "[%s]/%u", in->authserv_id, in->version);
	for (size_t i = 0; i < in->count; i++) {
		const struct mail_authres_result *r = &in->results[i];

		buffer_printf(out, "|%s/%u=%s", r->method, r->version, r->result);
		if (r->reason != NULL)
			buffer_printf(out, " {%s}", r->reason);
		for (size_t k = 0; k < r->property_count; k++)
			buffer_printf(out, " %s.%s=[%s]", r->properties[k].ptype,
			    r->properties[k].property, r->properties[k].value);
	}
}

static const struct {
	const char *name, *text, *shown;
} READ[] = {
    /* The shapes of RFC 8601 appendix B. */
    {"B.2 no authentication", " mx.example.org 1; none", "[mx.example.org]/1"},
    {"B.3 one check", " mx.example.com;\r\n          spf=pass smtp.mailfrom=sender.example",
	"[mx.example.com]/0|spf/0=pass smtp.mailfrom=[sender.example]"},
    {"B.4 several checks",
	" mx.example.com;\r\n\t  auth=pass (plain) smtp.auth=alice@sender.example;\r\n"
	"\t  spf=pass smtp.mailfrom=sender.example",
	"[mx.example.com]/0|auth/0=pass smtp.auth=[alice@sender.example]"
	"|spf/0=pass smtp.mailfrom=[sender.example]"},
    {"B.4 reverse DNS", " mx.example.com; iprev=pass\r\n\tpolicy.iprev=203.0.113.200",
	"[mx.example.com]/0|iprev/0=pass policy.iprev=[203.0.113.200]"},
    {"B.5 the inner server", " mx.example.com;\r\n dkim=pass (it verifies) header.d=example.com",
	"[mx.example.com]/0|dkim/0=pass header.d=[example.com]"},
    {"B.5 the outer server",
	" mx.example.com;\r\n\tauth=pass (plain) smtp.auth=alice@example.com;\r\n"
	"\tspf=fail smtp.mailfrom=example.com",
	"[mx.example.com]/0|auth/0=pass smtp.auth=[alice@example.com]"
	"|spf/0=fail smtp.mailfrom=[example.com]"},
    {"B.6 several signatures",
	" mx.example.com;\r\n\tdkim=pass reason=\"it verifies\"\r\n\t  "
	"header.i=@list.example.net;\r\n"
	"\tdkim=fail reason=\"it does not\"\r\n\t  header.i=@author.example.com",
	"[mx.example.com]/0|dkim/0=pass {it verifies} header.i=[@list.example.net]"
	"|dkim/0=fail {it does not} header.i=[@author.example.com]"},
    {"B.6 at the list", " list.example.net;\r\n  dkim=pass (good) header.i=@author.example.com",
	"[list.example.net]/0|dkim/0=pass header.i=[@author.example.com]"},
    {"B.7 comments everywhere",
	" mx.example.net (here) 1 (the first);\r\n\tdkim (as ever) / 1 (one) = (well) fail\r\n"
	"\t  policy (then a dot) . (there) expired\r\n\t  (and now) = (what comes) 1362471462",
	"[mx.example.net]/1|dkim/1=fail policy.expired=[1362471462]"},
    /* RFC 6008, RFC 8904 and RFC 8616. */
    {"header.b", "a.b; dkim=pass header.d=c.d header.b=oINEO8hg; dkim=fail header.b=\"ET/R=uvU\"",
	"[a.b]/0|dkim/0=pass header.d=[c.d] header.b=[oINEO8hg]|dkim/0=fail header.b=[ET/R=uvU]"},
    {"a list in quotes", "a.b; dnswl=pass policy.ip=\"127.0.10.1,127.0.10.2\" dns.zone=l.example",
	"[a.b]/0|dnswl/0=pass policy.ip=[127.0.10.1,127.0.10.2] dns.zone=[l.example]"},
    {"U-labels",
	"a.b; spf=pass smtp.mailfrom=b\xc3\xbc"
	"cher.example smtp.rcptto=j\xc3\xb6@b\xc3\xbc"
	"cher.example",
	"[a.b]/0|spf/0=pass smtp.mailfrom=[b\xc3\xbc"
	"cher.example] smtp.rcptto=[j\xc3\xb6@b\xc3\xbc"
	"cher.example]"},
    /* The grammar. */
    {"nothing around", "x;none", "[x]/0"},
    {"none in capitals", "x ; NONE ", "[x]/0"},
    {"none with a comment", "x; none (not asked)", "[x]/0"},
    {"none as a method", "x; none=pass", "[x]/0|none/0=pass"},
    {"none begins a method", "x; none-such=pass", "[x]/0|none-such/0=pass"},
    {"quoted server", "\"mail server \\\"one\\\"\" 1; spf=none",
	"[mail server \"one\"]/1|spf/0=none"},
    {"no blanks", "x;a/2=b c.d=e f.g=h;i=j", "[x]/0|a/2=b c.d=[e] f.g=[h]|i/0=j"},
    {"nothing behind a quote", "x;a=b c.d=\"e\"f.g=\"h\";i=j", "[x]/0|a/0=b c.d=[e] f.g=[h]|i/0=j"},
    {"blanks around the dot", "x; a=b c . d = e", "[x]/0|a/0=b c.d=[e]"},
    {"reason as a token", "x; a=b reason=because c.d=e", "[x]/0|a/0=b {because} c.d=[e]"},
    {"reason in capitals", "x; a=b REASON = \"so\"", "[x]/0|a/0=b {so}"},
    {"reason as a type", "x; a=b reason.c=d", "[x]/0|a/0=b reason.c=[d]"},
    {"empty in quotes", "x; a=b reason=\"\" c.d=\"\"", "[x]/0|a/0=b {} c.d=[]"},
    {"escapes", "x; a=b reason=\"\\a\\\\\\\"\\ \"", "[x]/0|a/0=b {a\\\" }"},
    {"a fold in quotes", "x; a=b reason=\"one\r\n two\r\n\tthree\"",
	"[x]/0|a/0=b {one two\tthree}"},
    {"comments nested", "x (a (b (c)) \\) \xc3\xa4); a=b(c)(d)\r\n (e)f.g=h",
	"[x]/0|a/0=b f.g=[h]"},
    {"IPv6", "x; a=b c.d=\"2001:db8::1\"", "[x]/0|a/0=b c.d=[2001:db8::1]"},
    {"domain alone", "x; a=b c.d=@e.example", "[x]/0|a/0=b c.d=[@e.example]"},
    {"local part in quotes", "x; a=b c.d=\"e \\\"f\"@g.example",
	"[x]/0|a/0=b c.d=[\"e \\\"f\"@g.example]"},
    {"blanks around the at sign", "x; a=b c.d=e (f) @ g.example", "[x]/0|a/0=b c.d=[e@g.example]"},
    {"no token, but an address", "x; a=b c.d=e/f=g@h.example", "[x]/0|a/0=b c.d=[e/f=g@h.example]"},
    {"address in quotes", "x; a=b c.d=\"e@f\"", "[x]/0|a/0=b c.d=[e@f]"},
    {"dots in a token", "x; a=b c.d=.e..f.", "[x]/0|a/0=b c.d=[.e..f.]"},
    {"underscore in a token", "x; a=b c.d=_e.f", "[x]/0|a/0=b c.d=[_e.f]"},
    {"hyphens", "x; x-a=soft-b -c.d-e=f", "[x]/0|x-a/0=soft-b -c.d-e=[f]"},
};

START_TEST(reading)
{
	struct buffer shown = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(READ); i++) {
		struct span text = unit_guard(span_from(READ[i].text));
		struct arena *a = arena_new();
		struct mail_authres got;
		struct error err = {.text = ""};

		ck_assert_msg(mail_authres_parse(text, a, &got, &err) == 0, "%s: refused: %s",
		    READ[i].name, err.text);
		show(&got, &shown);
		unit_span_eq(READ[i].name, buffer_span(&shown), READ[i].shown);
		arena_free(a);
		unit_guard_free(text);
	}
	buffer_clear(&shown);
}
END_TEST

static const struct {
	const char *name, *text, *why;
} REFUSED[] = {
    {"nothing", "", "octet 1: expected the name of the server that checked, got the end"},
    {"only a comment", " (x)", "octet 5: expected the name of the server that checked"},
    {"no result", "x", "octet 2: expected \";\" and a result, got the end"},
    {"nothing behind the semicolon", "x;", "octet 3: expected a method"},
    {"a semicolon at the end", "x; a=b;", "octet 8: expected a method"},
    {"two semicolons", "x;; a=b", "octet 3: expected a method"},
    {"none and more", "x; none; a=b", "octet 8: expected \"=\" behind the method"},
    {"none twice", "x; none none", "expected \"=\" behind the method"},
    {"none behind a result", "x; a=b; none", "expected \"=\" behind the method"},
    {"address as server", "a@b.c; none", "octet 2: expected \";\""},
    {"version without a blank", "\"x\"1; none", "octet 4: expected \";\""},
    {"version zero", "x 0; none", "octet 3: expected a version from 1 to 999999"},
    {"version too large", "x 1000000; none", "expected a version"},
    {"no version", "x; a/=b", "octet 6: expected a version"},
    {"no result word", "x; a=", "octet 6: expected a result"},
    {"empty result word", "x; a= ;b=c", "octet 7: expected a result"},
    {"underscore in a method", "x; a_b=c", "octet 5: expected \"=\" behind the method"},
    {"hyphen at the end", "x; a-=c", "octet 4: expected a method"},
    {"quoted result", "x; a=\"b\"", "octet 6: expected a result"},
    {"result and quote", "x; a=b\"c\"", "octet 7: expected a blank or \";\" behind the result"},
    {"bare word", "x; a=b c", "octet 9: expected \".\" behind the property's type"},
    {"no property", "x; a=b c.=d", "octet 10: expected the name of a property"},
    {"no value", "x; a=b c.d=", "octet 12: expected a value, an address or a domain, got the end"},
    {"no value before the next", "x; a=b c.d=; e=f", "octet 12: expected a value"},
    {"value with slash", "x; a=b c.d=e/f", "octet 13: expected a property"},
    {"value with colon", "x; a=b c.d=2001:db8::1", "octet 16: expected a property"},
    {"one label behind the at sign", "x; a=b c.d=e@f", "octet 14: expected a domain name"},
    {"nothing behind the at sign", "x; a=b c.d=e@", "octet 14: expected a domain name"},
    {"two at signs", "x; a=b c.d=e@f.g@h.i", "octet 17: expected a property"},
    {"null path", "x; a=b c.d=<>", "octet 12: expected a value"},
    {"reason behind a property", "x; a=b c.d=e reason=f", "expected \".\" behind the property"},
    {"two reasons", "x; a=b reason=c reason=d", "expected \".\" behind the property"},
    {"reason and no blank", "x; a=b reason=\"c\"d.e=f", "expected a blank behind the reason"},
    {"reason without a value", "x; a=b reason=; c=d", "octet 15: expected a reason"},
    {"reason as an address", "x; a=b reason=c@d.e", "expected a blank behind the reason"},
    {"quote not closed", "x; a=b c.d=\"e", "octet 12: expected a quoted string with its closing"},
    {"backslash at the end", "x; a=b c.d=\"e\\", "expected a quoted string"},
    {"comment not closed", "x (a (b); c=d", "octet 14: expected a character of the comment"},
    {"comment closed twice", "x (a)); c=d", "octet 6: expected \";\""},
    {"bare CR", "x;\ra=b", "octet 3: expected a method, as in spf=pass, got octet 0x0D"},
    {"bare LF", "x;\n a=b", "octet 3: expected a method"},
    {"line end without a blank", "x;\r\na=b", "octet 3: expected a method"},
    {"line end in quotes", "x; a=b c.d=\"e\r\nf\"", "expected a quoted string"},
    {"control octet in quotes", "x; a=b c.d=\"e\x01\"", "expected a quoted string"},
    {"DEL in a comment", "x (\x7f); a=b", "octet 4: expected a character of the comment"},
    {"no UTF-8 in quotes", "x; a=b c.d=\"\xff\"", "expected a quoted string"},
    {"no UTF-8 in a comment", "x (\xc3); a=b", "expected a character of the comment"},
    {"UTF-8 in a method", "x; \xc3\xa4=b", "expected a method"},
    {"UTF-8 in a token", "x; a=b c.d=\xc3\xa4", "expected a value"},
};

START_TEST(refusing)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		struct span text = unit_guard(span_from(REFUSED[i].text));
		struct arena *a = arena_new();
		struct mail_authres got;
		struct error err = {.text = ""};

		ck_assert_msg(
		    mail_authres_parse(text, a, &got, &err) == -1, "%s: taken", REFUSED[i].name);
		ck_assert_msg(strstr(err.text, REFUSED[i].why) != NULL, "%s: \"%s\"",
		    REFUSED[i].name, err.text);
		ck_assert_msg(mail_authres_parse(text, a, &got, NULL) == -1, "%s: without err",
		    REFUSED[i].name);
		arena_free(a);
		unit_guard_free(text);
	}
}
END_TEST

/* head, middle repeated, tail: 0 or -1. */
static int parse_many(const char *head, const char *middle, size_t n, const char *tail)
{
	struct buffer b = BUFFER_INIT;
	struct arena *a = arena_new();
	struct mail_authres got;
	int status;

	buffer_add_string(&b, head);
	while (n-- > 0)
		buffer_add_string(&b, middle);
	buffer_add_string(&b, tail);
	status = mail_authres_parse(buffer_span(&b), a, &got, NULL);
	arena_free(a);
	buffer_clear(&b);
	return status;
}

static const struct {
	const char *name, *head, *middle, *tail;
	size_t most;
} LIMITS[] = {
    {"results", "x", "; a=b", "", MAIL_AUTHRES_RESULTS_MAX},
    {"properties", "x; a=b", " c.d=e", "", MAIL_AUTHRES_PROPERTIES_MAX},
    {"keyword", "x; ", "k", "=b", MAIL_AUTHRES_KEYWORD_MAX},
    {"token", "x; a=b c.d=", "v", "", MAIL_AUTHRES_VALUE_MAX},
    {"quoted string", "x; a=b c.d=\"", "\\v", "\"", MAIL_AUTHRES_VALUE_MAX},
    {"address", "x; a=b c.d=", "v", "@e.f", MAIL_AUTHRES_VALUE_MAX - 4},
    {"domain", "x; a=b c.d=@", "e.", "f", (MAIL_AUTHRES_VALUE_MAX - 2) / 2},
    {"server", "", "s", "; none", MAIL_AUTHRES_VALUE_MAX},
    {"version", "x ", "9", "; none", 6},
};

START_TEST(limits)
{
	for (size_t i = 0; i < ARRAY_SIZE(LIMITS); i++) {
		ck_assert_msg(parse_many(LIMITS[i].head, LIMITS[i].middle, LIMITS[i].most,
				  LIMITS[i].tail) == 0,
		    "%s: refused at the limit", LIMITS[i].name);
		ck_assert_msg(parse_many(LIMITS[i].head, LIMITS[i].middle, LIMITS[i].most + 1,
				  LIMITS[i].tail) == -1,
		    "%s: taken above the limit", LIMITS[i].name);
	}
	ck_assert_int_eq(parse_many("x (", "()", 100000, "); none"), 0);
	ck_assert_int_eq(parse_many("x ", "(", 100000, ""), -1);
}
END_TEST

/* No line beyond the columns unless one word is longer; never beyond 998 octets. */
static void check_lines(const char *row, struct span field)
{
	ck_assert_msg(span_ends_nocase(field, SPAN("\r\n")), "%s: no line end", row);
	field.len -= 2;
	for (bool first = true; field.data != NULL; first = false) {
		struct span line = span_cut(&field, '\n');
		size_t columns = line.len;

		ck_assert_msg(utf8_valid(line), "%s: UTF-8", row);
		if (field.data != NULL) {
			ck_assert_msg(line.data[line.len - 1] == '\r', "%s: bare LF", row);
			columns--;
		}
		ck_assert_msg(span_index(span_first(line, columns), '\r') < 0, "%s: CR", row);
		ck_assert_msg(first || line.data[0] == '\t' || line.data[0] == ' ',
		    "%s: no continuation line", row);
		ck_assert_msg(columns <= 998, "%s: %zu octets", row, columns);
		ck_assert_msg(columns <= 78 || span_index(span_after(line, 1), ' ') < 0,
		    "%s: \"%.*s\"", row, (int)columns, line.data);
	}
}

static struct span field_value(struct span field, struct arena *a)
{
	struct mail_header h;

	mail_header_parse(field, a, &h);
	ck_assert_uint_eq(h.count, 1);
	ck_assert(!h.malformed);
	unit_span_eq("name", h.fields[0].name, "Authentication-Results");
	return h.fields[0].value;
}

START_TEST(written_and_read_again)
{
	struct buffer field = BUFFER_INIT, shown = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(READ); i++) {
		struct arena *a = arena_new();
		struct mail_authres first, again;
		struct error err = {.text = ""};

		ck_assert_int_eq(mail_authres_parse(span_from(READ[i].text), a, &first, NULL), 0);
		buffer_reset(&field);
		mail_authres_write(&field, &first);
		check_lines(READ[i].name, buffer_span(&field));
		ck_assert_msg(
		    mail_authres_parse(field_value(buffer_span(&field), a), a, &again, &err) == 0,
		    "%s: %s in %s", READ[i].name, err.text, field.data);
		show(&again, &shown);
		unit_span_eq(READ[i].name, buffer_span(&shown), READ[i].shown);
		arena_free(a);
	}
	buffer_clear(&field);
	buffer_clear(&shown);
}
END_TEST

/* One value as reason and as property, how it is written, and in a message of ASCII alone. */
static const struct {
	const char *name, *value, *property, *ascii;
} VALUES[] = {
    {"token", "example.com", "example.com", NULL},
    {"address", "a@example.com", "a@example.com", NULL},
    {"domain of an address", "@example.com", "@example.com", NULL},
    {"quoted local part", "\"a b\"@example.com", "\"a b\"@example.com", NULL},
    {"one label", "a@localhost", "\"a@localhost\"", NULL},
    {"literal", "a@[192.0.2.1]", "\"a@[192.0.2.1]\"", NULL},
    {"two addresses", "a@b.c, d@e.f", "\"a@b.c, d@e.f\"", NULL},
    {"empty", "", "\"\"", NULL},
    {"IPv6", "2001:db8::1", "\"2001:db8::1\"", NULL},
    {"semicolon", "a; b=c", "\"a; b=c\"", NULL},
    {"quotes", "a\"b\\c", "\"a\\\"b\\\\c\"", NULL},
    {"comment", "(a", "\"(a\"", NULL},
    {"line end", "a\r\nX: y", "\"a\\\\013\\\\010X: y\"", NULL},
    {"tab", "a\tb", "\"a\tb\"", NULL},
    {"control octets", "\x01\x7f", "\"\\\\001\\\\127\"", NULL},
    {"no UTF-8", "\xff\xc3", "\"\\\\255\\\\195\"", NULL},
    {"U-label", "b\xc3\xbc.example", "b\xc3\xbc.example", "\"b\\\\195\\\\188.example\""},
    {"UTF-8", "\xc3\xbc", "\"\xc3\xbc\"", "\"\\\\195\\\\188\""},
};

static void write_property(struct buffer *out, const char *value, bool ascii)
{
	const struct mail_authres_property p = {"smtp", "mailfrom", value};
	const struct mail_authres_result r = {"spf", 0, "pass", NULL, &p, 1};
	const struct mail_authres in = {"mx.example.net", 0, &r, 1, ascii};

	buffer_reset(out);
	mail_authres_write(out, &in);
}

START_TEST(values)
{
	static const char head[] =
	    "Authentication-Results: mx.example.net;\r\n\tspf=pass smtp.mailfrom=";
	struct buffer field = BUFFER_INIT, want = BUFFER_INIT;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(VALUES); i++) {
		size_t row = i / 2;
		bool ascii = i % 2 == 1;

		buffer_reset(&want);
		buffer_printf(&want, "%s%s\r\n", head,
		    ascii && VALUES[row].ascii != NULL ? VALUES[row].ascii : VALUES[row].property);
		write_property(&field, VALUES[row].value, ascii);
		unit_span_eq(VALUES[row].name, buffer_span(&field), want.data);
	}
	buffer_clear(&field);
	buffer_clear(&want);
}
END_TEST

/* Reasons of every length and with runs of blanks come back as they were. */
START_TEST(folds_in_quotes)
{
	static const char text[] =
	    "no mechanism of example.com's  record matches \"192.0.2.1\" and it   ends in -all: "
	    "add the sending address \\ or send from one that is listed \tthere, as the owner of "
	    "the domain may know best of all; a-very-long-word-that-does-not-fit-into-a-line-of-"
	    "seventy-eight-columns-whatever-one-does-to-make-it-fit ends this sentence. ";
	struct buffer field = BUFFER_INIT;

	for (size_t n = 0; n < sizeof(text); n++) {
		struct arena *a = arena_new();
		const struct mail_authres_result r = {
		    "spf", 1, "fail", arena_copy(a, span_of(text, n)), NULL, 0};
		const struct mail_authres in = {"mx.example.net", 1, &r, 1, true};
		struct mail_authres again;
		struct span value;

		buffer_reset(&field);
		mail_authres_write(&field, &in);
		value = field_value(buffer_span(&field), a);
		ck_assert_int_eq(mail_authres_parse(value, a, &again, NULL), 0);
		ck_assert_str_eq(again.results[0].reason, r.reason);
		ck_assert_int_eq(
		    mail_authres_parse(mail_field_unfold(&(struct mail_field){.value = value}, a),
			a, &again, NULL),
		    0);
		ck_assert_str_eq(again.results[0].reason, r.reason);
		arena_free(a);
	}
	buffer_clear(&field);
}
END_TEST

/* A value too long is cut, at a character and not within an escape, and marked. */
START_TEST(long_values)
{
	static const char *const units[] = {
	    "a", "\"", "\x01", "\xc3\xbc", "\xe2\x82\xac", "b ", "c@"};
	struct buffer value = BUFFER_INIT, field = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(units) * 3; i++) {
		struct arena *a = arena_new();
		struct mail_authres again;
		const char *got;

		buffer_reset(&value);
		buffer_add(&value, "xyz", i / ARRAY_SIZE(units));
		while (value.len < 5000)
			buffer_add_string(&value, units[i % ARRAY_SIZE(units)]);
		write_property(&field, value.data, false);
		check_lines("long", buffer_span(&field));
		ck_assert_int_eq(
		    mail_authres_parse(field_value(buffer_span(&field), a), a, &again, NULL), 0);
		got = again.results[0].properties[0].value;
		ck_assert(span_ends_nocase(span_from(got), SPAN("...")));
		ck_assert_uint_le(strlen(got), MAIL_AUTHRES_VALUE_MAX);
		ck_assert_uint_gt(strlen(got), MAIL_AUTHRES_VALUE_MAX - 8);
		arena_free(a);
	}
	buffer_clear(&value);
	buffer_clear(&field);
}
END_TEST

/* Keywords are the program's own; even so nothing else gets through. */
START_TEST(odd_keywords)
{
	const struct mail_authres_property p = {"sm\r\ntp", "mail from=", "a"};
	const struct mail_authres_result r = {"s;p\"f", 7, "pa(ss", NULL, &p, 1};
	const struct mail_authres in = {"x\ny", 2, &r, 1, false};
	struct buffer field = BUFFER_INIT;

	mail_authres_write(&field, &in);
	ck_assert_str_eq(field.data, "Authentication-Results: \"x\\\\010y\" 2;\r\n"
				     "\tspf/7=pass smtp.mailfrom=a\r\n");
	buffer_clear(&field);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reading, refusing, limits, written_and_read_again, values,
	    folds_in_quotes, long_values, odd_keywords, NULL};

	return unit_main("authres", tests);
}
