/*
 * SPDX-License-Identifier: ISC
 *
 * Reverse DNS of the client (RFC 8601 2.7.3): address, PTR names, and back to the address.
 */
#include "verify/rdns.h"

#include "mail/domain.h"
#include "verify/forward.h"

struct check {
	struct ip client;
	const char *ip; /* as text */
	struct dns_view *view;
	struct arena *arena;
	bool missing;
	bool failed; /* a name's addresses could not be had */
};

/* The HELO argument as a name that can be asked for, or NULL. */
static const char *helo_name(struct span helo, struct arena *a)
{
	struct ip literal;
	const char *ascii = mail_domain_to_ascii(a, helo);

	if (ascii == NULL || mail_helo_kind(span_from(ascii), &literal) != MAIL_HELO_NAME)
		return NULL;
	return ascii;
}

static bool leads_back(struct check *c, const char *name)
{
	switch (forward_check(c->view, span_from(name), &c->client)) {
	case FORWARD_YES:
		return true;
	case FORWARD_MISSING:
		c->missing = true;
		return false;
	case FORWARD_FAILED:
		c->failed = true;
		return false;
	case FORWARD_NO:
		return false;
	}
	return false;
}

static void check_helo(struct check *c, struct span helo, struct rdns_verdict *out)
{
	const char *name = helo_name(helo, c->arena);
	bool failed = c->failed;

	out->helo_match = name != NULL && leads_back(c, name);
	c->failed = failed;
}

/* All names are asked for at once; the first that leads back is the confirmed one. */
static void check_names(struct check *c, const struct dns_answer *ptr, struct rdns_verdict *out)
{
	out->name_count = ptr->count;
	out->names = arena_alloc(c->arena, (ptr->count + 1) * sizeof(*out->names));
	for (size_t i = 0; i < ptr->count; i++) {
		out->names[i] = arena_string(c->arena, ptr->records[i].name);
		if (i < RDNS_NAMES_MAX && leads_back(c, out->names[i]) && out->confirmed == NULL)
			out->confirmed = out->names[i];
	}
}

static const char *confirmed_reason(const struct check *c, const struct rdns_verdict *v)
{
	const char *helo =
	    v->helo_match ? ", and so does the HELO name" : "; the HELO name does not lead to it";

	return arena_printf(
	    c->arena, "%s has the name %s, which leads back to it%s", c->ip, v->confirmed, helo);
}

static void judge_names(const struct check *c, struct rdns_verdict *v)
{
	char shown[VERDICT_SHOW_SIZE];
	const char *name = verdict_show(span_from(v->names[0]), shown);

	if (v->confirmed != NULL) {
		v->result = AUTH_PASS;
		v->reason = confirmed_reason(c, v);
	} else if (c->failed) {
		v->result = AUTH_TEMPERROR;
		v->reason = arena_printf(c->arena,
		    "the addresses of the PTR names of %s could not be looked up: try again later",
		    c->ip);
	} else {
		v->result = AUTH_FAIL;
		v->reason = arena_printf(c->arena,
		    "%s has the name %s%s, which does not lead back to it: give the name an %s "
		    "record with this address, or the address a PTR record with its own name",
		    c->ip, name, v->name_count > 1 ? " and others" : "",
		    c->client.family == IP_V6 ? "AAAA" : "A");
	}
}

static void judge(const struct check *c, const struct dns_answer *ptr, struct rdns_verdict *v)
{
	if (dns_failed(ptr)) {
		v->result = AUTH_TEMPERROR;
		v->reason =
		    arena_printf(c->arena, "the PTR lookup of %s failed: try again later", c->ip);
	} else if (ptr->count == 0) {
		v->result = AUTH_PERMERROR;
		v->reason = arena_printf(c->arena,
		    "%s has no PTR record: have whoever runs its network set one, since many "
		    "receivers refuse mail without it",
		    c->ip);
	} else {
		judge_names(c, v);
	}
}

enum verify_status rdns_check(const struct ip *client, struct span helo, struct dns_view *view,
    struct arena *a, struct rdns_verdict *out)
{
	struct check c = {.client = ip_unmap(*client), .view = view, .arena = a};
	char text[IP_TEXT_SIZE], reverse[IP_REVERSE_SIZE];
	const struct dns_answer *ptr;

	*out = (struct rdns_verdict){.result = AUTH_NONE};
	if (c.client.family == IP_NONE) {
		out->reason = "the client's address is not known";
		return VERIFY_DONE;
	}
	out->ip = c.ip = arena_string(a, ip_format(&c.client, text));
	ptr = dns_view_lookup(view, span_from(ip_reverse_name(&c.client, reverse)), DNS_PTR);
	check_helo(&c, helo, out);
	if (ptr != NULL && ptr->count > 0)
		check_names(&c, ptr, out);
	if (ptr == NULL || c.missing)
		return VERIFY_NEEDS_DNS;
	judge(&c, ptr, out);
	return VERIFY_DONE;
}
