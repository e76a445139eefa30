/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of requirements as one table, and the values that they take.
 */
#include "policy/requirement_form.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/near.h"
#include "conf/value.h"
#include "mail/finding.h"
#include "policy/list.h"
#include "policy/regex.h"
#include "verify/verdict.h"

/* What is behind "=". */
enum kind {
	KIND_NONE, /* nothing may be */
	KIND_RESULT,
	KIND_TLS,
	KIND_YES,
	KIND_SEVERITY,
	KIND_DISPOSITION,
	KIND_TEXT,
	KIND_SIZE,
	KIND_NUMBER,
	KIND_COUNT,
};

#define OP(op)  (1U << REQUIREMENT_##op)
#define BARE    (OP(PRESENT) | OP(ABSENT))
#define IS      (OP(IS) | OP(IS_NOT))
#define COMPARE (OP(AT_LEAST) | OP(AT_MOST))
#define HOLDS   (OP(HOLDS) | OP(HOLDS_NOT) | OP(MATCHES) | OP(MATCHES_NOT))

struct form {
	unsigned ops;
	enum kind kind;
	const char *text;
};

#define RESULTS "of none, neutral, pass, fail, softfail, policy, temperror, permerror"

static const struct form FORM[] = {
    [REQUIREMENT_SPF] = {BARE | IS, KIND_RESULT,
	"spf=RESULT[|RESULT...] and spf!=RESULT, " RESULTS "; and spf alone (a record)"},
    [REQUIREMENT_SPF_HELO] = {BARE | IS, KIND_RESULT,
	"spf_helo=RESULT[|RESULT...] and spf_helo!=RESULT, " RESULTS
	"; and spf_helo alone (a record)"},
    [REQUIREMENT_DKIM] = {BARE | IS, KIND_RESULT,
	"dkim=RESULT[|RESULT...] and dkim!=RESULT, " RESULTS "; and dkim alone (a signature)"},
    [REQUIREMENT_DMARC] = {BARE | IS, KIND_RESULT,
	"dmarc=RESULT[|RESULT...] and dmarc!=RESULT, " RESULTS "; and dmarc alone (a record)"},
    [REQUIREMENT_RDNS] = {BARE | IS, KIND_RESULT,
	"rdns=RESULT[|RESULT...] and rdns!=RESULT, " RESULTS "; and rdns alone (a PTR record)"},
    [REQUIREMENT_TLS] = {BARE | IS | COMPARE, KIND_TLS,
	"tls alone, tls>=VERSION, tls<=VERSION, tls=VERSION and tls!=VERSION, of 1.0 to 1.3, none, "
	"starttls, implicit"},
    [REQUIREMENT_AUTH] = {BARE | IS, KIND_YES, "auth alone, !auth, auth=yes and auth=no"},
    [REQUIREMENT_USER] = {BARE | IS | HOLDS, KIND_TEXT,
	"user alone, user=NAME, user!=NAME, user~\"PART\" and user~/REGEX/"},
    [REQUIREMENT_MECHANISM] = {BARE | IS | HOLDS, KIND_TEXT,
	"mechanism alone, mechanism=NAME[|NAME...], mechanism!=NAME and mechanism~\"PART\""},
    [REQUIREMENT_FINDINGS] = {BARE | IS | COMPARE | HOLDS, KIND_SEVERITY,
	"findings alone, findings<=SEVERITY, findings>=SEVERITY and findings=SEVERITY, of none, "
	"info, warning, error; and findings~\"PART OF AN ID\""},
    [REQUIREMENT_SUBJECT] = {BARE | IS | HOLDS, KIND_TEXT,
	"subject alone, subject=TEXT, subject!=TEXT, subject~\"PART\" and subject~/REGEX/"},
    [REQUIREMENT_FROM] = {BARE | IS | HOLDS, KIND_TEXT,
	"from alone, from=ADDRESS, from!=ADDRESS, from~\"PART\" and from~/REGEX/"},
    [REQUIREMENT_TO] = {BARE | IS | HOLDS, KIND_TEXT,
	"to alone, to=ADDRESS, to!=ADDRESS, to~\"PART\" and to~/REGEX/"},
    [REQUIREMENT_LINK] = {BARE | IS | HOLDS, KIND_TEXT,
	"link alone, link=URL, link!=URL, link~\"PART\" and link~/REGEX/"},
    [REQUIREMENT_HEADER] = {BARE | IS | HOLDS, KIND_TEXT,
	"header.FIELD alone, header.FIELD=TEXT, header.FIELD!=TEXT, header.FIELD~\"PART\" and "
	"header.FIELD~/REGEX/"},
    [REQUIREMENT_SIZE] = {COMPARE, KIND_SIZE,
	"size<=OCTETS and size>=OCTETS, with K, M, G or nothing behind"},
    [REQUIREMENT_ATTACHMENT] = {BARE | IS | COMPARE | HOLDS, KIND_TEXT,
	"attachment alone, attachment=FILENAME, attachment~\"PART\", attachment~/REGEX/, "
	"attachment>=NUMBER and attachment<=NUMBER"},
    [REQUIREMENT_OPINION] = {BARE, KIND_NONE, "nothing: opinion alone, and !opinion"},
    [REQUIREMENT_DKIM_BITS] = {COMPARE, KIND_NUMBER, "dkim.bits>=NUMBER and dkim.bits<=NUMBER"},
    [REQUIREMENT_DMARC_RECORD] = {BARE, KIND_NONE,
	"nothing: dmarc.record alone, and !dmarc.record"},
    [REQUIREMENT_DMARC_ALIGNED] = {BARE, KIND_NONE,
	"nothing: dmarc.aligned alone, and !dmarc.aligned"},
    [REQUIREMENT_DMARC_DISPOSITION] = {IS, KIND_DISPOSITION,
	"dmarc.disposition=WORD and dmarc.disposition!=WORD, of none, quarantine, reject"},
    [REQUIREMENT_ONE_CLICK] = {BARE, KIND_NONE, "nothing: one-click alone, and !one-click"},
    [REQUIREMENT_HELO] = {BARE, KIND_NONE, "nothing: helo alone, and !helo"},
    [REQUIREMENT_FROM_RESOLVABLE] = {BARE, KIND_NONE,
	"nothing: from.resolvable alone, and !from.resolvable"},
    [REQUIREMENT_FINDING] = {BARE, KIND_NONE, "nothing: finding.ID alone, and !finding.ID"},
};
_Static_assert(ARRAY_SIZE(FORM) == REQUIREMENT_NAME_COUNT, "a form for each name");

bool requirement_takes(enum requirement_name name, enum requirement_op op)
{
	return (FORM[name].ops >> op & 1) != 0;
}

const char *requirement_form(enum requirement_name name)
{
	return FORM[name].text;
}

/* Adds text as it stands. */
static int keep(struct requirement *r, const char *text, struct arena *a)
{
	r->values = policy_grow(a, r->values, r->value_count, sizeof(*r->values));
	r->values[r->value_count++] = text;
	return 0;
}

/* A table of words, none of which holds a blank, and what they are for a sentence. */
struct words {
	const char *const *table;
	size_t count;
	const char *text;
};

static const char *const YES[] = {"no", "yes"};
static const char *const SEVERITY[] = {"none", "info", "warning", "error"};
_Static_assert(ARRAY_SIZE(SEVERITY) == FINDING_SEVERITY_COUNT + 1, "none and each severity");
static const char *const TLS_WORD[] = {"none", "starttls", "implicit"};
static const char *const TLS_NAME[] = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

static const struct words WORDS[] = {
    [KIND_RESULT] = {AUTH_RESULT_NAME, AUTH_RESULT_COUNT,
	"none, neutral, pass, fail, softfail, policy, temperror or permerror"},
    [KIND_TLS] = {TLS_WORD, ARRAY_SIZE(TLS_WORD), "1.0, 1.1, 1.2, 1.3, none, starttls or implicit"},
    [KIND_YES] = {YES, ARRAY_SIZE(YES), "yes or no"},
    [KIND_SEVERITY] = {SEVERITY, ARRAY_SIZE(SEVERITY), "none, info, warning or error"},
    [KIND_DISPOSITION] = {DMARC_POLICY_NAME, DMARC_POLICY_COUNT, "none, quarantine or reject"},
};

static int refuse(const char *expected, struct span value, struct error *err)
{
	char shown[VERDICT_SHOW_SIZE];

	return error_usage(err, "expected %s, got \"%s\"", expected, verdict_show(value, shown));
}

static int refuse_word(const struct words *w, struct span value, struct error *err)
{
	char shown[VERDICT_SHOW_SIZE];
	struct buffer near = BUFFER_INIT;

	near_words(&near, value, w->table, w->count);
	verdict_show(value, shown);
	if (near.len > 0)
		error_usage(
		    err, "expected %s, got \"%s\"; was %s meant?", w->text, shown, near.data);
	else
		error_usage(err, "expected %s, got \"%s\"", w->text, shown);
	buffer_clear(&near);
	return -1;
}

unsigned requirement_tls_version(struct span text)
{
	if (span_starts_nocase(text, SPAN("TLSv")))
		text = span_after(text, 4);
	if (text.len == 1 && text.data[0] == '1')
		return 10;
	if (text.len != 3 || !span_starts(text, SPAN("1.")) || text.data[2] < '0' ||
	    text.data[2] > '3')
		return 0;
	return 10 + (unsigned)(text.data[2] - '0');
}

static int add_word(struct requirement *r, struct span value, struct arena *a, struct error *err)
{
	enum kind kind = FORM[r->name].kind;
	const struct words *w = &WORDS[kind];
	unsigned version = kind == KIND_TLS ? requirement_tls_version(value) : 0;
	int i;

	if (version != 0)
		return keep(r, TLS_NAME[version - 10], a);
	i = name_find(w->table, w->count, value);
	return i < 0 ? refuse_word(w, value, err) : keep(r, w->table[i], a);
}

static int add_number(struct requirement *r, struct span value, struct arena *a, struct error *err)
{
	int i;

	switch (FORM[r->name].kind) {
	case KIND_TLS:
		r->number = requirement_tls_version(value);
		if (r->number == 0)
			return refuse("1.0, 1.1, 1.2 or 1.3", value, err);
		return keep(r, TLS_NAME[r->number - 10], a);
	case KIND_SEVERITY:
		i = name_find(SEVERITY, ARRAY_SIZE(SEVERITY), value);
		if (i < 0)
			return refuse_word(&WORDS[KIND_SEVERITY], value, err);
		r->number = (uint64_t)i;
		return keep(r, SEVERITY[i], a);
	case KIND_SIZE:
		if (conf_size_parse(value, &r->number) < 0)
			return refuse("octets, with K, M, G or nothing behind", value, err);
		break;
	case KIND_TEXT:
	case KIND_NUMBER:
		if (span_to_uint(value, UINT32_MAX, &r->number) < 0)
			return refuse("a number", value, err);
		break;
	case KIND_NONE:
	case KIND_RESULT:
	case KIND_YES:
	case KIND_DISPOSITION:
	case KIND_COUNT:
		break;
	}
	return keep(r, arena_copy(a, value), a);
}

static int add_text(struct requirement *r, struct span value, struct arena *a, struct error *err)
{
	bool regex = r->op == REQUIREMENT_MATCHES || r->op == REQUIREMENT_MATCHES_NOT;
	const char *text = arena_copy(a, value);

	if (value.len == 0 && r->op != REQUIREMENT_IS && r->op != REQUIREMENT_IS_NOT)
		return error_usage(err, "expected a text, got nothing");
	if (regex && policy_regex_check(text, err) < 0)
		return -1;
	return keep(r, text, a);
}

int requirement_value_add(
    struct requirement *r, struct span value, struct arena *a, struct error *err)
{
	switch (r->op) {
	case REQUIREMENT_IS:
	case REQUIREMENT_IS_NOT:
		if (FORM[r->name].kind == KIND_TEXT)
			return add_text(r, value, a, err);
		return add_word(r, value, a, err);
	case REQUIREMENT_AT_LEAST:
	case REQUIREMENT_AT_MOST:
		return add_number(r, value, a, err);
	case REQUIREMENT_PRESENT:
	case REQUIREMENT_ABSENT:
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return add_text(r, value, a, err);
}
