/*
 * SPDX-License-Identifier: ISC
 *
 * DNS answers for tests as text.
 */
#include "records.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "dns/name.h"

#define RECORDS_MAX 64

struct line {
	struct span name, type, data;
};

static struct span word(struct span *rest)
{
	*rest = span_trim(*rest);
	return span_cut(rest, ' ');
}

/* Cuts the next line that is not blank off *rest. */
static bool next_line(struct span *rest, struct line *out)
{
	while (rest->data != NULL) {
		struct span line = span_trim(span_cut(rest, '\n'));

		if (line.len == 0)
			continue;
		out->name = word(&line);
		out->type = word(&line);
		out->data = line;
		return true;
	}
	return false;
}

static struct dns_record read_record(enum dns_type type, struct span data, struct arena *a)
{
	struct dns_record r = {.ttl = 300};
	uint64_t preference = 0;

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		if (ip_parse(data, &r.ip) < 0)
			abort();
		break;
	case DNS_TXT:
		r.text = data;
		break;
	case DNS_MX:
		if (span_to_uint(word(&data), 65535, &preference) < 0)
			abort();
		r.preference = (uint16_t)preference;
		r.name = arena_copy(a, data);
		break;
	case DNS_PTR:
	case DNS_CNAME:
		r.name = arena_copy(a, data);
		break;
	case DNS_TYPE_COUNT:
		abort();
	}
	return r;
}

static struct dns_answer answer(struct arena *a, const struct dns_question *q, const char *records)
{
	struct dns_answer out = {.status = DNS_NXDOMAIN, .ttl = 300};
	struct span rest = span_from(records);
	struct line line;

	out.records = arena_alloc(a, RECORDS_MAX * sizeof(*out.records));
	while (next_line(&rest, &line)) {
		int type = name_find(DNS_TYPE_NAME, DNS_TYPE_COUNT, line.type);

		if (type < 0 && span_equal(line.name, span_from(q->name)))
			return (struct dns_answer){.status = span_equal(line.type, SPAN("TIMEOUT"))
			                                         ? DNS_TIMEOUT
			                                         : DNS_SERVFAIL};
		if (type == DNS_CNAME && q->type != DNS_CNAME &&
		    span_equal(line.name, span_from(q->name)))
			return (struct dns_answer){.status = DNS_NXDOMAIN,
			    .ttl = 300,
			    .canonical = arena_copy(a, line.data)};
		if (out.status == DNS_NXDOMAIN && dns_name_below(line.name, span_from(q->name)))
			out.status = DNS_NODATA;
		if (type != (int)q->type || !span_equal(line.name, span_from(q->name)) ||
		    out.count == RECORDS_MAX)
			continue;
		out.status = DNS_OK;
		out.records[out.count++] = read_record(q->type, line.data, a);
	}
	return out;
}

size_t records_answer(struct dns_view *view, const char *records)
{
	struct arena *a = arena_new();
	const struct dns_question *missing;
	size_t total = 0;

	while (dns_view_missing(view, &missing) > 0) {
		struct dns_question q = {arena_string(a, missing[0].name), missing[0].type};
		struct dns_answer got = answer(a, &q, records);

		dns_view_put(view, span_from(q.name), q.type, &got);
		total++;
	}
	arena_free(a);
	return total;
}
