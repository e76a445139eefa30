/*
 * SPDX-License-Identifier: ISC
 *
 * A filter as SQL. One condition that must hold drives: its index gives the messages in the order
 * of their numbers, and the others are looked at message by message (select_condition.c). The
 * planner has no say in it: INDEXED BY, NOT INDEXED and CROSS JOIN fix the plan.
 */
#include "store/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/database.h"
#include "store/select_condition.h"

/* A shorter beginning of an id is that of so many messages that their order matters more. */
#define ID_PREFIX_MIN 6

/* How the messages are gone through. */
struct driver {
	enum selection_key key;
	bool (*fits)(const struct selection_term *t);
	void (*add)(struct making *k);
};

static bool fits_any(const struct selection_term *t)
{
	(void)t;
	return true;
}

static bool fits_whole(const struct selection_term *t)
{
	return t->form == SELECTION_WHOLE;
}

static bool fits_id(const struct selection_term *t)
{
	return t->form != SELECTION_PART || strlen(t->value) >= ID_PREFIX_MIN;
}

static const char *direction(const struct making *k)
{
	return k->filter->oldest_first ? "ASC" : "DESC";
}

/* "SELECT ... WHERE" over the table message, and the condition that drives. */
static void add_head(struct making *k, const char *how)
{
	select_add(k, "SELECT m.number AS number, m.id AS id FROM message AS m ");
	select_add(k, how);
	select_add(k, " WHERE ");
}

static void add_tail(struct making *k, const char *number)
{
	select_conditions(k);
	buffer_printf(&k->query->sql, " ORDER BY %s %s", number, direction(k));
}

static void by_all(struct making *k)
{
	add_head(k, "NOT INDEXED");
	select_add(k, "m.number > 0");
	select_bounds(k);
	add_tail(k, "m.number");
}

static void by_id(struct making *k)
{
	add_head(k, "");
	select_add(k, "m.number IN (SELECT m.number FROM message AS m WHERE ");
	select_id(k, k->drive);
	select_add(k, ")");
	add_tail(k, "m.number");
}

static void by_message_id(struct making *k)
{
	add_head(k, "INDEXED BY message_message_id");
	select_message_id(k, k->drive);
	add_tail(k, "m.number");
}

static void by_user(struct making *k)
{
	add_head(k, "INDEXED BY message_user");
	select_add(k, "m.auth_user = ");
	select_text(k, k->drive->value);
	add_tail(k, "m.number");
}

/* A recipient given twice counts once. */
static void by_recipient(struct making *k)
{
	select_add(k, "SELECT DISTINCT r.message AS number, m.id AS id"
		      " FROM recipient AS r INDEXED BY recipient_address"
		      " CROSS JOIN message AS m NOT INDEXED ON m.number = r.message"
		      " WHERE r.address = ");
	select_text(k, k->drive->value);
	k->number = "r.message";
	add_tail(k, "r.message");
}

static void by_sender(struct making *k)
{
	add_head(k, "INDEXED BY message_mail_from");
	select_add(k, "m.mail_from = ");
	select_text(k, k->drive->value);
	select_conditions(k);
	select_add(k, " UNION ");
	/* worded as in the partial index */
	add_head(k, "INDEXED BY message_header_from");
	select_add(k, "m.header_from = ");
	select_text(k, k->drive->value);
	select_add(k, " AND m.header_from IS NOT m.mail_from");
	add_tail(k, "1");
}

static void add_phrases(struct buffer *out, const struct selection *s, bool negated)
{
	const char *before = "";

	for (size_t i = 0; i < s->count; i++) {
		const struct selection_term *t = &s->terms[i];

		if (t->key != SELECTION_WORD || t->negated != negated)
			continue;
		buffer_add_string(out, before);
		select_phrase(out, t->value);
		before = negated ? " OR " : " AND ";
	}
}

/* All free words at once, as the text index takes them. */
static void by_words(struct making *k)
{
	struct buffer match = BUFFER_INIT, not = BUFFER_INIT;

	add_phrases(&match, k->filter->selection, false);
	add_phrases(&not, k->filter->selection, true);
	if (not .len > 0) {
		struct buffer both = BUFFER_INIT;

		buffer_printf(&both, "(%s) NOT (%s)", match.data, not .data);
		buffer_clear(&match);
		match = both;
	}
	select_add(k, "SELECT words.rowid AS number, m.id AS id FROM words"
		      " CROSS JOIN message AS m NOT INDEXED ON m.number = words.rowid"
		      " WHERE words MATCH ");
	select_text(k, match.data);
	buffer_clear(&match);
	buffer_clear(&not );
	k->number = "words.rowid";
	k->words_done = true;
	add_tail(k, "words.rowid");
}

/* The best first. */
static const struct driver DRIVERS[] = {
    {SELECTION_ID, fits_id, by_id},
    {SELECTION_MESSAGE_ID, fits_any, by_message_id},
    {SELECTION_TO, fits_whole, by_recipient},
    {SELECTION_FROM, fits_whole, by_sender},
    {SELECTION_WORD, fits_any, by_words},
    {SELECTION_USER, fits_any, by_user},
};

static const struct selection_term *find_driving(
    const struct selection *s, const struct driver *driver)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->terms[i].key == driver->key && !s->terms[i].negated &&
		    driver->fits(&s->terms[i]))
			return &s->terms[i];
	return NULL;
}

/* The first driver that one of the conditions fits, or NULL. */
static const struct driver *find_driver(struct making *k)
{
	const struct selection *s = k->filter->selection;

	for (size_t i = 0; s != NULL && i < ARRAY_SIZE(DRIVERS); i++) {
		k->drive = find_driving(s, &DRIVERS[i]);
		if (k->drive != NULL)
			return &DRIVERS[i];
	}
	return NULL;
}

void select_make(const struct store_filter *f, struct select *out)
{
	struct making k = {.query = out, .filter = f, .number = "m.number"};
	const struct driver *driver = find_driver(&k);

	*out = (struct select){.sql = BUFFER_INIT, .arena = arena_new()};
	if (driver != NULL)
		driver->add(&k);
	else
		by_all(&k);
	if (f->limit > 0) {
		select_add(&k, " LIMIT ");
		select_number(&k, f->limit > INT64_MAX ? INT64_MAX : (int64_t)f->limit);
	}
}

void select_clear(struct select *q)
{
	buffer_clear(&q->sql);
	free(q->values);
	arena_free(q->arena);
}

void select_bind(const struct select *q, sqlite3_stmt *stmt)
{
	for (size_t i = 0; i < q->value_count; i++)
		if (q->values[i].text != NULL)
			sqlite3_bind_text(
			    stmt, (int)i + 1, q->values[i].text, -1, SQLITE_TRANSIENT);
		else
			sqlite3_bind_int64(stmt, (int)i + 1, q->values[i].number);
}

sqlite3_stmt *select_prepare(struct store *s, const struct store_filter *f, struct error *err)
{
	struct select q;
	sqlite3_stmt *stmt;

	select_make(f, &q);
	stmt = database_prepare(s->db, s->path, q.sql.data, err);
	if (stmt != NULL)
		select_bind(&q, stmt);
	select_clear(&q);
	return stmt;
}

static void add_value(struct making *k, struct select_value value)
{
	struct select *q = k->query;

	array_grow(&q->values, q->value_count, sizeof(*q->values));
	q->values[q->value_count++] = value;
	buffer_printf(&q->sql, "?%zu", q->value_count);
}

void select_add(struct making *k, const char *sql)
{
	buffer_add_string(&k->query->sql, sql);
}

void select_text(struct making *k, const char *text)
{
	add_value(k, (struct select_value){.text = arena_string(k->query->arena, text)});
}

void select_number(struct making *k, int64_t number)
{
	add_value(k, (struct select_value){.number = number});
}

void select_phrase(struct buffer *out, const char *word)
{
	buffer_add_char(out, '"');
	for (; *word != '\0'; word++) {
		if (*word == '"')
			buffer_add_char(out, '"');
		buffer_add_char(out, *word);
	}
	buffer_add_char(out, '"');
}
