/*
 * SPDX-License-Identifier: ISC
 *
 * One signed message through DKIM.
 */
#include "dkimrun.h"

#include <stdio.h>
#include <stdlib.h>

#include "records.h"
#include "unit.h"

static void feed_body(struct run *r, struct span body, size_t chunk)
{
	while (body.len > 0) {
		struct span part = span_first(body, chunk);

		dkim_check_body(r->check, part.data, part.len);
		body = span_after(body, part.len);
	}
}

void run_span(struct run *r, struct span message, const char *records, size_t chunk)
{
	*r = (struct run){.arena = arena_new(), .view = dns_view_new(NULL)};
	mail_header_parse(message, r->arena, &r->header);
	r->check = dkim_check_new(&r->header, NOW);
	feed_body(r, span_after(message, r->header.body), chunk);
	while (dkim_check_end(r->check, r->view, r->arena, &r->verdict, &r->findings) ==
	       VERIFY_NEEDS_DNS) {
		ck_assert_uint_lt(r->rounds++, 5);
		records_answer(r->view, records);
	}
}

void run(struct run *r, const char *message, const char *records)
{
	run_span(r, span_from(message), records, 1000000);
}

void run_clear(struct run *r)
{
	dkim_check_free(r->check);
	dns_view_free(r->view);
	arena_free(r->arena);
}

bool has_finding(const struct run *r, enum finding_id id)
{
	size_t i = 0;

	while (i < r->findings.count && r->findings.items[i].id != id)
		i++;
	return i < r->findings.count;
}

char *key_record(enum sign_key key, const char *tags)
{
	char *p = sign_public_key(key), *out;

	ck_assert_int_gt(asprintf(&out, "s1._domainkey.example.com TXT v=DKIM1; k=%s; %sp=%s\n",
			     key == SIGN_ED25519 ? "ed25519" : "rsa", tags, p),
	    0);
	free(p);
	return out;
}

const struct signing plain = {.key = SIGN_RSA_2048,
    .domain = "example.com",
    .selector = "s1",
    .relaxed_header = 1,
    .relaxed_body = 1,
    .signed_at = NOW - 100};
