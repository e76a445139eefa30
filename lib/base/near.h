/*
 * SPDX-License-Identifier: ISC
 *
 * Words that resemble a word which is none: what was meant.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/buffer.h"

/*
 * Appends the words of the table that resemble the word most, "a, b or c", at most five, the
 * nearest first: those that it is a part of, then those that differ in few letters. Nothing when
 * none does. NULL words are skipped.
 */
void near_words(struct buffer *out, struct span word, const char *const *table, size_t count);

#endif
