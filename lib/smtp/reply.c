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
/* Where a reply of several lines is broken. */
#define REPLY_LINE_BROKEN 78
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

/* Octets of "5.7.26" at the start of the text, or 0. */
static size_t status_size(struct span text)
{
	size_t size = 0, digits = 0;
	unsigned dots = 0;

	for (; size < text.len && (ascii_digit(text.data[size]) || text.data[size] == '.');
	     size++) {
		if (text.data[size] == '.' ? digits == 0 : digits == 3)
			return 0;
		dots += text.data[size] == '.';
		digits = text.data[size] == '.' ? 0 : digits + 1;
	}
	return dots == 2 && digits > 0 && text.data[1] == '.' ? size : 0;
}

/* Breaks the text at blanks into lines of at most so many octets, where it has blanks. */
static char *break_lines(struct span text, size_t width, struct arena *a)
{
	char *out = arena_copy(a, text);
	size_t start = 0, blank = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (out[i] == ' ')
			blank = i;
		if (i - start < width || blank <= start)
			continue;
		out[blank] = '\n';
		start = blank + 1;
	}
	return out;
}

int smtp_reply_from_text(struct span line, struct arena *a, struct smtp_reply *out)
{
	struct smtp_reply_line read;
	struct span text;
	size_t status, room;

	if (line.len < 4 || !prefix_valid(line) || (line.data[3] != ' ' && line.data[3] != '-'))
		return -1;
	read = (struct smtp_reply_line){.code = code_of(line), .last = line.data[3] == ' '};
	text = span_after(line, 4);
	status = status_size(text);
	out->code = read.code;
	out->status = status > 0 ? arena_copy(a, span_first(text, status)) : NULL;
	text = span_trim(span_after(text, status));
	room = (read.last ? REPLY_LINE_MAX - 2 : REPLY_LINE_BROKEN) - 4 -
	       (status > 0 ? status + 1 : 0);
	out->text = break_lines(text, room, a);
	return 0;
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
