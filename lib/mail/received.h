/*
 * SPDX-License-Identifier: ISC
 *
 * The Received field (RFC 5321 4.4) that a gateway adds in front of a message it took:
 *
 *	Received: from app.example.com (mail.example.com [203.0.113.7])
 *		by mx.example.net (mailassay)
 *		with ESMTPSA (TLSv1.3 cipher TLS_AES_256_GCM_SHA384)
 *		id 01JDCYK0000000000000000002 for <b@example.net>
 *		tls TLS_AES_256_GCM_SHA384;
 *		Mon, 24 Nov 2025 16:00:00 +0000
 */
#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/ip.h"

/* What is NULL is not known and left out. */
struct mail_received {
	const char *helo; /* as given */
	struct ip ip;     /* IP_NONE: not known */
	const char *name; /* the address' confirmed name */
	const char *host; /* this server's name */
	bool esmtp;       /* EHLO was said */
	bool authenticated, smtputf8;
	const char *tls_version, *cipher; /* NULL on a plain connection */
	const char *id;                   /* ULID */
	const char *recipient;            /* NULL unless it is the only one */
	int64_t received_at;              /* milliseconds since 1970 */
};

/*
 * Appends the whole field with its final CRLF, folded. A HELO argument that is neither a domain
 * nor an address literal stands in a comment, escaped and cut, behind the address; names that can
 * be none are left out; the clause "tls" (RFC 8314 4.3) stands where the cipher's name is IANA's,
 * as all of TLS 1.3 are; UTF-8 only stands in the recipient, and only when smtputf8 is set.
 */
void mail_received_write(struct buffer *out, const struct mail_received *in);

#endif
