/*
 * SPDX-License-Identifier: ISC
 *
 * Policy files, line by line. Columns are counted in the line as it stands in the file.
 */
#include <string.h>

#include "policy/build.h"

#define SECTIONS_MAX 1000

struct reader {
	struct policy_build build;
	const struct policy_file *file;
	const struct conf_receivers *known;
	unsigned line;
	struct error why;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Behind the quoted text or the regular expression that begins at i, or the end. */
static size_t skip_closed(struct span line, size_t i)
{
	char close = line.data[i++];

	for (; i < line.len && line.data[i] != close; i++)
		if (line.data[i] == '\\' && i + 1 < line.len)
			i++;
	return i < line.len ? i + 1 : i;
}

/* A "#" begins a comment at the start of the line and behind a blank, not within a value. */
static struct span without_comment(struct span line)
{
	size_t i = 0;

	while (i < line.len) {
		char c = line.data[i];

		if (c == '#' && (i == 0 || is_blank(line.data[i - 1])))
			return span_first(line, i);
		if (c == '"' || (c == '/' && i > 0 && line.data[i - 1] == '~'))
			i = skip_closed(line, i);
		else
			i++;
	}
	return line;
}

/* What stands behind the word in any case and a blank, or alone; data is NULL when the line begins
 * otherwise. */
static struct span behind_word(struct span line, struct span word)
{
	struct span rest = span_after(line, word.len);

	if (!span_starts_nocase(line, word) || (rest.len > 0 && !is_blank(rest.data[0])))
		return span_of(NULL, 0);
	return rest;
}

/* The line with blanks in place of all that stands before the part, so that columns stay. */
static struct span blank_before(struct arena *a, struct span line, struct span part)
{
	size_t before = (size_t)(part.data - line.data);
	char *copy = arena_copy(a, span_first(line, before + part.len));

	memset(copy, ' ', before);
	return span_of(copy, before + part.len);
}

static int add_section(struct reader *r, struct span line, struct span title)
{
	struct policy *p = r->build.policy;
	struct policy_section section = {
	    .title = arena_copy(p->arena, title),
	    .place = arena_printf(p->arena, "%s:%u", r->file->name, r->line),
	};

	if (selection_parse(blank_before(p->arena, line, title), r->file->now_ms, p->arena,
		&section.selection, &r->why) < 0)
		return -1;
	if (section.selection.count == 0)
		return error_usage(&r->why,
		    "expected a selection in the brackets, such as [subject:newsletter]; what is "
		    "required of every message stands above the first heading");
	policy_section_add(p, section);
	r->build.section = p->section_count - 1;
	return 0;
}

static int read_heading(struct reader *r, struct span line, struct span trimmed)
{
	struct span title, selection;

	if (trimmed.data[trimmed.len - 1] != ']')
		return error_usage(&r->why, "expected \"]\" at the end of the heading");
	if (r->build.policy->section_count > SECTIONS_MAX)
		return error_usage(&r->why, "there are more than %d headings", SECTIONS_MAX);
	title = span_trim(span_after(span_first(trimmed, trimmed.len - 1), 1));
	selection = behind_word(title, SPAN("selection"));
	return add_section(r, line, selection.data == NULL ? title : span_trim(selection));
}

static int read_line(struct reader *r, struct span line)
{
	struct span trimmed, names;

	line = without_comment(line);
	trimmed = span_trim(line);
	if (trimmed.len == 0)
		return 0;
	if (trimmed.data[0] == '[')
		return read_heading(r, line, trimmed);
	names = behind_word(trimmed, SPAN("profile"));
	if (names.data != NULL)
		return policy_build_profiles(&r->build, r->known, names, &r->why);
	return policy_build_requirements(&r->build, line,
	    arena_printf(r->build.policy->arena, "%s:%u", r->file->name, r->line), &r->why);
}

int policy_add_file(struct policy *p, const struct policy_file *file,
    const struct conf_receivers *known, struct error *err)
{
	struct reader r = {.build = {.policy = p}, .file = file, .known = known};
	struct span rest = file->text;

	/* Some editors put a byte order mark in front. */
	if (span_starts(rest, SPAN("\xef\xbb\xbf")))
		rest = span_after(rest, 3);
	while (rest.data != NULL) {
		r.line++;
		if (read_line(&r, span_cut(&rest, '\n')) < 0)
			return error_usage(err, "%s:%u: %s", file->name, r.line, r.why.text);
	}
	return 0;
}
