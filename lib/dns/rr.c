/*
 * SPDX-License-Identifier: ISC
 *
 * From ldns' records to ours.
 */
#include "dns/rr.h"

#include <string.h>

#define SOA_MINIMUM 6 /* the place of MINIMUM in a SOA's data */

int dns_type_of_number(unsigned number)
{
	for (enum dns_type type = 0; type < DNS_TYPE_COUNT; type++)
		if (dns_type_number(type) == number)
			return (int)type;
	return -1;
}

static struct span rdf_span(const ldns_rdf *rdf)
{
	return span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf));
}

int dns_rdf_name(const ldns_rdf *rdf, char out[DNS_NAME_SIZE])
{
	if (rdf == NULL || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
		return -1;
	return dns_name_from_wire(rdf_span(rdf), out);
}

uint32_t dns_rr_ttl(const ldns_rr *rr)
{
	uint32_t ttl = ldns_rr_ttl(rr);

	return ttl > INT32_MAX ? 0 : ttl;
}

uint32_t dns_soa_negative_ttl(const ldns_rr *soa)
{
	const ldns_rdf *rdf = ldns_rr_rdf(soa, SOA_MINIMUM);
	uint32_t ttl = dns_rr_ttl(soa), minimum;

	if (rdf == NULL || ldns_rdf_size(rdf) != sizeof(minimum))
		return 0;
	minimum = ldns_rdf2native_int32(rdf);
	return minimum < ttl ? minimum : ttl;
}

static int take_ip(const ldns_rr *rr, enum ip_family family, struct ip *out)
{
	struct span data;

	if (ldns_rr_rd_count(rr) != 1)
		return -1;
	data = rdf_span(ldns_rr_rdf(rr, 0));
	if (data.len != (family == IP_V4 ? 4U : 16U))
		return -1;
	*out = (struct ip){.family = family};
	memcpy(out->octets, data.data, data.len);
	return 0;
}

static int take_name(struct arena *a, const ldns_rr *rr, size_t at, struct dns_record *out)
{
	char name[DNS_NAME_SIZE];

	if (ldns_rr_rd_count(rr) != at + 1 || dns_rdf_name(ldns_rr_rdf(rr, at), name) < 0)
		return -1;
	out->name = arena_string(a, name);
	return 0;
}

static int take_mx(struct arena *a, const ldns_rr *rr, struct dns_record *out)
{
	if (take_name(a, rr, 1, out) < 0 || ldns_rdf_size(ldns_rr_rdf(rr, 0)) != 2)
		return -1;
	out->preference = ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
	return 0;
}

/* Each string is its length in one octet and as many octets (RFC 1035 3.3). */
static int take_text(struct arena *a, const ldns_rr *rr, struct dns_record *out)
{
	size_t len = 0, at = 0;
	char *joined;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		len += ldns_rdf_size(ldns_rr_rdf(rr, i));
	joined = arena_alloc(a, len + 1);
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		struct span s = rdf_span(ldns_rr_rdf(rr, i));

		if (s.len == 0 || s.len != 1U + (uint8_t)s.data[0])
			return -1;
		memcpy(joined + at, s.data + 1, s.len - 1);
		at += s.len - 1;
	}
	out->text = span_of(joined, at);
	return 0;
}

int dns_record_of_rr(struct arena *a, const ldns_rr *rr, enum dns_type type, struct dns_record *out)
{
	*out = (struct dns_record){.ttl = dns_rr_ttl(rr)};
	switch (type) {
	case DNS_A:
		return take_ip(rr, IP_V4, &out->ip);
	case DNS_AAAA:
		return take_ip(rr, IP_V6, &out->ip);
	case DNS_MX:
		return take_mx(a, rr, out);
	case DNS_TXT:
		return take_text(a, rr, out);
	case DNS_PTR:
	case DNS_CNAME:
		return take_name(a, rr, 0, out);
	case DNS_TYPE_COUNT:
		break;
	}
	return -1;
}
