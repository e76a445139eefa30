/*
 * SPDX-License-Identifier: ISC
 *
 * DNS answers as plain data: their words and copies.
 */
#include "dns/record.h"

#include <string.h>

const char *const DNS_TYPE_NAME[] = {
    [DNS_A] = "A",
    [DNS_AAAA] = "AAAA",
    [DNS_MX] = "MX",
    [DNS_TXT] = "TXT",
    [DNS_PTR] = "PTR",
    [DNS_CNAME] = "CNAME",
};
_Static_assert(ARRAY_SIZE(DNS_TYPE_NAME) == DNS_TYPE_COUNT, "a name for each type");

const char *const DNS_STATUS_NAME[] = {
    [DNS_OK] = "NOERROR",
    [DNS_NODATA] = "NODATA",
    [DNS_NXDOMAIN] = "NXDOMAIN",
    [DNS_SERVFAIL] = "SERVFAIL",
    [DNS_TIMEOUT] = "TIMEOUT",
};
_Static_assert(ARRAY_SIZE(DNS_STATUS_NAME) == DNS_STATUS_COUNT, "a name for each status");

static const uint16_t NUMBERS[] = {
    [DNS_A] = 1,
    [DNS_AAAA] = 28,
    [DNS_MX] = 15,
    [DNS_TXT] = 16,
    [DNS_PTR] = 12,
    [DNS_CNAME] = 5,
};
_Static_assert(ARRAY_SIZE(NUMBERS) == DNS_TYPE_COUNT, "a number for each type");

uint16_t dns_type_number(enum dns_type type)
{
	return NUMBERS[type];
}

struct dns_answer *dns_answer_copy(struct arena *a, const struct dns_answer *answer)
{
	struct dns_answer *copy = arena_alloc(a, sizeof(*copy));

	*copy = *answer;
	copy->canonical = arena_string(a, answer->canonical);
	copy->records = arena_alloc(a, answer->count * sizeof(*copy->records));
	for (size_t i = 0; i < answer->count; i++) {
		copy->records[i] = answer->records[i];
		copy->records[i].text = arena_span(a, answer->records[i].text);
		copy->records[i].name = arena_string(a, answer->records[i].name);
	}
	return copy;
}

struct dns_answer *dns_answer_status(struct arena *a, enum dns_status status, uint32_t ttl)
{
	struct dns_answer *answer = arena_alloc(a, sizeof(*answer));

	answer->status = status;
	answer->ttl = ttl;
	return answer;
}

bool dns_record_equal(enum dns_type type, const struct dns_record *a, const struct dns_record *b)
{
	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		return ip_equal(&a->ip, &b->ip);
	case DNS_MX:
		return a->preference == b->preference && strcmp(a->name, b->name) == 0;
	case DNS_TXT:
		return span_equal(a->text, b->text);
	case DNS_PTR:
	case DNS_CNAME:
		return strcmp(a->name, b->name) == 0;
	case DNS_TYPE_COUNT:
		break;
	}
	return false;
}
