/*
 * SPDX-License-Identifier: ISC
 *
 * The selection language: which messages. Conditions parted by blanks, all of which must hold:
 *
 *	from:ADDRESS to:ADDRESS     whole with an "@" inside, "@DOMAIN" for every address of it,
 *	                            else a part; case does not matter. from: the reverse-path or
 *	                            the From address; to: an accepted recipient
 *	subject:TEXT                part of the decoded subject, ASCII case does not matter
 *	id:BEGINNING|latest  message-id:ID  user:NAME  listener:NAME
 *	client:ADDRESS[/BITS]|HELO
 *	after:WHEN before:WHEN      RFC 3339, a day (UTC), a duration ago ("15m"), now, a message id
 *	spf:RESULT[|RESULT...] dkim: dmarc: rdns:      the observed verdict
 *	tls:VERSION|none|any|starttls|implicit
 *	finding:ID|info|warning|error|any
 *	has:attachment|link|html|text|refused
 *	larger:SIZE smaller:SIZE    octets, with K, M or G
 *	WORD, "SEVERAL WORDS"       full text: subject, addresses and text of the body
 *
 * "-" in front negates. "..." quotes, also behind a key. A word that is a whole message id stands
 * for id:, and so does latest.
 */
#ifndef POLICY_SELECTION_H
#define POLICY_SELECTION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/ip.h"

enum selection_key {
	SELECTION_FROM,
	SELECTION_TO,
	SELECTION_SUBJECT,
	SELECTION_ID,
	SELECTION_MESSAGE_ID,
	SELECTION_USER,
	SELECTION_LISTENER,
	SELECTION_CLIENT,
	SELECTION_AFTER,
	SELECTION_BEFORE,
	SELECTION_SPF,
	SELECTION_DKIM,
	SELECTION_DMARC,
	SELECTION_RDNS,
	SELECTION_TLS,
	SELECTION_FINDING,
	SELECTION_HAS,
	SELECTION_LARGER,
	SELECTION_SMALLER,
	SELECTION_WORD, /* free words: no key */
	SELECTION_KEY_COUNT,
};

extern const char *const SELECTION_KEY_NAME[SELECTION_KEY_COUNT]; /* WORD has NULL */

/* What the value of from: and to: is, and of after:, before: and client:. */
enum selection_form {
	SELECTION_WHOLE,   /* an address; an id; a HELO name */
	SELECTION_DOMAIN,  /* value is without its "@" */
	SELECTION_PART,    /* of an address */
	SELECTION_INSTANT, /* number is milliseconds since 1970 */
	SELECTION_PREFIX,  /* prefix is set */
	SELECTION_LATEST,  /* id:latest */
};

struct selection_term {
	enum selection_key key;
	bool negated;
	enum selection_form form;
	const char *value;  /* unquoted */
	const char **words; /* of spf: to rdns:, lower case: any of them */
	size_t word_count;
	uint64_t number;         /* octets, or milliseconds since 1970 */
	struct ip_prefix prefix; /* of client: */
	unsigned column;         /* where it begins in the text, from 1 */
};

/* All of its terms must hold; none: every message. Strings live in the arena. */
struct selection {
	const struct selection_term *terms;
	size_t count;
};

/* More terms are refused. */
#define SELECTION_TERMS_MAX 100

/*
 * now_ms is what durations count back from. 0, or -1: "column 7: ...", with what was expected and,
 * for a word that is near one that is known, what was meant.
 */
int selection_parse(
    struct span text, int64_t now_ms, struct arena *a, struct selection *out, struct error *err);
/* Whether it has free words, so that the text index is asked. */
bool selection_has_words(const struct selection *s);
/* Adds a term that needs no text: an option such as --to. value is borrowed. */
void selection_add(struct selection *s, struct arena *a, enum selection_key key,
    enum selection_form form, const char *value);

#endif
