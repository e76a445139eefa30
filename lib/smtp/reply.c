/*
 * SPDX-License-Identifier: ISC
 *
 * Replies: written by the server side, read by the client side (RFC 5321 4.2, RFC 2034).
 */
#include "smtp/reply.h"

#include <stdio.h>
#include <string.h>

/* RFC 5321 4.5.3.1.5, with the CRLF. */
#define REPLY_LINE_MAX 512
/* A peer's line may be longer than it should, but not without end. */
#define PEER_LINE_MAX 4096

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

static void write_line(
    struct buffer *out, const struct smtp_reply *reply, struct span text, bool last)
{
	size_t start = out->len;
	size_t room;

	buffer_printf(out, "%03d%c", reply->code, last ? ' ' : '-');
	if (reply->status != NULL)
		buffer_printf(out, "%s%s", reply->status, text.len > 0 ? " " : "");
	room = REPLY_LINE_MAX - 2;
	room = room > out->len - start ? room - (out->len - start) : 0;
	text = span_first(text, room);
	for (size_t i = 0; i < text.len; i++)
		buffer_add_char(out, is_control(text.data[i]) ? '?' : text.data[i]);
	buffer_add_string(out, "\r\n");
}

void smtp_reply_write(struct buffer *out, const struct smtp_reply *reply)
{
	struct span rest = span_from(reply->text == NULL ? "" : reply->text);

	do {
		struct span line = span_cut(&rest, '\n');

		write_line(out, reply, line, rest.data == NULL);
	} while (rest.data != NULL);
}

/* Whether the octets that are there can begin a reply line. */
static bool prefix_valid(struct span in)
{
	for (size_t i = 0; i < in.len && i < 3; i++)
		if (!ascii_digit(in.data[i]))
			return false;
	if (in.len > 0 && (in.data[0] < '2' || in.data[0] > '5'))
		return false;
	return in.len < 4 || strchr(" -\r\n", in.data[3]) != NULL;
}

static int code_of(struct span in)
{
	return (in.data[0] - '0') * 100 + (in.data[1] - '0') * 10 + (in.data[2] - '0');
}

ptrdiff_t smtp_reply_line_parse(struct span in, struct smtp_reply_line *out, struct error *err)
{
	ptrdiff_t end = span_index(span_first(in, PEER_LINE_MAX), '\n');
	struct span line;

	if (!prefix_valid(in))
		return error_cannot(err,
		    "reply: expected three digits from 200 to 599 and a blank or a hyphen; "
		    "the peer does not speak SMTP");
	if (end < 0 && in.len >= PEER_LINE_MAX)
		return error_cannot(
		    err, "reply: expected a line end within %d octets, got none", PEER_LINE_MAX);
	if (end < 0)
		return 0;
	line = span_first(in, (size_t)end);
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (line.len > 3 && line.data[3] != ' ' && line.data[3] != '-')
		return error_cannot(err, "reply: expected a blank or a hyphen behind the code");
	*out = (struct smtp_reply_line){
	    .code = code_of(line),
	    .last = line.len == 3 || line.data[3] == ' ',
	    .text = span_after(line, 4),
	};
	return end + 1;
}
