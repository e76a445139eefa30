/*
 * SPDX-License-Identifier: ISC
 *
 * One zone in memory.
 */
#include "dns/zonedata.h"

#include "base/memory.h"
#include "dns/name.h"

#include <stdlib.h>

struct dns_zone *dns_zone_new(const char *file)
{
	struct dns_zone *z = memory_new(sizeof(*z));

	z->arena = arena_new();
	z->file = arena_string(z->arena, file);
	z->negative_ttl = DNS_ZONE_NEGATIVE_TTL;
	z->nodes = dns_table_new();
	return z;
}

void dns_zone_free(struct dns_zone *z)
{
	if (z == NULL)
		return;
	dns_table_free(z->nodes);
	arena_free(z->arena);
	free(z);
}

struct dns_zone_node *dns_zone_find(const struct dns_zone *z, struct span name)
{
	return dns_table_find(z->nodes, name, 0);
}

/* name lives as long as the zone. */
static struct dns_zone_node *add_node(struct dns_zone *z, struct span name, unsigned line)
{
	struct dns_zone_node *n = arena_alloc(z->arena, sizeof(*n));

	n->name = name;
	n->line = line;
	dns_table_add(z->nodes, name, 0, n);
	if (z->last != NULL)
		z->last->next = n;
	else
		z->first = n;
	z->last = n;
	return n;
}

struct dns_zone_node *dns_zone_node(struct dns_zone *z, struct span name, unsigned line)
{
	struct dns_zone_node *n = dns_zone_find(z, name);

	return n != NULL ? n : add_node(z, arena_span(z->arena, name), line);
}

static struct dns_zone_set *find_set(const struct dns_zone_node *n, enum dns_type type)
{
	struct dns_zone_set *set = n->sets;

	while (set != NULL && set->type != type)
		set = set->next;
	return set;
}

const struct dns_zone_set *dns_zone_set_of(const struct dns_zone_node *n, enum dns_type type)
{
	return find_set(n, type);
}

static bool has_record(const struct dns_zone_set *set, const struct dns_record *record)
{
	const struct dns_zone_record *r = set->first;

	while (r != NULL && !dns_record_equal(set->type, &r->record, record))
		r = r->next;
	return r != NULL;
}

void dns_zone_add_record(struct dns_zone *z, struct dns_zone_node *n, enum dns_type type,
    const struct dns_record *record, unsigned line)
{
	struct dns_zone_set *set = find_set(n, type);
	struct dns_zone_record *r;

	if (set == NULL) {
		set = arena_alloc(z->arena, sizeof(*set));
		set->type = type;
		set->next = n->sets;
		n->sets = set;
	}
	if (set->count == DNS_RECORD_MAX || has_record(set, record))
		return;
	r = arena_alloc(z->arena, sizeof(*r));
	r->record = *record;
	r->line = line;
	if (set->last != NULL)
		set->last->next = r;
	else
		set->first = r;
	set->last = r;
	set->count++;
}

/* The names from this one up to the top; stops where one is known to exist already. */
static void complete_above(struct dns_zone *z, struct dns_zone_node *n)
{
	struct span name = n->name;

	while (name.len > z->top.len) {
		name = dns_name_parent(name);
		n = dns_zone_find(z, name);
		if (n != NULL && n->exists)
			return;
		if (n == NULL)
			n = add_node(z, name, 0);
		n->exists = true;
	}
}

void dns_zone_complete(struct dns_zone *z)
{
	dns_zone_node(z, z->top, z->line)->exists = true;
	for (struct dns_zone_node *n = z->first; n != NULL; n = n->next)
		if (n->exists)
			complete_above(z, n);
}
