/*
 * SPDX-License-Identifier: ISC
 *
 * The set of zones and its answers (RFC 1034 4.3.2 without the outside world, RFC 4592).
 */
#include "dns/zone.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dns/name.h"
#include "dns/zonefile.h"

#define LINKS_MAX 16

struct dns_zones {
	struct dns_zone **items;
	size_t count;
	struct dns_table *by_top;
};

struct dns_zones *dns_zones_new(void)
{
	struct dns_zones *z = memory_new(sizeof(*z));

	z->by_top = dns_table_new();
	return z;
}

void dns_zones_free(struct dns_zones *z)
{
	if (z == NULL)
		return;
	for (size_t i = 0; i < z->count; i++)
		dns_zone_free(z->items[i]);
	free(z->items);
	dns_table_free(z->by_top);
	free(z);
}

int dns_zones_add(struct dns_zones *z, const char *file, struct span text, struct error *err)
{
	struct dns_zone *zone = dns_zone_parse(file, text, err);
	const struct dns_zone *other;

	if (zone == NULL)
		return -1;
	other = dns_table_find(z->by_top, zone->top, 0);
	if (other != NULL) {
		error_usage(err,
		    "%s:%u: the zone \"%.300s.\" is in %.60s already: expected each zone once",
		    file, zone->line, zone->top.data, other->file);
		dns_zone_free(zone);
		return -1;
	}
	array_grow(&z->items, z->count, sizeof(*z->items));
	z->items[z->count++] = zone;
	dns_table_add(z->by_top, zone->top, 0, zone);
	return 0;
}

static void each_of_set(const struct dns_zone_node *n, const struct dns_zone_set *set,
    void (*each)(const struct dns_zone_item *item, void *arg), void *arg)
{
	for (const struct dns_zone_record *r = set->first; r != NULL; r = r->next) {
		struct dns_zone_item item = {n->name, set->type, &r->record, r->line};

		each(&item, arg);
	}
}

void dns_zones_each(const struct dns_zones *z, const char *file,
    void (*each)(const struct dns_zone_item *item, void *arg), void *arg)
{
	for (size_t i = 0; i < z->count; i++) {
		const struct dns_zone_node *n = z->items[i]->first;

		for (; n != NULL && strcmp(z->items[i]->file, file) == 0; n = n->next)
			for (const struct dns_zone_set *s = n->sets; s != NULL; s = s->next)
				each_of_set(n, s, each, arg);
	}
}

/* The zone with the longest top that name is below. */
static const struct dns_zone *deepest(const struct dns_zones *z, struct span name)
{
	const struct dns_zone *zone = dns_table_find(z->by_top, name, 0);

	while (zone == NULL && name.len > 0) {
		name = dns_name_parent(name);
		zone = dns_table_find(z->by_top, name, 0);
	}
	return zone;
}

bool dns_zones_have(const struct dns_zones *z, struct span name)
{
	return deepest(z, name) != NULL;
}

/* The existing name nearest above name, or name itself; NULL below a delegation. */
static const struct dns_zone_node *closest(const struct dns_zone *zone, struct span name)
{
	const struct dns_zone_node *found = NULL, *n;

	for (;; name = dns_name_parent(name)) {
		n = dns_zone_find(zone, name);
		if (n != NULL && n->exists && n->has_ns && name.len != zone->top.len)
			return NULL;
		if (n != NULL && n->exists && found == NULL)
			found = n;
		if (name.len <= zone->top.len)
			return found;
	}
}

/* "*." before the closest encloser (RFC 4592 3.3.1). */
static const struct dns_zone_node *wildcard(const struct dns_zone *zone, struct span encloser)
{
	char name[DNS_NAME_SIZE + 2] = "*";
	const struct dns_zone_node *n;

	if (encloser.len >= DNS_NAME_SIZE)
		return NULL;
	if (encloser.len > 0) {
		name[1] = '.';
		memcpy(name + 2, encloser.data, encloser.len);
	}
	n = dns_zone_find(zone, span_from(name));
	return n != NULL && n->exists ? n : NULL;
}

/* What the zone says of a name: its node or the wildcard's, or NULL with the status. */
static const struct dns_zone_node *zone_lookup(
    const struct dns_zone *zone, struct span name, enum dns_status *status)
{
	const struct dns_zone_node *n = dns_zone_find(zone, name);

	if (n != NULL && n->fails) {
		*status = n->failure;
		return NULL;
	}
	n = closest(zone, name);
	if (n == NULL) {
		*status = DNS_SERVFAIL;
		return NULL;
	}
	if (n->name.len == name.len)
		return n;
	*status = DNS_NXDOMAIN;
	n = wildcard(zone, n->name);
	if (n != NULL && n->has_ns) {
		*status = DNS_SERVFAIL;
		n = NULL;
	}
	return n;
}

static void least(uint32_t *ttl, uint32_t other)
{
	if (other < *ttl)
		*ttl = other;
}

static void fill(struct arena *a, const struct dns_zone_set *set, struct dns_answer *out)
{
	out->status = DNS_OK;
	out->records = arena_alloc(a, set->count * sizeof(*out->records));
	for (const struct dns_zone_record *r = set->first; r != NULL; r = r->next) {
		struct dns_record *copy = &out->records[out->count++];

		*copy = r->record;
		copy->text = arena_span(a, r->record.text);
		copy->name = arena_string(a, r->record.name);
		least(&out->ttl, copy->ttl);
	}
}

/* One link of the chain: the name that the answer is to be had from, or NULL when out is it. */
static const char *answer_link(struct arena *a, const struct dns_zone *zone, struct span name,
    enum dns_type type, struct dns_answer *out)
{
	const struct dns_zone_node *n = zone_lookup(zone, name, &out->status);
	const struct dns_zone_set *set = n == NULL ? NULL : dns_zone_set_of(n, type);
	const struct dns_zone_set *alias = n == NULL ? NULL : dns_zone_set_of(n, DNS_CNAME);

	if (set != NULL) {
		fill(a, set, out);
		return NULL;
	}
	if (alias != NULL) {
		least(&out->ttl, alias->first->record.ttl);
		return alias->first->record.name;
	}
	if (n != NULL)
		out->status = DNS_NODATA;
	least(&out->ttl, dns_failed(out) ? 0 : zone->negative_ttl);
	return NULL;
}

const struct dns_answer *dns_zones_answer(
    const struct dns_zones *z, struct arena *a, struct span name, enum dns_type type)
{
	const struct dns_zone *zone = deepest(z, name);
	struct dns_answer *out;
	const char *next;

	if (zone == NULL)
		return NULL;
	out = dns_answer_status(a, DNS_OK, INT32_MAX);
	for (size_t links = 0; links <= LINKS_MAX && zone != NULL; links++) {
		next = answer_link(a, zone, name, type, out);
		if (next == NULL)
			return out;
		out->canonical = arena_string(a, next);
		name = span_from(out->canonical);
		zone = deepest(z, name);
	}
	return zone == NULL ? out : dns_answer_status(a, DNS_SERVFAIL, 0);
}
