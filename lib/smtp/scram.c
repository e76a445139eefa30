/*
 * SPDX-License-Identifier: ISC
 *
 * The arithmetic of SCRAM. Hi() of RFC 5802 2.2 is PBKDF2 with HMAC.
 */
#include "smtp/scram.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const struct row {
	const EVP_MD *(*digest)(void);
	size_t size;
} ROWS[] = {
    [SMTP_SCRAM_SHA_1] = {EVP_sha1, 20},
    [SMTP_SCRAM_SHA_256] = {EVP_sha256, 32},
};
_Static_assert(ARRAY_SIZE(ROWS) == SMTP_SCRAM_HASH_COUNT, "a row for each hash");

size_t smtp_scram_size(enum smtp_scram_hash hash)
{
	return ROWS[hash].size;
}

static int digest(enum smtp_scram_hash hash, const unsigned char *in, unsigned char *out)
{
	return EVP_Digest(in, ROWS[hash].size, out, NULL, ROWS[hash].digest(), NULL) == 1 ? 0 : -1;
}

/* HMAC with a key of the digest's size. */
static int hmac(
    enum smtp_scram_hash hash, const unsigned char *key, struct span text, unsigned char *out)
{
	const void *octets = text.data == NULL ? "" : text.data;

	return HMAC(ROWS[hash].digest(), key, (int)ROWS[hash].size, octets, text.len, out, NULL) ==
	               NULL
	           ? -1
	           : 0;
}

int smtp_scram_derive(enum smtp_scram_hash hash, struct span password, struct smtp_scram *keys)
{
	const unsigned char *salt = (const unsigned char *)keys->salt.data;
	size_t size = ROWS[hash].size;
	unsigned char salted[SMTP_SCRAM_KEY_MAX], client[SMTP_SCRAM_KEY_MAX];
	bool good;

	memset(keys->stored_key, 0, sizeof(keys->stored_key));
	memset(keys->server_key, 0, sizeof(keys->server_key));
	if (keys->salt.len > INT_MAX || password.len > INT_MAX || keys->iterations > INT_MAX)
		return -1;
	good = PKCS5_PBKDF2_HMAC(password.data == NULL ? "" : password.data, (int)password.len,
		   salt, (int)keys->salt.len, (int)keys->iterations, ROWS[hash].digest(), (int)size,
		   salted) == 1 &&
	       hmac(hash, salted, SPAN("Client Key"), client) == 0 &&
	       digest(hash, client, keys->stored_key) == 0 &&
	       hmac(hash, salted, SPAN("Server Key"), keys->server_key) == 0;
	OPENSSL_cleanse(salted, sizeof(salted));
	OPENSSL_cleanse(client, sizeof(client));
	return good ? 0 : -1;
}

bool smtp_scram_password(
    enum smtp_scram_hash hash, const struct smtp_scram *keys, struct span password)
{
	struct smtp_scram own = {.iterations = keys->iterations, .salt = keys->salt};
	bool same;

	same = smtp_scram_derive(hash, password, &own) == 0 &&
	       CRYPTO_memcmp(own.stored_key, keys->stored_key, ROWS[hash].size) == 0;
	OPENSSL_cleanse(&own, sizeof(own));
	return same;
}

bool smtp_scram_proof(enum smtp_scram_hash hash, const struct smtp_scram *keys,
    struct span messages, struct span proof)
{
	size_t size = ROWS[hash].size;
	unsigned char client[SMTP_SCRAM_KEY_MAX], stored[SMTP_SCRAM_KEY_MAX];
	bool same = false;

	if (proof.len != size)
		return false;
	if (hmac(hash, keys->stored_key, messages, client) == 0) {
		for (size_t i = 0; i < size; i++)
			client[i] = (unsigned char)(client[i] ^ (unsigned char)proof.data[i]);
		same = digest(hash, client, stored) == 0 &&
		       CRYPTO_memcmp(stored, keys->stored_key, size) == 0;
	}
	OPENSSL_cleanse(client, sizeof(client));
	return same;
}

int smtp_scram_signature(enum smtp_scram_hash hash, const struct smtp_scram *keys,
    struct span messages, struct buffer *out)
{
	unsigned char signature[SMTP_SCRAM_KEY_MAX];

	if (hmac(hash, keys->server_key, messages, signature) < 0)
		return -1;
	buffer_add(out, signature, ROWS[hash].size);
	return 0;
}
