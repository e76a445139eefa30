/*
 * SPDX-License-Identifier: ISC
 *
 * The users that a listener knows, what is known of their secrets, and whether a login is theirs.
 * Safe for any thread.
 */
#ifndef GATEWAY_USERS_H
#define GATEWAY_USERS_H

#include <stdbool.h>

#include "conf/scram.h"
#include "conf/settings.h"
#include "smtp/server.h"

struct users;

/* What becomes of a login; each has its reply (RFC 4954 6). */
enum users_verdict {
	USERS_ACCEPTED,
	USERS_REJECTED,    /* 535 5.7.8: unknown user, wrong secret, or somebody else's identity */
	USERS_UNAVAILABLE, /* 454 4.7.0: the file of the secret could not be read at a reload */
	USERS_TRANSITION,  /* 432 4.7.12: only keys of another mechanism are known */
	USERS_TOO_WEAK,    /* 534 5.7.9: the secret in the clear, of a user who has none in clear */
	USERS_VERDICT_COUNT,
};

struct users_login {
	enum smtp_mechanism mechanism;
	struct span identity, user;
	struct span password; /* of mechanisms that show it; a token is compared with it too */
	bool proven;          /* of the others */
	bool over_tls;
};

/* A user's secret for a proof, or one made up for a user who is not known. */
struct users_secret {
	struct smtp_secret secret; /* borrows from here and from the table */
	unsigned char salts[2][32];
};

/*
 * Reads the secrets that stand in files ("file:PATH", one line end at the end is not part) and
 * reckons the SCRAM keys of passwords. In a reload a file that cannot be read leaves its user
 * without a secret, and is logged; else it is an error.
 */
struct users *users_new(const struct conf_settings *settings, bool reload, struct error *err);
void users_free(struct users *u);

/*
 * What a proof of this mechanism is to be checked against: *out with USERS_ACCEPTED, also for
 * unknown users, of whom nobody can tell that they are; else the login is over already.
 */
enum users_verdict users_find(const struct users *u, enum smtp_mechanism mechanism,
    struct span name, struct users_secret *out);
/*
 * Judges a login. One with the right password over TLS teaches the table the keys that it had not
 * known, so that any mechanism works from then on (RFC 4954 6, 432).
 */
enum users_verdict users_judge(const struct users *u, const struct users_login *login);
/* NULL for USERS_ACCEPTED. */
const struct smtp_reply *users_reply(enum users_verdict verdict);

#endif
