/*
 * SPDX-License-Identifier: ISC
 *
 * The forms for a terminal against golden files: without a limit, in 80 columns, and coloured.
 */
#include "report/text.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "forms.h"
#include "golden.h"
#include "unit.h"

static const struct {
	const char *name;
	struct report_style style;
} STYLES[] = {
    {"wide", {.width = 0}},
    {"80", {.width = 80}},
    {"color", {.color = true, .width = 100}},
};

/* Somewhere with half an hour, and with summer time. */
static int somewhere(int64_t unix_ms)
{
	return unix_ms < 1764000001000 ? -210 : 345;
}

START_TEST(golden_files)
{
	struct buffer out = BUFFER_INIT;
	char name[64];
	size_t count;
	const struct form *f = forms(&count);

	for (size_t i = 0; i < count * ARRAY_SIZE(STYLES); i++) {
		size_t form = i % count, style = i / count;

		buffer_reset(&out);
		report_message_text(&out, f[form].message, &STYLES[style].style);
		report_hints_text(&out, f[form].message->id, &STYLES[style].style);
		snprintf(name, sizeof(name), "message-%s-%s.txt", f[form].name, STYLES[style].name);
		golden_check(name, buffer_span(&out));
	}
	buffer_clear(&out);
}
END_TEST

static void add_list(struct buffer *out, const struct report_style *style)
{
	size_t count;
	const struct form *f = forms(&count);

	report_list_head(out, style);
	for (size_t i = 0; i < count; i++)
		report_list_line(out, f[i].message, style);
}

START_TEST(golden_lists)
{
	struct buffer out = BUFFER_INIT;
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(STYLES); i++) {
		buffer_reset(&out);
		add_list(&out, &STYLES[i].style);
		snprintf(name, sizeof(name), "list-%s.txt", STYLES[i].name);
		golden_check(name, buffer_span(&out));
	}
	buffer_clear(&out);
}
END_TEST

static void add_sessions(struct buffer *out, const struct report_style *style)
{
	size_t count;
	const struct record_session *const *sessions = session_forms(&count);

	report_sessions_head(out, style);
	for (size_t i = 0; i < count; i++)
		report_sessions_line(out, sessions[i], style);
}

START_TEST(golden_sessions)
{
	static const struct {
		const char *name;
		struct report_style style;
	} styles[] = {{"wide", {.width = 0}}, {"80", {.width = 80}}, {"120", {.width = 120}},
	    {"color", {.color = true, .width = 200}}};
	struct buffer out = BUFFER_INIT;
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		buffer_reset(&out);
		add_sessions(&out, &styles[i].style);
		snprintf(name, sizeof(name), "sessions-%s.txt", styles[i].name);
		golden_check(name, buffer_span(&out));
	}
	buffer_clear(&out);
}
END_TEST

START_TEST(golden_spf)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	const struct verdict *v = &forms(&count)[0].message->observed;

	report_spf_text(&out, &v->spf, &v->spf_helo, &STYLES[1].style);
	golden_check("spf.txt", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

START_TEST(golden_dmarc)
{
	static const struct finding_list none = {NULL, 0};
	const struct record_message *m;
	struct buffer out = BUFFER_INIT;
	size_t count;

	m = forms(&count)[0].message;
	report_dmarc_text(&out, &m->observed.dmarc, &none, &STYLES[1].style);
	ck_assert_ptr_null(strstr(out.data, "Findings"));
	report_dmarc_text(&out, &m->observed.dmarc, &m->findings, &STYLES[1].style);
	golden_check("dmarc.txt", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

/* Each time by the zone of its instant. */
START_TEST(times_are_local)
{
	struct report_style style = {.zone = somewhere};
	struct buffer out = BUFFER_INIT;
	size_t count;
	const struct form *f = forms(&count);

	report_message_text(&out, f[0].message, &style);
	ck_assert_ptr_nonnull(strstr(out.data, ", received 2025-11-24 12:30:00 -03:30\n"));
	ck_assert_ptr_nonnull(strstr(out.data, " signed 2025-11-24 12:30:00 -03:30\n"));
	ck_assert_ptr_nonnull(strstr(out.data, " expires 2025-12-01 20:25:00 +05:45\n"));
	ck_assert_ptr_null(strstr(out.data, "UTC"));
	buffer_reset(&out);
	report_list_head(&out, &style);
	report_list_line(&out, f[0].message, &style);
	report_list_line(&out, f[1].message, &style);
	ck_assert(span_starts(buffer_span(&out), SPAN("time (local)        id ")));
	ck_assert_ptr_nonnull(strstr(out.data, "\n2025-11-24 12:30:00 "));
	ck_assert_ptr_nonnull(strstr(out.data, "\n2025-11-24 21:45:01 "));
	style.zone = NULL;
	buffer_reset(&out);
	report_sessions_head(&out, &style);
	ck_assert(span_starts(buffer_span(&out), SPAN("time (UTC)          id ")));
	buffer_clear(&out);
}
END_TEST

/* DMARC as a sentence, whatever came of it. */
START_TEST(policies_are_sentences)
{
	static const struct {
		struct dmarc_verdict verdict;
		const char *want;
	} rows[] = {
	    {{.result = AUTH_PASS,
		 .reason = "SPF passed for a.example.com, which is aligned with example.com "
			   "(relaxed: same organizational domain)",
		 .has_policy = true,
		 .policy_domain = "example.com",
		 .policy = DMARC_POLICY_REJECT},
		"SPF passed for a.example.com, which is aligned with example.com (relaxed: same "
		"organizational domain), so DMARC passes; example.com asks receivers to reject "
		"what fails\n"},
	    {{.result = AUTH_FAIL,
		 .reason = "nothing is aligned; example.com asks receivers to reject",
		 .has_policy = true,
		 .policy_domain = "example.com",
		 .policy = DMARC_POLICY_REJECT,
		 .disposition = DMARC_POLICY_REJECT},
		"nothing is aligned; example.com asks receivers to reject; so DMARC fails, and a "
		"receiver that follows it refuses the message\n"},
	    {{.result = AUTH_NONE, .reason = "there is no record"},
		"there is no record, so the result of DMARC is none\n"},
	    {{.result = AUTH_TEMPERROR,
		 .reason = "a look-up failed",
		 .has_policy = true,
		 .policy = DMARC_POLICY_NONE},
		"a look-up failed, so the result of DMARC is temperror; the domain asks receivers "
		"to do nothing about what fails\n"},
	    {{.result = AUTH_PERMERROR},
		"no reason is known, so the result of DMARC is permerror\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct record_message m = {.observed.dmarc = rows[i].verdict};
		struct buffer out = BUFFER_INIT;

		report_message_text(&out, &m, &STYLES[0].style);
		ck_assert_msg(
		    strstr(out.data, rows[i].want) != NULL, "%s: %s", rows[i].want, out.data);
		buffer_clear(&out);
	}
}
END_TEST

/* Code points of a line. */
static size_t columns(struct span line)
{
	size_t n = 0;

	for (; line.len > 0; n++)
		line = span_after(line, utf8_length(line));
	return n;
}

static void check_widths(void (*add)(struct buffer *, const struct report_style *))
{
	struct buffer out = BUFFER_INIT;

	for (unsigned width = 55; width < 250; width++) {
		struct report_style style = {.width = width};
		struct span rest;

		buffer_reset(&out);
		add(&out, &style);
		rest = buffer_span(&out);
		while (rest.data != NULL) {
			struct span line = span_cut(&rest, '\n');

			ck_assert_msg(columns(line) <= width, "width %u: \"%.*s\"", width,
			    (int)line.len, line.data);
		}
	}
	buffer_clear(&out);
}

START_TEST(lists_fit_the_width)
{
	check_widths(add_list);
	check_widths(add_sessions);
}
END_TEST

/* Whatever a message holds, nothing but text and line ends comes out. */
START_TEST(nothing_moves_the_terminal)
{
	char subject[257], helo[257];
	const char *recipients[] = {helo}, *parameters[] = {subject};
	struct record_session session = {.id = "01JDCYJZ0V0000000000000001"};
	struct verify_route route = {.name = subject};
	struct record_opinion opinion = {subject, helo, subject, RECORD_AGREES_NO, helo};
	struct dkim_verdict signature = {.domain = subject,
	    .selector = helo,
	    .algorithm = subject,
	    .canonicalization = helo,
	    .identity = subject,
	    .signed_headers = recipients,
	    .signed_header_count = 1,
	    .reason = helo};
	struct record_message m = {.id = session.id,
	    .session = &session,
	    .route = &route,
	    .opinions = &opinion,
	    .opinion_count = 1};
	struct report_style style = {.width = 80};
	struct buffer out = BUFFER_INIT;

	for (int c = 1; c < 256; c++) {
		subject[c - 1] = (char)c;
		helo[c - 1] = (char)(256 - c);
	}
	subject[255] = helo[255] = '\0';
	m.subject = m.from = m.message_id = m.date = subject;
	session.client.helo = session.auth.mechanism = session.auth.user = helo;
	m.envelope = (struct record_envelope){.mail_from = helo,
	    .rcpt_to = recipients,
	    .rcpt_count = 1,
	    .body = subject,
	    .ret = helo,
	    .envid = subject,
	    .notify = parameters,
	    .orcpt = parameters};
	m.observed.dmarc.reason = m.observed.dmarc.record = m.refused = subject;
	m.observed.dmarc.policy_domain = m.observed.dmarc.organizational_domain = helo;
	m.observed.dkim = &signature;
	m.observed.dkim_count = 1;
	m.predicted.dmarc.reason = session.kind = helo;
	report_message_text(&out, &m, &style);
	report_list_line(&out, &m, &style);
	session.listener = session.end_reason = session.failure = subject;
	report_sessions_line(&out, &session, &style);
	report_sessions_line(&out, &session, &(struct report_style){.width = 0});
	ck_assert(utf8_valid(buffer_span(&out)));
	for (size_t i = 0; i < out.len; i++)
		ck_assert_msg(((unsigned char)out.data[i] >= ' ' || out.data[i] == '\n') &&
				  out.data[i] != 0x7f,
		    "octet %d at %zu", out.data[i], i);
	ck_assert_ptr_nonnull(strstr(out.data, "\\x1b"));
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_files, golden_lists, golden_sessions, golden_spf,
	    golden_dmarc, times_are_local, policies_are_sentences, lists_fit_the_width,
	    nothing_moves_the_terminal, NULL};

	return unit_main("reporttext", tests);
}
