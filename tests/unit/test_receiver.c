/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' files: what they become, what is refused and where, which replies may stand in them,
 * and those that come with the program.
 */
#include "conf/receiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "conf/receiver_files.h"
#include "conf/reply.h"
#include "unit.h"

static void parse(const char *text, struct conf_receivers *r)
{
	struct span guarded = unit_guard(span_from(text));
	struct error err = {.text = ""};

	ck_assert_msg(
	    conf_receivers_parse(guarded, "f.conf", r, &err) == 0, "%s: %s", text, err.text);
	unit_guard_free(guarded);
}

static const char TWO[] = "# of our own\n"
			  "receiver partner {\n"
			  "\ttitle = \"Partner & Co\"\n"
			  "\trequirement signed {\n"
			  "\t\tany = {\"dkim=pass dkim.bits>=2048\",\n"
			  "\t\t\t'spf=pass'}\n"
			  "\t\twhen = \"from~@example.com\"\n"
			  "\t\treply = \"550-5.7.1 Not signed, or weakly\"\n"
			  "\t\tremedy = \"Sign.\"\n"
			  "\t\tsource = \"https://partner.example/mail\"\n"
			  "\t\tdate = \"2026-11-01\"\n"
			  "\t}\n"
			  "\trequirement tls { any = tls }\n"
			  "}\n"
			  "receiver partner-bulk { title = Bulk include = { partner } }\n";

START_TEST(sections)
{
	struct conf_receivers r = {.arena = NULL};
	const struct conf_receiver *partner;
	const struct conf_requirement *q;

	parse(TWO, &r);
	ck_assert_uint_eq(r.count, 2);
	partner = conf_receiver_find(&r, SPAN("partner"));
	ck_assert_ptr_eq(partner, &r.items[0]);
	ck_assert_str_eq(partner->title, "Partner & Co");
	ck_assert_str_eq(partner->place, "f.conf:3");
	ck_assert_uint_eq(partner->include.count, 0);
	ck_assert_uint_eq(partner->requirement_count, 2);
	q = &partner->requirements[0];
	ck_assert_str_eq(q->name, "signed");
	ck_assert_uint_eq(q->any.count, 2);
	ck_assert_str_eq(q->any.items[0], "dkim=pass dkim.bits>=2048");
	ck_assert_str_eq(q->any.items[1], "spf=pass");
	ck_assert_str_eq(q->when, "from~@example.com");
	ck_assert_str_eq(q->reply, "550-5.7.1 Not signed, or weakly");
	ck_assert_str_eq(q->remedy, "Sign.");
	ck_assert_str_eq(q->source, "https://partner.example/mail");
	ck_assert_str_eq(q->date, "2026-11-01");
	ck_assert_str_eq(q->place, "f.conf:5");
	q++;
	ck_assert_str_eq(q->name, "tls");
	ck_assert_uint_eq(q->any.count, 1);
	ck_assert_ptr_null(q->when);
	ck_assert_ptr_null(q->reply);
	ck_assert_ptr_null(q->remedy);
	ck_assert_ptr_null(q->source);
	ck_assert_ptr_null(q->date);
	ck_assert_str_eq(q->place, "f.conf:13");
	ck_assert_str_eq(r.items[1].include.items[0], "partner");
	ck_assert_uint_eq(r.items[1].requirement_count, 0);
	ck_assert_ptr_null(conf_receiver_find(&r, SPAN("Partner")));
	conf_receivers_clear(&r);
	ck_assert_ptr_null(r.arena);
}
END_TEST

static const struct {
	const char *text, *error;
} REFUSED[] = {
    {"title = x", "f.conf:1: no such option 'title'; expected receiver NAME { ... }"},
    {"\nreceiver { title = x }", "f.conf:2: missing title for section 'receiver'; expected"},
    {"receiver \"\" { title = x include = a }", "f.conf:1: expected the name of a receiver, at"},
    {"receiver \"a b\" { title = x }", "f.conf:1: expected the name of a receiver, at most 64"},
    {"receiver a {\nrequirement x { any = tls } }", "f.conf:2: receiver \"a\": title is missing"},
    {"receiver a {\ntitle = x\n}", "f.conf:2: receiver \"a\" requires nothing; expected requ"},
    {"receiver a {\ntitle = \"\" }", "f.conf:2: title: expected a text, got an empty one"},
    {"receiver a { title = x\ntitle = y }", "f.conf:2: title is given twice; the first time in"},
    {"receiver a { title = x\nname = y }",
	"f.conf:2: no such option 'name'; expected title, include, requirement NAME"},
    {"receiver a { title = x include = a }",
	"f.conf:1: receiver \"a\": include: there is no receiver \"a\" before it"},
    {"receiver a { title = x\ninclude = b }\nreceiver b { title = x requirement q { any = tls } }",
	"f.conf:2: receiver \"a\": include: there is no receiver \"b\" before it"},
    {"receiver a { title = x requirement q { any = tls } }\n"
     "receiver b { title = x include = {a, a} }",
	"f.conf:2: receiver \"b\": include: \"a\" stands twice"},
    {"receiver a { title = x requirement q { any = tls } }\nreceiver a { title = y }",
	"f.conf:2: found duplicate title 'a'; expected another name"},
    {"receiver a { title = x requirement q { any = tls }\nrequirement q { any = tls } }",
	"f.conf:2: found duplicate title 'q'; expected another name"},
    {"receiver a { title = x\nrequirement q { } }",
	"f.conf:2: requirement \"q\": expected any = { \"...\" } with 1 to 20 texts, got 0"},
    {"receiver a { title = x\nrequirement q {\nany = { } } }",
	"f.conf:3: requirement \"q\": expected any = { \"...\" } with 1 to 20 texts, got 0"},
    {"receiver a { title = x requirement q { any = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,\n"
     "19,20,21} } }",
	"f.conf:1: requirement \"q\": expected any = { \"...\" } with 1 to 20 texts, got 21"},
    {"receiver a { title = x requirement \"q/\" { any = tls } }",
	"f.conf:1: expected the name of a requirement, at most 64"},
    {"receiver a { title = x requirement q {\nany = { tls, \"\" } } }",
	"f.conf:2: any: expected a text, got an empty one"},
    {"receiver a { title = x requirement q { any = tls\ndate = 2026-3-11 } }",
	"f.conf:2: date: expected a date as in 2026-03-11, got \"2026-3-11\""},
    {"receiver a { title = x requirement q { any = tls\ndate = \"2026-03-11 \" } }",
	"f.conf:2: date: expected a date as in 2026-03-11"},
    {"receiver a { title = x requirement q { any = tls\nreply = \"250 2.0.0 Ok\" } }",
	"f.conf:2: reply: expected a code from 400 to 599 and a blank"},
    {"receiver a { title = x requirement q { any = tls\nany = tls } }",
	"f.conf:2: any is given twice; the first time in line 1"},
    {"receiver a { title = \"${NO_SUCH_VARIABLE}\" }",
	"f.conf:1: title: the environment variable NO_SUCH_VARIABLE is not set"},
    {"receiver a {\n title = x", "f.conf:1: the \"{\" of this line is not closed"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		struct span text = unit_guard(span_from(REFUSED[i].text));
		struct conf_receivers r = {.arena = NULL};
		struct error err = {.text = ""};
		int result = conf_receivers_parse(text, "f.conf", &r, &err);

		ck_assert_msg(result == -1, "%s: not refused", REFUSED[i].text);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_msg(span_starts(span_from(err.text), span_from(REFUSED[i].error)),
		    "%s: got \"%s\", expected \"%s\"", REFUSED[i].text, err.text, REFUSED[i].error);
		conf_receivers_clear(&r);
		unit_guard_free(text);
	}
}
END_TEST

/* One of the same name takes the place, and may include what stands before that place alone. */
START_TEST(replaced)
{
	struct conf_receivers r = {.arena = NULL};
	struct error err = {.text = ""};
	struct buffer names = BUFFER_INIT;

	parse(TWO, &r);
	parse("receiver partner { title = Other requirement only { any = auth } }\n"
	      "receiver third { title = Third include = { partner-bulk } }",
	    &r);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_str_eq(r.items[0].title, "Other");
	ck_assert_uint_eq(r.items[0].requirement_count, 1);
	conf_receiver_names(&r, &names);
	ck_assert_str_eq(names.data, "partner, partner-bulk, third");
	ck_assert_int_eq(conf_receivers_parse(SPAN("receiver partner { title = Loop include = "
						   "third }"),
			     "g.conf", &r, &err),
	    -1);
	ck_assert_msg(
	    span_starts(span_from(err.text), SPAN("g.conf:1: receiver \"partner\": incl")), "%s",
	    err.text);
	buffer_clear(&names);
	conf_receivers_clear(&r);
}
END_TEST

START_TEST(limits)
{
	struct buffer text = BUFFER_INIT;
	struct conf_receivers r = {.arena = NULL};
	struct error err = {.text = ""};

	for (int i = 0; i <= CONF_RECEIVERS_MAX; i++)
		buffer_printf(&text, "receiver r%d { title = x requirement q { any = tls } }\n", i);
	ck_assert_int_eq(conf_receivers_parse(buffer_span(&text), "f", &r, &err), -1);
	ck_assert_str_eq(err.text, "f:201: expected at most 200 receivers");
	conf_receivers_clear(&r);
	buffer_reset(&text);
	buffer_add_string(&text, "receiver r { title = x\n");
	for (int i = 0; i <= CONF_REQUIREMENTS_MAX; i++)
		buffer_printf(&text, "requirement q%d { any = tls }\n", i);
	buffer_add_string(&text, "}");
	ck_assert_int_eq(conf_receivers_parse(buffer_span(&text), "f", &r, &err), -1);
	ck_assert_str_eq(err.text, "f:202: expected at most 200 requirements of one receiver");
	conf_receivers_clear(&r);
	buffer_clear(&text);
}
END_TEST

static const struct {
	const char *reply, *problem; /* how the problem goes on behind "expected " */
} REPLIES[] = {
    {"550 5.7.1 No", NULL},
    {"550-5.7.26 This mail is unauthenticated. It is blocked.", NULL},
    {"421 4.7.0 [TSS04] Later", NULL},
    {"554 Message not allowed", NULL},
    {"450-Try again", NULL},
    {"550 5.7 is no status", NULL},
    {"550 5.7.1000 neither", NULL},
    {"", "a code from"},
    {"5", "a code from"},
    {"55", "a code from"},
    {"550", "a code from"},
    {"5505.7.1 No", "a code from"},
    {"250 2.0.0 Ok", "a code from"},
    {"350 Go on", "a code from"},
    {"x50 No", "a code from"},
    {"550 ", "a text"},
    {"550 5.7.1 ", "a text"},
    {"550 5.7.1", NULL},
    {"550 4.7.1 No", "an enhanced status code"},
    {"451 5.7.1 No", "an enhanced status code"},
    {"550 5.7.1 Nein, M\xc3\xbcll", "printable ASCII"},
    {"550 5.7.1 No\x7f", "printable ASCII"},
};

START_TEST(replies)
{
	char longest[CONF_REPLY_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(REPLIES); i++) {
		const char *problem = conf_reply_problem(REPLIES[i].reply);

		ck_assert_msg((problem == NULL) == (REPLIES[i].problem == NULL), "\"%s\": got %s",
		    REPLIES[i].reply, problem == NULL ? "nothing" : problem);
		if (problem != NULL)
			ck_assert_msg(
			    span_starts(span_after(span_from(problem), strlen("expected ")),
				span_from(REPLIES[i].problem)),
			    "\"%s\": got \"%s\"", REPLIES[i].reply, problem);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "550 ", 4);
	longest[CONF_REPLY_MAX + 1] = '\0';
	ck_assert_str_eq(conf_reply_problem(longest), "expected at most 1000 octets");
	longest[CONF_REPLY_MAX] = '\0';
	ck_assert_ptr_null(conf_reply_problem(longest));
}
END_TEST

START_TEST(built_in_files)
{
	struct conf_receivers r = {.arena = NULL};
	struct error err = {.text = ""};

	for (size_t i = 0; i < CONF_RECEIVER_FILE_COUNT; i++) {
		const struct conf_receiver_file *f = &CONF_RECEIVER_FILES[i];

		ck_assert_msg(conf_receivers_parse(span_from(f->text), f->name, &r, &err) == 0,
		    "%s", err.text);
	}
	conf_receivers_clear(&r);
}
END_TEST

static void check_source(const struct conf_receiver *r, const struct conf_requirement *q)
{
	ck_assert_msg(q->source != NULL && span_starts(span_from(q->source), SPAN("https://")),
	    "%s %s: no source", r->name, q->name);
	ck_assert_msg(q->date != NULL, "%s %s: no date", r->name, q->name);
	ck_assert_msg(q->remedy != NULL && q->remedy[strlen(q->remedy) - 1] == '.',
	    "%s %s: no remedy", r->name, q->name);
	ck_assert_msg(strcmp(q->name, "one-click") != 0 || q->reply == NULL,
	    "%s: one-click has no reply", r->name);
}

START_TEST(built_in)
{
	static const char *const names[] = {"gmail", "gmail-transactional", "gmail-bulk",
	    "yahoo-transactional", "yahoo", "microsoft", "apple"};
	struct conf_receivers r;

	conf_receivers_builtin(&r);
	ck_assert_uint_eq(r.count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct conf_receiver *item = conf_receiver_find(&r, span_from(names[i]));

		ck_assert_msg(item != NULL, "%s is missing", names[i]);
		ck_assert_msg(
		    item->include.count > 0 || strcmp(item->requirements[0].name, "policy") == 0,
		    "%s does not honour the sender's own policy first", names[i]);
		for (size_t k = 0; k < item->requirement_count; k++)
			check_source(item, &item->requirements[k]);
	}
	conf_receivers_clear(&r);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    sections, refused, replaced, limits, replies, built_in_files, built_in, NULL};

	return unit_main("receiver", tests);
}
