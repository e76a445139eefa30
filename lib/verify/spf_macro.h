/*
 * SPDX-License-Identifier: ISC
 *
 * Macros of SPF (RFC 7208 7): their syntax and their expansion, into domain names and into the
 * text of an explanation.
 */
#ifndef VERIFY_SPF_MACRO_H
#define VERIFY_SPF_MACRO_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/ip.h"

/* What macros stand for. All spans are borrowed, may hold any octet and may be empty. */
struct spf_macro_values {
	struct span sender;        /* s */
	struct span local;         /* l */
	struct span sender_domain; /* o */
	struct span domain;        /* d */
	struct span helo;          /* h */
	struct span validated;     /* p, "unknown" when there is none */
	struct ip client;          /* i, c, v */
	int64_t now;               /* t; r is always "unknown" */
};

/* What may stand in a macro string beside what may stand in every one. */
enum spf_macro_flags {
	SPF_MACRO_TEXT = 1,   /* the letters c, r and t, which only explanations may use */
	SPF_MACRO_BLANKS = 2, /* blanks: an explanation's text */
};

/* One piece of a macro string. */
struct spf_macro_piece {
	bool literal;
	bool expand;      /* written with "%": also "%%", "%_" and "%-", which are literals */
	struct span text; /* of a literal */
	char letter;      /* of a macro, lower case */
	bool escape;      /* written in upper case: URL-escaped */
	size_t parts;     /* how many right-hand parts; 0 is all */
	bool reverse;
	struct span delimiters; /* empty: the dot */
};

/* Cuts the next piece off *rest: 1, 0 at the end, -1 on a syntax error. */
int spf_macro_next(struct span *rest, struct spf_macro_piece *out);

/*
 * Whether text is a macro string. 0, or -1 with err saying what is wrong. *ends_in_macro (may be
 * NULL) tells whether its last piece is a macro-expand.
 */
int spf_macro_check(struct span text, unsigned flags, bool *ends_in_macro, struct error *err);

/* Whether the (valid) text has a macro with one of these letters. */
bool spf_macro_uses(struct span text, const char *letters);

/* The longest domain name as text, and NUL. */
#define SPF_NAME_SIZE 254
/* A domain-spec beyond this many octets names nothing. */
#define SPF_DOMAIN_SPEC_MAX 4096

/*
 * Expands a valid domain-spec into out: any octets (its length is returned), without a final dot,
 * cut by whole labels from the left to 253 octets (RFC 7208 7.3). 0 when no name remains.
 */
size_t spf_macro_domain(
    const struct spf_macro_values *v, struct span text, char out[SPF_NAME_SIZE]);

/* An explanation longer than this is not given. */
#define SPF_EXPLANATION_MAX 4096

/*
 * Expands an explanation's text and appends it. 0, or -1 with out as it was when the text is
 * malformed or the result is too long or not printable ASCII (RFC 7208 6.2).
 */
int spf_macro_text(const struct spf_macro_values *v, struct span text, struct buffer *out);

#endif
