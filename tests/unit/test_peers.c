/*
 * SPDX-License-Identifier: ISC
 *
 * The table of clients' addresses: its two limits, IPv6 by /64, and that it forgets.
 */
#include <pthread.h>
#include <stdio.h>

#include "gateway/peers.h"
#include "unit.h"

static struct ip address(const char *text)
{
	struct ip ip = {.family = IP_NONE};

	ck_assert_msg(ip_parse(span_from(text), &ip) == 0, "%s", text);
	return ip;
}

static struct ip numbered(unsigned n)
{
	char text[32];

	snprintf(text, sizeof(text), "10.%u.%u.%u", n >> 16, (n >> 8) & 255, n & 255);
	return address(text);
}

START_TEST(connections)
{
	struct peers *p = peers_new(2, 0, 77);
	struct ip a = address("192.0.2.1"), b = address("192.0.2.2");

	ck_assert(peers_enter(p, &a, 0));
	ck_assert(peers_enter(p, &a, 0));
	ck_assert(!peers_enter(p, &a, 0));
	ck_assert(peers_enter(p, &b, 0));
	peers_leave(p, &a, 1);
	ck_assert(peers_enter(p, &a, 1));
	ck_assert(!peers_enter(p, &a, 1));
	/* no rate: any number of messages */
	for (int i = 0; i < 1000; i++)
		ck_assert(peers_message(p, &a, 1));
	peers_free(p);
}
END_TEST

START_TEST(families)
{
	static const struct {
		const char *first, *second;
		bool same;
	} ROWS[] = {
	    {"2001:db8:1:2::1", "2001:db8:1:2:ffff::", true},
	    {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "::ffff:192.0.2.1", true},
	    {"192.0.2.1", "c000:201::", false},
	    {"0.0.0.0", "::", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct peers *p = peers_new(1, 0, i);
		struct ip first = address(ROWS[i].first), second = address(ROWS[i].second);

		ck_assert(peers_enter(p, &first, 0));
		ck_assert_msg(peers_enter(p, &second, 0) != ROWS[i].same, "%s and %s",
		    ROWS[i].first, ROWS[i].second);
		peers_free(p);
	}
}
END_TEST

START_TEST(rate)
{
	struct peers *p = peers_new(0, 3, 1);
	struct ip a = address("192.0.2.1"), b = address("192.0.2.2");

	ck_assert(peers_enter(p, &a, 0));
	ck_assert(peers_enter(p, &b, 0));
	for (int i = 0; i < 3; i++)
		ck_assert(peers_message(p, &a, 0));
	ck_assert(!peers_message(p, &a, 0));
	ck_assert(peers_message(p, &b, 0));
	/* one comes back in twenty seconds, and what is refused takes nothing */
	ck_assert(!peers_message(p, &a, 19999));
	ck_assert(peers_message(p, &a, 20000));
	ck_assert(!peers_message(p, &a, 20000));
	/* never more than a minute's worth, however long it was away */
	for (int i = 0; i < 3; i++)
		ck_assert(peers_message(p, &a, 10000000));
	ck_assert(!peers_message(p, &a, 10000000));
	peers_free(p);
}
END_TEST

/* Leaving and coming again does not fill the allowance. */
START_TEST(rate_across_connections)
{
	struct peers *p = peers_new(0, 1, 1);
	struct ip a = address("192.0.2.1");

	ck_assert(peers_enter(p, &a, 0));
	ck_assert(peers_message(p, &a, 0));
	peers_leave(p, &a, 1000);
	ck_assert(peers_enter(p, &a, 30000));
	ck_assert(!peers_message(p, &a, 30000));
	ck_assert(peers_message(p, &a, 60000));
	peers_free(p);
}
END_TEST

/* A whole minute brings its messages to a client that asks for them one by one. */
START_TEST(throughput)
{
	struct peers *p = peers_new(0, 7, 1);
	struct ip a = address("192.0.2.1");
	unsigned taken = 0;

	ck_assert(peers_enter(p, &a, 0));
	for (int64_t now = 0; now <= 600000; now += 13)
		taken += peers_message(p, &a, now);
	/* the burst, and seven a minute */
	ck_assert_uint_ge(taken, 7 + 69);
	ck_assert_uint_le(taken, 7 + 70);
	peers_free(p);
}
END_TEST

START_TEST(forgets)
{
	struct peers *p = peers_new(1, 10, 5);
	struct ip stays = address("192.0.2.1"), ip;

	ck_assert(peers_enter(p, &stays, 0));
	for (unsigned i = 0; i < 1000; i++) {
		ip = numbered(i);
		ck_assert(peers_enter(p, &ip, 0));
		peers_leave(p, &ip, 10);
	}
	ck_assert_uint_eq(peers_count(p), 1001);
	ip = numbered(5000);
	ck_assert(peers_enter(p, &ip, 60010));
	ck_assert_uint_eq(peers_count(p), 2);
	ck_assert(!peers_enter(p, &stays, 60010));
	peers_free(p);
}
END_TEST

/* Within a minute too the idle ones are bounded. */
START_TEST(bounded)
{
	struct peers *p = peers_new(1, 10, 5);

	for (unsigned i = 0; i < PEERS_IDLE_MAX + 500; i++) {
		struct ip ip = numbered(i);

		ck_assert(peers_enter(p, &ip, 0));
		peers_leave(p, &ip, 0);
	}
	ck_assert_uint_eq(peers_count(p), PEERS_IDLE_MAX);
	peers_free(p);
}
END_TEST

START_TEST(unlimited)
{
	struct peers *p = peers_new(0, 0, 5);
	struct ip a = address("192.0.2.1");

	for (int i = 0; i < 100; i++)
		ck_assert(peers_enter(p, &a, 0));
	ck_assert(peers_message(p, &a, 0));
	peers_leave(p, &a, 0);
	ck_assert_uint_eq(peers_count(p), 0);
	peers_free(p);
}
END_TEST

static void *hammer(void *arg)
{
	for (unsigned i = 0; i < 20000; i++) {
		struct ip ip = numbered(i % 50);

		if (!peers_enter(arg, &ip, 0))
			continue;
		peers_message(arg, &ip, 0);
		peers_leave(arg, &ip, 0);
	}
	return NULL;
}

START_TEST(threads)
{
	struct peers *p = peers_new(2, 1000000, 5);
	pthread_t thread[3];
	struct ip ip = numbered(1);

	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, hammer, p), 0);
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
	/* nobody is in any more */
	ck_assert(peers_enter(p, &ip, 0));
	ck_assert(peers_enter(p, &ip, 0));
	ck_assert(!peers_enter(p, &ip, 0));
	peers_free(p);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {connections, families, rate, rate_across_connections,
	    throughput, forgets, bounded, unlimited, threads, NULL};

	return unit_main("peers", tests);
}
