/*
 * SPDX-License-Identifier: ISC
 *
 * CRAM-MD5 (RFC 2195): the client answers a challenge with its name and HMAC-MD5 of the challenge.
 */
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "smtp/sasl_internal.h"

#define DIGEST_SIZE 16

/* As in message ids (RFC 2195 2): it must be another one each time. */
static void challenge_text(const struct smtp_sasl *x, struct buffer *out)
{
	buffer_printf(out, "<%s@%s>", x->nonce, x->session.hostname);
}

enum smtp_sasl_status sasl_cram_begin(struct smtp_sasl *x)
{
	enum smtp_sasl_status status;
	struct buffer text = BUFFER_INIT;

	challenge_text(x, &text);
	status = sasl_challenge(x, buffer_span(&text));
	buffer_clear(&text);
	return status;
}

static bool is_hex_digest(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_digit(s.data[i]) && (s.data[i] < 'a' || s.data[i] > 'f'))
			return false;
	return s.len == (size_t)DIGEST_SIZE * 2;
}

enum smtp_sasl_status sasl_cram_response(struct smtp_sasl *x, struct error *err)
{
	struct span text = sasl_octets(x);
	ptrdiff_t blank = span_rindex(text, ' ');

	if (blank < 1 || !is_hex_digest(span_after(text, (size_t)blank + 1)))
		return sasl_malformed(err,
		    "CRAM-MD5: expected a user, a blank and 32 hexadecimal digits in lower case");
	x->user = span_first(text, (size_t)blank);
	if (!sasl_is_text(x->user))
		return sasl_malformed(err, "CRAM-MD5: the user is no UTF-8 text");
	return SMTP_SASL_SECRET;
}

static void write_hex(const unsigned char *octets, char out[DIGEST_SIZE * 2])
{
	static const char DIGITS[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = DIGITS[octets[i] >> 4];
		out[2 * i + 1] = DIGITS[octets[i] & 15];
	}
}

/* Whether the digest is that of the challenge under the password. */
static bool is_right(const struct smtp_sasl *x, struct span password, struct span digest)
{
	const void *key = password.data == NULL ? "" : password.data;
	struct buffer text = BUFFER_INIT;
	unsigned char octets[EVP_MAX_MD_SIZE];
	char own[DIGEST_SIZE * 2];
	bool made;

	if (password.len > INT_MAX)
		return false;
	challenge_text(x, &text);
	made = HMAC(EVP_md5(), key, (int)password.len, (const unsigned char *)text.data, text.len,
		   octets, NULL) != NULL;
	buffer_clear(&text);
	if (!made)
		return false;
	write_hex(octets, own);
	return CRYPTO_memcmp(own, digest.data, sizeof(own)) == 0;
}

enum smtp_sasl_status sasl_cram_secret(struct smtp_sasl *x, const struct smtp_secret *secret)
{
	struct span digest = span_after(sasl_octets(x), x->user.len + 1);
	bool known = secret != NULL && secret->password.data != NULL;

	/* Unknown users are reckoned for too, so that time tells nothing. */
	x->proven = is_right(x, known ? secret->password : SPAN(""), digest) && known;
	return SMTP_SASL_DONE;
}
