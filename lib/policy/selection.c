/*
 * SPDX-License-Identifier: ISC
 *
 * The selection language: cutting the text into terms, their keys and their quotes. What may stand
 * behind a key is in selection_value.c.
 */
#include "policy/selection.h"

#include "base/name.h"
#include "base/near.h"
#include "policy/list.h"
#include "policy/selection_value.h"

const char *const SELECTION_KEY_NAME[] = {
    [SELECTION_FROM] = "from",
    [SELECTION_TO] = "to",
    [SELECTION_SUBJECT] = "subject",
    [SELECTION_ID] = "id",
    [SELECTION_MESSAGE_ID] = "message-id",
    [SELECTION_USER] = "user",
    [SELECTION_LISTENER] = "listener",
    [SELECTION_CLIENT] = "client",
    [SELECTION_AFTER] = "after",
    [SELECTION_BEFORE] = "before",
    [SELECTION_SPF] = "spf",
    [SELECTION_DKIM] = "dkim",
    [SELECTION_DMARC] = "dmarc",
    [SELECTION_RDNS] = "rdns",
    [SELECTION_TLS] = "tls",
    [SELECTION_FINDING] = "finding",
    [SELECTION_HAS] = "has",
    [SELECTION_LARGER] = "larger",
    [SELECTION_SMALLER] = "smaller",
    [SELECTION_WORD] = NULL,
};
_Static_assert(ARRAY_SIZE(SELECTION_KEY_NAME) == SELECTION_KEY_COUNT, "one name a key");

/* Words of the text are shown up to this length. */
#define SHOWN 60

struct scan {
	struct span text;
	size_t at;
	int64_t now_ms;
	struct arena *arena;
	struct error *err;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* In characters, as a person counts: octets that go on with a UTF-8 character are none. */
static unsigned column(const struct scan *s, size_t at)
{
	unsigned n = 1;

	for (size_t i = 0; i < at; i++)
		n += ((unsigned char)s->text.data[i] & 0xc0) != 0x80;
	return n;
}

static int fail(const struct scan *s, size_t at, const char *why)
{
	return error_usage(s->err, "column %u: %s", column(s, at), why);
}

static bool at_end(const struct scan *s)
{
	return s->at >= s->text.len || is_blank(s->text.data[s->at]);
}

/*
 * What stands between quotes, from the first of them on; \" and \\ in it stand for the second
 * character. NULL when there is no end, or something follows it.
 */
static const char *read_quoted(struct scan *s)
{
	size_t start = s->at, len = 0;
	char *out = arena_alloc(s->arena, s->text.len - start + 1);

	for (s->at++; s->at < s->text.len && s->text.data[s->at] != '"'; s->at++) {
		if (s->text.data[s->at] == '\\' && s->at + 1 < s->text.len &&
		    (s->text.data[s->at + 1] == '"' || s->text.data[s->at + 1] == '\\'))
			s->at++;
		out[len++] = s->text.data[s->at];
	}
	if (s->at >= s->text.len) {
		fail(s, start, "expected a closing quote (\") for this one");
		return NULL;
	}
	s->at++;
	if (at_end(s))
		return out;
	fail(s, s->at, "expected a blank behind the closing quote; inside quotes write \\\"");
	return NULL;
}

static const char *read_bare(struct scan *s)
{
	size_t start = s->at;

	while (!at_end(s))
		s->at++;
	return arena_copy(s->arena, span_of(s->text.data + start, s->at - start));
}

/* The letters and hyphens in front of a colon, or nothing. */
static struct span key_ahead(const struct scan *s)
{
	struct span rest = span_after(s->text, s->at);
	size_t n = 0;

	while (n < rest.len &&
	       (ascii_alpha(rest.data[n]) || rest.data[n] == '-' || rest.data[n] == '_'))
		n++;
	return n < rest.len && rest.data[n] == ':' ? span_first(rest, n) : span_first(rest, 0);
}

static int unknown_key(const struct scan *s, struct span key)
{
	struct buffer near = BUFFER_INIT;
	int shown = (int)(key.len < SHOWN ? key.len : SHOWN);

	near_words(&near, key, SELECTION_KEY_NAME, SELECTION_WORD);
	if (near.len > 0)
		error_usage(s->err,
		    "column %u: \"%.*s:\" is no key; did you mean %s? A word that has a colon "
		    "stands in quotes",
		    column(s, s->at), shown, key.data, near.data);
	else
		error_usage(s->err,
		    "column %u: \"%.*s:\" is no key; expected from, to, subject, id, message-id, "
		    "user, listener, client, after, before, spf, dkim, dmarc, rdns, tls, finding, "
		    "has, larger or smaller; a word that has a colon stands in quotes",
		    column(s, s->at), shown, key.data);
	buffer_clear(&near);
	return -1;
}

/* Takes the key and its colon; SELECTION_WORD where there is none. */
static int read_key(struct scan *s, enum selection_key *out)
{
	struct span key = key_ahead(s);
	int found;

	*out = SELECTION_WORD;
	if (key.len == 0)
		return 0;
	found = name_find(SELECTION_KEY_NAME, SELECTION_WORD, key);
	if (found < 0)
		return unknown_key(s, key);
	*out = (enum selection_key)found;
	s->at += key.len + 1;
	return 0;
}

/* A bare word that is an id, or "latest", is one. */
static void settle_word(struct selection_term *term, struct span word)
{
	if (selection_is_id(word) || span_equal(word, SPAN("latest")))
		term->key = SELECTION_ID;
}

static int read_term(struct scan *s, struct selection_term *term)
{
	size_t start;
	struct error why = {.text = ""};
	const char *value;
	bool quoted;

	term->column = column(s, s->at);
	if (s->text.data[s->at] == '-') {
		term->negated = true;
		s->at++;
	}
	if (read_key(s, &term->key) < 0)
		return -1;
	start = s->at;
	quoted = !at_end(s) && s->text.data[s->at] == '"';
	value = quoted ? read_quoted(s) : read_bare(s);
	if (value == NULL)
		return -1;
	if (!quoted && *value == '\0' && term->key == SELECTION_WORD)
		return fail(s, start, "expected a condition right behind \"-\", without a blank");
	if (!quoted && *value == '\0' && term->key == SELECTION_SUBJECT)
		return fail(s, start, "expected a text right behind the key, without a blank");
	if (!quoted && term->key == SELECTION_WORD)
		settle_word(term, span_from(value));
	if (selection_value(span_from(value), s->now_ms, s->arena, term, &why) == 0)
		return 0;
	return fail(s, start, why.text);
}

int selection_parse(
    struct span text, int64_t now_ms, struct arena *a, struct selection *out, struct error *err)
{
	struct scan s = {.text = text, .now_ms = now_ms, .arena = a, .err = err};
	struct selection_term *terms = NULL;
	ptrdiff_t nul = span_index(text, '\0');
	size_t count = 0;

	*out = (struct selection){NULL, 0};
	if (nul >= 0)
		return fail(&s, (size_t)nul, "a NUL cannot be looked for");
	for (;;) {
		while (s.at < text.len && is_blank(text.data[s.at]))
			s.at++;
		if (s.at >= text.len)
			break;
		if (count == SELECTION_TERMS_MAX)
			return error_usage(err, "column %u: expected at most %d conditions",
			    column(&s, s.at), SELECTION_TERMS_MAX);
		terms = policy_grow(a, terms, count, sizeof(*terms));
		terms[count] = (struct selection_term){.key = SELECTION_WORD};
		if (read_term(&s, &terms[count++]) < 0)
			return -1;
	}
	*out = (struct selection){terms, count};
	return 0;
}

bool selection_has_words(const struct selection *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->terms[i].key == SELECTION_WORD)
			return true;
	return false;
}

void selection_add(struct selection *s, struct arena *a, enum selection_key key,
    enum selection_form form, const char *value)
{
	struct selection_term *terms = arena_alloc(a, (s->count + 1) * sizeof(*terms));

	for (size_t i = 0; i < s->count; i++)
		terms[i] = s->terms[i];
	terms[s->count] = (struct selection_term){.key = key, .form = form, .value = value};
	*s = (struct selection){terms, s->count + 1};
}
