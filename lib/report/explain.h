/*
 * SPDX-License-Identifier: ISC
 *
 * What words of the trade mean, for a person and as JSON: findings, reply codes, enhanced status
 * codes, results of checks, replies that providers are known to send, and the requirements of
 * receivers. The tables are those that the program uses. Appended to out; style NULL is JSON, one
 * object a line, with its "kind".
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include "conf/receiver.h"
#include "report/text.h"

enum explain_table {
	EXPLAIN_FINDINGS,
	EXPLAIN_REPLIES,
	EXPLAIN_STATUS,
	EXPLAIN_RESULTS,
	EXPLAIN_PROVIDERS,
	EXPLAIN_RECEIVERS,
	EXPLAIN_TABLE_COUNT,
};

extern const char *const EXPLAIN_TABLE_NAME[EXPLAIN_TABLE_COUNT];

/*
 * A whole table: a head line, and an entry a line without a limit of width, else with its text
 * below it, wrapped. receivers is for the last one alone.
 */
void report_explain_table(struct buffer *out, enum explain_table table,
    const struct conf_receivers *receivers, const struct report_style *style);

/* Whether the words may be those of a reply, for which the receivers are looked through. */
bool report_explain_is_reply(struct span words);
/*
 * All that is known of the words: the id of a finding, a result ("softfail", "spf=permerror"), a
 * reply code, an enhanced status code, or a reply as it stands in a log, also of several lines.
 * receivers may be NULL. False: nothing is known of them, and nothing was appended.
 */
bool report_explain(struct buffer *out, struct span words, const struct conf_receivers *receivers,
    const struct report_style *style);

/* {"kind":"finding","id","severity","reference","reply":{"code","status","text"}|null,"text"},
 * without a line end */
void report_explain_json(struct buffer *out, const struct finding_entry *entry);
/* The head line and one entry of the table of findings; one entry alone. */
void report_explain_head(struct buffer *out, const struct report_style *style);
void report_explain_line(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style);
void report_explain_text(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style);

/*
 * Appends the ids and results that resemble the word most, "a, b or c", at most five, the nearest
 * first. Nothing when none does.
 */
void report_explain_near(struct buffer *out, struct span word);

#endif
