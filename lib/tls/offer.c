/*
 * SPDX-License-Identifier: ISC
 *
 * What a ClientHello offers. Everything in it is the client's: lengths are checked, lists are cut
 * to the room there is, and octets that are not printable become "?".
 */
#include "tls/offer.h"

#include <openssl/tls1.h>
#include <stdio.h>
#include <string.h>

struct version_name {
	unsigned version;
	const char *name;
};

static const struct version_name VERSION_NAMES[] = {
    {SSL3_VERSION, "SSLv3"},
    {TLS1_VERSION, "TLSv1"},
    {TLS1_1_VERSION, "TLSv1.1"},
    {TLS1_2_VERSION, "TLSv1.2"},
    {TLS1_3_VERSION, "TLSv1.3"},
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

static void add_version(unsigned version, char *out, size_t size)
{
	char hex[8];

	/* RFC 8701: values that mean nothing, sent so that servers learn to skip unknown ones. */
	if ((version & 0x0f0f) == 0x0a0a && version >> 8 == (version & 0xff))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(VERSION_NAMES); i++) {
		if (VERSION_NAMES[i].version != version)
			continue;
		add_word(out, size, span_from(VERSION_NAMES[i].name));
		return;
	}
	snprintf(hex, sizeof(hex), "0x%04x", version & 0xffff);
	add_word(out, size, span_from(hex));
}

void tls_offer_legacy_version(unsigned version, char *out, size_t size)
{
	out[0] = '\0';
	add_version(version, out, size);
}

void tls_offer_versions(struct span extension, char *out, size_t size)
{
	struct span list;

	out[0] = '\0';
	if (cut_counted(&extension, 1, &list) < 0)
		return;
	for (; list.len >= 2; list = span_after(list, 2))
		add_version(octet(list, 0) << 8 | octet(list, 1), out, size);
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

void tls_offer_keep(SSL *ssl, struct tls_offer *offer)
{
	*offer = (struct tls_offer){.versions = ""};
	SSL_set_app_data(ssl, offer);
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
		tls_offer_legacy_version(SSL_client_hello_get0_legacy_version(ssl), offer->versions,
		    sizeof(offer->versions));
	tls_offer_sni(extension_of(ssl, TLSEXT_TYPE_server_name), offer->sni, sizeof(offer->sni));
	tls_offer_alpn(extension_of(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation),
	    offer->alpn, sizeof(offer->alpn));
	return SSL_CLIENT_HELLO_SUCCESS;
}
