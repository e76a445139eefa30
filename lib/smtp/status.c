/*
 * SPDX-License-Identifier: ISC
 *
 * Reading and finding reply codes and enhanced status codes, and what their digits say.
 */
#include "smtp/status.h"

const char *const SMTP_RETRY_TEXT[] = {
    [SMTP_RETRY_NONE] = "there is nothing to repeat",
    [SMTP_RETRY_LATER] =
	"yes, later, the message as it is: wait longer each time, give up after days",
    [SMTP_RETRY_NEVER] = "no: the same message to the same address will be refused again",
};
_Static_assert(ARRAY_SIZE(SMTP_RETRY_TEXT) == SMTP_RETRY_COUNT, "one text for each");

enum smtp_retry smtp_retry_of(unsigned first_digit)
{
	return first_digit == 4   ? SMTP_RETRY_LATER
	       : first_digit == 5 ? SMTP_RETRY_NEVER
	                          : SMTP_RETRY_NONE;
}

const char *smtp_code_class(int code)
{
	static const char *const CLASSES[] = {
	    [2] = "the command was done",
	    [3] = "the command was understood, and the server waits for more",
	    [4] = "the command was not done, and the cause may pass",
	    [5] = "the command was not done, and will not be as it stands",
	};

	return code < 200 || code > 599 ? NULL : CLASSES[code / 100];
}

const char *smtp_code_group(int code)
{
	static const char *const GROUPS[10] = {
	    [0] = "it is about the syntax of the command, or one that is not implemented",
	    [1] = "it gives information, as HELP does",
	    [2] = "it is about the connection",
	    [3] = "it is about security: authentication and encryption",
	    [5] = "it is about the mail system: the sender, a recipient or the message",
	};

	return GROUPS[(unsigned)code / 10 % 10];
}

const char *smtp_status_class(unsigned class)
{
	static const char *const CLASSES[] = {
	    [2] = "success",
	    [4] = "a failure that may pass: the message is valid, and may be taken later",
	    [5] = "a permanent failure: something must change before it is sent again",
	};

	return class < ARRAY_SIZE(CLASSES) ? CLASSES[class] : NULL;
}

const char *smtp_status_subject(unsigned subject)
{
	static const char *const SUBJECTS[] = {
	    "nothing more is known of the subject",
	    "it is about an address, of the sender or of a recipient",
	    "it is about the recipient's mailbox",
	    "it is about the mail system that receives",
	    "it is about the network, and the way that the message takes",
	    "it is about the protocol by which it is sent",
	    "it is about the content of the message, and what it would have to be turned into",
	    "it is about security or policy",
	};

	return subject < ARRAY_SIZE(SUBJECTS) ? SUBJECTS[subject] : NULL;
}

const struct smtp_code_entry *smtp_code_find(int code)
{
	const struct smtp_code_entry *entry;

	for (size_t i = 0; (entry = smtp_code_entry(i)) != NULL; i++)
		if (entry->code == code)
			return entry;
	return NULL;
}

const struct smtp_status_entry *smtp_status_find(const struct smtp_status *s)
{
	const struct smtp_status_entry *entry;

	for (size_t i = 0; (entry = smtp_status_entry(i)) != NULL; i++)
		if (entry->subject == s->subject && entry->detail == s->detail)
			return entry;
	return NULL;
}

int smtp_code_parse(struct span text, int *code)
{
	uint64_t n;

	if (text.len != 3 || span_to_uint(text, 599, &n) < 0 || n < 200)
		return -1;
	*code = (int)n;
	return 0;
}

static int take_number(struct span *rest, unsigned *out)
{
	struct span part = span_cut(rest, '.');
	uint64_t n;

	if (part.len > 3 || span_to_uint(part, 999, &n) < 0)
		return -1;
	*out = (unsigned)n;
	return 0;
}

int smtp_status_parse(struct span text, struct smtp_status *out)
{
	struct smtp_status s;

	if (take_number(&text, &s.class) < 0 || text.data == NULL)
		return -1;
	if (s.class != 2 && s.class != 4 && s.class != 5)
		return -1;
	if (take_number(&text, &s.subject) < 0 || text.data == NULL)
		return -1;
	if (take_number(&text, &s.detail) < 0 || text.data != NULL)
		return -1;
	*out = s;
	return 0;
}
