/*
 * SPDX-License-Identifier: ISC
 *
 * The text form of scenarios.
 */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum section {
	SECTION_NONE,
	SECTION_ZONE,
	SECTION_CASE,
	SECTION_MESSAGE,
};

struct parser {
	struct scenario *out;
	struct arena *arena;
	struct error *err;
	unsigned line;
	enum section section;
	struct span body; /* of a zone or message: from its first line to the one being read */
};

static int fail(struct parser *p, const char *what)
{
	return error_usage(p->err, "%s:%u: %s", p->out->file, p->line, what);
}

static struct scenario_case *last_case(struct parser *p)
{
	return p->out->case_count == 0 ? NULL : &p->out->cases[p->out->case_count - 1];
}

/* The zone's text behind line ends, so that the line numbers of its errors are the file's. */
static void keep_zone(struct parser *p, unsigned first_line)
{
	size_t before = first_line - 1;
	char *text = arena_alloc(p->arena, before + p->body.len + 1);

	memset(text, '\n', before);
	if (p->body.len > 0)
		memcpy(text + before, p->body.data, p->body.len);
	array_grow(&p->out->zones, p->out->zone_count, sizeof(*p->out->zones));
	p->out->zones[p->out->zone_count++] = span_of(text, before + p->body.len);
}

static unsigned count_lines(struct span text)
{
	unsigned n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == '\n';
	return n;
}

static void keep_message(struct parser *p)
{
	char *text = arena_alloc(p->arena, 2 * p->body.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < p->body.len; i++) {
		if (p->body.data[i] == '\n')
			text[n++] = '\r';
		text[n++] = p->body.data[i];
	}
	last_case(p)->message = span_of(text, n);
}

static void end_section(struct parser *p)
{
	if (p->section == SECTION_ZONE)
		keep_zone(p, p->line - count_lines(p->body));
	if (p->section == SECTION_MESSAGE)
		keep_message(p);
	p->section = SECTION_NONE;
	p->body = span_of(NULL, 0);
}

static void add_case(struct parser *p, struct span name)
{
	struct scenario_case *c;

	array_grow(&p->out->cases, p->out->case_count, sizeof(*p->out->cases));
	c = &p->out->cases[p->out->case_count++];
	*c = (struct scenario_case){.name = arena_copy(p->arena, name)};
	c->line = p->line;
	c->now = SCENARIO_NOW;
	p->section = SECTION_CASE;
}

static int begin_section(struct parser *p, struct span heading)
{
	struct span word = span_cut(&heading, ' ');

	end_section(p);
	if (span_equal(word, SPAN("zone"))) {
		p->section = SECTION_ZONE;
	} else if (span_equal(word, SPAN("message"))) {
		if (last_case(p) == NULL)
			return fail(p, "a message belongs behind a case");
		p->section = SECTION_MESSAGE;
	} else if (span_equal(word, SPAN("case")) && heading.len > 0) {
		add_case(p, span_trim(heading));
	} else {
		return fail(p, "expected \"=== zone\", \"=== case NAME\" or \"=== message\"");
	}
	return 0;
}

static void add_expected(struct parser *p, struct span name, struct span value)
{
	struct scenario_case *c = last_case(p);

	array_grow(&c->expected, c->expected_count, sizeof(*c->expected));
	c->expected[c->expected_count++] = (struct scenario_fact){
	    arena_copy(p->arena, name), arena_copy(p->arena, value), p->line};
}

/* The value above goes on. */
static int continue_value(struct parser *p, struct span line)
{
	struct scenario_case *c = last_case(p);
	struct scenario_fact *last;

	if (c->expected_count == 0)
		return fail(p, "a line that goes on with a value belongs behind an expected fact");
	last = &c->expected[c->expected_count - 1];
	line = span_trim(line);
	last->value = arena_printf(p->arena, "%s %.*s", last->value, (int)line.len, line.data);
	return 0;
}

static int read_egress(struct parser *p, struct span list)
{
	struct verify_route *route = &last_case(p)->route;
	const char **items;

	if (list.len == 0)
		return fail(p, "route: expected egress=ADDRESS,spf:DOMAIN");
	items = arena_alloc(p->arena, list.len * sizeof(*items));
	while (list.data != NULL)
		items[route->egress_count++] = arena_copy(p->arena, span_cut(&list, ','));
	route->egress = items;
	return 0;
}

static int read_route_dkim(struct parser *p, struct span value)
{
	struct verify_route *route = &last_case(p)->route;
	struct span domain = span_cut(&value, '/');

	if (domain.len > 0)
		route->dkim_domain = arena_copy(p->arena, domain);
	if (value.len == 0)
		return fail(p, "route: expected dkim=DOMAIN/SELECTOR");
	route->dkim_selector = arena_copy(p->arena, value);
	return 0;
}

/* "egress=... return-path=... dkim=..." */
static int read_route(struct parser *p, struct span rest)
{
	struct scenario_case *c = last_case(p);

	c->has_route = true;
	c->route = (struct verify_route){.name = "route"};
	while (rest.len > 0) {
		struct span value = span_cut(&rest, ' '), name = span_cut(&value, '=');
		int status = 0;

		if (span_equal(name, SPAN("egress")))
			status = read_egress(p, value);
		else if (span_equal(name, SPAN("return-path")))
			c->route.return_path = arena_copy(p->arena, value);
		else if (span_equal(name, SPAN("dkim")))
			status = read_route_dkim(p, value);
		else if (name.len > 0)
			status = fail(p, "route: expected egress=, return-path= or dkim=");
		if (status < 0)
			return -1;
	}
	return 0;
}

static int read_peer(struct parser *p, struct span value)
{
	return ip_parse(value, &last_case(p)->peer) == 0 ? 0
	                                                 : fail(p, "peer: expected an IP address");
}

static int read_helo(struct parser *p, struct span value)
{
	last_case(p)->helo = arena_span(p->arena, value);
	return 0;
}

static int read_mail_from(struct parser *p, struct span value)
{
	last_case(p)->mail_from = arena_span(p->arena, value);
	return 0;
}

static int read_now(struct parser *p, struct span value)
{
	uint64_t number;

	if (span_to_uint(value, INT64_MAX, &number) < 0)
		return fail(p, "now: expected seconds since 1970");
	last_case(p)->now = (int64_t)number;
	return 0;
}

static int read_smtputf8(struct parser *p, struct span value)
{
	last_case(p)->smtputf8 = span_equal(value, SPAN("yes"));
	return last_case(p)->smtputf8 || span_equal(value, SPAN("no"))
	           ? 0
	           : fail(p, "smtputf8: expected yes or no");
}

static const struct {
	const char *name;
	int (*read)(struct parser *p, struct span value);
} GIVEN[] = {
    {"peer", read_peer},
    {"helo", read_helo},
    {"mail-from", read_mail_from},
    {"now", read_now},
    {"smtputf8", read_smtputf8},
    {"route", read_route},
};

static int read_fact(struct parser *p, struct span line)
{
	struct span name = span_cut(&line, ':'), value = span_trim(line);

	if (line.data == NULL)
		return fail(p, "expected \"NAME: VALUE\"");
	for (size_t i = 0; i < ARRAY_SIZE(GIVEN); i++)
		if (span_equal(name, span_from(GIVEN[i].name)))
			return GIVEN[i].read(p, value);
	add_expected(p, name, value);
	return 0;
}

static int read_line(struct parser *p, struct span line, struct span whole)
{
	static const struct span mark = {"=== ", 4};

	if (span_starts(line, mark))
		return begin_section(p, span_trim(span_after(line, mark.len)));
	if (p->section == SECTION_ZONE || p->section == SECTION_MESSAGE) {
		if (p->body.data == NULL)
			p->body.data = whole.data;
		p->body.len += whole.len;
		return 0;
	}
	if (line.len == 0 || line.data[0] == '#')
		return 0;
	if (p->section != SECTION_CASE)
		return fail(p, "expected a comment or a section (\"=== zone\")");
	return line.data[0] == ' ' ? continue_value(p, line) : read_fact(p, line);
}

int scenario_parse(
    const char *file, struct span text, struct arena *a, struct scenario *out, struct error *err)
{
	struct parser p = {.out = out, .arena = a, .err = err};

	*out = (struct scenario){.file = arena_string(a, file)};
	while (text.len > 0) {
		struct span rest = text, line = span_cut(&rest, '\n');
		size_t whole = line.len + (line.len < text.len);

		p.line++;
		if (read_line(&p, line, span_first(text, whole)) < 0)
			return -1;
		text = span_after(text, whole);
	}
	p.line++;
	end_section(&p);
	return out->case_count > 0 ? 0 : fail(&p, "the file has no case");
}

void scenario_clear(struct scenario *s)
{
	for (size_t i = 0; i < s->case_count; i++)
		free(s->cases[i].expected);
	free(s->cases);
	free(s->zones);
	*s = (struct scenario){0};
}
