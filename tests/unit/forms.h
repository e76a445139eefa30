/*
 * SPDX-License-Identifier: ISC
 *
 * Records whose JSON and text forms are golden files: one with every fact, one plain and refused,
 * one of a file.
 */
#ifndef FORMS_H
#define FORMS_H

#include "record/record.h"

struct form {
	const char *name;
	const struct record_message *message;
};

/* The records; strings are constant, *count is their number. */
const struct form *forms(size_t *count);

/*
 * Sessions: a good one with messages, one that broke in each of the five places, the last of them
 * still open, and one of which nothing is known.
 */
const struct record_session *const *session_forms(size_t *count);

#endif
