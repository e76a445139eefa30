/*
 * SPDX-License-Identifier: ISC
 *
 * Files of options and titled sections in libconfuse's syntax: the configuration and the files of
 * receivers. To libconfuse every option is a string or a list of strings; what they mean is the
 * caller's, who gets each value while its line is known.
 *
 * libconfuse keeps its scanner in globals of its own: one call at a time in a process.
 */
#ifndef CONF_GRAMMAR_H
#define CONF_GRAMMAR_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

/* The first one of a table is the top; the others stand in one that comes before them. */
struct grammar_section {
	const char *name; /* NULL: the top */
	size_t parent;
};

struct grammar_option {
	size_t section;
	const char *name;
	bool list;
};

/* What libconfuse complains of. */
enum grammar_complaint {
	GRAMMAR_UNKNOWN_NAME,
	GRAMMAR_NO_TITLE,
	GRAMMAR_TITLE_TWICE,
	GRAMMAR_OTHER,
};

/* A value, or an item of a list. Strings live until the call returns. */
struct grammar_value {
	size_t option;     /* in the table */
	const char *title; /* of its section; NULL at the top */
	const char *text;  /* as libconfuse made it: see conf_text_check_value */
	unsigned line;
	bool further; /* an item of a list behind its first one */
	bool empty;   /* the list was given as { }: there is no text */
};

struct grammar {
	const struct grammar_section *sections;
	size_t section_count;
	const struct grammar_option *options;
	size_t option_count;
	/* Appends what was expected in the section. */
	void (*expected)(size_t section, enum grammar_complaint complaint, struct buffer *out);
	/* Whether an option may be given now, before its value is looked at. 0, or -1 said. */
	int (*begin)(struct grammar *g, const struct grammar_value *v);
	/* Checks and keeps a value. 0, or -1 with err, which has no place. Not called for v->empty.
	 */
	int (*take)(struct grammar *g, const struct grammar_value *v, struct error *err);
	/* The section ends in this line; title NULL or "": it has none. 0, or -1 said. */
	int (*end)(struct grammar *g, size_t section, const char *title, unsigned line);
	const char *file; /* named in errors */
	struct error *err;
	bool failed; /* err is set: further complaints are not said */
};

/* 0, or -1 with err "FILE:LINE: ...". */
int grammar_read(struct grammar *g, struct span text);
/* Says what is wrong in the line, unless something was said before. Returns -1. */
int grammar_fail(struct grammar *g, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int grammar_given_twice(
    struct grammar *g, const struct grammar_value *v, const char *name, unsigned first);

/* What grammar_title_is_plain allows, in words. */
#define GRAMMAR_PLAIN ", at most 64 letters, digits, \".\", \"_\" and \"-\""
/* Whether a title can stand in logs, files and commands. NULL cannot. */
bool grammar_title_is_plain(const char *title);

#endif
