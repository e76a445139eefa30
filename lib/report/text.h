/*
 * SPDX-License-Identifier: ISC
 *
 * The forms for a person at a terminal. Control characters of the mail are escaped, so that no
 * output can change the terminal. Appended to out.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base/buffer.h"
#include "mime/content.h"
#include "record/record.h"

struct report_style {
	bool color;     /* ANSI colours: only on a terminal, and NO_COLOR respected */
	unsigned width; /* columns to fit into; 0: no limit */
	/* Minutes that local time is ahead of UTC at that instant; NULL: times are UTC. */
	int (*zone)(int64_t unix_ms);
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
/* The other forms that "show" has of a stored message: its last lines. */
void report_hints_text(struct buffer *out, const char *id, const struct report_style *style);
/* The parts of the message and its links, behind the page above. */
void report_content_text(
    struct buffer *out, const struct mime_content *content, const struct report_style *style);
/*
 * Text of a message as it may go to a terminal: lines stay lines, tabs tabs, and whatever else a
 * terminal obeys, or turns the direction of writing, is escaped.
 */
void report_escape_lines(struct buffer *out, struct span text);
/* The verdicts of "check spf". */
void report_spf_text(struct buffer *out, const struct spf_verdict *spf,
    const struct spf_verdict *spf_helo, const struct report_style *style);
/* The verdict of "check dmarc" and what was found in the record. */
void report_dmarc_text(struct buffer *out, const struct dmarc_verdict *v,
    const struct finding_list *findings, const struct report_style *style);

#endif
