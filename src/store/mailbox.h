/*
 * SPDX-License-Identifier: ISC
 *
 * The writer's side of a mailbox (its other side is in store/writer.h).
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "store/writer.h"

/* Puts the finished job in and wakes the owner; the job is not the writer's any more. */
void mailbox_put(struct store_mailbox *m, struct store_job *job);

#endif
