/*
 * SPDX-License-Identifier: ISC
 *
 * Whether a selection means a message that is in no store: one in a file.
 */
#ifndef POLICY_BELONGS_H
#define POLICY_BELONGS_H

#include "mime/content.h"
#include "policy/selection.h"
#include "record/record.h"

/* All is borrowed. */
struct selection_subject {
	const struct record_message *message;
	const struct mime_content *content;
	int64_t now_ms; /* when it counts as received */
};

/*
 * Whether all terms hold, by the rules of the store: what is not known of the message is not what
 * a term asks for. It has no id, and is not the latest. Free words are whole words of subject,
 * addresses and text, without regard to ASCII case; of other letters the case counts.
 */
bool selection_means(const struct selection *s, const struct selection_subject *of);

#endif
