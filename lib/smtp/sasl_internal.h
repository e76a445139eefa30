/*
 * SPDX-License-Identifier: ISC
 *
 * What the files of the mechanisms share: sasl.c (exchange, PLAIN, LOGIN), sasl_cram.c,
 * sasl_scram.c, sasl_oauth.c, sasl_gs2.c (names and the header of RFC 5801 4).
 */
#ifndef SMTP_SASL_INTERNAL_H
#define SMTP_SASL_INTERNAL_H

#include "smtp/sasl.h"

/* The response at hand, decoded. */
struct span sasl_octets(const struct smtp_sasl *x);
enum smtp_sasl_status sasl_malformed(struct error *err, const char *what);
/* The text becomes the challenge, and the next response is awaited. */
enum smtp_sasl_status sasl_challenge(struct smtp_sasl *x, struct span text);
/* Overwrites and frees. */
void sasl_wipe(struct buffer *b);
/* Octets that nobody can guess without the session's random ones; label parts their uses. */
void sasl_derive(const struct smtp_sasl *x, const char *label, struct span text,
    unsigned char out[SMTP_RANDOM_SIZE]);

/* sasl_gs2.c */

/*
 * Reads gs2-cbind-flag "," [ "a=" identity ] "," off *rest into x (binding_flag, identity,
 * gs2_size); *type is the channel's type behind "p=". 0, or -1 with err.
 */
int sasl_gs2_parse(struct smtp_sasl *x, struct span *rest, struct span *type, struct error *err);
/* Decodes a saslname into x->names, which has room for it. 0, or -1 with err. */
int sasl_name(struct smtp_sasl *x, struct span text, struct span *out, struct error *err);
/* Whether it is UTF-8 without NUL, as user names and identities are. */
bool sasl_is_text(struct span s);

enum smtp_sasl_status sasl_cram_begin(struct smtp_sasl *x);
enum smtp_sasl_status sasl_cram_response(struct smtp_sasl *x, struct error *err);
enum smtp_sasl_status sasl_cram_secret(struct smtp_sasl *x, const struct smtp_secret *secret);

enum smtp_sasl_status sasl_scram_response(struct smtp_sasl *x, struct error *err);
enum smtp_sasl_status sasl_scram_secret(struct smtp_sasl *x, const struct smtp_secret *secret);

enum smtp_sasl_status sasl_xoauth2_response(struct smtp_sasl *x, struct error *err);
enum smtp_sasl_status sasl_oauthbearer_response(struct smtp_sasl *x, struct error *err);

#endif
