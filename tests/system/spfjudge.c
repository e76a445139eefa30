/*
 * SPDX-License-Identifier: ISC
 *
 * spfjudge ZONE < QUERIES: SPF for many at once. A query is a line "ADDRESS TAB HELO TAB PATH",
 * and so is what comes out: "RESULT TAB LOOKUPS TAB VOIDS TAB MECHANISM TAB EXPLANATION". Each is
 * judged with the zone at hand and again with its answers brought in rounds, the last question's
 * first, which must come out the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "verify/spf.h"

/* What %{t} stands for. */
#define NOW 1790000000

struct judge {
	struct dns_zones *zones;
	struct arena *arena; /* of the query */
	unsigned line;
};

static void fail(const char *what, const char *more)
{
	fprintf(stderr, "spfjudge: %s: %s\n", what, more);
	exit(EXIT_FAILURE);
}

static void read_zone(struct judge *j, const char *path)
{
	struct buffer text = BUFFER_INIT;
	FILE *f = fopen(path, "rb");
	struct error err;
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail(path, "expected a zone file that can be read");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buffer_add(&text, piece, n);
	fclose(f);
	j->zones = dns_zones_new();
	if (dns_zones_add(j->zones, path, buffer_span(&text), &err) < 0)
		fail("the zone", err.text);
	buffer_clear(&text);
}

/* Answers the missing questions from the last to the first. */
static void put_answers(struct judge *j, struct dns_view *view)
{
	const struct dns_question *missing;
	size_t n;

	while ((n = dns_view_missing(view, &missing)) > 0) {
		struct span name = arena_span(j->arena, span_from(missing[n - 1].name));
		enum dns_type type = missing[n - 1].type;

		dns_view_put(view, name, type, dns_zones_answer(j->zones, j->arena, name, type));
	}
}

static void in_rounds(
    struct judge *j, const struct spf_query *q, struct dns_view *view, struct spf_verdict *out)
{
	unsigned rounds = 0;

	while (spf_check(q, view, j->arena, out) == VERIFY_NEEDS_DNS) {
		if (++rounds > VERIFY_ROUNDS_MAX)
			fail("a query", "more rounds of questions than are allowed");
		put_answers(j, view);
	}
}

static const char *text_of(struct judge *j, const struct spf_verdict *v)
{
	return arena_printf(j->arena, "%s\t%u\t%u\t%s\t%s", AUTH_RESULT_NAME[v->result], v->lookups,
	    v->void_lookups, v->mechanism == NULL ? "" : v->mechanism,
	    v->explanation == NULL ? "" : v->explanation);
}

static void judge(struct judge *j, const struct spf_query *q)
{
	struct dns_view *whole = dns_view_new(j->zones), *empty = dns_view_new(NULL);
	struct spf_verdict at_once, by_rounds;
	const char *text;
	char line[24];

	if (spf_check(q, whole, j->arena, &at_once) != VERIFY_DONE)
		fail("a query", "the zone does not answer it");
	in_rounds(j, q, empty, &by_rounds);
	text = text_of(j, &at_once);
	snprintf(line, sizeof(line), "line %u", j->line);
	if (strcmp(text, text_of(j, &by_rounds)) != 0 ||
	    strcmp(at_once.reason, by_rounds.reason) != 0)
		fail(line, "the verdict depends on how the answers came");
	puts(text);
	dns_view_free(whole);
	dns_view_free(empty);
}

int main(int argc, char **argv)
{
	struct judge j = {.arena = arena_new()};
	struct spf_query q = {.identity = SPF_MAILFROM, .now = NOW};
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc != 2)
		fail("usage", "spfjudge ZONE < QUERIES");
	read_zone(&j, argv[1]);
	while ((n = getline(&text, &size, stdin)) > 0) {
		struct span rest = span_of(text, (size_t)n - (text[n - 1] == '\n'));

		j.line++;
		if (ip_parse(span_cut(&rest, '\t'), &q.client) < 0)
			fail(text, "expected an address first");
		q.helo = span_cut(&rest, '\t');
		q.mail_from = rest;
		judge(&j, &q);
		arena_reset(j.arena);
	}
	free(text);
	dns_zones_free(j.zones);
	arena_free(j.arena);
	return EXIT_SUCCESS;
}
