/*
 * SPDX-License-Identifier: ISC
 *
 * Ids of sessions and messages: ULIDs that grow within a thread, also within one millisecond.
 */
#ifndef RUN_ID_H
#define RUN_ID_H

#include "base/codec.h"

void id_make(char out[ULID_SIZE]);

#endif
