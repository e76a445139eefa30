/*
 * SPDX-License-Identifier: ISC
 *
 * The Authentication-Results field (RFC 8601 2.2, with UTF-8 as in RFC 8616): what a receiver
 * found out about a message, written for whoever reads it next, and read again. Plain data; NULL
 * stands for what is absent. Writing and then reading gives the same.
 */
#ifndef MAIL_AUTHRES_H
#define MAIL_AUTHRES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

/* smtp.mailfrom=example.com */
struct mail_authres_property {
	const char *ptype;    /* a keyword: "smtp", "header", "body", "policy" */
	const char *property; /* a keyword: "mailfrom" */
	const char *value;    /* without quoting */
};

/* method/version=result reason="..." and the properties */
struct mail_authres_result {
	const char *method; /* a keyword: "spf" */
	unsigned version;   /* 0: not stated, which means 1 */
	const char *result; /* a keyword: "pass" */
	const char *reason;
	const struct mail_authres_property *properties;
	size_t property_count;
};

struct mail_authres {
	const char *authserv_id;
	unsigned version; /* 0: not stated, which means 1 */
	const struct mail_authres_result *results;
	size_t count; /* 0: "none", nothing was authenticated */
	/*
	 * For writing: the message is no internationalized one (RFC 6532), so that what is not
	 * ASCII is escaped. False after reading.
	 */
	bool ascii;
};

/* Reading refuses what has more, and writing cuts values that are longer and ends them by "...". */
#define MAIL_AUTHRES_RESULTS_MAX    100
#define MAIL_AUTHRES_PROPERTIES_MAX 50
#define MAIL_AUTHRES_VALUE_MAX      450
#define MAIL_AUTHRES_KEYWORD_MAX    40
#define MAIL_AUTHRES_VERSION_MAX    999999

/*
 * Appends the whole field with its name and final CRLF, folded; no line is longer than 998 octets.
 * In values, control octets and what is no UTF-8 become \DDD; of keywords only letters, digits and
 * hyphens are written.
 */
void mail_authres_write(struct buffer *out, const struct mail_authres *in);

/*
 * Reads text, the value of the field, folded or not, with comments wherever they may stand. Strings
 * live in the arena. 0, or -1 with err saying what was expected where.
 */
int mail_authres_parse(
    struct span text, struct arena *a, struct mail_authres *out, struct error *err);

#endif
