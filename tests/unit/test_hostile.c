/*
 * SPDX-License-Identifier: ISC
 *
 * Records and messages that nobody means well with, through the whole judgement: each gets its
 * result and its reason, and the work is bounded by construction, in rounds and in questions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "sign.h"
#include "unit.h"
#include "verify/verify.h"

#define NOW     1800000000
#define HEADER  "From: app@example.test\nSubject: hostile\n"
#define PASSES  "example.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
#define LABELS  "<1000*a.>"
#define WORD250 "<25*0123456789>"
#define LINKS                                                                                      \
	"b.test. CNAME c.test.\n"                                                                  \
	"c.test. CNAME d.test.\n"                                                                  \
	"d.test. CNAME e.test.\n"                                                                  \
	"e.test. CNAME f.test.\n"                                                                  \
	"f.test. CNAME g.test.\n"                                                                  \
	"g.test. CNAME h.test.\n"                                                                  \
	"h.test. CNAME i.test.\n"                                                                  \
	"i.test. CNAME j.test.\n"                                                                  \
	"j.test. CNAME k.test.\n"                                                                  \
	"k.test. CNAME l.test.\n"                                                                  \
	"l.test. CNAME m.test.\n"                                                                  \
	"m.test. CNAME n.test.\n"                                                                  \
	"n.test. CNAME o.test.\n"                                                                  \
	"o.test. CNAME p.test.\n"                                                                  \
	"p.test. CNAME q.test.\n"
#define KEY "s._domainkey.example.test. TXT "
#define BH  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" /* of nothing */

/*
 * Zone ("$ORIGIN ." comes before it), reverse-path and header are templates: "<12*text>" is the
 * text so many times, "#" in it the number of the time, and "<key>" a public key in base64 as the
 * end of one string and the begin of another. Line ends are LF. The client is 192.0.2.1, the
 * reverse-path a@example.test unless another is given.
 *
 * Results are stated as "RESULT" or "RESULT: part of the reason"; NULL: not looked at.
 */
struct row {
	const char *name;
	const char *zone;
	const char *spf, *dkim, *dmarc, *rdns; /* dkim: of the first signature */
	const char *finding;                   /* which has to be there */
	unsigned rounds, questions;            /* at most */
	bool sign; /* the message bears a good signature of example.test, selector s */
	const char *mail_from, *header;
};

static const struct row rows[] = {
    /* Records without end */
    {"SPF record of 64 KB",
	"example.test. TXT \"v=spf1 \" <270*\"<15*ip4:192.0.2.99 >\" > \"-all\"\n",
	.spf = "fail: ends in -all", .rounds = 1, .questions = 6},
    {"SPF record of 1,000 strings",
	"example.test. TXT \"v=spf1 \" <1000*\"ip4:192.0.2.99 \" > \"-all\"\n",
	.spf = "fail: ends in -all", .rounds = 1, .questions = 6},
    {"modifier of 64 KB", "example.test. TXT \"v=spf1 x=\" <256*\"" WORD250 "\" > \" -all\"\n",
	.spf = "fail: ends in -all", .rounds = 1, .questions = 6},
    {"term of 64 KB", "example.test. TXT \"v=spf1 \" <256*\"" WORD250 "\" > \" -all\"\n",
	.spf = "permerror: no mechanism or modifier of this name", .rounds = 1, .questions = 6},
    {"300 SPF records",
	"<300*example.test. TXT \"v=spf1 ip4:192.0.2.# -all\"\n"
	">",
	.spf = "permerror: publishes 256 SPF records where one is allowed", .rounds = 1,
	.questions = 6},
    {"300 other records",
	"<300*example.test. TXT \"other #\"\n"
	">",
	.spf = "none: publishes no SPF record", .rounds = 1, .questions = 6},
    {"DMARC record of 1,000 tags",
	PASSES "_dmarc.example.test. TXT \"v=DMARC1; p=reject; \" <1000*\"x#=y; \" >\n",
	.dmarc = "pass: SPF passed", .rounds = 1, .questions = 6},
    {"DMARC record of 64 KB",
	PASSES "_dmarc.example.test. TXT \"v=DMARC1; p=reject; x=\" <256*\"" WORD250 "\" >\n",
	.dmarc = "pass: SPF passed", .rounds = 1, .questions = 6},
    {"DMARC record of 1,000 report addresses",
	PASSES "_dmarc.example.test. TXT \"v=DMARC1; p=reject; rua=mailto:x@r.test\" "
	       "<1000*\",mailto:a@r#.test\" >\n",
	.dmarc = "pass: SPF passed", .rounds = 1, .questions = 6},
    {"300 DMARC records",
	PASSES "<300*_dmarc.example.test. TXT \"v=DMARC1; p=reject; x=#\"\n"
	       ">",
	.dmarc = "none: 256 DMARC records at _dmarc.example.test",
	.finding = "dmarc-several-records", .rounds = 1, .questions = 6},
    {"key with 64 KB of notes", KEY "\"v=DKIM1; n=\" <250*\"" WORD250 "\" > \"; p=<key>\"\n",
	.sign = true, .dkim = "pass: is valid", .rounds = 1, .questions = 7},
    {"key of 64 KB", KEY "\"v=DKIM1; p=\" <256*\"" WORD250 "\" >\n", .sign = true,
	.dkim = "permerror: p= is no RSA public key", .rounds = 1, .questions = 7},
    {"key of 1,000 tags", KEY "<1000*\"x#=y; \" > \"p=<key>\"\n", .sign = true,
	.dkim = "permerror: more than 100 tags", .rounds = 1, .questions = 7},
    {"300 key records",
	"<300*" KEY "\"v=DKIM1; n=#; p=<key>\"\n"
	">",
	.sign = true, .dkim = "pass: has 256 TXT records", .rounds = 1, .questions = 7},
    /* Macros */
    {"macro bomb", "example.test. TXT \"v=spf1 exists:\" <40*\"<60*%{d}>\" > \".test -all\"\n",
	.spf = "fail: ends in -all", .rounds = 1, .questions = 6},
    {"macro bomb in bounds",
	"example.test. TXT \"v=spf1 exists:\" <10*\"<40*%{d}.>\" > \".test -all\"\n",
	.spf = "fail: ends in -all", .rounds = 1, .questions = 6},
    {"macro parts",
	"example.test. TXT \"v=spf1 exists:%{d4294967297r.+-}.%{s18446744073709551617r}.test "
	"-all\"\n",
	.spf = "fail: ends in -all", .rounds = 2, .questions = 7},
    {"explanation bomb",
	"example.test. TXT \"v=spf1 -all exp=e.test\"\n"
	"e.test. TXT <10*\"<50*%{S}>\" >\n",
	.spf = "fail: ends in -all", .rounds = 2, .questions = 7},
    {"macro in every term",
	"example.test. TXT \"v=spf1 \" <10*\"exists:%{p}.x#.test \" > \"-all\"\n"
	"1.2.0.192.in-addr.arpa. PTR p0.test.\n"
	"<255*1.2.0.192.in-addr.arpa. PTR p#.test.\n>"
	"*.test. A 192.0.2.1\n",
	.spf = "pass: exists:%{p}.x0.test", .rounds = 3, .questions = 26},
    /* Loops and crowds */
    {"include of itself", "example.test. TXT \"v=spf1 include:example.test -all\"\n",
	.spf = "permerror: 11 DNS lookups or more, at most 10", .rounds = 1, .questions = 6},
    {"include of each other",
	"example.test. TXT \"v=spf1 include:a.test -all\"\n"
	"a.test. TXT \"v=spf1 include:example.test -all\"\n",
	.spf = "permerror: 11 DNS lookups or more, at most 10", .rounds = 2, .questions = 7},
    {"redirect of itself", "example.test. TXT \"v=spf1 redirect=example.test\"\n",
	.spf = "permerror: 11 DNS lookups or more, at most 10", .rounds = 1, .questions = 6},
    {"includes that include",
	"example.test. TXT \"v=spf1 <10*include:i#.test > -all\"\n"
	"<10*i#.test. TXT \"v=spf1 include:i0.test include:i1.test include:i2.test -all\"\n"
	">",
	.spf = "permerror: 11 DNS lookups or more, at most 10", .rounds = 2, .questions = 7},
    {"1,000 includes",
	"example.test. TXT \"v=spf1 \" <1000*\"include:i#.test \" > \"-all\"\n"
	"<1000*i#.test. TXT \"v=spf1 -all\"\n"
	">",
	.spf = "permerror: \"include:i10.test\" in the record of example.test is one too many",
	.rounds = 11, .questions = 16},
    {"includes of macros",
	"example.test. TXT \"v=spf1 include:a.example.test -all\"\n"
	"*.example.test. TXT \"v=spf1 include:a.%{d} -all\"\n",
	.spf = "permerror: 11 DNS lookups or more, at most 10", .rounds = 11, .questions = 26},
    {"10 terms of 10 exchanges of 200 addresses",
	"example.test. TXT \"v=spf1 <10*mx:m#.test > -all\"\n"
	"<10*m#.test. MX 1 h0.test.\n"
	"m#.test. MX 1 h1.test.\n"
	"m#.test. MX 1 h2.test.\n"
	"m#.test. MX 1 h3.test.\n"
	"m#.test. MX 1 h4.test.\n"
	"m#.test. MX 1 h5.test.\n"
	"m#.test. MX 1 h6.test.\n"
	"m#.test. MX 1 h7.test.\n"
	"m#.test. MX 1 h8.test.\n"
	"m#.test. MX 1 h9.test.\n>"
	"<200*h0.test. A 198.51.100.#\n>"
	"<200*h9.test. A 203.0.113.#\n"
	">",
	.spf = "fail: ends in -all", .rounds = 3, .questions = 26},
    {"200 exchanges",
	"example.test. TXT \"v=spf1 mx -all\"\n"
	"<200*example.test. MX 1 h#.test.\n"
	">",
	.spf = "permerror: has 200 MX records, and mx may look at 10", .rounds = 2, .questions = 7},
    {"255 names of the client",
	"example.test. TXT \"v=spf1 ptr -all\"\n"
	"<255*1.2.0.192.in-addr.arpa. PTR p#.test.\n"
	">",
	.spf = "fail: ends in -all", .rdns = "fail: ", .rounds = 2, .questions = 16},
    {"CNAME loop of the SPF record",
	"example.test. CNAME a.test.\n"
	"a.test. CNAME example.test.\n",
	.spf = "temperror: try again later", .rounds = 1, .questions = 6},
    {"CNAME loop of the key",
	PASSES "s._domainkey.example.test. CNAME a.test.\n"
	       "a.test. CNAME s._domainkey.example.test.\n",
	.sign = true, .dkim = "temperror: SERVFAIL", .rounds = 1, .questions = 7},
    {"CNAME loop of the policy",
	PASSES "_dmarc.example.test. CNAME a.test.\n"
	       "a.test. CNAME _dmarc.example.test.\n",
	.dmarc = "temperror: SERVFAIL", .rounds = 1, .questions = 6},
    {"CNAME loop of the client's name",
	PASSES "1.2.0.192.in-addr.arpa. CNAME a.test.\n"
	       "a.test. CNAME 1.2.0.192.in-addr.arpa.\n",
	.rdns = "temperror", .rounds = 1, .questions = 6},
    {"CNAME chain of 16 links",
	"example.test. CNAME b.test.\n" LINKS "q.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n",
	.spf = "pass", .rounds = 1, .questions = 6},
    {"CNAME chain of 17 links",
	"example.test. CNAME a.test.\n"
	"a.test. CNAME b.test.\n" LINKS "q.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n",
	.spf = "temperror: try again later", .rounds = 1, .questions = 6},
    /* Names */
    {"reverse-path of 1,000 labels", PASSES, .mail_from = "a@" LABELS "example.test",
	.spf = "none: is no domain name of two or more labels", .rounds = 1, .questions = 5},
    {"include of 1,000 labels",
	"example.test. TXT \"v=spf1 include:\" <10*\"<100*a.>\" > \"example.test -all\"\n",
	.spf = "permerror: leads to a domain without an SPF record", .rounds = 2, .questions = 7},
    {"include of 100 labels", "example.test. TXT \"v=spf1 include:<100*a.>example.test -all\"\n",
	.spf = "permerror: leads to a domain without an SPF record", .rounds = 2, .questions = 7},
    {"From of 1,000 labels", PASSES, .header = "From: a@" LABELS "example.test\n",
	.dmarc = "permerror", .rounds = 1, .questions = 4},
    {"From of 120 labels", PASSES, .header = "From: a@<120*a.>test\n",
	.dmarc = "none: there is no DMARC record", .rounds = 1, .questions = 12},
    {"signature of 1,000 labels", PASSES,
	.header = HEADER "DKIM-Signature: v=1; a=rsa-sha256; d=" LABELS
			 "example.test; s=s; h=from; bh=" BH "; b=AAAA\n",
	.dkim = "permerror: the signature is malformed: d=", .rounds = 1, .questions = 6},
    {"selector of 1,000 labels", PASSES,
	.header = HEADER "DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=" LABELS
			 "s; h=from; bh=" BH "; b=AAAA\n",
	.dkim = "permerror: the signature is malformed: s=", .rounds = 1, .questions = 6},
    {"selector of 60 labels", PASSES,
	.header =
	    HEADER "DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=<60*a.>s; h=from; bh=" BH
		   "; b=AAAA\n",
	.dkim = "permerror: there is no key at", .rounds = 1, .questions = 7},
    /* Octets */
    {"NUL in the SPF record", "example.test. TXT \"v=spf1 ip4:192.0.2.1\\000 -all\"\n",
	.spf = "permerror: \"ip4:192.0.2.1\\000\": expected", .rounds = 1, .questions = 6},
    {"NUL behind the version", "example.test. TXT \"v=spf1\\000 ip4:192.0.2.1 -all\"\n",
	.spf = "none: publishes no SPF record", .rounds = 1, .questions = 6},
    {"NUL in a name of the SPF record", "example.test. TXT \"v=spf1 a:a\\000b.test -all\"\n",
	.spf = "permerror: an octet that is not visible ASCII", .rounds = 1, .questions = 6},
    {"8-bit octet in the SPF record", "example.test. TXT \"v=spf1 ip4:192.0.2.1 x=\\228 -all\"\n",
	.spf = "permerror: an octet that is not visible ASCII", .rounds = 1, .questions = 6},
    {"NUL in another record", PASSES "example.test. TXT \"\\000\\255\"\n", .spf = "pass",
	.rounds = 1, .questions = 6},
    {"octets in the explanation",
	"example.test. TXT \"v=spf1 -all exp=e.test\"\n"
	"e.test. TXT \"a\\000b\\255\"\n",
	.spf = "fail: ends in -all", .rounds = 2, .questions = 7},
    {"NUL in the key record", KEY "\"v=DKIM1; n=\\000; p=<key>\"\n", .sign = true,
	.dkim = "permerror: octet 0x00 at offset 11", .rounds = 1, .questions = 7},
    {"NUL in the key", KEY "\"v=DKIM1; p=\\000<key>\"\n", .sign = true,
	.dkim = "permerror: octet 0x00 at offset 11", .rounds = 1, .questions = 7},
    {"8-bit octet in the key record", KEY "\"v=DKIM1; n=\\228; p=<key>\"\n", .sign = true,
	.dkim = "permerror: octet 0xe4 at offset 11", .rounds = 1, .questions = 7},
    {"NUL in the policy", PASSES "_dmarc.example.test. TXT \"v=DMARC1; p=reject\\000\"\n",
	.dmarc = "none: no valid p=", .finding = "dmarc-policy-missing", .rounds = 1,
	.questions = 6},
    {"NUL before the policy", PASSES "_dmarc.example.test. TXT \"v=DMARC1\\000; p=reject\"\n",
	.dmarc = "none: there is no DMARC record", .finding = "dmarc-malformed", .rounds = 1,
	.questions = 6},
    {"8-bit octet in the policy",
	PASSES "_dmarc.example.test. TXT \"v=DMARC1; p=reject; x=\\228\"\n", .dmarc = "pass",
	.rounds = 1, .questions = 6},
    {"octets in the client's name",
	PASSES "1.2.0.192.in-addr.arpa. PTR a\\000\\255\\.b.test.\n"
	       "a\\000\\255\\.b.test. A 192.0.2.1\n",
	.rdns = "pass", .rounds = 2, .questions = 7},
    /* Messages */
    {"500 signatures", PASSES,
	.header = HEADER
	"<500*DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=s; h=from; l=#; bh=" BH
	"; b=AAAA\n"
	">",
	.dkim = "permerror: there is no key at", .finding = "dkim-too-many", .rounds = 1,
	.questions = 7},
    {"500 signatures of as many domains", PASSES,
	.header = HEADER "<500*DKIM-Signature: v=1; a=rsa-sha256; d=d#.test; s=s; h=from; bh=" BH
			 "; b=AAAA\n"
			 ">",
	.dkim = "permerror: there is no key at s._domainkey.d0.test", .finding = "dkim-too-many",
	.rounds = 1, .questions = 16},
    {"signature of 10,000 fields", PASSES,
	.header = HEADER
	"DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=s; h=from<10000*:x#>; bh=" BH
	"; b=AAAA\n",
	.dkim = "permerror: longer than 16384 octets", .rounds = 1, .questions = 6},
    {"500 From fields", PASSES,
	.header = "<500*From: a@d#.test\n"
		  ">",
	.dmarc = "permerror: the message has 500 From fields", .finding = "several-from",
	.rounds = 1, .questions = 4},
    {"From of 500 mailboxes", PASSES, .header = "From: a@d.test<500*, a@d#.test>\n",
	.dmarc = "permerror: addresses of several domains", .finding = "several-from", .rounds = 1,
	.questions = 4},
    /* A name server that says nothing */
    {"silence",
	"$MAILASSAY TIMEOUT example.test.\n"
	"$MAILASSAY TIMEOUT s._domainkey.example.test.\n"
	"$MAILASSAY TIMEOUT _dmarc.example.test.\n"
	"$MAILASSAY TIMEOUT 1.2.0.192.in-addr.arpa.\n"
	"$MAILASSAY TIMEOUT mx.example.test.\n",
	.sign = true, .spf = "temperror", .dkim = "temperror", .dmarc = "temperror",
	.rdns = "temperror", .rounds = 1, .questions = 7},
};

/* Templates */

static const char *end_of_part(const char *text)
{
	unsigned depth = 1;

	for (;; text++) {
		if (*text == '<')
			depth++;
		else if (*text == '>' && --depth == 0)
			return text;
	}
}

static void expand(struct buffer *out, const char *text, size_t len, unsigned long number);

static void add_key(struct buffer *out)
{
	char *key = sign_public_key(SIGN_RSA_2048);

	buffer_printf(out, "%.200s\" \"%s", key, key + 200);
	free(key);
}

/* The part between "<" and ">". */
static void expand_part(struct buffer *out, const char *part, const char *end)
{
	char *text;
	unsigned long times = strtoul(part, &text, 10);

	if (times == 0)
		add_key(out);
	for (unsigned long n = 0; n < times; n++)
		expand(out, text + 1, (size_t)(end - text) - 1, n);
}

static void expand(struct buffer *out, const char *text, size_t len, unsigned long number)
{
	for (const char *p = text; p < text + len; p++) {
		if (*p == '<') {
			const char *end = end_of_part(p + 1);

			expand_part(out, p + 1, end);
			p = end;
		} else if (*p == '#') {
			buffer_printf(out, "%lu", number);
		} else {
			buffer_add_char(out, *p);
		}
	}
}

static void expand_whole(struct buffer *out, const char *text)
{
	expand(out, text, strlen(text), 0);
}

/* A row's world */

struct world {
	const struct row *row;
	struct arena *arena;
	struct dns_zones *zones;
	struct dns_view *view;
	struct buffer mail_from;
	char *message;
	struct mail_header header;
	struct mail_message facts;
	struct verify *verify;
	struct verify_result result;
	unsigned rounds;
};

static void make_zone(struct world *w)
{
	struct buffer zone = BUFFER_INIT;
	struct error err;

	buffer_add_string(&zone, "$ORIGIN .\n$TTL 300\n");
	expand_whole(&zone, w->row->zone);
	w->zones = dns_zones_new();
	ck_assert_msg(dns_zones_add(w->zones, "zone", buffer_span(&zone), &err) == 0, "%s: %s",
	    w->row->name, err.text);
	buffer_clear(&zone);
}

static void make_message(struct world *w)
{
	static const struct signing signing = {.key = SIGN_RSA_2048,
	    .domain = "example.test",
	    .selector = "s",
	    .relaxed_header = 1,
	    .relaxed_body = 1,
	    .signed_at = NOW - 10};
	struct buffer lines = BUFFER_INIT, text = BUFFER_INIT;

	expand_whole(&lines, w->row->header == NULL ? HEADER : w->row->header);
	buffer_add_string(&lines, "\nHello.\n");
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.data[i] == '\n')
			buffer_add_char(&text, '\r');
		buffer_add_char(&text, lines.data[i]);
	}
	w->message = w->row->sign ? sign_message(&signing, text.data) : buffer_take(&text);
	buffer_clear(&text);
	buffer_clear(&lines);
}

static void begin(struct world *w)
{
	struct verify_input in = {.helo = SPAN("mx.example.test"),
	    .header = &w->header,
	    .message = &w->facts,
	    .now = NOW};

	expand_whole(
	    &w->mail_from, w->row->mail_from == NULL ? "a@example.test" : w->row->mail_from);
	in.mail_from = buffer_span(&w->mail_from);
	ck_assert_int_eq(ip_parse(SPAN("192.0.2.1"), &in.client), 0);
	mail_header_parse(span_from(w->message), w->arena, &w->header);
	mail_message_read(&w->header, w->arena, &w->facts);
	w->verify = verify_begin(&in);
	verify_body(w->verify, w->message + w->header.body, strlen(w->message) - w->header.body);
}

/* What a resolver would say; beyond the zone nothing exists. */
static void answer(struct world *w)
{
	const struct dns_question *missing;

	while (dns_view_missing(w->view, &missing) > 0) {
		struct span name = arena_span(w->arena, span_from(missing[0].name));
		enum dns_type type = missing[0].type;

		dns_view_put(w->view, name, type, dns_zones_answer(w->zones, w->arena, name, type));
	}
}

static void check_result(const struct world *w, const char *check, enum auth_result result,
    const char *reason, const char *want)
{
	const char *why = want == NULL ? NULL : strchr(want, ':');
	size_t len = want == NULL ? 0 : why == NULL ? strlen(want) : (size_t)(why - want);

	ck_assert_msg(reason != NULL && strlen(reason) > 10 && strlen(reason) < 2000,
	    "%s: %s: no reason, or too long a one", w->row->name, check);
	if (want == NULL)
		return;
	ck_assert_msg(span_equal(span_from(AUTH_RESULT_NAME[result]), span_of(want, len)),
	    "%s: %s: got %s (%s), expected %s", w->row->name, check, AUTH_RESULT_NAME[result],
	    reason, want);
	if (why != NULL)
		ck_assert_msg(strstr(reason, why + 2) != NULL,
		    "%s: %s: got \"%s\", expected \"%s\"", w->row->name, check, reason, why + 2);
}

static bool has_finding(const struct finding_list *l, const char *id)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(finding_entry(l->items[i].id)->id, id) == 0)
			return true;
	return false;
}

static void check_all(const struct world *w)
{
	const struct verdict *v = &w->result.observed;
	unsigned questions = (unsigned)dns_view_answered(w->view);
	bool is_signed = v->dkim_count > 0;

	check_result(w, "spf", v->spf.result, v->spf.reason, w->row->spf);
	check_result(w, "dkim", is_signed ? v->dkim[0].result : AUTH_NONE,
	    is_signed ? v->dkim[0].reason : "there is no signature", w->row->dkim);
	check_result(w, "dmarc", v->dmarc.result, v->dmarc.reason, w->row->dmarc);
	check_result(w, "rdns", v->rdns.result, v->rdns.reason, w->row->rdns);
	ck_assert_msg(v->spf.explanation == NULL, "%s: an explanation", w->row->name);
	ck_assert_msg(v->dkim_count <= DKIM_SIGNATURES_MAX, "%s: signatures", w->row->name);
	ck_assert_msg(w->row->finding == NULL || has_finding(&w->result.findings, w->row->finding),
	    "%s: no finding %s", w->row->name, w->row->finding);
	ck_assert_msg(w->rounds <= w->row->rounds, "%s: %u rounds, expected %u at most",
	    w->row->name, w->rounds, w->row->rounds);
	ck_assert_msg(questions <= w->row->questions, "%s: %u questions, expected %u at most",
	    w->row->name, questions, w->row->questions);
}

static void finish(struct world *w)
{
	verify_free(w->verify);
	dns_view_free(w->view);
	dns_zones_free(w->zones);
	buffer_clear(&w->mail_from);
	free(w->message);
	arena_free(w->arena);
}

static void run(const struct row *row)
{
	struct world w = {.row = row, .arena = arena_new(), .view = dns_view_new(NULL)};

	make_zone(&w);
	make_message(&w);
	begin(&w);
	while (verify_end(w.verify, w.view, &w.result) == VERIFY_NEEDS_DNS) {
		ck_assert_msg(++w.rounds <= VERIFY_ROUNDS_MAX, "%s: no end of rounds", w.row->name);
		answer(&w);
	}
	check_all(&w);
	finish(&w);
}

START_TEST(hostile)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		run(&rows[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {hostile, NULL};

	return unit_main("hostile", tests);
}
