/*
 * SPDX-License-Identifier: ISC
 *
 * Opinions beside the verdict of record: whether they agree, and the finding when they do not.
 */
#ifndef OPINION_COMPARE_H
#define OPINION_COMPARE_H

#include "opinion/reply.h"
#include "record/record.h"

/* What one message's opinions become: opinion_count of the message's opinions, and its findings. */
struct opinion_outcome {
	struct record_opinion opinions[OPINION_CHECK_COUNT];
	struct record_message message; /* id, opinions, findings */
};

/*
 * Fills *out from what was said of the message m; strings live in the arena. SPF is left out where
 * the message has no client address. A check that was asked for and not answered is unavailable.
 */
void opinion_compare(const struct record_message *m,
    const struct opinion_says says[OPINION_CHECK_COUNT], struct arena *a,
    struct opinion_outcome *out);

#endif
