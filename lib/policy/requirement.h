/*
 * SPDX-License-Identifier: ISC
 *
 * The requirement language of the gate: what must hold of a message. Requirements are parted by
 * blanks:
 *
 *	NAME                bare: it is present, or true; of spf to rdns, a record or a signature,
 *	                    whatever its result
 *	NAME=A|B NAME!=A|B  is one of them, is none of them
 *	NAME>=V NAME<=V     tls, findings, size, dkim.bits, attachment (how many)
 *	NAME~"part" NAME~part NAME!~...     holds the text, without regard to ASCII case
 *	NAME~/regex/        POSIX extended
 *
 * Names: spf spf_helo dkim dmarc rdns tls auth user mechanism findings subject from to link
 * header.FIELD size attachment opinion; and, mostly for receivers' profiles: dkim.bits (the
 * strongest key of a signature that passes), dmarc.record (there is one), dmarc.aligned (SPF or
 * DKIM passed for an aligned domain), dmarc.disposition, one-click (RFC 8058), helo (a name that
 * resolves to the client), from.resolvable, finding.ID (bare: it was raised; !finding.ID: it was
 * not). "!" in front negates a bare name.
 */
#ifndef POLICY_REQUIREMENT_H
#define POLICY_REQUIREMENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum requirement_op {
	REQUIREMENT_PRESENT,
	REQUIREMENT_ABSENT, /* "!NAME" */
	REQUIREMENT_IS,
	REQUIREMENT_IS_NOT,
	REQUIREMENT_AT_LEAST,
	REQUIREMENT_AT_MOST,
	REQUIREMENT_HOLDS,
	REQUIREMENT_HOLDS_NOT,
	REQUIREMENT_MATCHES,
	REQUIREMENT_MATCHES_NOT,
	REQUIREMENT_OP_COUNT,
};

enum requirement_name {
	REQUIREMENT_SPF,
	REQUIREMENT_SPF_HELO,
	REQUIREMENT_DKIM,
	REQUIREMENT_DMARC,
	REQUIREMENT_RDNS,
	REQUIREMENT_TLS,
	REQUIREMENT_AUTH,
	REQUIREMENT_USER,
	REQUIREMENT_MECHANISM,
	REQUIREMENT_FINDINGS,
	REQUIREMENT_SUBJECT,
	REQUIREMENT_FROM,
	REQUIREMENT_TO,
	REQUIREMENT_LINK,
	REQUIREMENT_HEADER,
	REQUIREMENT_SIZE,
	REQUIREMENT_ATTACHMENT,
	REQUIREMENT_OPINION,
	REQUIREMENT_DKIM_BITS,
	REQUIREMENT_DMARC_RECORD,
	REQUIREMENT_DMARC_ALIGNED,
	REQUIREMENT_DMARC_DISPOSITION,
	REQUIREMENT_ONE_CLICK,
	REQUIREMENT_HELO,
	REQUIREMENT_FROM_RESOLVABLE,
	REQUIREMENT_FINDING,
	REQUIREMENT_NAME_COUNT,
};

struct requirement {
	enum requirement_name name;
	enum requirement_op op;
	const char *text;    /* as written, "tls>=1.2" */
	const char *detail;  /* the FIELD of header., the ID of finding.; else NULL */
	const char **values; /* of IS, IS_NOT; else one */
	size_t value_count;
	uint64_t number; /* of AT_LEAST, AT_MOST: octets, bits, how many; a TLS version as 12, 13; a
	                    severity as enum finding_severity + 1, none as 0 */
};

struct requirement_list {
	struct requirement *items;
	size_t count;
};

#define REQUIREMENTS_MAX 1000

extern const char *const REQUIREMENT_NAME[REQUIREMENT_NAME_COUNT]; /* "header" and "finding" without
                                                                      their dots */

/*
 * Appends the requirements of the text to *out, in the arena. A regular expression is compiled once
 * to see that it can be. 0, or -1: "column 5: ...", with what was expected.
 */
int requirement_parse(
    struct span text, struct arena *a, struct requirement_list *out, struct error *err);

#endif
