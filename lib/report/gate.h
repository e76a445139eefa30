/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of a gate's outcome. Appended to out. What a message says is escaped in each as the
 * form demands.
 */
#ifndef REPORT_GATE_H
#define REPORT_GATE_H

#include "policy/gate.h"
#include "report/text.h"

/* For a person: each message, what passed in a line, each failure with all that is known of it. */
void report_gate_text(struct buffer *out, const struct gate *g, const struct report_style *style);
/* {"outcome":...,"messages":[{"id","viewpoint","requirements":[{"name","source","outcome","expected",
 * "got","reason","reply","remedy","evidence"}]}]}, compact, without a line end. */
void report_gate_json(struct buffer *out, const struct gate *g);
/* JUnit XML: one testsuite a message, one testcase a requirement: failure for fail, error for
 * unjudged, skipped for not-applicable. A shortfall is a testcase with an error. */
void report_gate_junit(struct buffer *out, const struct gate *g);
/* TAP version 13; not-applicable is "ok ... # SKIP". */
void report_gate_tap(struct buffer *out, const struct gate *g);
/* Workflow commands of GitHub: an ::error a failure, a ::notice for the whole. */
void report_gate_github(struct buffer *out, const struct gate *g);
/* Markdown, a table a message, for a pull request. */
void report_gate_markdown(struct buffer *out, const struct gate *g);

#endif
