/*
 * SPDX-License-Identifier: ISC
 *
 * A DKIM-Signature field as what it says (RFC 6376 3.5, RFC 8301, RFC 8463). One function a tag,
 * in a table; each returns its complaint or NULL, and the first complaint is the fault.
 */
#include "verify/dkim_signature.h"

#include <stdio.h>

#include "base/codec.h"
#include "base/name.h"
#include "dns/name.h"
#include "verify/tag.h"

const char *const DKIM_ALGORITHM_NAME[] = {
    [DKIM_RSA_SHA1] = "rsa-sha1",
    [DKIM_RSA_SHA256] = "rsa-sha256",
    [DKIM_ED25519_SHA256] = "ed25519-sha256",
};
_Static_assert(ARRAY_SIZE(DKIM_ALGORITHM_NAME) == DKIM_ALGORITHM_COUNT, "a name each");

static const size_t HASH_OCTETS[] = {
    [DKIM_RSA_SHA1] = 20,
    [DKIM_RSA_SHA256] = 32,
    [DKIM_ED25519_SHA256] = 32,
};
_Static_assert(ARRAY_SIZE(HASH_OCTETS) == DKIM_ALGORITHM_COUNT, "a length each");

/* A hostile value as it is repeated in a complaint. */
static const char *shown(struct span s, struct arena *a)
{
	return tag_show(s, 60, a);
}

/* A value as it is kept, without the folding that it may have. */
static const char *kept(struct span s, struct arena *a)
{
	return tag_show(s, s.len, a);
}

static const char *read_version(struct span v, struct arena *a, struct dkim_signature *s)
{
	(void)s;
	if (span_equal(v, SPAN("1")))
		return NULL;
	return arena_printf(a, "v=%s is no version of DKIM: expected v=1", shown(v, a));
}

static const char *read_algorithm(struct span v, struct arena *a, struct dkim_signature *s)
{
	int found = name_find(DKIM_ALGORITHM_NAME, DKIM_ALGORITHM_COUNT, v);

	s->said.algorithm = kept(v, a);
	if (found < 0)
		return arena_printf(a,
		    "a=%s is no algorithm of DKIM: expected rsa-sha256 or ed25519-sha256",
		    shown(v, a));
	s->algorithm = (enum dkim_algorithm)found;
	return NULL;
}

/* base64 without its folding, or an empty span. */
static struct span decode(struct span v, struct arena *a)
{
	struct buffer octets = BUFFER_INIT;
	struct span out = {NULL, 0};

	if (base64_decode(&octets, tag_compact(v, a)) == 0)
		out = arena_span(a, buffer_span(&octets));
	buffer_clear(&octets);
	return out;
}

static const char *read_signature(struct span v, struct arena *a, struct dkim_signature *s)
{
	(void)s;
	return decode(v, a).len > 0 ? NULL : "b= is not base64";
}

/* Behind read_algorithm in the table, since the algorithm tells the length. */
static const char *read_body_hash(struct span v, struct arena *a, struct dkim_signature *s)
{
	s->body_hash = decode(v, a);
	if (s->body_hash.len == HASH_OCTETS[s->algorithm])
		return NULL;
	return arena_printf(a, "bh= is not the base64 of %zu octets, a hash of %s",
	    HASH_OCTETS[s->algorithm], DKIM_ALGORITHM_NAME[s->algorithm]);
}

static const char *read_canonicalization(struct span v, struct arena *a, struct dkim_signature *s)
{
	static const char *const names[] = {"simple", "relaxed"};
	struct span body = v, header = span_trim(span_cut(&body, '/'));
	int h = name_find(names, ARRAY_SIZE(names), header);
	int b = body.data == NULL ? 0 : name_find(names, ARRAY_SIZE(names), span_trim(body));

	if (h >= 0 && b >= 0) {
		s->said.canonicalization = arena_printf(a, "%s/%s", names[h], names[b]);
		return NULL;
	}
	s->said.canonicalization = kept(v, a);
	return arena_printf(a,
	    "c=%s is no canonicalization: expected simple or relaxed, \"/\", "
	    "simple or relaxed",
	    shown(v, a));
}

/* In the DNS a name may hold any octet and end with a dot; here neither white space nor that. */
static const char *normalize(struct span name, struct arena *a)
{
	char out[DNS_NAME_SIZE];

	if (name.len == 0 || name.data[name.len - 1] == '.' ||
	    tag_compact(name, a).len != name.len || dns_name_normalize(name, out) < 0 ||
	    out[0] == '\0')
		return NULL;
	return arena_string(a, out);
}

static const char *read_domain(struct span v, struct arena *a, struct dkim_signature *s)
{
	s->said.domain = kept(v, a);
	s->domain_name = normalize(v, a);
	if (s->domain_name != NULL)
		return NULL;
	return arena_printf(a, "d=%s is no domain name", shown(v, a));
}

static const char *read_selector(struct span v, struct arena *a, struct dkim_signature *s)
{
	s->said.selector = kept(v, a);
	if (s->domain_name != NULL && v.len > 0)
		s->key_name = normalize(span_from(arena_printf(a, "%s._domainkey.%s",
					    s->said.selector, s->domain_name)),
		    a);
	if (s->key_name != NULL || s->domain_name == NULL)
		return NULL;
	return arena_printf(
	    a, "s=%s is no selector: the name of the key would be invalid", shown(v, a));
}

/* dkim-quoted-printable (RFC 6376 2.11): "=" stands before two upper-case hexadecimal digits. */
static bool is_quoted(struct span s)
{
	static const struct span hex = {"0123456789ABCDEF", 16};

	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '=' && (i + 2 >= s.len || span_index(hex, s.data[i + 1]) < 0 ||
					    span_index(hex, s.data[i + 2]) < 0))
			return false;
	}
	return true;
}

static const char *read_identity(struct span v, struct arena *a, struct dkim_signature *s)
{
	struct span identity = tag_compact(v, a); /* RFC 6376 2.11 */
	ptrdiff_t at = span_rindex(identity, '@');

	s->said.identity = arena_copy(a, identity);
	s->identity_domain = at < 0 ? NULL : normalize(span_after(identity, (size_t)at + 1), a);
	if (v.len > DKIM_IDENTITY_MAX)
		return arena_printf(a, "i= is longer than %d octets", DKIM_IDENTITY_MAX);
	if (s->identity_domain == NULL)
		return arena_printf(a, "i=%s has no domain", shown(v, a));
	if (!is_quoted(v))
		return arena_printf(
		    a, "i=%s has a \"=\" without two hexadecimal digits behind it", shown(v, a));
	if (s->domain_name == NULL ||
	    dns_name_below(span_from(s->identity_domain), span_from(s->domain_name)))
		return NULL;
	return arena_printf(a, "the domain of i=%s is neither d= nor below it", shown(v, a));
}

static const char *lower(struct span s, struct arena *a)
{
	char *out = arena_string(a, kept(s, a));

	for (char *p = out; *p != '\0'; p++)
		*p = ascii_lower(*p);
	return out;
}

static const char *read_names(struct span v, struct arena *a, struct dkim_signature *s)
{
	struct span rest = v;
	bool from = false, empty = false;

	s->said.signed_headers = arena_alloc(a, DKIM_NAMES_MAX * sizeof(char *));
	while (rest.data != NULL) {
		struct span name = span_trim(span_cut(&rest, ':'));

		if (name.len == 0) {
			empty = v.len > 0;
			continue;
		}
		if (s->said.signed_header_count == DKIM_NAMES_MAX)
			return arena_printf(a, "h= has more than %d names", DKIM_NAMES_MAX);
		from = from || span_equal_nocase(name, SPAN("from"));
		s->said.signed_headers[s->said.signed_header_count++] = lower(name, a);
	}
	if (v.len > DKIM_NAMES_OCTETS_MAX)
		return arena_printf(a, "h= is longer than %d octets", DKIM_NAMES_OCTETS_MAX);
	if (empty)
		return "h= has an empty name: expected names with one colon between two";
	return from ? NULL : "h= does not name From, which must be signed";
}

/* Larger than any message and any date, and far from what overflows. */
#define NUMBER_MAX ((uint64_t)1 << 52)

static const char *read_number(struct span v, const char *tag, struct arena *a, int64_t *out)
{
	uint64_t number;

	if (span_to_uint(v, NUMBER_MAX, &number) < 0)
		return arena_printf(
		    a, "%s=%s is no number, or a number too large", tag, shown(v, a));
	*out = (int64_t)number;
	return NULL;
}

static const char *read_length(struct span v, struct arena *a, struct dkim_signature *s)
{
	return read_number(v, "l", a, &s->said.body_length);
}

static const char *read_time(struct span v, struct arena *a, struct dkim_signature *s)
{
	return read_number(v, "t", a, &s->said.signed_at);
}

/* Behind read_time in the table. */
static const char *read_expiry(struct span v, struct arena *a, struct dkim_signature *s)
{
	const char *fault = read_number(v, "x", a, &s->said.expires_at);

	if (fault != NULL || s->said.expires_at > s->said.signed_at)
		return fault;
	return "x= is not later than t=: it expired before it was made";
}

static const char *read_query(struct span v, struct arena *a, struct dkim_signature *s)
{
	struct span rest = v, method;

	(void)s;
	while (tag_item(&rest, &method)) {
		if (span_equal_nocase(method, SPAN("dns/txt")))
			return NULL;
	}
	return arena_printf(a, "q=%s offers no way to get the key: expected dns/txt", shown(v, a));
}

struct reader {
	struct span tag;
	bool required;
	const char *(*read)(struct span v, struct arena *a, struct dkim_signature *s);
};

static const struct reader READERS[] = {
    {{"v", 1}, true, read_version},
    {{"a", 1}, true, read_algorithm},
    {{"d", 1}, true, read_domain},
    {{"s", 1}, true, read_selector},
    {{"c", 1}, false, read_canonicalization},
    {{"h", 1}, true, read_names},
    {{"bh", 2}, true, read_body_hash},
    {{"b", 1}, true, read_signature},
    {{"i", 1}, false, read_identity},
    {{"l", 1}, false, read_length},
    {{"t", 1}, false, read_time},
    {{"x", 1}, false, read_expiry},
    {{"q", 1}, false, read_query},
};

static void read_tags(const struct tag_list *list, struct arena *a, struct dkim_signature *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(READERS); i++) {
		const struct reader *r = &READERS[i];
		const struct span *v = tag_list_find(list, r->tag);
		const char *fault = NULL;

		if (v != NULL)
			fault = r->read(*v, a, out);
		else if (r->required)
			fault = arena_printf(
			    a, "the tag %.*s= is missing", (int)r->tag.len, r->tag.data);
		if (out->fault == NULL)
			out->fault = fault;
	}
}

void dkim_signature_parse(struct span value, struct arena *a, struct dkim_signature *out)
{
	struct tag_list list;
	struct error err;

	*out = (struct dkim_signature){.algorithm = DKIM_RSA_SHA256,
	    .said = {.canonicalization = "simple/simple",
		.body_length = -1,
		.signed_at = -1,
		.expires_at = -1}};
	if (tag_list_parse(value, a, &list, &err) < 0)
		out->fault = arena_string(a, err.text);
	read_tags(&list, a, out);
	if (out->said.identity == NULL && out->said.domain != NULL) {
		out->said.identity = arena_printf(a, "@%s", out->said.domain);
		out->identity_domain = out->domain_name;
	}
}
