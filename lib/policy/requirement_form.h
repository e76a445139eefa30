/*
 * SPDX-License-Identifier: ISC
 *
 * What each name of a requirement takes: its operators and their values.
 */
#ifndef POLICY_REQUIREMENT_FORM_H
#define POLICY_REQUIREMENT_FORM_H

#include "policy/requirement.h"

bool requirement_takes(enum requirement_name name, enum requirement_op op);
/* For a sentence: "tls, tls=VERSION, ...". */
const char *requirement_form(enum requirement_name name);
/*
 * Checks the value by name and operator of r, and adds it: a word of a table as the table has it,
 * also as a number where the operator compares. 0, or -1 with what was expected.
 */
int requirement_value_add(
    struct requirement *r, struct span value, struct arena *a, struct error *err);

/* 10 to 13 of "1.2", "TLSv1.2", "TLSv1"; 0 for anything else. */
unsigned requirement_tls_version(struct span text);

#endif
