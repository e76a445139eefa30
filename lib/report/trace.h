/*
 * SPDX-License-Identifier: ISC
 *
 * The trace fields that this server would put in front of a message: Authentication-Results (RFC
 * 8601) with the observed verdict, and Received (RFC 5321 4.4). Both are complete fields with their
 * final CRLF, appended to out.
 */
#ifndef REPORT_TRACE_H
#define REPORT_TRACE_H

#include "base/buffer.h"
#include "record/record.h"

struct report_trace {
	const struct record_message *message;
	struct span source; /* for what tells signatures apart (RFC 6008); may be empty */
	const char *host;   /* this server's name */
};

/*
 * One result for each of: spf (smtp.mailfrom, and smtp.helo), each signature in header order or
 * dkim=none, dmarc, iprev, and auth where the client has authenticated; spf and iprev only where
 * the client's address is known. Only registered properties, and a reason unless it passed.
 */
void report_authentication_results(struct buffer *out, const struct report_trace *in);
void report_received(struct buffer *out, const struct report_trace *in);
/*
 * Both. The results come first: a trace field is put in front of those that are there, and what
 * stands above a Received field was added by that server or a later one (RFC 8601 2.1, 4.1).
 */
void report_trace(struct buffer *out, const struct report_trace *in);

#endif
