/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC (RFC 9989): the author domain, the policy that applies to it, which identifiers are
 * aligned with it, the result, and what a receiver would do.
 *
 * Questions never depend on results: every identifier is walked from that could be aligned,
 * whether it passed or not, so that a caller who does not know the results yet asks the same.
 */
#include "verify/dmarc.h"

#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "mail/domain.h"
#include "verify/dmarc_finding.h"
#include "verify/dmarc_psl.h"

/* Identifiers beyond this many are not looked at: ten signatures and one of SPF come by design. */
#define IDENTIFIERS_MAX 16
/* Identifiers that a reason lists. */
#define SAID_MAX 5

enum alignment {
	ALIGNMENT_NO,
	ALIGNMENT_YES,
	ALIGNMENT_UNKNOWN, /* a look-up failed */
};

struct policy {
	const struct dmarc_step *step; /* where the record stands; NULL when there is none */
	bool inherited;                /* from a parent of the author domain */
	enum dmarc_policy value;
	const char *none_because; /* why no policy applies, when none does */
};

struct evaluation {
	const struct dmarc_input *in;
	struct dns_view *view;
	struct arena *arena;
	struct dmarc_verdict *out;
	const char *author;
	struct dmarc_walk walk;
	struct dmarc_psl psl;
	struct policy policy;
	/* Domains are normalized A-labels, NULL where it is no domain. */
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	enum alignment alignment[IDENTIFIERS_MAX];
	size_t count;
	const char *failure; /* a look-up that failed while the result depends on it */
};

static enum verify_status conclude(
    struct evaluation *e, enum auth_result result, const char *reason)
{
	e->out->result = result;
	e->out->reason = reason;
	return VERIFY_DONE;
}

static const char *to_name(struct evaluation *e, struct span domain)
{
	char out[DNS_NAME_SIZE];
	const char *ascii = domain.len == 0 ? NULL : mail_domain_to_ascii(e->arena, domain);

	if (ascii == NULL || span_index(domain, '[') >= 0 ||
	    dns_name_normalize(span_from(ascii), out) < 0 || out[0] == '\0')
		return NULL;
	return arena_string(e->arena, out);
}

/* The one domain of the From field (RFC 9989 5.3.1), or NULL with the reason why there is none. */
static const char *find_author(struct evaluation *e, const char **why)
{
	const struct mail_message *m = e->in->message;
	const char *author = NULL;

	*why = "the message has no From field";
	if (m->from_fields > 1)
		*why = arena_printf(e->arena, "the message has %zu From fields", m->from_fields);
	if (m->from_fields != 1)
		return NULL;
	*why = "the From field holds no address that can be read";
	if (m->from_malformed)
		return NULL;
	for (size_t i = 0; i < m->from_list.count; i++) {
		struct span domain = m->from_list.items[i].domain;
		const char *name = to_name(e, domain);

		if (name == NULL) {
			*why =
			    domain.len == 0
				? "an address in the From field has no domain"
				: arena_printf(e->arena, "\"%.*s\" in the From field is no domain",
				      (int)(domain.len < 100 ? domain.len : 100), domain.data);
			return NULL;
		}
		if (author != NULL && strcmp(author, name) != 0) {
			*why = arena_printf(e->arena,
			    "the From field has addresses of several "
			    "domains: %s and %s",
			    author, name);
			return NULL;
		}
		author = name;
	}
	return author;
}

static const struct dmarc_step *find_step(const struct dmarc_walk *w, const char *domain)
{
	for (size_t i = 0; i < w->count && domain != NULL; i++) {
		if (w->steps[i].records == 1 && strcmp(w->steps[i].domain, domain) == 0)
			return &w->steps[i];
	}
	return NULL;
}

static const struct dmarc_step *find_suffix(const struct dmarc_walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->steps[i].records == 1 && w->steps[i].record.psd == DMARC_PSD_YES)
			return &w->steps[i];
	}
	return NULL;
}

static const char *why_none(const struct evaluation *e)
{
	const struct dmarc_walk *w = &e->walk;

	for (size_t i = 0; i < w->count; i++) {
		if (w->steps[i].records > 1)
			return arena_printf(e->arena,
			    "there are %zu DMARC records at _dmarc.%s, so none of them counts",
			    w->steps[i].records, w->steps[i].domain);
	}
	return arena_printf(
	    e->arena, "there is no DMARC record for %s or a parent of it", e->author);
}

/* RFC 9989 4.10.1: the record of the author domain, its organizational domain, its suffix. */
static void find_policy(struct evaluation *e)
{
	const struct dmarc_walk *w = &e->walk;
	struct policy *p = &e->policy;

	p->step = find_step(w, e->author);
	p->inherited = p->step == NULL;
	if (p->step == NULL)
		p->step = find_step(w, w->organizational_domain);
	if (p->step == NULL)
		p->step = find_suffix(w);
	if (p->step == NULL)
		p->none_because = why_none(e);
}

/* Fills the verdict's record; whether DMARC applies at all. */
static bool read_policy(struct evaluation *e)
{
	struct policy *p = &e->policy;
	const struct dmarc_record *r = &p->step->record;

	e->out->policy_domain = p->step->domain;
	e->out->record = arena_copy(e->arena, p->step->text);
	if (r->invalid_policy && !r->valid_rua) {
		p->none_because = arena_printf(e->arena,
		    "the DMARC record at _dmarc.%s has %s and no valid rua=, so DMARC does not "
		    "apply (RFC 9989 4.10.1)",
		    p->step->domain,
		    r->bad_sp || r->bad_np ? "an invalid sp= or np=" : "no valid p=");
		return false;
	}
	e->out->has_policy = true;
	return true;
}

enum existence {
	EXISTS_NO,
	EXISTS_YES,
	EXISTS_MISSING, /* an answer is missing */
	EXISTS_UNKNOWN, /* a look-up failed */
};

/*
 * Only NXDOMAIN means that a domain does not exist (RFC 9989 3.2.13, A.4). At the end of an alias
 * it is said of the target (RFC 6604 3): the alias itself is there.
 */
static enum existence look_for(struct evaluation *e)
{
	const struct dns_answer *answer = dns_view_lookup(e->view, span_from(e->author), DNS_A);

	if (answer == NULL)
		return EXISTS_MISSING;
	if (dns_failed(answer))
		return EXISTS_UNKNOWN;
	return answer->status == DNS_NXDOMAIN && answer->canonical == NULL ? EXISTS_NO : EXISTS_YES;
}

/* The p, sp or np that applies; NEEDS_DNS while it is not known whether the domain exists. */
static enum verify_status choose_value(struct evaluation *e)
{
	struct policy *p = &e->policy;
	const struct dmarc_record *r = &p->step->record;
	enum dmarc_policy absent = dmarc_record_policy(r, p->inherited, false);
	enum existence exists;

	p->value = dmarc_record_policy(r, p->inherited, true);
	if (absent == p->value)
		return VERIFY_DONE;
	exists = look_for(e);
	if (exists == EXISTS_MISSING)
		return VERIFY_NEEDS_DNS;
	if (exists == EXISTS_NO)
		p->value = absent;
	if (exists == EXISTS_UNKNOWN)
		e->failure =
		    arena_printf(e->arena, "whether %s exists could not be looked up", e->author);
	return VERIFY_DONE;
}

/* t=y: one level below (RFC 9989 4.7). */
static enum dmarc_policy lowered(enum dmarc_policy p, bool testing)
{
	static const enum dmarc_policy below[] = {
	    [DMARC_POLICY_NONE] = DMARC_POLICY_NONE,
	    [DMARC_POLICY_QUARANTINE] = DMARC_POLICY_NONE,
	    [DMARC_POLICY_REJECT] = DMARC_POLICY_QUARANTINE,
	};
	_Static_assert(ARRAY_SIZE(below) == DMARC_POLICY_COUNT, "one below each");

	return testing ? below[p] : p;
}

static struct span top_label(const char *name)
{
	struct span top = span_from(name);

	while (dns_name_labels(top) > 1)
		top = dns_name_parent(top);
	return top;
}

/*
 * Relaxed alignment: both have the same organizational domain. It is an ancestor of both or one
 * of them itself, so a domain that is not at or below the author's needs no walk of its own; that
 * spares the questions about every forwarder and provider.
 */
static enum verify_status align_relaxed(
    struct evaluation *e, const char *domain, enum alignment *out)
{
	const char *organizational = e->walk.organizational_domain;
	struct dmarc_walk walk;

	if (organizational == NULL) {
		if (dns_name_below(span_from(domain), top_label(e->author)))
			*out = ALIGNMENT_UNKNOWN;
		return VERIFY_DONE;
	}
	if (!dns_name_below(span_from(domain), span_from(organizational)))
		return VERIFY_DONE;
	if (dmarc_walk(domain, e->view, e->arena, &walk) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	if (walk.failed)
		*out = ALIGNMENT_UNKNOWN;
	else if (strcmp(walk.organizational_domain, organizational) == 0)
		*out = ALIGNMENT_YES;
	return VERIFY_DONE;
}

static bool is_strict(const struct evaluation *e, const struct dmarc_identifier *id)
{
	const struct dmarc_record *r = &e->policy.step->record;

	return id->is_dkim ? r->strict_dkim : r->strict_spf;
}

static enum verify_status align(struct evaluation *e, size_t i)
{
	const struct dmarc_identifier *id = &e->identifiers[i];

	e->alignment[i] = ALIGNMENT_NO;
	if (id->domain == NULL)
		return VERIFY_DONE;
	if (strcmp(id->domain, e->author) == 0)
		e->alignment[i] = ALIGNMENT_YES;
	else if (!is_strict(e, id))
		return align_relaxed(e, id->domain, &e->alignment[i]);
	return VERIFY_DONE;
}

static enum verify_status align_all(struct evaluation *e)
{
	enum verify_status status = VERIFY_DONE;

	for (size_t i = 0; i < e->count; i++) {
		if (align(e, i) == VERIFY_NEEDS_DNS)
			status = VERIFY_NEEDS_DNS;
	}
	return status;
}

static void read_identifiers(struct evaluation *e)
{
	while (e->count < e->in->count && e->count < IDENTIFIERS_MAX) {
		struct dmarc_identifier *id = &e->identifiers[e->count];

		*id = e->in->identifiers[e->count++];
		id->domain = to_name(e, span_from(id->domain));
	}
}

static void set_aligned(struct evaluation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		const struct dmarc_identifier *id = &e->identifiers[i];
		bool *flag = id->is_dkim ? &e->out->dkim_aligned : &e->out->spf_aligned;

		if (id->result == AUTH_PASS && e->alignment[i] == ALIGNMENT_YES)
			*flag = true;
	}
}

/* An identifier whose look-up failed and that might have made it pass. */
static void find_failure(struct evaluation *e)
{
	for (size_t i = 0; i < e->count && e->failure == NULL; i++) {
		const struct dmarc_identifier *id = &e->identifiers[i];
		const char *method = id->is_dkim ? "DKIM" : "SPF";

		if (id->result == AUTH_TEMPERROR && e->alignment[i] != ALIGNMENT_NO)
			e->failure = arena_printf(e->arena,
			    "%s for %s could not be judged for now, and it might be aligned",
			    method, id->domain);
		if (id->result == AUTH_PASS && e->alignment[i] == ALIGNMENT_UNKNOWN)
			e->failure = arena_printf(e->arena,
			    "%s passed for %s, but whether that is aligned could not be looked up",
			    method, id->domain);
	}
}

static void say_pass(const struct evaluation *e, struct buffer *out)
{
	for (size_t i = 0; i < e->count; i++) {
		const struct dmarc_identifier *id = &e->identifiers[i];

		if (id->result != AUTH_PASS || e->alignment[i] != ALIGNMENT_YES)
			continue;
		buffer_printf(out, "%s%s passed for %s, which is ", out->len > 0 ? "; " : "",
		    id->is_dkim ? "DKIM" : "SPF", id->domain);
		if (strcmp(id->domain, e->author) == 0)
			buffer_add_string(out, "the domain of From");
		else
			buffer_printf(out, "aligned with %s (relaxed: same organizational domain)",
			    e->author);
	}
}

static void say_identifier(
    const struct evaluation *e, const struct dmarc_identifier *id, struct buffer *out)
{
	const char *domain = id->domain == NULL ? "no domain" : id->domain;

	buffer_add_string(out, id->is_dkim ? "DKIM " : "SPF ");
	if (id->result == AUTH_PASS)
		buffer_printf(out, "passed for %s (not aligned%s), ", domain,
		    is_strict(e, id) ? ", alignment is strict" : "");
	else
		buffer_printf(out, "gave %s for %s, ", AUTH_RESULT_NAME[id->result], domain);
}

static void say_fail(const struct evaluation *e, struct buffer *out)
{
	static const char *const wish[] = {
	    [DMARC_POLICY_NONE] = "to do nothing",
	    [DMARC_POLICY_QUARANTINE] = "to quarantine",
	    [DMARC_POLICY_REJECT] = "to reject",
	};
	_Static_assert(ARRAY_SIZE(wish) == DMARC_POLICY_COUNT, "a wish each");
	bool dkim = false;

	buffer_printf(out, "neither SPF nor DKIM passed for a domain aligned with %s: ", e->author);
	for (size_t i = 0; i < e->count; i++) {
		dkim = dkim || e->identifiers[i].is_dkim;
		if (i < SAID_MAX)
			say_identifier(e, &e->identifiers[i], out);
	}
	if (e->count > SAID_MAX)
		buffer_printf(out, "and so on for %zu more, ", e->count - SAID_MAX);
	if (!dkim)
		buffer_add_string(out, "there is no DKIM signature, ");
	out->len -= 2;
	buffer_printf(out, "; %s asks receivers %s%s", e->policy.step->domain, wish[e->out->policy],
	    e->policy.step->record.testing ? ", testing only (t=y)" : "");
}

static const char *say(
    const struct evaluation *e, void (*what)(const struct evaluation *e, struct buffer *out))
{
	struct buffer text = BUFFER_INIT;
	const char *reason;

	what(e, &text);
	reason = arena_copy(e->arena, buffer_span(&text));
	buffer_clear(&text);
	return reason;
}

static enum verify_status judge(struct evaluation *e)
{
	set_aligned(e);
	if (e->out->spf_aligned || e->out->dkim_aligned)
		return conclude(e, AUTH_PASS, say(e, say_pass));
	find_failure(e);
	if (e->failure != NULL)
		return conclude(e, AUTH_TEMPERROR, e->failure);
	e->out->disposition = lowered(e->out->policy, e->policy.step->record.testing);
	return conclude(e, AUTH_FAIL, say(e, say_fail));
}

/* The record of the author domain, or the one that it inherits, and what that asks for. */
static enum verify_status discover(struct evaluation *e)
{
	enum verify_status walked = dmarc_walk(e->author, e->view, e->arena, &e->walk);
	enum verify_status asked = dmarc_psl_ask(e->author, e->view, e->arena, &e->psl);

	if (walked == VERIFY_NEEDS_DNS || asked == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	e->out->organizational_domain = e->walk.organizational_domain;
	find_policy(e);
	return VERIFY_DONE;
}

static enum verify_status evaluate(struct evaluation *e)
{
	const char *why;
	enum verify_status value, aligned;

	e->author = find_author(e, &why);
	if (e->author == NULL)
		return conclude(e, AUTH_PERMERROR, why);
	e->out->from_domain = e->author;
	read_identifiers(e);
	if (discover(e) == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	/* With a record of its own the domain's policy is known, whatever its parents say. */
	if (e->walk.failed && e->policy.inherited)
		return conclude(e, AUTH_TEMPERROR,
		    arena_printf(e->arena, "%s could not be looked up: %s", e->walk.failed_name,
			DNS_STATUS_NAME[e->walk.failed_status]));
	if (e->policy.step == NULL || !read_policy(e))
		return conclude(e, AUTH_NONE, e->policy.none_because);
	value = choose_value(e);
	aligned = align_all(e);
	if (value == VERIFY_NEEDS_DNS || aligned == VERIFY_NEEDS_DNS)
		return VERIFY_NEEDS_DNS;
	e->out->policy = e->policy.value;
	return judge(e);
}

static void add_findings(const struct evaluation *e, struct finding_list *findings)
{
	struct dmarc_psl_case c = {&e->walk, e->identifiers, e->count, e->out};
	const char *difference;

	if (e->author == NULL)
		return;
	dmarc_findings(&e->walk, e->policy.step, e->arena, findings);
	difference = dmarc_psl_compare(&e->psl, &c, e->arena);
	if (difference != NULL)
		finding_add(findings, e->arena, FINDING_PSL_DIFFERS, difference);
}

enum verify_status dmarc_check(const struct dmarc_input *in, struct dns_view *view, struct arena *a,
    struct dmarc_verdict *out, struct finding_list *findings)
{
	struct evaluation e = {.in = in, .view = view, .arena = a, .out = out};
	enum verify_status status;

	*out = (struct dmarc_verdict){.result = AUTH_NONE};
	status = evaluate(&e);
	if (status == VERIFY_DONE && findings != NULL)
		add_findings(&e, findings);
	return status;
}
