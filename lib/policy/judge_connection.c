/*
 * SPDX-License-Identifier: ISC
 *
 * How the message was brought: tls, auth, user, mechanism. From every viewpoint these are those of
 * the connection.
 */
#include <string.h>

#include "policy/judge.h"
#include "policy/match.h"
#include "policy/requirement_form.h"

static const char *tls_name(unsigned version)
{
	static const char *const names[] = {"TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

	return version >= 10 && version <= 13 ? names[version - 10] : "TLS";
}

static const char *tls_expected(const struct judge *j, const struct requirement *r)
{
	switch (r->op) {
	case REQUIREMENT_PRESENT:
		return "TLS";
	case REQUIREMENT_ABSENT:
		return "no TLS";
	case REQUIREMENT_AT_LEAST:
		return arena_printf(j->arena, "at least %s", tls_name((unsigned)r->number));
	case REQUIREMENT_AT_MOST:
		return arena_printf(j->arena, "at most %s", tls_name((unsigned)r->number));
	case REQUIREMENT_IS:
	case REQUIREMENT_IS_NOT:
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return judge_expected_words(j, r);
}

/* A value names the version, the mode, or that there is none. */
static bool tls_is_named(const struct requirement *r, const struct tls_facts *tls)
{
	const char *mode = tls->mode == TLS_MODE_NONE ? "none" : TLS_MODE_NAME[tls->mode];

	return requirement_names(r, mode) ||
	       (tls->version != NULL && requirement_names(r, tls->version));
}

static bool tls_holds(const struct requirement *r, const struct tls_facts *tls, unsigned version)
{
	bool there = tls->mode != TLS_MODE_NONE;

	switch (r->op) {
	case REQUIREMENT_PRESENT:
		return there;
	case REQUIREMENT_ABSENT:
		return !there;
	case REQUIREMENT_AT_LEAST:
		return there && version >= r->number;
	case REQUIREMENT_AT_MOST:
		return there && version <= r->number;
	case REQUIREMENT_IS:
		return tls_is_named(r, tls);
	case REQUIREMENT_IS_NOT:
		return !tls_is_named(r, tls);
	case REQUIREMENT_HOLDS:
	case REQUIREMENT_HOLDS_NOT:
	case REQUIREMENT_MATCHES:
	case REQUIREMENT_MATCHES_NOT:
	case REQUIREMENT_OP_COUNT:
		break;
	}
	return false;
}

static const char *tls_remedy(
    const struct judge *j, const struct requirement *r, const struct tls_facts *tls, bool weak)
{
	if (tls->mode == TLS_MODE_NONE && r->op != REQUIREMENT_ABSENT)
		return "turn STARTTLS on in the mail settings of the application, so that it "
		       "refuses "
		       "to send without, or connect to a submissions listener with TLS from the "
		       "start";
	if (weak)
		return arena_printf(j->arena,
		    "let the client speak %s: bring its TLS library up to date, or raise the "
		    "highest version that it is set to",
		    tls_name((unsigned)r->number));
	if (r->op == REQUIREMENT_IS)
		return arena_printf(j->arena, "set the client's TLS to %s", tls_expected(j, r));
	return JUDGE_NOTHING_WRONG;
}

static const char *tls_evidence(const struct judge *j, const struct record_session *s)
{
	char ip[IP_TEXT_SIZE];

	if (s->tls.mode == TLS_MODE_NONE)
		return arena_printf(j->arena, "a plain connection from %s to listener %s",
		    s->client.ip.family == IP_NONE ? "an unknown address"
						   : ip_format(&s->client.ip, ip),
		    s->listener == NULL ? "" : s->listener);
	return arena_printf(j->arena, "%s %s %s, %d bits", TLS_MODE_NAME[s->tls.mode],
	    s->tls.version == NULL ? "TLS" : s->tls.version,
	    s->tls.cipher == NULL ? "" : s->tls.cipher, s->tls.bits);
}

void judge_tls(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct record_session *s = j->facts->message->session;
	const struct tls_facts *tls;
	unsigned version;

	out->expected = tls_expected(j, r);
	if (!judge_has_connection(j, out))
		return;
	tls = &s->tls;
	version = requirement_tls_version(span_from(tls->version));
	judge_hold(out, tls_holds(r, tls, version));
	out->evidence = tls_evidence(j, s);
	if (tls->mode == TLS_MODE_NONE) {
		out->got = "plain text";
		out->reason =
		    s->tls_failure != NULL
			? arena_printf(j->arena,
			      "the message came without TLS, after a handshake that failed: %s",
			      s->tls_failure->reason)
			: "the message came without TLS";
	} else {
		out->got =
		    arena_printf(j->arena, "%s (%s)", tls_name(version), TLS_MODE_NAME[tls->mode]);
		out->reason = arena_printf(j->arena, "the message came over %s", tls_name(version));
	}
	if (out->outcome != POLICY_PASS)
		out->remedy = tls_remedy(
		    j, r, tls, r->op == REQUIREMENT_AT_LEAST && tls->mode != TLS_MODE_NONE);
}

static const char LOG_IN[] =
    "give the application the name and password of a user of the listener, and let it log in";

static const char *login(const struct judge *j, const struct record_auth *auth)
{
	return auth->mechanism == NULL
	           ? "no login"
	           : arena_printf(j->arena, "%s as %s%s", auth->mechanism,
			 judge_quote(j->arena, auth->user == NULL ? "" : auth->user, 100),
			 auth->over_tls ? "" : ", without TLS");
}

void judge_auth(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	const struct record_auth *auth;
	bool there, wanted;

	wanted = r->op == REQUIREMENT_PRESENT ||
	         ((r->op == REQUIREMENT_IS || r->op == REQUIREMENT_IS_NOT) &&
		     requirement_accepts(r, "yes"));
	out->expected = wanted ? "a login" : "no login";
	if (!judge_has_connection(j, out))
		return;
	auth = &j->facts->message->session->auth;
	there = auth->mechanism != NULL;
	if (r->op == REQUIREMENT_IS || r->op == REQUIREMENT_IS_NOT)
		judge_hold(out, requirement_accepts(r, there ? "yes" : "no"));
	else
		judge_bare(r, there, out->expected, out);
	out->got = out->evidence = login(j, auth);
	out->reason = there ? "the client logged in" : "the client did not log in";
	if (out->outcome == POLICY_FAIL)
		out->remedy = there ? "send without a login" : LOG_IN;
}

static void judge_login(const struct judge *j, const struct requirement *r, const char *text,
    const struct judge_texts *t, struct policy_result *out)
{
	struct judge_texts texts = *t;

	out->expected = judge_expected_text(j, r);
	if (!judge_has_connection(j, out))
		return;
	texts.items = &text;
	texts.count = 1;
	judge_texts(j, r, &texts, out);
	out->evidence = login(j, &j->facts->message->session->auth);
	if (out->outcome == POLICY_FAIL)
		out->remedy = text == NULL
		                  ? LOG_IN
		                  : "change the login in the mail settings of the application";
}

static const struct record_auth *auth_of(const struct judge *j)
{
	static const struct record_auth none = {NULL, NULL, false};
	const struct record_session *s = j->facts->message->session;

	return s == NULL ? &none : &s->auth;
}

void judge_user(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	static const struct judge_texts t = {.noun = "user", .nothing = "no login"};

	const struct record_auth *auth = auth_of(j);

	judge_login(j, r, auth->mechanism == NULL ? NULL : auth->user, &t, out);
}

void judge_mechanism(const struct judge *j, const struct requirement *r, struct policy_result *out)
{
	static const struct judge_texts t = {.noun = "mechanism", .nothing = "no login"};

	judge_login(j, r, auth_of(j)->mechanism, &t, out);
}
