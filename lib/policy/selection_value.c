/*
 * SPDX-License-Identifier: ISC
 *
 * The values of the selection language, one reader for each kind of value.
 */
#include "policy/selection_value.h"

#include <string.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "base/date.h"
#include "base/name.h"
#include "base/near.h"
#include "conf/value.h"
#include "mail/finding.h"
#include "verify/verdict.h"

/* Values are shown up to this length. */
#define SHOWN 60

struct reading {
	struct span value;
	int64_t now_ms;
	struct arena *arena;
	struct error *err;
};

static int expected(const struct reading *r, const char *what)
{
	bool cut = r->value.len > SHOWN;

	if (r->value.len == 0)
		return error_usage(r->err, "expected %s, got nothing", what);
	return error_usage(r->err, "expected %s, got \"%.*s%s\"", what,
	    (int)(cut ? SHOWN : r->value.len), r->value.data, cut ? "..." : "");
}

/* One of the words; what is all of them in words. */
static int expected_word(
    const struct reading *r, const char *const *table, size_t count, const char *what)
{
	struct buffer text = BUFFER_INIT;

	near_words(&text, r->value, table, count);
	if (text.len > 0)
		error_usage(r->err, "\"%.*s\" is none of them: expected %s; did you mean %s?",
		    (int)(r->value.len < SHOWN ? r->value.len : SHOWN), r->value.data, what,
		    text.data);
	else
		expected(r, what);
	buffer_clear(&text);
	return -1;
}

static char *keep(const struct reading *r)
{
	return arena_copy(r->arena, r->value);
}

static char *keep_lower(const struct reading *r)
{
	char *out = keep(r);

	for (char *c = out; *c != '\0'; c++)
		*c = ascii_lower(*c);
	return out;
}

/* In upper case, where it can be the beginning of an id, else NULL. */
static char *keep_id(const struct reading *r)
{
	static const struct span alphabet = {"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 32};
	char *out;

	if (r->value.len == 0 || r->value.len >= ULID_SIZE)
		return NULL;
	out = keep(r);
	for (char *c = out; *c != '\0'; c++) {
		if (ascii_alpha(*c))
			*c = (char)(*c & ~0x20);
		if (span_index(alphabet, *c) < 0)
			return NULL;
	}
	return out;
}

bool selection_is_id(struct span text)
{
	static const struct span alphabet = {"0123456789abcdefghjkmnpqrstvwxyz", 32};

	for (size_t i = 0; i < text.len; i++)
		if (span_index(alphabet, ascii_lower(text.data[i])) < 0)
			return false;
	return text.len == ULID_SIZE - 1;
}

static int read_address(const struct reading *r, struct selection_term *term)
{
	ptrdiff_t at = span_rindex(r->value, '@');

	/* the null reverse-path */
	if (span_equal(r->value, SPAN("<>")) && term->key == SELECTION_FROM) {
		term->value = "";
		return 0;
	}
	if (r->value.len == 0 || span_equal(r->value, SPAN("@")) || (size_t)at == r->value.len - 1)
		return expected(
		    r, term->key == SELECTION_FROM
			   ? "an address, @DOMAIN, a part of an address, or <> right behind the key"
			   : "an address, @DOMAIN or a part of an address right behind the key");
	term->form = at < 0 ? SELECTION_PART : at == 0 ? SELECTION_DOMAIN : SELECTION_WHOLE;
	term->value = keep(r) + (at == 0 ? 1 : 0);
	return 0;
}

static int read_text(const struct reading *r, struct selection_term *term)
{
	term->form = SELECTION_PART;
	term->value = keep(r);
	return 0;
}

static int read_name(const struct reading *r, struct selection_term *term)
{
	if (r->value.len == 0)
		return expected(r, "a name right behind the key");
	term->value = keep(r);
	return 0;
}

static int read_id(const struct reading *r, struct selection_term *term)
{
	if (span_equal(r->value, SPAN("latest"))) {
		term->form = SELECTION_LATEST;
		term->value = "latest";
		return 0;
	}
	term->value = keep_id(r);
	if (term->value == NULL)
		return expected(r,
		    "a message id or its beginning (digits and letters but I, L, O and U), or "
		    "latest");
	term->form = r->value.len == ULID_SIZE - 1 ? SELECTION_WHOLE : SELECTION_PART;
	return 0;
}

static int read_message_id(const struct reading *r, struct selection_term *term)
{
	struct reading inner = *r;

	if (r->value.len > 1 && r->value.data[0] == '<' && r->value.data[r->value.len - 1] == '>')
		inner.value = span_of(r->value.data + 1, r->value.len - 2);
	if (inner.value.len == 0)
		return expected(r, "a Message-ID, with or without its <>");
	term->value = keep(&inner);
	return 0;
}

/* Whether it was meant as an address: what no HELO name looks like. */
static bool like_address(struct span text)
{
	bool digits = text.len > 0;

	if (text.len > 0 && text.data[0] == '[')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == ':' || text.data[i] == '/')
			return true;
		digits = digits && (ascii_digit(text.data[i]) || text.data[i] == '.');
	}
	return digits;
}

static int read_client(const struct reading *r, struct selection_term *term)
{
	if (ip_prefix_parse(r->value, &term->prefix) == 0) {
		term->form = SELECTION_PREFIX;
		term->value = keep(r);
		return 0;
	}
	term->prefix = (struct ip_prefix){.bits = 0};
	if (r->value.len == 0 || like_address(r->value))
		return expected(r, "an address, ADDRESS/BITS or a HELO name");
	term->value = keep(r);
	return 0;
}

/* "2026-11-24" */
static int parse_day(struct span text, int64_t *ms)
{
	char whole[sizeof("2026-11-24T00:00:00Z")];

	if (text.len != 10)
		return -1;
	memcpy(whole, text.data, text.len);
	memcpy(whole + text.len, "T00:00:00Z", sizeof("T00:00:00Z"));
	return date_rfc3339_parse(span_from(whole), ms);
}

static int read_when(const struct reading *r, struct selection_term *term)
{
	char last = r->value.len > 0 ? r->value.data[r->value.len - 1] : '\0';
	int64_t ms;

	if (selection_is_id(r->value)) {
		term->value = keep_id(r);
		return 0;
	}
	term->form = SELECTION_INSTANT;
	term->value = keep(r);
	if (span_equal(r->value, SPAN("now")))
		ms = r->now_ms;
	else if (ascii_alpha(last) && duration_parse(r->value, &ms) == 0)
		ms = ms > r->now_ms ? 0 : r->now_ms - ms;
	else if (parse_day(r->value, &ms) < 0 && date_rfc3339_parse(r->value, &ms) < 0)
		return expected(r, "a time (2026-11-24T16:00:00Z), a day (2026-11-24), how long "
				   "ago (15m, 2h), now, "
				   "or a whole message id");
	term->number = ms < 0 ? 0 : (uint64_t)ms;
	return 0;
}

static bool has_word(const struct selection_term *term, const char *word)
{
	for (size_t i = 0; i < term->word_count; i++)
		if (strcmp(term->words[i], word) == 0)
			return true;
	return false;
}

static int read_results(const struct reading *r, struct selection_term *term)
{
	struct span rest = r->value;
	struct reading one = *r;
	int found;

	term->value = keep_lower(r);
	/* each word once, so that their number is bounded */
	term->words = arena_alloc(r->arena, AUTH_RESULT_COUNT * sizeof(*term->words));
	do {
		one.value = span_cut(&rest, '|');
		found = name_find(AUTH_RESULT_NAME, AUTH_RESULT_COUNT, one.value);
		if (found < 0)
			return expected_word(&one, AUTH_RESULT_NAME, AUTH_RESULT_COUNT,
			    "a result (none, neutral, pass, fail, softfail, policy, temperror or "
			    "permerror), several with | between");
		if (!has_word(term, AUTH_RESULT_NAME[found]))
			term->words[term->word_count++] = AUTH_RESULT_NAME[found];
	} while (rest.data != NULL);
	return 0;
}

/* What is stored, by what may be written. */
static int read_tls(const struct reading *r, struct selection_term *term)
{
	static const char *const WORDS[] = {"none", "any", "starttls", "implicit", "1.0", "1.1",
	    "1.2", "1.3", "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"};
	static const char *const KEPT[] = {"none", "any", "starttls", "implicit", "TLSv1",
	    "TLSv1.1", "TLSv1.2", "TLSv1.3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
	int found = name_find(WORDS, ARRAY_SIZE(WORDS), r->value);

	_Static_assert(ARRAY_SIZE(WORDS) == ARRAY_SIZE(KEPT), "one for each word");
	if (found < 0)
		return expected_word(r, WORDS, 8,
		    "a version (1.0, 1.1, 1.2 or 1.3), none, any, starttls or implicit");
	term->value = KEPT[found];
	return 0;
}

static int read_finding(const struct reading *r, struct selection_term *term)
{
	const char *words[FINDING_ID_COUNT + FINDING_SEVERITY_COUNT + 1];
	size_t count = 0;

	for (int i = 0; i < FINDING_SEVERITY_COUNT; i++)
		words[count++] = FINDING_SEVERITY_NAME[i];
	words[count++] = "any";
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		words[count++] = finding_entry((enum finding_id)i)->id;
	if (name_find(words, count, r->value) < 0)
		return expected_word(r, words, count,
		    "a finding (see mailassay explain --list), info, warning, error or any");
	term->value = keep_lower(r);
	return 0;
}

static int read_has(const struct reading *r, struct selection_term *term)
{
	static const char *const WORDS[] = {"attachment", "link", "html", "text", "refused"};
	int found = name_find(WORDS, ARRAY_SIZE(WORDS), r->value);

	if (found < 0)
		return expected_word(
		    r, WORDS, ARRAY_SIZE(WORDS), "attachment, link, html, text or refused");
	term->value = WORDS[found];
	return 0;
}

static int read_size(const struct reading *r, struct selection_term *term)
{
	if (conf_size_parse(r->value, &term->number) < 0 || term->number > INT64_MAX)
		return expected(r, "a number of octets, with K, M, G or nothing behind");
	term->value = keep(r);
	return 0;
}

static int read_word(const struct reading *r, struct selection_term *term)
{
	if (r->value.len == 0)
		return expected(r, "a word between the quotes");
	term->value = keep(r);
	return 0;
}

static int (*const READERS[])(const struct reading *r, struct selection_term *term) = {
    [SELECTION_FROM] = read_address,
    [SELECTION_TO] = read_address,
    [SELECTION_SUBJECT] = read_text,
    [SELECTION_ID] = read_id,
    [SELECTION_MESSAGE_ID] = read_message_id,
    [SELECTION_USER] = read_name,
    [SELECTION_LISTENER] = read_name,
    [SELECTION_CLIENT] = read_client,
    [SELECTION_AFTER] = read_when,
    [SELECTION_BEFORE] = read_when,
    [SELECTION_SPF] = read_results,
    [SELECTION_DKIM] = read_results,
    [SELECTION_DMARC] = read_results,
    [SELECTION_RDNS] = read_results,
    [SELECTION_TLS] = read_tls,
    [SELECTION_FINDING] = read_finding,
    [SELECTION_HAS] = read_has,
    [SELECTION_LARGER] = read_size,
    [SELECTION_SMALLER] = read_size,
    [SELECTION_WORD] = read_word,
};
_Static_assert(ARRAY_SIZE(READERS) == SELECTION_KEY_COUNT, "one reader a key");

int selection_value(struct span value, int64_t now_ms, struct arena *a, struct selection_term *term,
    struct error *err)
{
	const struct reading r = {.value = value, .now_ms = now_ms, .arena = a, .err = err};

	term->form = SELECTION_WHOLE;
	return READERS[term->key](&r, term);
}
