/*
 * SPDX-License-Identifier: ISC
 *
 * Comparing records member by member.
 */
#include "same.h"

#include <check.h>

#define TEXT(member) ck_assert_pstr_eq(got->member, want->member)
#define SAME(member) ck_assert_int_eq((int64_t)got->member, (int64_t)want->member)

void same_findings(const struct finding_list *got, const struct finding_list *want)
{
	SAME(count);
	for (size_t i = 0; i < want->count; i++) {
		SAME(items[i].id);
		TEXT(items[i].text);
	}
}

static void same_words(const char *const *got, const char *const *want, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(got[i], want[i]);
}

/* One a recipient, each of which may be absent. */
static void same_parameters(const char *const *got, const char *const *want, size_t count)
{
	ck_assert_int_eq(got == NULL, want == NULL);
	for (size_t i = 0; want != NULL && i < count; i++)
		ck_assert_pstr_eq(got[i], want[i]);
}

static void same_certificate(const struct tls_certificate *got, const struct tls_certificate *want)
{
	ck_assert_int_eq(got == NULL, want == NULL);
	if (want == NULL)
		return;
	TEXT(subject);
	TEXT(issuer);
	TEXT(fingerprint_sha256);
	SAME(not_after);
	SAME(verified);
	TEXT(reason);
}

static void same_tls(const struct tls_facts *got, const struct tls_facts *want)
{
	SAME(mode);
	TEXT(version);
	TEXT(cipher);
	SAME(bits);
	TEXT(group);
	TEXT(sni);
	TEXT(alpn);
	SAME(resumed);
	same_certificate(got->client_certificate, want->client_certificate);
}

void same_facts(const struct record_session *got, const struct record_session *want)
{
	ck_assert(ip_equal(&got->client.ip, &want->client.ip));
	SAME(client.port);
	TEXT(client.helo);
	TEXT(client.name);
	SAME(client.via);
	SAME(client.esmtp);
	TEXT(auth.mechanism);
	TEXT(auth.user);
	SAME(auth.over_tls);
	same_tls(&got->tls, &want->tls);
}

static void same_failure(const struct tls_failure *got, const struct tls_failure *want)
{
	ck_assert_int_eq(got == NULL, want == NULL);
	if (want == NULL)
		return;
	TEXT(reason);
	TEXT(offered_versions);
	TEXT(sni);
	TEXT(alpn);
	TEXT(groups);
	TEXT(by);
	TEXT(alert);
}

void same_session(const struct record_session *got, const struct record_session *want)
{
	TEXT(id);
	TEXT(listener);
	TEXT(kind);
	SAME(started_at);
	SAME(ended_at);
	SAME(stage);
	SAME(end);
	TEXT(end_reason);
	SAME(commands);
	SAME(bytes_in);
	SAME(bytes_out);
	same_failure(got->tls_failure, want->tls_failure);
	SAME(failed_at);
	TEXT(failure);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		SAME(timings_ms[i]);
	same_facts(got, want);
	same_findings(&got->findings, &want->findings);
}

static void same_spf(const struct spf_verdict *got, const struct spf_verdict *want)
{
	SAME(result);
	TEXT(identity);
	TEXT(domain);
	TEXT(mechanism);
	SAME(lookups);
	SAME(void_lookups);
	TEXT(explanation);
	TEXT(reason);
}

static void same_dkim(const struct dkim_verdict *got, const struct dkim_verdict *want)
{
	SAME(result);
	TEXT(domain);
	TEXT(selector);
	TEXT(algorithm);
	SAME(bits);
	TEXT(canonicalization);
	TEXT(identity);
	SAME(signed_header_count);
	same_words(got->signed_headers, want->signed_headers, want->signed_header_count);
	SAME(body_length);
	SAME(signed_at);
	SAME(expires_at);
	TEXT(reason);
	SAME(predicted);
}

static void same_dmarc(const struct dmarc_verdict *got, const struct dmarc_verdict *want)
{
	SAME(result);
	TEXT(from_domain);
	TEXT(organizational_domain);
	TEXT(policy_domain);
	SAME(has_policy);
	SAME(policy);
	SAME(disposition);
	SAME(spf_aligned);
	SAME(dkim_aligned);
	TEXT(record);
	TEXT(reason);
}

static void same_rdns(const struct rdns_verdict *got, const struct rdns_verdict *want)
{
	SAME(result);
	TEXT(ip);
	SAME(name_count);
	same_words(got->names, want->names, want->name_count);
	TEXT(confirmed);
	SAME(helo_match);
	TEXT(reason);
}

static void same_verdict(const struct verdict *got, const struct verdict *want)
{
	SAME(has_client);
	same_spf(&got->spf, &want->spf);
	same_spf(&got->spf_helo, &want->spf_helo);
	SAME(dkim_count);
	for (size_t i = 0; i < want->dkim_count; i++)
		same_dkim(&got->dkim[i], &want->dkim[i]);
	same_dmarc(&got->dmarc, &want->dmarc);
	same_rdns(&got->rdns, &want->rdns);
}

static void same_route(const struct verify_route *got, const struct verify_route *want)
{
	ck_assert_int_eq(got == NULL, want == NULL);
	if (want == NULL)
		return;
	TEXT(name);
	SAME(egress_count);
	same_words(got->egress, want->egress, want->egress_count);
	TEXT(return_path);
	TEXT(dkim_domain);
	TEXT(dkim_selector);
}

void same_message(const struct record_message *got, const struct record_message *want)
{
	TEXT(id);
	SAME(received_at);
	TEXT(envelope.mail_from);
	SAME(envelope.rcpt_count);
	same_words(got->envelope.rcpt_to, want->envelope.rcpt_to, want->envelope.rcpt_count);
	SAME(envelope.smtputf8);
	TEXT(envelope.body);
	SAME(envelope.require_tls);
	TEXT(envelope.ret);
	TEXT(envelope.envid);
	same_parameters(got->envelope.notify, want->envelope.notify, want->envelope.rcpt_count);
	same_parameters(got->envelope.orcpt, want->envelope.orcpt, want->envelope.rcpt_count);
	SAME(size);
	TEXT(message_id);
	TEXT(from);
	TEXT(subject);
	TEXT(date);
	TEXT(refused);
	same_verdict(&got->observed, &want->observed);
	same_route(got->route, want->route);
	same_verdict(&got->predicted, &want->predicted);
	SAME(opinion_count);
	same_findings(&got->findings, &want->findings);
}
