/*
 * SPDX-License-Identifier: ISC
 *
 * subject, from, to, link, header.FIELD, size, attachment: what the message says.
 */
#include "judgecase.h"
#include "mime/text.h"
#include "unit.h"

static void no_subject(struct world *w)
{
	w->message.subject = NULL;
}

static void no_recipients(struct world *w)
{
	w->message.envelope.rcpt_count = 0;
	w->facts.file = true;
}

static void no_content(struct world *w)
{
	w->facts.content = NULL;
}

static void no_links(struct world *w)
{
	w->content.link_count = 0;
	w->content.attachment_count = 0;
	w->content.part_count = 2;
}

static void cut(struct world *w)
{
	w->content.parts_cut = true;
}

static void two_subjects(struct world *w)
{
	w->header = "Subject: =?utf-8?q?one?=\r\nX-A: a\r\nsubject: =?utf-8?q?Zw?=\r\n "
		    "=?utf-8?q?ei?=\r\n\r\n";
}

static const struct judge_case TEXT_CASES[] = {
    {"holds, in any case", "subject~welcome", NULL, POLICY_PASS, "holds \"welcome\"",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject holds \"welcome\"", NULL,
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"holds in quotes", "subject~\"to the\"", NULL, POLICY_PASS, "holds \"to the\"",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject holds \"to the\"", NULL,
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"does not hold", "subject~\"Password reset\"", NULL, POLICY_FAIL, "holds \"Password reset\"",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject does not hold \"Password reset\"",
	"have the application send a subject that holds \"Password reset\"",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"holds what it must not", "subject!~Welcome", NULL, POLICY_FAIL, "does not hold \"Welcome\"",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject holds \"Welcome\"",
	"have the application send a subject that does not hold \"Welcome\"",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"does not hold what it must not", "subject!~reset", NULL, POLICY_PASS,
	"does not hold \"reset\"", "\"Welcome to the Caf\xc3\xa9\"",
	"the subject does not hold \"reset\"", NULL, "subject: \"Welcome to the Caf\xc3\xa9\""},
    {"matches", "subject~/^Welcome to .*[^.]$/", NULL, POLICY_PASS, "matches /^Welcome to .*[^.]$/",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject matches /^Welcome to .*[^.]$/", NULL,
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"does not match", "subject~/^welcome/", NULL, POLICY_FAIL, "matches /^welcome/",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject does not match /^welcome/",
	"have the application send a subject that matches /^welcome/",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"matches what it must not", "subject!~/Caf/", NULL, POLICY_FAIL, "does not match /Caf/",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject matches /Caf/",
	"have the application send a subject that does not match /Caf/",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"equals", "subject=\"Welcome to the Caf\xc3\xa9\"", NULL, POLICY_PASS,
	"\"Welcome to the Caf\xc3\xa9\"", "\"Welcome to the Caf\xc3\xa9\"",
	"the subject is \"Welcome to the Caf\xc3\xa9\"", NULL,
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"equals in another case", "subject=\"welcome to the caf\xc3\xa9\"", NULL, POLICY_FAIL,
	"\"welcome to the caf\xc3\xa9\"", "\"Welcome to the Caf\xc3\xa9\"",
	"the subject is not \"welcome to the caf\xc3\xa9\"",
	"have the application send a subject that is \"welcome to the caf\xc3\xa9\"",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"equals what it must not", "subject!=a|\"Welcome to the Caf\xc3\xa9\"", NULL, POLICY_FAIL,
	"not \"a\" or \"Welcome to the Caf\xc3\xa9\"", "\"Welcome to the Caf\xc3\xa9\"",
	"the subject is \"a\" or \"Welcome to the Caf\xc3\xa9\"",
	"have the application send a subject that is not \"a\" or \"Welcome to the Caf\xc3\xa9\"",
	"subject: \"Welcome to the Caf\xc3\xa9\""},
    {"subject there", "subject", NULL, POLICY_PASS, "present", "\"Welcome to the Caf\xc3\xa9\"",
	"the subject is there", NULL, "subject: \"Welcome to the Caf\xc3\xa9\""},
    {"no subject", "subject~x", no_subject, POLICY_FAIL, "holds \"x\"", "no subject",
	"there is no subject", "have the application send a subject that holds \"x\"", NULL},
    {"no subject, negated", "subject!~x", no_subject, POLICY_PASS, "does not hold \"x\"",
	"no subject", "there is no subject", NULL, NULL},
    {"no subject as wanted", "!subject", no_subject, POLICY_PASS, "absent", "no subject",
	"there is no subject", NULL, NULL},
    {"subject not wanted", "!subject", NULL, POLICY_FAIL, "absent",
	"\"Welcome to the Caf\xc3\xa9\"", "the subject is there",
	"have the application leave the subject out", "subject: \"Welcome to the Caf\xc3\xa9\""},
    {"from", "from=A@Example.com", NULL, POLICY_PASS, "\"A@Example.com\"", "\"a@example.com\"",
	"the From address is \"A@Example.com\"", NULL, "From address: \"a@example.com\""},
    {"another from", "from=b@example.com|c@example.com", NULL, POLICY_FAIL,
	"\"b@example.com\" or \"c@example.com\"", "\"a@example.com\"",
	"the From address is not \"b@example.com\" or \"c@example.com\"",
	"have the application send with a From address that is \"b@example.com\" or "
	"\"c@example.com\"",
	"From address: \"a@example.com\""},
    {"any recipient", "to=c@example.org", NULL, POLICY_PASS, "\"c@example.org\"",
	"\"C@Example.org\"", "one recipient is \"c@example.org\"", NULL, NULL},
    {"no such recipient", "to~@example.com", NULL, POLICY_FAIL, "holds \"@example.com\"",
	"\"b@example.net\", \"C@Example.org\"", "no recipient holds \"@example.com\"",
	"have the application send to a recipient that holds \"@example.com\"", NULL},
    {"a recipient that must not be", "to!~@example.net", NULL, POLICY_FAIL,
	"does not hold \"@example.net\"", "\"b@example.net\"",
	"one recipient holds \"@example.net\"", "see that no recipient holds \"@example.net\"",
	NULL},
    {"recipients not known", "to", no_recipients, POLICY_UNJUDGED, "present", NULL,
	"the recipients are not known", "give them by --rcpt ADDRESS", NULL},
    {"link", "link~https://shop.example/reset", NULL, POLICY_PASS,
	"holds \"https://shop.example/reset\"", "\"https://shop.example/reset?t=1\"",
	"one link holds \"https://shop.example/reset\"", NULL, NULL},
    {"no such link", "link~https://staging", NULL, POLICY_FAIL, "holds \"https://staging\"",
	"\"https://shop.example/reset?t=1\", \"mailto:help@example.com\"",
	"no link holds \"https://staging\"",
	"have the application send a link that holds \"https://staging\"", NULL},
    {"a link that must not be", "link!~mailto:", NULL, POLICY_FAIL, "does not hold \"mailto:\"",
	"\"mailto:help@example.com\"", "one link holds \"mailto:\"",
	"see that no link holds \"mailto:\"", NULL},
    {"no link", "link", no_links, POLICY_FAIL, "present", "no link", "there is no link",
	"have the application send a link", NULL},
    {"links not read", "link", no_content, POLICY_UNJUDGED, "present", NULL,
	"the message's links were not read", "judge it again", NULL},
    {"a link among those that were read", "link~reset", cut, POLICY_PASS, "holds \"reset\"",
	"\"https://shop.example/reset?t=1\"", "one link holds \"reset\"", NULL, NULL},
    {"a link among those that were not", "link!~staging", cut, POLICY_UNJUDGED,
	"does not hold \"staging\"",
	"\"https://shop.example/reset?t=1\", \"mailto:help@example.com\"",
	"the message has more of these than are read", "send a smaller message", NULL},
    {"field", "header.list-unsubscribe", NULL, POLICY_PASS, "present",
	"\"<mailto:u@example.com>, <https://example.com/u/1>\"",
	"one list-unsubscribe field is there", NULL,
	"list-unsubscribe: \"<mailto:u@example.com>, <https://example.com/u/1>\""},
    {"field's value, decoded and unfolded", "header.Subject~caf\xc3\xa9", NULL, POLICY_PASS,
	"holds \"caf\xc3\xa9\"", "\"Welcome to the Caf\xc3\xa9\"",
	"one Subject field holds \"caf\xc3\xa9\"", NULL, "Subject: \"Welcome to the Caf\xc3\xa9\""},
    {"any field of the name", "header.subject=Zwei", two_subjects, POLICY_PASS, "\"Zwei\"",
	"\"Zwei\"", "one subject field is \"Zwei\"", NULL, "subject: \"one\""},
    {"no field of the name", "header.subject!=one", two_subjects, POLICY_FAIL, "not \"one\"",
	"\"one\"", "one subject field is \"one\"", "see that no subject field is \"one\"",
	"subject: \"one\""},
    {"missing field", "header.List-Id", NULL, POLICY_FAIL, "present", "no List-Id field",
	"there is no List-Id field", "have the application add a List-Id field", NULL},
    {"field not wanted", "!header.To", NULL, POLICY_FAIL, "absent", "\"b@example.net\"",
	"one To field is there", "have the application leave the To field out",
	"To: \"b@example.net\""},
    {"field with another value", "header.To=c@example.net", NULL, POLICY_FAIL, "\"c@example.net\"",
	"\"b@example.net\"", "no To field is \"c@example.net\"",
	"have the application add a To field that is \"c@example.net\"", "To: \"b@example.net\""},
    {"missing as wanted", "!header.Bcc", NULL, POLICY_PASS, "absent", "no Bcc field",
	"there is no Bcc field", NULL, NULL},
    {"small", "size<=100K", NULL, POLICY_PASS, "at most 102400 octets", "2310 octets",
	"the message has 2310 octets", NULL, NULL},
    {"large", "size<=2K", NULL, POLICY_FAIL, "at most 2048 octets", "2310 octets",
	"the message has 2310 octets",
	"send images and documents as links instead of attachments, and leave out what the HTML "
	"does not need",
	NULL},
    {"too small", "size>=1M", NULL, POLICY_FAIL, "at least 1048576 octets", "2310 octets",
	"the message has 2310 octets",
	"nothing is wrong with the message in this: correct the requirement, or send what it "
	"expects",
	NULL},
    {"attachment", "attachment", NULL, POLICY_PASS, "present", "\"Invoice.pdf\"",
	"one attachment is there", NULL, NULL},
    {"attachment's name", "attachment~.PDF", NULL, POLICY_PASS, "holds \".PDF\"", "\"Invoice.pdf\"",
	"one attachment holds \".PDF\"", NULL, NULL},
    {"another name", "attachment=invoice.pdf", NULL, POLICY_FAIL, "\"invoice.pdf\"",
	"\"Invoice.pdf\"", "no attachment is \"invoice.pdf\"",
	"have the application add an attachment that is \"invoice.pdf\"", NULL},
    {"how many", "attachment>=1", NULL, POLICY_PASS, "at least 1", "1",
	"the message has 1 attachment", NULL, NULL},
    {"too few", "attachment>=2", NULL, POLICY_FAIL, "at least 2", "1",
	"the message has 1 attachment", "have the application attach at least 2 files", NULL},
    {"too few of a message that is cut", "attachment>=2", cut, POLICY_UNJUDGED, "at least 2", "1",
	"the message has more parts than are read", "send a smaller message", NULL},
    {"enough of a message that is cut", "attachment>=1", cut, POLICY_PASS, "at least 1", "1",
	"the message has 1 attachment", NULL, NULL},
    {"at most, cut", "attachment<=1", cut, POLICY_UNJUDGED, "at most 1", "1",
	"the message has more parts than are read", "send a smaller message", NULL},
    {"too many, cut", "attachment<=0", cut, POLICY_FAIL, "at most 0", "1",
	"the message has 1 attachment", "have the application attach at most 0 files", NULL},
    {"none", "!attachment", no_links, POLICY_PASS, "absent", "no attachment",
	"there is no attachment", NULL, NULL},
    {"no attachment", "attachment", no_links, POLICY_FAIL, "present", "no attachment",
	"there is no attachment", "have the application add an attachment", NULL},
    {"attachments not read", "attachment<=1", no_content, POLICY_UNJUDGED, "at most 1", NULL,
	"the message's attachments were not read", "judge it again", NULL},
};

START_TEST(judges_texts)
{
	judge_cases(TEXT_CASES, ARRAY_SIZE(TEXT_CASES));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {judges_texts, NULL};

	mime_init();
	return unit_main("judgemessage", tests);
}
