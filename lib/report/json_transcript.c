/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON form of a transcript: its text parted into lines again. A line begins with the seconds
 * since the session's begin and who said it: "   0.012 S: 220 mx.example.net ESMTP".
 */
#include <stdlib.h>

#include "report/json.h"
#include "report/json_internal.h"

static const struct {
	struct span mark;
	const char *from;
} SPEAKERS[] = {
    {{"C: ", 3}, "client"},
    {{"S: ", 3}, "server"},
    {{"-- ", 3}, "note"},
};

struct line {
	int64_t ms; /* -1: not said */
	const char *from;
	struct span text;
};

/* Takes "SECONDS.MMM " off the line. Milliseconds, or -1 with the line as it was. */
static int64_t take_time(struct span *line)
{
	struct span rest = *line;
	uint64_t seconds, ms;

	while (rest.len > 0 && rest.data[0] == ' ')
		rest = span_after(rest, 1);
	if (span_to_uint(span_cut(&rest, '.'), INT32_MAX, &seconds) < 0 || rest.len < 4 ||
	    rest.data[3] != ' ' || span_to_uint(span_first(rest, 3), 999, &ms) < 0)
		return -1;
	*line = span_after(rest, 4);
	return (int64_t)(seconds * 1000 + ms);
}

static struct line read_line(struct span text)
{
	struct line line = {.from = "note", .text = text};
	struct span rest = text;

	line.ms = take_time(&rest);
	while (rest.len > 0 && rest.data[0] == ' ')
		rest = span_after(rest, 1);
	for (size_t i = 0; i < ARRAY_SIZE(SPEAKERS); i++) {
		if (!span_starts(rest, SPEAKERS[i].mark))
			continue;
		line.from = SPEAKERS[i].from;
		line.text = span_after(rest, SPEAKERS[i].mark.len);
		return line;
	}
	line.ms = -1;
	return line;
}

static json_t *lines(struct arena *a, struct span transcript)
{
	json_t *list = json_array();

	while (transcript.len > 0) {
		struct line line = read_line(span_cut(&transcript, '\n'));
		json_t *o = json_object();

		json_put(o, "ms", line.ms < 0 ? json_null() : json_integer((json_int_t)line.ms));
		json_put(o, "from", json_string(line.from));
		json_put(o, "text", json_text(a, arena_copy(a, line.text)));
		if (json_array_append_new(list, o) < 0)
			abort();
	}
	return list;
}

void report_transcript_json(struct buffer *out, const char *session, struct span transcript)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "session", json_text(a, session));
	json_put(o, "lines", lines(a, transcript));
	json_finish(out, o, a);
}
