/*
 * SPDX-License-Identifier: ISC
 *
 * TLS as a session sees it: which context, what came of the handshake, and what is found in it.
 */
#include <string.h>

#include "gateway/policy.h"
#include "gateway/progress.h"
#include "run/clock.h"
#include "run/log.h"
#include "tls/facts.h"

void handshake_begin(struct session *s)
{
	const struct generation_tls *tls = &s->worker->generation->tls[s->listener->index];

	s->state = SESSION_HANDSHAKE;
	s->wrong = tls->wrong;
	outcome_handshake(&s->outcome);
	progress_note(s);
	transcript_note(&s->transcript, "TLS handshake");
	conn_start_tls(s->conn, tls->context);
}

static const char EXPIRED[] = "The client's certificate has expired; renew it.";

static void find_in_facts(struct session *s)
{
	const struct tls_certificate *certificate = s->record.tls.client_certificate;
	const char *weakness = tls_weakness(&s->record.tls);

	if (weakness != NULL)
		policy_finding(s, FINDING_WEAK_TLS, weakness);
	if (certificate != NULL && certificate->not_after < clock_now_ms() / 1000)
		policy_finding(s, FINDING_CERTIFICATE_EXPIRED, EXPIRED);
}

void handshake_done(struct session *s)
{
	bool implicit = s->listener->conf->tls == CONF_TLS_IMPLICIT;

	outcome_secured(&s->outcome);
	progress_note(s);
	s->clear_in = s->record.bytes_in;
	tls_facts_read(conn_ssl(s->conn), implicit ? TLS_MODE_IMPLICIT : TLS_MODE_STARTTLS,
	    s->arena, &s->record.tls);
	policy_forget(s);
	transcript_note(
	    &s->transcript, "TLS stands: %s %s", s->record.tls.version, s->record.tls.cipher);
	log_event(CONF_LOG_INFO, s->id, "tls", "version", s->record.tls.version, "cipher",
	    s->record.tls.cipher, LOG_END);
	find_in_facts(s);
}

void handshake_failed(struct session *s, const char *reason)
{
	tls_failure_read(conn_ssl(s->conn), conn_tls_error(s->conn), s->arena, &s->tls_failure);
	if (reason != NULL) {
		s->tls_failure.reason = reason;
		s->tls_failure.by = "server";
	}
	s->record.tls_failure = &s->tls_failure;
	if (SSL_get_verify_result(conn_ssl(s->conn)) == X509_V_ERR_CERT_HAS_EXPIRED)
		policy_finding(s, FINDING_CERTIFICATE_EXPIRED, EXPIRED);
	outcome_handshake_failed(&s->outcome, s->tls_failure.reason);
	progress_note(s);
	transcript_note(&s->transcript, "TLS failed: %s", s->tls_failure.reason);
	log_event(CONF_LOG_WARNING, s->id, "tls-failed", "reason", s->tls_failure.reason, LOG_END);
}

void handshake_channel(struct session *s)
{
	struct tls_channel from;
	struct smtp_channel to = {.has_exporter = false};

	tls_channel_read(conn_ssl(s->conn), &from);
	to.has_exporter = from.has_exporter;
	memcpy(to.exporter, from.exporter, sizeof(to.exporter));
	memcpy(to.end_point, from.end_point, sizeof(to.end_point));
	to.end_point_size = from.end_point_size;
	smtp_server_channel(s->machine, &to);
}
