/*
 * SPDX-License-Identifier: ISC
 *
 * What a view is made of. Only for dns/view and dns/evidence.
 */
#ifndef DNS_VIEWDATA_H
#define DNS_VIEWDATA_H

#include "dns/view.h"

struct view_entry {
	struct dns_question question;
	struct span name;                 /* the same as question.name */
	const struct dns_answer *answer;  /* what lookups are told, once it is known */
	const struct dns_answer *fetched; /* what was put in */
	bool missing;                     /* in the list of the missing */
};

struct dns_view {
	const struct dns_zones *zones;
	struct arena *arena;
	struct dns_table *table;
	struct view_entry **entries; /* in the order of first asking */
	size_t count;
	struct dns_question *missing;
	size_t missing_count;
};

/* What is known of the entry, or NULL. */
static inline const struct dns_answer *view_entry_answer(const struct view_entry *e)
{
	return e->answer != NULL ? e->answer : e->fetched;
}

#endif
