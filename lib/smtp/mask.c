/*
 * SPDX-License-Identifier: ISC
 *
 * Secrets in command lines and replies.
 */
#include "smtp/mask.h"

#include <openssl/crypto.h>

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

/* What stands in lines that carry passwords, wherever it stands. */
static const char *const HINTS[] = {"AUTH", "PASS", "LOGIN", "BEARER"};

/* Shorter ones are words more often than passwords. */
#define BASE64_MIN 8

/* Letters of one case alone are a word of a language, and base64 of a secret hardly ever is. */
static bool is_mixed(struct span word)
{
	bool upper = false, lower = false, other = false;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.data[i];

		upper = upper || (c >= 'A' && c <= 'Z');
		lower = lower || (c >= 'a' && c <= 'z');
		other = other || !ascii_alpha(c);
	}
	return upper + lower + other > 1;
}

static bool is_base64(struct span word)
{
	struct buffer octets = BUFFER_INIT;
	bool good;

	if (word.len < BASE64_MIN || !is_mixed(word))
		return false;
	buffer_reserve(&octets, word.len);
	good = base64_decode(&octets, word) == 0;
	OPENSSL_cleanse(octets.data, octets.cap);
	buffer_clear(&octets);
	return good;
}

bool smtp_mask_may_be_secret(struct span line)
{
	for (size_t i = 0; i < ARRAY_SIZE(HINTS); i++)
		if (span_holds_nocase(line, span_from(HINTS[i])))
			return true;
	return is_base64(span_trim(line));
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
