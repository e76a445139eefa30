/*
 * SPDX-License-Identifier: ISC
 *
 * Keeps the outcome of a session and the time that it spends in each stage.
 */
#ifndef GATEWAY_PROGRESS_H
#define GATEWAY_PROGRESS_H

#include "gateway/policy.h"

void progress_begin(struct session *s);
/* What the caller did to s->outcome counts from now on, and the record says so. */
void progress_note(struct session *s);
void progress_line(struct session *s, struct span line);
/* The replies of the machine that were not taken into account yet. */
void progress_replies(struct session *s);

#endif
