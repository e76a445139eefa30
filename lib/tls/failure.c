/*
 * SPDX-License-Identifier: ISC
 *
 * Why a handshake failed, in words: from OpenSSL's error code, which names what the client did or
 * the alert that it sent (RFC 8446 6), and from what its ClientHello offered.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include "tls/facts.h"
#include "tls/offer.h"

struct sentence {
	int code;
	const char *text;
};

static const char CLOSED[] = "the client closed the connection before the handshake was complete";
static const char PLAIN_TEXT[] = "the client spoke plain text where TLS was expected";

/* Alerts of the client; the name is what clients print in their own logs. */
static const struct sentence ALERTS[] = {
    {SSL_AD_UNEXPECTED_MESSAGE, "the client did not expect our message (alert unexpected_message)"},
    {SSL_AD_BAD_RECORD_MAC, "the client could not decrypt our record (alert bad_record_mac)"},
    {SSL_AD_RECORD_OVERFLOW, "the client found our record too long (alert record_overflow)"},
    {SSL_AD_HANDSHAKE_FAILURE,
	"the client found no parameters in common with us (alert handshake_failure)"},
    {SSL_AD_BAD_CERTIFICATE, "the client refused our certificate (alert bad_certificate)"},
    {SSL_AD_UNSUPPORTED_CERTIFICATE,
	"the client does not take certificates of our kind (alert unsupported_certificate)"},
    {SSL_AD_CERTIFICATE_REVOKED,
	"the client holds our certificate for revoked (alert certificate_revoked)"},
    {SSL_AD_CERTIFICATE_EXPIRED,
	"the client holds our certificate for expired (alert certificate_expired)"},
    {SSL_AD_CERTIFICATE_UNKNOWN,
	"the client refused our certificate without saying why (alert certificate_unknown)"},
    {SSL_AD_ILLEGAL_PARAMETER,
	"the client found a parameter of ours illegal (alert illegal_parameter)"},
    {SSL_AD_UNKNOWN_CA, "the client does not trust our certificate (alert unknown_ca)"},
    {SSL_AD_ACCESS_DENIED, "the client broke off by its own rules (alert access_denied)"},
    {SSL_AD_DECODE_ERROR, "the client could not read our message (alert decode_error)"},
    {SSL_AD_DECRYPT_ERROR,
	"the client found our signature or key exchange wrong (alert decrypt_error)"},
    {SSL_AD_PROTOCOL_VERSION,
	"the client does not speak the TLS version we chose (alert protocol_version)"},
    {SSL_AD_INSUFFICIENT_SECURITY,
	"the client asks for stronger ciphers than ours (alert insufficient_security)"},
    {SSL_AD_INTERNAL_ERROR, "the client failed by itself (alert internal_error)"},
    {SSL_AD_USER_CANCELLED, "the client cancelled the handshake (alert user_canceled)"},
    {SSL_AD_NO_RENEGOTIATION, "the client refused to renegotiate (alert no_renegotiation)"},
    {SSL_AD_UNSUPPORTED_EXTENSION,
	"the client did not ask for an extension we sent (alert unsupported_extension)"},
    {SSL_AD_NO_APPLICATION_PROTOCOL,
	"the client misses its application protocol (alert no_application_protocol)"},
};

static const struct sentence REASONS[] = {
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, CLOSED},
    {SSL_R_NO_SHARED_CIPHER, "the client offers no cipher that we take"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, "the client offers no key exchange group that we take"},
    {SSL_R_NO_SUITABLE_GROUPS, "the client offers no key exchange group that we take"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
	"the client takes no signature that our certificate's key can make"},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
	"the client takes no signature that our certificate's key can make"},
    {SSL_R_HTTP_REQUEST, "the client spoke HTTP where TLS was expected"},
    {SSL_R_HTTPS_PROXY_REQUEST, "the client spoke HTTP where TLS was expected"},
    {SSL_R_INAPPROPRIATE_FALLBACK,
	"the client fell back to an older TLS version although it speaks a newer one"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,
	"the client sent no certificate although one is required"},
    {SSL_R_CERTIFICATE_VERIFY_FAILED, "the client's certificate is not trusted"},
};

static const struct sentence SYSTEM[] = {
    {ECONNRESET, "the client reset the connection before the handshake was complete"},
    {EPIPE, "the client reset the connection before the handshake was complete"},
    {ETIMEDOUT, "the network lost the client before the handshake was complete"},
    {EHOSTUNREACH, "the network lost the client before the handshake was complete"},
    {ENETUNREACH, "the network lost the client before the handshake was complete"},
};

static const char *find(const struct sentence *table, size_t count, int code)
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].code == code)
			return table[i].text;
	}
	return NULL;
}

static bool about_version(int reason)
{
	return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_VERSION_TOO_LOW ||
	       reason == SSL_R_UNKNOWN_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION ||
	       reason == SSL_R_BAD_PROTOCOL_VERSION_NUMBER;
}

static const char *alert_reason(int alert, struct arena *a)
{
	const char *known = find(ALERTS, ARRAY_SIZE(ALERTS), alert);

	return known != NULL ? known : arena_printf(a, "the client sent the TLS alert %d", alert);
}

static const char *other_reason(unsigned long error, struct arena *a)
{
	const char *text = ERR_reason_error_string(error);

	if (text != NULL)
		return arena_printf(a, "the handshake failed: %s", text);
	return arena_printf(a, "the handshake failed: OpenSSL error %08lx", error);
}

static const char *ssl_reason(unsigned long error, const char *versions, struct arena *a)
{
	int reason = ERR_GET_REASON(error);
	const char *known = find(REASONS, ARRAY_SIZE(REASONS), reason);

	if (known != NULL)
		return known;
	if (reason >= SSL_AD_REASON_OFFSET)
		return alert_reason(reason - SSL_AD_REASON_OFFSET, a);
	/* A record of another version is no TLS at all, unless a ClientHello went before it. */
	if (versions == NULL && reason == SSL_R_WRONG_VERSION_NUMBER)
		return PLAIN_TEXT;
	if (versions != NULL && about_version(reason))
		return arena_printf(
		    a, "the client offers only %s, expected TLSv1.2 or TLSv1.3", versions);
	return other_reason(error, a);
}

static const char *system_reason(int code, struct arena *a)
{
	const char *known = find(SYSTEM, ARRAY_SIZE(SYSTEM), code);

	return known != NULL
	           ? known
	           : arena_printf(a, "the network failed with the system's error %d", code);
}

static const char *known_text(const char *s, struct arena *a)
{
	return s[0] == '\0' ? NULL : arena_string(a, s);
}

void tls_failure_read(SSL *ssl, unsigned long error, struct arena *a, struct tls_failure *out)
{
	const struct tls_offer *offer = tls_offer_of(ssl);

	*out = (struct tls_failure){.reason = CLOSED};
	if (offer != NULL) {
		out->offered_versions = known_text(offer->versions, a);
		out->sni = known_text(offer->sni, a);
		out->alpn = known_text(offer->alpn, a);
	}
	if (error == 0)
		return;
	if (ERR_SYSTEM_ERROR(error))
		out->reason = system_reason(ERR_GET_REASON(error), a);
	else if (ERR_GET_LIB(error) == ERR_LIB_SSL)
		out->reason = ssl_reason(error, out->offered_versions, a);
	else
		out->reason = other_reason(error, a);
}
