/*
 * SPDX-License-Identifier: ISC
 *
 * Gates whose forms are golden files: one of each outcome, and one whose texts are hostile to
 * every form.
 */
#ifndef GATEFORM_H
#define GATEFORM_H

#include "policy/gate.h"

struct gate_form {
	const char *name;
	const struct gate *gate;
};

/* The gates; strings are constant, *count is their number. */
const struct gate_form *gate_forms(size_t *count);

#endif
