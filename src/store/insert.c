/*
 * SPDX-License-Identifier: ISC
 *
 * Jobs to rows. A message brings about a dozen rows: the session's when it is the first, its own,
 * recipients, source, evidence, a piece of transcript, five verdicts, signatures, findings.
 */
#include "store/insert.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/failure.h"
#include "store/database.h"
#include "store/rows.h"

enum statement {
	BEGIN,
	COMMIT,
	SESSION_FIND,
	SESSION_PUT,
	SESSION_FORGET_FINDINGS,
	TRANSCRIPT,
	MESSAGE,
	RECIPIENT,
	SOURCE,
	EVIDENCE,
	SPF,
	DKIM,
	DMARC,
	RDNS,
	DKIM_SIGNATURE,
	FINDING,
	STATEMENT_COUNT,
};

/* Those without columns are SQL as it stands; SESSION_PUT is an upsert. */
static const struct {
	const char *sql_or_table;
	const char *columns;
} statements[] = {
    [BEGIN] = {"BEGIN IMMEDIATE", NULL},
    [COMMIT] = {"COMMIT", NULL},
    [SESSION_FIND] = {"SELECT number FROM session WHERE id = ?", NULL},
    [SESSION_PUT] = {"session", ROWS_SESSION},
    [SESSION_FORGET_FINDINGS] = {"DELETE FROM finding WHERE session = ? AND message IS NULL", NULL},
    [TRANSCRIPT] = {"transcript", ROWS_TRANSCRIPT},
    [MESSAGE] = {"message", ROWS_MESSAGE},
    [RECIPIENT] = {"recipient", ROWS_RECIPIENT},
    [SOURCE] = {"source", ROWS_SOURCE},
    [EVIDENCE] = {"evidence", ROWS_EVIDENCE},
    [SPF] = {"verdict", ROWS_SPF},
    [DKIM] = {"verdict", ROWS_DKIM},
    [DMARC] = {"verdict", ROWS_DMARC},
    [RDNS] = {"verdict", ROWS_RDNS},
    [DKIM_SIGNATURE] = {"dkim_signature", ROWS_DKIM_SIGNATURE},
    [FINDING] = {"finding", ROWS_FINDING},
};
_Static_assert(ARRAY_SIZE(statements) == STATEMENT_COUNT, "one row a statement");

struct insert {
	sqlite3 *db;
	const char *path;
	sqlite3_stmt *stmts[STATEMENT_COUNT];
	struct buffer joined; /* the words of the row in the making */
};

/* Whose rows are being written. */
struct place {
	struct insert *in;
	int64_t session, message;
	const char *viewpoint;
};

static int prepare(struct insert *in, enum statement which, struct error *err)
{
	struct buffer sql = BUFFER_INIT;

	if (statements[which].columns == NULL)
		buffer_add_string(&sql, statements[which].sql_or_table);
	else
		rows_insert_sql(&sql, statements[which].sql_or_table, statements[which].columns,
		    which == SESSION_PUT);
	in->stmts[which] = database_prepare(in->db, in->path, sql.data, err);
	buffer_clear(&sql);
	return in->stmts[which] == NULL ? -1 : 0;
}

struct insert *insert_new(sqlite3 *db, const char *path, struct error *err)
{
	struct insert *in = memory_new(sizeof(*in));

	in->db = db;
	in->path = path;
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		if (prepare(in, (enum statement)i, err) < 0) {
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
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(in->stmts[i]);
	buffer_clear(&in->joined);
	free(in);
}

/* Runs a statement that gives no rows. 0 or -1; why, the connection knows. */
static int run(struct row *r)
{
	if (r->failed)
		return -1;
	sqlite3_step(r->stmt);
	/* gives the failure of the step again */
	return sqlite3_reset(r->stmt) == SQLITE_OK ? 0 : -1;
}

static struct row row_of(struct insert *in, enum statement which)
{
	return (struct row){.stmt = in->stmts[which]};
}

int insert_begin(struct insert *in, struct error *err)
{
	struct row r = row_of(in, BEGIN);

	return run(&r) < 0 ? store_failure(err, in->db, in->path, "cannot be written") : 0;
}

int insert_commit(struct insert *in, struct error *err)
{
	struct row r = row_of(in, COMMIT);

	return run(&r) < 0 ? store_failure(err, in->db, in->path, "cannot be written") : 0;
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
	row_put_text(r, s->auth.mechanism);
	row_put_text(r, s->auth.user);
	row_put_int(r, s->auth.over_tls);
	put_tls(r, &s->tls);
}

static void put_tls_failure(struct row *r, const struct tls_failure *f)
{
	static const struct tls_failure none = {NULL, NULL, NULL, NULL};
	const struct tls_failure *from = f != NULL ? f : &none;

	/* the reason also says that there was a failure */
	row_put_text(r, f != NULL && f->reason == NULL ? "" : from->reason);
	row_put_text(r, from->offered_versions);
	row_put_text(r, from->sni);
	row_put_text(r, from->alpn);
}

static int put_session(struct insert *in, const struct record_session *s)
{
	struct row r = row_of(in, SESSION_PUT);
	bool ended = s->ended_at != 0;
	char ip[IP_TEXT_SIZE];

	row_put_text(&r, s->id);
	row_put_text(&r, s->listener);
	row_put_int(&r, s->started_at);
	row_put_int_or(&r, s->ended_at, 0);
	row_put_text(&r, RECORD_STAGE_NAME[s->stage]);
	row_put_text(&r, ended ? RECORD_END_NAME[s->end] : NULL);
	row_put_text(&r, s->end_reason);
	row_put_int(&r, s->commands);
	row_put_int(&r, (int64_t)s->bytes_in);
	row_put_int(&r, (int64_t)s->bytes_out);
	put_tls_failure(&r, s->tls_failure);
	put_facts(&r, s, ip);
	return run(&r);
}

/* The session's number; 0 when there is no row, -1 on failure. */
static int64_t find_session(struct insert *in, const struct record_session *s)
{
	struct row r = row_of(in, SESSION_FIND);
	int64_t number = 0;

	row_put_text(&r, s->id);
	if (sqlite3_step(r.stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(r.stmt, 0);
	return sqlite3_reset(r.stmt) == SQLITE_OK ? number : -1;
}

static int put_text(struct insert *in, enum statement which, int64_t owner, struct span text)
{
	struct row r = row_of(in, which);

	if (text.len == 0)
		return 0;
	row_put_int(&r, owner);
	row_put_span(&r, text);
	return run(&r);
}

static int put_findings(const struct place *p, const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct finding_entry *entry = finding_entry(list->items[i].id);
		struct row r = row_of(p->in, FINDING);

		row_put_int(&r, p->session);
		row_put_int_or(&r, p->message, 0);
		row_put_int(&r, (int64_t)i);
		row_put_text(&r, entry->id);
		row_put_text(&r, FINDING_SEVERITY_NAME[entry->severity]);
		row_put_text(&r, entry->reference);
		row_put_text(&r, list->items[i].text);
		if (run(&r) < 0)
			return -1;
	}
	return 0;
}

static int put_message(struct place *p, const struct record_message *m)
{
	struct row r = row_of(p->in, MESSAGE);
	char ip[IP_TEXT_SIZE];

	row_put_text(&r, m->id);
	row_put_int(&r, p->session);
	row_put_int(&r, m->received_at);
	row_put_text(&r, m->envelope.mail_from);
	row_put_int(&r, m->envelope.smtputf8);
	row_put_text(&r, m->envelope.body);
	row_put_int(&r, (int64_t)m->size);
	row_put_text(&r, m->message_id);
	row_put_text(&r, m->from);
	row_put_text(&r, m->subject);
	row_put_text(&r, m->date);
	put_facts(&r, m->session, ip);
	if (run(&r) < 0)
		return -1;
	p->message = sqlite3_last_insert_rowid(p->in->db);
	return 0;
}

static int put_recipients(const struct place *p, const struct record_envelope *e)
{
	for (size_t i = 0; i < e->rcpt_count; i++) {
		struct row r = row_of(p->in, RECIPIENT);

		row_put_int(&r, p->message);
		row_put_int(&r, (int64_t)i);
		row_put_text(&r, e->rcpt_to[i]);
		if (run(&r) < 0)
			return -1;
	}
	return 0;
}

static int put_source(const struct place *p, struct span source)
{
	struct row r = row_of(p->in, SOURCE);

	row_put_int(&r, p->message);
	row_put_bytes(&r, source);
	return run(&r);
}

/* The columns that all checks have. */
static struct row begin_verdict(const struct place *p, enum statement which, const char *check,
    enum auth_result result, const char *reason)
{
	struct row r = row_of(p->in, which);

	row_put_int(&r, p->message);
	row_put_text(&r, p->viewpoint);
	row_put_text(&r, check);
	row_put_text(&r, AUTH_RESULT_NAME[result]);
	row_put_text(&r, reason);
	return r;
}

static int put_spf(const struct place *p, const char *check, const struct spf_verdict *v)
{
	struct row r = begin_verdict(p, SPF, check, v->result, v->reason);

	row_put_text(&r, v->identity);
	row_put_text(&r, v->domain);
	row_put_text(&r, v->mechanism);
	row_put_int(&r, v->lookups);
	row_put_int(&r, v->void_lookups);
	row_put_text(&r, v->explanation);
	return run(&r);
}

static int put_dmarc(const struct place *p, const struct dmarc_verdict *v)
{
	struct row r = begin_verdict(p, DMARC, "dmarc", v->result, v->reason);

	row_put_text(&r, v->from_domain);
	row_put_text(&r, v->organizational_domain);
	row_put_text(&r, v->policy_domain);
	row_put_text(&r, v->has_policy ? DMARC_POLICY_NAME[v->policy] : NULL);
	row_put_text(&r, v->has_policy ? DMARC_POLICY_NAME[v->disposition] : NULL);
	row_put_int(&r, v->spf_aligned);
	row_put_int(&r, v->dkim_aligned);
	row_put_text(&r, v->record);
	return run(&r);
}

static int put_rdns(const struct place *p, const struct rdns_verdict *v)
{
	struct row r = begin_verdict(p, RDNS, "rdns", v->result, v->reason);

	row_put_text(&r, v->ip);
	row_put_text(&r, row_join(&p->in->joined, v->names, v->name_count, ' '));
	row_put_text(&r, v->confirmed);
	row_put_int(&r, v->helo_match);
	return run(&r);
}

static int put_signature(const struct place *p, size_t seq, const struct dkim_verdict *v)
{
	struct row r = row_of(p->in, DKIM_SIGNATURE);

	row_put_int(&r, p->message);
	row_put_text(&r, p->viewpoint);
	row_put_int(&r, (int64_t)seq);
	row_put_text(&r, AUTH_RESULT_NAME[v->result]);
	row_put_text(&r, v->domain);
	row_put_text(&r, v->selector);
	row_put_text(&r, v->algorithm);
	row_put_int_or(&r, v->bits, 0);
	row_put_text(&r, v->canonicalization);
	row_put_text(&r, v->identity);
	row_put_text(&r, row_join(&p->in->joined, v->signed_headers, v->signed_header_count, ':'));
	row_put_int_or(&r, v->body_length, -1);
	row_put_int_or(&r, v->signed_at, -1);
	row_put_int_or(&r, v->expires_at, -1);
	row_put_text(&r, v->reason);
	return run(&r);
}

static int put_dkim(const struct place *p, const struct verdict *v)
{
	struct row r = begin_verdict(p, DKIM, "dkim", verdict_dkim_result(v), NULL);

	if (run(&r) < 0)
		return -1;
	for (size_t i = 0; i < v->dkim_count; i++)
		if (put_signature(p, i, &v->dkim[i]) < 0)
			return -1;
	return 0;
}

static int put_verdict(const struct place *p, const struct verdict *v)
{
	if (v->has_client &&
	    (put_spf(p, "spf", &v->spf) < 0 || put_spf(p, "spf_helo", &v->spf_helo) < 0 ||
		put_rdns(p, &v->rdns) < 0))
		return -1;
	return put_dkim(p, v) < 0 || put_dmarc(p, &v->dmarc) < 0 ? -1 : 0;
}

static int put_message_job(struct place *p, const struct store_job *job)
{
	if (put_text(p->in, TRANSCRIPT, p->session, job->transcript) < 0 ||
	    put_message(p, job->message) < 0 || put_recipients(p, &job->message->envelope) < 0 ||
	    put_source(p, job->source) < 0 ||
	    put_text(p->in, EVIDENCE, p->message, job->evidence) < 0)
		return -1;
	return put_verdict(p, &job->message->observed) < 0 ||
	               put_findings(p, &job->message->findings) < 0
	           ? -1
	           : 0;
}

static int put_session_job(struct place *p, const struct store_job *job)
{
	struct row forget = row_of(p->in, SESSION_FORGET_FINDINGS);

	row_put_int(&forget, p->session);
	if (run(&forget) < 0 || put_text(p->in, TRANSCRIPT, p->session, job->transcript) < 0)
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

static int put_job(struct insert *in, const struct store_job *job)
{
	struct place p = {.in = in, .session = place_session(in, job), .viewpoint = "observed"};

	if (p.session < 0)
		return -1;
	switch (job->kind) {
	case STORE_JOB_MESSAGE:
		return put_message_job(&p, job);
	case STORE_JOB_SESSION:
		return put_session_job(&p, job);
	}
	return -1;
}

int insert_job(struct insert *in, const struct store_job *job, struct error *err)
{
	if (put_job(in, job) < 0)
		return store_failure(err, in->db, in->path, "cannot be written");
	return 0;
}
