/*
 * SPDX-License-Identifier: ISC
 *
 * Any octets as a zone file: refused with file and line, or taken; then every word of it is asked
 * for, and the answers keep their promises.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "dns/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what)                                                                              \
	do {                                                                                       \
		if (!(what))                                                                       \
			abort();                                                                   \
	} while (0)

static void require_normalized(const char *name)
{
	char again[DNS_NAME_SIZE];

	REQUIRE(dns_name_normalize(span_from(name), again) == 0);
	REQUIRE(strcmp(name, again) == 0);
}

static void ask(const struct dns_zones *z, struct arena *a, struct span name, enum dns_type type)
{
	const struct dns_answer *got = dns_zones_answer(z, a, name, type);

	REQUIRE((got != NULL) == dns_zones_have(z, name));
	if (got == NULL)
		return;
	REQUIRE(got->status < DNS_STATUS_COUNT && got->count <= DNS_RECORD_MAX);
	REQUIRE(got->ttl <= INT32_MAX);
	REQUIRE(got->status == DNS_OK || got->count == 0);
	if (got->canonical != NULL)
		require_normalized(got->canonical);
	if (got->status == DNS_OK && got->count == 0)
		REQUIRE(got->canonical != NULL && !dns_zones_have(z, span_from(got->canonical)));
	for (size_t i = 0; i < got->count; i++) {
		REQUIRE(got->records[i].ttl >= got->ttl);
		REQUIRE((type == DNS_A) == (got->records[i].ip.family == IP_V4));
		if (type == DNS_MX || type == DNS_PTR || type == DNS_CNAME)
			require_normalized(got->records[i].name);
	}
}

static void ask_word(const struct dns_zones *z, struct arena *a, struct span word)
{
	char text[2000], name[DNS_NAME_SIZE];
	static const char *const origins[] = {"", ".a.test"};

	for (size_t i = 0; i < ARRAY_SIZE(origins) && word.len < 1000; i++) {
		snprintf(text, sizeof(text), "%.*s%s", (int)word.len, word.data, origins[i]);
		if (dns_name_normalize(span_from(text), name) < 0)
			continue;
		require_normalized(name);
		for (enum dns_type type = 0; type < DNS_TYPE_COUNT; type++)
			ask(z, a, span_from(name), type);
	}
	arena_reset(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_zones *z = dns_zones_new();
	struct arena *a = arena_new();
	struct span text = span_of(data, size), line;
	struct error err = {.text = ""};

	if (dns_zones_add(z, "z", text, &err) < 0) {
		REQUIRE(
		    strncmp(err.text, "z:", 2) == 0 && err.text[2] >= '1' && err.text[2] <= '9');
		REQUIRE(!dns_zones_have(z, SPAN("")));
	} else {
		for (size_t n = 0; text.data != NULL && n < 50; n++) {
			line = span_cut(&text, '\n');
			while (line.data != NULL && n++ < 50)
				ask_word(z, a, span_cut(&line, ' '));
		}
		ask_word(z, a, SPAN("x.y"));
	}
	arena_free(a);
	dns_zones_free(z);
	return 0;
}
