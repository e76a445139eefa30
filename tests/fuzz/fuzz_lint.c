/*
 * SPDX-License-Identifier: ISC
 *
 * Lint of mail records that the input makes up. Each line is a text, a name or "!" for a failure;
 * every question is answered by one or two of them, chosen by its name and type. Whatever they
 * say, each check ends within the rounds that a caller allows, and what it finds is bounded, fit
 * to be printed, and the same when it is made again with all answers at hand.
 */
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "verify/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES_MAX 32
#define ITEMS_MAX 2000

struct world {
	struct span lines[LINES_MAX];
	size_t count;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static unsigned hash(const char *s, unsigned h)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h;
}

static struct dns_record record_of(struct arena *a, struct span line, unsigned h)
{
	struct dns_record r = {.text = line, .ttl = 60, .preference = (uint16_t)(h % 3)};
	char name[DNS_NAME_SIZE];

	r.name = dns_name_normalize(line, name) == 0 ? arena_string(a, name) : "";
	if (ip_parse(line, &r.ip) < 0)
		r.ip.family = IP_V4;
	return r;
}

static void answer(const struct world *w, struct dns_view *view, struct arena *a)
{
	const struct dns_question *missing;

	while (dns_view_missing(view, &missing) > 0) {
		struct dns_question q = {arena_string(a, missing[0].name), missing[0].type};
		unsigned h = hash(q.name, 2166136261U ^ (unsigned)q.type);
		struct span line = w->lines[h % w->count];
		struct dns_record records[2] = {
		    record_of(a, line, h), record_of(a, w->lines[(h >> 8) % w->count], h >> 8)};
		struct dns_answer got = {.status = DNS_OK, .records = records, .count = 1 + h % 2};

		if (line.len == 0)
			got = (struct dns_answer){.status = h & 4 ? DNS_NODATA : DNS_NXDOMAIN};
		else if (line.data[0] == '!')
			got = (struct dns_answer){.status = h & 4 ? DNS_TIMEOUT : DNS_SERVFAIL};
		dns_view_put(view, span_from(q.name), q.type, &got);
	}
}

static void require_printable(const char *s)
{
	require(s != NULL);
	for (; *s != '\0'; s++)
		require(*s >= 0x20 && *s <= 0x7e);
}

static void require_same(const struct lint *a, const struct lint *b)
{
	require(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		require(a->items[i].id == b->items[i].id &&
			strcmp(a->items[i].text, b->items[i].text) == 0);
}

/* outside: there are zones, without any name in them, so that whatever fails lies outside. */
static void check(const struct world *w, enum lint_kind kind, const char *name, bool outside)
{
	struct dns_zones *zones = dns_zones_new();
	struct dns_view *view = dns_view_new(NULL);
	struct arena *a = arena_new();
	struct lint l = {.zones = outside ? zones : NULL}, again = l;
	struct lint_spf spf = {.lookups = 0};
	int rounds = 0;

	while (lint_records(kind, span_from(name), view, a, &l, &spf) == VERIFY_NEEDS_DNS) {
		require(++rounds <= VERIFY_ROUNDS_MAX);
		answer(w, view, a);
		l.count = 0;
	}
	require(lint_records(kind, span_from(name), view, a, &again, &spf) == VERIFY_DONE);
	require_same(&l, &again);
	require(l.count <= ITEMS_MAX && lint_score(&l) <= 100);
	require(spf.lookups <= LINT_SPF_COUNT_MAX && spf.void_lookups <= spf.lookups);
	for (size_t i = 0; i < l.count; i++) {
		enum finding_id id = l.items[i].id;

		require_printable(l.items[i].text);
		require_printable(l.items[i].name);
		require((l.items[i].asked != NULL) ==
			(id == FINDING_OUTSIDE_ZONE || id == FINDING_LOOKUP_FAILED));
		require(outside || id != FINDING_OUTSIDE_ZONE);
	}
	arena_free(a);
	dns_view_free(view);
	dns_zones_free(zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
	    [LINT_NONE] = "d.test",
	    [LINT_SPF] = "d.test",
	    [LINT_DKIM] = "s._domainkey.d.test",
	    [LINT_DMARC] = "_dmarc.d.test",
	    [LINT_REPORT] = "a.test._report._dmarc.d.test",
	    [LINT_MISPLACED] = "d.test",
	    [LINT_MX] = "d.test",
	};
	_Static_assert(ARRAY_SIZE(names) == LINT_KIND_COUNT, "a name for each kind");
	struct span rest = span_of(data, size);
	struct world w = {.count = 0};

	while (rest.data != NULL && w.count < LINES_MAX)
		w.lines[w.count++] = span_cut(&rest, '\n');
	if (w.count == 0)
		return 0;
	for (int kind = 0; kind < LINT_KIND_COUNT; kind++) {
		check(&w, (enum lint_kind)kind, names[kind], false);
		check(&w, (enum lint_kind)kind, names[kind], true);
		lint_kind_of(
		    w.lines[0], (enum dns_type)(size % DNS_TYPE_COUNT), w.lines[w.count / 2]);
	}
	return 0;
}
