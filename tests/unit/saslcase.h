/*
 * SPDX-License-Identifier: ISC
 *
 * What the tests of SASL exchanges share: sessions, and messages in plain text.
 */
#ifndef UNIT_SASLCASE_H
#define UNIT_SASLCASE_H

#include "smtp/sasl.h"
#include "unit.h"

extern const unsigned char SASL_RANDOM[SMTP_RANDOM_SIZE];
extern const struct smtp_channel SASL_CHANNEL, SASL_NO_CHANNEL;
/* Without and with a channel that binds. */
extern const struct smtp_sasl_session SASL_PLAIN, SASL_BOUND;

/* Begins an exchange without an initial response; the server's nonce is the one given. */
void sasl_begin_with(struct smtp_sasl *x, enum smtp_mechanism mechanism,
    const struct smtp_sasl_session *session, const char *nonce);
/* Encodes the response and sends it. */
enum smtp_sasl_status sasl_send(struct smtp_sasl *x, const char *text, struct error *err);
/* The challenge must be this, decoded. */
void sasl_asked(const char *name, const struct smtp_sasl *x, const char *want);

#endif
