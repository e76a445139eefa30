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
#include <string.h>

#include "tls/facts.h"
#include "tls/offer.h"

struct sentence {
	int code;
	const char *text;
};

static const char CLOSED[] = "the client closed the connection before the handshake was complete";
static const char PLAIN_TEXT[] = "the client spoke plain text where TLS was expected";

struct alert {
	int code;
	const char *name; /* what clients print in their own logs */
	const char *text; /* what the client means by it; NULL: it says nothing to a person */
};

static const struct alert ALERTS[] = {
    {SSL_AD_CLOSE_NOTIFY, "close_notify", NULL},
    {SSL_AD_UNEXPECTED_MESSAGE, "unexpected_message", "the client did not expect our message"},
    {SSL_AD_BAD_RECORD_MAC, "bad_record_mac", "the client could not decrypt our record"},
    {SSL_AD_DECRYPTION_FAILED, "decryption_failed", "the client could not decrypt our record"},
    {SSL_AD_RECORD_OVERFLOW, "record_overflow", "the client found our record too long"},
    {SSL_AD_DECOMPRESSION_FAILURE, "decompression_failure", NULL},
    {SSL_AD_HANDSHAKE_FAILURE, "handshake_failure",
	"the client found no parameters in common with us"},
    {SSL_AD_NO_CERTIFICATE, "no_certificate", NULL},
    {SSL_AD_BAD_CERTIFICATE, "bad_certificate", "the client refused our certificate"},
    {SSL_AD_UNSUPPORTED_CERTIFICATE, "unsupported_certificate",
	"the client does not take certificates of our kind"},
    {SSL_AD_CERTIFICATE_REVOKED, "certificate_revoked",
	"the client holds our certificate for revoked"},
    {SSL_AD_CERTIFICATE_EXPIRED, "certificate_expired",
	"the client holds our certificate for expired"},
    {SSL_AD_CERTIFICATE_UNKNOWN, "certificate_unknown",
	"the client refused our certificate without saying why"},
    {SSL_AD_ILLEGAL_PARAMETER, "illegal_parameter", "the client found a parameter of ours illegal"},
    {SSL_AD_UNKNOWN_CA, "unknown_ca", "the client does not trust our certificate"},
    {SSL_AD_ACCESS_DENIED, "access_denied", "the client broke off by its own rules"},
    {SSL_AD_DECODE_ERROR, "decode_error", "the client could not read our message"},
    {SSL_AD_DECRYPT_ERROR, "decrypt_error", "the client found our signature or key exchange wrong"},
    {SSL_AD_EXPORT_RESTRICTION, "export_restriction", NULL},
    {SSL_AD_PROTOCOL_VERSION, "protocol_version",
	"the client does not speak the TLS version we chose"},
    {SSL_AD_INSUFFICIENT_SECURITY, "insufficient_security",
	"the client asks for stronger ciphers than ours"},
    {SSL_AD_INTERNAL_ERROR, "internal_error", "the client failed by itself"},
    {SSL_AD_INAPPROPRIATE_FALLBACK, "inappropriate_fallback", NULL},
    {SSL_AD_USER_CANCELLED, "user_canceled", "the client cancelled the handshake"},
    {SSL_AD_NO_RENEGOTIATION, "no_renegotiation", "the client refused to renegotiate"},
    {SSL_AD_MISSING_EXTENSION, "missing_extension", "the client misses an extension of ours"},
    {SSL_AD_UNSUPPORTED_EXTENSION, "unsupported_extension",
	"the client did not ask for an extension we sent"},
    {SSL_AD_CERTIFICATE_UNOBTAINABLE, "certificate_unobtainable", NULL},
    {SSL_AD_UNRECOGNIZED_NAME, "unrecognized_name", NULL},
    {SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE, "bad_certificate_status_response",
	"the client refused what our certificate's issuer says of it"},
    {SSL_AD_BAD_CERTIFICATE_HASH_VALUE, "bad_certificate_hash_value", NULL},
    {SSL_AD_UNKNOWN_PSK_IDENTITY, "unknown_psk_identity", NULL},
    {SSL_AD_CERTIFICATE_REQUIRED, "certificate_required", NULL},
    {SSL_AD_NO_APPLICATION_PROTOCOL, "no_application_protocol",
	"the client misses its application protocol"},
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

static const struct alert *find_alert(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(ALERTS); i++) {
		if (ALERTS[i].code == code)
			return &ALERTS[i];
	}
	return NULL;
}

/* NULL for -1. */
static const char *alert_name(int code, struct arena *a)
{
	const struct alert *known = find_alert(code);

	if (known != NULL)
		return known->name;
	return code < 0 ? NULL : arena_printf(a, "%d", code);
}

static const char *alert_reason(int code, struct arena *a)
{
	const struct alert *known = find_alert(code);

	if (known != NULL && known->text != NULL)
		return arena_printf(a, "%s (alert %s)", known->text, known->name);
	return arena_printf(a, "the client sent the TLS alert %s", alert_name(code, a));
}

/* In the order of time; SSL 3.0 is never taken. */
static const struct sentence VERSIONS[] = {
    {TLS1_VERSION, "TLSv1"},
    {TLS1_1_VERSION, "TLSv1.1"},
    {TLS1_2_VERSION, "TLSv1.2"},
    {TLS1_3_VERSION, "TLSv1.3"},
};

/* "TLSv1.2 or TLSv1.3" of what the server takes; a bound of 0 is none. */
static const char *versions_taken(SSL *ssl, struct arena *a)
{
	long min = SSL_get_min_proto_version(ssl), max = SSL_get_max_proto_version(ssl);
	const char *text = "";

	if (max == 0)
		max = TLS1_3_VERSION;
	for (size_t i = 0; i < ARRAY_SIZE(VERSIONS); i++) {
		const char *joint = VERSIONS[i].code < max ? ", " : " or ";

		if (VERSIONS[i].code < min || VERSIONS[i].code > max)
			continue;
		text =
		    arena_printf(a, "%s%s%s", text, text[0] == '\0' ? "" : joint, VERSIONS[i].text);
	}
	return text;
}

static const char *other_reason(unsigned long error, struct arena *a)
{
	const char *text = ERR_reason_error_string(error);

	if (text != NULL)
		return arena_printf(a, "the handshake failed: %s", text);
	return arena_printf(a, "the handshake failed: OpenSSL error %08lx", error);
}

/* OpenSSL does not read an alert whose record has not the version that it chose. */
static bool left_unread(const struct tls_offer *offer, int reason)
{
	return offer != NULL && offer->alert_began && offer->versions[0] != '\0' &&
	       reason == SSL_R_WRONG_VERSION_NUMBER;
}

static const char *ssl_reason(SSL *ssl, unsigned long error, const char *versions, struct arena *a)
{
	int reason = ERR_GET_REASON(error);
	const char *known = find(REASONS, ARRAY_SIZE(REASONS), reason);

	if (known != NULL)
		return known;
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return arena_printf(a, "the client's certificate is not trusted: %s",
		    X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
	if (reason >= SSL_AD_REASON_OFFSET)
		return alert_reason(reason - SSL_AD_REASON_OFFSET, a);
	/* A record of another version is no TLS at all, unless a ClientHello went before it. */
	if (versions == NULL && reason == SSL_R_WRONG_VERSION_NUMBER)
		return PLAIN_TEXT;
	if (versions != NULL && (about_version(reason) || left_unread(tls_offer_of(ssl), reason)))
		return arena_printf(
		    a, "the client offers only %s, expected %s", versions, versions_taken(ssl, a));
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

/* Who has sent an alert reads no more, so that there is one at most. */
static void read_alert(const struct tls_offer *offer, struct arena *a, struct tls_failure *out)
{
	if (offer->alert_received >= 0)
		out->by = "client";
	else if (offer->alert_sent >= 0)
		out->by = "server";
	out->alert =
	    alert_name(offer->alert_received >= 0 ? offer->alert_received : offer->alert_sent, a);
}

/* OpenSSL answers a close with an alert of its own, which nobody reads and which broke nothing off.
 */
static void read_close(struct tls_failure *out)
{
	if (out->by != NULL && strcmp(out->by, "client") == 0)
		return;
	out->by = "client";
	out->alert = NULL;
}

void tls_failure_read(SSL *ssl, unsigned long error, struct arena *a, struct tls_failure *out)
{
	const struct tls_offer *offer = tls_offer_of(ssl);

	*out = (struct tls_failure){.reason = CLOSED};
	if (offer != NULL) {
		out->offered_versions = known_text(offer->versions, a);
		out->sni = known_text(offer->sni, a);
		out->alpn = known_text(offer->alpn, a);
		out->groups = known_text(offer->groups, a);
		read_alert(offer, a, out);
		if (left_unread(offer, ERR_GET_REASON(error)))
			out->by = "client";
	}
	if (error == 0 && offer != NULL)
		read_close(out);
	if (error == 0)
		return;
	if (ERR_SYSTEM_ERROR(error))
		out->reason = system_reason(ERR_GET_REASON(error), a);
	else if (ERR_GET_LIB(error) == ERR_LIB_SSL)
		out->reason = ssl_reason(ssl, error, out->offered_versions, a);
	else
		out->reason = other_reason(error, a);
}
