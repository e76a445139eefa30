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

#endif
