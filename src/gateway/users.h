/*
 * SPDX-License-Identifier: ISC
 *
 * The users that a listener knows, and whether credentials are theirs.
 */
#ifndef GATEWAY_USERS_H
#define GATEWAY_USERS_H

#include <stdbool.h>

#include "conf/settings.h"

struct users;

/* Reads the secrets that stand in files ("file:PATH", one line end at the end is not part). */
struct users *users_new(const struct conf_settings *settings, struct error *err);
void users_free(struct users *u);
/* Compares in a time that does not depend on where the password differs. */
bool users_check(const struct users *u, struct span name, struct span password);

#endif
