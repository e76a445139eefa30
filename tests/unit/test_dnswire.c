/*
 * SPDX-License-Identifier: ISC
 *
 * dns/wire: replies, good and hostile, put together octet by octet.
 */
#include "dns/wire.h"

#include <stdio.h>
#include <string.h>

#include "dns.h"
#include "dns/name.h"
#include "unit.h"

enum section {
	ANSWER,
	AUTHORITY,
};

static void add16(struct buffer *b, unsigned value)
{
	buffer_add_char(b, (char)(value >> 8));
	buffer_add_char(b, (char)value);
}

static void add_name(struct buffer *b, const char *name)
{
	uint8_t wire[DNS_NAME_WIRE_SIZE];

	buffer_add(b, wire, dns_name_to_wire(span_from(name), wire));
}

/* A reply to (name, type); flags are the header's second 16 bits. */
static void begin(struct buffer *b, unsigned flags, const char *name, enum dns_type type)
{
	buffer_reset(b);
	add16(b, 0x1234);
	add16(b, flags);
	add16(b, 1);
	buffer_add(b, "\0\0\0\0\0\0", 6);
	add_name(b, name);
	add16(b, dns_type_number(type));
	add16(b, 1);
}

static void add_record(struct buffer *b, enum section section, const char *name, unsigned type,
    unsigned ttl, struct span data)
{
	b->data[7 + 2 * section]++;
	add_name(b, name);
	add16(b, type);
	add16(b, 1);
	add16(b, ttl >> 16);
	add16(b, ttl & 0xffff);
	add16(b, (unsigned)data.len);
	buffer_add_span(b, data);
}

static void add_alias(struct buffer *b, const char *name, unsigned ttl, const char *target)
{
	struct buffer data = BUFFER_INIT;

	add_name(&data, target);
	add_record(b, ANSWER, name, 5, ttl, buffer_span(&data));
	buffer_clear(&data);
}

static void add_soa(struct buffer *b, unsigned ttl, unsigned minimum)
{
	struct buffer data = BUFFER_INIT;

	buffer_add(&data, "\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0", 20);
	add16(&data, minimum);
	add_record(b, AUTHORITY, "example", 6, ttl, buffer_span(&data));
	buffer_clear(&data);
}

#define OK    0x8180
#define NX    0x8183
#define LEFT  SPAN("\300\0\2\1")
#define RIGHT SPAN("\300\0\2\2")

static void check(struct buffer *b, const char *name, enum dns_type type, const char *want)
{
	struct arena *a = arena_new();
	struct buffer out = BUFFER_INIT;
	struct span wire = unit_guard(buffer_span(b));
	const char *got =
	    unit_answer(&out, dns_answer_from_wire(a, wire, span_from(name), type), type);

	ck_assert_msg(strcmp(got, want) == 0, "%s %s: got \"%s\", expected \"%s\"", name,
	    DNS_TYPE_NAME[type], got, want);
	unit_guard_free(wire);
	buffer_clear(&out);
	arena_free(a);
}

START_TEST(records)
{
	static const struct {
		enum dns_type type;
		struct span data;
		const char *want;
	} rows[] = {
	    {DNS_A, {"\300\0\2\1", 4}, "NOERROR [192.0.2.1] ttl 7"},
	    {DNS_A, {"\300\0\2", 3}, "SERVFAIL ttl 0"},
	    /* What stands behind the data is dropped. */
	    {DNS_A, {"\300\0\2\1\1", 5}, "NOERROR [192.0.2.1] ttl 7"},
	    {DNS_A, {"", 0}, "SERVFAIL ttl 0"},
	    {DNS_AAAA, {"\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16},
		"NOERROR [2001:db8::1] ttl 7"},
	    {DNS_AAAA, {"\300\0\2\1", 4}, "SERVFAIL ttl 0"},
	    {DNS_MX, {"\0\12\2mx\7Example\0", 14}, "NOERROR [10 mx.example.] ttl 7"},
	    {DNS_MX, {"\0\0\0", 3}, "NOERROR [0 .] ttl 7"},
	    {DNS_MX, {"\0", 1}, "SERVFAIL ttl 0"},
	    {DNS_MX, {"\0\12", 2}, "SERVFAIL ttl 0"},
	    {DNS_MX, {"\0\12\300\14", 4}, "NOERROR [10 q.example.] ttl 7"},
	    {DNS_TXT, {"\1a\0\2bc", 6}, "NOERROR [\"abc\"] ttl 7"},
	    {DNS_TXT, {"\3a\0\377", 4}, "NOERROR [\"a\\000\\255\"] ttl 7"},
	    {DNS_TXT, {"\5ab", 3}, "SERVFAIL ttl 0"},
	    {DNS_PTR, {"\3a.b\1c\0", 7}, "NOERROR [a\\046b.c.] ttl 7"},
	    {DNS_PTR, {"\3ab", 3}, "SERVFAIL ttl 0"},
	    {DNS_PTR, {"\1a\0x", 4}, "NOERROR [a.] ttl 7"},
	    {DNS_CNAME, {"\1a\0", 3}, "NOERROR [a.] ttl 7"},
	};
	struct buffer b = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&b, OK, "q.example", rows[i].type);
		add_record(&b, ANSWER, "Q.example", dns_type_number(rows[i].type), 7, rows[i].data);
		check(&b, "q.example", rows[i].type, rows[i].want);
	}
	buffer_clear(&b);
}
END_TEST

START_TEST(chains)
{
	struct buffer b = BUFFER_INIT;

	begin(&b, OK, "a.example", DNS_A);
	add_record(&b, ANSWER, "c.example", 1, 9, RIGHT);
	add_alias(&b, "b.example", 3, "c.example");
	add_alias(&b, "a.example", 5, "B.Example");
	add_record(&b, ANSWER, "c.example", 1, 8, LEFT);
	add_record(&b, ANSWER, "other.example", 1, 1, LEFT);
	check(&b, "a.example", DNS_A, "NOERROR -> c.example. [192.0.2.2] [192.0.2.1] ttl 3");

	begin(&b, OK, "a.example", DNS_CNAME);
	add_alias(&b, "a.example", 5, "b.example");
	add_alias(&b, "b.example", 5, "c.example");
	check(&b, "a.example", DNS_CNAME, "NOERROR [b.example.] ttl 5");

	begin(&b, OK, "a.example", DNS_A);
	add_alias(&b, "a.example", 5, "a.example");
	check(&b, "a.example", DNS_A, "SERVFAIL ttl 0");

	begin(&b, OK, "a.example", DNS_A);
	add_alias(&b, "a.example", 5, "b.example");
	add_soa(&b, 90, 60);
	check(&b, "a.example", DNS_A, "NODATA -> b.example. ttl 5");

	begin(&b, NX, "a.example", DNS_A);
	add_alias(&b, "a.example", 500, "b.example");
	add_soa(&b, 90, 60);
	check(&b, "a.example", DNS_A, "NXDOMAIN -> b.example. ttl 60");
	buffer_clear(&b);
}
END_TEST

/* The end of a chain of 16 links counts, that of 17 does not. */
START_TEST(long_chains)
{
	struct buffer b = BUFFER_INIT;

	for (int links = 16; links <= 17; links++) {
		begin(&b, OK, "n0", DNS_A);
		for (int i = 0; i < links; i++) {
			char name[16], target[16];

			snprintf(name, sizeof(name), "n%d", i);
			snprintf(target, sizeof(target), "n%d", i + 1);
			add_alias(&b, name, 5, target);
		}
		add_record(&b, ANSWER, links == 16 ? "n16" : "n17", 1, 5, LEFT);
		check(&b, "n0", DNS_A,
		    links == 16 ? "NOERROR -> n16. [192.0.2.1] ttl 5" : "SERVFAIL ttl 0");
	}
	buffer_clear(&b);
}
END_TEST

START_TEST(negatives)
{
	struct buffer b = BUFFER_INIT;

	begin(&b, NX, "a.example", DNS_A);
	add_soa(&b, 30, 60);
	check(&b, "a.example", DNS_A, "NXDOMAIN ttl 30");
	begin(&b, OK, "a.example", DNS_A);
	add_soa(&b, 90, 60);
	check(&b, "a.example", DNS_A, "NODATA ttl 60");
	begin(&b, OK, "a.example", DNS_A);
	check(&b, "a.example", DNS_A, "NODATA ttl 0");
	begin(&b, NX, "a.example", DNS_A);
	check(&b, "a.example", DNS_A, "NXDOMAIN ttl 0");
	begin(&b, OK, "a.example", DNS_A);
	add_record(&b, AUTHORITY, "example", 2, 60, SPAN("\0"));
	check(&b, "a.example", DNS_A, "SERVFAIL ttl 0");
	begin(&b, NX, "a.example", DNS_A);
	add_soa(&b, 0x80000000U, 60);
	check(&b, "a.example", DNS_A, "NXDOMAIN ttl 0");
	buffer_clear(&b);
}
END_TEST

/* Replies that are none of ours, or say that they failed. */
START_TEST(refused)
{
	static const struct {
		unsigned flags;
		const char *name;
		enum dns_type type;
		bool answered;
	} rows[] = {
	    {OK, "a.example", DNS_A, true},
	    {0x0100, "a.example", DNS_A, false}, /* no reply */
	    {0x8380, "a.example", DNS_A, false}, /* truncated */
	    {0x8980, "a.example", DNS_A, false}, /* not QUERY */
	    {0x8181, "a.example", DNS_A, false}, /* FORMERR */
	    {0x8182, "a.example", DNS_A, false}, /* SERVFAIL */
	    {0x8185, "a.example", DNS_A, false}, /* REFUSED */
	    {OK, "b.example", DNS_A, false},
	    {OK, "a.example", DNS_TXT, false},
	};
	struct buffer b = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&b, rows[i].flags, rows[i].name, rows[i].type);
		add_record(&b, ANSWER, "a.example", 1, 5, LEFT);
		check(&b, "a.example", DNS_A,
		    rows[i].answered ? "NOERROR [192.0.2.1] ttl 5" : "SERVFAIL ttl 0");
	}
	begin(&b, OK, "a.example", DNS_A);
	b.data[5] = 0;
	check(&b, "a.example", DNS_A, "SERVFAIL ttl 0");
	buffer_clear(&b);
}
END_TEST

START_TEST(cut_anywhere)
{
	struct buffer b = BUFFER_INIT;
	size_t whole;

	begin(&b, OK, "a.example", DNS_A);
	add_alias(&b, "a.example", 5, "b.example");
	add_record(&b, ANSWER, "b.example", 1, 5, LEFT);
	whole = b.len;
	for (b.len = 0; b.len < whole; b.len++)
		check(&b, "a.example", DNS_A, "SERVFAIL ttl 0");
	check(&b, "a.example", DNS_A, "NOERROR -> b.example. [192.0.2.1] ttl 5");
	buffer_clear(&b);
}
END_TEST

START_TEST(many_records)
{
	struct buffer b = BUFFER_INIT;
	struct arena *a = arena_new();
	const struct dns_answer *got;

	begin(&b, OK, "a", DNS_A);
	for (int i = 0; i < 3000; i++)
		add_record(&b, ANSWER, "a", 1, 5, LEFT);
	b.data[6] = (char)(3000 / 256);
	b.data[7] = (char)(3000 % 256);
	got = dns_answer_from_wire(a, buffer_span(&b), SPAN("a"), DNS_A);
	ck_assert_int_eq(got->status, DNS_OK);
	ck_assert_uint_eq(got->count, DNS_RECORD_MAX);
	buffer_clear(&b);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    records, chains, long_chains, negatives, refused, cut_anywhere, many_records, NULL};

	return unit_main("dnswire", tests);
}
