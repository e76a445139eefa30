/*
 * SPDX-License-Identifier: ISC
 *
 * The values of the selection language: what stands behind a key, checked.
 */
#ifndef POLICY_SELECTION_VALUE_H
#define POLICY_SELECTION_VALUE_H

#include "policy/selection.h"

/*
 * Fills the term, whose key is set, from its value without quotes. Strings live in the arena. 0, or
 * -1 with err saying what was expected and what was there.
 */
int selection_value(struct span value, int64_t now_ms, struct arena *a, struct selection_term *term,
    struct error *err);

/* Whether the text is a whole message id. */
bool selection_is_id(struct span text);

#endif
