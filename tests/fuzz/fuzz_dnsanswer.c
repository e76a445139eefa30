/*
 * SPDX-License-Identifier: ISC
 *
 * Any octets as a reply to a question: the first octet chooses the type, the name is what the
 * reply itself says was asked. The answer then goes through a view, its evidence and back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "dns/view.h"
#include "dns/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what)                                                                              \
	do {                                                                                       \
		if (!(what))                                                                       \
			abort();                                                                   \
	} while (0)

static void question_of(struct span wire, char name[DNS_NAME_SIZE])
{
	struct span from = span_after(wire, 12);
	ptrdiff_t root = span_index(from, '\0');

	if (root < 0 || dns_name_from_wire(span_first(from, (size_t)root + 1), name) < 0)
		strcpy(name, "a.test");
}

/* The evidence of a view that was given this answer. */
static void write_evidence(
    const struct dns_answer *answer, const char *name, enum dns_type type, struct buffer *out)
{
	struct dns_view *v = dns_view_new(NULL);

	dns_view_put(v, span_from(name), type, answer);
	REQUIRE(dns_view_answered(v) == 1);
	dns_view_evidence(v, out);
	dns_view_free(v);
}

static void check_evidence(const struct dns_answer *answer, const char *name, enum dns_type type)
{
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct dns_view *v = dns_view_new(NULL);
	const struct dns_answer *again;
	struct error err;

	write_evidence(answer, name, type, &first);
	REQUIRE(dns_view_restore(v, buffer_span(&first), &err) == 0);
	dns_view_evidence(v, &second);
	REQUIRE(span_equal(buffer_span(&first), buffer_span(&second)));
	again = dns_view_lookup(v, span_from(name), type);
	REQUIRE(again != NULL && again->status == answer->status && again->count == answer->count);
	for (size_t i = 0; i < answer->count; i++)
		REQUIRE(dns_record_equal(type, &answer->records[i], &again->records[i]));
	dns_view_free(v);
	buffer_clear(&first);
	buffer_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	enum dns_type type = (enum dns_type)(size == 0 ? 0 : data[0] % DNS_TYPE_COUNT);
	struct span wire = span_after(span_of(data, size), 1);
	char name[DNS_NAME_SIZE];
	const struct dns_answer *answer;

	question_of(wire, name);
	answer = dns_answer_from_wire(a, wire, span_from(name), type);
	REQUIRE(answer != NULL && answer->status < DNS_STATUS_COUNT);
	REQUIRE(answer->status != DNS_TIMEOUT && answer->ttl <= INT32_MAX);
	REQUIRE((answer->status == DNS_OK) == (answer->count > 0));
	REQUIRE(answer->count <= DNS_RECORD_MAX);
	REQUIRE(!dns_failed(answer) || (answer->ttl == 0 && answer->canonical == NULL));
	check_evidence(answer, name, type);
	arena_free(a);
	return 0;
}
