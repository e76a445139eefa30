/*
 * SPDX-License-Identifier: ISC
 *
 * The evidence: a view's answers as text, and back.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/name.h"
#include "dns/name.h"
#include "dns/viewdata.h"

static void write_answer(
    const struct dns_question *q, const struct dns_answer *a, struct buffer *out)
{
	const char *owner = a->canonical != NULL ? a->canonical : q->name;

	buffer_printf(
	    out, ";; %s. %s %s", q->name, DNS_TYPE_NAME[q->type], DNS_STATUS_NAME[a->status]);
	if (a->canonical != NULL)
		buffer_printf(out, " %s.", a->canonical);
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < a->count; i++) {
		buffer_printf(
		    out, "%s. %u IN %s ", owner, a->records[i].ttl, DNS_TYPE_NAME[q->type]);
		dns_rdata_write(out, q->type, &a->records[i]);
		buffer_add_char(out, '\n');
	}
}

void dns_view_evidence(const struct dns_view *v, struct buffer *out)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct dns_answer *a = view_entry_answer(v->entries[i]);

		if (a != NULL)
			write_answer(&v->entries[i]->question, a, out);
	}
}

/* One question of the text, and the answer as far as it was read. */
struct restored {
	struct arena *arena;
	char name[DNS_NAME_SIZE];
	char canonical[DNS_NAME_SIZE];
	enum dns_type type;
	struct dns_answer answer;
	struct dns_record records[DNS_RECORD_MAX];
};

static int read_question(struct span line, struct restored *r)
{
	struct span name, type, status;
	int which_type, which_status;

	line = span_after(line, 3);
	name = span_cut(&line, ' ');
	type = span_cut(&line, ' ');
	status = span_cut(&line, ' ');
	which_type = name_find(DNS_TYPE_NAME, DNS_TYPE_COUNT, type);
	which_status = name_find(DNS_STATUS_NAME, DNS_STATUS_COUNT, status);
	if (dns_name_read(name, r->name) < 0 || which_type < 0 || which_status < 0)
		return -1;
	r->type = (enum dns_type)which_type;
	r->answer = (struct dns_answer){.status = (enum dns_status)which_status};
	r->answer.records = r->records;
	if (line.data == NULL)
		return 0;
	r->answer.canonical = r->canonical;
	return dns_name_read(line, r->canonical);
}

static int read_record(struct span line, struct restored *r)
{
	const char *expected = r->answer.canonical != NULL ? r->answer.canonical : r->name;
	struct span owner = span_cut(&line, ' '), ttl = span_cut(&line, ' ');
	struct span class = span_cut(&line, ' '), type = span_cut(&line, ' ');
	struct dns_record record = {.ip = {.family = IP_NONE}};
	char name[DNS_NAME_SIZE];
	uint64_t seconds;

	if (r->answer.count == DNS_RECORD_MAX || r->answer.status != DNS_OK ||
	    dns_name_read(owner, name) < 0 || strcmp(name, expected) != 0 ||
	    span_to_uint(ttl, UINT32_MAX, &seconds) < 0 || !span_equal(class, SPAN("IN")) ||
	    !span_equal(type, span_from(DNS_TYPE_NAME[r->type])) ||
	    dns_rdata_read(r->arena, r->type, line, &record) < 0)
		return -1;
	record.ttl = (uint32_t)seconds;
	if (r->answer.count == 0 || record.ttl < r->answer.ttl)
		r->answer.ttl = record.ttl;
	r->records[r->answer.count++] = record;
	return 0;
}

/* The lines of one question, from *rest on; *line counts them. */
static int read_answer(struct restored *r, struct span *rest, unsigned *line)
{
	++*line;
	if (!span_starts(*rest, SPAN(";; ")) || read_question(span_cut(rest, '\n'), r) < 0)
		return -1;
	while (rest->len > 0 && !span_starts(*rest, SPAN(";; "))) {
		++*line;
		if (read_record(span_cut(rest, '\n'), r) < 0)
			return -1;
	}
	return 0;
}

int dns_view_restore(struct dns_view *v, struct span evidence, struct error *err)
{
	struct restored *r;
	struct arena *arena = arena_new();
	unsigned line = 0;
	int failed = 0;

	while (failed == 0 && evidence.len > 0) {
		arena_reset(arena);
		r = arena_alloc(arena, sizeof(*r));
		r->arena = arena;
		if (read_answer(r, &evidence, &line) == 0)
			dns_view_put(v, span_from(r->name), r->type, &r->answer);
		else
			failed = error_usage(err,
			    "line %u of the evidence cannot be read: expected \";; NAME TYPE "
			    "STATUS\" "
			    "or, below it, a record of that name and type",
			    line);
	}
	arena_free(arena);
	return failed;
}
