/*
 * SPDX-License-Identifier: ISC
 *
 * Comparing a message with itself judged again: equal, and with each fact changed in turn.
 */
#include "report/again.h"

#include <jansson.h>
#include <string.h>

#include "forms.h"
#include "unit.h"

/* The "full" message as it is stored, and the same result as if it came again. */
struct pair {
	struct record_message stored;
	struct verify_result again;
	struct dkim_verdict signatures[2], predicted[2];
	struct finding findings[8], stored_findings[8];
};

static struct report_again set_up(struct pair *p)
{
	size_t count;
	const struct record_message *full = forms(&count)[0].message;

	*p = (struct pair){
	    .stored = *full, .again = {.observed = full->observed, .predicted = full->predicted}};
	memcpy(p->signatures, full->observed.dkim, sizeof(p->signatures));
	memcpy(p->predicted, full->predicted.dkim, sizeof(p->predicted));
	memcpy(p->stored_findings, full->findings.items,
	    full->findings.count * sizeof(p->stored_findings[0]));
	p->stored.findings.items = p->stored_findings;
	p->again.observed.dkim = p->signatures;
	p->again.predicted.dkim = p->predicted;
	/* of the stored findings the last is of verification, the others are of the session */
	p->findings[0] = full->findings.items[full->findings.count - 1];
	p->again.findings = (struct finding_list){p->findings, 1};
	return (struct report_again){.stored = &p->stored, .again = &p->again};
}

/* What one of the rows below changes. */
static const char *few[] = {"from"};

static void change_spf(struct pair *p)
{
	p->again.observed.spf.result = AUTH_FAIL;
}

static void change_lookups(struct pair *p)
{
	p->stored.observed.spf.lookups = 9;
}

static void change_reason(struct pair *p)
{
	p->again.observed.spf_helo.reason = "another \x1b[31m reason";
}

static void change_explanation(struct pair *p)
{
	p->again.observed.spf_helo.explanation = NULL;
}

static void change_selector(struct pair *p)
{
	p->signatures[1].selector = "new";
}

static void change_signed_at(struct pair *p)
{
	p->signatures[0].signed_at = -1;
}

static void change_signed_headers(struct pair *p)
{
	p->signatures[0].signed_headers = few;
	p->signatures[0].signed_header_count = 1;
}

static void lose_signature(struct pair *p)
{
	p->again.predicted.dkim_count = 1;
	p->predicted[0].predicted = false;
}

static void change_alignment(struct pair *p)
{
	p->again.predicted.dmarc.dkim_aligned = false;
}

static void change_policy(struct pair *p)
{
	p->again.observed.dmarc.has_policy = false;
}

static void lose_client(struct pair *p)
{
	p->stored.observed.has_client = false;
}

static void change_names(struct pair *p)
{
	p->again.observed.rdns.name_count = 1;
}

static void lose_finding(struct pair *p)
{
	p->again.findings.count = 0;
}

static void gain_findings(struct pair *p)
{
	p->findings[1] = (struct finding){FINDING_DKIM_WEAK_KEY, "weak"};
	p->findings[2] = (struct finding){FINDING_HELO_NOT_A_NAME, "no name"};
	p->again.findings.count = 3;
}

static void session_says_it_in_other_words(struct pair *p)
{
	p->findings[1] = (struct finding){FINDING_HELO_NOT_A_NAME, "no name"};
	p->again.findings.count = 2;
	p->stored_findings[0] = (struct finding){FINDING_HELO_NOT_A_NAME, "said in the dialogue"};
}

static void change_finding(struct pair *p)
{
	p->stored_findings[2].text = "other words";
}

static void opinion_came(struct pair *p)
{
	p->stored_findings[3] = (struct finding){FINDING_RECEIVERS_DISAGREE, "they disagree"};
	p->stored.findings.count = 4;
}

static void nothing(struct pair *p)
{
	(void)p;
}

/* want: the lines for a person, cut where "..." stands in front of long JSON. */
static const struct {
	const char *row;
	void (*change)(struct pair *p);
	const char *want;
} rows[] = {
    {"nothing", nothing,
	"agrees: spf pass, spf_helo fail, dkim pass, dmarc pass, rdns pass\n"
	"agrees, predicted: spf softfail, spf_helo none, dkim pass, dmarc pass, rdns permerror\n"},
    {"result", change_spf, "observed.spf.result: stored pass, again fail\n"},
    {"number", change_lookups, "observed.spf.lookups: stored 9, again 1\n"},
    {"reason", change_reason,
	"observed.spf_helo.reason: stored no mechanism of app.example.com's SPF record matches "
	"203.0.113.7 and it ends in -all: add the sending address, again another \\x1b[31m "
	"reason\n"},
    {"absent", change_explanation,
	"observed.spf_helo.explanation: stored this host sends no mail, again null\n"},
    {"selector", change_selector, "observed.dkim[1].selector: stored old, again new\n"},
    {"signed at", change_signed_at,
	"observed.dkim[0].signed_at: stored 2025-11-24T16:00:00.000Z, again null\n"},
    {"signed fields", change_signed_headers,
	"observed.dkim[0].signed_headers[1]: stored to, again null\n"
	"observed.dkim[0].signed_headers[2]: stored subject, again null\n"
	"observed.dkim[0].signed_headers[3]: stored date, again null\n"
	"observed.dkim[0].signed_headers[4]: stored message-id, again null\n"
	"observed.dkim[0].signed_headers[5]: stored from, again null\n"},
    {"signature lost", lose_signature,
	"predicted.dkim[0].predicted: stored true, again false\n"
	"predicted.dkim[1]: stored {\"result\":\"pass\",..."},
    {"alignment", change_alignment, "predicted.dmarc.dkim_aligned: stored true, again false\n"},
    {"policy", change_policy,
	"observed.dmarc.policy: stored reject, again null\n"
	"observed.dmarc.disposition: stored none, again null\n"},
    {"client", lose_client, "observed.spf: stored null, again {\"result\":\"pass\",..."},
    {"names", change_names, "observed.rdns.names[1]: stored other.example.com, again null\n"},
    {"finding lost", lose_finding,
	"findings.missing-from: stored The message has no From field., again null\n"},
    {"findings gained", gain_findings,
	"findings.helo-not-a-name: stored null, again no name\n"
	"findings.dkim-weak-key: stored null, again weak\n"},
    {"words of the session", session_says_it_in_other_words,
	"agrees: spf pass, spf_helo fail, dkim pass, dmarc pass, rdns pass\n..."},
    {"words of a finding", change_finding,
	"findings.missing-from: stored other words, again The message has no From field.\n"},
    {"opinions are no part of it", opinion_came,
	"agrees: spf pass, spf_helo fail, dkim pass, dmarc pass, rdns pass\n..."},
};

static void matches(const char *row, struct span got, const char *want)
{
	struct span start = span_from(want);

	if (!span_ends_nocase(start, SPAN("..."))) {
		unit_span_eq(row, got, want);
		return;
	}
	start.len -= 3;
	ck_assert_msg(span_starts(got, start), "%s: got \"%.*s\", expected it to begin \"%.*s\"",
	    row, (int)got.len, got.data, (int)start.len, start.data);
}

START_TEST(each_difference_is_named)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer out = BUFFER_INIT;
		struct pair p;
		struct report_again r = set_up(&p);
		bool agrees;

		rows[i].change(&p);
		agrees = report_again_text(&out, &r);
		matches(rows[i].row, buffer_span(&out), rows[i].want);
		ck_assert_msg(agrees == (strncmp(out.data, "agrees", 6) == 0), "%s", rows[i].row);
		buffer_clear(&out);
	}
}
END_TEST

START_TEST(json_says_the_same)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer out = BUFFER_INIT, text = BUFFER_INIT;
		struct pair p;
		struct report_again r = set_up(&p);
		json_t *o, *list;
		bool agrees;

		rows[i].change(&p);
		agrees = report_again_json(&out, &r);
		ck_assert_msg(agrees == report_again_text(&text, &r), "%s", rows[i].row);
		o = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_msg(
		    o != NULL && json_object_size(o) == 4, "%s: %s", rows[i].row, out.data);
		ck_assert_str_eq(json_string_value(json_object_get(o, "id")), p.stored.id);
		ck_assert(json_boolean_value(json_object_get(o, "agrees")) == agrees);
		list = json_object_get(o, "differences");
		ck_assert_msg((json_array_size(list) == 0) == agrees, "%s", rows[i].row);
		if (!agrees) {
			const char *fact =
			    json_string_value(json_object_get(json_array_get(list, 0), "fact"));

			ck_assert_msg(strncmp(text.data, fact, strlen(fact)) == 0, "%s: %s",
			    rows[i].row, fact);
			ck_assert_uint_eq(json_object_size(json_array_get(list, 0)), 3);
		}
		ck_assert_uint_eq(json_array_size(json_object_get(o, "missing")), 0);
		json_decref(o);
		buffer_clear(&out);
		buffer_clear(&text);
	}
}
END_TEST

/* What names are missing is said alone: nothing that was judged without them counts. */
START_TEST(missing_names_disagree)
{
	static const struct dns_question missing[] = {
	    {"example.com", DNS_TXT}, {"7.113.0.203.in-addr.arpa", DNS_PTR}};
	struct buffer out = BUFFER_INIT;
	struct pair p;
	struct report_again r = set_up(&p);

	r.missing = missing;
	r.missing_count = ARRAY_SIZE(missing);
	r.again = &(const struct verify_result){0};
	ck_assert(!report_again_text(&out, &r));
	unit_span_eq("text", buffer_span(&out),
	    "missing in the evidence: example.com TXT\n"
	    "missing in the evidence: 7.113.0.203.in-addr.arpa PTR\n");
	buffer_reset(&out);
	ck_assert(!report_again_json(&out, &r));
	unit_span_eq("json", buffer_span(&out),
	    "{\"id\":\"01JDCYK0000000000000000002\",\"agrees\":false,\"differences\":[],"
	    "\"missing\":[\"example.com TXT\",\"7.113.0.203.in-addr.arpa PTR\"]}");
	buffer_clear(&out);
}
END_TEST

START_TEST(without_a_route_or_a_client_less_is_said)
{
	struct buffer out = BUFFER_INIT;
	struct pair p;
	struct report_again r = set_up(&p);

	p.stored.route = NULL;
	p.stored.observed.has_client = p.again.observed.has_client = false;
	ck_assert(report_again_text(&out, &r));
	unit_span_eq("text", buffer_span(&out), "agrees: dkim pass, dmarc pass\n");
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {each_difference_is_named, json_says_the_same,
	    missing_names_disagree, without_a_route_or_a_client_less_is_said, NULL};

	return unit_main("reportagain", tests);
}
