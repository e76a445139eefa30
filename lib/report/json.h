/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON forms. One object, compact, without a line end; absent facts are null, never missing;
 * text that is no UTF-8 has U+FFFD in its place. Appended to out.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buffer.h"
#include "record/record.h"

/* The message object. A message judged without a daemon has no session: those facts are null. */
void report_message_json(struct buffer *out, const struct record_message *m);
/* The session object. */
void report_session_json(struct buffer *out, const struct record_session *s);
/*
 * {"session":ID,"lines":[{"ms":...,"from":"client|server|note","text":...}]} of a transcript as it
 * is stored. What is no line of one is a note with ms null.
 */
void report_transcript_json(struct buffer *out, const char *session, struct span transcript);
/* {"spf":{...},"spf_helo":{...}} */
void report_spf_json(
    struct buffer *out, const struct spf_verdict *spf, const struct spf_verdict *spf_helo);
/* {"dmarc":{...},"findings":[...]} */
void report_dmarc_json(
    struct buffer *out, const struct dmarc_verdict *v, const struct finding_list *findings);

#endif
