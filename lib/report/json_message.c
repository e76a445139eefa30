/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON form of a message. A message in a file has no session (its id is NULL): what only a
 * session tells is null, and of the client there is what the caller said.
 */
#include "report/json_internal.h"

static json_t *dsn_recipients(struct arena *a, const struct record_envelope *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->rcpt_count; i++) {
		json_t *o = json_object();

		json_put(o, "address", json_text(a, e->rcpt_to[i]));
		json_put(o, "notify", json_words(a, e->notify == NULL ? NULL : e->notify[i], ','));
		json_put(o, "orcpt", json_text(a, e->orcpt == NULL ? NULL : e->orcpt[i]));
		json_array_append_new(list, o);
	}
	return list;
}

/* What was asked of delivery status notifications; null where nothing was. */
static json_t *dsn(struct arena *a, const struct record_envelope *e)
{
	json_t *o;

	if (e->ret == NULL && e->envid == NULL && e->notify == NULL && e->orcpt == NULL)
		return json_null();
	o = json_object();
	json_put(o, "ret", json_text(a, e->ret));
	json_put(o, "envid", json_text(a, e->envid));
	json_put(o, "recipients", dsn_recipients(a, e));
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
	json_put(o, "require_tls", session ? json_boolean(e->require_tls) : json_null());
	json_put(o, "dsn", dsn(a, e));
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
	json_put(o, "client", json_client(a, s));
	json_put(o, "envelope", envelope(a, m, session));
	json_put(o, "auth", json_auth(a, s));
	json_put(o, "tls", json_tls(a, s));
	json_put(o, "message", header(a, m));
	json_put(o, "observed", json_verdict(a, &m->observed));
	json_put(o, "predicted", json_prediction(a, m->route, &m->predicted));
	json_put(o, "delivered", json_null());
	json_put(o, "opinions", opinions(a, m));
	json_put(o, "findings", json_findings(a, &m->findings));
	json_put(o, "refused", json_text(a, m->refused));
	return o;
}
