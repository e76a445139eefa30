/*
 * SPDX-License-Identifier: ISC
 *
 * The forms for a person at a terminal. Control characters of the mail are escaped, so that no
 * output can change the terminal. Appended to out.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base/buffer.h"
#include "record/record.h"

struct report_style {
	bool color;     /* ANSI colours: only on a terminal, and NO_COLOR respected */
	unsigned width; /* columns to fit into; 0: no limit */
};

/* The head line and one line a message of "list". */
void report_list_head(struct buffer *out, const struct report_style *style);
void report_list_line(
    struct buffer *out, const struct record_message *m, const struct report_style *style);

/* The head line and one line a session of "sessions". */
void report_sessions_head(struct buffer *out, const struct report_style *style);
void report_sessions_line(
    struct buffer *out, const struct record_session *s, const struct report_style *style);

/* All of one message: what came, how, the verdicts with their reasons, the findings. */
void report_message_text(
    struct buffer *out, const struct record_message *m, const struct report_style *style);
/* The verdicts of "check spf". */
void report_spf_text(struct buffer *out, const struct spf_verdict *spf,
    const struct spf_verdict *spf_helo, const struct report_style *style);
/* The verdict of "check dmarc" and what was found in the record. */
void report_dmarc_text(struct buffer *out, const struct dmarc_verdict *v,
    const struct finding_list *findings, const struct report_style *style);

#endif
