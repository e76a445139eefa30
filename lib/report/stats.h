/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of "stats": how many messages with which verdicts, of whom and when, and how long
 * sessions took.
 */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H

#include "record/record.h"
#include "report/text.h"

struct report_tally {
	const char *group; /* a word of REPORT_STATS_GROUP; others are not shown */
	const char *word;  /* NULL: none; of "hour" its beginning in UTC, 2026-11-23T16:00Z */
	uint64_t count;    /* messages that have it */
};

/* Milliseconds that sessions spent in a stage. */
struct report_latency {
	uint64_t count; /* sessions that reached it; 0: the rest is not known */
	int64_t p50, p90, p99, max;
};

struct report_stats {
	uint64_t messages, octets, sessions, sessions_failed;
	const struct report_tally *tallies; /* in the order in which a group's words are shown */
	size_t tally_count;
	struct report_latency latency[RECORD_STAGE_DONE];
};

#define REPORT_STATS_GROUP_COUNT 10
extern const char *const REPORT_STATS_GROUP[REPORT_STATS_GROUP_COUNT];

/* Of long groups the text shows the first words (of the hours the last), JSON all. */
void report_stats_text(
    struct buffer *out, const struct report_stats *s, const struct report_style *style);
/*
 * {"messages","octets","sessions","sessions_failed","groups":{"spf":[{"word","count","percent"}],
 * ...},"latency_ms":{"connection":{"count","p50","p90","p99","max"},...}}. percent is of the
 * messages, with one decimal.
 */
void report_stats_json(struct buffer *out, const struct report_stats *s);

#endif
