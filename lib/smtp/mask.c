/*
 * SPDX-License-Identifier: ISC
 *
 * Secrets in command lines and replies.
 */
#include "smtp/mask.h"

#include "base/codec.h"
#include "base/name.h"

/* Every mechanism that a client may try, whether it is offered or not. */
static const char *const KNOWN[] = {
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-512-PLUS",
    "XOAUTH2",
    "OAUTHBEARER",
    "NTLM",
    "GSSAPI",
    "GSS-SPNEGO",
    "EXTERNAL",
    "ANONYMOUS",
};

bool smtp_mask_is_auth(struct span line)
{
	return span_starts_nocase(span_trim(line), SPAN("AUTH"));
}

void smtp_mask_auth(struct buffer *out, struct span line)
{
	struct span rest = span_trim(line);
	struct span word = span_first(rest, 4);
	struct span mechanism;

	rest = span_after(rest, 4);
	if (rest.len > 0 && rest.data[0] != ' ' && rest.data[0] != '\t') {
		buffer_add_string(out, "****"); /* a secret may begin with the same letters */
		return;
	}
	buffer_add_span(out, word);
	if (rest.len > 0 && rest.data[0] == ' ') {
		struct span after = span_after(rest, 1);

		mechanism = span_cut(&after, ' ');
		if (name_find(KNOWN, ARRAY_SIZE(KNOWN), mechanism) >= 0) {
			buffer_add_char(out, ' ');
			buffer_add_span(out, mechanism);
			rest = after;
		}
	}
	if (rest.len > 0)
		buffer_add_string(out, " ****");
}

bool smtp_mask_hides_reply(struct span line)
{
	struct buffer begin = BUFFER_INIT;
	bool hides;

	if (!span_starts(line, SPAN("334 ")))
		return false;
	hides = base64_decode(&begin, span_first(span_after(line, 4), 4)) == 0 &&
	        span_starts(buffer_span(&begin), SPAN("v="));
	buffer_clear(&begin);
	return hides;
}
