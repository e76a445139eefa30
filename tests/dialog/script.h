/*
 * SPDX-License-Identifier: ISC
 *
 * A dialog script as steps; README says what each line means.
 */
#ifndef DIALOG_SCRIPT_H
#define DIALOG_SCRIPT_H

#include "base/arena.h"
#include "base/error.h"
#include "smtp/server.h"

enum step_kind {
	STEP_SEND,    /* octets */
	STEP_REPLY,   /* one line; text is the pattern */
	STEP_REPLIES, /* a whole reply; text is CODE and words */
	STEP_TLS,
	STEP_SENT,
	STEP_CLOSED,
	STEP_FINDING,  /* text is the id */
	STEP_MESSAGE,  /* octets; size instead when octets.data is NULL */
	STEP_EVENT,    /* text is the pattern */
	STEP_NO_EVENT, /* text is the pattern */
};

struct step {
	enum step_kind kind;
	unsigned line; /* in the script */
	struct span text;
	uint64_t size;
};

struct script_user {
	struct span name, password;
};

struct script {
	struct smtp_settings settings;
	unsigned flags;              /* enum smtp_server_flags */
	struct smtp_channel channel; /* what -PLUS mechanisms bind to once TLS stands */
	struct script_user *users;
	size_t user_count;
	struct step *steps;
	size_t step_count;
	struct arena *arena; /* owns the strings */
};

/* Strings live in the script. 0, or -1 with err, which begins with the line's number. */
int script_parse(struct span text, struct script *out, struct error *err);
void script_clear(struct script *s);

#endif
