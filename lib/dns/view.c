/*
 * SPDX-License-Identifier: ISC
 *
 * The view: zones first, then what was fetched; what neither has is missing.
 */
#include "dns/viewdata.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dns/name.h"
#include "dns/table.h"

#define LINKS_MAX 16

static const struct dns_answer NO_SUCH_NAME = {.status = DNS_NXDOMAIN};
static const struct dns_answer FAILED = {.status = DNS_SERVFAIL};

struct dns_view *dns_view_new(const struct dns_zones *zones)
{
	struct dns_view *v = memory_new(sizeof(*v));

	v->zones = zones;
	v->arena = arena_new();
	v->table = dns_table_new();
	return v;
}

void dns_view_free(struct dns_view *v)
{
	if (v == NULL)
		return;
	dns_table_free(v->table);
	arena_free(v->arena);
	free(v->entries);
	free(v->missing);
	free(v);
}

/* The entry of a question, made when it is not there; NULL when there are too many. */
static struct view_entry *entry_of(struct dns_view *v, struct span name, enum dns_type type)
{
	struct view_entry *e = dns_table_find(v->table, name, type);

	if (e != NULL)
		return e;
	if (v->count >= DNS_VIEW_MAX)
		return NULL;
	e = arena_alloc(v->arena, sizeof(*e));
	e->name = arena_span(v->arena, name);
	e->question = (struct dns_question){e->name.data, type};
	dns_table_add(v->table, e->name, type, e);
	array_grow(&v->entries, v->count, sizeof(struct view_entry *));
	v->entries[v->count++] = e;
	return e;
}

static void note_missing(struct dns_view *v, struct view_entry *e)
{
	if (e->missing)
		return;
	e->missing = true;
	array_grow(&v->missing, v->missing_count, sizeof(*v->missing));
	v->missing[v->missing_count++] = e->question;
}

static void unnote_missing(struct dns_view *v, struct view_entry *e)
{
	size_t at = 0;

	if (!e->missing)
		return;
	e->missing = false;
	while (v->missing[at].name != e->question.name)
		at++;
	for (v->missing_count--; at < v->missing_count; at++)
		v->missing[at] = v->missing[at + 1];
}

static const struct dns_answer *fetched(struct dns_view *v, struct span name, enum dns_type type)
{
	struct view_entry *e = entry_of(v, name, type);

	if (e == NULL)
		return &FAILED;
	if (e->fetched == NULL)
		note_missing(v, e);
	return e->fetched;
}

static const struct dns_answer *from_zones(struct dns_view *v, struct span name, enum dns_type type)
{
	return v->zones == NULL ? NULL : dns_zones_answer(v->zones, v->arena, name, type);
}

/* Whether the answer is only a pointer to another name, which is to be asked in its place. */
static bool leads_on(const struct dns_view *v, const struct dns_answer *a, bool of_zone)
{
	if (a->canonical == NULL)
		return false;
	if (a->status == DNS_OK && a->count == 0)
		return true;
	return !of_zone && v->zones != NULL && dns_zones_have(v->zones, span_from(a->canonical));
}

/* The answer at the end of a chain, as the answer to where the chain began. */
static const struct dns_answer *end_of_chain(
    struct dns_view *v, const struct dns_answer *a, const char *last, uint32_t ttl)
{
	struct dns_answer *whole = dns_answer_status(v->arena, a->status, ttl);

	whole->canonical = a->canonical != NULL ? a->canonical : last;
	whole->records = a->records;
	whole->count = a->count;
	return whole;
}

/* Follows the chain across zones and fetched answers; NULL when a part of it is missing. */
static const struct dns_answer *resolve(struct dns_view *v, struct span name, enum dns_type type)
{
	uint32_t ttl = UINT32_MAX;
	const char *last = NULL;

	for (int links = 0; links <= LINKS_MAX; links++) {
		const struct dns_answer *a = from_zones(v, name, type);
		bool of_zone = a != NULL;

		if (!of_zone)
			a = fetched(v, name, type);
		if (a == NULL)
			return NULL;
		if (a->ttl < ttl)
			ttl = a->ttl;
		if (type == DNS_CNAME || !leads_on(v, a, of_zone))
			return last == NULL ? a : end_of_chain(v, a, last, ttl);
		last = a->canonical;
		name = span_from(last);
	}
	return &FAILED;
}

const struct dns_answer *dns_view_lookup(struct dns_view *v, struct span name, enum dns_type type)
{
	char text[DNS_NAME_SIZE];
	struct view_entry *e;

	if (dns_name_normalize(name, text) < 0)
		return &NO_SUCH_NAME;
	e = entry_of(v, span_from(text), type);
	if (e == NULL)
		return &FAILED;
	if (e->answer == NULL)
		e->answer = resolve(v, e->name, type);
	return e->answer;
}

size_t dns_view_missing(const struct dns_view *v, const struct dns_question **out)
{
	*out = v->missing;
	return v->missing_count;
}

void dns_view_put(
    struct dns_view *v, struct span name, enum dns_type type, const struct dns_answer *answer)
{
	char text[DNS_NAME_SIZE];
	struct view_entry *e;

	if (dns_name_normalize(name, text) < 0)
		return;
	e = entry_of(v, span_from(text), type);
	if (e == NULL || e->fetched != NULL)
		return;
	e->fetched = dns_answer_copy(v->arena, answer);
	unnote_missing(v, e);
}

void dns_view_fail_missing(struct dns_view *v, enum dns_status status)
{
	const struct dns_answer *failed = dns_answer_status(v->arena, status, 0);

	while (v->missing_count > 0) {
		const struct dns_question *q = &v->missing[v->missing_count - 1];

		dns_view_put(v, span_from(q->name), q->type, failed);
	}
}

size_t dns_view_answered(const struct dns_view *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++)
		n += view_entry_answer(v->entries[i]) != NULL;
	return n;
}
