/*
 * SPDX-License-Identifier: ISC
 *
 * Counts over many messages, and how long their sessions took. Each query goes through the rows
 * once; a filter's messages are picked first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/database.h"
#include "store/failure.h"
#include "store/select.h"

#define PICKED "picked AS p CROSS JOIN message AS m ON m.number = p.number"

/* What the queries are about: everything, or what was picked. */
enum source {
	SOURCE_MESSAGES,
	SOURCE_VERDICTS,
	SOURCE_FINDINGS,
	SOURCE_SESSIONS,
	SOURCE_COUNT,
};

static const char *const sources[][SOURCE_COUNT] = {
    {
	[SOURCE_MESSAGES] = "message AS m",
	[SOURCE_VERDICTS] = "verdict AS v",
	[SOURCE_FINDINGS] = "finding AS f",
	[SOURCE_SESSIONS] = "session AS s",
    },
    {
	[SOURCE_MESSAGES] = PICKED,
	[SOURCE_VERDICTS] = "picked AS p CROSS JOIN verdict AS v ON v.message = p.number",
	[SOURCE_FINDINGS] = PICKED " CROSS JOIN finding AS f ON f.session = m.session"
				   " AND f.message = m.number",
	[SOURCE_SESSIONS] = "(SELECT DISTINCT m.session AS number FROM " PICKED ") AS q"
			    " CROSS JOIN session AS s ON s.number = q.number",
    },
};

/* "%s" is the source. Of a tally: group, word, count. */
struct query {
	enum source source;
	const char *sql;
};

static const struct query TALLIES[] = {
    {SOURCE_VERDICTS, "SELECT v.check_name, v.result, count(*) FROM %s"
		      " WHERE v.viewpoint = 'observed' AND v.check_name <> 'spf_helo'"
		      " GROUP BY 1, 2"},
    {SOURCE_MESSAGES, "SELECT 'tls', m.tls_version, count(*) FROM %s GROUP BY 2"},
    {SOURCE_MESSAGES, "SELECT 'listener', s.listener, sum(q.count) FROM"
		      " (SELECT m.session, count(*) AS count FROM %s GROUP BY 1) AS q"
		      " CROSS JOIN session AS s ON s.number = q.session GROUP BY 2"},
    {SOURCE_MESSAGES, "SELECT 'user', m.auth_user, count(*) FROM %s GROUP BY 2"},
    {SOURCE_MESSAGES,
	"SELECT 'hour', strftime('%%Y-%%m-%%dT%%H:00Z', q.hour * 3600, 'unixepoch'), q.count FROM"
	" (SELECT m.received_at_ms / 3600000 AS hour, count(*) AS count FROM %s GROUP BY 1)"
	" AS q"},
    {SOURCE_FINDINGS, "SELECT 'finding', f.id, count(DISTINCT f.message) FROM %s"
		      " WHERE f.message IS NOT NULL GROUP BY 2"},
    {SOURCE_MESSAGES, "SELECT 'refused', m.refused, count(*) FROM %s GROUP BY 2"},
};
static const struct query TOTALS = {
    SOURCE_MESSAGES, "SELECT count(*), coalesce(sum(m.size), 0) FROM %s"};
/* The columns of the stages are named one by one. */
_Static_assert(RECORD_STAGE_DONE == 5, "five stages before done");
static const struct query SESSIONS = {SOURCE_SESSIONS,
    "SELECT s.failed_at IS NOT NULL, s.connection_ms, s.tls_ms,"
    " s.authentication_ms, s.envelope_ms, s.data_ms FROM %s"};

/* In the order in which they come out; of the first, messages without a row count as none. */
#define VERDICT_GROUPS 4
static const char *const GROUPS[] = {
    "spf", "dkim", "dmarc", "rdns", "tls", "listener", "user", "hour", "finding", "refused"};

/* Of the sessions that reached a stage. */
struct durations {
	int32_t *items;
	size_t count;
};

struct counting {
	struct store *store;
	struct arena *arena;
	bool picked;
	struct store_stats *out;
	struct store_tally *tallies; /* to be freed */
	size_t tally_count;
	struct durations durations[RECORD_STAGE_DONE];
	struct error *err;
};

static sqlite3_stmt *prepare(struct counting *c, const struct query *q)
{
	struct buffer sql = BUFFER_INIT;
	const char *source = sources[c->picked][q->source];
	sqlite3_stmt *stmt;
	char *text = sqlite3_mprintf(q->sql, source);

	buffer_add_string(&sql, text);
	sqlite3_free(text);
	stmt = database_prepare(c->store->db, c->store->path, sql.data, c->err);
	buffer_clear(&sql);
	return stmt;
}

/* Goes through the rows of the query. 0 or -1. */
static int each_row(
    struct counting *c, const struct query *q, void (*take)(struct counting *c, struct row *r))
{
	struct row r = {.stmt = prepare(c, q)};
	int more = r.stmt == NULL ? -1 : 1;

	while (more > 0) {
		more = reader_step(c->store, &r, c->err);
		if (more > 0)
			take(c, &r);
	}
	sqlite3_finalize(r.stmt);
	return more;
}

/* The name that is kept, or NULL. */
static const char *group_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(GROUPS); i++)
		if (strcmp(GROUPS[i], name) == 0)
			return GROUPS[i];
	return NULL;
}

static void add_tally(struct counting *c, const char *group, const char *word, uint64_t count)
{
	if (group == NULL || count == 0)
		return;
	array_grow(&c->tallies, c->tally_count, sizeof(*c->tallies));
	c->tallies[c->tally_count++] = (struct store_tally){group, word, count};
}

static void take_tally(struct counting *c, struct row *r)
{
	const char *group = group_of(row_get_text(r, c->arena));
	const char *word = row_get_text(r, c->arena);

	add_tally(c, group, word, (uint64_t)row_get_int(r));
}

static void take_totals(struct counting *c, struct row *r)
{
	c->out->messages = (uint64_t)row_get_int(r);
	c->out->octets = (uint64_t)row_get_int(r);
}

static void take_session(struct counting *c, struct row *r)
{
	c->out->sessions++;
	c->out->sessions_failed += (uint64_t)row_get_int(r);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++) {
		struct durations *d = &c->durations[i];
		int64_t ms = row_get_int_or(r, -1);

		if (ms < 0)
			continue;
		array_grow(&d->items, d->count, sizeof(*d->items));
		d->items[d->count++] = ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
	}
}

/* What no row of the table verdict was counted for. */
static void add_unjudged(struct counting *c)
{
	for (size_t g = 0; g < VERDICT_GROUPS; g++) {
		uint64_t left = c->out->messages;

		for (size_t i = 0; i < c->tally_count; i++)
			if (c->tallies[i].group == GROUPS[g])
				left -= c->tallies[i].count;
		add_tally(c, GROUPS[g], NULL, left);
	}
}

static size_t place_of(const struct store_tally *t)
{
	size_t i = 0;

	while (GROUPS[i] != t->group)
		i++;
	return i;
}

static int compare_words(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

static int compare_tallies(const void *left, const void *right)
{
	const struct store_tally *a = left, *b = right;
	size_t p = place_of(a), q = place_of(b);

	if (p != q)
		return p < q ? -1 : 1;
	if (a->count != b->count && strcmp(a->group, "hour") != 0)
		return a->count > b->count ? -1 : 1;
	return compare_words(a->word, b->word);
}

static int compare_durations(const void *left, const void *right)
{
	const int32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The least that so many percent do not exceed. */
static int64_t percentile(const struct durations *d, size_t percent)
{
	return d->items[(d->count * percent + 99) / 100 - 1];
}

static void add_latency(struct durations *d, struct store_latency *out)
{
	if (d->count == 0)
		return;
	qsort(d->items, d->count, sizeof(*d->items), compare_durations);
	*out = (struct store_latency){d->count, percentile(d, 50), percentile(d, 90),
	    percentile(d, 99), d->items[d->count - 1]};
}

static int count_all(struct counting *c)
{
	if (each_row(c, &TOTALS, take_totals) < 0 || each_row(c, &SESSIONS, take_session) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(TALLIES); i++)
		if (each_row(c, &TALLIES[i], take_tally) < 0)
			return -1;
	add_unjudged(c);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		add_latency(&c->durations[i], &c->out->latency[i]);
	return 0;
}

static void settle(struct counting *c)
{
	size_t bytes = c->tally_count * sizeof(*c->tallies);

	if (c->tally_count > 0) {
		qsort(c->tallies, c->tally_count, sizeof(*c->tallies), compare_tallies);
		c->out->tallies = arena_alloc(c->arena, bytes);
		memcpy(c->out->tallies, c->tallies, bytes);
		c->out->tally_count = c->tally_count;
	}
	free(c->tallies);
	for (size_t i = 0; i < RECORD_STAGE_DONE; i++)
		free(c->durations[i].items);
}

static bool narrows(const struct store_filter *f)
{
	return f->after != NULL || (f->selection != NULL && f->selection->count > 0);
}

static int run(struct counting *c, const char *sql)
{
	if (sqlite3_exec(c->store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return store_failure(c->err, c->store->db, c->store->path, "cannot be read");
}

/* Their numbers go into a table of this connection. */
static int pick(struct counting *c, const struct store_filter *f)
{
	const struct store_filter all = {.selection = f->selection, .after = f->after};
	struct buffer sql = BUFFER_INIT;
	struct select query;
	struct row r = {.stmt = NULL};
	int result = -1;

	select_make(&all, &query);
	buffer_printf(&sql, "INSERT INTO picked SELECT q.number FROM (%s) AS q", query.sql.data);
	if (run(c, "CREATE TEMP TABLE picked (number INTEGER PRIMARY KEY)") == 0)
		r.stmt = database_prepare(c->store->db, c->store->path, sql.data, c->err);
	if (r.stmt != NULL) {
		select_bind(&query, r.stmt);
		result = reader_step(c->store, &r, c->err);
	}
	sqlite3_finalize(r.stmt);
	select_clear(&query);
	buffer_clear(&sql);
	return result;
}

int store_stats(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_stats *out, struct error *err)
{
	struct counting c = {.store = s, .arena = a, .picked = narrows(f), .out = out, .err = err};
	int result = 0;

	memset(out, 0, sizeof(*out));
	/* it may be large, and is of this moment only */
	if (run(&c, "PRAGMA temp_store = MEMORY") < 0 || reader_run(s, READER_BEGIN, err) < 0)
		return -1;
	if (c.picked)
		result = pick(&c, f);
	if (result == 0)
		result = count_all(&c);
	/* the table goes as it came */
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	settle(&c);
	return result;
}
