/*
 * SPDX-License-Identifier: ISC
 *
 * Runs scenario files and the folders they are in. Each case is judged once under its zones and
 * compared with what it states; and it must come out the same, in every fact, when a resolver
 * brings the answers in rounds, whatever their order and however the body is cut, and when only
 * the evidence of the first judgement is there.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "facts.h"
#include "report/trace.h"
#include "scenario.h"
#include "verify/verify.h"

enum order {
	ORDER_ZONES,    /* the view has the zones itself */
	ORDER_REVERSED, /* answers are put in, the last question's first */
	ORDER_SHUFFLED,
	ORDER_EVIDENCE, /* all that is known is the evidence of ORDER_ZONES */
	ORDER_COUNT,
};

static const char *const ORDER_NAME[] = {
    [ORDER_ZONES] = "with its zones",
    [ORDER_REVERSED] = "by rounds, reversed",
    [ORDER_SHUFFLED] = "by rounds, shuffled",
    [ORDER_EVIDENCE] = "from the evidence",
};
_Static_assert(ARRAY_SIZE(ORDER_NAME) == ORDER_COUNT, "one name for each order");

struct run {
	const struct scenario *scenario;
	const struct scenario_case *current;
	const struct dns_zones *zones;
	struct arena *arena;    /* of the case */
	struct buffer evidence; /* of ORDER_ZONES */
	unsigned rounds;        /* the most that any order took */
};

struct totals {
	size_t files, cases, failures;
	unsigned rounds;
	unsigned long all_rounds;
};

static void report(const struct run *r, const char *fact, const char *got, const char *expected)
{
	fprintf(stderr, "%s:%u: %s: %s: got \"%s\", expected \"%s\"\n", r->scenario->file,
	    r->current->line, r->current->name, fact, got, expected);
}

/* What a resolver would say: the zones' answer, and beyond them nothing exists. */
static const struct dns_answer *resolve(struct run *r, const struct dns_question *q)
{
	const struct dns_answer *answer =
	    dns_zones_answer(r->zones, r->arena, span_from(q->name), q->type);
	struct dns_answer *out;

	if (answer != NULL && !(answer->status == DNS_OK && answer->count == 0))
		return answer;
	out = dns_answer_status(r->arena, DNS_NXDOMAIN, 300);
	out->canonical = answer == NULL ? NULL : answer->canonical;
	return out;
}

/* The same permutation in every run of the program. */
static size_t pick(size_t left, unsigned *state)
{
	*state = *state * 1103515245U + 12345U;
	return (*state >> 16) % left;
}

static void put_answers(struct run *r, struct dns_view *view, enum order order)
{
	const struct dns_question *missing;
	size_t count = dns_view_missing(view, &missing);
	struct dns_question *all = arena_alloc(r->arena, (count + 1) * sizeof(*all));
	unsigned state = (unsigned)count;

	for (size_t i = 0; i < count; i++) {
		all[i].name = arena_string(r->arena, missing[i].name);
		all[i].type = missing[i].type;
	}
	for (size_t left = count; left > 0; left--) {
		size_t at = order == ORDER_SHUFFLED ? pick(left, &state) : left - 1;

		dns_view_put(view, span_from(all[at].name), all[at].type, resolve(r, &all[at]));
		all[at] = all[left - 1];
	}
}

static void feed_body(struct verify *v, struct span body, enum order order)
{
	static const size_t cuts[] = {1, 2, 3, 5, 7, 11, 64};

	for (size_t i = 0; body.len > 0; i++) {
		struct span part = span_first(body, cuts[i % ARRAY_SIZE(cuts)]);

		if (order == ORDER_ZONES || order == ORDER_EVIDENCE)
			part = body;
		else if (order == ORDER_SHUFFLED)
			part = span_first(body, 1);
		verify_body(v, part.data, part.len);
		body = span_after(body, part.len);
	}
}

/* The value of the field, unfolded, with a blank for each fold. */
static const char *authentication_results(struct run *r, const struct verdict *verdict)
{
	const struct scenario_case *c = r->current;
	struct record_session session = {
	    .client = {.ip = c->peer, .helo = arena_copy(r->arena, c->helo)}};
	struct record_message message = {.session = &session,
	    .envelope = {.mail_from = arena_copy(r->arena, c->mail_from)},
	    .observed = *verdict};
	struct report_trace trace = {&message, c->message, "mx.example.net"};
	struct buffer field = BUFFER_INIT;
	struct mail_header header;
	struct span value;
	char *text;

	report_authentication_results(&field, &trace);
	mail_header_parse(buffer_span(&field), r->arena, &header);
	value = mail_field_unfold(&header.fields[0], r->arena);
	text = arena_copy(r->arena, value);
	for (size_t i = 0; i < value.len; i++)
		if (text[i] == '\t')
			text[i] = ' ';
	buffer_clear(&field);
	return text;
}

/* 0, or -1 when the judgement does not end within the rounds that it may take. */
static int judge(
    struct run *r, struct verify *v, struct dns_view *view, enum order order, struct facts *out)
{
	const struct dns_question *missing;
	struct verify_result result;
	unsigned rounds = 0;

	while (verify_end(v, view, &result) == VERIFY_NEEDS_DNS) {
		if (++rounds > VERIFY_ROUNDS_MAX || dns_view_missing(view, &missing) == 0) {
			report(r, ORDER_NAME[order], "no end of rounds", "a verdict");
			return -1;
		}
		if (order == ORDER_EVIDENCE)
			report(r, ORDER_NAME[order], missing[0].name, "no question");
		put_answers(r, view, order);
	}
	if (rounds > r->rounds)
		r->rounds = rounds;
	if (dns_view_missing(view, &missing) > 0) {
		report(r, ORDER_NAME[order], missing[0].name, "nothing missing in the end");
		return -1;
	}
	facts_of(&result, r->current->has_route, r->arena, out);
	facts_add(out, "authentication-results", authentication_results(r, &result.observed));
	return 0;
}

static struct dns_view *make_view(struct run *r, enum order order)
{
	struct dns_view *view = dns_view_new(order == ORDER_ZONES ? r->zones : NULL);
	struct error err;

	if (order == ORDER_EVIDENCE && dns_view_restore(view, buffer_span(&r->evidence), &err) < 0)
		report(r, ORDER_NAME[order], err.text, "evidence that can be read");
	return view;
}

static int judge_case(struct run *r, enum order order, struct facts *out)
{
	const struct scenario_case *c = r->current;
	struct dns_view *view = make_view(r, order);
	struct mail_message message;
	struct mail_header header;
	struct verify_input in = {
	    .client = c->peer,
	    .helo = c->helo,
	    .mail_from = c->mail_from,
	    .header = &header,
	    .message = &message,
	    .now = c->now,
	    .smtputf8 = c->smtputf8,
	    .route = c->has_route ? &c->route : NULL,
	};
	struct verify *v;
	int status;

	mail_header_parse(c->message, r->arena, &header);
	mail_message_read(&header, r->arena, &message);
	v = verify_begin(&in);
	feed_body(v, span_after(c->message, header.body), order);
	status = judge(r, v, view, order, out);
	if (order == ORDER_ZONES)
		dns_view_evidence(view, &r->evidence);
	verify_free(v);
	dns_view_free(view);
	return status;
}

static bool value_matches(struct span got, struct span want)
{
	if (want.len == 0 || want.data[0] != '~')
		return span_equal(got, want);
	want = span_trim(span_after(want, 1));
	for (; got.len >= want.len; got = span_after(got, 1)) {
		if (span_starts(got, want))
			return true;
		if (got.len == 0)
			break;
	}
	return false;
}

/* Alternatives stand between " | ". */
static bool matches_any(const char *got, const char *expected)
{
	const char *bar;

	while ((bar = strstr(expected, " | ")) != NULL) {
		struct span one = span_of(expected, (size_t)(bar - expected));

		if (value_matches(span_from(got), span_trim(one)))
			return true;
		expected = bar + 3;
	}
	return value_matches(span_from(got), span_trim(span_from(expected)));
}

/* Whether a fact of this name has the value; *seen is one that has not. */
static bool holds(const struct facts *facts, const char *name, const char *value, const char **seen)
{
	*seen = "(no such fact)";
	for (size_t i = 0; i < facts->count; i++) {
		if (strcmp(facts->items[i].name, name) != 0)
			continue;
		if (matches_any(facts->items[i].value, value))
			return true;
		*seen = facts->items[i].value;
	}
	return false;
}

static bool check_fact(
    const struct run *r, const struct scenario_fact *expected, const struct facts *facts)
{
	const char *seen;
	char rounds[20];

	if (strcmp(expected->name, "rounds") == 0) {
		snprintf(rounds, sizeof(rounds), "%u", r->rounds);
		if (r->rounds <= strtoul(expected->value, NULL, 10))
			return true;
		report(r, "rounds", rounds, expected->value);
		return false;
	}
	if (strcmp(expected->name, "no-finding") == 0) {
		if (!holds(facts, "finding", expected->value, &seen))
			return true;
		report(r, "finding", expected->value, "not there");
		return false;
	}
	if (holds(facts, expected->name, expected->value, &seen))
		return true;
	report(r, expected->name, seen, expected->value);
	return false;
}

static bool same_facts(
    const struct run *r, const struct facts *a, const struct facts *b, enum order order)
{
	bool same = a->count == b->count;

	for (size_t i = 0; i < a->count && i < b->count; i++) {
		if (strcmp(a->items[i].value, b->items[i].value) == 0)
			continue;
		fprintf(stderr, "%s: ", ORDER_NAME[order]);
		report(r, b->items[i].name, b->items[i].value, a->items[i].value);
		same = false;
	}
	if (a->count != b->count)
		report(r, ORDER_NAME[order], "another number of facts", "the same");
	return same;
}

static bool run_orders(struct run *r)
{
	struct facts first = {0}, again = {0};
	bool ok = judge_case(r, ORDER_ZONES, &first) == 0;

	for (int order = ORDER_REVERSED; ok && order < ORDER_COUNT; order++) {
		ok = judge_case(r, (enum order)order, &again) == 0 &&
		     same_facts(r, &first, &again, (enum order)order);
		free(again.items);
		again = (struct facts){0};
	}
	for (size_t i = 0; first.count > 0 && i < r->current->expected_count; i++)
		ok = check_fact(r, &r->current->expected[i], &first) && ok;
	free(first.items);
	return ok;
}

static void run_case(const struct scenario *s, const struct scenario_case *c,
    const struct dns_zones *zones, struct totals *totals)
{
	struct run r = {.scenario = s, .current = c, .zones = zones, .arena = arena_new()};

	totals->cases++;
	if (c->expected_count == 0) {
		report(&r, "facts", "none", "at least one line that states one");
		totals->failures++;
	} else if (!run_orders(&r)) {
		totals->failures++;
	}
	if (r.rounds > totals->rounds)
		totals->rounds = r.rounds;
	totals->all_rounds += r.rounds;
	buffer_clear(&r.evidence);
	arena_free(r.arena);
}

static int run_text(const char *file, struct span text, struct arena *a, struct totals *totals)
{
	struct dns_zones *zones = dns_zones_new();
	struct scenario s;
	struct error err;
	int status = scenario_parse(file, text, a, &s, &err);

	for (size_t i = 0; status == 0 && i < s.zone_count; i++)
		status = dns_zones_add(zones, file, s.zones[i], &err);
	if (status < 0) {
		fprintf(stderr, "%s\n", err.text);
		totals->failures++;
	}
	for (size_t i = 0; status == 0 && i < s.case_count; i++)
		run_case(&s, &s.cases[i], zones, totals);
	scenario_clear(&s);
	dns_zones_free(zones);
	return status;
}

static int read_file(const char *path, struct buffer *out)
{
	FILE *f = fopen(path, "rb");
	char block[4096];
	size_t n;

	if (f == NULL)
		return -1;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buffer_add(out, block, n);
	fclose(f);
	return 0;
}

static void run_file(const char *path, struct totals *totals)
{
	struct buffer text = BUFFER_INIT;
	struct arena *a = arena_new();

	totals->files++;
	if (read_file(path, &text) == 0) {
		run_text(path, buffer_span(&text), a, totals);
	} else {
		fprintf(stderr, "%s: cannot be read\n", path);
		totals->failures++;
	}
	arena_free(a);
	buffer_clear(&text);
}

static int is_scenario(const struct dirent *entry)
{
	return span_ends_nocase(span_from(entry->d_name), SPAN(".scenario"));
}

static void run_folder(const char *folder, struct totals *totals)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_scenario, alphasort);

	for (int i = 0; i < count; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		run_file(path, totals);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	struct totals totals = {0};
	struct stat st;

	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			run_folder(argv[i], &totals);
		else
			run_file(argv[i], &totals);
	}
	printf("%zu cases in %zu files, %zu failures; at most %u rounds, on average %.1f\n",
	    totals.cases, totals.files, totals.failures, totals.rounds,
	    totals.cases == 0 ? 0.0 : (double)totals.all_rounds / (double)totals.cases);
	if (totals.cases == 0)
		fprintf(stderr, "run_scenario: no case: expected scenario files or folders\n");
	return totals.cases > 0 && totals.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
