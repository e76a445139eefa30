/*
 * SPDX-License-Identifier: ISC
 *
 * Asking the opinion process about one message at a time: starting the process when it is needed,
 * resolving what it wants to know, and putting an end to it when it takes too long.
 */
#ifndef OPINION_INQUIRY_H
#define OPINION_INQUIRY_H

#include "conf/settings.h"
#include "dns/zone.h"
#include "net/loop.h"
#include "opinion/reply.h"
#include "record/record.h"

struct inquiry_options {
	struct loop *loop;
	const struct dns_zones *zones; /* NULL: none; borrowed, as are the next two */
	const struct conf_list *dns;
	const char *program;
	int64_t dns_timeout_ms;                   /* for all names of a message together */
	int64_t answer_ms, start_ms, back_off_ms; /* as in opinion/opinion.h */
	/*
	 * Called once for each inquiry_ask, never from within it. Where the process gave none, all
	 * opinions are unavailable, with the reason.
	 */
	void (*answered)(void *arg, const struct opinion_says says[OPINION_CHECK_COUNT]);
	void *arg;
};

struct inquiry;

struct inquiry *inquiry_new(const struct inquiry_options *o, struct error *err);
/* Ends the process. What is under way is dropped without a call. NULL is fine. */
void inquiry_free(struct inquiry *q);

/* The message and its evidence are borrowed until it is answered. */
void inquiry_ask(struct inquiry *q, const struct record_message *m, struct span evidence);

#endif
