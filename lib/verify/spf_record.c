/*
 * SPDX-License-Identifier: ISC
 *
 * The text of an SPF record as terms (RFC 7208 12).
 */
#include "verify/spf_record.h"

#include <string.h>

#include "verify/spf_macro.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_DOMAIN,          /* ":" domain-spec */
	ARGUMENT_OPTIONAL_DOMAIN, /* [ ":" domain-spec ] */
	ARGUMENT_OPTIONAL_CIDR,   /* [ ":" domain-spec ] [ dual-cidr-length ] */
	ARGUMENT_IP4,             /* ":" ip4-network [ "/" length ] */
	ARGUMENT_IP6,             /* ":" ip6-network [ "/" length ] */
	ARGUMENT_VALUE,           /* of a modifier */
};

struct kind {
	const char *name;
	enum argument argument;
	bool asks;
	const char *form; /* for a sentence: what the term looks like */
};

static const struct kind KIND[] = {
    [SPF_TERM_ALL] = {"all", ARGUMENT_NONE, false, "all"},
    [SPF_TERM_INCLUDE] = {"include", ARGUMENT_DOMAIN, true, "include:DOMAIN"},
    [SPF_TERM_A] = {"a", ARGUMENT_OPTIONAL_CIDR, true, "a, a:DOMAIN or a:DOMAIN/24//64"},
    [SPF_TERM_MX] = {"mx", ARGUMENT_OPTIONAL_CIDR, true, "mx, mx:DOMAIN or mx:DOMAIN/24//64"},
    [SPF_TERM_PTR] = {"ptr", ARGUMENT_OPTIONAL_DOMAIN, true, "ptr or ptr:DOMAIN"},
    [SPF_TERM_IP4] = {"ip4", ARGUMENT_IP4, false, "ip4:192.0.2.1 or ip4:192.0.2.0/24"},
    [SPF_TERM_IP6] = {"ip6", ARGUMENT_IP6, false, "ip6:2001:db8::1 or ip6:2001:db8::/32"},
    [SPF_TERM_EXISTS] = {"exists", ARGUMENT_DOMAIN, true, "exists:DOMAIN"},
    [SPF_TERM_REDIRECT] = {"redirect", ARGUMENT_VALUE, true, "redirect=DOMAIN"},
    [SPF_TERM_EXP] = {"exp", ARGUMENT_VALUE, false, "exp=DOMAIN"},
    [SPF_TERM_UNKNOWN] = {"", ARGUMENT_VALUE, false, "NAME=VALUE"},
};
_Static_assert(ARRAY_SIZE(KIND) == SPF_TERM_KIND_COUNT, "one row for each kind of term");

static const struct span VERSION = {"v=spf1", 6};

bool spf_record_is(struct span text)
{
	return span_starts_nocase(text, VERSION) &&
	       (text.len == VERSION.len || text.data[VERSION.len] == ' ');
}

bool spf_term_asks(enum spf_term_kind kind)
{
	return KIND[kind].asks;
}

/* Sets err to "TERM": WHY. */
static int bad_term(const struct spf_term *t, const char *why, struct error *err)
{
	char shown[VERDICT_SHOW_SIZE];

	return error_usage(err, "\"%s\": %s", verdict_show(t->text, shown), why);
}

static int bad_form(const struct spf_term *t, struct error *err)
{
	char shown[VERDICT_SHOW_SIZE];

	return error_usage(
	    err, "\"%s\": expected %s", verdict_show(t->text, shown), KIND[t->kind].form);
}

/* A label of letters, digits and inner hyphens that is not all digits. */
static bool top_label(struct span label)
{
	bool other = false;

	if (label.len == 0 || label.data[0] == '-' || label.data[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!ascii_alnum(label.data[i]) && label.data[i] != '-')
			return false;
		other = other || !ascii_digit(label.data[i]);
	}
	return other;
}

/* domain-end: a dot and a top label, perhaps a final dot. */
static bool ends_in_top_label(struct span spec)
{
	ptrdiff_t dot;

	if (spec.len > 0 && spec.data[spec.len - 1] == '.')
		spec.len--;
	dot = span_rindex(spec, '.');
	return dot >= 0 && top_label(span_after(spec, (size_t)dot + 1));
}

static int read_domain(struct span spec, struct spf_term *t, struct error *err)
{
	struct error macro;
	bool ends_in_macro;
	struct ip ip;

	if (spec.len == 0)
		return bad_form(t, err);
	if (spf_macro_check(spec, 0, &ends_in_macro, &macro) < 0)
		return bad_term(t, macro.text, err);
	if (ip_parse(spec, &ip) == 0)
		return bad_term(
		    t, "a domain name is expected here, write an address as ip4: or ip6:", err);
	if (!ends_in_macro && !ends_in_top_label(spec))
		return bad_term(t, "expected a domain name of two or more labels", err);
	t->domain = spec;
	return 0;
}

static int read_colon_domain(struct span rest, struct spf_term *t, struct error *err)
{
	if (rest.len == 0 || rest.data[0] != ':')
		return bad_form(t, err);
	return read_domain(span_after(rest, 1), t, err);
}

/* Digits without a leading zero, at most max. */
static int read_bits(struct span digits, unsigned max, unsigned *bits)
{
	uint64_t value;

	if (digits.len > 1 && digits.data[0] == '0')
		return -1;
	if (span_to_uint(digits, max, &value) < 0)
		return -1;
	*bits = (unsigned)value;
	return 0;
}

/* Cuts a prefix length with its slashes off the end of *rest: 1, 0 when there is none, -1. */
static int cut_bits(struct span *rest, struct span slashes, unsigned max, unsigned *bits)
{
	size_t n = rest->len;

	while (n > 0 && ascii_digit(rest->data[n - 1]))
		n--;
	if (n == rest->len || n < slashes.len ||
	    !span_equal(span_of(rest->data + n - slashes.len, slashes.len), slashes))
		return 0;
	if (read_bits(span_after(*rest, n), max, bits) < 0)
		return -1;
	rest->len = n - slashes.len;
	return 1;
}

static int read_optional_cidr(struct span rest, struct spf_term *t, struct error *err)
{
	t->bits4 = 32;
	t->bits6 = 128;
	if (cut_bits(&rest, SPAN("//"), 128, &t->bits6) < 0)
		return bad_term(t, "an IPv6 prefix length is a number from 0 to 128", err);
	if (cut_bits(&rest, SPAN("/"), 32, &t->bits4) < 0)
		return bad_term(t, "an IPv4 prefix length is a number from 0 to 32", err);
	if (rest.len == 0)
		return 0;
	return read_colon_domain(rest, t, err);
}

/* ::ffff:a.b.c.d stays what was written: no client, which has it unmapped, is in it. */
static void keep_mapped(struct ip *ip)
{
	struct ip mapped = {.family = IP_V6};

	if (ip->family != IP_V4)
		return;
	mapped.octets[10] = mapped.octets[11] = 0xff;
	memcpy(mapped.octets + 12, ip->octets, 4);
	*ip = mapped;
}

static int read_network(struct span rest, struct spf_term *t, struct error *err)
{
	bool v6 = KIND[t->kind].argument == ARGUMENT_IP6;
	unsigned max = v6 ? 128 : 32;

	if (rest.len < 2 || rest.data[0] != ':')
		return bad_form(t, err);
	rest = span_after(rest, 1);
	t->network.bits = max;
	if (cut_bits(&rest, SPAN("/"), max, &t->network.bits) < 0)
		return bad_term(t,
		    v6 ? "an IPv6 prefix length is a number from 0 to 128"
		       : "an IPv4 prefix length is a number from 0 to 32",
		    err);
	if ((span_index(rest, ':') >= 0) != v6 || ip_parse(rest, &t->network.ip) < 0)
		return bad_form(t, err);
	if (v6)
		keep_mapped(&t->network.ip);
	return 0;
}

static int read_value(struct span rest, struct spf_term *t, struct error *err)
{
	struct error macro;

	rest = span_after(rest, 1); /* the "=" */
	if (t->kind != SPF_TERM_UNKNOWN)
		return read_domain(rest, t, err);
	if (spf_macro_check(rest, SPF_MACRO_TEXT, NULL, &macro) < 0)
		return bad_term(t, macro.text, err);
	return 0;
}

static int read_argument(struct span rest, struct spf_term *t, struct error *err)
{
	switch (KIND[t->kind].argument) {
	case ARGUMENT_NONE:
		return rest.len == 0 ? 0 : bad_form(t, err);
	case ARGUMENT_OPTIONAL_DOMAIN:
		return rest.len == 0 ? 0 : read_colon_domain(rest, t, err);
	case ARGUMENT_DOMAIN:
		return read_colon_domain(rest, t, err);
	case ARGUMENT_OPTIONAL_CIDR:
		return read_optional_cidr(rest, t, err);
	case ARGUMENT_IP4:
	case ARGUMENT_IP6:
		return read_network(rest, t, err);
	case ARGUMENT_VALUE:
		return read_value(rest, t, err);
	}
	return -1;
}

/* The octets of a modifier's name at the start of s, 0 when none is there. */
static size_t name_length(struct span s)
{
	size_t n = 0;

	if (s.len == 0 || !ascii_alpha(s.data[0]))
		return 0;
	while (n < s.len &&
	       (ascii_alnum(s.data[n]) || s.data[n] == '-' || s.data[n] == '_' || s.data[n] == '.'))
		n++;
	return n;
}

static enum spf_term_kind modifier_kind(struct span name)
{
	if (span_equal_nocase(name, SPAN("redirect")))
		return SPF_TERM_REDIRECT;
	return span_equal_nocase(name, SPAN("exp")) ? SPF_TERM_EXP : SPF_TERM_UNKNOWN;
}

static bool take_qualifier(struct span *text, enum auth_result *result)
{
	static const char qualifier[] = "+-~?";
	static const enum auth_result results[] = {
	    AUTH_PASS, AUTH_FAIL, AUTH_SOFTFAIL, AUTH_NEUTRAL};
	const char *found = text->len == 0 ? NULL : memchr(qualifier, text->data[0], 4);

	*result = found == NULL ? AUTH_PASS : results[found - qualifier];
	if (found != NULL)
		*text = span_after(*text, 1);
	return found != NULL;
}

static int read_mechanism(struct span text, struct spf_term *t, struct error *err)
{
	size_t n = 0;
	bool qualified = take_qualifier(&text, &t->result);

	if (qualified && t->result == AUTH_PASS)
		t->text = text;
	while (n < text.len && text.data[n] != ':' && text.data[n] != '/')
		n++;
	for (int k = SPF_TERM_ALL; k <= SPF_TERM_EXISTS; k++) {
		if (!span_equal_nocase(span_first(text, n), span_from(KIND[k].name)))
			continue;
		t->kind = (enum spf_term_kind)k;
		return read_argument(span_after(text, n), t, err);
	}
	return bad_term(t, "no mechanism or modifier of this name is known", err);
}

static int read_term(struct span text, struct spf_term *t, struct error *err)
{
	size_t n = name_length(text);

	*t = (struct spf_term){.text = text};
	if (n == 0 || n == text.len || text.data[n] != '=')
		return read_mechanism(text, t, err);
	t->kind = modifier_kind(span_first(text, n));
	return read_argument(span_after(text, n), t, err);
}

/* Terms are divided by one or more blanks, and by nothing else. */
static bool cut_term(struct span *rest, struct span *term)
{
	while (rest->len > 0 && rest->data[0] == ' ')
		*rest = span_after(*rest, 1);
	if (rest->len == 0)
		return false;
	*term = span_cut(rest, ' ');
	return true;
}

static int keep_modifier(
    const struct spf_term *t, bool *has, struct spf_term *kept, struct error *err)
{
	if (*has)
		return bad_term(t, "this modifier may stand once only", err);
	*has = true;
	*kept = *t;
	return 0;
}

int spf_record_parse(struct span text, struct spf_record *out, struct error *err)
{
	struct span rest = span_after(text, VERSION.len), term;
	struct spf_term t;

	*out = (struct spf_record){.terms = rest};
	while (cut_term(&rest, &term)) {
		if (read_term(term, &t, err) < 0)
			return -1;
		if (t.kind == SPF_TERM_REDIRECT &&
		    keep_modifier(&t, &out->has_redirect, &out->redirect, err) < 0)
			return -1;
		if (t.kind == SPF_TERM_EXP && keep_modifier(&t, &out->has_exp, &out->exp, err) < 0)
			return -1;
	}
	return 0;
}

bool spf_record_next(struct span *rest, struct spf_term *out)
{
	struct span term;

	return cut_term(rest, &term) && read_term(term, out, NULL) == 0;
}
