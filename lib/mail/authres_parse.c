/*
 * SPDX-License-Identifier: ISC
 *
 * Reading Authentication-Results, by the grammar of RFC 8601 2.2 and nothing wider.
 */
#include "mail/authres.h"

#include <string.h>

#include "mail/authres_value.h"
#include "mail/grammar.h"

#define COMMENT_DEPTH_MAX 100

struct parser {
	struct span text;
	size_t at;
	struct arena *arena;
	struct error *err;
};

static struct span rest(const struct parser *p)
{
	return span_after(p->text, p->at);
}

static bool at_end(const struct parser *p)
{
	return p->at >= p->text.len;
}

static bool at_char(const struct parser *p, char c)
{
	return !at_end(p) && p->text.data[p->at] == c;
}

static int expected(const struct parser *p, const char *what)
{
	char got[MAIL_GOT_SIZE];

	return error_usage(p->err, "Authentication-Results: octet %zu: expected %s, got %s",
	    p->at + 1, what, mail_got(p->text, p->at, got));
}

static int too_many(const struct parser *p, const char *what, unsigned max)
{
	return error_usage(p->err,
	    "Authentication-Results: octet %zu: expected at most %u %s, got more", p->at + 1, max,
	    what);
}

static int comment(struct parser *p)
{
	unsigned depth = 0;

	do {
		size_t octets = authres_character(rest(p));

		if (octets == 0)
			return expected(p, "a character of the comment or its \")\"");
		if (at_char(p, '('))
			depth++;
		else if (at_char(p, ')'))
			depth--;
		if (depth > COMMENT_DEPTH_MAX)
			return too_many(p, "comments within comments", COMMENT_DEPTH_MAX);
		p->at += octets;
	} while (depth > 0);
	return 0;
}

/* Skips CFWS. Returns 1 when there was some, 0 when not, -1 when it is malformed. */
static int blanks(struct parser *p)
{
	size_t start = p->at;

	for (;;) {
		if (at_char(p, '(')) {
			if (comment(p) < 0)
				return -1;
		} else if (at_char(p, ' ') || at_char(p, '\t')) {
			p->at++;
		} else if (at_char(p, '\r') && authres_character(rest(p)) > 0) {
			p->at += 2;
		} else {
			return p->at > start;
		}
	}
}

/* [CFWS] c [CFWS] */
static int separator(struct parser *p, char c, const char *what)
{
	if (blanks(p) < 0)
		return -1;
	if (!at_char(p, c))
		return expected(p, what);
	p->at++;
	return blanks(p) < 0 ? -1 : 0;
}

static int keyword(struct parser *p, const char *what, const char **out)
{
	size_t octets = authres_keyword(rest(p));

	if (octets == 0)
		return expected(p, what);
	if (octets > MAIL_AUTHRES_KEYWORD_MAX)
		return too_many(p, "octets of a keyword", MAIL_AUTHRES_KEYWORD_MAX);
	*out = arena_copy(p->arena, span_first(rest(p), octets));
	p->at += octets;
	return 0;
}

static int version(struct parser *p, unsigned *out)
{
	struct span digits = rest(p);
	uint64_t number;
	size_t n = 0;

	while (n < digits.len && ascii_digit(digits.data[n]))
		n++;
	if (span_to_uint(span_first(digits, n), MAIL_AUTHRES_VERSION_MAX, &number) < 0 ||
	    number == 0)
		return expected(p, "a version from 1 to 999999");
	*out = (unsigned)number;
	p->at += n;
	return 0;
}

/* Keeps the text as the value. */
static int keep(struct parser *p, struct span value, const char **out)
{
	if (value.len > MAIL_AUTHRES_VALUE_MAX)
		return too_many(p, "octets of a value", MAIL_AUTHRES_VALUE_MAX);
	*out = arena_copy(p->arena, value);
	return 0;
}

/* The quoted-string that takes so many octets, without folds and, when asked, without quoting. */
static void unquote(const struct parser *p, size_t octets, bool unescape, struct buffer *out)
{
	struct span s = span_first(rest(p), octets);

	if (unescape)
		s = span_of(s.data + 1, octets - 2);
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '\r' || s.data[i] == '\n')
			continue;
		if (s.data[i] == '\\' && !unescape)
			buffer_add_char(out, s.data[i]);
		if (s.data[i] == '\\')
			i++;
		buffer_add_char(out, s.data[i]);
	}
}

static int quoted(struct parser *p, const char **out)
{
	size_t octets = authres_quoted(rest(p));
	struct buffer text = BUFFER_INIT;
	int status;

	if (octets == 0)
		return expected(p, "a quoted string with its closing quote");
	unquote(p, octets, true, &text);
	status = keep(p, buffer_span(&text), out);
	buffer_clear(&text);
	p->at += octets;
	return status;
}

static int value(struct parser *p, const char *what, const char **out)
{
	size_t octets = authres_token(rest(p));
	struct span token = span_first(rest(p), octets);

	if (at_char(p, '"'))
		return quoted(p, out);
	if (octets == 0)
		return expected(p, what);
	if (keep(p, token, out) < 0)
		return -1;
	p->at += octets;
	return 0;
}

/* Behind "@": the domain of an address. */
static int address_domain(struct parser *p, struct buffer *text)
{
	size_t octets;

	if (separator(p, '@', "\"@\"") < 0)
		return -1;
	octets = authres_domain(rest(p));
	if (octets == 0)
		return expected(p, "a domain name behind \"@\"");
	buffer_add_char(text, '@');
	buffer_add_span(text, span_first(rest(p), octets));
	p->at += octets;
	return 0;
}

/* The local part at the cursor and its "@", which blanks may part: its octets, or 0. */
static size_t local_octets(const struct parser *p, bool *address)
{
	size_t octets = at_char(p, '"') ? authres_quoted(rest(p)) : authres_dot_atom(rest(p));
	struct parser ahead = *p;

	ahead.at += octets;
	ahead.err = NULL;
	*address = blanks(&ahead) >= 0 && at_char(&ahead, '@');
	return octets;
}

static int address(struct parser *p, size_t local, const char **out)
{
	struct buffer text = BUFFER_INIT;
	int status;

	unquote(p, local, false, &text);
	p->at += local;
	status = address_domain(p, &text);
	if (status == 0)
		status = keep(p, buffer_span(&text), out);
	buffer_clear(&text);
	return status;
}

/* pvalue, without the blanks around it */
static int property_value(struct parser *p, const char **out)
{
	static const char what[] = "a value, an address or a domain";
	bool is_address;
	size_t octets = local_octets(p, &is_address);

	if (is_address)
		return address(p, octets, out);
	octets = authres_domain(rest(p));
	/* A domain of ASCII alone is a token too, and may be the start of a longer one. */
	if (octets <= authres_token(rest(p)) || at_char(p, '"'))
		return value(p, what, out);
	if (keep(p, span_first(rest(p), octets), out) < 0)
		return -1;
	p->at += octets;
	return 0;
}

/* The list of what is read, which grows in the arena by doubling. */
static void *room(struct arena *a, void *items, size_t count, size_t size)
{
	void *grown;

	if (items != NULL && (count & (count - 1)) != 0)
		return items;
	grown = arena_alloc(a, (count == 0 ? 1 : 2 * count) * size);
	if (items != NULL)
		memcpy(grown, items, count * size);
	return grown;
}

/* The ptype was read: "." property "=" pvalue, and the blanks behind it. */
static int property(struct parser *p, struct mail_authres_property *out)
{
	if (separator(p, '.', "\".\" behind the property's type") < 0 ||
	    keyword(p, "the name of a property", &out->property) < 0 ||
	    separator(p, '=', "\"=\" behind the property") < 0 ||
	    property_value(p, &out->value) < 0)
		return -1;
	return blanks(p) < 0 ? -1 : 0;
}

static int add_property(struct parser *p, struct mail_authres_property item,
    struct mail_authres_property **items, size_t *count)
{
	if (*count == MAIL_AUTHRES_PROPERTIES_MAX)
		return too_many(p, "properties of a result", MAIL_AUTHRES_PROPERTIES_MAX);
	*items = room(p->arena, *items, *count, sizeof(item));
	(*items)[(*count)++] = item;
	return 0;
}

static bool result_ends(const struct parser *p)
{
	return at_end(p) || at_char(p, ';');
}

static int properties(struct parser *p, struct mail_authres_result *out)
{
	struct mail_authres_property item, *items = NULL;

	while (!result_ends(p)) {
		if (keyword(p, "a property, as in smtp.mailfrom=example.com", &item.ptype) < 0 ||
		    property(p, &item) < 0 ||
		    add_property(p, item, &items, &out->property_count) < 0)
			return -1;
	}
	out->properties = items;
	return 0;
}

/* "reason" "=" value, when that stands here. */
static int reason(struct parser *p, const char **out)
{
	struct parser ahead = *p;
	size_t octets = authres_keyword(rest(p));
	int parted;

	if (!span_equal_nocase(span_first(rest(p), octets), SPAN("reason")))
		return 0;
	ahead.at += octets;
	if (blanks(&ahead) < 0)
		return -1;
	if (!at_char(&ahead, '='))
		return 0;
	p->at += octets;
	if (separator(p, '=', "\"=\"") < 0 || value(p, "a reason", out) < 0)
		return -1;
	parted = blanks(p);
	if (parted == 0 && !result_ends(p))
		return expected(p, "a blank behind the reason");
	return parted < 0 ? -1 : 0;
}

/* methodspec [CFWS reasonspec] [CFWS 1*propspec] */
static int result(struct parser *p, struct mail_authres_result *out)
{
	int parted;

	if (keyword(p, "a method, as in spf=pass", &out->method) < 0 || blanks(p) < 0)
		return -1;
	if (at_char(p, '/') && (separator(p, '/', "\"/\"") < 0 || version(p, &out->version) < 0))
		return -1;
	if (separator(p, '=', "\"=\" behind the method") < 0 ||
	    keyword(p, "a result, as in spf=pass", &out->result) < 0)
		return -1;
	parted = blanks(p);
	if (parted < 0)
		return -1;
	if (parted == 0 && !result_ends(p))
		return expected(p, "a blank or \";\" behind the result");
	return reason(p, &out->reason) < 0 ? -1 : properties(p, out);
}

static int results(struct parser *p, struct mail_authres *out)
{
	struct mail_authres_result *items = NULL;

	do {
		struct mail_authres_result item = {.method = NULL};

		if (separator(p, ';', "\";\" and a result") < 0 || result(p, &item) < 0)
			return -1;
		if (out->count == MAIL_AUTHRES_RESULTS_MAX)
			return too_many(p, "results", MAIL_AUTHRES_RESULTS_MAX);
		items = room(p->arena, items, out->count, sizeof(item));
		items[out->count++] = item;
	} while (!at_end(p));
	out->results = items;
	return 0;
}

/* [CFWS] ";" [CFWS] "none" [CFWS] and nothing behind it. */
static bool is_none(const struct parser *p)
{
	static const struct span none = {"none", 4};
	struct parser ahead = *p;

	ahead.err = NULL;
	if (separator(&ahead, ';', "\";\"") < 0 || !span_starts_nocase(rest(&ahead), none))
		return false;
	ahead.at += none.len;
	return blanks(&ahead) >= 0 && at_end(&ahead);
}

int mail_authres_parse(
    struct span text, struct arena *a, struct mail_authres *out, struct error *err)
{
	struct parser p = {text, 0, a, err};
	int parted;

	*out = (struct mail_authres){.authserv_id = NULL};
	if (blanks(&p) < 0 ||
	    value(&p, "the name of the server that checked", &out->authserv_id) < 0)
		return -1;
	parted = blanks(&p);
	if (parted < 0)
		return -1;
	if (parted > 0 && !at_end(&p) && ascii_digit(text.data[p.at]) &&
	    version(&p, &out->version) < 0)
		return -1;
	return is_none(&p) ? 0 : results(&p, out);
}
