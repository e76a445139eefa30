/*
 * SPDX-License-Identifier: ISC
 *
 * Which selections mean a message that is in no store.
 */
#include "policy/belongs.h"

#include "judgecase.h"
#include "unit.h"

static const struct {
	const char *text;
	bool means;
} ROWS[] = {
    {"from:a@bounce.example.com", true},
    {"from:A@EXAMPLE.com", true},
    {"from:@example.com", true},
    {"from:@ample.com", false},
    {"from:exam", true},
    {"-from:exam", false},
    {"to:c@example.org", true},
    {"to:@example.net", true},
    {"to:x@example.net", false},
    {"-to:x@example.net to:b@example.net", true},
    {"subject:WELCOME", true},
    {"subject:\"to the\"", true},
    {"subject:reset", false},
    {"id:latest", false},
    {"-id:latest", true},
    {"message-id:1@example.com", true},
    {"message-id:<1@example.com>", true},
    {"message-id:2@example.com", false},
    {"user:shop", false},
    {"listener:mx", false},
    {"client:203.0.113.0/24", true},
    {"client:203.0.113.8", false},
    {"client:MAIL.example.com", true},
    {"after:15m", true},
    {"after:2999-01-01", false},
    {"before:2999-01-01", true},
    {"before:01JDEXAMP00000000000000001", false},
    {"spf:pass", true},
    {"spf:fail|softfail", false},
    {"dkim:pass dmarc:pass rdns:pass", true},
    {"tls:any", false},
    {"tls:none", true},
    {"finding:any", true},
    {"finding:warning", true},
    {"finding:bare-lf", true},
    {"finding:error", false},
    {"has:attachment has:link has:text", true},
    {"has:html", false},
    {"larger:2K", true},
    {"smaller:2K", false},
    {"alice", true},
    {"ALICE", true},
    {"\"dear alice\"", true},
    {"\"alice dear\"", false},
    {"ali", false},
    {"welcome", true},
    {"org", true},
    {"-bob", true},
    {"\"--\"", false},
};

START_TEST(means)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct selection s = {NULL, 0};
		struct selection_subject of;
		struct error err;
		struct world w;

		world_init(&w);
		finding_add(&w.message.findings, w.arena, FINDING_BARE_LF, NULL);
		ck_assert_msg(
		    selection_parse(span_from(ROWS[i].text), 1795448235000, w.arena, &s, &err) == 0,
		    "%s: %s", ROWS[i].text, err.text);
		of = (struct selection_subject){&w.message, &w.content, 1795448235000};
		ck_assert_msg(selection_means(&s, &of) == ROWS[i].means, "%s", ROWS[i].text);
		world_clear(&w);
	}
}
END_TEST

/* What is not known of a message is not what is asked for. */
START_TEST(unknown)
{
	static const char *const texts[] = {"from:a", "to:a", "subject:a", "message-id:a",
	    "client:a", "client:203.0.113.7", "spf:none", "rdns:none", "finding:any", "has:html",
	    "has:refused",
	    "word"};
	const struct record_session session = {.id = NULL};
	const struct record_message message = {.session = &session};
	const struct mime_content content = {.parts = NULL};
	const struct selection_subject of = {&message, &content, 0};
	struct arena *a = arena_new();
	struct selection s;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_int_eq(selection_parse(span_from(texts[i]), 0, a, &s, &err), 0);
		ck_assert_msg(!selection_means(&s, &of), "%s", texts[i]);
	}
	s = (struct selection){NULL, 0};
	ck_assert(selection_means(&s, &of));
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {means, unknown, NULL};

	return unit_main("belongs", tests);
}
