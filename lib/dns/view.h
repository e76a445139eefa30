/*
 * SPDX-License-Identifier: ISC
 *
 * The view: all that is known of the DNS while one message is judged, and what is missing. It is
 * the only way for lib/verify to ask, and what it holds in the end is the evidence.
 *
 * Zones answer first; then what was put in. A lookup that neither can answer is noted as missing.
 */
#ifndef DNS_VIEW_H
#define DNS_VIEW_H

#include "dns/zone.h"

struct dns_view;

struct dns_question {
	const char *name; /* normalized */
	enum dns_type type;
};

/* zones may be NULL; they are borrowed for the life of the view. */
struct dns_view *dns_view_new(const struct dns_zones *zones);
void dns_view_free(struct dns_view *v);

/*
 * The answer, borrowed until the view is freed, or NULL when it is missing (noted once). A name
 * that cannot be put on the wire is DNS_NXDOMAIN. CNAME chains are followed across zones and
 * fetched answers. Beyond DNS_VIEW_MAX questions every new one is answered DNS_SERVFAIL.
 */
const struct dns_answer *dns_view_lookup(struct dns_view *v, struct span name, enum dns_type type);

#define DNS_VIEW_MAX 1000

/* The questions missing since the last put or clear, borrowed until then. */
size_t dns_view_missing(const struct dns_view *v, const struct dns_question **out);
/* Enters the answer (copied) to a missing question and takes it off the missing list. */
void dns_view_put(
    struct dns_view *v, struct span name, enum dns_type type, const struct dns_answer *answer);
/* Answers every missing question with this status, which the evidence then shows. */
void dns_view_fail_missing(struct dns_view *v, enum dns_status status);

/*
 * The evidence: every question that was answered, in the order of first asking, as text:
 *
 *	;; NAME TYPE STATUS [CANONICAL]
 *	NAME TTL IN TYPE RDATA
 *
 * one question line and its records below it, names with a final dot, TXT data in quoted strings
 * of at most 255 octets with \DDD. Appended to out.
 */
struct buffer;
void dns_view_evidence(const struct dns_view *v, struct buffer *out);
/* Enters the answers of an evidence text. 0, or -1 with err naming the line. */
int dns_view_restore(struct dns_view *v, struct span evidence, struct error *err);

/* How many questions were answered, by zones or by put. */
size_t dns_view_answered(const struct dns_view *v);

#endif
