/*
 * SPDX-License-Identifier: ISC
 *
 * src/dns/cache: TTLs, what is not kept, limits and the order in which they push out.
 */
#include "dns/cache.h"

#include <stdio.h>
#include <string.h>

#include "dns.h"
#include "unit.h"

#define SECOND 1000000

static void put(
    struct dns_cache *c, const char *name, enum dns_status status, uint32_t ttl, int64_t now_s)
{
	struct dns_record records[] = {
	    {.text = {"a\0b", 3}, .ttl = ttl}, {.text = {"", 0}, .ttl = ttl + 5}};
	struct dns_answer answer = {.status = status, .ttl = ttl, .canonical = "canon.example"};

	if (status == DNS_OK) {
		answer.records = records;
		answer.count = 2;
	}
	dns_cache_put(c, span_from(name), DNS_TXT, &answer, now_s * SECOND);
}

static void check(struct dns_cache *c, const char *name, int64_t now_s, const char *want)
{
	struct arena *a = arena_new();
	struct buffer out = BUFFER_INIT;
	const char *got = unit_answer(
	    &out, dns_cache_find(c, a, span_from(name), DNS_TXT, now_s * SECOND), DNS_TXT);

	ck_assert_msg(strcmp(got, want) == 0, "%s at %d: got \"%s\", expected \"%s\"", name,
	    (int)now_s, got, want);
	buffer_clear(&out);
	arena_free(a);
}

#define KEPT "NOERROR -> canon.example. [\"a\\000b\"] [\"\"] ttl "

START_TEST(ages)
{
	struct dns_cache *c = dns_cache_new(10, 100000);
	struct arena *a = arena_new();
	const struct dns_answer *got;

	check(c, "a", 0, "none");
	put(c, "a", DNS_OK, 30, 100);
	check(c, "a", 100, KEPT "30");
	check(c, "a", 110, KEPT "20");
	got = dns_cache_find(c, a, SPAN("a"), DNS_TXT, 110 * SECOND);
	ck_assert_uint_eq(got->records[0].ttl, 20);
	ck_assert_uint_eq(got->records[1].ttl, 25);
	ck_assert_ptr_null(dns_cache_find(c, a, SPAN("a"), DNS_A, 110 * SECOND));
	check(c, "a", 129, KEPT "1");
	check(c, "a", 130, "none");
	ck_assert_uint_eq(dns_cache_count(c), 0);
	put(c, "n", DNS_NXDOMAIN, 7, 100);
	check(c, "n", 106, "NXDOMAIN -> canon.example. ttl 1");
	check(c, "n", 107, "none");
	arena_free(a);
	dns_cache_free(c);
}
END_TEST

START_TEST(not_kept)
{
	struct dns_cache *c = dns_cache_new(10, 100000);

	put(c, "zero", DNS_OK, 0, 1);
	put(c, "servfail", DNS_SERVFAIL, 60, 1);
	put(c, "timeout", DNS_TIMEOUT, 60, 1);
	ck_assert_uint_eq(dns_cache_count(c), 0);
	/* A failure takes the place of what was kept. */
	put(c, "a", DNS_OK, 60, 1);
	put(c, "a", DNS_SERVFAIL, 60, 1);
	check(c, "a", 1, "none");
	/* A day is the most. */
	put(c, "long", DNS_OK, 1000000, 0);
	check(c, "long", 86399, KEPT "913601");
	check(c, "long", 86400, "none");
	dns_cache_free(c);
}
END_TEST

START_TEST(limits)
{
	struct dns_cache *c = dns_cache_new(3, 100000);
	char name[16];

	put(c, "a", DNS_OK, 60, 1);
	put(c, "b", DNS_OK, 60, 1);
	put(c, "c", DNS_OK, 60, 1);
	check(c, "a", 1, KEPT "60");
	put(c, "d", DNS_OK, 60, 1);
	check(c, "b", 1, "none");
	check(c, "a", 1, KEPT "60");
	check(c, "c", 1, KEPT "60");
	check(c, "d", 1, KEPT "60");
	dns_cache_free(c);

	c = dns_cache_new(100000, 20000);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		put(c, name, DNS_OK, 60, 1);
	}
	ck_assert_uint_lt(dns_cache_count(c), 20000 / (2 * sizeof(struct dns_record)));
	ck_assert_uint_gt(dns_cache_count(c), 10);
	check(c, "n999", 1, KEPT "60");
	check(c, "n0", 1, "none");
	dns_cache_free(c);

	c = dns_cache_new(10, 10);
	put(c, "a", DNS_OK, 60, 1);
	ck_assert_uint_eq(dns_cache_count(c), 0);
	dns_cache_free(c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {ages, not_kept, limits, NULL};

	return unit_main("dnscache", tests);
}
