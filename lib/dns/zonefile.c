/*
 * SPDX-License-Identifier: ISC
 *
 * The text of a master file as a zone: directives and owners here, the data of each record by
 * ldns, the form of entries by dns/master.
 */
#include "dns/zonefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "dns/master.h"
#include "dns/rr.h"

/* The most characters of a record's data as text; ldns cuts what is longer than 65,535. */
#define DATA_MAX 65000
#define TTL_MAX  INT32_MAX

/* Stands for the origin where none is known, so that a name which needs it can be told. */
#define NO_ORIGIN "\\000no-origin"

struct parser {
	struct dns_zone *zone;
	struct error *err;
	unsigned line; /* of the entry being read */
	char origin[DNS_NAME_SIZE];
	bool has_origin;
	char owner[DNS_NAME_SIZE]; /* of the record before */
	bool has_owner;
	uint32_t ttl; /* of $TTL, or of the record before */
	bool has_default_ttl;
	bool begun;   /* a first entry fixed what the zone is when it has no SOA */
	bool has_top; /* $ORIGIN was in force then, or there was a SOA */
	bool has_soa;
	struct buffer text; /* a record as ldns is given it */
};

__attribute__((format(printf, 2, 3))) static int fail(const struct parser *p, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return error_usage(p->err, "%s:%u: %s", p->zone->file, p->line, what);
}

/* At most so many characters of the user's text are shown in an error. */
#define SHOWN(s) (int)((s).len > 100 ? 100 : (s).len), (s).data

static int absolute_name(struct parser *p, struct span text, char out[DNS_NAME_SIZE])
{
	char whole[2 * DNS_NAME_SIZE];
	bool absolute = text.len > 0 && text.data[text.len - 1] == '.';
	int failed;

	if (text.len == 0)
		return fail(p, "a name is missing: expected one after the directive");
	if (!absolute && !p->has_origin)
		return fail(p,
		    "the name \"%.*s\" does not end with a dot and no $ORIGIN is in "
		    "force: expected $ORIGIN above, or the whole name",
		    SHOWN(text));
	if (text.len >= DNS_NAME_SIZE)
		failed = -1;
	else if (absolute)
		failed = dns_name_normalize(text, out);
	else if (span_equal(text, SPAN("@")))
		failed = dns_name_normalize(span_from(p->origin), out);
	else {
		snprintf(whole, sizeof(whole), "%.*s.%s", (int)text.len, text.data, p->origin);
		failed = dns_name_normalize(span_from(whole), out);
	}
	if (failed < 0)
		return fail(p,
		    "\"%.*s\" is no domain name: expected labels of 1 to 63 octets, "
		    "at most 255 octets in all",
		    SHOWN(text));
	return 0;
}

/* A number of seconds, or numbers with the units w, d, h, m, s: "1h30m". */
static int read_ttl(struct span text, uint32_t *out)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	uint64_t total = 0, value = 0;
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint64_t seconds = 0;

		if (ascii_digit(text.data[i])) {
			value = value * 10 + (uint64_t)(text.data[i] - '0');
			digits++;
		}
		for (size_t k = 0; k < ARRAY_SIZE(units); k++)
			if (ascii_lower(text.data[i]) == units[k].unit)
				seconds = units[k].seconds;
		if (value > TTL_MAX ||
		    (!ascii_digit(text.data[i]) && (seconds == 0 || digits == 0)))
			return -1;
		if (seconds == 0)
			continue;
		total += value * seconds;
		value = digits = 0;
		if (total > TTL_MAX)
			return -1;
	}
	total += value;
	*out = (uint32_t)total;
	return text.len > 0 && total <= TTL_MAX ? 0 : -1;
}

static int read_origin(struct parser *p, struct span arguments)
{
	char name[DNS_NAME_SIZE];

	if (absolute_name(p, span_cut(&arguments, ' '), name) < 0)
		return -1;
	if (arguments.data != NULL)
		return fail(p, "\"%.*s\" after the name: expected one name", SHOWN(arguments));
	memcpy(p->origin, name, sizeof(name));
	p->has_origin = true;
	return 0;
}

static int read_default_ttl(struct parser *p, struct span arguments)
{
	if (read_ttl(arguments, &p->ttl) < 0)
		return fail(p,
		    "$TTL \"%.*s\": expected a number of seconds up to 2147483647, or "
		    "one with units such as 1h30m",
		    SHOWN(arguments));
	p->has_default_ttl = true;
	return 0;
}

static int refuse_include(struct parser *p, struct span arguments)
{
	return fail(p, "$INCLUDE \"%.*s\" is refused: expected the records themselves in this file",
	    SHOWN(arguments));
}

/* The first record or failure: the origin in force is the zone, unless a SOA says otherwise. */
static void begin(struct parser *p)
{
	if (p->begun)
		return;
	p->begun = true;
	p->zone->line = p->line;
	p->has_top = p->has_origin;
	p->zone->top = arena_span(p->zone->arena, span_from(p->origin));
}

static int read_failure(struct parser *p, struct span arguments)
{
	static const char *const words[] = {"SERVFAIL", "TIMEOUT"};
	static const enum dns_status statuses[] = {DNS_SERVFAIL, DNS_TIMEOUT};
	struct span word = span_cut(&arguments, ' ');
	int which = name_find(words, ARRAY_SIZE(words), word);
	char name[DNS_NAME_SIZE];
	struct dns_zone_node *n;

	if (which < 0)
		return fail(
		    p, "$MAILASSAY \"%.*s\": expected SERVFAIL or TIMEOUT and a name", SHOWN(word));
	if (absolute_name(p, span_cut(&arguments, ' '), name) < 0)
		return -1;
	if (arguments.data != NULL)
		return fail(p, "\"%.*s\" after the name: expected one name", SHOWN(arguments));
	begin(p);
	n = dns_zone_node(p->zone, span_from(name), p->line);
	n->fails = true;
	n->failure = statuses[which];
	return 0;
}

static int read_directive(struct parser *p, struct span text)
{
	static const char *const names[] = {"$ORIGIN", "$TTL", "$INCLUDE", "$MAILASSAY"};
	static int (*const read[])(struct parser *, struct span) = {
	    read_origin, read_default_ttl, refuse_include, read_failure};
	struct span name = span_cut(&text, ' ');
	int which = name_find(names, ARRAY_SIZE(names), name);

	_Static_assert(ARRAY_SIZE(names) == ARRAY_SIZE(read), "a function for each directive");
	if (which < 0)
		return fail(p,
		    "the directive \"%.*s\" is unknown: expected $ORIGIN, $TTL or "
		    "$MAILASSAY",
		    SHOWN(name));
	return read[which](p, text);
}

/* Whether any name of the record's data lacked an origin. */
static bool lacks_origin(const ldns_rr *rr)
{
	static const struct span mark = {NO_ORIGIN, sizeof(NO_ORIGIN) - 1};
	char name[DNS_NAME_SIZE];

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		if (dns_rdf_name(ldns_rr_rdf(rr, i), name) == 0 &&
		    dns_name_below(span_from(name), mark))
			return true;
	return false;
}

/* These may stand beside a CNAME (RFC 4034 2.5, RFC 3007 3.1.1). */
static bool stands_beside_cname(ldns_rr_type type)
{
	return type == LDNS_RR_TYPE_RRSIG || type == LDNS_RR_TYPE_NSEC || type == LDNS_RR_TYPE_KEY;
}

static int refuse_conflict(struct parser *p)
{
	return fail(
	    p, "\"%.300s.\" has a CNAME and other records: expected the CNAME alone", p->owner);
}

static int add_kept(
    struct parser *p, struct dns_zone_node *n, const ldns_rr *rr, enum dns_type type)
{
	const struct dns_zone_set *set;
	struct dns_record record;

	if (dns_record_of_rr(p->zone->arena, rr, type, &record) < 0)
		return fail(p, "the %s record is malformed: expected its data as RFC 1035 has it",
		    DNS_TYPE_NAME[type]);
	dns_zone_add_record(p->zone, n, type, &record, p->line);
	set = dns_zone_set_of(n, type);
	if (type == DNS_CNAME && set->count > 1)
		return fail(p, "\"%.300s.\" has two CNAME records: expected one", p->owner);
	return 0;
}

static int add_soa(struct parser *p, const ldns_rr *rr)
{
	struct span owner = span_from(p->owner);

	if (p->has_soa && !span_equal(p->zone->top, owner))
		return fail(
		    p, "a second SOA, of \"%.300s.\": expected one zone in a file", p->owner);
	if (!p->has_origin)
		memcpy(p->origin, p->owner, sizeof(p->origin));
	p->has_soa = p->has_top = p->has_origin = true;
	p->zone->top = arena_span(p->zone->arena, owner);
	p->zone->negative_ttl = dns_soa_negative_ttl(rr);
	return 0;
}

static int add_rr(struct parser *p, const ldns_rr *rr)
{
	ldns_rr_type number = ldns_rr_get_type(rr);
	int type = dns_type_of_number(number);
	struct dns_zone_node *n;

	if (lacks_origin(rr))
		return fail(p,
		    "a name in the data of \"%.300s.\" does not end with a dot and no "
		    "$ORIGIN is in force: expected $ORIGIN above, or the whole name",
		    p->owner);
	begin(p);
	n = dns_zone_node(p->zone, span_from(p->owner), p->line);
	n->exists = true;
	n->has_ns |= number == LDNS_RR_TYPE_NS;
	n->has_cname |= number == LDNS_RR_TYPE_CNAME;
	n->has_other |= number != LDNS_RR_TYPE_CNAME && !stands_beside_cname(number);
	if (n->has_cname && n->has_other)
		return refuse_conflict(p);
	if (number == LDNS_RR_TYPE_SOA)
		return add_soa(p, rr);
	return type < 0 ? 0 : add_kept(p, n, rr, (enum dns_type)type);
}

static const char *expected_data(ldns_rr_type type)
{
	static const struct {
		ldns_rr_type type;
		const char *expected;
	} rows[] = {
	    {LDNS_RR_TYPE_A, "an IPv4 address"},
	    {LDNS_RR_TYPE_AAAA, "an IPv6 address"},
	    {LDNS_RR_TYPE_MX, "a preference up to 65535 and a name, such as 10 mx.example.com."},
	    {LDNS_RR_TYPE_TXT, "one or more strings of at most 255 octets"},
	    {LDNS_RR_TYPE_SPF, "one or more strings of at most 255 octets"},
	    {LDNS_RR_TYPE_PTR, "one name"},
	    {LDNS_RR_TYPE_CNAME, "one name"},
	    {LDNS_RR_TYPE_NS, "one name"},
	    {LDNS_RR_TYPE_SOA, "two names, a serial number and four times"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].type == type)
			return rows[i].expected;
	return "its data as its RFC writes it";
}

static ldns_rdf *origin_rdf(const struct parser *p)
{
	uint8_t wire[DNS_NAME_WIRE_SIZE];
	const char *origin = p->has_origin ? p->origin : NO_ORIGIN;
	size_t len = dns_name_to_wire(span_from(origin), wire);
	ldns_rdf *rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, wire);

	if (rdf == NULL)
		abort();
	return rdf;
}

/*
 * What ldns would take for something else than it looks: a preference beyond 16 bits is cut, and
 * quotes become part of a name.
 */
static bool misleads(ldns_rr_type type, struct span data)
{
	uint64_t preference;

	if (type == LDNS_RR_TYPE_TXT || dns_type_of_number(type) < 0)
		return false;
	if (span_index(data, '"') >= 0)
		return true;
	return type == LDNS_RR_TYPE_MX && !span_starts(data, SPAN("\\#")) &&
	       span_to_uint(span_cut(&data, ' '), UINT16_MAX, &preference) < 0;
}

/*
 * A record that nobody asks for still makes its name exist, and is read for its syntax. Not so
 * CERT: ldns 1.8 leaks memory on an unknown algorithm.
 */
static ldns_status read_rr(struct parser *p, ldns_rr_type type, ldns_rdf *origin, ldns_rr **out)
{
	if (type != LDNS_RR_TYPE_CERT)
		return ldns_rr_new_frm_str(out, p->text.data, 0, origin, NULL);
	*out = ldns_rr_new_frm_type(type);
	return *out == NULL ? LDNS_STATUS_MEM_ERR : LDNS_STATUS_OK;
}

static int read_data(struct parser *p, ldns_rr_type type, const char *word, struct span data)
{
	ldns_rdf *origin = origin_rdf(p);
	ldns_rr *rr = NULL;
	ldns_status status = LDNS_STATUS_SYNTAX_RDATA_ERR;
	int failed;

	buffer_reset(&p->text);
	buffer_printf(&p->text, " %u IN %s %.*s", p->ttl, word, (int)data.len, data.data);
	if (data.len <= DATA_MAX && !misleads(type, data))
		status = read_rr(p, type, origin, &rr);
	ldns_rdf_deep_free(origin);
	if (status != LDNS_STATUS_OK)
		return fail(p, "%s \"%.*s\" cannot be read: expected %s", word, SHOWN(data),
		    expected_data(type));
	ldns_rr_set_ttl(rr, p->ttl);
	failed = add_rr(p, rr);
	ldns_rr_free(rr);
	return failed;
}

/* [TTL] [CLASS] in either order (RFC 1035 5.1). */
static int read_ttl_and_class(struct parser *p, struct span *text)
{
	static const char *const classes[] = {"IN", "CS", "CH", "HS", "ANY"};
	bool has_ttl = false, has_class = false;

	for (;;) {
		struct span rest = *text, part = span_cut(&rest, ' ');
		int class = name_find(classes, ARRAY_SIZE(classes), part);

		if (class > 0 || (class == 0 && has_class))
			return fail(p, "the class \"%.*s\": expected IN, once", SHOWN(part));
		if (class < 0 && (part.len == 0 || !ascii_digit(part.data[0])))
			return 0;
		if (class < 0 && (has_ttl || read_ttl(part, &p->ttl) < 0))
			return fail(p,
			    "the TTL \"%.*s\": expected one number of seconds up to "
			    "2147483647, or one with units such as 1h30m",
			    SHOWN(part));
		has_ttl |= class < 0;
		has_class |= class == 0;
		*text = rest;
	}
}

static int read_owner(struct parser *p, const struct dns_master_entry *entry, struct span *text)
{
	if (!entry->blank_owner) {
		p->has_owner = true;
		return absolute_name(p, span_cut(text, ' '), p->owner);
	}
	if (!p->has_owner)
		return fail(p, "the record has no owner and none is above it: expected a name at "
			       "the start of the line");
	return 0;
}

static int read_record(struct parser *p, const struct dns_master_entry *entry)
{
	struct span text = entry->text, word;
	uint32_t default_ttl = p->ttl;
	ldns_rr_type type;
	char name[32];
	int failed;

	if (read_owner(p, entry, &text) < 0 || read_ttl_and_class(p, &text) < 0)
		return -1;
	word = span_cut(&text, ' ');
	if (word.len == 0)
		return fail(p, "\"%.300s.\" has no record type: expected one such as A, MX or TXT",
		    p->owner);
	snprintf(name, sizeof(name), "%.*s", (int)(word.len < 31 ? word.len : 31), word.data);
	type = word.len < sizeof(name) ? ldns_get_rr_type_by_name(name) : 0;
	if (type == 0)
		return fail(p,
		    "the record type \"%.*s\" is unknown: expected one such as A, MX "
		    "or TXT, or TYPE and its number",
		    SHOWN(word));
	failed = read_data(p, type, name, text);
	if (p->has_default_ttl)
		p->ttl = default_ttl;
	return failed;
}

static int read_entries(struct parser *p, struct span text)
{
	struct dns_master m = dns_master_of(p->zone->file, text);
	struct dns_master_entry entry;
	struct buffer buffer = BUFFER_INIT;
	int got = 1, failed = 0;

	while (failed == 0 && (got = dns_master_next(&m, &buffer, &entry, p->err)) > 0) {
		p->line = entry.line;
		if (!entry.blank_owner && entry.text.data[0] == '$')
			failed = read_directive(p, entry.text);
		else
			failed = read_record(p, &entry);
	}
	buffer_clear(&buffer);
	return got < 0 ? -1 : failed;
}

static int finish(struct parser *p)
{
	struct dns_zone *z = p->zone;

	if (!p->begun) {
		p->line = 1;
		begin(p);
	}
	p->line = z->line;
	if (!p->has_top)
		return fail(p, "neither $ORIGIN nor a SOA says which zone this is: expected "
			       "\"$ORIGIN example.com.\" above the first record");
	for (const struct dns_zone_node *n = z->first; n != NULL; n = n->next) {
		p->line = n->line;
		if (!dns_name_below(n->name, z->top))
			return fail(p,
			    "\"%.200s.\" is outside the zone \"%.200s.\": expected names "
			    "in it (\"$ORIGIN .\" answers for every name)",
			    n->name.data, z->top.data);
	}
	dns_zone_complete(z);
	return 0;
}

struct dns_zone *dns_zone_parse(const char *file, struct span text, struct error *err)
{
	struct parser p = {.err = err, .ttl = DNS_ZONE_NEGATIVE_TTL};
	int failed;

	p.zone = dns_zone_new(file);
	failed = read_entries(&p, text);
	if (failed == 0)
		failed = finish(&p);
	buffer_clear(&p.text);
	if (failed < 0) {
		dns_zone_free(p.zone);
		return NULL;
	}
	return p.zone;
}
