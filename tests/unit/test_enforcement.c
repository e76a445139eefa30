/*
 * SPDX-License-Identifier: ISC
 *
 * What a listener refuses: by which reply, what it accepts, what waits for the DNS; and that every
 * profile of the program can be enforced.
 */
#include "gateway/enforcement.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static const char OWN[] =
    "receiver own {\n"
    "\ttitle = Own\n"
    "\trequirement opinion { any = opinion reply = \"550 5.7.1 Opinion\" }\n"
    "\trequirement silent { any = \"subject~never\" }\n"
    "\trequirement link { any = \"link\" when = \"subject~link\" reply = \"550-5.7.1 Link\" }\n"
    "}\n"
    "receiver broken { title = Broken requirement x {\nany = \"spf=maybe\" } }\n";

static void read_receivers(struct conf_receivers *r)
{
	struct error err = {.text = ""};

	conf_receivers_builtin(r);
	ck_assert_msg(
	    conf_receivers_parse(span_from(OWN), "own.conf", r, &err) == 0, "%s", err.text);
}

/* 0, or -1 with err. */
static int make(const char *profile, struct enforcement **out, struct error *err)
{
	struct conf_receivers receivers;
	struct conf_settings settings;
	struct buffer text = BUFFER_INIT;
	int result;

	buffer_printf(&text, "listener in {\nkind = mx\nenforce = \"%s\" }", profile);
	ck_assert_msg(conf_settings_parse(buffer_span(&text), "m.conf", &settings, err) == 0, "%s",
	    err->text);
	read_receivers(&receivers);
	result = enforcement_new(&settings, &settings.listeners[0], &receivers, out, err);
	conf_receivers_clear(&receivers);
	conf_settings_clear(&settings);
	buffer_clear(&text);
	return result;
}

START_TEST(profiles)
{
	static const struct {
		const char *name, *error; /* NULL: it can be enforced */
	} rows[] = {
	    {"dmarc", NULL},
	    {"gmail", NULL},
	    {"gmail-transactional", NULL},
	    {"gmail-bulk", NULL},
	    {"yahoo-transactional", NULL},
	    {"yahoo", NULL},
	    {"microsoft", NULL},
	    {"apple", NULL},
	    {"own", NULL},
	    {"gmial", "m.conf:3: listener \"in\": enforce: there is no profile \"gmial\""},
	    {"broken", "m.conf:3: listener \"in\": enforce: own.conf:8: requirement x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = {.text = ""};
		struct enforcement *e;
		int result = make(rows[i].name, &e, &err);

		ck_assert_msg(
		    result == (rows[i].error == NULL ? 0 : -1), "%s: %s", rows[i].name, err.text);
		ck_assert_msg((e != NULL) == (result == 0), "%s", rows[i].name);
		if (result < 0) {
			ck_assert_int_eq(err.kind, ERROR_USAGE);
			ck_assert_msg(span_starts(span_from(err.text), span_from(rows[i].error)),
			    "%s", err.text);
		}
		enforcement_unref(e);
	}
}
END_TEST

START_TEST(nothing)
{
	struct error err = {.text = ""};
	struct enforcement *e = (struct enforcement *)&err;

	ck_assert_int_eq(make("no", &e, &err), 0);
	ck_assert_ptr_null(e);
	ck_assert_ptr_null(enforcement_ref(NULL));
	enforcement_unref(NULL);
}
END_TEST

/* How a message differs from a good one: what is 0 does not. */
struct fault {
	bool bare;                             /* SPF softfail, no DKIM, DMARC fail */
	enum auth_result spf, rdns, dmarc;     /* instead */
	enum dmarc_policy policy, disposition; /* of the record */
	bool plain;                            /* no TLS */
	unsigned finding;                      /* its id and 1 */
	const char *subject;
};

static const struct {
	const char *name, *profile;
	struct fault fault;
	const char *reply; /* how it begins; NULL: accepted */
} MESSAGES[] = {
    {"good", "dmarc", {0}, NULL},
    {"no policy", "dmarc", {.bare = true}, NULL},
    {"rejected", "dmarc",
	{.bare = true, .policy = DMARC_POLICY_REJECT, .disposition = DMARC_POLICY_REJECT},
	"550 5.7.1 Refused by the DMARC policy of example.com (reject): neither SPF nor DKIM"},
    {"rejected, testing", "dmarc",
	{.bare = true, .policy = DMARC_POLICY_REJECT, .disposition = DMARC_POLICY_QUARANTINE},
	NULL},
    {"no answer", "dmarc", {.bare = true, .dmarc = AUTH_TEMPERROR},
	"451 4.4.3 The DNS did not answer while DMARC was judged, try again later"},
    {"good", "gmail", {0}, NULL},
    {"unsigned", "gmail", {.bare = true}, "550-5.7.26 Your email has been blocked because the"},
    {"rejected", "gmail",
	{.bare = true, .policy = DMARC_POLICY_REJECT, .disposition = DMARC_POLICY_REJECT},
	"550-5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy."},
    {"SPF alone", "gmail", {.bare = true, .spf = AUTH_PASS}, NULL},
    {"plain text", "gmail", {.plain = true}, "550-5.7.29 This message was blocked because"},
    {"no PTR", "gmail", {.rdns = AUTH_PERMERROR}, "550-5.7.25 The IP address sending this"},
    {"no PTR, unsigned", "gmail", {.bare = true, .rdns = AUTH_PERMERROR}, "550-5.7.26 Your email"},
    {"two From", "gmail", {.finding = FINDING_SEVERAL_FROM + 1}, "550-5.7.1 Messages with multip"},
    {"no Message-ID", "gmail", {.finding = FINDING_MISSING_MESSAGE_ID + 1},
	"550-5.7.1 Messages missing a valid Message-ID: header are not accepted."},
    {"field twice", "gmail", {.finding = FINDING_DUPLICATE_FIELD + 1},
	"550-5.7.1 This message is not RFC 5322 compliant because it has duplicate headers."},
    {"no answer for SPF, unsigned", "gmail", {.bare = true, .spf = AUTH_TEMPERROR},
	"451 4.4.3 The DNS did not answer while spf-or-dkim was judged, try again later"},
    {"no answer for SPF, signed", "gmail", {.spf = AUTH_TEMPERROR}, NULL},
    {"no answer for SPF, no PTR", "gmail",
	{.bare = true, .spf = AUTH_TEMPERROR, .rdns = AUTH_PERMERROR}, "550-5.7.25 "},
    {"unsigned", "gmail-transactional", {.bare = true, .spf = AUTH_PASS, .dmarc = AUTH_PASS},
	"550-5.7.30 This message was blocked because it didn't pass DKIM authentication."},
    {"SPF fails", "gmail-transactional", {.spf = AUTH_FAIL}, "550-5.7.27 This message was"},
    {"no one-click", "gmail-bulk", {0}, NULL},
    {"SPF fails", "microsoft", {.spf = AUTH_SOFTFAIL}, "550 5.7.23 The message was rejec"},
    {"nobody asked for opinions", "own", {0}, NULL},
    {"a link is missing", "own", {.subject = "a link"}, "550-5.7.1 Link"},
};

static const char SOURCE[] = "From: a@example.com\r\nSubject: a link\r\n\r\nNone here.\r\n";

struct message {
	struct record_session session;
	struct record_message record;
	struct dkim_verdict signature;
	struct mail_header header;
};

static enum auth_result result(enum auth_result given, bool bare, enum auth_result otherwise)
{
	return given != AUTH_NONE ? given : bare ? otherwise : AUTH_PASS;
}

static void fill_verdict(struct verdict *v, const struct fault *f, struct dkim_verdict *signature)
{
	*signature =
	    (struct dkim_verdict){.result = AUTH_PASS, .domain = "example.com", .bits = 2048};
	v->has_client = true;
	v->spf.result = result(f->spf, f->bare, AUTH_SOFTFAIL);
	v->spf.domain = "example.com";
	v->dkim = signature;
	v->dkim_count = f->bare ? 0 : 1;
	v->rdns.result = result(f->rdns, false, AUTH_PASS);
	v->rdns.helo_match = true;
	v->rdns.ip = "192.0.2.1";
	v->dmarc = (struct dmarc_verdict){.result = result(f->dmarc, f->bare, AUTH_FAIL),
	    .from_domain = "example.com",
	    .policy_domain = "example.com",
	    .record = "v=DMARC1; p=none",
	    .has_policy = true,
	    .policy = f->policy,
	    .disposition = f->disposition,
	    .spf_aligned = v->spf.result == AUTH_PASS,
	    .dkim_aligned = !f->bare};
}

static void fill(struct message *m, const struct fault *f, struct arena *a)
{
	*m = (struct message){.session = {.kind = "mx", .listener = "in"}};
	m->session.client.helo = "mail.example.com";
	m->session.tls.mode = f->plain ? TLS_MODE_NONE : TLS_MODE_STARTTLS;
	m->session.tls.version = f->plain ? NULL : "TLSv1.3";
	m->record.session = &m->session;
	m->record.from = "a@example.com";
	m->record.subject = f->subject == NULL ? "Hello" : f->subject;
	fill_verdict(&m->record.observed, f, &m->signature);
	if (f->finding > 0)
		finding_add(&m->record.findings, a, (enum finding_id)(f->finding - 1), NULL);
	mail_header_parse(span_from(SOURCE), a, &m->header);
}

START_TEST(messages)
{
	for (size_t i = 0; i < ARRAY_SIZE(MESSAGES); i++) {
		struct arena *a = arena_new();
		struct error err = {.text = ""};
		struct enforcement *e;
		struct message m;
		struct policy_facts facts = {.message = &m.record, .header = &m.header};
		const char *reply;

		ck_assert_msg(make(MESSAGES[i].profile, &e, &err) == 0, "%s", err.text);
		fill(&m, &MESSAGES[i].fault, a);
		reply = enforcement_judge(e, &facts, span_from(SOURCE), a);
		ck_assert_msg((reply == NULL) == (MESSAGES[i].reply == NULL), "%s, %s: got %s",
		    MESSAGES[i].profile, MESSAGES[i].name, reply == NULL ? "nothing" : reply);
		ck_assert_msg(
		    reply == NULL || span_starts(span_from(reply), span_from(MESSAGES[i].reply)),
		    "%s, %s: got \"%s\"", MESSAGES[i].profile, MESSAGES[i].name, reply);
		enforcement_unref(e);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {profiles, nothing, messages, NULL};

	return unit_main("enforcement", tests);
}
