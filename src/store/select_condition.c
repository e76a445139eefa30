/*
 * SPDX-License-Identifier: ISC
 *
 * The conditions of a selection on the message m. Each is an expression that may be NULL, which
 * counts as not true, so that its negation holds then. What is of several rows is a correlated
 * EXISTS on a primary key. NOCASE and lower() are of ASCII alone, as the language promises.
 */
#include "store/select_condition.h"

#include <string.h>

/* The part of x, or x at its end, in any case. */
static void add_part(struct making *k, const char *column, const char *part)
{
	buffer_printf(&k->query->sql, "instr(lower(%s), lower(", column);
	select_text(k, part);
	select_add(k, ")) > 0");
}

static void add_domain(struct making *k, const char *column, const char *domain)
{
	char *end = arena_printf(k->query->arena, "@%s", domain);

	buffer_printf(&k->query->sql, "substr(%s, -length(", column);
	select_text(k, end);
	select_add(k, ")) = ");
	select_text(k, end);
	select_add(k, " COLLATE NOCASE");
}

static void add_address(struct making *k, const char *column, const struct selection_term *t)
{
	if (t->form == SELECTION_PART)
		add_part(k, column, t->value);
	else if (t->form == SELECTION_DOMAIN)
		add_domain(k, column, t->value);
	else {
		buffer_printf(&k->query->sql, "%s = ", column);
		select_text(k, t->value);
	}
}

static void add_from(struct making *k, const struct selection_term *t)
{
	add_address(k, "m.mail_from", t);
	select_add(k, " OR ");
	add_address(k, "m.header_from", t);
}

static void add_to(struct making *k, const struct selection_term *t)
{
	select_add(k, "EXISTS (SELECT 1 FROM recipient AS x WHERE x.message = m.number AND ");
	add_address(k, "x.address", t);
	select_add(k, ")");
}

static void add_subject(struct making *k, const struct selection_term *t)
{
	add_part(k, "m.subject", t->value);
}

void select_id(struct making *k, const struct selection_term *t)
{
	if (t->form == SELECTION_LATEST) {
		select_add(k, "m.number = (SELECT max(number) FROM message)");
		return;
	}
	if (t->form == SELECTION_WHOLE) {
		select_add(k, "m.id = ");
		select_text(k, t->value);
		return;
	}
	select_add(k, "m.id >= ");
	select_text(k, t->value);
	/* '~' comes after every character of an id */
	select_add(k, " AND m.id < ");
	select_text(k, arena_printf(k->query->arena, "%s~", t->value));
}

void select_message_id(struct making *k, const struct selection_term *t)
{
	select_add(k, "m.message_id IN (");
	select_text(k, arena_printf(k->query->arena, "<%s>", t->value));
	select_add(k, ", ");
	select_text(k, t->value);
	select_add(k, ")");
}

static void add_user(struct making *k, const struct selection_term *t)
{
	select_add(k, "m.auth_user = ");
	select_text(k, t->value);
}

static void add_listener(struct making *k, const struct selection_term *t)
{
	select_add(k, "EXISTS (SELECT 1 FROM session AS x WHERE x.number = m.session"
		      " AND x.listener = ");
	select_text(k, t->value);
	select_add(k, ")");
}

static bool is_single(const struct ip_prefix *p)
{
	return p->bits == (p->ip.family == IP_V4 ? 32 : 128);
}

static void add_client(struct making *k, const struct selection_term *t)
{
	char ip[IP_TEXT_SIZE];

	if (t->form != SELECTION_PREFIX) {
		select_add(k, "m.helo = ");
		select_text(k, t->value);
		select_add(k, " COLLATE NOCASE");
	} else if (is_single(&t->prefix)) {
		select_add(k, "m.client_ip = ");
		select_text(k, ip_format(&t->prefix.ip, ip));
	} else {
		select_add(k, "within(m.client_ip, ");
		select_text(k, t->value);
		select_add(k, ")");
	}
}

static void add_result(struct making *k, const struct selection_term *t)
{
	select_add(k, "EXISTS (SELECT 1 FROM verdict AS x WHERE x.message = m.number"
		      " AND x.viewpoint = 'observed' AND x.check_name = ");
	select_text(k, SELECTION_KEY_NAME[t->key]);
	for (size_t i = 0; i < t->word_count; i++) {
		select_add(k, i == 0 ? " AND x.result IN (" : ", ");
		select_text(k, t->words[i]);
	}
	select_add(k, "))");
}

static void add_tls(struct making *k, const struct selection_term *t)
{
	if (strcmp(t->value, "none") == 0) {
		select_add(k, "m.tls_mode IS NULL");
		return;
	}
	if (strcmp(t->value, "any") == 0) {
		select_add(k, "m.tls_mode IS NOT NULL");
		return;
	}
	select_text(k, t->value);
	select_add(k, " IN (m.tls_mode, m.tls_version)");
}

static void add_finding(struct making *k, const struct selection_term *t)
{
	select_add(k, "EXISTS (SELECT 1 FROM finding AS x WHERE x.session = m.session"
		      " AND x.message = m.number");
	if (strcmp(t->value, "any") != 0) {
		select_add(k, " AND ");
		select_text(k, t->value);
		select_add(k, " IN (x.id, x.severity)");
	}
	select_add(k, ")");
}

/* From the walk; of a message that was not walked yet from the message itself. */
static void add_has(struct making *k, const struct selection_term *t)
{
	static const struct {
		const char *word, *column;
	} COLUMNS[] = {
	    {"attachment", "attachments"}, {"link", "links"}, {"html", "html"}, {"text", "plain"}};

	if (strcmp(t->value, "refused") == 0) {
		select_add(k, "m.refused IS NOT NULL");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(COLUMNS); i++)
		if (strcmp(COLUMNS[i].word, t->value) == 0)
			buffer_printf(
			    &k->query->sql, "coalesce((SELECT x.%s > 0", COLUMNS[i].column);
	select_add(k, " FROM walk AS x WHERE x.message = m.number), message_has("
		      "(SELECT x.bytes FROM source AS x WHERE x.message = m.number), ");
	select_text(k, t->value);
	select_add(k, "))");
}

static void add_larger(struct making *k, const struct selection_term *t)
{
	select_add(k, "m.size > ");
	select_number(k, (int64_t)t->number);
}

static void add_smaller(struct making *k, const struct selection_term *t)
{
	select_add(k, "m.size < ");
	select_number(k, (int64_t)t->number);
}

/*
 * With a limit few messages are looked at, and the index is asked for each of them; without one it
 * is asked once for all.
 */
static void add_word(struct making *k, const struct selection_term *t)
{
	struct buffer phrase = BUFFER_INIT;

	select_phrase(&phrase, t->value);
	if (k->filter->limit > 0) {
		select_add(k, "EXISTS (SELECT 1 FROM words WHERE words.rowid = m.number"
			      " AND words MATCH ");
		select_text(k, phrase.data);
		select_add(k, ")");
	} else {
		select_add(k, "+m.number IN (SELECT rowid FROM words WHERE words MATCH ");
		select_text(k, phrase.data);
		select_add(k, ")");
	}
	buffer_clear(&phrase);
}

/*
 * The number behind which messages came later than this one, the number in front of which they came
 * earlier. A message that is gone stands for the place behind the last one whose id is less.
 */
static void add_place(struct making *k, const char *id, bool below)
{
	select_add(k, "coalesce((SELECT number FROM message WHERE id = ");
	select_text(k, id);
	select_add(k, "), (SELECT number FROM message WHERE id < ");
	select_text(k, id);
	select_add(
	    k, below ? " ORDER BY id DESC LIMIT 1) + 1, 0)" : " ORDER BY id DESC LIMIT 1), 0)");
}

/* "after" and "before": a range, also where it is negated. */
static void add_when(struct making *k, const struct selection_term *t)
{
	bool below = t->key == SELECTION_BEFORE;
	const char *op = below ? (t->negated ? " >= " : " < ") : (t->negated ? " <= " : " > ");

	if (t->form == SELECTION_INSTANT) {
		select_add(k, below == t->negated ? "m.received_at_ms >= " : "m.received_at_ms < ");
		select_number(k, (int64_t)t->number);
		return;
	}
	select_add(k, k->number);
	select_add(k, op);
	add_place(k, t->value, below);
}

static void (*const CONDITIONS[])(struct making *k, const struct selection_term *t) = {
    [SELECTION_FROM] = add_from,
    [SELECTION_TO] = add_to,
    [SELECTION_SUBJECT] = add_subject,
    [SELECTION_ID] = select_id,
    [SELECTION_MESSAGE_ID] = select_message_id,
    [SELECTION_USER] = add_user,
    [SELECTION_LISTENER] = add_listener,
    [SELECTION_CLIENT] = add_client,
    [SELECTION_AFTER] = add_when,
    [SELECTION_BEFORE] = add_when,
    [SELECTION_SPF] = add_result,
    [SELECTION_DKIM] = add_result,
    [SELECTION_DMARC] = add_result,
    [SELECTION_RDNS] = add_result,
    [SELECTION_TLS] = add_tls,
    [SELECTION_FINDING] = add_finding,
    [SELECTION_HAS] = add_has,
    [SELECTION_LARGER] = add_larger,
    [SELECTION_SMALLER] = add_smaller,
    [SELECTION_WORD] = add_word,
};
_Static_assert(ARRAY_SIZE(CONDITIONS) == SELECTION_KEY_COUNT, "one writer a key");

/* What a look at one message costs: columns of its own, rows of others, a walk, the text index. */
enum cost {
	COST_COLUMN,
	COST_ROW,
	COST_WALK,
	COST_WORD,
	COST_COUNT,
};

static enum cost cost_of(enum selection_key key)
{
	static const enum cost COSTS[SELECTION_KEY_COUNT] = {
	    [SELECTION_TO] = COST_ROW,
	    [SELECTION_LISTENER] = COST_ROW,
	    [SELECTION_SPF] = COST_ROW,
	    [SELECTION_DKIM] = COST_ROW,
	    [SELECTION_DMARC] = COST_ROW,
	    [SELECTION_RDNS] = COST_ROW,
	    [SELECTION_FINDING] = COST_ROW,
	    [SELECTION_HAS] = COST_WALK,
	    [SELECTION_WORD] = COST_WORD,
	};

	return COSTS[key];
}

static bool is_range(const struct selection_term *t)
{
	return t->key == SELECTION_AFTER || t->key == SELECTION_BEFORE;
}

static void add_condition(struct making *k, const struct selection_term *t)
{
	if (t == k->drive || (k->words_done && t->key == SELECTION_WORD))
		return;
	select_add(k, is_range(t) ? " AND " : " AND (");
	CONDITIONS[t->key](k, t);
	if (!is_range(t))
		select_add(k, t->negated ? ") IS NOT TRUE" : ")");
}

void select_conditions(struct making *k)
{
	const struct selection *s = k->filter->selection;

	if (k->filter->after != NULL) {
		const struct selection_term after = {
		    .key = SELECTION_AFTER, .value = k->filter->after};

		add_condition(k, &after);
	}
	/* SQLite looks at them in this order: what costs most comes last */
	for (unsigned cost = 0; s != NULL && cost < COST_COUNT; cost++)
		for (size_t i = 0; i < s->count; i++)
			if (cost_of(s->terms[i].key) == cost)
				add_condition(k, &s->terms[i]);
}

/* The index of times is read for the range alone, which is less than the messages themselves. */
void select_bounds(struct making *k)
{
	const struct selection *s = k->filter->selection;

	for (size_t i = 0; s != NULL && i < s->count; i++) {
		const struct selection_term *t = &s->terms[i];
		bool below = (t->key == SELECTION_BEFORE) != t->negated;

		if (!is_range(t) || t->form != SELECTION_INSTANT)
			continue;
		buffer_printf(&k->query->sql,
		    " AND m.number %s (SELECT %s(+number) FROM message INDEXED BY message_received"
		    " WHERE received_at_ms %s ",
		    below ? "<=" : ">=", below ? "max" : "min", below ? "<" : ">=");
		select_number(k, (int64_t)t->number);
		select_add(k, ")");
	}
}
