/*
 * SPDX-License-Identifier: ISC
 *
 * Counts, shares and latencies as text and as JSON.
 */
#include "report/stats.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/name.h"
#include "report/json_internal.h"
#include "report/text_internal.h"

/* Words of a group that the text shows. */
#define WORDS_MAX    24
#define WORD_WIDTH   34
#define WORD_NARROW  12 /* at least, on a terminal that is narrow */
#define SHARE_WIDTH  9  /* " 100.0 %" and the column that the terminal needs for its cursor */
#define STAGE_WIDTH  16
#define NUMBER_WIDTH 9

const char *const REPORT_STATS_GROUP[] = {
    "spf", "dkim", "dmarc", "rdns", "tls", "listener", "user", "hour", "finding", "refused"};
_Static_assert(ARRAY_SIZE(REPORT_STATS_GROUP) == REPORT_STATS_GROUP_COUNT, "all groups");

static const struct {
	const char *title, *absent; /* absent: what stands for no word */
	bool result;                /* its words are results */
	bool newest;                /* the last words are those that matter */
	bool optional;              /* not shown where no message has a word */
} GROUPS[] = {
    {"SPF", "-", true, false, false},
    {"DKIM", "-", true, false, false},
    {"DMARC", "-", true, false, false},
    {"REVERSE DNS", "-", true, false, false},
    {"TLS", "none", false, false, false},
    {"LISTENER", "-", false, false, false},
    {"USER", "nobody", false, false, true},
    {"HOUR", "-", false, true, false},
    {"FINDING", "-", false, false, true},
    {"REFUSED", "accepted", false, false, true},
};
_Static_assert(ARRAY_SIZE(GROUPS) == REPORT_STATS_GROUP_COUNT, "a title for each group");

/* Tenths of a percent, rounded. */
static uint64_t share(uint64_t count, uint64_t of)
{
	return of == 0 ? 0 : (uint64_t)((double)count * 1000.0 / (double)of + 0.5);
}

static bool in_group(const struct report_tally *t, size_t group)
{
	return strcmp(t->group, REPORT_STATS_GROUP[group]) == 0;
}

static size_t group_size(const struct report_stats *s, size_t group)
{
	size_t n = 0;

	for (size_t i = 0; i < s->tally_count; i++)
		n += in_group(&s->tallies[i], group);
	return n;
}

static bool has_words(const struct report_stats *s, size_t group)
{
	for (size_t i = 0; i < s->tally_count; i++)
		if (in_group(&s->tallies[i], group) && s->tallies[i].word != NULL)
			return true;
	return false;
}

static void add_number(struct page *p, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%*llu", NUMBER_WIDTH, (unsigned long long)n);
	buffer_add_string(p->out, text);
}

static size_t word_width(const struct report_style *style)
{
	unsigned rest = 2 + NUMBER_WIDTH + SHARE_WIDTH;

	if (style->width == 0 || style->width >= WORD_WIDTH + rest)
		return WORD_WIDTH;
	return style->width < WORD_NARROW + rest ? WORD_NARROW : style->width - rest;
}

static void add_count(struct page *p, const struct report_stats *s, const char *word,
    enum page_color color, uint64_t count)
{
	uint64_t tenths = share(count, s->messages);

	buffer_add_string(p->out, "  ");
	page_column(p, word, word_width(p->style), color);
	add_number(p, count);
	buffer_printf(p->out, " %4llu.%llu %%\n", (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10));
}

/* The hour as it is where the reader is. */
static const char *hour_text(
    const struct report_style *style, const char *word, char out[PAGE_INSTANT_SIZE])
{
	char whole[DATE_RFC3339_SIZE];
	int64_t at;

	/* 2026-11-23T16:00Z */
	if (strlen(word) != 17)
		return word;
	snprintf(whole, sizeof(whole), "%.16s:00Z", word);
	if (date_rfc3339_parse(span_from(whole), &at) < 0)
		return word;
	page_instant(style, at, out);
	/* without its seconds */
	memmove(out + 16, out + 19, strlen(out + 19) + 1);
	return out;
}

static void add_word(struct page *p, const struct report_stats *s, size_t group, size_t i)
{
	const struct report_tally *t = &s->tallies[i];
	enum page_color color = PAGE_PLAIN;
	char hour[PAGE_INSTANT_SIZE];
	const char *word = t->word;
	int result;

	if (word == NULL)
		word = GROUPS[group].absent;
	result = name_find(AUTH_RESULT_NAME, AUTH_RESULT_COUNT, span_from(word));
	if (GROUPS[group].result && result >= 0)
		color = page_color_of((enum auth_result)result);
	if (GROUPS[group].newest)
		word = hour_text(p->style, word, hour);
	add_count(p, s, word, color, t->count);
}

/* What is not shown of a long group: a line with its sum. */
struct rest {
	size_t first, last; /* places in the group that are shown */
	uint64_t count;
	size_t words;
};

static void add_rest(
    struct page *p, const struct report_stats *s, const struct rest *r, bool newest)
{
	char text[64];

	if (r->words == 0)
		return;
	snprintf(text, sizeof(text), newest ? "%zu hours before" : "%zu others", r->words);
	add_count(p, s, text, PAGE_PLAIN, r->count);
}

static void add_words(struct page *p, const struct report_stats *s, size_t group, size_t size)
{
	bool newest = GROUPS[group].newest;
	struct rest rest = {.last = size};
	size_t place = 0;

	if (size > WORDS_MAX && newest)
		rest.first = size - WORDS_MAX;
	else if (size > WORDS_MAX)
		rest.last = WORDS_MAX;
	for (size_t i = 0; i < s->tally_count; i++) {
		if (!in_group(&s->tallies[i], group))
			continue;
		if (newest && place == rest.first)
			add_rest(p, s, &rest, newest);
		if (place >= rest.first && place < rest.last) {
			add_word(p, s, group, i);
		} else {
			rest.count += s->tallies[i].count;
			rest.words++;
		}
		place++;
	}
	if (!newest)
		add_rest(p, s, &rest, newest);
}

static void add_groups(struct page *p, const struct report_stats *s)
{
	for (size_t g = 0; g < REPORT_STATS_GROUP_COUNT; g++) {
		size_t size = group_size(s, g);

		if (size == 0 || (GROUPS[g].optional && !has_words(s, g)))
			continue;
		page_title(p, GROUPS[g].title);
		add_words(p, s, g, size);
	}
}

static void add_latency(struct page *p, const struct report_stats *s)
{
	page_title(p, "MILLISECONDS IN EACH STAGE");
	buffer_add_string(p->out, "  ");
	page_column(p, "", STAGE_WIDTH, PAGE_PLAIN);
	buffer_printf(p->out, "%*s%*s%*s%*s%*s\n", NUMBER_WIDTH, "sessions", NUMBER_WIDTH, "p50",
	    NUMBER_WIDTH, "p90", NUMBER_WIDTH, "p99", NUMBER_WIDTH, "max");
	for (int i = 0; i < RECORD_STAGE_DONE; i++) {
		const struct report_latency *l = &s->latency[i];

		if (l->count == 0)
			continue;
		buffer_add_string(p->out, "  ");
		page_column(p, RECORD_STAGE_NAME[i], STAGE_WIDTH, PAGE_PLAIN);
		add_number(p, l->count);
		buffer_printf(p->out, "%*lld%*lld%*lld%*lld\n", NUMBER_WIDTH, (long long)l->p50,
		    NUMBER_WIDTH, (long long)l->p90, NUMBER_WIDTH, (long long)l->p99, NUMBER_WIDTH,
		    (long long)l->max);
	}
}

static bool any_latency(const struct report_stats *s)
{
	for (int i = 0; i < RECORD_STAGE_DONE; i++)
		if (s->latency[i].count > 0)
			return true;
	return false;
}

void report_stats_text(
    struct buffer *out, const struct report_stats *s, const struct report_style *style)
{
	struct page p = {out, style};

	buffer_printf(out, "%llu message%s, %llu octets\n%llu session%s, %llu of them failed\n",
	    (unsigned long long)s->messages, s->messages == 1 ? "" : "s",
	    (unsigned long long)s->octets, (unsigned long long)s->sessions,
	    s->sessions == 1 ? "" : "s", (unsigned long long)s->sessions_failed);
	add_groups(&p, s);
	if (any_latency(s))
		add_latency(&p, s);
}

static json_t *json_group(struct arena *a, const struct report_stats *s, size_t group)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->tally_count; i++) {
		const struct report_tally *t = &s->tallies[i];
		json_t *o;

		if (!in_group(t, group))
			continue;
		o = json_object();
		json_put(o, "word", json_text(a, t->word));
		json_put(o, "count", json_integer((json_int_t)t->count));
		json_put(o, "percent", json_real((double)share(t->count, s->messages) / 10.0));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_groups(struct arena *a, const struct report_stats *s)
{
	json_t *o = json_object();

	for (size_t g = 0; g < REPORT_STATS_GROUP_COUNT; g++)
		json_put(o, REPORT_STATS_GROUP[g], json_group(a, s, g));
	return o;
}

static json_t *json_ms(const struct report_latency *l, int64_t ms)
{
	return l->count == 0 ? json_null() : json_integer((json_int_t)ms);
}

static json_t *json_latency(const struct report_stats *s)
{
	json_t *o = json_object();

	for (int i = 0; i < RECORD_STAGE_DONE; i++) {
		const struct report_latency *l = &s->latency[i];
		json_t *stage = json_object();

		json_put(stage, "count", json_integer((json_int_t)l->count));
		json_put(stage, "p50", json_ms(l, l->p50));
		json_put(stage, "p90", json_ms(l, l->p90));
		json_put(stage, "p99", json_ms(l, l->p99));
		json_put(stage, "max", json_ms(l, l->max));
		json_put(o, RECORD_STAGE_NAME[i], stage);
	}
	return o;
}

void report_stats_json(struct buffer *out, const struct report_stats *s)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "messages", json_integer((json_int_t)s->messages));
	json_put(o, "octets", json_integer((json_int_t)s->octets));
	json_put(o, "sessions", json_integer((json_int_t)s->sessions));
	json_put(o, "sessions_failed", json_integer((json_int_t)s->sessions_failed));
	json_put(o, "groups", json_groups(a, s));
	json_put(o, "latency_ms", json_latency(s));
	/* 33.3, and not the nearest number to it in binary */
	json_write(out, o, JSON_REAL_PRECISION(6));
	json_decref(o);
	arena_free(a);
}
