/*
 * SPDX-License-Identifier: ISC
 *
 * The words of records are those of the contract, each once.
 */
#include "record/record.h"

#include <string.h>

#include "base/name.h"
#include "unit.h"

static const struct {
	const char *const *table;
	size_t count;
	const char *words;
} TABLES[] = {
    {RECORD_VIA_NAME, RECORD_VIA_COUNT, "direct proxy xclient"},
    {RECORD_STAGE_NAME, RECORD_STAGE_COUNT, "connection tls authentication envelope data done"},
    {RECORD_END_NAME, RECORD_END_COUNT, "quit client-closed timeout limit refused shutdown error"},
};

START_TEST(words)
{
	for (size_t i = 0; i < ARRAY_SIZE(TABLES); i++) {
		struct span rest = span_from(TABLES[i].words);

		for (size_t n = 0; n < TABLES[i].count; n++) {
			struct span word = span_cut(&rest, ' ');

			unit_span_eq("word", word, TABLES[i].table[n]);
			ck_assert_int_eq(name_find(TABLES[i].table, TABLES[i].count, word), (int)n);
		}
		ck_assert_ptr_null(rest.data);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {words, NULL};

	return unit_main("record", tests);
}
