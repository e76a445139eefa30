/*
 * SPDX-License-Identifier: ISC
 *
 * Answers of a session to AUTH: what the listener's users and auth-any make of it.
 */
#ifndef GATEWAY_LOGIN_H
#define GATEWAY_LOGIN_H

#include "gateway/policy.h"

/* SMTP_EVENT_SECRET: gives the machine what a proof is checked against, or refuses. */
void login_secret(struct session *s, const struct smtp_event_data *data);
/* SMTP_EVENT_AUTH: accepts, and the record gets the user, or refuses. */
void login_judge(struct session *s, const struct smtp_event_data *data);

#endif
