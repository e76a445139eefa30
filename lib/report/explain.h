/*
 * SPDX-License-Identifier: ISC
 *
 * The table of findings for a person and as JSON: what each says, where it is written, and how a
 * strict listener answers. Appended to out.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include "report/text.h"

/* {"id","severity","reference","reply":{"code","status","text"}|null,"text"}, without a line end */
void report_explain_json(struct buffer *out, const struct finding_entry *entry);

/*
 * The head line and one entry of the whole table. Without a limit of width an entry is one line;
 * else its sentence stands below it, wrapped.
 */
void report_explain_head(struct buffer *out, const struct report_style *style);
void report_explain_line(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style);
/* One entry alone. */
void report_explain_text(
    struct buffer *out, const struct finding_entry *entry, const struct report_style *style);

/*
 * Appends the ids that resemble the word most, "a, b or c", at most five, the nearest first.
 * Nothing when none does.
 */
void report_explain_near(struct buffer *out, struct span word);

#endif
