/*
 * SPDX-License-Identifier: ISC
 *
 * Selections over a small store: each condition alone, negated, and with each other one; the order
 * and the limit; and by which index each is driven.
 */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "sample.h"
#include "store/select.h"
#include "unit.h"

#define NOW   1795521600000LL /* 2026-11-24T12:00:00Z */
#define COUNT 5

struct held {
	const char *id;
	int64_t received_at;
	const char *mail_from, *from, *to, *cc, *subject, *message_id;
	const char *ip, *helo, *listener, *user;
	enum tls_mode tls;
	const char *version;
	int spf, dkim, dmarc, rdns; /* -1: not judged */
	int finding;                /* -1: none */
	uint64_t size;
	const char *source;
	struct store_walk walk; /* subject NULL: not walked */
};

/* What the store holds, oldest first. */
static const struct held HELD[COUNT] = {
    {"01JAAAAAAAAAAAAAAAAAAAAAA1", NOW - 3600000, "a@x.example", "a@x.example", "b@y.example", NULL,
	"Hello", "<0@x.example>", "192.0.2.1", "app.example", "mx", NULL, TLS_MODE_NONE, NULL,
	AUTH_PASS, AUTH_NONE, AUTH_FAIL, AUTH_PASS, -1, 100, "Subject: x\r\n\r\nplain\r\n",
	{.subject = NULL}},
    {"01JAAAAAAAAAAAAAAAAAAAAAA2", NOW - 60000, "", "Shop@x.example", "B@Y.example", "b@y.example",
	"hello you", "1@x.example", "192.0.2.77", "[192.0.2.77]", "submission", "apikey",
	TLS_MODE_STARTTLS, "TLSv1.2", AUTH_SOFTFAIL, AUTH_PASS, AUTH_PASS, AUTH_FAIL,
	FINDING_BARE_LF, 5000, "x",
	{.subject = "hello you",
	    .addresses = "Shop@x.example b@y.example",
	    .text = "your code is 4711, caf\xc3\xa9",
	    .attachments = 1}},
    {"01JAAAAAAAAAAAAAAAAAAAAAA0", NOW - 120000, "bounce@x.example", "a@x.example", "c@y.example",
	"b@y.example", "100% \xc3\x84rger", "<2@X.example>", "2001:db8::1", "APP.example",
	"submission", "apikey", TLS_MODE_IMPLICIT, "TLSv1.3", AUTH_NEUTRAL, AUTH_PASS, AUTH_PASS,
	AUTH_PERMERROR, FINDING_DKIM_WEAK_KEY, 6000, "x",
	{.subject = "100% \xc3\x84rger",
	    .addresses = "a@x.example c@y.example",
	    .text = "say \"code\" again",
	    .links = 2,
	    .html = true,
	    .plain = true}},
    {"01JBAAAAAAAAAAAAAAAAAAAAAA", NOW - 1000, "A@X.EXAMPLE", NULL, "c@y.example", NULL, NULL, NULL,
	NULL, NULL, "mx", NULL, TLS_MODE_NONE, NULL, -1, AUTH_NONE, AUTH_NONE, -1, -1, 0, "",
	{.subject = NULL}},
    {"01JCAAAAAAAAAAAAAAAAAAAAAA", NOW, "a@sub.x.example", "z@ax.example", "d@z.example", NULL,
	"hell", "<4@x>", "192.0.2.1", "app.example", "mx2", "API", TLS_MODE_STARTTLS, "TLSv1.3",
	AUTH_FAIL, AUTH_FAIL, AUTH_FAIL, AUTH_NONE, FINDING_BARE_LF, 5000, "x",
	{.subject = "hell", .addresses = "z@ax.example d@z.example", .text = "code of nothing"}},
};

struct fixture {
	char *dir;
	struct store_writer *writer;
	struct store *store;
	struct arena *arena;
};

static struct record_session *make_session(struct fixture *x, size_t n)
{
	struct record_session *s = sample_session(x->arena, (unsigned)n);
	const struct held *h = &HELD[n];

	s->listener = h->listener;
	s->client.helo = h->helo;
	s->client.ip = (struct ip){.family = IP_NONE};
	if (h->ip != NULL)
		ck_assert_int_eq(ip_parse(span_from(h->ip), &s->client.ip), 0);
	s->auth = (struct record_auth){h->user == NULL ? NULL : "PLAIN", h->user, false};
	s->tls = (struct tls_facts){.mode = h->tls, .version = h->version};
	return s;
}

static void judge(struct fixture *x, const struct held *h, struct verdict *v)
{
	v->has_client = h->spf >= 0;
	if (v->has_client) {
		v->spf = (struct spf_verdict){
		    .result = (enum auth_result)h->spf, .identity = "mailfrom"};
		v->spf_helo = (struct spf_verdict){.result = AUTH_TEMPERROR, .identity = "helo"};
		v->rdns.result = (enum auth_result)h->rdns;
	}
	v->dmarc.result = (enum auth_result)h->dmarc;
	if (h->dkim == AUTH_NONE)
		return;
	v->dkim_count = 1;
	v->dkim = arena_alloc(x->arena, sizeof(*v->dkim));
	v->dkim[0].result = (enum auth_result)h->dkim;
}

static void write_walk(struct fixture *x, const struct held *h)
{
	struct sample_box *b = sample_box_new();
	const struct record_message m = {.id = h->id};
	struct store_job job = {
	    .kind = STORE_JOB_WALK, .mailbox = sample_mailbox(b), .message = &m, .walk = &h->walk};

	store_writer_queue(x->writer, &job);
	ck_assert_ptr_eq(sample_wait(b), &job);
	ck_assert_msg(!job.failed, "%s", job.error.text);
	sample_box_free(b);
}

static void write_held(struct fixture *x, size_t n)
{
	const struct held *h = &HELD[n];
	const char *to[] = {h->to, h->cc};
	struct record_session *s = make_session(x, n);
	struct record_message *m = sample_small(x->arena, 0, s);

	m->id = h->id;
	m->received_at = h->received_at;
	m->envelope.mail_from = h->mail_from;
	m->envelope.rcpt_to = to;
	m->envelope.rcpt_count = h->cc == NULL ? 1 : 2;
	m->from = h->from;
	m->subject = h->subject;
	m->message_id = h->message_id;
	m->size = h->size;
	judge(x, h, &m->observed);
	if (h->finding >= 0)
		finding_add(&m->findings, x->arena, (enum finding_id)h->finding, NULL);
	ck_assert(sample_write(x->writer, s, m, span_from(h->source)));
	if (h->walk.subject != NULL)
		write_walk(x, h);
}

static struct fixture set_up(void)
{
	struct fixture x = {.dir = sample_dir(), .arena = arena_new()};

	x.writer = sample_writer(x.dir);
	for (size_t i = 0; i < COUNT; i++)
		write_held(&x, i);
	x.store = sample_reader(x.dir);
	return x;
}

static void tear_down(struct fixture *x)
{
	store_close(x->store);
	store_writer_stop(x->writer);
	sample_dir_free(x->dir);
	arena_free(x->arena);
}

/* want: the positions in HELD of those that match, newest first. */
static const struct {
	const char *text, *want;
} ROWS[] = {
    {"from:a@x.example", "320"},
    {"from:SHOP@X.example", "1"},
    {"from:<>", "1"},
    {"from:@x.example", "3210"},
    {"from:@X.EXAMPLE", "3210"},
    {"from:bounce", "2"},
    {"from:%", ""},
    {"from:_", ""},
    {"from:nobody@x.example", ""},
    {"to:b@y.example", "210"},
    {"to:B@y.EXAMPLE", "210"},
    {"to:b@y.exampl", ""},
    {"to:c@y.example", "32"},
    {"to:@y.example", "3210"},
    {"to:@example", ""},
    {"to:c", "32"},
    {"subject:HELLO", "10"},
    {"subject:\"lo y\"", "1"},
    {"subject:0%", "2"},
    {"subject:\"\xc3\x84rg\"", "2"},
    {"subject:\"\"", "4210"},
    {"id:01ja", "210"},
    {"id:01JAAAAAAA", "210"},
    {"id:01JB", "3"},
    {"id:0", "43210"},
    {"id:7", ""},
    {"01JAAAAAAAAAAAAAAAAAAAAAA0", "2"},
    {"01JAAAAAAAAAAAAAAAAAAAAAA9", ""},
    {"latest", "4"},
    {"message-id:<0@x.example>", "0"},
    {"message-id:0@x.example", "0"},
    {"message-id:<1@x.example>", "1"},
    {"message-id:2@x.example", ""},
    {"user:apikey", "21"},
    {"user:api", ""},
    {"listener:mx", "30"},
    {"listener:submission", "21"},
    {"client:192.0.2.1", "40"},
    {"client:192.0.2.0/25", "410"},
    {"client:0.0.0.0/0", "410"},
    {"client:2001:db8::/32", "2"},
    {"client:2001:DB8:0::1", "2"},
    {"client:app.example", "420"},
    {"client:[192.0.2.77]", "1"},
    {"after:1m", "431"},
    {"after:119s", "431"},
    {"after:2m", "4321"},
    {"after:now", "4"},
    {"after:2026-11-24", "43210"},
    {"after:2026-11-25", ""},
    {"after:01JAAAAAAAAAAAAAAAAAAAAAA1", "4321"},
    {"after:01JAAAAAAAAAAAAAAAAAAAAAA0", "43"},
    {"after:01JCAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"after:01JAAAAAAAAAAAAAAAAAAAAAA9", "432"},
    {"before:1m", "20"},
    {"before:now", "3210"},
    {"before:2026-11-24", ""},
    {"before:01JAAAAAAAAAAAAAAAAAAAAAA1", ""},
    {"before:01JAAAAAAAAAAAAAAAAAAAAAA0", "10"},
    {"before:01JAAAAAAAAAAAAAAAAAAAAAA9", "10"},
    {"spf:pass", "0"},
    {"spf:softfail|neutral|pass", "210"},
    {"spf:none", ""},
    {"spf:temperror", ""},
    {"dkim:none", "30"},
    {"dkim:pass", "21"},
    {"dmarc:fail", "40"},
    {"rdns:pass", "0"},
    {"rdns:permerror|fail", "21"},
    {"tls:none", "30"},
    {"tls:any", "421"},
    {"tls:starttls", "41"},
    {"tls:implicit", "2"},
    {"tls:1.3", "42"},
    {"tls:1.2", "1"},
    {"finding:any", "421"},
    {"finding:bare-lf", "41"},
    {"finding:dkim-weak-key", "2"},
    {"finding:early-talk", ""},
    {"has:attachment", "1"},
    {"has:link", "2"},
    {"has:html", "2"},
    {"has:refused", ""},
    {"larger:4999", "421"},
    {"larger:5000", "2"},
    {"smaller:100", "3"},
    {"smaller:1K", "30"},
    {"code", "421"},
    {"CODE", "421"},
    {"cafe", "1"},
    {"\"code is\"", "1"},
    {"\"is code\"", ""},
    {"hello", "1"},
    {"hell", "4"},
    {"hel*", ""},
    {"shop@x.example", "1"},
    {"\"say \\\"code\"", "2"},
    {"\"code OR hello\"", ""},
    {"NOT", ""},
    {"subject", ""},
    {"\"subject : hello\"", ""},
    {"\"%\"", ""},
    {"\"\\\"\"", ""},
    {"(", ""},
};

static struct selection parse(struct fixture *x, const char *text)
{
	struct error err = {.text = ""};
	struct selection s;

	ck_assert_msg(selection_parse(span_from(text), NOW, x->arena, &s, &err) == 0, "%s: %s",
	    text, err.text);
	return s;
}

/* The positions in HELD, in the order in which they come. */
static void positions(struct fixture *x, const char *text, const struct store_filter *f, char *out)
{
	struct buffer ids = BUFFER_INIT;
	struct error err = {.text = ""};
	struct span rest;
	size_t n = 0;

	ck_assert_msg(store_ids(x->store, f, &ids, &err) == 0, "%s: %s", text, err.text);
	rest = buffer_span(&ids);
	while (rest.len > 0) {
		struct span id = span_cut(&rest, '\n');

		ck_assert_msg(n < COUNT, "%s: too many", text);
		for (size_t i = 0; i < COUNT; i++)
			if (span_equal(id, span_from(HELD[i].id)))
				out[n++] = (char)('0' + i);
	}
	out[n] = '\0';
	buffer_clear(&ids);
}

static void require(
    struct fixture *x, const char *text, const struct store_filter *f, const char *want)
{
	char got[COUNT + 1];
	struct error err;

	positions(x, text, f, got);
	ck_assert_msg(strcmp(got, want) == 0, "%s (limit %zu%s): got %s, expected %s", text,
	    f->limit, f->oldest_first ? ", oldest first" : "", got, want);
	ck_assert_msg(store_count(x->store, f, &err) == (ptrdiff_t)strlen(want), "%s: count", text);
}

static void reverse(const char *s, char out[COUNT + 1])
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		out[i] = s[len - 1 - i];
	out[len] = '\0';
}

/* In both orders, with limits that cut and that do not. */
static void require_all(struct fixture *x, const char *text, const char *want)
{
	struct selection s = parse(x, text);
	char back[COUNT + 1], one[2] = {want[0], '\0'};

	reverse(want, back);
	require(x, text, &(struct store_filter){.selection = &s}, want);
	require(x, text, &(struct store_filter){.selection = &s, .limit = 9}, want);
	require(x, text, &(struct store_filter){.selection = &s, .limit = 1}, one);
	require(x, text, &(struct store_filter){.selection = &s, .oldest_first = true}, back);
	one[0] = back[0];
	require(x, text, &(struct store_filter){.selection = &s, .oldest_first = true, .limit = 1},
	    one);
}

START_TEST(conditions_select)
{
	struct fixture x = set_up();

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		if (ROWS[i].want != NULL)
			require_all(&x, ROWS[i].text, ROWS[i].want);
	tear_down(&x);
}
END_TEST

/* Those of "43210" that are, or are not, in the other. */
static void keep(const char *of, const char *other, bool in, char out[COUNT + 1])
{
	size_t n = 0;

	for (; *of != '\0'; of++)
		if ((strchr(other, *of) != NULL) == in)
			out[n++] = *of;
	out[n] = '\0';
}

START_TEST(negated_conditions_select_the_rest)
{
	struct fixture x = set_up();

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		char want[COUNT + 1];
		const char *text = arena_printf(x.arena, "-%s", ROWS[i].text);

		if (ROWS[i].want == NULL)
			continue;
		keep("43210", ROWS[i].want, false, want);
		require_all(&x, text, want);
	}
	tear_down(&x);
}
END_TEST

START_TEST(conditions_join)
{
	struct fixture x = set_up();

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		for (size_t k = 0; k < ARRAY_SIZE(ROWS); k++) {
			bool in = (i + k) % 2 == 0;
			char want[COUNT + 1];
			struct selection s;
			const char *text;

			if (ROWS[i].want == NULL || ROWS[k].want == NULL)
				continue;
			text = arena_printf(
			    x.arena, "%s %s%s", ROWS[i].text, in ? "" : "-", ROWS[k].text);
			keep(ROWS[i].want, ROWS[k].want, in, want);
			s = parse(&x, text);
			require(&x, text,
			    &(struct store_filter){.selection = &s, .limit = i % 2 * 9}, want);
		}
	tear_down(&x);
}
END_TEST

static const struct {
	const char *text, *after, *want;
} AFTERS[] = {
    {"", "01JAAAAAAAAAAAAAAAAAAAAAA1", "4321"},
    {"", "01JCAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"", "", "43210"},
    {"", "01JAAAAAAAAAAAAAAAAAAAAAA9", "432"},
    {"to:b@y.example", "01JAAAAAAAAAAAAAAAAAAAAAA2", "2"},
    {"from:a@x.example", "01JAAAAAAAAAAAAAAAAAAAAAA1", "32"},
    {"code", "01JAAAAAAAAAAAAAAAAAAAAAA2", "42"},
    {"-code", "01JAAAAAAAAAAAAAAAAAAAAAA2", "3"},
    {"user:apikey", "01JAAAAAAAAAAAAAAAAAAAAAA2", "2"},
    {"latest", "01JAAAAAAAAAAAAAAAAAAAAAA2", "4"},
    {"has:attachment", "01JAAAAAAAAAAAAAAAAAAAAAA2", ""},
};

START_TEST(after_excludes)
{
	struct fixture x = set_up();

	for (size_t i = 0; i < ARRAY_SIZE(AFTERS); i++) {
		struct selection s = parse(&x, AFTERS[i].text);
		struct store_filter f = {.selection = &s, .after = AFTERS[i].after};
		char back[COUNT + 1];

		require(&x, AFTERS[i].text, &f, AFTERS[i].want);
		f.oldest_first = true;
		reverse(AFTERS[i].want, back);
		require(&x, AFTERS[i].text, &f, back);
	}
	require(&x, "no selection", &(struct store_filter){.limit = 2}, "43");
	tear_down(&x);
}
END_TEST

START_TEST(what_was_not_walked_is_walked)
{
	struct fixture x = set_up();

	require_all(&x, "has:text", "320");
	require_all(&x, "-has:text", "41");
	tear_down(&x);
}
END_TEST

START_TEST(many_words_are_taken)
{
	struct fixture x = set_up();
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < SELECTION_TERMS_MAX; i++)
		buffer_add_string(&text, i % 2 == 0 ? "code " : "-nothing ");
	require_all(&x, text.data, "21");
	buffer_reset(&text);
	for (size_t i = 0; i < SELECTION_TERMS_MAX; i++)
		buffer_add_string(&text, "-hello ");
	require_all(&x, text.data, "4320");
	buffer_clear(&text);
	tear_down(&x);
}
END_TEST

/* What of the plan must be there; and nothing may be sorted, but for ids. */
static const struct {
	const char *text, *plan;
} PLANS[] = {
    {"", "SEARCH m USING INTEGER PRIMARY KEY (rowid>?)"},
    {"-to:a@b spf:pass subject:x user:x -message-id:x", "message_user"},
    {"to:a@b from:c@d user:x", "SEARCH r USING COVERING INDEX recipient_address (address=?)"},
    {"to:a@b after:01JAAAAAAAAAAAAAAAAAAAAAA1",
	"SEARCH r USING COVERING INDEX recipient_address (address=? AND message>?)"},
    {"from:a@b spf:pass", "SEARCH m USING INDEX message_mail_from (mail_from=?)"},
    {"from:a@b spf:pass", "SEARCH m USING INDEX message_header_from (header_from=?)"},
    {"x y -z", "SCAN words VIRTUAL TABLE INDEX"},
    {"x user:y", "SCAN words VIRTUAL TABLE INDEX"},
    {"after:1h", "SEARCH m USING INTEGER PRIMARY KEY (rowid>?)"},
    {"before:1h", "SEARCH message USING COVERING INDEX message_received (received_at_ms<?)"},
    {"01JAAAAAAAAAAAAAAAAAAAAAA1 to:a@b", "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"},
    {"message-id:x to:a@b", "SEARCH m USING INDEX message_message_id (message_id=?)"},
    {"spf:pass", "SEARCH x USING PRIMARY KEY (message=? AND viewpoint=? AND check_name=?)"},
    {"finding:bare-lf", "SEARCH x USING INDEX finding_of (session=? AND message=?)"},
};

static void explain(struct fixture *x, const struct store_filter *f, struct buffer *out)
{
	struct select q;
	sqlite3_stmt *stmt;
	char *sql;

	select_make(f, &q);
	sql = arena_printf(x->arena, "EXPLAIN QUERY PLAN %s", q.sql.data);
	ck_assert_int_eq(sqlite3_prepare_v2(x->store->db, sql, -1, &stmt, NULL), SQLITE_OK);
	select_bind(&q, stmt);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buffer_printf(out, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	select_clear(&q);
}

START_TEST(the_best_index_drives)
{
	struct fixture x = set_up();

	for (size_t i = 0; i < ARRAY_SIZE(PLANS); i++) {
		struct selection s = parse(&x, PLANS[i].text);
		struct buffer plan = BUFFER_INIT;

		explain(&x, &(struct store_filter){.selection = &s, .limit = 50}, &plan);
		ck_assert_msg(
		    strstr(plan.data, PLANS[i].plan) != NULL, "%s:\n%s", PLANS[i].text, plan.data);
		ck_assert_msg(strstr(PLANS[i].text, "message-id:x to") != NULL ||
				  strstr(plan.data, "TEMP B-TREE FOR ORDER BY") == NULL,
		    "%s is sorted:\n%s", PLANS[i].text, plan.data);
		buffer_clear(&plan);
	}
	tear_down(&x);
}
END_TEST

struct seen {
	struct store *store;
	size_t count, stop_at;
};

/* Reads of the store are allowed meanwhile. */
static int see(void *arg, const struct record_message *m)
{
	struct seen *s = arg;
	struct buffer source = BUFFER_INIT;
	struct record_message again;
	struct arena *a = arena_new();
	struct error err;

	ck_assert_int_eq(store_source(s->store, m->id, &source, &err), 0);
	ck_assert_int_eq(store_message(s->store, m->id, a, &again, &err), 0);
	ck_assert_str_eq(again.id, m->id);
	ck_assert_str_eq(m->id, HELD[COUNT - 1 - s->count].id);
	buffer_clear(&source);
	arena_free(a);
	return ++s->count == s->stop_at ? 7 : 0;
}

START_TEST(each_comes_one_by_one)
{
	struct fixture x = set_up();
	struct seen all = {.store = x.store}, some = {.store = x.store, .stop_at = 2};
	struct store_filter f = {.limit = 0};
	struct store_messages list;
	struct error err;

	ck_assert_int_eq(store_each(x.store, &f, see, &all, &err), 0);
	ck_assert_uint_eq(all.count, COUNT);
	ck_assert_int_eq(store_each(x.store, &f, see, &some, &err), 7);
	ck_assert_uint_eq(some.count, 2);
	ck_assert_int_eq(store_messages(x.store, &f, x.arena, &list, &err), 0);
	ck_assert_uint_eq(list.count, COUNT);
	ck_assert_str_eq(list.items[4].subject, "Hello");
	ck_assert_str_eq(list.items[4].session->listener, "mx");
	tear_down(&x);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {conditions_select, negated_conditions_select_the_rest,
	    conditions_join, after_excludes, what_was_not_walked_is_walked, many_words_are_taken,
	    the_best_index_drives, each_comes_one_by_one, NULL};

	return unit_main("select", tests);
}
