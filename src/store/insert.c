/*
 * SPDX-License-Identifier: ISC
 *
 * Jobs to rows. A message brings about a dozen rows: the session's when it is the first, its own,
 * recipients, source, evidence, a piece of transcript, findings, and its verdicts
 * (insert_verdict.c).
 */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/database.h"
#include "store/failure.h"
#include "store/insert_internal.h"

/* Those without columns are SQL as it stands; INSERT_SESSION_PUT is an upsert. */
static const struct {
	const char *sql_or_table;
	const char *columns;
} statements[] = {
    [INSERT_BEGIN] = {"BEGIN IMMEDIATE", NULL},
    [INSERT_COMMIT] = {"COMMIT", NULL},
    [INSERT_SESSION_FIND] = {"SELECT number FROM session WHERE id = ?", NULL},
    [INSERT_SESSION_PUT] = {"session", ROWS_SESSION},
    [INSERT_SESSION_FORGET_FINDINGS] = {"DELETE FROM finding WHERE session = ? AND message IS NULL",
	NULL},
    [INSERT_TRANSCRIPT] = {"transcript", ROWS_TRANSCRIPT},
    [INSERT_NEXT_NUMBER] = {"SELECT max(coalesce((SELECT max(number) FROM message), 0),"
			    " coalesce((SELECT max(number) FROM deleted), 0)) + 1",
	NULL},
    [INSERT_MESSAGE] = {"message", ROWS_MESSAGE},
    [INSERT_RECIPIENT] = {"recipient", ROWS_RECIPIENT},
    [INSERT_SOURCE] = {"source", ROWS_SOURCE},
    [INSERT_EVIDENCE] = {"evidence", ROWS_EVIDENCE},
    [INSERT_SPF] = {"verdict", ROWS_SPF},
    [INSERT_DKIM] = {"verdict", ROWS_DKIM},
    [INSERT_DMARC] = {"verdict", ROWS_DMARC},
    [INSERT_RDNS] = {"verdict", ROWS_RDNS},
    [INSERT_DKIM_SIGNATURE] = {"dkim_signature", ROWS_DKIM_SIGNATURE},
    [INSERT_PREDICTION] = {"prediction", ROWS_PREDICTION},
    [INSERT_FINDING] = {"finding", ROWS_FINDING},
    [INSERT_PLACE] = {"SELECT session, number FROM message WHERE id = ?", NULL},
    [INSERT_OPINION_FINDINGS] =
	{"SELECT coalesce(max(seq) + 1, 0) FROM finding WHERE session = ? AND message = ?", NULL},
    [INSERT_OPINION] = {"opinion", ROWS_OPINION},
    [INSERT_WALK_FIND] = {"SELECT message FROM walk WHERE message = ?", NULL},
    [INSERT_WALK] = {"walk", ROWS_WALK},
    [INSERT_WORDS] = {"words", ROWS_WORDS},
};
_Static_assert(ARRAY_SIZE(statements) == INSERT_STATEMENT_COUNT, "one row a statement");

static int prepare(struct insert *in, enum insert_statement which, struct error *err)
{
	struct buffer sql = BUFFER_INIT;

	if (statements[which].columns == NULL)
		buffer_add_string(&sql, statements[which].sql_or_table);
	else
		rows_insert_sql(&sql, statements[which].sql_or_table, statements[which].columns,
		    which == INSERT_SESSION_PUT);
	in->stmts[which] = database_prepare(in->db, in->path, sql.data, err);
	buffer_clear(&sql);
	return in->stmts[which] == NULL ? -1 : 0;
}

struct insert *insert_new(sqlite3 *db, const char *path, struct error *err)
{
	struct insert *in = memory_new(sizeof(*in));

	in->db = db;
	in->path = path;
	for (int i = 0; i < INSERT_STATEMENT_COUNT; i++) {
		if (prepare(in, (enum insert_statement)i, err) < 0) {
			insert_free(in);
			return NULL;
		}
	}
	return in;
}

void insert_free(struct insert *in)
{
	if (in == NULL)
		return;
	for (size_t i = 0; i < INSERT_STATEMENT_COUNT; i++)
		sqlite3_finalize(in->stmts[i]);
	buffer_clear(&in->joined);
	free(in);
}

int insert_run(struct row *r)
{
	if (r->failed)
		return -1;
	sqlite3_step(r->stmt);
	/* gives the failure of the step again */
	return sqlite3_reset(r->stmt) == SQLITE_OK ? 0 : -1;
}

struct row insert_row(struct insert *in, enum insert_statement which)
{
	return (struct row){.stmt = in->stmts[which]};
}

int insert_read(struct row *r, int64_t *first, int64_t *second)
{
	int code;

	if (r->failed)
		return -1;
	code = sqlite3_step(r->stmt);
	if (code == SQLITE_ROW) {
		*first = sqlite3_column_int64(r->stmt, 0);
		if (second != NULL)
			*second = sqlite3_column_int64(r->stmt, 1);
	}
	if (sqlite3_reset(r->stmt) != SQLITE_OK)
		return -1;
	return code == SQLITE_ROW;
}

int insert_begin(struct insert *in, struct error *err)
{
	struct row r = insert_row(in, INSERT_BEGIN);

	in->next = 0;
	return insert_run(&r) < 0 ? store_failure(err, in->db, in->path, "cannot be written") : 0;
}

int insert_commit(struct insert *in, struct error *err)
{
	struct row r = insert_row(in, INSERT_COMMIT);

	return insert_run(&r) < 0 ? store_failure(err, in->db, in->path, "cannot be written") : 0;
}

void insert_rollback(struct insert *in)
{
	/* after some failures SQLite has rolled back already */
	if (!sqlite3_get_autocommit(in->db))
		sqlite3_exec(in->db, "ROLLBACK", NULL, NULL, NULL);
}

static void put_certificate(struct row *r, const struct tls_certificate *c)
{
	if (c == NULL) {
		for (int i = 0; i < 6; i++)
			row_put_null(r);
		return;
	}
	row_put_text(r, c->subject);
	row_put_text(r, c->issuer);
	row_put_text(r, c->fingerprint_sha256);
	row_put_int(r, c->not_after);
	row_put_int(r, c->verified);
	row_put_text(r, c->reason);
}

static void put_tls(struct row *r, const struct tls_facts *t)
{
	row_put_text(r, TLS_MODE_NAME[t->mode]);
	row_put_text(r, t->version);
	row_put_text(r, t->cipher);
	row_put_int_or(r, t->bits, 0);
	row_put_text(r, t->group);
	row_put_text(r, t->sni);
	row_put_text(r, t->alpn);
	row_put_int(r, t->resumed);
	put_certificate(r, t->client_certificate);
}

/* ip has to live until the statement was run. */
static void put_facts(struct row *r, const struct record_session *s, char ip[IP_TEXT_SIZE])
{
	ip_format(&s->client.ip, ip);
	row_put_text(r, *ip != '\0' ? ip : NULL);
	row_put_int_or(r, s->client.port, 0);
	row_put_text(r, s->client.helo);
	row_put_text(r, s->client.name);
	row_put_text(r, RECORD_VIA_NAME[s->client.via]);
	row_put_int(r, s->client.esmtp);
	row_put_text(r, s->auth.mechanism);
	row_put_text(r, s->auth.user);
	row_put_int(r, s->auth.over_tls);
	put_tls(r, &s->tls);
}

static void put_tls_failure(struct row *r, const struct tls_failure *f)
{
	static const struct tls_failure none = {.reason = NULL};
	const struct tls_failure *from = f != NULL ? f : &none;

	/* the reason also says that there was a failure */
	row_put_text(r, f != NULL && f->reason == NULL ? "" : from->reason);
	row_put_text(r, from->offered_versions);
	row_put_text(r, from->sni);
	row_put_text(r, from->alpn);
	row_put_text(r, from->groups);
	row_put_text(r, from->by);
	row_put_text(r, from->alert);
}

/* The columns of the stages are named one by one. */
_Static_assert(RECORD_STAGE_DONE == 5, "five stages before done");

static void put_stages(struct row *r, const struct record_session *s)
{
	bool failed = s->failed_at != RECORD_STAGE_DONE;

	row_put_text(r, failed ? RECORD_STAGE_NAME[s->failed_at] : NULL);
	row_put_text(r, s->failure);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		row_put_int_or(r, s->timings_ms[i], -1);
}

static int put_session(struct insert *in, const struct record_session *s)
{
	struct row r = insert_row(in, INSERT_SESSION_PUT);
	bool ended = s->ended_at != 0;
	char ip[IP_TEXT_SIZE];

	row_put_text(&r, s->id);
	row_put_text(&r, s->listener);
	row_put_text(&r, s->kind);
	row_put_int(&r, s->started_at);
	row_put_int_or(&r, s->ended_at, 0);
	row_put_text(&r, RECORD_STAGE_NAME[s->stage]);
	row_put_text(&r, ended ? RECORD_END_NAME[s->end] : NULL);
	row_put_text(&r, s->end_reason);
	row_put_int(&r, s->commands);
	row_put_int(&r, (int64_t)s->bytes_in);
	row_put_int(&r, (int64_t)s->bytes_out);
	put_tls_failure(&r, s->tls_failure);
	put_stages(&r, s);
	put_facts(&r, s, ip);
	return insert_run(&r);
}

/* The session's number; 0 when there is no row, -1 on failure. */
static int64_t find_session(struct insert *in, const struct record_session *s)
{
	struct row r = insert_row(in, INSERT_SESSION_FIND);
	int64_t number = 0;

	row_put_text(&r, s->id);
	return insert_read(&r, &number, NULL) < 0 ? -1 : number;
}

static int put_text(struct insert *in, enum insert_statement which, int64_t owner, struct span text)
{
	struct row r = insert_row(in, which);

	if (text.len == 0)
		return 0;
	row_put_int(&r, owner);
	row_put_span(&r, text);
	return insert_run(&r);
}

int insert_finding(const struct insert_place *p, int64_t seq, const struct finding *f)
{
	const struct finding_entry *entry = finding_entry(f->id);
	struct row r = insert_row(p->in, INSERT_FINDING);

	row_put_int(&r, p->session);
	row_put_int_or(&r, p->message, 0);
	row_put_int(&r, seq);
	row_put_text(&r, entry->id);
	row_put_text(&r, FINDING_SEVERITY_NAME[entry->severity]);
	row_put_text(&r, entry->reference);
	row_put_text(&r, f->text);
	return insert_run(&r);
}

static int put_findings(const struct insert_place *p, const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (insert_finding(p, (int64_t)i, &list->items[i]) < 0)
			return -1;
	return 0;
}

/*
 * The number of the next message. Left to SQLite it would be one above the highest that is there,
 * which a deleted message may have had.
 */
static int64_t next_number(struct insert *in)
{
	struct row r = insert_row(in, INSERT_NEXT_NUMBER);

	if (in->next == 0 && insert_read(&r, &in->next, NULL) <= 0)
		return -1;
	return in->next++;
}

static int put_message(struct insert_place *p, const struct record_message *m)
{
	struct row r = insert_row(p->in, INSERT_MESSAGE);
	char ip[IP_TEXT_SIZE];

	p->message = next_number(p->in);
	if (p->message < 0)
		return -1;
	row_put_int(&r, p->message);
	row_put_text(&r, m->id);
	row_put_int(&r, p->session);
	row_put_int(&r, m->received_at);
	row_put_text(&r, m->envelope.mail_from);
	row_put_int(&r, m->envelope.smtputf8);
	row_put_text(&r, m->envelope.body);
	row_put_int(&r, m->envelope.require_tls);
	row_put_text(&r, m->envelope.ret);
	row_put_text(&r, m->envelope.envid);
	row_put_int(&r, (int64_t)m->size);
	row_put_text(&r, m->message_id);
	row_put_text(&r, m->from);
	row_put_text(&r, m->subject);
	row_put_text(&r, m->date);
	row_put_text(&r, m->refused);
	put_facts(&r, m->session, ip);
	return insert_run(&r);
}

static int put_recipients(const struct insert_place *p, const struct record_envelope *e)
{
	for (size_t i = 0; i < e->rcpt_count; i++) {
		struct row r = insert_row(p->in, INSERT_RECIPIENT);

		row_put_int(&r, p->message);
		row_put_int(&r, (int64_t)i);
		row_put_text(&r, e->rcpt_to[i]);
		row_put_text(&r, e->notify == NULL ? NULL : e->notify[i]);
		row_put_text(&r, e->orcpt == NULL ? NULL : e->orcpt[i]);
		if (insert_run(&r) < 0)
			return -1;
	}
	return 0;
}

static int put_source(const struct insert_place *p, struct span source)
{
	struct row r = insert_row(p->in, INSERT_SOURCE);

	row_put_int(&r, p->message);
	row_put_bytes(&r, source);
	return insert_run(&r);
}

static int put_verdicts(const struct insert_place *p, const struct record_message *m)
{
	if (insert_verdict(p, "observed", &m->observed) < 0)
		return -1;
	if (m->route == NULL)
		return 0;
	return insert_prediction(p, m->route) < 0 ||
	               insert_verdict(p, "predicted", &m->predicted) < 0
	           ? -1
	           : 0;
}

static int put_message_job(struct insert_place *p, const struct store_job *job)
{
	if (put_text(p->in, INSERT_TRANSCRIPT, p->session, job->transcript) < 0 ||
	    put_message(p, job->message) < 0 || put_recipients(p, &job->message->envelope) < 0 ||
	    put_source(p, job->source) < 0 ||
	    put_text(p->in, INSERT_EVIDENCE, p->message, job->evidence) < 0)
		return -1;
	return put_verdicts(p, job->message) < 0 || put_findings(p, &job->message->findings) < 0
	           ? -1
	           : 0;
}

static int put_session_job(struct insert_place *p, const struct store_job *job)
{
	struct row forget = insert_row(p->in, INSERT_SESSION_FORGET_FINDINGS);

	row_put_int(&forget, p->session);
	if (insert_run(&forget) < 0 ||
	    put_text(p->in, INSERT_TRANSCRIPT, p->session, job->transcript) < 0)
		return -1;
	return put_findings(p, &job->session->findings);
}

/*
 * The session's number: a message needs the row to be there, the session's end brings it up to
 * date. -1 on failure.
 */
static int64_t place_session(struct insert *in, const struct store_job *job)
{
	int64_t number = find_session(in, job->session);

	if (number < 0 || (number > 0 && job->kind != STORE_JOB_SESSION))
		return number;
	if (put_session(in, job->session) < 0)
		return -1;
	return number > 0 ? number : sqlite3_last_insert_rowid(in->db);
}

static int put_dialogue_job(struct insert *in, const struct store_job *job)
{
	struct insert_place p = {.in = in, .session = place_session(in, job)};

	if (p.session < 0)
		return -1;
	return job->kind == STORE_JOB_MESSAGE ? put_message_job(&p, job) : put_session_job(&p, job);
}

static int put_job(struct insert *in, const struct store_job *job)
{
	switch (job->kind) {
	case STORE_JOB_MESSAGE:
	case STORE_JOB_SESSION:
		return put_dialogue_job(in, job);
	case STORE_JOB_OPINION:
		return insert_opinions(in, job->message);
	case STORE_JOB_WALK:
		return insert_walk(in, job->message->id, job->walk);
	case STORE_JOB_DELETE:
	case STORE_JOB_VACUUM:
		break;
	}
	assert(!"these bring no rows");
	return -1;
}

int insert_job(struct insert *in, const struct store_job *job, struct error *err)
{
	if (put_job(in, job) < 0)
		return store_failure(err, in->db, in->path, "cannot be written");
	return 0;
}
