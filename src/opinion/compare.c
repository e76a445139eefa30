/*
 * SPDX-License-Identifier: ISC
 *
 * Opinions as records.
 */
#include "opinion/compare.h"

#include "opinion/ask_dmarc.h"
#include "opinion/ask_spf.h"

static const char *library_of(enum opinion_check check, struct arena *a)
{
	char name[LIBRARY_NAME_SIZE];

	return arena_string(
	    a, check == OPINION_SPF ? ask_spf_library(name) : ask_dmarc_library(name));
}

/* The verdict of record of this check; false when there is none to compare with. */
static bool verdict_of(
    const struct record_message *m, enum opinion_check check, enum auth_result *out)
{
	*out = check == OPINION_SPF ? m->observed.spf.result : m->observed.dmarc.result;
	return check == OPINION_DMARC || m->observed.has_client;
}

static void fill(
    struct record_opinion *o, const struct opinion_says *says, enum auth_result verdict)
{
	bool given = says->state == OPINION_GIVEN;

	o->result = given ? AUTH_RESULT_NAME[says->result] : "unavailable";
	o->agrees = RECORD_AGREES_UNKNOWN;
	if (given)
		o->agrees = says->result == verdict ? RECORD_AGREES_YES : RECORD_AGREES_NO;
	o->reason = says->state == OPINION_NOT_ASKED ? "the process gave no answer" : says->reason;
}

static const char *disagreement(
    const struct record_opinion *o, enum auth_result verdict, const char *before, struct arena *a)
{
	return arena_printf(a, "%s%s%s says %s %s where the standard says %s: %s",
	    before == NULL ? "" : before, before == NULL ? "" : "; ", o->library, o->check,
	    o->result, AUTH_RESULT_NAME[verdict], o->reason);
}

void opinion_compare(const struct record_message *m,
    const struct opinion_says says[OPINION_CHECK_COUNT], struct arena *a,
    struct opinion_outcome *out)
{
	const char *text = NULL;
	enum auth_result verdict;
	size_t n = 0;

	*out = (struct opinion_outcome){.message = {.id = arena_string(a, m->id)}};
	for (int i = 0; i < OPINION_CHECK_COUNT; i++) {
		struct record_opinion *o = &out->opinions[n];

		if (!verdict_of(m, (enum opinion_check)i, &verdict))
			continue;
		o->library = library_of((enum opinion_check)i, a);
		o->check = OPINION_CHECK_NAME[i];
		fill(o, &says[i], verdict);
		o->reason = arena_string(a, o->reason);
		if (o->agrees == RECORD_AGREES_NO)
			text = disagreement(o, verdict, text, a);
		n++;
	}
	out->message.opinions = out->opinions;
	out->message.opinion_count = n;
	if (text != NULL)
		finding_add(&out->message.findings, a, FINDING_RECEIVERS_DISAGREE, text);
}
