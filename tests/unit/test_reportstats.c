/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of "stats": golden files, and what they do with nothing and with a lot.
 */
#include "report/stats.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "golden.h"
#include "unit.h"

static const struct report_tally TALLIES[] = {
    {"spf", "pass", 4},
    {"spf", "softfail", 1},
    {"spf", NULL, 1},
    {"dkim", "pass", 3},
    {"dkim", "none", 2},
    {"dkim", "permerror", 1},
    {"dmarc", "fail", 6},
    {"rdns", "temperror", 6},
    {"tls", "TLSv1.3", 5},
    {"tls", NULL, 1},
    {"listener", "submission", 4},
    {"listener", "mx", 2},
    {"user", "apikey", 3},
    {"user", NULL, 2},
    {"user", "a\x1b[31m user with a name that is longer than the column is wide", 1},
    {"hour", "2026-11-23T16:00Z", 2},
    {"hour", "2026-11-23T17:00Z", 4},
    {"hour", "no hour", 0},
    {"finding", "bare-lf", 2},
    {"refused", NULL, 5},
    {"refused", "550 5.7.26 Unauthenticated", 1},
    {"of-tomorrow", "unknown", 1},
};

static const struct report_stats FULL = {
    .messages = 6,
    .octets = 123456789,
    .sessions = 7,
    .sessions_failed = 1,
    .tallies = TALLIES,
    .tally_count = ARRAY_SIZE(TALLIES),
    .latency =
	{
	    [RECORD_STAGE_CONNECTION] = {7, 0, 1, 2, 2},
	    [RECORD_STAGE_TLS] = {5, 4, 11, 12, 1200},
	    [RECORD_STAGE_DATA] = {6, 20, 300000, 3600000, 3600000},
	},
};

static int quarter_past_five(int64_t unix_ms)
{
	(void)unix_ms;
	return 5 * 60 + 15;
}

static const struct {
	const char *golden;
	struct report_style style;
} STYLES[] = {
    {"stats-wide.txt", {false, 0, NULL}},
    {"stats-80.txt", {false, 80, NULL}},
    {"stats-color.txt", {true, 80, quarter_past_five}},
};

START_TEST(text)
{
	for (size_t i = 0; i < ARRAY_SIZE(STYLES); i++) {
		struct buffer out = BUFFER_INIT;

		report_stats_text(&out, &FULL, &STYLES[i].style);
		golden_check(STYLES[i].golden, buffer_span(&out));
		ck_assert(STYLES[i].style.color || strchr(out.data, 0x1b) == NULL);
		buffer_clear(&out);
	}
}
END_TEST

START_TEST(json)
{
	struct buffer out = BUFFER_INIT;
	json_t *o;

	report_stats_json(&out, &FULL);
	ck_assert_int_lt(span_index(buffer_span(&out), '\n'), 0);
	o = json_loadb(out.data, out.len, 0, NULL);
	ck_assert_ptr_nonnull(o);
	json_decref(o);
	buffer_add_char(&out, '\n');
	golden_check("stats.json", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

/* Columns of a line, whose octets are ASCII but for the mark of a cut. */
static size_t columns(struct span line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += ((unsigned char)line.data[i] & 0xc0) != 0x80;
	return n;
}

START_TEST(fits_narrow_terminals)
{
	for (unsigned width = 40; width < 100; width += 5) {
		const struct report_style style = {false, width, NULL};
		struct report_stats s = FULL;
		struct buffer out = BUFFER_INIT;
		struct span rest;

		memset(s.latency, 0, sizeof(s.latency));
		report_stats_text(&out, &s, &style);
		rest = buffer_span(&out);
		while (rest.data != NULL) {
			struct span line = span_cut(&rest, '\n');

			ck_assert_msg(
			    columns(line) <= width, "%u: %.*s", width, (int)line.len, line.data);
		}
		buffer_clear(&out);
	}
}
END_TEST

/* Where nobody logged in and nothing was refused, the text does not say so. */
START_TEST(absent_words)
{
	static const struct report_tally tallies[] = {
	    {"tls", NULL, 2}, {"user", NULL, 2}, {"refused", NULL, 2}};
	static const struct report_stats s = {.messages = 2, .tallies = tallies, .tally_count = 3};
	struct buffer out = BUFFER_INIT;

	report_stats_text(&out, &s, &STYLES[0].style);
	ck_assert_str_eq(out.data, "2 messages, 0 octets\n0 sessions, 0 of them failed\n\nTLS\n"
				   "  none                                      2  100.0 %\n");
	buffer_clear(&out);
}
END_TEST

START_TEST(nothing)
{
	static const struct report_stats none = {.messages = 0};
	struct buffer out = BUFFER_INIT;
	json_t *o;

	report_stats_text(&out, &none, &STYLES[0].style);
	ck_assert_str_eq(out.data, "0 messages, 0 octets\n0 sessions, 0 of them failed\n");
	buffer_reset(&out);
	report_stats_json(&out, &none);
	o = json_loadb(out.data, out.len, 0, NULL);
	ck_assert_uint_eq(json_object_size(json_object_get(o, "groups")), REPORT_STATS_GROUP_COUNT);
	ck_assert_uint_eq(json_object_size(json_object_get(o, "latency_ms")), RECORD_STAGE_DONE);
	json_decref(o);
	buffer_clear(&out);
}
END_TEST

#define MANY 1000

/* Of many words the first are shown, of many hours the last, and the others as one sum. */
static const struct {
	const char *group;
	const char *first, *last, *rest;
} LONG[] = {
    {"user", "  w0000 ", "  w0023 ", "  976 others  "},
    {"finding", "  w0000 ", "  w0023 ", "  976 others  "},
    {"hour", "  w0976 ", "  w0999 ", "  976 hours before  "},
};

START_TEST(long_groups)
{
	static char words[MANY][8];
	static struct report_tally tallies[MANY];

	for (size_t i = 0; i < ARRAY_SIZE(LONG); i++) {
		const struct report_stats s = {
		    .messages = MANY, .tallies = tallies, .tally_count = MANY};
		struct buffer out = BUFFER_INIT;
		json_t *o;
		size_t lines = 0;

		for (size_t k = 0; k < MANY; k++) {
			snprintf(words[k], sizeof(words[k]), "w%04zu", k);
			tallies[k] = (struct report_tally){LONG[i].group, words[k], 1};
		}
		report_stats_text(&out, &s, &STYLES[0].style);
		ck_assert_ptr_nonnull(strstr(out.data, LONG[i].first));
		ck_assert_ptr_nonnull(strstr(out.data, LONG[i].last));
		ck_assert_msg(strstr(out.data, LONG[i].rest) != NULL, "%s", out.data);
		for (size_t k = 0; k < out.len; k++)
			lines += out.data[k] == '\n';
		ck_assert_uint_eq(lines, 2 + 2 + 25);
		buffer_reset(&out);
		report_stats_json(&out, &s);
		o = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_uint_eq(
		    json_array_size(json_object_get(json_object_get(o, "groups"), LONG[i].group)),
		    MANY);
		json_decref(o);
		buffer_clear(&out);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    text, json, fits_narrow_terminals, absent_words, nothing, long_groups, NULL};

	return unit_main("reportstats", tests);
}
