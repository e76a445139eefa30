/*
 * SPDX-License-Identifier: ISC
 *
 * Any octets as a selection: refused with a column that lies within the text, or taken; then its
 * terms are bounded, whole, and the same text gives the same again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mail/finding.h"
#include "policy/selection.h"
#include "verify/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what)                                                                              \
	do {                                                                                       \
		if (!(what))                                                                       \
			abort();                                                                   \
	} while (0)

#define NOW 1795521600000LL

static void require_column(unsigned column, size_t size)
{
	REQUIRE(column >= 1 && column <= size + 1);
}

static void require_refusal(const struct error *err, size_t size)
{
	unsigned column = 0;

	REQUIRE(err->kind == ERROR_USAGE);
	REQUIRE(sscanf(err->text, "column %u: ", &column) == 1);
	require_column(column, size);
}

static bool is_range(enum selection_key key)
{
	return key == SELECTION_AFTER || key == SELECTION_BEFORE;
}

static void require_form(const struct selection_term *t)
{
	switch (t->form) {
	case SELECTION_WHOLE:
		if (is_range(t->key))
			REQUIRE(strlen(t->value) == ULID_SIZE - 1);
		break;
	case SELECTION_DOMAIN:
		REQUIRE(t->key <= SELECTION_TO && t->value[0] != '\0');
		break;
	case SELECTION_PART:
		REQUIRE(t->key <= SELECTION_ID);
		REQUIRE(t->key == SELECTION_SUBJECT || t->value[0] != '\0');
		REQUIRE(t->key > SELECTION_TO || strchr(t->value, '@') == NULL);
		break;
	case SELECTION_INSTANT:
		REQUIRE(is_range(t->key) && t->number <= INT64_MAX);
		break;
	case SELECTION_PREFIX:
		REQUIRE(t->key == SELECTION_CLIENT && t->prefix.ip.family != IP_NONE);
		break;
	case SELECTION_LATEST:
		REQUIRE(t->key == SELECTION_ID);
		break;
	}
}

static void require_term(const struct selection_term *t, size_t size)
{
	bool result = t->key >= SELECTION_SPF && t->key <= SELECTION_RDNS;

	REQUIRE(t->key < SELECTION_KEY_COUNT && t->value != NULL);
	require_column(t->column, size);
	require_form(t);
	REQUIRE(result == (t->word_count > 0) && t->word_count <= AUTH_RESULT_COUNT);
	REQUIRE(t->number <= INT64_MAX);
	if (t->key == SELECTION_WORD)
		REQUIRE(t->value[0] != '\0');
}

static void require_same(const struct selection_term *a, const struct selection_term *b)
{
	REQUIRE(a->key == b->key && a->negated == b->negated && a->form == b->form);
	REQUIRE(strcmp(a->value, b->value) == 0 && a->number == b->number);
	REQUIRE(a->word_count == b->word_count && a->column == b->column);
	for (size_t i = 0; i < a->word_count; i++)
		REQUIRE(strcmp(a->words[i], b->words[i]) == 0);
	REQUIRE(a->prefix.bits == b->prefix.bits && ip_equal(&a->prefix.ip, &b->prefix.ip));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct selection s, again;
	struct error err = {.text = ""};
	struct error other = {.text = ""};
	int result = selection_parse(span_of(data, size), NOW, a, &s, &err);

	REQUIRE(selection_parse(span_of(data, size), NOW, a, &again, &other) == result);
	REQUIRE(strcmp(err.text, other.text) == 0);
	REQUIRE(s.count <= SELECTION_TERMS_MAX && s.count == again.count);
	if (result < 0)
		require_refusal(&err, size);
	for (size_t i = 0; i < s.count; i++) {
		require_term(&s.terms[i], size);
		require_same(&s.terms[i], &again.terms[i]);
		if (i > 0)
			REQUIRE(s.terms[i - 1].column < s.terms[i].column);
	}
	arena_free(a);
	return 0;
}
