/*
 * SPDX-License-Identifier: ISC
 *
 * One check of mail records in a test.
 */
#include "lintcase.h"

#include <string.h>

#include "unit.h"

void lint_case_open(struct lint_case *c, const char *zone, const char *origin)
{
	struct buffer text = BUFFER_INIT;
	struct error err;

	*c = (struct lint_case){.arena = arena_new(), .zones = dns_zones_new()};
	buffer_printf(&text, "$ORIGIN %s.\n$TTL 300\n%s", origin == NULL ? "" : origin, zone);
	ck_assert_msg(dns_zones_add(c->zones, "zone", buffer_span(&text), &err) == 0, "%s: %s",
	    err.text, zone);
	buffer_clear(&text);
	c->view = dns_view_new(c->zones);
	if (origin != NULL)
		c->lint.zones = c->zones;
}

void lint_case_close(struct lint_case *c)
{
	buffer_add_string(&c->ids, "");
	for (size_t i = 0; i < c->lint.count; i++)
		buffer_printf(
		    &c->ids, "%s%s", i == 0 ? "" : " ", finding_entry(c->lint.items[i].id)->id);
}

void lint_case_run(struct lint_case *c, enum lint_kind kind, const char *name, const char *zone,
    const char *origin)
{
	int rounds = 0;

	lint_case_open(c, zone, origin);
	while (lint_records(kind, span_from(name), c->view, c->arena, &c->lint, &c->spf) ==
	       VERIFY_NEEDS_DNS) {
		ck_assert_int_le(++rounds, VERIFY_ROUNDS_MAX);
		ck_assert(origin != NULL);
		dns_view_fail_missing(c->view, DNS_TIMEOUT);
		c->lint.count = 0;
	}
	lint_case_close(c);
}

void lint_case_clear(struct lint_case *c)
{
	dns_view_free(c->view);
	dns_zones_free(c->zones);
	arena_free(c->arena);
	buffer_clear(&c->ids);
}

static void dump(const struct lint_case *c, struct buffer *out)
{
	buffer_add_string(out, "");
	for (size_t i = 0; i < c->lint.count; i++)
		buffer_printf(out, "\n  %s: %s: %s", finding_entry(c->lint.items[i].id)->id,
		    c->lint.items[i].name, c->lint.items[i].text);
}

void lint_case_expect(const struct lint_case *c, const char *row, const char *ids, const char *part)
{
	struct buffer texts = BUFFER_INIT;

	dump(c, &texts);
	ck_assert_msg(
	    strcmp(c->ids.data, ids) == 0, "%s: expected \"%s\", got%s", row, ids, texts.data);
	ck_assert_msg(part == NULL || strstr(texts.data, part) != NULL,
	    "%s: no \"%s\" in the texts%s", row, part, texts.data);
	buffer_clear(&texts);
}
