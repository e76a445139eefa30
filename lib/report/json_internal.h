/*
 * SPDX-License-Identifier: ISC
 *
 * The parts of the JSON forms. Each function returns a new reference; texts that the objects are
 * made of go through an arena that may be dropped afterwards, since jansson copies.
 */
#ifndef REPORT_JSON_INTERNAL_H
#define REPORT_JSON_INTERNAL_H

#include <jansson.h>

#include "policy/gate.h"
#include "record/record.h"

/* The text as valid UTF-8, or null. */
json_t *json_text(struct arena *a, const char *text);
/* The number, or null where it is 0 and that means unknown. */
json_t *json_known(uint64_t n);
/* RFC 3339, of milliseconds since 1970. */
json_t *json_time(int64_t unix_ms);
/* The same of seconds; null where they are negative. */
json_t *json_seconds(int64_t unix_s);
json_t *json_texts(struct arena *a, const char *const *items, size_t count);
/* The words that a text holds, parted by sep; [] for NULL. */
json_t *json_words(struct arena *a, const char *joined, char sep);
/* Adds a member; takes the reference to value. */
void json_put(json_t *object, const char *key, json_t *value);

json_t *json_spf(struct arena *a, const struct spf_verdict *v);
json_t *json_dmarc(struct arena *a, const struct dmarc_verdict *v);
/* What stands under "observed", and under "predicted" (null without a route). */
json_t *json_verdict(struct arena *a, const struct verdict *v);
json_t *json_prediction(struct arena *a, const struct verify_route *route, const struct verdict *v);
json_t *json_findings(struct arena *a, const struct finding_list *list);
/* Facts of a session (json_session.c); null where there is no session. */
json_t *json_client(struct arena *a, const struct record_session *s);
json_t *json_auth(struct arena *a, const struct record_session *s);
json_t *json_tls(struct arena *a, const struct record_session *s);
json_t *json_message(struct arena *a, const struct record_message *m);
/* A gate's outcome (gate_json.c). */
json_t *json_gate(struct arena *a, const struct gate *g);

/*
 * Appends the object, in one line, with the characters escaped that page_escape escapes: nothing in
 * it can change a terminal. Flags of jansson's beside JSON_COMPACT.
 */
void json_write(struct buffer *out, const json_t *object, size_t flags);
/* The same, and drops the object and the arena that its texts went through. */
void json_finish(struct buffer *out, json_t *object, struct arena *a);

#endif
