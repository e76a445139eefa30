/*
 * SPDX-License-Identifier: ISC
 *
 * What is weak in a TLS connection by today's rules (RFC 9325 3.1, 4.1), read from its version and
 * from the name that OpenSSL gives its cipher.
 */
#include <string.h>

#include "base/span.h"
#include "tls/facts.h"

#define BITS_MIN 128

struct word_sentence {
	const char *word, *text;
};

static const struct word_sentence OLD_VERSIONS[] = {
    {"SSLv3", "the version is SSLv3, which is broken: TLSv1.2 is the least"},
    {"TLSv1", "the version is TLSv1, which was abandoned in 2021: TLSv1.2 is the least"},
    {"TLSv1.1", "the version is TLSv1.1, which was abandoned in 2021: TLSv1.2 is the least"},
};

/* In the names of ciphers; the worse first. */
static const struct word_sentence BAD_CIPHERS[] = {
    {"NULL", "the cipher encrypts nothing"},
    {"RC4", "the cipher is RC4, which is broken"},
    {"RC2", "the cipher is RC2, which is broken"},
    {"DES-CBC3", "the cipher is 3DES, whose blocks are too short"},
    {"3DES", "the cipher is 3DES, whose blocks are too short"},
    {"IDEA", "the cipher is IDEA, whose blocks are too short"},
    {"DES-CBC", "the cipher is DES, whose key is too short"},
};

/* Beginnings of the names of ciphers whose keys nobody has signed. */
static const char *const ANONYMOUS[] = {"ADH-", "AECDH-"};
/* Beginnings of the names of ciphers with a key exchange of its own for each session. */
static const char *const FORWARD_SECRET[] = {"TLS_", "ECDHE-", "DHE-", "EDH-", "ADH-", "AECDH-"};
/* Modes that protect and authenticate at once. */
static const char *const AUTHENTICATED[] = {"GCM", "CCM", "CHACHA20", "OCB"};

static bool starts_with_one(const char *text, const char *const *beginnings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	}
	return false;
}

static const char *bad_cipher(const char *cipher)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD_CIPHERS); i++) {
		if (strstr(cipher, BAD_CIPHERS[i].word) != NULL)
			return BAD_CIPHERS[i].text;
	}
	return NULL;
}

static bool is_authenticated(const char *cipher)
{
	for (size_t i = 0; i < ARRAY_SIZE(AUTHENTICATED); i++) {
		if (strstr(cipher, AUTHENTICATED[i]) != NULL)
			return true;
	}
	return false;
}

static const char *cipher_weakness(const char *cipher, int bits)
{
	const char *bad = bad_cipher(cipher);

	if (bad != NULL)
		return bad;
	if (bits < BITS_MIN)
		return "the cipher's key has less than 128 bits";
	if (starts_with_one(cipher, ANONYMOUS, ARRAY_SIZE(ANONYMOUS)))
		return "the cipher lets anybody take the server's place: no certificate is sent";
	if (!starts_with_one(cipher, FORWARD_SECRET, ARRAY_SIZE(FORWARD_SECRET)))
		return "the key exchange has no forward secrecy: who gets the server's key later "
		       "can read what was recorded";
	if (!is_authenticated(cipher))
		return "the cipher is a block cipher in CBC mode: one of GCM, CCM or ChaCha20 is "
		       "expected";
	return NULL;
}

const char *tls_weakness(const struct tls_facts *facts)
{
	if (facts->mode == TLS_MODE_NONE)
		return NULL;
	for (size_t i = 0; facts->version != NULL && i < ARRAY_SIZE(OLD_VERSIONS); i++) {
		if (strcmp(facts->version, OLD_VERSIONS[i].word) == 0)
			return OLD_VERSIONS[i].text;
	}
	return facts->cipher == NULL ? NULL : cipher_weakness(facts->cipher, facts->bits);
}
