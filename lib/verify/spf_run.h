/*
 * SPDX-License-Identifier: ISC
 *
 * One evaluation of check_host() (RFC 7208 4) over what the view knows, shared by spf.c, which
 * walks records, and spf_match.c, which tries single mechanisms.
 */
#ifndef VERIFY_SPF_RUN_H
#define VERIFY_SPF_RUN_H

#include "dns/view.h"
#include "verify/spf_macro.h"
#include "verify/spf_record.h"

/* RFC 7208 4.6.4. */
#define SPF_LOOKUPS_MAX 10
#define SPF_VOIDS_MAX   2
#define SPF_MX_MAX      10
#define SPF_PTR_MAX     10

struct spf_run {
	struct spf_macro_values values; /* domain and validated are set for each expansion */
	struct dns_view *view;
	struct arena *arena;
	unsigned lookups, voids; /* terms that asked, terms that found nothing, so far */
};

enum spf_match {
	SPF_NO_MATCH,
	SPF_MATCH,
	SPF_TEMPERROR,
	SPF_PERMERROR,
	SPF_MISSING, /* the view lacks an answer */
};

/* Asks for a name of any octets; what cannot be a name does not exist. NULL when missing. */
const struct dns_answer *spf_ask(struct spf_run *r, struct span name, enum dns_type type);

/* How many of the texts are SPF records (RFC 7208 4.5), and the first of them. */
size_t spf_records(const struct dns_answer *txt, struct span *first);

/* At most SPF_MX_MAX exchanges by preference, those of one preference by name: servers give them
 * in changing order. */
void spf_sort_exchanges(const struct dns_answer *mx, const struct dns_record *out[SPF_MX_MAX]);

/* A domain-spec expanded, or the domain itself when there is none. */
struct spf_target {
	char name[SPF_NAME_SIZE];
	size_t len;   /* 0: it names nothing */
	bool foreign; /* it needs a local part that is not ASCII: no match (RFC 8616 4) */
};

/* SPF_MATCH, or SPF_MISSING when %{p} is not known yet. */
enum spf_match spf_expand(
    struct spf_run *r, struct span spec, struct span domain, struct spf_target *out);

/* Sets what %{p} stands for under the domain (RFC 7208 7.3). */
enum spf_match spf_set_validated(struct spf_run *r, struct span domain);

/*
 * Tries a mechanism other than include in the record of domain. *why (in the arena) is set for
 * errors. Counts the term if it finds nothing, not that it asked.
 */
enum spf_match spf_match(
    struct spf_run *r, const struct spf_term *t, struct span domain, const char **why);

#endif
