/*
 * SPDX-License-Identifier: ISC
 *
 * A DNS message off the wire as an answer. ldns takes the message apart; what it means is judged
 * here. The message comes from anyone: every loop is bounded.
 */
#include "dns/wire.h"

#include "dns/rr.h"

#define LINKS_MAX  16
#define RECORD_MAX (2UL * DNS_RECORD_MAX) /* records of the answer section that are looked at */

/* The reply being read, and what its chain has led to. */
struct reading {
	struct arena *arena;
	const ldns_rr_list *section; /* the answer section; its first count records */
	size_t count;
	enum dns_type type;
	char name[DNS_NAME_SIZE]; /* the last name of the chain */
	size_t links;
	uint32_t ttl;
};

static bool is_reply_to(const ldns_pkt *pkt, struct span name, enum dns_type type)
{
	const ldns_rr_list *questions = ldns_pkt_question(pkt);
	const ldns_rr *question;
	char asked[DNS_NAME_SIZE];

	if (!ldns_pkt_qr(pkt) || ldns_pkt_tc(pkt) ||
	    ldns_pkt_get_opcode(pkt) != LDNS_PACKET_QUERY || ldns_rr_list_rr_count(questions) != 1)
		return false;
	question = ldns_rr_list_rr(questions, 0);
	return dns_rdf_name(ldns_rr_owner(question), asked) == 0 &&
	       span_equal(span_from(asked), name) &&
	       ldns_rr_get_type(question) == dns_type_number(type) &&
	       ldns_rr_get_class(question) == LDNS_RR_CLASS_IN;
}

static void least(uint32_t *ttl, uint32_t other)
{
	if (other < *ttl)
		*ttl = other;
}

/* The next record of the type at the chain's last name, from *at on; NULL when there is none. */
static const ldns_rr *next_record(const struct reading *r, enum dns_type type, size_t *at)
{
	char owner[DNS_NAME_SIZE];

	while (*at < r->count) {
		const ldns_rr *rr = ldns_rr_list_rr(r->section, (*at)++);

		if (ldns_rr_get_type(rr) == dns_type_number(type) &&
		    ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
		    dns_rdf_name(ldns_rr_owner(rr), owner) == 0 &&
		    span_equal(span_from(owner), span_from(r->name)))
			return rr;
	}
	return NULL;
}

/* Follows the CNAME records to the last name; -1 when the chain has no end. */
static int follow_chain(struct reading *r)
{
	const ldns_rr *rr;
	size_t at = 0;

	while (r->type != DNS_CNAME && (rr = next_record(r, DNS_CNAME, &at)) != NULL) {
		if (++r->links > LINKS_MAX || dns_rdf_name(ldns_rr_rdf(rr, 0), r->name) < 0)
			return -1;
		least(&r->ttl, dns_rr_ttl(rr));
		at = 0;
	}
	return 0;
}

static int take_records(struct reading *r, struct dns_answer *out)
{
	const ldns_rr *rr;
	size_t at = 0;

	out->records = arena_alloc(r->arena, DNS_RECORD_MAX * sizeof(*out->records));
	while (out->count < DNS_RECORD_MAX && (rr = next_record(r, r->type, &at)) != NULL) {
		if (dns_record_of_rr(r->arena, rr, r->type, &out->records[out->count]) < 0)
			return -1;
		least(&r->ttl, out->records[out->count++].ttl);
	}
	return 0;
}

static const ldns_rr *find_type(const ldns_rr_list *section, ldns_rr_type type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == type)
			return ldns_rr_list_rr(section, i);
	return NULL;
}

/* Without a SOA a negative answer is not to be kept (RFC 2308 5). */
static int judge_negative(const ldns_pkt *pkt, struct reading *r, struct dns_answer *out)
{
	const ldns_rr *soa = find_type(ldns_pkt_authority(pkt), LDNS_RR_TYPE_SOA);
	bool servers = find_type(ldns_pkt_authority(pkt), LDNS_RR_TYPE_NS) != NULL;

	/* A referral is no answer: the server does not resolve for us (RFC 2308 2.2). */
	if (out->status == DNS_OK && soa == NULL && servers)
		return -1;
	if (out->status == DNS_OK)
		out->status = DNS_NODATA;
	least(&r->ttl, soa == NULL ? 0 : dns_soa_negative_ttl(soa));
	return 0;
}

static int read_reply(const ldns_pkt *pkt, struct reading *r, struct dns_answer *out)
{
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(pkt);

	if (rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN)
		return -1;
	out->status = rcode == LDNS_RCODE_NOERROR ? DNS_OK : DNS_NXDOMAIN;
	if (follow_chain(r) < 0 || (out->status == DNS_OK && take_records(r, out) < 0))
		return -1;
	if (out->count == 0 && judge_negative(pkt, r, out) < 0)
		return -1;
	if (r->links > 0)
		out->canonical = arena_string(r->arena, r->name);
	out->ttl = r->ttl;
	return 0;
}

static int read_packet(struct arena *a, const ldns_pkt *pkt, struct span name, enum dns_type type,
    struct dns_answer *out)
{
	struct reading r = {
	    .arena = a,
	    .section = ldns_pkt_answer(pkt),
	    .type = type,
	    .ttl = INT32_MAX,
	};

	if (!is_reply_to(pkt, name, type) || dns_name_normalize(name, r.name) < 0)
		return -1;
	r.count = ldns_rr_list_rr_count(r.section);
	if (r.count > RECORD_MAX)
		r.count = RECORD_MAX;
	return read_reply(pkt, &r, out);
}

struct dns_answer *dns_answer_from_wire(
    struct arena *a, struct span wire, struct span name, enum dns_type type)
{
	struct dns_answer *out = dns_answer_status(a, DNS_OK, 0);
	ldns_pkt *pkt = NULL;
	int failed;

	if (wire.len > UINT16_MAX ||
	    ldns_wire2pkt(&pkt, (const uint8_t *)wire.data, wire.len) != LDNS_STATUS_OK)
		return dns_answer_status(a, DNS_SERVFAIL, 0);
	failed = read_packet(a, pkt, name, type, out);
	ldns_pkt_free(pkt);
	return failed == 0 ? out : dns_answer_status(a, DNS_SERVFAIL, 0);
}
