/*
 * SPDX-License-Identifier: ISC
 *
 * Findings: what the client or the message did wrong, each with a stable id, a severity, the
 * clause it offends and, where it refuses, the reply. One table holds them all; adding a finding
 * is adding its enumerator here and its row in finding.c.
 */
#ifndef MAIL_FINDING_H
#define MAIL_FINDING_H

#include "base/arena.h"

enum finding_severity {
	FINDING_INFO,
	FINDING_WARNING,
	FINDING_ERROR,
	FINDING_SEVERITY_COUNT,
};

enum finding_id {
	/* the connection and the dialogue */
	FINDING_EARLY_TALK,
	FINDING_PIPELINING_OUT_OF_TURN,
	FINDING_STARTTLS_INJECTION,
	FINDING_STARTTLS_MISSING,
	FINDING_AUTH_WITHOUT_TLS,
	FINDING_AUTH_REJECTED,
	FINDING_HELO_NOT_A_NAME,
	FINDING_MISSING_BRACKETS,
	FINDING_SPACE_BEHIND_COLON,
	FINDING_OBSOLETE_ROUTE,
	FINDING_SMTPUTF8_MISSING,
	FINDING_BAD_SYNTAX,
	FINDING_BAD_SEQUENCE,
	FINDING_UNKNOWN_COMMAND,
	FINDING_COMMAND_LINE_TOO_LONG,
	FINDING_NO_QUIT,
	FINDING_NO_CLOSE_NOTIFY,
	/* TLS and certificates */
	FINDING_WEAK_TLS,
	FINDING_CERTIFICATE_NOT_VERIFIED,
	FINDING_PASSWORD_TO_UNVERIFIED,
	FINDING_CERTIFICATE_EXPIRED,
	FINDING_TLS_FLOOD,
	/* the octets of commands and message */
	FINDING_BARE_LF,
	FINDING_BARE_CR,
	FINDING_NUL,
	FINDING_LINE_TOO_LONG,
	FINDING_EIGHT_BIT_WITHOUT_8BITMIME,
	/* limits */
	FINDING_MESSAGE_TOO_BIG,
	FINDING_TOO_MANY_RECIPIENTS,
	FINDING_TOO_MANY_BAD_COMMANDS,
	FINDING_TOO_MANY_COMMANDS,
	FINDING_TIMEOUT,
	FINDING_TOO_SLOW,
	FINDING_SESSION_TOO_LONG,
	FINDING_TOO_MANY_CONNECTIONS,
	FINDING_TOO_MANY_FROM_ADDRESS,
	FINDING_RATE_LIMIT,
	FINDING_BUFFERS_FULL,
	/* the header */
	FINDING_MISSING_DATE,
	FINDING_MALFORMED_DATE,
	FINDING_MISSING_MESSAGE_ID,
	FINDING_MALFORMED_MESSAGE_ID,
	FINDING_DUPLICATE_FIELD,
	FINDING_BCC_PRESENT,
	FINDING_HEADER_NOT_ASCII,
	FINDING_MALFORMED_HEADER,
	/* the message and its verdicts */
	FINDING_MISSING_FROM,
	FINDING_SEVERAL_FROM,
	FINDING_DKIM_TOO_MANY,
	FINDING_DKIM_WEAK_KEY,
	FINDING_DKIM_BODY_LENGTH,
	FINDING_DKIM_FIELD_UNSIGNED,
	FINDING_DKIM_NOT_OVERSIGNED,
	FINDING_DMARC_SEVERAL_RECORDS,
	FINDING_DMARC_MALFORMED,
	FINDING_DMARC_POLICY_MISSING,
	FINDING_DMARC_OBSOLETE_TAG,
	FINDING_PSL_DIFFERS,
	FINDING_RDNS_GENERIC,
	FINDING_RECEIVERS_DISAGREE,
	/* the records of a domain (verify/lint.h) */
	FINDING_SPF_MISSING,
	FINDING_SPF_SEVERAL_RECORDS,
	FINDING_SPF_SYNTAX,
	FINDING_SPF_LOOKUP_LIMIT,
	FINDING_SPF_VOID_LOOKUPS,
	FINDING_SPF_PLUS_ALL,
	FINDING_SPF_NO_ALL,
	FINDING_SPF_PTR,
	FINDING_SPF_INCLUDE_INVALID,
	FINDING_SPF_TERM_IGNORED,
	FINDING_DKIM_KEY_MISSING,
	FINDING_DKIM_KEY_MALFORMED,
	FINDING_DKIM_KEY_REVOKED,
	FINDING_DKIM_KEY_TESTING,
	FINDING_DMARC_MISSING,
	FINDING_DMARC_NOT_ENFORCED,
	FINDING_DMARC_UNKNOWN_TAG,
	FINDING_DMARC_NO_REPORTS,
	FINDING_DMARC_REPORT_ADDRESS,
	FINDING_DMARC_RUA_UNAUTHORIZED,
	FINDING_MX_INVALID,
	FINDING_OUTSIDE_ZONE,
	FINDING_LOOKUP_FAILED,
	FINDING_ID_COUNT,
};

struct finding_entry {
	const char *id; /* kebab-case, stable */
	enum finding_severity severity;
	const char *reference;    /* "RFC 5321 2.3.8" */
	const char *text;         /* one sentence, for the developer of the client */
	int reply_code;           /* 0: never refuses */
	const char *reply_status; /* "5.5.2", NULL with reply_code 0 */
	const char *reply_text;
};

/* One occurrence. text is the table's sentence, or one with the particulars. */
struct finding {
	enum finding_id id;
	const char *text;
};

/* Occurrences in order, each id once; strings live in the arena. */
struct finding_list {
	struct finding *items;
	size_t count;
};

extern const char *const FINDING_SEVERITY_NAME[FINDING_SEVERITY_COUNT];

const struct finding_entry *finding_entry(enum finding_id id);
/* The enumerator of a kebab-case id, or -1. */
int finding_find(struct span id);
/* Adds the occurrence unless the id is in the list; text NULL takes the table's. */
void finding_add(struct finding_list *list, struct arena *a, enum finding_id id, const char *text);

#endif
