/*
 * SPDX-License-Identifier: ISC
 *
 * A DMARC judgement as text for the tests.
 */
#include "dmarccase.h"

#include "base/name.h"
#include "records.h"
#include "unit.h"

#define ROUNDS_MAX 5

size_t dmarc_case_identifiers(const char *ids, struct arena *a, struct dmarc_identifier *out)
{
	struct span rest = span_from(ids);
	size_t n = 0;

	while (rest.data != NULL && rest.len > 0) {
		struct span domain = span_cut(&rest, ' '), result = span_cut(&domain, ':');
		bool dkim = span_equal(span_cut(&result, '='), SPAN("dkim"));
		int word = name_find(AUTH_RESULT_NAME, AUTH_RESULT_COUNT, result);

		ck_assert_int_ge(word, 0);
		ck_assert_uint_lt(n, DMARC_CASE_IDENTIFIERS_MAX);
		out[n++] =
		    (struct dmarc_identifier){dkim, (enum auth_result)word, arena_copy(a, domain)};
	}
	return n;
}

unsigned dmarc_case_judge(const struct dmarc_case *c, struct arena *a, struct dmarc_verdict *out,
    struct finding_list *findings)
{
	struct dns_view *view = dns_view_new(NULL);
	struct dmarc_identifier identifiers[DMARC_CASE_IDENTIFIERS_MAX];
	struct mail_message message;
	struct mail_header h;
	struct dmarc_input in = {
	    &message, identifiers, dmarc_case_identifiers(c->ids, a, identifiers)};
	unsigned rounds = 0;

	mail_header_parse(span_from(c->header), a, &h);
	mail_message_read(&h, a, &message);
	while (dmarc_check(&in, view, a, out, findings) == VERIFY_NEEDS_DNS) {
		ck_assert_uint_lt(rounds++, ROUNDS_MAX);
		ck_assert_uint_gt(records_answer(view, c->records), 0);
		/* Nothing is found while anything is missing. */
		ck_assert(findings == NULL || findings->count == 0);
	}
	dns_view_free(view);
	return rounds;
}

const char *dmarc_case_finding(const struct finding_list *list, enum finding_id id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].id == id)
			return list->items[i].text;
	}
	return NULL;
}
