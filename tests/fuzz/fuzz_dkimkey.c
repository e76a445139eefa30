/*
 * SPDX-License-Identifier: ISC
 *
 * DKIM key records. The input is the TXT records of one name, one a line. What is accepted must be
 * a key to OpenSSL as well, of the same size, and the selector's verdict must follow from it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "verify/dkim_selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS_MAX 12

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool printable(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

/* Where OpenSSL can read the key at all, it must see the size that was seen here. */
static void check_size(const struct dkim_key *key)
{
	struct buffer der = BUFFER_INIT;
	const unsigned char *p;
	EVP_PKEY *pkey;

	require(base64_decode(&der, span_from(strstr(key->text, "p=") + 2)) == 0);
	require(der.len > 0);
	p = (const unsigned char *)der.data;
	if (key->type == DKIM_KEY_ED25519) {
		require(der.len == 32 && key->bits == 256);
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, p, der.len);
		require(pkey != NULL);
	} else {
		pkey = d2i_PUBKEY(NULL, &p, (long)der.len);
		require(pkey == NULL || EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA);
		require(pkey == NULL || (unsigned)EVP_PKEY_get_bits(pkey) == key->bits);
	}
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	buffer_clear(&der);
}

static void check_text(const struct dkim_key *key, struct arena *a)
{
	struct dkim_key again;

	require(strlen(key->text) <= DKIM_KEY_TEXT_MAX && printable(key->text));
	require(key->bits > 0);
	dkim_key_parse(span_from(key->text), a, &again);
	require(again.fault == NULL && !again.revoked);
	require(again.type == key->type && again.bits == key->bits);
	require(strcmp(again.text, key->text) == 0);
	check_size(key);
}

static void fuzz_record(struct span record, struct arena *a)
{
	struct dkim_key key;

	dkim_key_parse(record, a, &key);
	require((key.fault != NULL) + key.revoked + (key.text != NULL) == 1);
	require(key.type < DKIM_KEY_TYPE_COUNT);
	require(key.fault == NULL ||
		(key.fault[0] != '\0' && printable(key.fault) && strlen(key.fault) < 500));
	if (key.text != NULL)
		check_text(&key, a);
}

static void check_verdict(const struct dkim_verdict *v, const struct dkim_key *key, size_t count)
{
	require(v->reason != NULL && printable(v->reason) && strlen(v->reason) < 1500);
	require(v->bits == key->bits && (v->algorithm != NULL) == (key->text != NULL));
	require((count > 1) == (strstr(v->reason, "; s._domainkey.example.com has ") != NULL));
	switch (v->result) {
	case AUTH_PASS:
		require(key->text != NULL && key->sha256 && key->email);
		require(key->type == DKIM_KEY_ED25519 || key->bits >= 1024);
		break;
	case AUTH_POLICY:
		require(key->text != NULL && key->type == DKIM_KEY_RSA && key->bits < 1024);
		break;
	case AUTH_PERMERROR:
		require(key->text == NULL || !key->sha256 || !key->email);
		break;
	case AUTH_NONE:
	case AUTH_NEUTRAL:
	case AUTH_FAIL:
	case AUTH_SOFTFAIL:
	case AUTH_TEMPERROR:
	case AUTH_RESULT_COUNT:
		abort();
	}
}

static void fuzz_selector(struct dns_record *records, size_t count, struct arena *a)
{
	const struct dkim_selector q = {SPAN("example.com"), SPAN("s")};
	const struct dns_answer answer = {.status = DNS_OK, .records = records, .count = count};
	struct dns_view *view = dns_view_new(NULL);
	struct dkim_verdict v;
	struct dkim_key key;

	require(dkim_selector_check(&q, view, a, &v, &key) == VERIFY_NEEDS_DNS);
	dns_view_put(view, SPAN("s._domainkey.example.com"), DNS_TXT, &answer);
	require(dkim_selector_check(&q, view, a, &v, &key) == VERIFY_DONE);
	check_verdict(&v, &key, count);
	dns_view_free(view);
}

/* The first line as selector and the second as domain: a question, or a reason against it. */
static void fuzz_names(struct span selector, struct span domain, struct arena *a)
{
	const struct dkim_selector q = {domain, selector};
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;
	struct dkim_verdict v;
	enum verify_status status = dkim_selector_check(&q, view, a, &v, NULL);

	require((status == VERIFY_NEEDS_DNS) == (dns_view_missing(view, &missing) == 1));
	if (status == VERIFY_NEEDS_DNS)
		require(strstr(missing[0].name, "._domainkey.") != NULL);
	else
		require(v.result == AUTH_PERMERROR && printable(v.reason));
	dns_view_free(view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_record records[RECORDS_MAX] = {0};
	struct arena *a = arena_new();
	struct span rest = span_of(data, size);
	size_t count = 0;

	while (rest.data != NULL && count < RECORDS_MAX) {
		struct span line = span_cut(&rest, '\n');

		/* A line end at the end begins no record. */
		if (line.len == 0 && rest.len == 0 && count > 0)
			break;
		records[count++].text = line;
		fuzz_record(line, a);
	}
	if (count > 0)
		fuzz_selector(records, count, a);
	if (count > 1)
		fuzz_names(records[0].text, records[1].text, a);
	arena_free(a);
	return 0;
}
