/*
 * SPDX-License-Identifier: ISC
 *
 * The facts of a message's header.
 */
#include "mail/message.h"

#include "base/codec.h"

/* The unfolded value of the first field of this name, or NULL data. */
static struct span first_value(const struct mail_header *h, struct arena *a, const char *name)
{
	const struct mail_field *f = mail_header_find(h, span_from(name), 0);

	return f == NULL ? span_of(NULL, 0) : mail_field_unfold(f, a);
}

static bool has_control(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] < ' ' || s.data[i] == 0x7f)
			return true;
	return false;
}

/* The msg-id at the start of the value; what follows may only be blanks or a comment. */
static const char *read_message_id(struct span value, struct arena *a)
{
	ptrdiff_t close = span_index(value, '>');
	struct span id, after;

	if (close < 2 || value.data[0] != '<')
		return NULL;
	id = span_first(value, (size_t)close + 1);
	after = span_trim(span_after(value, id.len));
	if (after.len > 0 && after.data[0] != '(')
		return NULL;
	if (has_control(id) || !utf8_valid(id) || span_index(id, ' ') >= 0 ||
	    span_rindex(id, '<') != 0)
		return NULL;
	return arena_copy(a, id);
}

static const char *read_date(struct span value, struct arena *a)
{
	char *copy = arena_copy(a, value);

	/* A fold may leave a tab. */
	for (size_t i = 0; i < value.len; i++)
		if (copy[i] == '\t')
			copy[i] = ' ';
	value.data = copy;
	return value.len == 0 || has_control(value) || !utf8_valid(value) ? NULL : copy;
}

/* A NUL would end the string before its time. */
static const char *read_subject(struct span value, struct arena *a)
{
	char *copy;

	if (value.data == NULL)
		return NULL;
	copy = arena_copy(a, value);
	for (size_t i = 0; i < value.len; i++)
		if (copy[i] == '\0')
			copy[i] = ' ';
	return copy;
}

static void read_from(const struct mail_field *f, struct arena *a, struct mail_message *out)
{
	struct mail_mailbox_list list;

	if (mail_address_list_parse(mail_field_unfold(f, a), a, &list, NULL) < 0)
		out->from_malformed = true;
	if (out->from_fields++ == 0 && list.count > 0)
		out->from = mail_mailbox_address(a, &list.items[0]);
	for (size_t i = 0; i < list.count && out->from_list.count < MAIL_MAILBOX_MAX; i++)
		mail_mailbox_append(&out->from_list, a, &list.items[i]);
}

void mail_message_read(const struct mail_header *h, struct arena *a, struct mail_message *out)
{
	*out = (struct mail_message){
	    .message_id = read_message_id(first_value(h, a, "Message-ID"), a),
	    .subject = read_subject(first_value(h, a, "Subject"), a),
	    .date = read_date(first_value(h, a, "Date"), a),
	};
	for (size_t i = 0; i < h->count; i++)
		if (span_equal_nocase(h->fields[i].name, SPAN("From")))
			read_from(&h->fields[i], a, out);
}
