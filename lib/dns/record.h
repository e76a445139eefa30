/*
 * SPDX-License-Identifier: ISC
 *
 * DNS questions and answers as plain data. An answer is what a resolver would say after following
 * CNAMEs: a status, and the records of the type asked for.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include "base/arena.h"
#include "base/ip.h"

enum dns_type {
	DNS_A,
	DNS_AAAA,
	DNS_MX,
	DNS_TXT,
	DNS_PTR,
	DNS_CNAME,
	DNS_TYPE_COUNT,
};

enum dns_status {
	DNS_OK,       /* records there are */
	DNS_NODATA,   /* the name exists, not with this type */
	DNS_NXDOMAIN, /* the name does not exist */
	DNS_SERVFAIL, /* a temporary failure: SERVFAIL, REFUSED, a malformed reply, a CNAME loop */
	DNS_TIMEOUT,  /* no answer in time */
	DNS_STATUS_COUNT,
};

struct dns_record {
	struct ip ip;        /* A, AAAA */
	uint16_t preference; /* MX */
	struct span text;    /* TXT: its strings joined without blanks, any octet */
	const char *name;    /* MX exchange, PTR and CNAME target, normalized */
	uint32_t ttl;
};

struct dns_answer {
	enum dns_status status;
	const char *canonical; /* the last name of the CNAME chain when there was one, else NULL */
	struct dns_record *records;
	size_t count;
	uint32_t ttl; /* seconds it may be kept: the least of chain and records, or negative TTL */
};

/* Records of one answer beyond this many are dropped (RFC 7208 and DMARC never need more). */
#define DNS_RECORD_MAX 256

extern const char *const DNS_TYPE_NAME[DNS_TYPE_COUNT];     /* "A", "AAAA", ... */
extern const char *const DNS_STATUS_NAME[DNS_STATUS_COUNT]; /* "NOERROR", "NODATA", ... */

/* The wire's type number of a type (RFC 1035 3.2.2). */
uint16_t dns_type_number(enum dns_type type);

/* Whether the answer is a failure that another time may mend. */
static inline bool dns_failed(const struct dns_answer *a)
{
	return a->status == DNS_SERVFAIL || a->status == DNS_TIMEOUT;
}

/* A copy with everything it points to in the arena. */
struct dns_answer *dns_answer_copy(struct arena *a, const struct dns_answer *answer);

/* The status alone. */
struct dns_answer *dns_answer_status(struct arena *a, enum dns_status status, uint32_t ttl);

/* Whether both records of this type have the same data; the TTL is not compared. */
bool dns_record_equal(enum dns_type type, const struct dns_record *a, const struct dns_record *b);

/*
 * The data of a record as text: addresses, "PREFERENCE NAME.", "NAME.", or quoted strings of at
 * most 255 octets with \DDD. Reading takes exactly what writing makes, with the strings in the
 * arena; 0, or -1 when the text is something else.
 */
struct buffer;
void dns_rdata_write(struct buffer *out, enum dns_type type, const struct dns_record *r);
int dns_rdata_read(struct arena *a, enum dns_type type, struct span text, struct dns_record *out);

#endif
