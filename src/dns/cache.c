/*
 * SPDX-License-Identifier: ISC
 *
 * The cache of answers: a balanced tree, so that names chosen by a sender cannot make it slow,
 * and a list in the order of use. Each entry is one block of memory.
 */
#include "dns/cache.h"

#include <search.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/memory.h"
#include "dns/key.h"

#define TTL_MAX        86400
#define SECOND_US      INT64_C(1000000)
#define TREE_NODE_SIZE 32 /* what tsearch allocates for an entry, about */

struct kept {
	struct dns_key key; /* first: the tree's nodes point to it */
	TAILQ_ENTRY(kept) used;
	size_t size;
	int64_t kept_at_us, expires_at_us;
	struct dns_answer answer; /* points into this block */
	max_align_t data[];
};

TAILQ_HEAD(kept_list, kept);

struct dns_cache {
	void *tree;
	struct kept_list used; /* the longest unused first */
	size_t count, max_count;
	size_t bytes, max_bytes;
};

struct dns_cache *dns_cache_new(size_t max_count, size_t max_bytes)
{
	struct dns_cache *c = memory_new(sizeof(*c));

	TAILQ_INIT(&c->used);
	c->max_count = max_count;
	c->max_bytes = max_bytes;
	return c;
}

static void drop(struct dns_cache *c, struct kept *k)
{
	tdelete(&k->key, &c->tree, dns_key_compare);
	TAILQ_REMOVE(&c->used, k, used);
	c->count--;
	c->bytes -= k->size;
	free(k);
}

void dns_cache_free(struct dns_cache *c)
{
	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->used))
		drop(c, TAILQ_FIRST(&c->used));
	free(c);
}

static struct kept *find(struct dns_cache *c, struct span name, enum dns_type type)
{
	struct dns_key key = {type, name};
	void *node = tfind(&key, &c->tree, dns_key_compare);

	/* A node of the tree begins with the pointer to its key, which begins the entry. */
	return node == NULL ? NULL : *(struct kept **)node;
}

static void age(struct dns_answer *answer, uint32_t seconds)
{
	answer->ttl -= seconds < answer->ttl ? seconds : answer->ttl;
	for (size_t i = 0; i < answer->count; i++) {
		uint32_t *ttl = &answer->records[i].ttl;

		*ttl -= seconds < *ttl ? seconds : *ttl;
	}
}

struct dns_answer *dns_cache_find(
    struct dns_cache *c, struct arena *a, struct span name, enum dns_type type, int64_t now_us)
{
	struct kept *k = find(c, name, type);
	struct dns_answer *answer;

	if (k == NULL)
		return NULL;
	if (now_us >= k->expires_at_us) {
		drop(c, k);
		return NULL;
	}
	TAILQ_REMOVE(&c->used, k, used);
	TAILQ_INSERT_TAIL(&c->used, k, used);
	answer = dns_answer_copy(a, &k->answer);
	age(answer, (uint32_t)((now_us - k->kept_at_us) / SECOND_US));
	return answer;
}

static size_t string_size(const char *s)
{
	return s == NULL ? 0 : strlen(s) + 1;
}

static size_t data_size(struct span name, const struct dns_answer *answer)
{
	size_t n = answer->count * sizeof(*answer->records) + name.len + 1 +
	           string_size(answer->canonical);

	for (size_t i = 0; i < answer->count; i++)
		n += answer->records[i].text.len + string_size(answer->records[i].name);
	return n;
}

/* Copies n octets to *at, which moves on behind them; NULL stays NULL. */
static char *append(char **at, const char *data, size_t n)
{
	char *copy = *at;

	if (data == NULL)
		return NULL;
	memcpy(copy, data, n);
	*at += n;
	return copy;
}

/* An entry with everything the answer points to behind it. */
static struct kept *pack(struct span name, enum dns_type type, const struct dns_answer *answer)
{
	size_t size = sizeof(struct kept) + data_size(name, answer);
	struct kept *k = memory_new(size);
	char *at = (char *)k->data;

	k->size = size + TREE_NODE_SIZE;
	k->answer = *answer;
	k->answer.records = (struct dns_record *)(void *)k->data;
	at += answer->count * sizeof(*answer->records);
	k->key = (struct dns_key){type, {append(&at, name.data, name.len), name.len}};
	k->answer.canonical = append(&at, answer->canonical, string_size(answer->canonical));
	for (size_t i = 0; i < answer->count; i++) {
		struct dns_record *to = &k->answer.records[i];

		*to = answer->records[i];
		to->text.data = append(&at, to->text.data, to->text.len);
		to->name = append(&at, to->name, string_size(to->name));
	}
	return k;
}

void dns_cache_put(struct dns_cache *c, struct span name, enum dns_type type,
    const struct dns_answer *answer, int64_t now_us)
{
	uint32_t ttl = answer->ttl < TTL_MAX ? answer->ttl : TTL_MAX;
	struct kept *k = find(c, name, type);

	if (k != NULL)
		drop(c, k);
	if (ttl == 0 || dns_failed(answer))
		return;
	k = pack(name, type, answer);
	k->kept_at_us = now_us;
	k->expires_at_us = now_us + ttl * SECOND_US;
	if (tsearch(&k->key, &c->tree, dns_key_compare) == NULL)
		abort();
	TAILQ_INSERT_TAIL(&c->used, k, used);
	c->count++;
	c->bytes += k->size;
	while (c->count > c->max_count || c->bytes > c->max_bytes)
		drop(c, TAILQ_FIRST(&c->used));
}

size_t dns_cache_count(const struct dns_cache *c)
{
	return c->count;
}
