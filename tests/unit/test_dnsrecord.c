/*
 * SPDX-License-Identifier: ISC
 *
 * dns/record: numbers and words, copies, comparison, and the data of records as text.
 */
#include "dns/record.h"

#include <string.h>

#include "base/name.h"
#include "dns.h"
#include "unit.h"

START_TEST(words)
{
	static const uint16_t numbers[] = {1, 28, 15, 16, 12, 5};

	for (size_t i = 0; i < DNS_TYPE_COUNT; i++) {
		ck_assert_uint_eq(dns_type_number((enum dns_type)i), numbers[i]);
		ck_assert_int_eq(
		    name_find(DNS_TYPE_NAME, DNS_TYPE_COUNT, span_from(DNS_TYPE_NAME[i])), (int)i);
	}
	ck_assert_str_eq(DNS_STATUS_NAME[DNS_OK], "NOERROR");
	ck_assert(dns_failed(&(struct dns_answer){.status = DNS_TIMEOUT}));
	ck_assert(dns_failed(&(struct dns_answer){.status = DNS_SERVFAIL}));
	ck_assert(!dns_failed(&(struct dns_answer){.status = DNS_NXDOMAIN}));
}
END_TEST

/* Text that reads and is written the same. */
static const struct {
	enum dns_type type;
	const char *text;
} same[] = {
    {DNS_A, "192.0.2.1"},
    {DNS_AAAA, "2001:db8::1"},
    {DNS_AAAA, "::ffff:192.0.2.1"},
    {DNS_AAAA, "::"},
    {DNS_MX, "0 ."},
    {DNS_MX, "65535 mx.example."},
    {DNS_PTR, "a\\046b.example."},
    {DNS_PTR, ";;(a.example."},
    {DNS_CNAME, "."},
    {DNS_TXT, "\"\""},
    {DNS_TXT, "\"v=spf1 -all\""},
    {DNS_TXT, "\"a\\034b\\092\\000\\255;()\""},
};

START_TEST(text_and_back)
{
	struct arena *a = arena_new();
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		struct span text = unit_guard(span_from(same[i].text));
		struct dns_record r = {.ttl = 1};

		ck_assert_msg(dns_rdata_read(a, same[i].type, text, &r) == 0, "%s", same[i].text);
		buffer_reset(&out);
		dns_rdata_write(&out, same[i].type, &r);
		unit_span_eq(same[i].text, buffer_span(&out), same[i].text);
		unit_guard_free(text);
	}
	buffer_clear(&out);
	arena_free(a);
}
END_TEST

START_TEST(text_refused)
{
	static const struct {
		enum dns_type type;
		const char *text;
	} rows[] = {
	    {DNS_A, ""},
	    {DNS_A, "192.0.2"},
	    {DNS_A, "::1"},
	    {DNS_A, "::ffff:192.0.2.1"},
	    {DNS_A, "192.0.2.1 "},
	    {DNS_AAAA, "192.0.2.1"},
	    {DNS_AAAA, "x::"},
	    {DNS_MX, "10"},
	    {DNS_MX, "10 "},
	    {DNS_MX, "65536 a."},
	    {DNS_MX, "10 a"},
	    {DNS_MX, "-1 a."},
	    {DNS_PTR, ""},
	    {DNS_PTR, "a"},
	    {DNS_PTR, "A."},
	    {DNS_PTR, "a b."},
	    {DNS_CNAME, "a..b."},
	    {DNS_TXT, ""},
	    {DNS_TXT, "a"},
	    {DNS_TXT, "\"a"},
	    {DNS_TXT, "\"a\" "},
	    {DNS_TXT, "\"a\"\"b\""},
	    {DNS_TXT, "\"a\\\""},
	    {DNS_TXT, "\"a\\25\""},
	    {DNS_TXT, "\"\\256\""},
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span text = unit_guard(span_from(rows[i].text));
		struct dns_record r = {.ttl = 1};

		ck_assert_msg(dns_rdata_read(a, rows[i].type, text, &r) < 0, "%s %s",
		    DNS_TYPE_NAME[rows[i].type], rows[i].text);
		unit_guard_free(text);
	}
	arena_free(a);
}
END_TEST

/* Strings are cut at 255 octets, never an empty one behind a full one. */
START_TEST(long_text)
{
	static const size_t lengths[] = {0, 1, 254, 255, 256, 510, 511, 65000};
	struct arena *a = arena_new();
	char *octets = arena_alloc(a, 65000);

	for (size_t i = 0; i < 65000; i++)
		octets[i] = (char)(i * 7);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct dns_record r = {.text = {octets, lengths[i]}}, back = {.ttl = 1};
		struct buffer out = BUFFER_INIT;
		size_t quotes = 0;

		dns_rdata_write(&out, DNS_TXT, &r);
		for (size_t k = 0; k < out.len; k++)
			quotes += out.data[k] == '"';
		ck_assert_uint_eq(quotes, lengths[i] == 0 ? 2 : (lengths[i] + 254) / 255 * 2);
		ck_assert_int_eq(dns_rdata_read(a, DNS_TXT, buffer_span(&out), &back), 0);
		ck_assert(span_equal(r.text, back.text));
		buffer_clear(&out);
	}
	arena_free(a);
}
END_TEST

START_TEST(equal)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(same); k++) {
			struct dns_record x = {.ttl = 1}, y = {.ttl = 2};

			if (same[i].type != same[k].type)
				continue;
			dns_rdata_read(a, same[i].type, span_from(same[i].text), &x);
			dns_rdata_read(a, same[k].type, span_from(same[k].text), &y);
			ck_assert_msg(dns_record_equal(same[i].type, &x, &y) == (i == k), "%s %s",
			    same[i].text, same[k].text);
		}
	}
	arena_free(a);
}
END_TEST

START_TEST(copy)
{
	struct dns_record records[] = {
	    {.text = {"a\0b", 3}, .ttl = 5}, {.name = "mx.example", .preference = 7, .ttl = 6}};
	struct dns_answer answer = {DNS_OK, "c.example", records, 2, 5};
	struct arena *a = arena_new();
	struct dns_answer *got = dns_answer_copy(a, &answer);
	struct dns_answer *status = dns_answer_status(a, DNS_NXDOMAIN, 9);

	memset(records, 'x', sizeof(records));
	ck_assert_str_eq(got->canonical, "c.example");
	ck_assert_uint_eq(got->count, 2);
	ck_assert(span_equal(got->records[0].text, span_of("a\0b", 3)));
	ck_assert_ptr_null(got->records[0].name);
	ck_assert_str_eq(got->records[1].name, "mx.example");
	ck_assert_uint_eq(got->records[1].preference, 7);
	ck_assert_uint_eq(got->records[1].ttl, 6);
	ck_assert_int_eq(status->status, DNS_NXDOMAIN);
	ck_assert_uint_eq(status->ttl, 9);
	ck_assert_uint_eq(status->count, 0);
	ck_assert_ptr_null(status->canonical);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    words, text_and_back, text_refused, long_text, equal, copy, NULL};

	return unit_main("dnsrecord", tests);
}
