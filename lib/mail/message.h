/*
 * SPDX-License-Identifier: ISC
 *
 * What every reader wants to know of a message's header: who, what, when. Facts that are absent
 * or malformed are NULL. All but the subject are valid UTF-8 without control characters.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "mail/address.h"
#include "mail/header.h"

struct mail_message {
	const char *message_id; /* trimmed, with its angle brackets, as written */
	const char *subject;    /* unfolded, NULs as blanks; mime_decode_words makes it readable */
	const char *date;       /* unfolded, as written */
	const char *from;       /* local@domain of the first mailbox of the first From */
	struct mail_mailbox_list from_list; /* all mailboxes of all From fields */
	size_t from_fields;                 /* how many From fields there are */
	bool from_malformed;                /* one of them is no address list */
};

/* Reads the facts; strings live in the arena. */
void mail_message_read(const struct mail_header *h, struct arena *a, struct mail_message *out);

#endif
