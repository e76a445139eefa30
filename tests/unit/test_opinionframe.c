/*
 * SPDX-License-Identifier: ISC
 *
 * Frames, questions and replies between the gateway and the opinion process.
 */
#include "opinion/reply.h"

#include <stdio.h>
#include <string.h>

#include "opinion/question.h"
#include "unit.h"

#define B(literal)                                                                                 \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct row {
	const char *name;
	struct span in;
	ptrdiff_t taken;
	bool good;  /* the reply can be read */
	size_t got; /* names or opinions in it */
} ROWS[] = {
    {"nothing", B(""), 0, false, 0},
    {"half a head", B("\0\0\0\0"), 0, false, 0},
    {"ready", B("\0\0\0\0\0"), 5, true, 0},
    {"ready, and more behind", B("\0\0\0\0\0x"), 5, true, 0},
    {"ready with a payload", B("\0\0\0\1\0x"), 6, false, 0},
    {"an unknown kind", B("\0\0\0\0\5"), -1, false, 0},
    {"a kind that is no enumerator", B("\0\0\0\0\377"), -1, false, 0},
    {"too long", B("\0\1\0\0\4"), -1, false, 0},
    {"four gigabytes", B("\377\377\377\377\4"), -1, false, 0},
    {"the longest, to come", B("\0\0\200\0\4"), 0, false, 0},
    {"a question", B("\0\0\0\0\2"), 5, false, 0},
    {"failed", B("\0\0\0\7\1\0\0\0\3why"), 12, true, 0},
    {"failed without a reason", B("\0\0\0\4\1\0\0\0\0"), 9, false, 0},
    {"a reason that breaks the line", B("\0\0\0\7\1\0\0\0\3a\nb"), 12, false, 0},
    {"a reason of 8 bits", B("\0\0\0\7\1\0\0\0\3a\377b"), 12, false, 0},
    {"a reason longer than the payload", B("\0\0\0\7\1\0\0\0\4why"), 12, false, 0},
    {"a reason of 4 GB", B("\0\0\0\7\1\377\377\377\377why"), 12, false, 0},
    {"something behind the reason", B("\0\0\0\10\1\0\0\0\3why!"), 13, false, 0},
    {"one name", B("\0\0\0\17\3\0\0\0\1\0\0\0\3\0\0\0\3a.b"), 20, true, 1},
    {"no name", B("\0\0\0\4\3\0\0\0\0"), 9, false, 0},
    {"17 names", B("\0\0\0\4\3\0\0\0\21"), 9, false, 0},
    {"more names than there are", B("\0\0\0\17\3\0\0\0\2\0\0\0\3\0\0\0\3a.b"), 20, false, 0},
    {"a name in upper case", B("\0\0\0\17\3\0\0\0\1\0\0\0\3\0\0\0\3A.b"), 20, false, 0},
    {"a name with an empty label", B("\0\0\0\17\3\0\0\0\1\0\0\0\3\0\0\0\3a.."), 20, false, 0},
    {"a name with NUL", B("\0\0\0\17\3\0\0\0\1\0\0\0\3\0\0\0\3a\0b"), 20, false, 0},
    {"an unknown type", B("\0\0\0\17\3\0\0\0\1\0\0\0\6\0\0\0\3a.b"), 20, false, 0},
    {"an answer to SPF", B("\0\0\0\35\4\0\0\0\2\0\0\0\2\0\0\0\5a b~c\0\0\0\0\0\0\0\0\0\0\0\0"), 34,
	true, 1},
    {"an answer to both", B("\0\0\0\32\4\0\0\0\2\0\0\0\2\0\0\0\1a\0\0\0\1\0\0\0\0\0\0\0\1b"), 31,
	true, 2},
    {"an answer to nothing", B("\0\0\0\30\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 29,
	true, 0},
    {"a reason for nothing", B("\0\0\0\31\4\0\0\0\0\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\0\0\0\0\0"), 30,
	false, 0},
    {"a state that there is not", B("\0\0\0\31\4\0\0\0\3\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\0\0\0\0\0"),
	30, false, 0},
    {"a result that there is not",
	B("\0\0\0\31\4\0\0\0\2\0\0\0\10\0\0\0\1a\0\0\0\0\0\0\0\0\0\0\0\0"), 30, false, 0},
    {"half an answer", B("\0\0\0\15\4\0\0\0\2\0\0\0\2\0\0\0\1a"), 18, false, 0},
};

static size_t count_of(const struct opinion_reply *r)
{
	size_t n = r->name_count;

	for (size_t i = 0; i < OPINION_CHECK_COUNT; i++)
		n += r->says[i].state != OPINION_NOT_ASKED;
	return n;
}

START_TEST(reads_replies)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct span in = unit_guard(r->in);
		struct error err = {.text = ""};
		struct opinion_reply reply;
		struct frame f;
		ptrdiff_t taken = frame_take(in, REPLY_MAX, &f, &err);

		ck_assert_msg(taken == r->taken, "%s: took %td", r->name, taken);
		ck_assert_msg((taken < 0) == (err.text[0] != '\0'), "%s: sentence", r->name);
		if (taken > 0) {
			bool good = reply_read(&f, a, &reply, &err) == 0;

			ck_assert_msg(good == r->good, "%s: %s", r->name, err.text);
			ck_assert_msg(good == (err.text[0] == '\0'), "%s: sentence", r->name);
			ck_assert_msg(!good || count_of(&reply) == r->got, "%s: count", r->name);
		}
		unit_guard_free(in);
	}
	arena_free(a);
}
END_TEST

/* Every beginning of a frame asks for more. */
START_TEST(asks_for_more)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
		for (ptrdiff_t n = 0; n < ROWS[i].taken; n++) {
			struct span in = unit_guard(span_first(ROWS[i].in, (size_t)n));
			struct frame f;

			ck_assert_msg(frame_take(in, REPLY_MAX, &f, NULL) == 0, "%s: %td octets",
			    ROWS[i].name, n);
			unit_guard_free(in);
		}
}
END_TEST

static void write_and_read(
    const struct opinion_reply *in, struct arena *a, struct opinion_reply *out)
{
	struct buffer text = BUFFER_INIT;
	struct error err = {.text = ""};
	struct frame f;

	reply_write(in, &text);
	ck_assert_uint_le(text.len, REPLY_MAX + 5);
	ck_assert_int_eq(frame_take(buffer_span(&text), REPLY_MAX, &f, &err), (ptrdiff_t)text.len);
	ck_assert_msg(reply_read(&f, a, out, &err) == 0, "%s", err.text);
	buffer_clear(&text);
}

START_TEST(keeps_replies)
{
	struct opinion_reply answer = {.kind = FRAME_ANSWER,
	    .says = {{OPINION_GIVEN, AUTH_PERMERROR, "too many"},
		{OPINION_UNAVAILABLE, AUTH_NONE, "no list"}}};
	struct arena *a = arena_new();
	struct opinion_reply names = {.kind = FRAME_NEEDS_DNS, .name_count = REPLY_NAMES_MAX};
	struct opinion_reply got;

	write_and_read(&answer, a, &got);
	ck_assert_int_eq(got.kind, FRAME_ANSWER);
	ck_assert_int_eq(got.says[OPINION_SPF].state, OPINION_GIVEN);
	ck_assert_int_eq(got.says[OPINION_SPF].result, AUTH_PERMERROR);
	ck_assert_str_eq(got.says[OPINION_SPF].reason, "too many");
	ck_assert_int_eq(got.says[OPINION_DMARC].state, OPINION_UNAVAILABLE);
	ck_assert_str_eq(got.says[OPINION_DMARC].reason, "no list");
	for (size_t i = 0; i < REPLY_NAMES_MAX; i++)
		names.names[i] =
		    (struct dns_question){arena_printf(a, "n%zu.%s", i, "\\000.example"), DNS_PTR};
	write_and_read(&names, a, &got);
	ck_assert_uint_eq(got.name_count, REPLY_NAMES_MAX);
	for (size_t i = 0; i < REPLY_NAMES_MAX; i++) {
		ck_assert_str_eq(got.names[i].name, names.names[i].name);
		ck_assert_int_eq(got.names[i].type, DNS_PTR);
	}
	arena_free(a);
}
END_TEST

START_TEST(cleans_reasons)
{
	static const struct {
		struct span in;
		const char *out;
	} rows[] = {
	    {B("plain text, ~"), "plain text, ~"},
	    {B(""), "no reason was given"},
	    {B("a\nb\0c\377"), "a\\010b\\000c\\255"},
	};
	struct arena *a = arena_new();
	char long_text[2 * REPLY_REASON_MAX];
	const char *got;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(reply_clean(a, rows[i].in), rows[i].out);
	memset(long_text, '\1', sizeof(long_text));
	got = reply_clean(a, span_of(long_text, sizeof(long_text)));
	ck_assert_uint_le(strlen(got), REPLY_REASON_MAX);
	ck_assert_str_eq(got + strlen(got) - 7, "\\001...");
	arena_free(a);
}
END_TEST

static void fill(struct opinion_question *q)
{
	*q = (struct opinion_question){
	    .client = SPAN("192.0.2.1"),
	    .helo = SPAN("mail\0x"),
	    .mail_from = SPAN(""),
	    .from_domain = SPAN("example.com"),
	    .spf = AUTH_TEMPERROR,
	    .spf_domain = SPAN("bounce.example.com"),
	    .signature_count = DKIM_SIGNATURES_MAX,
	    .evidence = SPAN(";; a. A NXDOMAIN\n"),
	};
	for (size_t i = 0; i < DKIM_SIGNATURES_MAX; i++)
		q->signatures[i] = (struct opinion_signature){
		    i % 2 == 0 ? AUTH_PASS : AUTH_FAIL, SPAN("example.net"), SPAN("s1")};
}

START_TEST(keeps_questions)
{
	struct buffer text = BUFFER_INIT;
	struct opinion_question q, got;
	struct frame f;

	fill(&q);
	question_write(&q, &text);
	ck_assert_int_eq(
	    frame_take(buffer_span(&text), QUESTION_MAX, &f, NULL), (ptrdiff_t)text.len);
	ck_assert_int_eq(f.kind, FRAME_QUESTION);
	ck_assert_int_eq(question_read(f.payload, &got), 0);
	ck_assert(span_equal(got.client, q.client) && span_equal(got.helo, q.helo));
	ck_assert(span_equal(got.mail_from, q.mail_from));
	ck_assert(span_equal(got.from_domain, q.from_domain));
	ck_assert(got.spf == q.spf && span_equal(got.spf_domain, q.spf_domain));
	ck_assert_uint_eq(got.signature_count, q.signature_count);
	ck_assert(got.signatures[9].result == AUTH_FAIL);
	ck_assert(span_equal(got.signatures[9].selector, SPAN("s1")));
	ck_assert(span_equal(got.evidence, q.evidence));
	for (size_t n = 0; n < f.payload.len; n++) {
		struct span cut = unit_guard(span_first(f.payload, n));

		ck_assert_msg(question_read(cut, &got) < 0, "cut after %zu octets", n);
		unit_guard_free(cut);
	}
	buffer_clear(&text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    reads_replies, asks_for_more, keeps_replies, cleans_reasons, keeps_questions, NULL};

	return unit_main("opinionframe", tests);
}
