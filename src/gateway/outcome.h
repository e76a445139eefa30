/*
 * SPDX-License-Identifier: ISC
 *
 * How the sending of a session goes, read from its own dialog: which stage it is in, and where it
 * broke. Fed with the lines of the client and the replies to them, in their order; so replies that
 * the machine gives by itself count as those of policy do.
 *
 * What was refused is mended by a later success at the same step or a later one: HELO, STARTTLS,
 * AUTH, MAIL, RCPT, DATA, the message.
 */
#ifndef GATEWAY_OUTCOME_H
#define GATEWAY_OUTCOME_H

#include "base/span.h"
#include "record/record.h"

/* Octets of a reply that are kept (RFC 5321 4.5.3.1.5). */
#define OUTCOME_REPLY_SIZE 512

enum outcome_step {
	OUTCOME_NONE, /* a command that is no step of sending */
	OUTCOME_GREETING,
	OUTCOME_HELO,
	OUTCOME_TLS,
	OUTCOME_AUTH,
	OUTCOME_MAIL,
	OUTCOME_RCPT,
	OUTCOME_DATA, /* also a chunk that is not the last */
	OUTCOME_MESSAGE,
	OUTCOME_STEP_COUNT,
};

struct outcome {
	enum record_stage stage;     /* what it is doing; CONNECTION: none of the others */
	enum record_stage before;    /* the same before MAIL */
	enum record_stage reached;   /* how far it got, short of DONE */
	enum outcome_step step;      /* what the next reply answers */
	enum outcome_step failed;    /* the step that was refused; NONE: none, or it was no reply */
	enum record_stage failed_at; /* where sending broke; DONE: it did not */
	const char *failure;         /* in reply, or borrowed */
	char reply[OUTCOME_REPLY_SIZE];
	bool ended;
};

void outcome_init(struct outcome *o);
/* A line of the client, its secrets masked. */
void outcome_line(struct outcome *o, struct span line);
/* Replies as they go to the client, whole lines. */
void outcome_replies(struct outcome *o, struct span lines);
/* The handshake begins, or is done. */
void outcome_handshake(struct outcome *o);
void outcome_secured(struct outcome *o);
/* The transaction is gone. */
void outcome_reset(struct outcome *o);
/* The handshake was broken off, however late that was noticed. */
void outcome_handshake_failed(struct outcome *o, const char *reason);
/*
 * The session ends for a reason that is none of the client's commands; reason lives as long as the
 * session. delivered: a message was stored and none is under way. What broke before stays.
 */
void outcome_end(struct outcome *o, enum record_end end, const char *reason, bool delivered);

#endif
