/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON form of a session, and its facts that a message has too.
 */
#include "report/json.h"
#include "report/json_internal.h"

json_t *json_client(struct arena *a, const struct record_session *s)
{
	char ip[IP_TEXT_SIZE];
	json_t *o;

	if (s == NULL || (s->client.ip.family == IP_NONE && s->client.helo == NULL))
		return json_null();
	o = json_object();
	json_put(o, "ip",
	    s->client.ip.family == IP_NONE ? json_null()
					   : json_string(ip_format(&s->client.ip, ip)));
	json_put(o, "port", json_known(s->client.port));
	json_put(o, "helo", json_text(a, s->client.helo));
	json_put(
	    o, "via", s->id == NULL ? json_null() : json_string(RECORD_VIA_NAME[s->client.via]));
	return o;
}

json_t *json_auth(struct arena *a, const struct record_session *s)
{
	json_t *o;

	if (s == NULL || s->auth.mechanism == NULL)
		return json_null();
	o = json_object();
	json_put(o, "mechanism", json_text(a, s->auth.mechanism));
	json_put(o, "user", json_text(a, s->auth.user));
	json_put(o, "over_tls", json_boolean(s->auth.over_tls));
	return o;
}

static json_t *certificate(struct arena *a, const struct tls_certificate *c)
{
	json_t *o;

	if (c == NULL)
		return json_null();
	o = json_object();
	json_put(o, "subject", json_text(a, c->subject));
	json_put(o, "issuer", json_text(a, c->issuer));
	json_put(o, "fingerprint_sha256", json_text(a, c->fingerprint_sha256));
	json_put(o, "not_after", json_seconds(c->not_after));
	json_put(o, "verified", json_boolean(c->verified));
	json_put(o, "reason", json_text(a, c->reason));
	return o;
}

json_t *json_tls(struct arena *a, const struct record_session *s)
{
	json_t *o;

	if (s == NULL || s->tls.mode == TLS_MODE_NONE)
		return json_null();
	o = json_object();
	json_put(o, "mode", json_string(TLS_MODE_NAME[s->tls.mode]));
	json_put(o, "version", json_text(a, s->tls.version));
	json_put(o, "cipher", json_text(a, s->tls.cipher));
	json_put(o, "bits", json_known((uint64_t)(s->tls.bits < 0 ? 0 : s->tls.bits)));
	json_put(o, "group", json_text(a, s->tls.group));
	json_put(o, "sni", json_text(a, s->tls.sni));
	json_put(o, "alpn", json_text(a, s->tls.alpn));
	json_put(o, "resumed", json_boolean(s->tls.resumed));
	json_put(o, "client_certificate", certificate(a, s->tls.client_certificate));
	return o;
}

static json_t *tls_failure(struct arena *a, const struct tls_failure *f)
{
	json_t *o;

	if (f == NULL)
		return json_null();
	o = json_object();
	json_put(o, "reason", json_text(a, f->reason));
	json_put(o, "offered_versions", json_words(a, f->offered_versions, ' '));
	json_put(o, "sni", json_text(a, f->sni));
	json_put(o, "alpn", json_words(a, f->alpn, ' '));
	json_put(o, "groups", json_words(a, f->groups, ' '));
	json_put(o, "by", json_text(a, f->by));
	json_put(o, "alert", json_text(a, f->alert));
	return o;
}

static json_t *timings(const struct record_session *s)
{
	json_t *o = json_object();

	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		json_put(o, RECORD_STAGE_NAME[i],
		    s->timings_ms[i] < 0 ? json_null()
					 : json_integer((json_int_t)s->timings_ms[i]));
	return o;
}

/* What came after the first release of the form stands behind it. */
static void put_failure(struct arena *a, json_t *o, const struct record_session *s)
{
	json_put(o, "end_reason", json_text(a, s->end_reason));
	json_put(o, "failed_at",
	    s->failed_at == RECORD_STAGE_DONE ? json_null()
					      : json_string(RECORD_STAGE_NAME[s->failed_at]));
	json_put(o, "failure", json_text(a, s->failure));
}

static json_t *session(struct arena *a, const struct record_session *s)
{
	bool ended = s->ended_at != 0;
	json_t *o = json_object();

	json_put(o, "id", json_text(a, s->id));
	json_put(o, "listener", json_text(a, s->listener));
	json_put(o, "started_at", json_time(s->started_at));
	json_put(o, "ended_at", ended ? json_time(s->ended_at) : json_null());
	json_put(o, "client", json_client(a, s));
	json_put(o, "helo", json_text(a, s->client.helo));
	json_put(o, "tls", json_tls(a, s));
	json_put(o, "tls_failure", tls_failure(a, s->tls_failure));
	json_put(o, "auth", json_auth(a, s));
	json_put(o, "stage", json_string(RECORD_STAGE_NAME[s->stage]));
	json_put(o, "end", ended ? json_string(RECORD_END_NAME[s->end]) : json_null());
	json_put(o, "commands", json_integer((json_int_t)s->commands));
	json_put(o, "bytes_in", json_integer((json_int_t)s->bytes_in));
	json_put(o, "bytes_out", json_integer((json_int_t)s->bytes_out));
	json_put(o, "timings_ms", timings(s));
	json_put(o, "messages", json_texts(a, s->messages, s->message_count));
	json_put(o, "findings", json_findings(a, &s->findings));
	put_failure(a, o, s);
	return o;
}

void report_session_json(struct buffer *out, const struct record_session *s)
{
	struct arena *a = arena_new();

	json_finish(out, session(a, s), a);
}
