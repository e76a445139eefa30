/*
 * SPDX-License-Identifier: ISC
 *
 * The table of findings. A row has a reply where a strict server refuses at that point of the
 * dialogue; what is found in the header, by TLS or when the connection closes has none.
 */
#include "mail/finding.h"

const char *const FINDING_SEVERITY_NAME[] = {
    [FINDING_INFO] = "info",
    [FINDING_WARNING] = "warning",
    [FINDING_ERROR] = "error",
};

_Static_assert(ARRAY_SIZE(FINDING_SEVERITY_NAME) == FINDING_SEVERITY_COUNT, "severity names");

static const struct finding_entry FINDINGS[] = {
    [FINDING_EARLY_TALK] = {"early-talk", FINDING_ERROR, "RFC 5321 4.3.1",
	"The client sent data before it had the server's greeting; wait for the 220 reply.", 554,
	"5.5.0", "You spoke before the greeting; wait for the 220 reply"},
    [FINDING_PIPELINING_OUT_OF_TURN] = {"pipelining-out-of-turn", FINDING_ERROR, "RFC 2920 3.1",
	"The client sent more before it had the reply to a command that must come last in a "
	"group; after EHLO, DATA, AUTH, STARTTLS, VRFY, NOOP and QUIT wait for the reply.",
	503, "5.5.0", "Improper use of pipelining; wait for the reply to this command"},
    [FINDING_STARTTLS_INJECTION] = {"starttls-injection", FINDING_ERROR, "RFC 3207 4",
	"The client sent plaintext after STARTTLS and before the TLS handshake; such data may "
	"come from an attacker (CVE-2011-0411), so the session was ended.",
	0, NULL, NULL},
    [FINDING_STARTTLS_MISSING] = {"starttls-missing", FINDING_WARNING, "RFC 8314 4.1",
	"The client sent the message in the clear although STARTTLS was offered; turn TLS on in "
	"its settings.",
	0, NULL, NULL},
    [FINDING_AUTH_WITHOUT_TLS] = {"auth-without-tls", FINDING_ERROR, "RFC 4954 4",
	"The client tried to send a password without TLS; use STARTTLS or implicit TLS first.", 538,
	"5.7.11", "Encryption required for the requested authentication mechanism"},
    [FINDING_AUTH_REJECTED] = {"auth-rejected", FINDING_ERROR, "RFC 4954 6",
	"The user name or the password is not one that this server knows.", 535, "5.7.8",
	"Authentication credentials invalid"},
    [FINDING_HELO_NOT_A_NAME] = {"helo-not-a-name", FINDING_WARNING, "RFC 5321 4.1.1.1",
	"The argument of HELO or EHLO is neither a fully qualified domain name nor an address "
	"literal; many receivers refuse such clients. A name of one label is only noted.",
	501, "5.5.2", "Expected a host name or an address literal"},
    [FINDING_MISSING_BRACKETS] = {"missing-angle-brackets", FINDING_WARNING, "RFC 5321 4.1.2",
	"The address of MAIL or RCPT does not stand in angle brackets; write FROM:<ADDRESS> and "
	"TO:<ADDRESS>.",
	501, "5.5.4", "Expected the address in angle brackets"},
    [FINDING_SPACE_BEHIND_COLON] = {"space-after-colon", FINDING_WARNING, "RFC 5321 3.3",
	"A blank stands behind the colon of FROM: or TO:; the grammar has none there, and strict "
	"receivers refuse it.",
	501, "5.5.4", "No blank may stand behind the colon"},
    [FINDING_OBSOLETE_ROUTE] = {"obsolete-route", FINDING_WARNING, "RFC 5321 C",
	"An address has a source route (<@a,@b:user@c>), which is obsolete and which servers "
	"ignore.",
	0, NULL, NULL},
    [FINDING_SMTPUTF8_MISSING] = {"smtputf8-missing", FINDING_ERROR, "RFC 6531 3.4",
	"An address holds characters beyond ASCII although MAIL did not say SMTPUTF8.", 553,
	"5.6.7", "Characters beyond ASCII need SMTPUTF8"},
    [FINDING_BAD_SYNTAX] = {"bad-syntax", FINDING_ERROR, "RFC 5321 4.1.1",
	"The arguments of a command are not what its grammar allows.", 501, "5.5.2",
	"Syntax error in parameters or arguments"},
    [FINDING_BAD_SEQUENCE] = {"bad-sequence", FINDING_ERROR, "RFC 5321 4.1.4",
	"A command came where the order of commands does not allow it.", 503, "5.5.1",
	"Bad sequence of commands"},
    [FINDING_UNKNOWN_COMMAND] = {"unknown-command", FINDING_ERROR, "RFC 5321 4.2.4",
	"The server does not know the command; use only what the reply to EHLO offers.", 500,
	"5.5.1", "Command not recognized"},
    [FINDING_COMMAND_LINE_TOO_LONG] = {"command-line-too-long", FINDING_ERROR, "RFC 5321 4.5.3.1.4",
	"A command line is longer than 512 octets and what the extensions in use add to that.", 500,
	"5.5.2", "Line too long"},
    [FINDING_NO_QUIT] = {"no-quit", FINDING_WARNING, "RFC 5321 4.1.1.10",
	"The client closed the connection without QUIT; send QUIT and wait for its reply.", 0, NULL,
	NULL},
    [FINDING_NO_CLOSE_NOTIFY] = {"no-close-notify", FINDING_INFO, "RFC 8446 6.1",
	"The client closed the connection without TLS's close_notify alert, so that the end "
	"cannot be told from a cut.",
	0, NULL, NULL},
    [FINDING_WEAK_TLS] = {"weak-tls", FINDING_WARNING, "RFC 9325 3.1",
	"The connection uses a TLS version or a cipher that is no longer held for safe; TLS 1.2 "
	"with forward secrecy and AEAD, or TLS 1.3, is expected.",
	0, NULL, NULL},
    [FINDING_CERTIFICATE_NOT_VERIFIED] = {"certificate-not-verified", FINDING_WARNING,
	"RFC 8314 3.3",
	"The client went on although the certificate that it was shown is wrong on purpose: it "
	"does not check certificates.",
	0, NULL, NULL},
    [FINDING_PASSWORD_TO_UNVERIFIED] = {"password-to-unverified-server", FINDING_ERROR,
	"RFC 8314 3.3",
	"The client sent its credentials to a server whose certificate is wrong on purpose; "
	"anybody on the way could have had them.",
	0, NULL, NULL},
    [FINDING_CERTIFICATE_EXPIRED] = {"certificate-expired", FINDING_ERROR, "RFC 5280 4.1.2.5",
	"A certificate is used after the end of its validity, so that whoever checks it refuses "
	"the connection; renew it.",
	0, NULL, NULL},
    [FINDING_TLS_FLOOD] = {"tls-flood", FINDING_ERROR, "RFC 8446 4.6.3",
	"The client asked for new keys, or for a new handshake, again and again, so that the "
	"server ended the session.",
	0, NULL, NULL},
    [FINDING_BARE_LF] = {"bare-lf", FINDING_WARNING, "RFC 5321 2.3.8",
	"A line ends with LF alone; end every line with CRLF. Strict receivers refuse this, "
	"since it allows SMTP smuggling.",
	550, "5.5.2", "Bare LF received; end lines with CRLF"},
    [FINDING_BARE_CR] = {"bare-cr", FINDING_WARNING, "RFC 5321 2.3.8",
	"A CR stands without LF behind it; use CR only as part of CRLF.", 550, "5.5.2",
	"Bare CR received; end lines with CRLF"},
    [FINDING_NUL] = {"nul", FINDING_WARNING, "RFC 5322 2.1",
	"The data holds an octet of value 0, which mail may not carry; encode binary parts in "
	"base64.",
	550, "5.6.0", "NUL octets are not allowed"},
    [FINDING_LINE_TOO_LONG] = {"line-too-long", FINDING_WARNING, "RFC 5321 4.5.3.1.6",
	"A line of the message is longer than 998 octets and CRLF; use quoted-printable or base64, "
	"and fold header fields.",
	554, "5.6.0", "Message line too long; 998 octets and CRLF are allowed"},
    [FINDING_EIGHT_BIT_WITHOUT_8BITMIME] = {"eight-bit-without-8bitmime", FINDING_WARNING,
	"RFC 6152 3",
	"The message holds octets above 127 but MAIL FROM did not say BODY=8BITMIME; declare "
	"it, or encode the message.",
	554, "5.6.1", "8-bit data without BODY=8BITMIME"},
    [FINDING_MESSAGE_TOO_BIG] = {"message-too-big", FINDING_ERROR, "RFC 1870 6.1",
	"The message is larger than the size that the server announced in its reply to EHLO.", 552,
	"5.3.4", "Message size exceeds fixed maximum message size"},
    [FINDING_TOO_MANY_RECIPIENTS] = {"too-many-recipients", FINDING_WARNING, "RFC 5321 4.5.3.1.10",
	"One message has more recipients than the server takes; send the rest in another "
	"transaction.",
	452, "4.5.3", "Too many recipients"},
    [FINDING_TOO_MANY_BAD_COMMANDS] = {"too-many-bad-commands", FINDING_ERROR, "RFC 5321 7.8",
	"So many commands were refused that the server ended the session.", 421, "4.7.0",
	"Too many errors; closing connection"},
    [FINDING_TOO_MANY_COMMANDS] = {"too-many-commands", FINDING_ERROR, "RFC 5321 7.8",
	"So many commands came without a message that the server ended the session.", 421, "4.7.0",
	"Too many commands without a message; closing connection"},
    [FINDING_TIMEOUT] = {"timeout", FINDING_ERROR, "RFC 5321 4.5.3.2",
	"The client was silent for longer than the server waits.", 421, "4.4.2",
	"Timeout; closing connection"},
    [FINDING_TOO_SLOW] = {"too-slow", FINDING_ERROR, "RFC 5321 4.5.3.2",
	"The client sent so slowly that the server ended the session.", 421, "4.4.2",
	"Data comes too slowly; closing connection"},
    [FINDING_SESSION_TOO_LONG] = {"session-too-long", FINDING_ERROR, "RFC 5321 4.5.3.2",
	"The session lasted longer than the server allows one to last.", 421, "4.4.2",
	"The session lasts too long; closing connection"},
    [FINDING_TOO_MANY_CONNECTIONS] = {"too-many-connections", FINDING_WARNING, "RFC 5321 4.2.3",
	"More connections were open than the server takes.", 421, "4.3.2",
	"Too many connections, try again later"},
    [FINDING_TOO_MANY_FROM_ADDRESS] = {"too-many-connections-from-address", FINDING_WARNING,
	"RFC 5321 4.2.3",
	"The client's address had more connections open than the server takes from one address.",
	421, "4.7.0", "Too many connections from your address, try again later"},
    [FINDING_RATE_LIMIT] = {"rate-limit", FINDING_WARNING, "RFC 5321 4.2.3",
	"The client's address sent more messages than the server takes from one address in that "
	"time.",
	421, "4.7.0", "Too many messages from your address, try again later"},
    [FINDING_BUFFERS_FULL] = {"buffers-full", FINDING_INFO, "RFC 5321 4.2.3",
	"The server had no room for the message while so many others were coming in.", 452, "4.3.1",
	"Too many messages are being received, try again later"},
    [FINDING_MISSING_DATE] = {"missing-date", FINDING_WARNING, "RFC 5322 3.6",
	"The message has no Date field, which every message must have.", 0, NULL, NULL},
    [FINDING_MALFORMED_DATE] = {"malformed-date", FINDING_WARNING, "RFC 5322 3.3",
	"The Date field is not a date as mail writes it.", 0, NULL, NULL},
    [FINDING_MISSING_MESSAGE_ID] = {"missing-message-id", FINDING_WARNING, "RFC 5322 3.6.4",
	"The message has no Message-ID field; many receivers hold that against it.", 0, NULL, NULL},
    [FINDING_MALFORMED_MESSAGE_ID] = {"malformed-message-id", FINDING_WARNING, "RFC 5322 3.6.4",
	"The Message-ID field is not of the form <LEFT@RIGHT>.", 0, NULL, NULL},
    [FINDING_DUPLICATE_FIELD] = {"duplicate-field", FINDING_ERROR, "RFC 5322 3.6",
	"A field that may stand once only stands several times; receivers may refuse the message "
	"or show another one than was signed.",
	0, NULL, NULL},
    [FINDING_BCC_PRESENT] = {"bcc-present", FINDING_WARNING, "RFC 5322 3.6.3",
	"The message still has its Bcc field, so that every reader sees the hidden recipients.", 0,
	NULL, NULL},
    [FINDING_HEADER_NOT_ASCII] = {"header-not-ascii", FINDING_WARNING, "RFC 5322 2.2, RFC 6532 3.2",
	"The header holds octets above 127 although MAIL did not say SMTPUTF8; write them as "
	"encoded words (RFC 2047).",
	0, NULL, NULL},
    [FINDING_MALFORMED_HEADER] = {"malformed-header", FINDING_WARNING, "RFC 5322 2.2",
	"A line of the header is no field, so that what follows is read as the body.", 0, NULL,
	NULL},
    [FINDING_MISSING_FROM] = {"missing-from", FINDING_ERROR, "RFC 5322 3.6",
	"The message has no From field with an address; DMARC has no domain to judge.", 0, NULL,
	NULL},
    [FINDING_SEVERAL_FROM] = {"several-from", FINDING_ERROR, "RFC 5322 3.6",
	"The message has more than one From field, or From has more than one address; many "
	"receivers refuse it, and DMARC cannot tell whose it is.",
	0, NULL, NULL},
    [FINDING_DKIM_TOO_MANY] = {"dkim-too-many", FINDING_WARNING, "RFC 6376 6.1",
	"The message has more than 10 DKIM signatures; only the first 10 were judged, and other "
	"receivers stop early too.",
	0, NULL, NULL},
    [FINDING_DKIM_WEAK_KEY] = {"dkim-weak-key", FINDING_WARNING, "RFC 8301 3.2",
	"A DKIM signature was made with an RSA key that is too short; use 2048 bits. Receivers "
	"ignore signatures by keys below 1024.",
	0, NULL, NULL},
    [FINDING_DKIM_BODY_LENGTH] = {"dkim-body-length", FINDING_WARNING, "RFC 6376 8.2",
	"A DKIM signature covers only the first part of the body (l=), so that anyone can append "
	"to the message; sign all of it.",
	0, NULL, NULL},
    [FINDING_DKIM_FIELD_UNSIGNED] = {"dkim-field-unsigned", FINDING_WARNING, "RFC 6376 5.4.1",
	"A DKIM signature leaves out a field that readers and receivers trust (From, "
	"Subject, List-Unsubscribe), so that it can be changed without breaking the "
	"signature; name it in h=.",
	0, NULL, NULL},
    [FINDING_DKIM_NOT_OVERSIGNED] = {"dkim-not-oversigned", FINDING_INFO, "RFC 6376 8.15",
	"A DKIM signature does not sign a field once more than it occurs, so that another "
	"one can be added in front without breaking the signature; name From, To, Subject "
	"and Date once more in h=.",
	0, NULL, NULL},
    [FINDING_DMARC_SEVERAL_RECORDS] = {"dmarc-several-records", FINDING_ERROR, "RFC 9989 4.10",
	"A name has more than one DMARC record, so receivers use none of them; leave one.", 0, NULL,
	NULL},
    [FINDING_DMARC_MALFORMED] = {"dmarc-malformed", FINDING_ERROR, "RFC 9989 4.7",
	"A record that is meant for DMARC does not begin with the tag v=DMARC1, so "
	"receivers ignore it.",
	0, NULL, NULL},
    [FINDING_DMARC_POLICY_MISSING] = {"dmarc-policy-missing", FINDING_WARNING, "RFC 9989 4.10.1",
	"The DMARC record has no valid p=, sp= or np=; receivers take it as p=none, or "
	"ignore it. State none, quarantine or reject.",
	0, NULL, NULL},
    [FINDING_DMARC_OBSOLETE_TAG] = {"dmarc-obsolete-tag", FINDING_INFO, "RFC 9989 C.5.2",
	"The DMARC record has a tag that RFC 9989 removed (pct, rf, ri): newer receivers "
	"ignore it, older ones still obey it. Take it out.",
	0, NULL, NULL},
    [FINDING_PSL_DIFFERS] = {"psl-differs", FINDING_INFO, "RFC 9989 4.10.2",
	"Receivers that still use the public suffix list (RFC 7489) find another "
	"organizational domain, or come to another DMARC result, than those that walk the "
	"DNS tree.",
	0, NULL, NULL},
    [FINDING_RDNS_GENERIC] = {"rdns-generic", FINDING_WARNING, "M3AAWG Sender BCP",
	"The name of the client's address looks generated (it spells the address, or says "
	"dynamic or pool); many receivers refuse mail from such clients. Give the address "
	"a name of the mail server's own.",
	0, NULL, NULL},
    [FINDING_RECEIVERS_DISAGREE] = {"receivers-disagree", FINDING_INFO,
	"RFC 7208 2.6, RFC 9989 5.3",
	"A library that many receivers run comes to another result than the standard.", 0, NULL,
	NULL},
    [FINDING_SPF_MISSING] = {"spf-missing", FINDING_WARNING, "RFC 7208 3",
	"The domain has no SPF record: publish one that names who sends for it, or "
	"\"v=spf1 -all\" when nobody does.",
	0, NULL, NULL},
    [FINDING_SPF_SEVERAL_RECORDS] = {"spf-several-records", FINDING_ERROR, "RFC 7208 4.5",
	"A name has more than one SPF record, so every check ends in permerror; join them "
	"into one.",
	0, NULL, NULL},
    [FINDING_SPF_SYNTAX] = {"spf-syntax", FINDING_ERROR, "RFC 7208 4.6",
	"The SPF record does not follow the grammar, so every check ends in permerror.", 0, NULL,
	NULL},
    [FINDING_SPF_LOOKUP_LIMIT] = {"spf-lookup-limit", FINDING_ERROR, "RFC 7208 4.6.4",
	"The SPF record needs more than 10 DNS lookups, so that checks end in permerror; "
	"take out what is not needed, or replace include by ip4 and ip6.",
	0, NULL, NULL},
    [FINDING_SPF_VOID_LOOKUPS] = {"spf-void-lookups", FINDING_ERROR, "RFC 7208 4.6.4",
	"More than 2 of the names that the SPF record asks for do not exist, so that "
	"checks end in permerror.",
	0, NULL, NULL},
    [FINDING_SPF_PLUS_ALL] = {"spf-plus-all", FINDING_ERROR, "RFC 7208 5.1",
	"The SPF record lets every address of the internet pass (+all, or a network of "
	"everything).",
	0, NULL, NULL},
    [FINDING_SPF_NO_ALL] = {"spf-no-all", FINDING_INFO, "RFC 7208 4.7",
	"The SPF record ends without -all, ~all or redirect, or with ?all: whoever is not "
	"listed is neutral.",
	0, NULL, NULL},
    [FINDING_SPF_PTR] = {"spf-ptr", FINDING_WARNING, "RFC 7208 5.5",
	"The SPF record uses ptr, which is slow and unreliable, and which several "
	"receivers skip.",
	0, NULL, NULL},
    [FINDING_SPF_INCLUDE_INVALID] = {"spf-include-invalid", FINDING_ERROR, "RFC 7208 5.2",
	"The SPF record includes or redirects to a domain without a valid SPF record, so "
	"that checks end in permerror.",
	0, NULL, NULL},
    [FINDING_SPF_TERM_IGNORED] = {"spf-term-ignored", FINDING_INFO, "RFC 7208 5.1",
	"The SPF record has terms of no effect: never reached, for what does not exist, or a "
	"modifier that nobody knows.",
	0, NULL, NULL},
    [FINDING_DKIM_KEY_MISSING] = {"dkim-key-missing", FINDING_ERROR, "RFC 6376 3.6.2",
	"No DKIM key is published for the selector, so that its signatures do not verify.", 0, NULL,
	NULL},
    [FINDING_DKIM_KEY_MALFORMED] = {"dkim-key-malformed", FINDING_ERROR, "RFC 6376 3.6.1",
	"The DKIM key record cannot be used, so that signatures by it do not verify.", 0, NULL,
	NULL},
    [FINDING_DKIM_KEY_REVOKED] = {"dkim-key-revoked", FINDING_INFO, "RFC 6376 3.6.1",
	"The DKIM key is revoked (its p= is empty).", 0, NULL, NULL},
    [FINDING_DKIM_KEY_TESTING] = {"dkim-key-testing", FINDING_INFO, "RFC 6376 3.6.1",
	"The DKIM key says that it is a test (t=y); take that out once signing works.", 0, NULL,
	NULL},
    [FINDING_DMARC_MISSING] = {"dmarc-missing", FINDING_WARNING, "RFC 9989 4.10.1",
	"No DMARC record applies to the domain; large receivers demand one of bulk "
	"senders.",
	0, NULL, NULL},
    [FINDING_DMARC_NOT_ENFORCED] = {"dmarc-not-enforced", FINDING_INFO, "RFC 9989 4.7",
	"The DMARC policy is none or only a test (t=y), so receivers take mail that fails "
	"all the same.",
	0, NULL, NULL},
    [FINDING_DMARC_UNKNOWN_TAG] = {"dmarc-unknown-tag", FINDING_INFO, "RFC 9989 4.7",
	"The DMARC record has a tag that nobody defined, or one whose value is invalid; "
	"receivers ignore it.",
	0, NULL, NULL},
    [FINDING_DMARC_NO_REPORTS] = {"dmarc-no-reports", FINDING_INFO, "RFC 9989 4.7",
	"The DMARC record asks for no aggregate reports (rua), so nobody learns what "
	"fails.",
	0, NULL, NULL},
    [FINDING_DMARC_REPORT_ADDRESS] = {"dmarc-report-address", FINDING_WARNING, "RFC 9989 4.7",
	"A report address of the DMARC record is no valid URI; write mailto:ADDRESS.", 0, NULL,
	NULL},
    [FINDING_DMARC_RUA_UNAUTHORIZED] = {"dmarc-rua-unauthorized", FINDING_WARNING, "RFC 9990 3",
	"The DMARC record sends reports to another domain, which does not say that it "
	"wants them, so receivers send none.",
	0, NULL, NULL},
    [FINDING_MX_INVALID] = {"mx-invalid", FINDING_ERROR, "RFC 5321 5.1",
	"An MX record leads to a name without addresses, to an alias, or to an address, "
	"so that answers and bounces are lost.",
	0, NULL, NULL},
    [FINDING_OUTSIDE_ZONE] = {"outside-zone", FINDING_INFO, "RFC 7208 4.6.4",
	"A record refers to a name outside of the zones that were given; what is there "
	"was not looked at.",
	0, NULL, NULL},
    [FINDING_LOOKUP_FAILED] = {"lookup-failed", FINDING_WARNING, "RFC 7208 2.6.6",
	"A name could not be looked up; try again later.", 0, NULL, NULL},
};

_Static_assert(ARRAY_SIZE(FINDINGS) == FINDING_ID_COUNT, "one row for each finding");

const struct finding_entry *finding_entry(enum finding_id id)
{
	return &FINDINGS[id];
}

int finding_find(struct span id)
{
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		if (span_equal(span_from(FINDINGS[i].id), id))
			return i;
	return -1;
}

void finding_add(struct finding_list *list, struct arena *a, enum finding_id id, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return;
	/* Each id once: the table bounds the list. */
	if (list->items == NULL)
		list->items = arena_alloc(a, FINDING_ID_COUNT * sizeof(*list->items));
	list->items[list->count++] = (struct finding){
	    .id = id,
	    .text = text == NULL ? FINDINGS[id].text : arena_string(a, text),
	};
}
