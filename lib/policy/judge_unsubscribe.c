/*
 * SPDX-License-Identifier: ISC
 *
 * one-click: unsubscribing by one POST (RFC 8058): two fields, each once, and a signature that
 * passes and covers both.
 */
#include <string.h>

#include "policy/judge.h"

static const struct span LIST = {"List-Unsubscribe", 16};
static const struct span POST = {"List-Unsubscribe-Post", 21};
static const struct span VALUE = {"List-Unsubscribe=One-Click", 26};

/* Octets of a field that a line of evidence has room for. */
#define FIELD_SHOWN 150

/* Why a message has no one-click: got and reason; NULL got: it has. */
struct lack {
	const char *got, *reason;
	bool unjudged;
};

/* Whether one of the URIs in angle brackets (RFC 2369 2) is one by https. */
static bool has_https(struct span value)
{
	ptrdiff_t open;

	while ((open = span_index(value, '<')) >= 0) {
		value = span_after(value, (size_t)open + 1);
		if (span_starts_nocase(span_trim(value), SPAN("https://")) &&
		    span_index(value, '>') > 0)
			return true;
	}
	return false;
}

static struct span value_of(const struct judge *j, struct span name)
{
	const struct mail_field *f =
	    j->facts->header == NULL ? NULL : mail_header_find(j->facts->header, name, 0);

	return f == NULL ? span_of(NULL, 0) : mail_field_unfold(f, j->arena);
}

static size_t count_of(const struct judge *j, struct span name)
{
	return j->facts->header == NULL ? 0 : mail_header_count(j->facts->header, name);
}

static struct lack check_fields(const struct judge *j)
{
	size_t list = count_of(j, LIST), post = count_of(j, POST);

	if (list == 0)
		return (struct lack){"no List-Unsubscribe field",
		    "the message has no List-Unsubscribe field", false};
	if (list > 1)
		return (struct lack){"several List-Unsubscribe fields",
		    "List-Unsubscribe stands more than once, and receivers take one at most (RFC "
		    "8058 "
		    "3.1)",
		    false};
	if (!has_https(value_of(j, LIST)))
		return (struct lack){"no https URI",
		    "List-Unsubscribe has no https URI in angle brackets: mailto: and http: do not "
		    "count (RFC 8058 3.1)",
		    false};
	if (post == 0)
		return (struct lack){"no List-Unsubscribe-Post field",
		    "the message has no List-Unsubscribe-Post field, so the link is none of one "
		    "click",
		    false};
	if (post > 1)
		return (struct lack){"several List-Unsubscribe-Post fields",
		    "List-Unsubscribe-Post stands more than once", false};
	if (!span_equal(value_of(j, POST), VALUE))
		return (struct lack){"another List-Unsubscribe-Post",
		    "List-Unsubscribe-Post is not exactly List-Unsubscribe=One-Click (RFC 8058 "
		    "3.1)",
		    false};
	return (struct lack){NULL, NULL, false};
}

static bool covers(const struct dkim_verdict *s, struct span name)
{
	for (size_t i = 0; i < s->signed_header_count; i++)
		if (s->signed_headers[i] != NULL &&
		    span_equal_nocase(span_from(s->signed_headers[i]), name))
			return true;
	return false;
}

/* The provider's signature to come is taken to cover what it should. */
static bool covers_both(const struct dkim_verdict *s)
{
	return s->predicted || (covers(s, LIST) && covers(s, POST));
}

/* The signature of the result that covers both, or NULL. */
static const struct dkim_verdict *find_cover(const struct verdict *v, enum auth_result result)
{
	for (size_t i = 0; i < v->dkim_count; i++)
		if (v->dkim[i].result == result && covers_both(&v->dkim[i]))
			return &v->dkim[i];
	return NULL;
}

static struct lack check_signature(const struct judge *j)
{
	const struct verdict *v = j->verdict;

	if (find_cover(v, AUTH_PASS) != NULL)
		return (struct lack){NULL, NULL, false};
	if (find_cover(v, AUTH_TEMPERROR) != NULL)
		return (struct lack){"signature not judged",
		    "the signature that covers both fields could not be judged for now", true};
	if (judge_signature(v, AUTH_PASS) != NULL)
		return (struct lack){"not signed",
		    "the signature that passes covers not both List-Unsubscribe and "
		    "List-Unsubscribe-Post (RFC 8058 4)",
		    false};
	return (struct lack){
	    "not signed", "no DKIM signature that passes covers the fields (RFC 8058 4)", false};
}

/* What is missing of the fields, or of the signature. */
static const char *remedy(const struct judge *j, bool fields)
{
	const char *domain = j->verdict->dmarc.from_domain;

	if (fields)
		return arena_printf(j->arena,
		    "send each once: \"List-Unsubscribe: <https://%s/unsubscribe/TOKEN>\" and "
		    "\"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", signed by DKIM, and "
		    "let "
		    "a POST to that URI unsubscribe without asking",
		    domain == NULL ? "example.com" : domain);
	if (judge_signature(j->verdict, AUTH_PASS) != NULL)
		return "add list-unsubscribe and list-unsubscribe-post to what the signer signs "
		       "(h=)";
	return j->verdict->dkim_count == 0 ? judge_unsigned_remedy(j)
	                                   : judge_signature_remedy(j, &j->verdict->dkim[0]);
}

static const char *evidence(const struct judge *j)
{
	struct span list = value_of(j, LIST), post = value_of(j, POST);

	if (list.len == 0 && post.len == 0)
		return NULL;
	return arena_printf(j->arena, "List-Unsubscribe: %s; List-Unsubscribe-Post: %s",
	    list.len == 0 ? "none" : judge_show(j->arena, list, FIELD_SHOWN),
	    post.len == 0 ? "none" : judge_show(j->arena, post, FIELD_SHOWN));
}

static const char *why_good(const struct judge *j)
{
	return find_cover(j->verdict, AUTH_PASS)->predicted
	           ? "both fields are there, and the provider's signature to come is taken to "
	             "cover "
	             "them"
	           : "both fields are there, and a signature that passes covers them";
}

void judge_one_click(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	bool wanted = r->op == REQUIREMENT_PRESENT, fields;
	struct lack lack;

	out->expected = wanted ? "one-click unsubscribe, signed" : "no one-click unsubscribe";
	if (!judge_has_verdict(j, out))
		return;
	lack = check_fields(j);
	fields = lack.got != NULL;
	if (!fields)
		lack = check_signature(j);
	judge_bare(r, lack.got == NULL, out->expected, out);
	out->evidence = evidence(j);
	out->got = lack.got != NULL ? lack.got : "one-click";
	out->reason = lack.got != NULL ? lack.reason : why_good(j);
	if (lack.unjudged)
		judge_missing(
		    out, lack.reason, "try again, and see that the signer's name servers answer");
	if (out->outcome == POLICY_FAIL)
		out->remedy = wanted ? remedy(j, fields) : JUDGE_NOTHING_WRONG;
}
