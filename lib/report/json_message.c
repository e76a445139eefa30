/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON form of a message. A message in a file has no session (its id is NULL): what only a
 * session tells is null, and of the client there is what the caller said.
 */
#include "report/json_internal.h"

static json_t *client(struct arena *a, const struct record_session *s)
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

static json_t *envelope(struct arena *a, const struct record_message *m, bool session)
{
	const struct record_envelope *e = &m->envelope;
	json_t *o = json_object();

	json_put(o, "mail_from", json_text(a, e->mail_from));
	json_put(o, "rcpt_to", json_texts(a, e->rcpt_to, e->rcpt_count));
	json_put(o, "size", json_integer((json_int_t)m->size));
	json_put(o, "smtputf8", session ? json_boolean(e->smtputf8) : json_null());
	json_put(o, "body", json_text(a, e->body));
	return o;
}

static json_t *auth(struct arena *a, const struct record_session *s)
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

static json_t *tls(struct arena *a, const struct record_session *s)
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

static json_t *header(struct arena *a, const struct record_message *m)
{
	json_t *o = json_object();

	json_put(o, "message_id", json_text(a, m->message_id));
	json_put(o, "from", json_text(a, m->from));
	json_put(o, "subject", json_text(a, m->subject));
	json_put(o, "date", json_text(a, m->date));
	return o;
}

json_t *json_findings(struct arena *a, const struct finding_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++) {
		const struct finding_entry *entry = finding_entry(list->items[i].id);
		json_t *o = json_object();

		json_put(o, "id", json_text(a, entry->id));
		json_put(o, "severity", json_string(FINDING_SEVERITY_NAME[entry->severity]));
		json_put(o, "reference", json_text(a, entry->reference));
		json_put(o, "text", json_text(a, list->items[i].text));
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *opinion(struct arena *a, const struct record_opinion *p)
{
	json_t *o = json_object();

	json_put(o, "library", json_text(a, p->library));
	json_put(o, "check", json_text(a, p->check));
	json_put(o, "result", json_text(a, p->result));
	json_put(o, "agrees",
	    p->agrees == RECORD_AGREES_UNKNOWN ? json_null()
					       : json_boolean(p->agrees == RECORD_AGREES_YES));
	json_put(o, "reason", json_text(a, p->reason));
	return o;
}

/* Null until they were asked. */
static json_t *opinions(struct arena *a, const struct record_message *m)
{
	json_t *list;

	if (m->opinion_count == 0)
		return json_null();
	list = json_array();
	for (size_t i = 0; i < m->opinion_count; i++)
		json_array_append_new(list, opinion(a, &m->opinions[i]));
	return list;
}

json_t *json_message(struct arena *a, const struct record_message *m)
{
	const struct record_session *s = m->session;
	bool session = s != NULL && s->id != NULL;
	json_t *o = json_object();

	json_put(o, "id", json_text(a, m->id));
	json_put(o, "received_at", m->received_at == 0 ? json_null() : json_time(m->received_at));
	json_put(o, "listener", json_text(a, session ? s->listener : NULL));
	json_put(o, "session", json_text(a, session ? s->id : NULL));
	json_put(o, "client", client(a, s));
	json_put(o, "envelope", envelope(a, m, session));
	json_put(o, "auth", auth(a, s));
	json_put(o, "tls", tls(a, s));
	json_put(o, "message", header(a, m));
	json_put(o, "observed", json_verdict(a, &m->observed));
	json_put(o, "predicted", json_prediction(a, m->route, &m->predicted));
	json_put(o, "delivered", json_null());
	json_put(o, "opinions", opinions(a, m));
	json_put(o, "findings", json_findings(a, &m->findings));
	return o;
}
