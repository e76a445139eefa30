/*
 * SPDX-License-Identifier: ISC
 *
 * Rows back to records: the whole of a message with its session, its verdicts and its findings.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/reader.h"

/* What is being read, and where its strings go. */
struct reading {
	struct store *store;
	struct arena *arena;
	int64_t message;
	const char *viewpoint;
	struct error *err;
};

/* A collected array moves into the arena. */
static void *settle(struct reading *q, void *items, size_t bytes)
{
	void *copy = NULL;

	if (bytes > 0) {
		copy = arena_alloc(q->arena, bytes);
		memcpy(copy, items, bytes);
	}
	free(items);
	return copy;
}

static const struct tls_certificate *get_certificate(struct row *r, struct arena *a)
{
	struct tls_certificate *c = arena_alloc(a, sizeof(*c));
	bool absent;

	c->subject = row_get_text(r, a);
	c->issuer = row_get_text(r, a);
	c->fingerprint_sha256 = row_get_text(r, a);
	c->not_after = row_get_int(r);
	absent = row_next_is_null(r);
	c->verified = row_get_bool(r);
	c->reason = row_get_text(r, a);
	return absent ? NULL : c;
}

static void get_tls(struct row *r, struct arena *a, struct tls_facts *out)
{
	out->mode = (enum tls_mode)row_get_word(r, TLS_MODE_NAME, TLS_MODE_COUNT);
	out->version = row_get_text(r, a);
	out->cipher = row_get_text(r, a);
	out->bits = (int)row_get_int(r);
	out->group = row_get_text(r, a);
	out->sni = row_get_text(r, a);
	out->alpn = row_get_text(r, a);
	out->resumed = row_get_bool(r);
	out->client_certificate = get_certificate(r, a);
}

static void get_facts(struct row *r, struct arena *a, struct record_session *out)
{
	const char *ip = row_get_text(r, a);

	out->client.ip = (struct ip){.family = IP_NONE};
	if (ip != NULL && ip_parse(span_from(ip), &out->client.ip) < 0)
		out->client.ip = (struct ip){.family = IP_NONE};
	out->client.port = (uint16_t)row_get_int(r);
	out->client.helo = row_get_text(r, a);
	out->client.name = row_get_text(r, a);
	out->client.via = (enum record_via)row_get_word(r, RECORD_VIA_NAME, RECORD_VIA_COUNT);
	out->client.esmtp = row_get_bool(r);
	out->auth.mechanism = row_get_text(r, a);
	out->auth.user = row_get_text(r, a);
	out->auth.over_tls = row_get_bool(r);
	get_tls(r, a, &out->tls);
}

static const struct tls_failure *get_tls_failure(struct row *r, struct arena *a)
{
	struct tls_failure *f = arena_alloc(a, sizeof(*f));

	f->reason = row_get_text(r, a);
	f->offered_versions = row_get_text(r, a);
	f->sni = row_get_text(r, a);
	f->alpn = row_get_text(r, a);
	f->groups = row_get_text(r, a);
	f->by = row_get_text(r, a);
	f->alert = row_get_text(r, a);
	return f->reason == NULL ? NULL : f;
}

static void get_stages(struct row *r, struct arena *a, struct record_session *out)
{
	bool broke = !row_next_is_null(r);

	out->failed_at = (enum record_stage)row_get_word(r, RECORD_STAGE_NAME, RECORD_STAGE_COUNT);
	if (!broke)
		out->failed_at = RECORD_STAGE_DONE;
	out->failure = row_get_text(r, a);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		out->timings_ms[i] = row_get_int_or(r, -1);
}

static void get_session(struct row *r, struct arena *a, struct record_session *out)
{
	out->id = row_get_text(r, a);
	out->listener = row_get_text(r, a);
	out->kind = row_get_text(r, a);
	out->started_at = row_get_int(r);
	out->ended_at = row_get_int(r);
	out->stage = (enum record_stage)row_get_word(r, RECORD_STAGE_NAME, RECORD_STAGE_COUNT);
	out->end = (enum record_end)row_get_word(r, RECORD_END_NAME, RECORD_END_COUNT);
	out->end_reason = row_get_text(r, a);
	out->commands = (unsigned)row_get_int(r);
	out->bytes_in = (uint64_t)row_get_int(r);
	out->bytes_out = (uint64_t)row_get_int(r);
	out->tls_failure = get_tls_failure(r, a);
	get_stages(r, a, out);
	get_facts(r, a, out);
}

/* Findings of the message, or with number 0 those of the whole session. */
static int read_findings(
    struct reading *q, int64_t session, int64_t number, struct finding_list *out)
{
	struct finding_list list = {NULL, 0};
	struct row r;
	int more;

	if (reader_start(q->store, READER_FINDINGS, &r, q->err) < 0)
		return -1;
	row_put_int(&r, session);
	row_put_int_or(&r, number, 0);
	while ((more = reader_step(q->store, &r, q->err)) > 0) {
		const char *word = row_get_text(&r, q->arena);
		int id = finding_find(span_from(word));

		/* a later version of the same schema may know findings that this one does not */
		if (id < 0)
			continue;
		array_grow(&list.items, list.count, sizeof(*list.items));
		list.items[list.count++] =
		    (struct finding){.id = (enum finding_id)id, .text = row_get_text(&r, q->arena)};
	}
	reader_finish(&r);
	out->count = list.count;
	out->items = settle(q, list.items, list.count * sizeof(*list.items));
	return more;
}

static int read_session(struct reading *q, int64_t number, struct record_session *out)
{
	struct row r;
	int found;

	if (reader_start(q->store, READER_SESSION, &r, q->err) < 0)
		return -1;
	row_put_int(&r, number);
	found = reader_step(q->store, &r, q->err);
	if (found > 0)
		get_session(&r, q->arena, out);
	reader_finish(&r);
	if (found > 0 && read_findings(q, number, 0, &out->findings) < 0)
		return -1;
	return found;
}

int reader_session(
    struct store *s, int64_t number, struct arena *a, struct record_session *out, struct error *err)
{
	struct reading q = {.store = s, .arena = a, .err = err};

	memset(out, 0, sizeof(*out));
	return read_session(&q, number, out);
}

static int read_own_session(struct reading *q, int64_t number, struct record_session *out)
{
	int found = read_session(q, number, out);

	if (found == 0)
		return error_cannot(q->err,
		    "store: %s: the session of a message is gone; the database was changed by "
		    "something else",
		    q->store->path);
	return found;
}

struct recipient {
	const char *address, *notify, *orcpt;
};

/* The parameters of the recipients, where there is any. */
static void settle_recipients(
    struct reading *q, const struct recipient *items, size_t count, struct record_envelope *out)
{
	size_t bytes = count * sizeof(const char *);
	bool notify = false, orcpt = false;

	for (size_t i = 0; i < count; i++) {
		notify = notify || items[i].notify != NULL;
		orcpt = orcpt || items[i].orcpt != NULL;
	}
	out->rcpt_count = count;
	out->rcpt_to = count > 0 ? arena_alloc(q->arena, bytes) : NULL;
	out->notify = notify ? arena_alloc(q->arena, bytes) : NULL;
	out->orcpt = orcpt ? arena_alloc(q->arena, bytes) : NULL;
	for (size_t i = 0; i < count; i++) {
		out->rcpt_to[i] = items[i].address;
		if (notify)
			out->notify[i] = items[i].notify;
		if (orcpt)
			out->orcpt[i] = items[i].orcpt;
	}
}

static int read_recipients(struct reading *q, struct record_envelope *out)
{
	struct recipient *items = NULL;
	size_t count = 0;
	struct row r;
	int more;

	if (reader_start(q->store, READER_RECIPIENTS, &r, q->err) < 0)
		return -1;
	row_put_int(&r, q->message);
	while ((more = reader_step(q->store, &r, q->err)) > 0) {
		array_grow(&items, count, sizeof(*items));
		r.at = 2; /* after the key */
		items[count].address = row_get_text(&r, q->arena);
		items[count].notify = row_get_text(&r, q->arena);
		items[count++].orcpt = row_get_text(&r, q->arena);
	}
	reader_finish(&r);
	settle_recipients(q, items, count, out);
	free(items);
	return more;
}

/* A check's row, with the cursor at the columns after those of the key; like reader_step. */
static int start_verdict(
    struct reading *q, enum reader_statement which, const char *check, struct row *r)
{
	int found;

	if (reader_start(q->store, which, r, q->err) < 0)
		return -1;
	row_put_int(r, q->message);
	row_put_text(r, q->viewpoint);
	row_put_text(r, check);
	found = reader_step(q->store, r, q->err);
	r->at = 3;
	return found;
}

static enum auth_result get_result(struct row *r)
{
	return (enum auth_result)row_get_word(r, AUTH_RESULT_NAME, AUTH_RESULT_COUNT);
}

static int read_spf(struct reading *q, const char *check, struct spf_verdict *out)
{
	struct arena *a = q->arena;
	struct row r;
	int found = start_verdict(q, READER_SPF, check, &r);

	if (found <= 0)
		return found;
	out->result = get_result(&r);
	out->reason = row_get_text(&r, a);
	out->identity = row_get_text(&r, a);
	out->domain = row_get_text(&r, a);
	out->mechanism = row_get_text(&r, a);
	out->lookups = (unsigned)row_get_int(&r);
	out->void_lookups = (unsigned)row_get_int(&r);
	out->explanation = row_get_text(&r, a);
	reader_finish(&r);
	return 1;
}

static int read_dmarc(struct reading *q, struct dmarc_verdict *out)
{
	struct arena *a = q->arena;
	struct row r;
	int found = start_verdict(q, READER_DMARC, "dmarc", &r);

	if (found <= 0)
		return found;
	out->result = get_result(&r);
	out->reason = row_get_text(&r, a);
	out->from_domain = row_get_text(&r, a);
	out->organizational_domain = row_get_text(&r, a);
	out->policy_domain = row_get_text(&r, a);
	out->has_policy = !row_next_is_null(&r);
	out->policy = (enum dmarc_policy)row_get_word(&r, DMARC_POLICY_NAME, DMARC_POLICY_COUNT);
	out->disposition =
	    (enum dmarc_policy)row_get_word(&r, DMARC_POLICY_NAME, DMARC_POLICY_COUNT);
	out->spf_aligned = row_get_bool(&r);
	out->dkim_aligned = row_get_bool(&r);
	out->record = row_get_text(&r, a);
	reader_finish(&r);
	return 1;
}

static int read_rdns(struct reading *q, struct rdns_verdict *out)
{
	struct arena *a = q->arena;
	struct row r;
	int found = start_verdict(q, READER_RDNS, "rdns", &r);

	if (found <= 0)
		return found;
	out->result = get_result(&r);
	out->reason = row_get_text(&r, a);
	out->ip = row_get_text(&r, a);
	out->names = row_cut(row_get_text(&r, a), ' ', &out->name_count, a);
	out->confirmed = row_get_text(&r, a);
	out->helo_match = row_get_bool(&r);
	reader_finish(&r);
	return 1;
}

static void get_signature(struct row *r, struct arena *a, struct dkim_verdict *out)
{
	r->at = 3; /* after the key */
	out->result = get_result(r);
	out->domain = row_get_text(r, a);
	out->selector = row_get_text(r, a);
	out->algorithm = row_get_text(r, a);
	out->bits = (unsigned)row_get_int(r);
	out->canonicalization = row_get_text(r, a);
	out->identity = row_get_text(r, a);
	out->signed_headers = row_cut(row_get_text(r, a), ':', &out->signed_header_count, a);
	out->body_length = row_get_int_or(r, -1);
	out->signed_at = row_get_int_or(r, -1);
	out->expires_at = row_get_int_or(r, -1);
	out->reason = row_get_text(r, a);
	out->predicted = row_get_bool(r);
}

static int read_signatures(struct reading *q, struct verdict *out)
{
	struct dkim_verdict *items = NULL;
	size_t count = 0;
	struct row r;
	int more;

	if (reader_start(q->store, READER_SIGNATURES, &r, q->err) < 0)
		return -1;
	row_put_int(&r, q->message);
	row_put_text(&r, q->viewpoint);
	while ((more = reader_step(q->store, &r, q->err)) > 0) {
		array_grow(&items, count, sizeof(*items));
		get_signature(&r, q->arena, &items[count++]);
	}
	reader_finish(&r);
	out->dkim_count = count;
	out->dkim = settle(q, items, count * sizeof(*items));
	return more;
}

static int read_verdict(struct reading *q, const char *viewpoint, struct verdict *out)
{
	int client;

	q->viewpoint = viewpoint;
	client = read_spf(q, "spf", &out->spf);
	if (client < 0 || read_spf(q, "spf_helo", &out->spf_helo) < 0 ||
	    read_rdns(q, &out->rdns) < 0 || read_signatures(q, out) < 0)
		return -1;
	out->has_client = client > 0;
	return read_dmarc(q, &out->dmarc);
}

/* What was known of the message's way onward: 1; 0 it has no route; -1 failed. */
static int read_route(struct reading *q, struct record_message *out)
{
	struct verify_route *route = arena_alloc(q->arena, sizeof(*route));
	struct arena *a = q->arena;
	struct row r;
	int found;

	if (reader_start(q->store, READER_PREDICTION, &r, q->err) < 0)
		return -1;
	row_put_int(&r, q->message);
	found = reader_step(q->store, &r, q->err);
	if (found > 0) {
		r.at = 1; /* after the key */
		route->name = row_get_text(&r, a);
		route->egress = row_cut(row_get_text(&r, a), ' ', &route->egress_count, a);
		route->return_path = row_get_text(&r, a);
		route->dkim_domain = row_get_text(&r, a);
		route->dkim_selector = row_get_text(&r, a);
		out->route = route;
	}
	reader_finish(&r);
	return found;
}

static int read_prediction(struct reading *q, struct record_message *out)
{
	int found = read_route(q, out);

	return found <= 0 ? found : read_verdict(q, "predicted", &out->predicted);
}

static void get_opinion(struct row *r, struct arena *a, struct record_opinion *out)
{
	r->at = 2; /* after the key */
	out->library = row_get_text(r, a);
	out->check = row_get_text(r, a);
	out->result = row_get_text(r, a);
	out->agrees = row_next_is_null(r) ? RECORD_AGREES_UNKNOWN : RECORD_AGREES_NO;
	if (row_get_bool(r))
		out->agrees = RECORD_AGREES_YES;
	out->reason = row_get_text(r, a);
}

static int read_opinions(struct reading *q, struct record_message *out)
{
	struct record_opinion *items = NULL;
	size_t count = 0;
	struct row r;
	int more;

	if (reader_start(q->store, READER_OPINIONS, &r, q->err) < 0)
		return -1;
	row_put_int(&r, q->message);
	while ((more = reader_step(q->store, &r, q->err)) > 0) {
		array_grow(&items, count, sizeof(*items));
		get_opinion(&r, q->arena, &items[count++]);
	}
	reader_finish(&r);
	out->opinion_count = count;
	out->opinions = settle(q, items, count * sizeof(*items));
	return more;
}

static void get_message(struct row *r, struct arena *a, struct record_message *out)
{
	out->received_at = row_get_int(r);
	out->envelope.mail_from = row_get_text(r, a);
	out->envelope.smtputf8 = row_get_bool(r);
	out->envelope.body = row_get_text(r, a);
	out->envelope.require_tls = row_get_bool(r);
	out->envelope.ret = row_get_text(r, a);
	out->envelope.envid = row_get_text(r, a);
	out->size = (uint64_t)row_get_int(r);
	out->message_id = row_get_text(r, a);
	out->from = row_get_text(r, a);
	out->subject = row_get_text(r, a);
	out->date = row_get_text(r, a);
	out->refused = row_get_text(r, a);
}

/* The message's row and its session's; the facts of the message's row are those of its time. */
static int read_rows(struct reading *q, int64_t *session, struct record_message *out)
{
	struct record_session *s = arena_alloc(q->arena, sizeof(*s));
	struct row r;
	int found;

	if (reader_start(q->store, READER_MESSAGE, &r, q->err) < 0)
		return -1;
	row_put_int(&r, q->message);
	found = reader_step(q->store, &r, q->err);
	if (found > 0) {
		r.at = 1; /* after the key */
		out->id = row_get_text(&r, q->arena);
		*session = row_get_int(&r);
		found = read_own_session(q, *session, s);
		get_message(&r, q->arena, out);
		get_facts(&r, q->arena, s);
		out->session = s;
	}
	reader_finish(&r);
	return found;
}

int reader_message(
    struct store *s, int64_t number, struct arena *a, struct record_message *out, struct error *err)
{
	struct reading q = {.store = s, .arena = a, .message = number, .err = err};
	int64_t session;
	int found;

	memset(out, 0, sizeof(*out));
	found = read_rows(&q, &session, out);
	if (found <= 0)
		return found;
	if (read_recipients(&q, &out->envelope) < 0 ||
	    read_verdict(&q, "observed", &out->observed) < 0 || read_prediction(&q, out) < 0 ||
	    read_opinions(&q, out) < 0 || read_findings(&q, session, number, &out->findings) < 0)
		return -1;
	return 1;
}
