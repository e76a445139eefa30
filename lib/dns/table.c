/*
 * SPDX-License-Identifier: ISC
 *
 * A hash table of names: open addressing, at most half full. Who can choose the names (a sender's
 * records, a user's zone) is bounded elsewhere, so the hash needs no secret.
 */
#include "dns/table.h"

#include <stdlib.h>

#include "base/memory.h"

#define FIRST_SIZE 16

struct slot {
	uint64_t hash;
	struct span name;
	unsigned tag;
	void *value; /* NULL: free */
};

struct dns_table {
	struct slot *slots;
	size_t size; /* a power of two */
	size_t count;
};

/* FNV-1a, with its high bits folded down since the low ones choose the slot. */
static uint64_t hash_of(struct span name, unsigned tag)
{
	uint64_t h = 0xcbf29ce484222325U ^ tag;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (uint8_t)name.data[i]) * 0x100000001b3U;
	return h ^ h >> 32;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *slot_of(
    const struct dns_table *t, uint64_t hash, struct span name, unsigned tag)
{
	size_t at = hash & (t->size - 1);

	while (t->slots[at].value != NULL) {
		struct slot *s = &t->slots[at];

		if (s->hash == hash && s->tag == tag && span_equal(s->name, name))
			break;
		at = (at + 1) & (t->size - 1);
	}
	return &t->slots[at];
}

static void grow(struct dns_table *t)
{
	struct dns_table larger = {.size = t->size * 2, .count = t->count};

	if (larger.size > SIZE_MAX / sizeof(struct slot))
		abort();
	larger.slots = memory_new(larger.size * sizeof(struct slot));
	for (size_t i = 0; i < t->size; i++) {
		const struct slot *s = &t->slots[i];

		if (s->value != NULL)
			*slot_of(&larger, s->hash, s->name, s->tag) = *s;
	}
	free(t->slots);
	*t = larger;
}

struct dns_table *dns_table_new(void)
{
	struct dns_table *t = memory_new(sizeof(*t));

	t->size = FIRST_SIZE;
	t->slots = memory_new(t->size * sizeof(struct slot));
	return t;
}

void dns_table_free(struct dns_table *t)
{
	if (t == NULL)
		return;
	free(t->slots);
	free(t);
}

void *dns_table_find(const struct dns_table *t, struct span name, unsigned tag)
{
	return slot_of(t, hash_of(name, tag), name, tag)->value;
}

void dns_table_add(struct dns_table *t, struct span name, unsigned tag, void *value)
{
	uint64_t hash = hash_of(name, tag);

	if ((t->count + 1) * 2 > t->size)
		grow(t);
	*slot_of(t, hash, name, tag) =
	    (struct slot){.hash = hash, .name = name, .tag = tag, .value = value};
	t->count++;
}
