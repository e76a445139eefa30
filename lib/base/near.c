/*
 * SPDX-License-Identifier: ISC
 *
 * Words that resemble another, by the letters that differ.
 */
#include "base/near.h"

#include <stdbool.h>

#define NEAR_MAX 5
#define WORD_MAX 60

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters have to change, come or go to make one word of the other (Levenshtein). */
static unsigned distance(struct span a, struct span b)
{
	unsigned row[WORD_MAX + 1];

	for (unsigned k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 0; i < a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t k = 0; k < b.len; k++) {
			unsigned change = ascii_lower(a.data[i]) != ascii_lower(b.data[k]);
			unsigned here = least(row[k + 1] + 1, row[k] + 1, diagonal + change);

			diagonal = row[k + 1];
			row[k + 1] = here;
		}
	}
	return row[b.len];
}

/* 0: the word is part of the other; then the letters that differ; above WORD_MAX: no likeness. */
static unsigned unlikeness(const char *other, struct span word)
{
	unsigned differ;

	if (other == NULL)
		return WORD_MAX + 1;
	if (word.len >= 2 && span_holds_nocase(span_from(other), word))
		return 0;
	differ = distance(span_from(other), word);
	return differ <= (word.len < 3 ? 1 : 2) || differ <= word.len / 3 ? differ : WORD_MAX + 1;
}

void near_words(struct buffer *out, struct span word, const char *const *table, size_t count)
{
	const char *near[NEAR_MAX];
	size_t found = 0;

	if (word.len == 0 || word.len > WORD_MAX)
		return;
	for (unsigned unlike = 0; unlike <= word.len / 3 + 2; unlike++)
		for (size_t i = 0; i < count && found < NEAR_MAX; i++)
			if (unlikeness(table[i], word) == unlike)
				near[found++] = table[i];
	for (size_t i = 0; i < found; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : i + 1 < found ? ", " : " or ", near[i]);
}
