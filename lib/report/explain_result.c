/*
 * SPDX-License-Identifier: ISC
 *
 * The results of checks (RFC 8601 2.7), each with what it means for that check.
 */
#include "report/explain_internal.h"

static const struct result_entry {
	const char *check;
	enum auth_result result;
	const char *reference, *meaning, *action;
} RESULTS[] = {
    {"spf", AUTH_NONE, "RFC 7208 2.6.1",
	"The domain has no SPF record, or there is no domain to judge.",
	"Publish a TXT record: \"v=spf1\", who may send, and \"-all\"."},
    {"spf", AUTH_NEUTRAL, "RFC 7208 2.6.2",
	"The domain says nothing of this address (?all, or nothing matched).",
	"Add the address to the record, and end it in -all."},
    {"spf", AUTH_PASS, "RFC 7208 2.6.3", "The address may send for the domain.", NULL},
    {"spf", AUTH_FAIL, "RFC 7208 2.6.4",
	"The domain says that this address may not send for it (-all).",
	"Add the sending address to the record, or send from one that is in it."},
    {"spf", AUTH_SOFTFAIL, "RFC 7208 2.6.5",
	"The domain says that this address probably may not send for it (~all); DMARC counts that "
	"as no pass.",
	"Add the sending address to the record."},
    {"spf", AUTH_POLICY, "RFC 8601 2.7.2",
	"The receiver has rules of its own that came before the result.", "Ask the receiver."},
    {"spf", AUTH_TEMPERROR, "RFC 7208 2.6.6", "A look-up failed for now.",
	"Check the domain's name servers; send it again later."},
    {"spf", AUTH_PERMERROR, "RFC 7208 2.6.7",
	"The record cannot be used: its syntax, two records, an include without a record, or more "
	"than 10 lookups.",
	"Mend the record; mailassay check domain says what is wrong."},
    {"dkim", AUTH_NONE, "RFC 8601 2.7.1", "The message has no signature.",
	"Turn signing on at whatever sends the message last."},
    {"dkim", AUTH_PASS, "RFC 8601 2.7.1", "The signature is of the domain that it names.", NULL},
    {"dkim", AUTH_FAIL, "RFC 8601 2.7.1",
	"The message, or what was signed of it, is not as it was signed; or the signature has "
	"expired; or the key is another one.",
	"Look for what changes the message after it is signed; compare the key."},
    {"dkim", AUTH_POLICY, "RFC 8601 2.7.1",
	"The signature may be good, but not acceptable: rsa-sha1, or a key below 1024 bits.",
	"Sign by rsa-sha256 with a key of 2048 bits."},
    {"dkim", AUTH_NEUTRAL, "RFC 8601 2.7.1", "There is a signature that cannot be read.",
	"Look at its tags."},
    {"dkim", AUTH_TEMPERROR, "RFC 8601 2.7.1", "The key could not be looked up for now.",
	"Check the domain's name servers; send it again later."},
    {"dkim", AUTH_PERMERROR, "RFC 8601 2.7.1",
	"The key is missing, revoked or malformed, or the signature is.",
	"Publish the key at SELECTOR._domainkey.DOMAIN."},
    {"dmarc", AUTH_NONE, "RFC 9989 5.3", "No DMARC record applies to the domain of From.",
	"Publish a TXT record at _dmarc.DOMAIN; \"v=DMARC1; p=none\" is a beginning."},
    {"dmarc", AUTH_PASS, "RFC 9989 5.3",
	"SPF or DKIM passed for a domain that is aligned with that of From.", NULL},
    {"dmarc", AUTH_FAIL, "RFC 9989 5.3",
	"Neither SPF nor DKIM passed for a domain that is aligned with that of From; the "
	"disposition says what its owner asks receivers to do.",
	"Sign with the domain of From, or use it in MAIL FROM with SPF that passes."},
    {"dmarc", AUTH_TEMPERROR, "RFC 9989 5.3", "A look-up that decides failed for now.",
	"Check the domain's name servers; send it again later."},
    {"dmarc", AUTH_PERMERROR, "RFC 9989 5.3",
	"There is no single domain to judge: no From, or more than one.",
	"Write one From field with one address."},
    {"rdns", AUTH_PASS, "RFC 8601 2.7.3", "The address has a name (PTR), which leads back to it.",
	NULL},
    {"rdns", AUTH_FAIL, "RFC 8601 2.7.3", "The address has a name, which does not lead back.",
	"Give the name an address record."},
    {"rdns", AUTH_TEMPERROR, "RFC 8601 2.7.3", "A look-up failed for now.",
	"Check the name servers of the network; send it again later."},
    {"rdns", AUTH_PERMERROR, "RFC 8601 2.7.3", "The address has no name (PTR).",
	"Have whoever runs its network set one."},
};

static struct explain_entry begin(const struct explain_out *o, const struct result_entry *r)
{
	struct explain_entry e = explain_begin(o, "result");

	if (e.object != NULL) {
		json_put(e.object, "check", json_text(e.arena, r->check));
		json_put(e.object, "result", json_string(AUTH_RESULT_NAME[r->result]));
	}
	e.title = e.cells[0] =
	    arena_printf(e.arena, "%s=%s", r->check, AUTH_RESULT_NAME[r->result]);
	e.cells[1] = e.reference = r->reference;
	e.meaning = r->meaning;
	e.action = r->action;
	return e;
}

/* The names that a check has elsewhere: in Authentication-Results, in the JSON form. */
static struct span check_of(struct span name)
{
	static const struct {
		const char *other, *check;
	} others[] = {{"iprev", "rdns"}, {"spf_helo", "spf"}};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (span_equal_nocase(name, span_from(others[i].other)))
			return span_from(others[i].check);
	return name;
}

bool explain_result(const struct explain_out *o, struct span words)
{
	struct span value = words, check = span_cut(&value, '=');
	bool any = false;

	if (value.data == NULL) {
		value = check;
		check.len = 0;
	}
	check = check_of(check);
	for (size_t i = 0; i < ARRAY_SIZE(RESULTS); i++) {
		const struct result_entry *r = &RESULTS[i];
		struct explain_entry e;

		if (!span_equal_nocase(value, span_from(AUTH_RESULT_NAME[r->result])) ||
		    (check.len > 0 && !span_equal_nocase(check, span_from(r->check))))
			continue;
		e = begin(o, r);
		explain_end(o, &e);
		any = true;
	}
	return any;
}

void explain_result_rows(const struct explain_out *o, const unsigned widths[EXPLAIN_CELLS])
{
	for (size_t i = 0; i < ARRAY_SIZE(RESULTS); i++) {
		struct explain_entry e = begin(o, &RESULTS[i]);

		explain_end_row(o, &e, widths);
	}
}
