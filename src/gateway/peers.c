/*
 * SPDX-License-Identifier: ISC
 *
 * The table of addresses: chains by hash, and the idle ones in the order in which they became idle.
 */
#include "gateway/peers.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/memory.h"

#define CHAINS    4096
#define MINUTE_MS 60000

struct peer {
	LIST_ENTRY(peer) chain;
	TAILQ_ENTRY(peer) idle; /* while connections is 0 */
	uint8_t family;
	uint64_t key;
	unsigned connections;
	/* The allowance in units of which a message takes MINUTE_MS; a millisecond brings rate. */
	uint64_t allowance;
	int64_t filled_ms; /* until when it was filled */
};

struct peers {
	pthread_mutex_t lock;
	unsigned connections, rate;
	uint64_t seed;
	LIST_HEAD(, peer) chains[CHAINS];
	TAILQ_HEAD(, peer) idle;
	size_t count, idle_count;
};

struct peers *peers_new(unsigned connections, unsigned rate, uint64_t seed)
{
	struct peers *p = memory_new(sizeof(*p));

	p->connections = connections;
	p->rate = rate;
	p->seed = seed | 1;
	TAILQ_INIT(&p->idle);
	if (pthread_mutex_init(&p->lock, NULL) != 0)
		abort();
	return p;
}

void peers_free(struct peers *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < CHAINS; i++) {
		struct peer *peer;

		while ((peer = LIST_FIRST(&p->chains[i])) != NULL) {
			LIST_REMOVE(peer, chain);
			free(peer);
		}
	}
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static bool unlimited(const struct peers *p)
{
	return p->connections == 0 && p->rate == 0;
}

static uint64_t key_of(const struct ip *ip)
{
	uint64_t key;

	memcpy(&key, ip->octets, sizeof(key));
	return key;
}

/* Multiplication by a secret odd number, of which the upper bits depend on all bits. */
static size_t chain_of(const struct peers *p, uint8_t family, uint64_t key)
{
	key = (key ^ (key >> 31) ^ family) * p->seed;
	return (size_t)((key ^ (key >> 29)) * p->seed >> 32) % CHAINS;
}

static struct peer *find(const struct peers *p, const struct ip *ip)
{
	uint64_t key = key_of(ip);
	uint8_t family = (uint8_t)ip->family;
	struct peer *peer;

	LIST_FOREACH (peer, &p->chains[chain_of(p, family, key)], chain)
		if (peer->key == key && peer->family == family)
			break;
	return peer;
}

static void forget(struct peers *p, struct peer *peer)
{
	TAILQ_REMOVE(&p->idle, peer, idle);
	LIST_REMOVE(peer, chain);
	p->idle_count--;
	p->count--;
	free(peer);
}

/* After a minute an allowance is full, so that nothing is lost with an entry. */
static void forget_idle(struct peers *p, int64_t now_ms)
{
	struct peer *oldest;

	while ((oldest = TAILQ_FIRST(&p->idle)) != NULL &&
	       (p->idle_count > PEERS_IDLE_MAX || now_ms - oldest->filled_ms >= MINUTE_MS))
		forget(p, oldest);
}

static void fill(const struct peers *p, struct peer *peer, int64_t now_ms)
{
	uint64_t full = (uint64_t)p->rate * MINUTE_MS;
	int64_t passed = now_ms - peer->filled_ms;

	if (passed >= MINUTE_MS)
		peer->allowance = full;
	else if (passed > 0)
		peer->allowance += (uint64_t)passed * p->rate;
	if (peer->allowance > full)
		peer->allowance = full;
	peer->filled_ms = now_ms;
}

static struct peer *find_or_add(struct peers *p, const struct ip *ip, int64_t now_ms)
{
	struct peer *peer = find(p, ip);

	if (peer != NULL)
		return peer;
	peer = memory_new(sizeof(*peer));
	peer->family = (uint8_t)ip->family;
	peer->key = key_of(ip);
	peer->allowance = (uint64_t)p->rate * MINUTE_MS;
	peer->filled_ms = now_ms;
	LIST_INSERT_HEAD(&p->chains[chain_of(p, peer->family, peer->key)], peer, chain);
	TAILQ_INSERT_TAIL(&p->idle, peer, idle);
	p->idle_count++;
	p->count++;
	return peer;
}

bool peers_enter(struct peers *p, const struct ip *ip, int64_t now_ms)
{
	struct peer *peer;
	bool room;

	if (unlimited(p))
		return true;
	pthread_mutex_lock(&p->lock);
	forget_idle(p, now_ms);
	peer = find_or_add(p, ip, now_ms);
	room = p->connections == 0 || peer->connections < p->connections;
	if (room && peer->connections++ == 0) {
		TAILQ_REMOVE(&p->idle, peer, idle);
		p->idle_count--;
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

void peers_leave(struct peers *p, const struct ip *ip, int64_t now_ms)
{
	struct peer *peer;

	if (unlimited(p))
		return;
	pthread_mutex_lock(&p->lock);
	peer = find(p, ip);
	assert(peer != NULL && peer->connections > 0);
	if (--peer->connections == 0) {
		fill(p, peer, now_ms);
		TAILQ_INSERT_TAIL(&p->idle, peer, idle);
		p->idle_count++;
	}
	forget_idle(p, now_ms);
	pthread_mutex_unlock(&p->lock);
}

bool peers_message(struct peers *p, const struct ip *ip, int64_t now_ms)
{
	struct peer *peer;
	bool room;

	if (p->rate == 0)
		return true;
	pthread_mutex_lock(&p->lock);
	peer = find(p, ip);
	assert(peer != NULL && peer->connections > 0);
	fill(p, peer, now_ms);
	room = peer->allowance >= MINUTE_MS;
	if (room)
		peer->allowance -= MINUTE_MS;
	pthread_mutex_unlock(&p->lock);
	return room;
}

size_t peers_count(struct peers *p)
{
	size_t count;

	pthread_mutex_lock(&p->lock);
	count = p->count;
	pthread_mutex_unlock(&p->lock);
	return count;
}
