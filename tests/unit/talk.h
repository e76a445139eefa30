/*
 * SPDX-License-Identifier: ISC
 *
 * A client of the server machine for unit tests, line by line. What comes back must be what was
 * expected, else the test fails.
 */
#ifndef UNIT_TALK_H
#define UNIT_TALK_H

#include "smtp/server.h"

/* Feeds text; all of it must be taken. */
void talk_feed(struct smtp_server *s, const char *text);
/* Takes the next event other than LINE and checks its kind. */
struct smtp_event_data talk_expect(struct smtp_server *s, enum smtp_event want);
/* Takes the output. */
void talk_output(struct smtp_server *s, const char *want);
/* Sends a line, gives its question (if any) the answer, and checks the reply. */
void talk_line(struct smtp_server *s, const char *line, enum smtp_event question,
    const struct smtp_reply *answer, const char *want);
/* The greeting and EHLO. */
void talk_greet(struct smtp_server *s);

#endif
