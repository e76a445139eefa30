/*
 * SPDX-License-Identifier: ISC
 *
 * Single mechanisms of SPF (RFC 7208 5) and the names they ask for. All names that one mechanism
 * needs are asked for before it is judged, so that they come in one round.
 */
#include "verify/spf_run.h"

#include <stdio.h>
#include <string.h>

#include "dns/name.h"
#include "verify/forward.h"

/* Text of any octets as the view wants names: what is not a plain octet is written \DDD. */
static size_t escape(struct span name, char out[DNS_NAME_SIZE])
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n + 5 < DNS_NAME_SIZE; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c > 0x20 && c < 0x7f && c != '\\')
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 5, "\\%03u", c);
	}
	return n;
}

static const struct dns_answer *no_such_name(void)
{
	static const struct dns_answer nothing = {.status = DNS_NXDOMAIN};

	return &nothing;
}

const struct dns_answer *spf_ask(struct spf_run *r, struct span name, enum dns_type type)
{
	char escaped[DNS_NAME_SIZE];

	if (name.len == 0 || name.len >= SPF_NAME_SIZE)
		return no_such_name();
	return dns_view_lookup(r->view, span_of(escaped, escape(name, escaped)), type);
}

static const struct dns_answer *ask_ptr(struct spf_run *r)
{
	char reverse[IP_REVERSE_SIZE];

	return spf_ask(r, span_from(ip_reverse_name(&r->values.client, reverse)), DNS_PTR);
}

/* A term found nothing; one too many is an error (RFC 7208 4.6.4). */
static enum spf_match found_nothing(struct spf_run *r, const char *what, const char **why)
{
	if (++r->voids <= SPF_VOIDS_MAX)
		return SPF_NO_MATCH;
	*why = arena_printf(r->arena,
	    "%s is one more name that does not exist or has no such record, and at most %d of "
	    "these are allowed (RFC 7208 4.6.4)",
	    what, SPF_VOIDS_MAX);
	return SPF_PERMERROR;
}

static enum spf_match failed(
    struct spf_run *r, const char *what, enum dns_type type, const char **why)
{
	*why = arena_printf(
	    r->arena, "the lookup of %s %s failed: try again later", what, DNS_TYPE_NAME[type]);
	return SPF_TEMPERROR;
}

static bool any_in_prefix(
    const struct spf_run *r, const struct dns_answer *answer, const struct spf_term *t)
{
	const struct ip *client = &r->values.client;
	struct ip_prefix prefix = {.bits = client->family == IP_V6 ? t->bits6 : t->bits4};

	for (size_t i = 0; i < answer->count; i++) {
		prefix.ip = answer->records[i].ip;
		if (ip_in_prefix(client, &prefix))
			return true;
	}
	return false;
}

static enum spf_match match_a(
    struct spf_run *r, const struct spf_term *t, const struct spf_target *target, const char **why)
{
	enum dns_type type = forward_type(&r->values.client);
	struct span name = span_of(target->name, target->len);
	const struct dns_answer *answer = spf_ask(r, name, type);
	char shown[VERDICT_SHOW_SIZE];

	if (answer == NULL)
		return SPF_MISSING;
	if (dns_failed(answer))
		return failed(r, verdict_show(name, shown), type, why);
	if (answer->count == 0)
		return found_nothing(r, verdict_show(name, shown), why);
	return any_in_prefix(r, answer, t) ? SPF_MATCH : SPF_NO_MATCH;
}

static bool comes_before(const struct dns_record *a, const struct dns_record *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference;
	return strcmp(a->name, b->name) < 0;
}

size_t spf_records(const struct dns_answer *txt, struct span *first)
{
	size_t n = 0;

	for (size_t i = 0; i < txt->count; i++)
		if (spf_record_is(txt->records[i].text) && n++ == 0)
			*first = txt->records[i].text;
	return n;
}

void spf_sort_exchanges(const struct dns_answer *mx, const struct dns_record *out[SPF_MX_MAX])
{
	for (size_t i = 0; i < mx->count; i++) {
		size_t at = i;

		for (; at > 0 && comes_before(&mx->records[i], out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = &mx->records[i];
	}
}

/* Names out of answers are normalized already. The root (RFC 7505) is no host. */
static const struct dns_answer *ask_host(struct spf_run *r, const char *name, enum dns_type type)
{
	if (name[0] == '\0')
		return no_such_name();
	return dns_view_lookup(r->view, span_from(name), type);
}

static enum spf_match match_exchanges(struct spf_run *r, const struct spf_term *t,
    const struct dns_answer *mx, struct span name, const char **why)
{
	enum dns_type type = forward_type(&r->values.client);
	const struct dns_record *hosts[SPF_MX_MAX] = {0};
	const struct dns_answer *answers[SPF_MX_MAX] = {0};
	char shown[VERDICT_SHOW_SIZE];
	bool missing = false;
	size_t found = 0;

	spf_sort_exchanges(mx, hosts);
	for (size_t i = 0; i < mx->count; i++) {
		answers[i] = ask_host(r, hosts[i]->name, type);
		missing = missing || answers[i] == NULL;
	}
	if (missing)
		return SPF_MISSING;
	for (size_t i = 0; i < mx->count; i++) {
		if (dns_failed(answers[i]))
			return failed(r, verdict_show(span_from(hosts[i]->name), shown), type, why);
		if (any_in_prefix(r, answers[i], t))
			return SPF_MATCH;
		found += answers[i]->count;
	}
	return found > 0 ? SPF_NO_MATCH : found_nothing(r, verdict_show(name, shown), why);
}

static enum spf_match match_mx(
    struct spf_run *r, const struct spf_term *t, const struct spf_target *target, const char **why)
{
	struct span name = span_of(target->name, target->len);
	const struct dns_answer *mx = spf_ask(r, name, DNS_MX);
	char shown[VERDICT_SHOW_SIZE];

	if (mx == NULL)
		return SPF_MISSING;
	if (dns_failed(mx))
		return failed(r, verdict_show(name, shown), DNS_MX, why);
	if (mx->count == 0)
		return found_nothing(r, verdict_show(name, shown), why);
	if (mx->count <= SPF_MX_MAX)
		return match_exchanges(r, t, mx, name, why);
	*why = arena_printf(r->arena,
	    "%s has %zu MX records, and mx may look at %d at most (RFC 7208 4.6.4)",
	    verdict_show(name, shown), mx->count, SPF_MX_MAX);
	return SPF_PERMERROR;
}

static enum spf_match match_exists(
    struct spf_run *r, const struct spf_target *target, const char **why)
{
	struct span name = span_of(target->name, target->len);
	const struct dns_answer *answer = spf_ask(r, name, DNS_A);
	char shown[VERDICT_SHOW_SIZE];

	if (answer == NULL)
		return SPF_MISSING;
	if (dns_failed(answer))
		return failed(r, verdict_show(name, shown), DNS_A, why);
	return answer->count > 0 ? SPF_MATCH : found_nothing(r, verdict_show(name, shown), why);
}

/* The client's names that lead back to it (RFC 7208 5.5), of the first ten. */
struct names {
	const char *items[SPF_PTR_MAX];
	size_t count;
	bool none; /* there is no PTR record */
};

static enum spf_match validated_names(struct spf_run *r, struct names *out)
{
	const struct dns_answer *ptr = ask_ptr(r);
	bool missing = ptr == NULL;

	*out = (struct names){.count = 0};
	if (missing)
		return SPF_MISSING;
	/* A failure means no names here, not temperror. */
	out->none = ptr->count == 0 && !dns_failed(ptr);
	for (size_t i = 0; i < ptr->count && i < SPF_PTR_MAX; i++) {
		struct span name = span_from(ptr->records[i].name);
		enum forward back = forward_check(r->view, name, &r->values.client);

		missing = missing || back == FORWARD_MISSING;
		if (back == FORWARD_YES)
			out->items[out->count++] = ptr->records[i].name;
	}
	return missing ? SPF_MISSING : SPF_MATCH;
}

/* The domain as answers write names; false when it can be none. */
static bool normalize(struct span domain, char out[DNS_NAME_SIZE])
{
	char escaped[DNS_NAME_SIZE];

	return domain.len > 0 && domain.len < SPF_NAME_SIZE &&
	       dns_name_normalize(span_of(escaped, escape(domain, escaped)), out) == 0;
}

static enum spf_match match_ptr(
    struct spf_run *r, const struct spf_target *target, const char **why)
{
	char domain[DNS_NAME_SIZE], reverse[IP_REVERSE_SIZE];
	struct names names;

	if (validated_names(r, &names) == SPF_MISSING)
		return SPF_MISSING;
	if (names.none)
		return found_nothing(r, ip_reverse_name(&r->values.client, reverse), why);
	if (!normalize(span_of(target->name, target->len), domain))
		return SPF_NO_MATCH;
	for (size_t i = 0; i < names.count; i++)
		if (dns_name_below(span_from(names.items[i]), span_from(domain)))
			return SPF_MATCH;
	return SPF_NO_MATCH;
}

/* The domain itself before one below it before any other; no name with an escape in it. */
static const char *best_name(const struct names *names, struct span domain)
{
	const char *best = "unknown";
	int best_rank = 0;

	for (size_t i = 0; i < names->count; i++) {
		struct span name = span_from(names->items[i]);
		int rank = span_equal(name, domain) ? 3 : dns_name_below(name, domain) ? 2 : 1;

		if (rank > best_rank && span_index(name, '\\') < 0) {
			best = names->items[i];
			best_rank = rank;
		}
	}
	return best;
}

enum spf_match spf_set_validated(struct spf_run *r, struct span domain)
{
	char normal[DNS_NAME_SIZE];
	struct names names;

	if (validated_names(r, &names) == SPF_MISSING)
		return SPF_MISSING;
	if (!normalize(domain, normal))
		normal[0] = '\0';
	r->values.validated = span_from(best_name(&names, span_from(normal)));
	return SPF_MATCH;
}

static bool all_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] > 0x7f)
			return false;
	return true;
}

enum spf_match spf_expand(
    struct spf_run *r, struct span spec, struct span domain, struct spf_target *out)
{
	*out = (struct spf_target){.len = 0};
	if (spec.len == 0) {
		out->len = domain.len < SPF_NAME_SIZE ? domain.len : 0;
		memcpy(out->name, domain.data, out->len);
		return SPF_MATCH;
	}
	out->foreign = !all_ascii(r->values.local) && spf_macro_uses(spec, "sl");
	if (spf_macro_uses(spec, "p") && spf_set_validated(r, domain) == SPF_MISSING)
		return SPF_MISSING;
	r->values.domain = domain;
	out->len = spf_macro_domain(&r->values, spec, out->name);
	return SPF_MATCH;
}

static enum spf_match match_name(
    struct spf_run *r, const struct spf_term *t, struct span domain, const char **why)
{
	struct spf_target target;

	if (spf_expand(r, t->domain, domain, &target) == SPF_MISSING)
		return SPF_MISSING;
	if (target.foreign)
		return SPF_NO_MATCH;
	if (t->kind == SPF_TERM_A)
		return match_a(r, t, &target, why);
	if (t->kind == SPF_TERM_MX)
		return match_mx(r, t, &target, why);
	if (t->kind == SPF_TERM_PTR)
		return match_ptr(r, &target, why);
	return match_exists(r, &target, why);
}

enum spf_match spf_match(
    struct spf_run *r, const struct spf_term *t, struct span domain, const char **why)
{
	switch (t->kind) {
	case SPF_TERM_ALL:
		return SPF_MATCH;
	case SPF_TERM_IP4:
	case SPF_TERM_IP6:
		return ip_in_prefix(&r->values.client, &t->network) ? SPF_MATCH : SPF_NO_MATCH;
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_PTR:
	case SPF_TERM_EXISTS:
		return match_name(r, t, domain, why);
	case SPF_TERM_INCLUDE:
	case SPF_TERM_REDIRECT:
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERM_KIND_COUNT:
		break;
	}
	return SPF_NO_MATCH;
}
