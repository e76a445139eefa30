/*
 * SPDX-License-Identifier: ISC
 *
 * A DKIM key record (RFC 6376 3.6.1). The key itself is looked at here, far enough to know its
 * kind and size, so that only a SubjectPublicKeyInfo of RSA and 32 octets of Ed25519 ever reach
 * the libraries that do arithmetic with them.
 */
#include "verify/dkim_key.h"

#include "base/codec.h"
#include "base/name.h"
#include "verify/tag.h"

const char *const DKIM_KEY_TYPE_NAME[] = {
    [DKIM_KEY_RSA] = "rsa",
    [DKIM_KEY_ED25519] = "ed25519",
};
_Static_assert(ARRAY_SIZE(DKIM_KEY_TYPE_NAME) == DKIM_KEY_TYPE_COUNT, "a name each");

/* How much of a hostile value is repeated in a complaint. */
#define SHOWN_MAX 60

#define ED25519_OCTETS 32
#define ED25519_BITS   256

enum der {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
};

/* Cuts the element of this type off *rest; -1 when the next one is another or is cut short. */
static int der_cut(struct span *rest, enum der type, struct span *content)
{
	const unsigned char *p = (const unsigned char *)rest->data;
	size_t head = 2, len;

	if (rest->len < 2 || p[0] != type)
		return -1;
	len = p[1];
	if (len == 0x81 && rest->len >= 3) {
		len = p[2];
		head = 3;
	} else if (len == 0x82 && rest->len >= 4) {
		len = (size_t)p[2] << 8 | p[3];
		head = 4;
	} else if (len >= 0x80) {
		return -1;
	}
	if (rest->len - head < len)
		return -1;
	*content = span_first(span_after(*rest, head), len);
	*rest = span_after(*rest, head + len);
	return 0;
}

/* The bits of a positive INTEGER. */
static unsigned integer_bits(struct span n)
{
	unsigned bits;

	while (n.len > 0 && n.data[0] == 0)
		n = span_after(n, 1);
	if (n.len == 0)
		return 0;
	bits = (unsigned)n.len * 8;
	for (unsigned char top = (unsigned char)n.data[0]; (top & 0x80) == 0; top <<= 1)
		bits--;
	return bits;
}

/* RSAPublicKey (RFC 8017 A.1.1): the bits of its modulus, 0 when it is none. */
static unsigned rsa_bits(struct span der)
{
	struct span sequence, modulus, exponent;

	if (der_cut(&der, DER_SEQUENCE, &sequence) < 0 ||
	    der_cut(&sequence, DER_INTEGER, &modulus) < 0 ||
	    der_cut(&sequence, DER_INTEGER, &exponent) < 0)
		return 0;
	return integer_bits(modulus);
}

/* SubjectPublicKeyInfo with rsaEncryption (RFC 3279 2.3.1): the bits of the modulus, or 0. */
static unsigned rsa_info_bits(struct span der)
{
	struct span info, algorithm, oid, key;

	if (der_cut(&der, DER_SEQUENCE, &info) < 0 || der.len > 0 ||
	    der_cut(&info, DER_SEQUENCE, &algorithm) < 0 ||
	    der_cut(&algorithm, DER_OID, &oid) < 0 ||
	    !span_equal(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")) ||
	    der_cut(&info, DER_BIT_STRING, &key) < 0 || key.len < 1 || key.data[0] != 0)
		return 0;
	return rsa_bits(span_after(key, 1));
}

static const char *read_rsa(struct span der, struct dkim_key *out)
{
	out->bits = rsa_info_bits(der);
	if (out->bits > 0)
		return NULL;
	/* RFC 6376 3.6.1 names this form; its erratum 3017 and all signers mean the other one. */
	if (rsa_bits(der) > 0)
		return "p= is a bare RSAPublicKey; expected a SubjectPublicKeyInfo, as "
		       "\"openssl rsa -pubout\" writes it";
	return "p= is no RSA public key";
}

static const char *read_ed25519(struct span octets, struct dkim_key *out)
{
	if (octets.len != ED25519_OCTETS)
		return "p= is not the 32 octets of an Ed25519 public key (RFC 8463 4.2)";
	out->bits = ED25519_BITS;
	return NULL;
}

static const char *(*const READ_KEY[])(struct span octets, struct dkim_key *out) = {
    [DKIM_KEY_RSA] = read_rsa,
    [DKIM_KEY_ED25519] = read_ed25519,
};
_Static_assert(ARRAY_SIZE(READ_KEY) == DKIM_KEY_TYPE_COUNT, "a reader each");

/* Decodes p=; the grammar (RFC 6376 3.2 base64string) makes the padding optional. */
static int decode(struct span value, struct arena *a, struct buffer *out)
{
	struct span text = tag_compact(value, a);
	size_t missing = (4 - text.len % 4) % 4;

	text = span_from(arena_printf(
	    a, "%.*s%.*s", (int)text.len, text.data, (int)(missing < 3 ? missing : 0), "=="));
	return base64_decode(out, text);
}

static const char *read_public_key(
    const struct tag_list *list, struct arena *a, struct dkim_key *out)
{
	const struct span *p = tag_list_find(list, SPAN("p"));
	struct buffer octets = BUFFER_INIT, text = BUFFER_INIT;
	const char *fault;

	if (p == NULL)
		return "the tag p= is missing";
	out->revoked = p->len == 0;
	if (out->revoked)
		return NULL;
	fault = decode(*p, a, &octets) < 0 ? "p= is not base64"
	                                   : READ_KEY[out->type](buffer_span(&octets), out);
	buffer_printf(&text, "v=DKIM1; k=%s; p=", DKIM_KEY_TYPE_NAME[out->type]);
	base64_encode(&text, buffer_span(&octets));
	if (fault == NULL && text.len > DKIM_KEY_TEXT_MAX)
		fault = arena_printf(a,
		    "the key of %u bits is too long to be verified: at most "
		    "about 5,600 bits are supported",
		    out->bits);
	if (fault == NULL)
		out->text = arena_copy(a, buffer_span(&text));
	buffer_clear(&octets);
	buffer_clear(&text);
	return fault;
}

/* Whether the colon-separated value of a tag has the word; an absent tag has every word. */
static bool allows(const struct tag_list *list, struct span tag, struct span word, bool absent)
{
	const struct span *value = tag_list_find(list, tag);
	struct span rest, item;

	if (value == NULL)
		return absent;
	for (rest = *value; tag_item(&rest, &item);) {
		if (span_equal_nocase(item, word))
			return true;
	}
	return false;
}

static const char *read_version(const struct tag_list *list)
{
	const struct span *v = tag_list_find(list, SPAN("v"));

	if (v == NULL || (span_equal(*v, SPAN("DKIM1")) && v == &list->items[0].value))
		return NULL;
	return "v= is there, and is not DKIM1 as the first tag";
}

static const char *read_type(const struct tag_list *list, struct arena *a, struct dkim_key *out)
{
	const struct span *k = tag_list_find(list, SPAN("k"));
	int found =
	    k == NULL ? (int)DKIM_KEY_RSA : name_find(DKIM_KEY_TYPE_NAME, DKIM_KEY_TYPE_COUNT, *k);

	if (found < 0)
		return arena_printf(a, "k=%s is no key type of DKIM: expected rsa or ed25519",
		    tag_show(*k, SHOWN_MAX, a));
	out->type = (enum dkim_key_type)found;
	return NULL;
}

void dkim_key_parse(struct span text, struct arena *a, struct dkim_key *out)
{
	struct tag_list list;
	struct error err;

	*out = (struct dkim_key){.type = DKIM_KEY_RSA};
	if (tag_list_parse(text, a, &list, &err) < 0) {
		out->fault = arena_string(a, err.text);
		return;
	}
	out->sha1 = allows(&list, SPAN("h"), SPAN("sha1"), true);
	out->sha256 = allows(&list, SPAN("h"), SPAN("sha256"), true);
	out->email = allows(&list, SPAN("s"), SPAN("email"), true) ||
	             allows(&list, SPAN("s"), SPAN("*"), true);
	out->strict_domain = allows(&list, SPAN("t"), SPAN("s"), false);
	out->testing = allows(&list, SPAN("t"), SPAN("y"), false);
	out->fault = read_version(&list);
	if (out->fault == NULL)
		out->fault = read_type(&list, a, out);
	if (out->fault == NULL)
		out->fault = read_public_key(&list, a, out);
}
