/*
 * SPDX-License-Identifier: ISC
 *
 * What a ClientHello offers, and what comes after it: alerts, floods. Everything in it is the
 * client's: lengths are checked, lists are cut to the room there is, and octets that are not
 * printable become "?".
 */
#include "tls/offer.h"

#include <openssl/tls1.h>
#include <stdio.h>
#include <string.h>

struct number_name {
	unsigned number;
	const char *name;
};

static const struct number_name VERSION_NAMES[] = {
    {SSL2_VERSION, "SSLv2"},
    {SSL3_VERSION, "SSLv3"},
    {TLS1_VERSION, "TLSv1"},
    {TLS1_1_VERSION, "TLSv1.1"},
    {TLS1_2_VERSION, "TLSv1.2"},
    {TLS1_3_VERSION, "TLSv1.3"},
};

/* The registry "TLS Supported Groups" (RFC 8447 9). */
static const struct number_name GROUP_NAMES[] = {
    {1, "sect163k1"},
    {2, "sect163r1"},
    {3, "sect163r2"},
    {4, "sect193r1"},
    {5, "sect193r2"},
    {6, "sect233k1"},
    {7, "sect233r1"},
    {8, "sect239k1"},
    {9, "sect283k1"},
    {10, "sect283r1"},
    {11, "sect409k1"},
    {12, "sect409r1"},
    {13, "sect571k1"},
    {14, "sect571r1"},
    {15, "secp160k1"},
    {16, "secp160r1"},
    {17, "secp160r2"},
    {18, "secp192k1"},
    {19, "secp192r1"},
    {20, "secp224k1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {34, "GC256A"},
    {35, "GC256B"},
    {36, "GC256C"},
    {37, "GC256D"},
    {38, "GC512A"},
    {39, "GC512B"},
    {40, "GC512C"},
    {41, "curveSM2"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {512, "MLKEM512"},
    {513, "MLKEM768"},
    {514, "MLKEM1024"},
    {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
    {4589, "SecP384r1MLKEM1024"},
    {0x6399, "X25519Kyber768Draft00"},
    {0xff01, "arbitrary_explicit_prime_curves"},
    {0xff02, "arbitrary_explicit_char2_curves"},
};

static unsigned octet(struct span s, size_t i)
{
	return (unsigned char)s.data[i];
}

/* Cuts a run off *s that is preceded by its length in one or two octets. 0, or -1 when short. */
static int cut_counted(struct span *s, size_t width, struct span *out)
{
	size_t n = 0;

	if (s->len < width)
		return -1;
	for (size_t i = 0; i < width; i++)
		n = n << 8 | octet(*s, i);
	*s = span_after(*s, width);
	if (s->len < n)
		return -1;
	*out = span_first(*s, n);
	*s = span_after(*s, n);
	return 0;
}

/* Adds a word behind a blank; one that does not fit is left out. */
static void add_word(char *out, size_t size, struct span word)
{
	size_t used = strlen(out), gap = used > 0 ? 1 : 0;

	if (word.len == 0 || used + gap + word.len >= size)
		return;
	if (gap != 0)
		out[used++] = ' ';
	for (size_t i = 0; i < word.len; i++)
		out[used + i] = word.data[i] > ' ' && word.data[i] <= '~' ? word.data[i] : '?';
	out[used + word.len] = '\0';
}

/* What a number of 16 bits is called, and otherwise the number; what is GREASE is left out. */
struct words {
	const struct number_name *names;
	size_t count;
	char *out;
	size_t size;
};

static void add_number(const struct words *w, unsigned number)
{
	char hex[8];

	/* RFC 8701: values that mean nothing, sent so that servers learn to skip unknown ones. */
	if ((number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff))
		return;
	for (size_t i = 0; i < w->count; i++) {
		if (w->names[i].number != number)
			continue;
		add_word(w->out, w->size, span_from(w->names[i].name));
		return;
	}
	snprintf(hex, sizeof(hex), "0x%04x", number & 0xffff);
	add_word(w->out, w->size, span_from(hex));
}

static void add_numbers(const struct words *w, struct span list)
{
	for (; list.len >= 2; list = span_after(list, 2))
		add_number(w, octet(list, 0) << 8 | octet(list, 1));
}

/* The one version of a ClientHello without supported_versions. */
static void legacy_version(unsigned version, char *out, size_t size)
{
	const struct words w = {VERSION_NAMES, ARRAY_SIZE(VERSION_NAMES), out, size};

	out[0] = '\0';
	add_number(&w, version);
}

void tls_offer_versions(struct span extension, char *out, size_t size)
{
	const struct words w = {VERSION_NAMES, ARRAY_SIZE(VERSION_NAMES), out, size};
	struct span list;

	out[0] = '\0';
	if (cut_counted(&extension, 1, &list) == 0)
		add_numbers(&w, list);
}

void tls_offer_groups(struct span extension, char *out, size_t size)
{
	const struct words w = {GROUP_NAMES, ARRAY_SIZE(GROUP_NAMES), out, size};
	struct span list;

	out[0] = '\0';
	if (cut_counted(&extension, 2, &list) == 0)
		add_numbers(&w, list);
}

void tls_offer_sni(struct span extension, char *out, size_t size)
{
	struct span list, name;

	out[0] = '\0';
	if (cut_counted(&extension, 2, &list) < 0)
		return;
	while (list.len > 0) {
		unsigned type = octet(list, 0);

		list = span_after(list, 1);
		if (cut_counted(&list, 2, &name) < 0)
			return;
		if (type != TLSEXT_NAMETYPE_host_name)
			continue;
		add_word(out, size, name);
		return;
	}
}

void tls_offer_alpn(struct span extension, char *out, size_t size)
{
	struct span list, name;

	out[0] = '\0';
	if (cut_counted(&extension, 2, &list) < 0)
		return;
	while (list.len > 0 && cut_counted(&list, 1, &name) == 0)
		add_word(out, size, name);
}

/* Of closure alerts (RFC 8446 6.1) only this one ends a handshake. In TLS 1.3 the level is void. */
static bool ends_handshake(const SSL *ssl, int alert)
{
	int level = alert >> 8, description = alert & 0xff;

	if (description == SSL_AD_CLOSE_NOTIFY)
		return false;
	return level == SSL3_AL_FATAL || description == SSL_AD_USER_CANCELLED ||
	       SSL_version(ssl) == TLS1_3_VERSION;
}

static void on_info(const SSL *ssl, int where, int value)
{
	struct tls_offer *offer = tls_offer_of(ssl);

	if ((where & SSL_CB_ALERT) == 0 || offer == NULL || !ends_handshake(ssl, value))
		return;
	if (where & SSL_CB_READ)
		offer->alert_received = value & 0xff;
	else
		offer->alert_sent = value & 0xff;
}

/* Whether the client has sent its first Finished. */
static bool past_handshake(const SSL *ssl)
{
	char octet;

	return SSL_get_peer_finished(ssl, &octet, sizeof(octet)) > 0;
}

void tls_offer_message(
    int sent, int version, int type, const void *message, size_t len, SSL *ssl, void *unused)
{
	struct tls_offer *offer = tls_offer_of(ssl);
	unsigned char kind = len > 0 ? *(const unsigned char *)message : 0;

	(void)version, (void)unused;
	if (sent != 0 || len == 0 || offer == NULL)
		return;
	if (type == SSL3_RT_HEADER)
		offer->alert_began = kind == SSL3_RT_ALERT;
	else if (type == SSL3_RT_HANDSHAKE &&
		 (kind == SSL3_MT_KEY_UPDATE ||
		     (kind == SSL3_MT_CLIENT_HELLO && past_handshake(ssl))))
		offer->floods++;
}

void tls_offer_keep(SSL *ssl, struct tls_offer *offer)
{
	*offer = (struct tls_offer){.alert_sent = -1, .alert_received = -1};
	SSL_set_app_data(ssl, offer);
	SSL_set_info_callback(ssl, on_info);
	SSL_set_msg_callback(ssl, tls_offer_message);
}

struct tls_offer *tls_offer_of(const SSL *ssl)
{
	return SSL_get_app_data(ssl);
}

static struct span extension_of(SSL *ssl, unsigned type)
{
	const unsigned char *data;
	size_t len;

	if (SSL_client_hello_get0_ext(ssl, type, &data, &len) != 1)
		return span_of(NULL, 0);
	return span_of(data, len);
}

/* A second ClientHello, after a HelloRetryRequest, replaces the first. */
int tls_client_hello(SSL *ssl, int *alert, void *unused)
{
	struct tls_offer *offer = tls_offer_of(ssl);

	(void)alert, (void)unused;
	if (offer == NULL)
		return SSL_CLIENT_HELLO_SUCCESS;
	tls_offer_versions(extension_of(ssl, TLSEXT_TYPE_supported_versions), offer->versions,
	    sizeof(offer->versions));
	if (offer->versions[0] == '\0')
		legacy_version(SSL_client_hello_get0_legacy_version(ssl), offer->versions,
		    sizeof(offer->versions));
	tls_offer_sni(extension_of(ssl, TLSEXT_TYPE_server_name), offer->sni, sizeof(offer->sni));
	tls_offer_alpn(extension_of(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation),
	    offer->alpn, sizeof(offer->alpn));
	tls_offer_groups(
	    extension_of(ssl, TLSEXT_TYPE_supported_groups), offer->groups, sizeof(offer->groups));
	return SSL_CLIENT_HELLO_SUCCESS;
}
