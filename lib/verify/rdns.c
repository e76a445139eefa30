/*
 * SPDX-License-Identifier: ISC
 *
 * Reverse DNS of the client (RFC 8601 2.7.3): address, PTR names, and back to the address; and
 * what the HELO name has to do with it.
 */
#include "verify/rdns.h"

#include "mail/domain.h"
#include "verify/forward.h"
#include "verify/rdns_generic.h"

/* What the HELO argument is, as far as the client's address is concerned. */
enum helo {
	HELO_UNKNOWN,
	HELO_INVALID,       /* neither a name nor an address literal */
	HELO_ITS_ADDRESS,   /* a literal of the client's address */
	HELO_OTHER_ADDRESS, /* a literal of another one */
	HELO_LEADS_BACK,
	HELO_LEADS_ELSEWHERE,
	HELO_FAILED, /* its addresses could not be had */
	HELO_COUNT,
};

struct check {
	struct ip client;
	const char *ip; /* as text */
	struct dns_view *view;
	struct arena *arena;
	enum helo helo;
	bool missing;
	bool failed; /* a PTR name's addresses could not be had */
	/* Whether all names count as generated: the confirmed ones, or all when none is. */
	bool generic;
	enum rdns_generic how;
	const char *generic_name; /* the first of them */
};

static enum forward lead(struct check *c, const char *name)
{
	enum forward f = forward_check(c->view, span_from(name), &c->client);

	c->missing = c->missing || f == FORWARD_MISSING;
	return f;
}

static const enum helo HELO_OF_FORWARD[] = {
    [FORWARD_NO] = HELO_LEADS_ELSEWHERE,
    [FORWARD_YES] = HELO_LEADS_BACK,
    [FORWARD_FAILED] = HELO_FAILED,
    [FORWARD_MISSING] = HELO_UNKNOWN,
};

/*
 * The grammar is judged as it was given; whether it leads back also where only a final dot or the
 * form of an internationalized name offends it.
 */
static void check_helo(struct check *c, struct span helo, struct rdns_verdict *out)
{
	struct ip literal, ignored;
	enum mail_helo kind = mail_helo_kind(helo, &literal);
	const char *ascii = mail_domain_to_ascii(c->arena, helo);

	if (helo.len == 0)
		return;
	if (kind == MAIL_HELO_LITERAL) {
		c->helo = ip_equal(&literal, &c->client) ? HELO_ITS_ADDRESS : HELO_OTHER_ADDRESS;
		return;
	}
	if (ascii != NULL && mail_helo_kind(span_from(ascii), &ignored) == MAIL_HELO_NAME)
		c->helo = HELO_OF_FORWARD[lead(c, ascii)];
	out->helo_match = c->helo == HELO_LEADS_BACK;
	if (kind == MAIL_HELO_INVALID)
		c->helo = HELO_INVALID;
}

/* The confirmed names alone count when there are any, and one that is its own is enough. */
static void note_generic(struct check *c, const char *name, bool first)
{
	enum rdns_generic how = rdns_generic(span_from(name), &c->client);

	if (first) {
		c->generic = true;
		c->generic_name = name;
		c->how = how;
	}
	c->generic = c->generic && how != RDNS_GENERIC_NO;
}

/* All names are asked for at once; the first that leads back is the confirmed one. */
static void check_names(struct check *c, const struct dns_answer *ptr, struct rdns_verdict *out)
{
	out->name_count = ptr->count;
	out->names = arena_alloc(c->arena, (ptr->count + 1) * sizeof(*out->names));
	for (size_t i = 0; i < ptr->count; i++) {
		const char *name = out->names[i] = arena_string(c->arena, ptr->records[i].name);
		enum forward f = i < RDNS_NAMES_MAX ? lead(c, name) : FORWARD_NO;
		bool confirmed = f == FORWARD_YES;

		c->failed = c->failed || f == FORWARD_FAILED;
		if (confirmed || out->confirmed == NULL)
			note_generic(c, name, i == 0 || (confirmed && out->confirmed == NULL));
		if (confirmed && out->confirmed == NULL)
			out->confirmed = name;
	}
}

/* The clauses behind a sentence on the address. */
static const char *const HELO_CLAUSE[] = {
    [HELO_UNKNOWN] = "",
    [HELO_INVALID] =
	"; the HELO argument is neither a fully qualified domain name nor an address literal",
    [HELO_ITS_ADDRESS] = "; HELO gives the address instead of a name",
    [HELO_OTHER_ADDRESS] = "; HELO gives another address instead of a name",
    [HELO_LEADS_BACK] = ", and so does the HELO name",
    [HELO_LEADS_ELSEWHERE] = "; the HELO name does not lead to it",
    [HELO_FAILED] = "; the HELO name could not be looked up",
};
_Static_assert(ARRAY_SIZE(HELO_CLAUSE) == HELO_COUNT, "a clause each");

/* Where the address leads nowhere itself, only what is wrong with HELO's form is worth a word. */
static const char *fault_clause(const struct check *c)
{
	return c->helo < HELO_LEADS_BACK ? HELO_CLAUSE[c->helo] : "";
}

static void judge_names(const struct check *c, struct rdns_verdict *v)
{
	char shown[VERDICT_SHOW_SIZE];
	const char *name = verdict_show(span_from(v->names[0]), shown);

	if (v->confirmed != NULL) {
		v->result = AUTH_PASS;
		v->reason = arena_printf(c->arena, "%s has the name %s, which leads back to it%s",
		    c->ip, v->confirmed, HELO_CLAUSE[c->helo]);
	} else if (c->failed) {
		v->result = AUTH_TEMPERROR;
		v->reason = arena_printf(c->arena,
		    "the addresses of the PTR names of %s could not be looked up: try again "
		    "later%s",
		    c->ip, fault_clause(c));
	} else {
		v->result = AUTH_FAIL;
		v->reason = arena_printf(c->arena,
		    "%s has the name %s%s, which does not lead back to it: give the name an %s "
		    "record with this address, or the address a PTR record with its own name%s",
		    c->ip, name, v->name_count > 1 ? " and others" : "",
		    c->client.family == IP_V6 ? "AAAA" : "A", fault_clause(c));
	}
}

static void judge(const struct check *c, const struct dns_answer *ptr, struct rdns_verdict *v)
{
	if (dns_failed(ptr)) {
		v->result = AUTH_TEMPERROR;
		v->reason = arena_printf(c->arena, "the PTR lookup of %s failed: try again later%s",
		    c->ip, fault_clause(c));
	} else if (ptr->count == 0) {
		v->result = AUTH_PERMERROR;
		v->reason = arena_printf(c->arena,
		    "%s has no PTR record: have whoever runs its network set one, since many "
		    "receivers refuse mail without it%s",
		    c->ip, fault_clause(c));
	} else {
		judge_names(c, v);
	}
}

static const char *const GENERIC_HOW[] = {
    [RDNS_GENERIC_NO] = "",
    [RDNS_GENERIC_ADDRESS] = "it spells the address",
    [RDNS_GENERIC_WORD] = "it has the end of the address, and a word for a kind of connection",
};
_Static_assert(ARRAY_SIZE(GENERIC_HOW) == RDNS_GENERIC_COUNT, "a word each");

static void add_findings(const struct check *c, struct span helo, struct finding_list *findings)
{
	char shown[VERDICT_SHOW_SIZE];

	if (c->helo == HELO_INVALID)
		finding_add(findings, c->arena, FINDING_HELO_NOT_A_NAME,
		    arena_printf(c->arena,
			"The argument of HELO or EHLO, \"%s\", is neither a fully qualified domain "
			"name nor an address literal; many receivers refuse such clients.",
			verdict_show(helo, shown)));
	if (c->generic)
		finding_add(findings, c->arena, FINDING_RDNS_GENERIC,
		    arena_printf(c->arena,
			"The name of %s, %s, looks generated (%s); many receivers refuse mail from "
			"such clients. Give the address a name of the mail server's own.",
			c->ip, verdict_show(span_from(c->generic_name), shown),
			GENERIC_HOW[c->how]));
}

enum verify_status rdns_check(const struct rdns_query *q, struct dns_view *view, struct arena *a,
    struct rdns_verdict *out, struct finding_list *findings)
{
	struct check c = {.client = ip_unmap(q->client), .view = view, .arena = a};
	char text[IP_TEXT_SIZE], reverse[IP_REVERSE_SIZE];
	const struct dns_answer *ptr;

	*out = (struct rdns_verdict){.result = AUTH_NONE};
	if (c.client.family == IP_NONE) {
		out->reason = "the client's address is not known";
		return VERIFY_DONE;
	}
	out->ip = c.ip = arena_string(a, ip_format(&c.client, text));
	ptr = dns_view_lookup(view, span_from(ip_reverse_name(&c.client, reverse)), DNS_PTR);
	check_helo(&c, q->helo, out);
	if (ptr != NULL && ptr->count > 0)
		check_names(&c, ptr, out);
	if (ptr == NULL || c.missing)
		return VERIFY_NEEDS_DNS;
	judge(&c, ptr, out);
	if (findings != NULL)
		add_findings(&c, q->helo, findings);
	return VERIFY_DONE;
}
