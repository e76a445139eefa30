/*
 * SPDX-License-Identifier: ISC
 *
 * libopendmarc over a view. Its own look-ups go to the network, so that its discovery (the author
 * domain, then the organizational domain by its suffix table) is done here and the record handed
 * to it.
 */
#include "opinion/ask_dmarc.h"

/* dmarc.h needs the types of those before it. */
#include <sys/types.h>

#include <netinet/in.h>
#include <sys/param.h>

#include <opendmarc/dmarc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dns/name.h"

/* Exported by the library, not in its header. */
int opendmarc_get_tld(u_char *domain, u_char *tld, size_t tld_len);

/* What the library does as soon as a TXT record has this anywhere in it. */
static const char VERSION_TAG[] = "v=DMARC1";

static const char *const SUFFIX_LISTS[] = {
    "/usr/share/publicsuffix/public_suffix_list.dat",
    "/usr/share/publicsuffix/effective_tld_names.dat",
};

const char *ask_dmarc_library(char out[LIBRARY_NAME_SIZE])
{
	const unsigned v = OPENDMARC_LIB_VERSION;

	/* The header of 1.4.2 states no version. */
	if (v == 0)
		snprintf(out, LIBRARY_NAME_SIZE, "libopendmarc");
	else
		snprintf(out, LIBRARY_NAME_SIZE, "libopendmarc %u.%u.%u", v >> 24, v >> 16 & 0xff,
		    v >> 8 & 0xff);
	return out;
}

int ask_dmarc_load(struct error *err)
{
	OPENDMARC_LIB_T options;

	for (size_t i = 0; i < ARRAY_SIZE(SUFFIX_LISTS); i++) {
		memset(&options, 0, sizeof(options));
		options.tld_type = OPENDMARC_TLD_TYPE_MOZILLA;
		snprintf((char *)options.tld_source_file, sizeof(options.tld_source_file), "%s",
		    SUFFIX_LISTS[i]);
		if (access(SUFFIX_LISTS[i], R_OK) == 0 &&
		    opendmarc_policy_library_init(&options) == DMARC_PARSE_OKAY)
			return 0;
	}
	return error_cannot(err,
	    "libopendmarc needs the public suffix list, and %s cannot be read: install the "
	    "package publicsuffix",
	    SUFFIX_LISTS[0]);
}

/* A borrowed string as the library's functions take it; they do not write to it. */
static u_char *theirs(const char *s)
{
	union {
		const char *in;
		u_char *out;
	} text = {s};

	return text.out;
}

enum found {
	FOUND,
	ABSENT,
	FAILED, /* another time may mend it */
	MISSING,
};

struct discovery {
	struct arena *arena;
	struct dns_view *view;
	const char *domain;         /* of the author */
	const char *organizational; /* where that was asked too, else NULL */
	const char *record;
};

static enum found find_record(struct discovery *d, const char *domain)
{
	const char *name = arena_printf(d->arena, "_dmarc.%s", domain);
	const struct dns_answer *answer = dns_view_lookup(d->view, span_from(name), DNS_TXT);

	if (answer == NULL)
		return MISSING;
	if (dns_failed(answer))
		return FAILED;
	for (size_t i = 0; i < answer->count; i++) {
		d->record = arena_copy(d->arena, answer->records[i].text);
		if (strstr(d->record, VERSION_TAG) != NULL)
			return FOUND;
	}
	return ABSENT;
}

/* As opendmarc_policy_query_dmarc: what the last look-up said is what counts. */
static enum found discover(struct discovery *d)
{
	enum found found = find_record(d, d->domain);
	u_char top[DNS_NAME_SIZE] = "";

	if (found == FOUND || found == MISSING ||
	    opendmarc_get_tld(theirs(d->domain), top, sizeof(top)) != 0 || top[0] == '\0')
		return found;
	d->organizational = arena_string(d->arena, (const char *)top);
	return find_record(d, d->organizational);
}

static int spf_outcome(enum auth_result result)
{
	if (result == AUTH_PASS)
		return DMARC_POLICY_SPF_OUTCOME_PASS;
	if (result == AUTH_NONE)
		return DMARC_POLICY_SPF_OUTCOME_NONE;
	return result == AUTH_TEMPERROR ? DMARC_POLICY_SPF_OUTCOME_TMPFAIL
	                                : DMARC_POLICY_SPF_OUTCOME_FAIL;
}

static int dkim_outcome(enum auth_result result)
{
	if (result == AUTH_PASS)
		return DMARC_POLICY_DKIM_OUTCOME_PASS;
	if (result == AUTH_NONE)
		return DMARC_POLICY_DKIM_OUTCOME_NONE;
	return result == AUTH_TEMPERROR ? DMARC_POLICY_DKIM_OUTCOME_TMPFAIL
	                                : DMARC_POLICY_DKIM_OUTCOME_FAIL;
}

/* In the order in which its milter does it. What it does not take, it goes without. */
static void hand_over(DMARC_POLICY_T *p, const struct opinion_question *q, struct arena *a)
{
	if (q->spf_domain.len > 0)
		opendmarc_policy_store_spf(p, theirs(arena_copy(a, q->spf_domain)),
		    spf_outcome(q->spf), DMARC_POLICY_SPF_ORIGIN_MAILFROM, NULL);
	for (size_t i = 0; i < q->signature_count; i++) {
		const struct opinion_signature *s = &q->signatures[i];

		if (s->domain.len > 0)
			opendmarc_policy_store_dkim(p, theirs(arena_copy(a, s->domain)),
			    theirs(arena_copy(a, s->selector)), dkim_outcome(s->result), NULL);
	}
}

static const char *policy_word(int policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return "reject";
	case DMARC_POLICY_QUARANTINE:
		return "quarantine";
	case DMARC_POLICY_NONE:
		return "none";
	}
	return NULL;
}

static void say(
    struct opinion_says *out, struct arena *a, enum auth_result result, const char *reason)
{
	out->state = OPINION_GIVEN;
	out->result = result;
	out->reason = reply_clean(a, span_from(reason));
}

static void conclude(
    DMARC_POLICY_T *p, const struct discovery *d, struct arena *a, struct opinion_says *out)
{
	int policy = opendmarc_get_policy_to_enforce(p), dkim = 0, spf = 0;
	const char *word = policy_word(policy);

	opendmarc_policy_fetch_alignment(p, &dkim, &spf);
	if (policy == DMARC_POLICY_ABSENT) {
		say(out, a, AUTH_NONE, "the record states no policy");
		return;
	}
	if (policy != DMARC_POLICY_PASS && word == NULL) {
		say(out, a, AUTH_PERMERROR, opendmarc_policy_status_to_str(policy));
		return;
	}
	say(out, a, word == NULL ? AUTH_PASS : AUTH_FAIL,
	    arena_printf(a,
		"SPF is %saligned and DKIM is %saligned%s%s, by the record at _dmarc.%s",
		spf == DMARC_POLICY_SPF_ALIGNMENT_PASS ? "" : "not ",
		dkim == DMARC_POLICY_DKIM_ALIGNMENT_PASS ? "" : "not ",
		word == NULL ? "" : ", so that the policy applies: ", word == NULL ? "" : word,
		d->organizational != NULL ? d->organizational : d->domain));
}

static void evaluate(const struct opinion_question *q, const struct discovery *d, struct arena *a,
    struct opinion_says *out)
{
	bool v6 = span_index(q->client, ':') >= 0;
	const char *client = q->client.len > 0 ? arena_copy(a, q->client) : "0.0.0.0";
	DMARC_POLICY_T *p = opendmarc_policy_connect_init(
	    theirs(client), v6 ? DMARC_POLICY_IP_TYPE_IPV6 : DMARC_POLICY_IP_TYPE_IPV4);
	int status;

	if (p == NULL)
		return;
	status = opendmarc_policy_store_from_domain(p, theirs(d->domain));
	hand_over(p, q, a);
	if (status == DMARC_PARSE_OKAY)
		status = opendmarc_policy_store_dmarc(p, theirs(d->record), theirs(d->domain),
		    d->organizational == NULL ? NULL : theirs(d->organizational));
	if (status == DMARC_PARSE_OKAY)
		conclude(p, d, a, out);
	else
		say(out, a, AUTH_PERMERROR, opendmarc_policy_status_to_str(status));
	opendmarc_policy_connect_shutdown(p);
}

void ask_dmarc(const struct opinion_question *q, struct dns_view *view, struct arena *a,
    struct opinion_says *out)
{
	struct discovery d = {.arena = a, .view = view, .domain = arena_copy(a, q->from_domain)};

	*out = (struct opinion_says){
	    OPINION_UNAVAILABLE, AUTH_NONE, "libopendmarc gave no answer for the message"};
	switch (discover(&d)) {
	case FOUND:
		evaluate(q, &d, a, out);
		break;
	case ABSENT:
		say(out, a, AUTH_NONE, "no DMARC record was found");
		break;
	case FAILED:
		say(out, a, AUTH_TEMPERROR, "the lookup of the DMARC record failed");
		break;
	case MISSING:
		break;
	}
}
