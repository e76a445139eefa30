/*
 * SPDX-License-Identifier: ISC
 *
 * What the judges share: what is missing, how a result meets a requirement, what the evidence has.
 */
#include <string.h>

#include "dns/name.h"
#include "mail/suffix.h"
#include "policy/judge.h"

const char JUDGE_NOTHING_WRONG[] =
    "nothing is wrong with the message in this: correct the requirement, or send what it expects";

void judge_hold(struct policy_result *out, bool holds)
{
	out->outcome = holds ? POLICY_PASS : POLICY_FAIL;
}

void judge_missing(struct policy_result *out, const char *reason, const char *remedy)
{
	out->outcome = POLICY_UNJUDGED;
	out->reason = reason;
	out->remedy = remedy;
}

void judge_inapplicable(struct policy_result *out, const char *reason, const char *remedy)
{
	out->outcome = POLICY_NOT_APPLICABLE;
	out->reason = reason;
	out->remedy = remedy;
}

bool judge_has_verdict(const struct judge *j, struct policy_result *out)
{
	if (j->verdict != NULL)
		return true;
	if (j->viewpoint == POLICY_DELIVERED)
		judge_missing(out, "the message is not delivered yet",
		    "judge it by --viewpoint observed or predicted");
	else
		judge_missing(out, "nothing was predicted, since the message has no route",
		    j->facts->file ? "name a route of the configuration by --route, or judge it by "
				     "--viewpoint observed"
				   : "give the listener a route (a section route NAME of the "
				     "configuration), or judge it by --viewpoint observed");
	return false;
}

bool judge_is_staging(const struct judge *j)
{
	const struct record_session *s = j->facts->message->session;

	return j->viewpoint == POLICY_OBSERVED && !j->facts->file &&
	       j->facts->message->route == NULL && s != NULL && s->kind != NULL &&
	       (strcmp(s->kind, "submission") == 0 || strcmp(s->kind, "submissions") == 0);
}

const char *judge_say_egress(const struct judge *j)
{
	const char *listener = j->facts->message->session->listener;

	return arena_printf(j->arena,
	    "say where the provider sends from: a section route NAME { egress = "
	    "{\"spf:provider.example\"} } in the configuration%s%s%s",
	    listener == NULL ? "" : ", and route = NAME in listener ",
	    listener == NULL ? "" : listener, ", with the provider's own domain or addresses");
}

bool judge_has_client(const struct judge *j, struct policy_result *out)
{
	const struct verify_route *route = j->facts->message->route;

	if (judge_is_staging(j)) {
		judge_inapplicable(out,
		    "the client is a host that submits mail: its address says nothing of those "
		    "that the provider sends from",
		    judge_say_egress(j));
		return false;
	}
	if (!judge_has_verdict(j, out))
		return false;
	if (j->verdict->has_client)
		return true;
	if (j->viewpoint == POLICY_PREDICTED)
		judge_inapplicable(out,
		    arena_printf(j->arena,
			"the route %s does not say which addresses the provider sends from",
			route->name),
		    arena_printf(j->arena,
			"set egress in the section route %s: the provider's addresses, or "
			"{\"spf:DOMAIN\"} with the domain that its customers include in SPF",
			route->name));
	else if (j->facts->file)
		judge_missing(out, "the client's address is not known",
		    "give the address that the message is sent from by --ip, with --helo and "
		    "--mail-from as the sender gives them");
	else
		judge_missing(out, "the client's address is not known",
		    "have the proxy in front pass it on (PROXY protocol, or XCLIENT)");
	return false;
}

bool judge_is_local(const struct judge *j)
{
	const char *text = j->verdict == NULL ? NULL : j->verdict->rdns.ip;
	struct ip ip;

	return text != NULL && ip_parse(span_from(text), &ip) == 0 && ip_is_private(&ip);
}

const char *judge_say_address(const struct judge *j)
{
	const char *ip = j->verdict->rdns.ip;

	if (j->viewpoint == POLICY_PREDICTED)
		return arena_printf(j->arena,
		    "correct egress in the section route %s: %s is no address of the Internet",
		    j->facts->message->route->name, ip);
	if (j->facts->file)
		return arena_printf(j->arena,
		    "give the public address that the mail will be sent from by --ip: %s is none",
		    ip);
	return arena_printf(j->arena,
	    "say where the mail will be sent from, since %s is no address of the Internet: by "
	    "XCLIENT (swaks --xclient-addr), or send to a listener with a route whose egress says "
	    "it",
	    ip);
}

bool judge_has_connection(const struct judge *j, struct policy_result *out)
{
	if (!j->facts->file && j->facts->message->session != NULL)
		return true;
	judge_inapplicable(out, "a file does not tell of the connection that brings it",
	    "send the message to a listener, and judge it by \"mailassay gate\"");
	return false;
}

bool requirement_names(const struct requirement *r, const char *word)
{
	for (size_t i = 0; i < r->value_count; i++)
		if (strcmp(r->values[i], word) == 0)
			return true;
	return false;
}

static bool is_bare(const struct requirement *r)
{
	return r->op == REQUIREMENT_PRESENT || r->op == REQUIREMENT_ABSENT;
}

bool requirement_accepts(const struct requirement *r, const char *word)
{
	if (is_bare(r))
		return r->op == REQUIREMENT_PRESENT;
	return requirement_names(r, word) == (r->op == REQUIREMENT_IS);
}

/* What a name alone asks for, whatever its result. */
static const char *thing(enum requirement_name name, bool wanted)
{
	if (name == REQUIREMENT_DKIM)
		return wanted ? "a DKIM signature" : "no DKIM signature";
	if (name == REQUIREMENT_RDNS)
		return wanted ? "a PTR record" : "no PTR record";
	return wanted ? "an SPF record" : "no SPF record";
}

/* Which result says that it is not there. */
static enum auth_result absence(enum requirement_name name)
{
	return name == REQUIREMENT_RDNS ? AUTH_PERMERROR : AUTH_NONE;
}

const char *judge_expected_words(const struct judge *j, const struct requirement *r)
{
	bool is = r->op == REQUIREMENT_IS;
	struct buffer text = BUFFER_INIT;
	const char *expected;

	if (is_bare(r))
		return thing(r->name, r->op == REQUIREMENT_PRESENT);
	if (!is)
		buffer_add_string(&text, r->value_count > 1 ? "neither " : "not ");
	for (size_t i = 0; i < r->value_count; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : is ? " or " : " nor ", r->values[i]);
	expected = arena_copy(j->arena, buffer_span(&text));
	buffer_clear(&text);
	return expected;
}

void judge_result(const struct judge *j, const struct requirement *r, enum auth_result result,
    struct policy_result *out)
{
	const char *word = AUTH_RESULT_NAME[result];

	out->expected = judge_expected_words(j, r);
	out->got = word;
	/* A signature whose key has no answer is there all the same. */
	if (is_bare(r) && (result != AUTH_TEMPERROR || r->name == REQUIREMENT_DKIM))
		judge_hold(out, (result != absence(r->name)) == (r->op == REQUIREMENT_PRESENT));
	else if (result == AUTH_TEMPERROR && !requirement_names(r, word))
		out->outcome = POLICY_UNJUDGED;
	else
		judge_hold(out, requirement_accepts(r, word));
}

bool judge_wants_step(const struct requirement *r, struct policy_result *out)
{
	if (out->outcome != POLICY_FAIL || requirement_accepts(r, "pass"))
		return out->outcome != POLICY_PASS;
	out->remedy = JUDGE_NOTHING_WRONG;
	return false;
}

void judge_bare(
    const struct requirement *r, bool there, const char *expected, struct policy_result *out)
{
	out->expected = expected;
	judge_hold(out, there == (r->op == REQUIREMENT_PRESENT));
}

const struct dns_answer *judge_lookup(const struct judge *j, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = NULL;
	char normal[DNS_NAME_SIZE];
	struct dns_view *view;

	if (name == NULL || j->facts->evidence.len == 0 ||
	    dns_name_normalize(span_from(name), normal) < 0)
		return NULL;
	view = dns_view_new(NULL);
	if (dns_view_restore(view, j->facts->evidence, NULL) == 0)
		answer = dns_view_lookup(view, span_from(normal), type);
	if (answer != NULL)
		answer = dns_answer_copy(j->arena, answer);
	dns_view_free(view);
	return answer;
}

const char *judge_show(struct arena *a, struct span text, size_t max)
{
	struct buffer out = BUFFER_INIT;
	const char *shown;
	size_t i;

	for (i = 0; i < text.len && out.len < max; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c >= 0x20 && c < 0x7f)
			buffer_add_char(&out, (char)c);
		else
			buffer_printf(&out, "\\%03u", c);
	}
	if (i < text.len)
		buffer_add_string(&out, "...");
	shown = arena_copy(a, buffer_span(&out));
	buffer_clear(&out);
	return shown;
}

/* Octets of a record that a line of evidence has room for. */
#define TXT_SHOWN 250

const char *judge_txt(const struct judge *j, const char *name, struct span text)
{
	return arena_printf(j->arena, "%s TXT \"%s\"", name, judge_show(j->arena, text, TXT_SHOWN));
}

const char *judge_from_domain(const struct judge *j)
{
	const char *domain = j->verdict == NULL ? NULL : j->verdict->dmarc.from_domain;

	return domain == NULL ? "the domain of From" : domain;
}

const char *judge_organization(const struct judge *j, const char *domain)
{
	const struct dmarc_verdict *d = j->verdict == NULL ? NULL : &j->verdict->dmarc;

	/* Without a record the walk found none, and the list of suffixes tells more. */
	if (d != NULL && d->record != NULL && d->organizational_domain != NULL &&
	    dns_name_below(span_from(domain), span_from(d->organizational_domain)))
		return d->organizational_domain;
	return arena_copy(j->arena, mail_organizational_domain(span_from(domain)));
}

bool judge_is_foreign(const struct judge *j, const char *domain)
{
	const char *from = j->verdict == NULL ? NULL : j->verdict->dmarc.from_domain;

	return from != NULL && domain != NULL &&
	       strcmp(judge_organization(j, domain), judge_organization(j, from)) != 0;
}

const char *judge_ip_term(const struct judge *j, const char *ip)
{
	return arena_printf(j->arena, "%s:%s", strchr(ip, ':') == NULL ? "ip4" : "ip6", ip);
}
