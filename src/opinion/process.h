/*
 * SPDX-License-Identifier: ISC
 *
 * The gateway's end of the opinion process: starting it, talking to it, and its end. What it says
 * is hostile; a process that says what it should not, or when it should not, is ended.
 */
#ifndef OPINION_PROCESS_H
#define OPINION_PROCESS_H

#include "net/loop.h"
#include "opinion/reply.h"

struct process_owner {
	/* A frame that was due: FRAME_READY once, then one of the others for each question. */
	void (*reply)(void *arg, const struct opinion_reply *r);
	/* It ended, or was ended for what it said; why is a sentence. Free it. */
	void (*gone)(void *arg, const char *why);
};

struct process;

/*
 * Runs program (NULL: this one again) with the word of opinion/child.h, no environment but what
 * sanitizers read, and one end of a socket pair as its only descriptor. A reply is due from then
 * on. The owner is called from the loop only, and may free the process in its calls. NULL with err.
 */
struct process *process_start(struct loop *l, const char *program,
    const struct process_owner *owner, void *arg, struct error *err);
/* Kills it and waits for its end. NULL is fine. */
void process_free(struct process *p);
/* Sends a frame, to which a reply is due from then on; none may be due yet. */
void process_send(struct process *p, struct span frame);

#endif
