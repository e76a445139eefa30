/*
 * SPDX-License-Identifier: ISC
 *
 * Macros of SPF: the first line of the input is the reverse-path, the second the HELO name, the
 * third the client's address, the rest the macro string. What is accepted must be what the grammar
 * says, and what comes out must be what a plain expansion, written here anew, makes of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "verify/spf_macro.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VALUE_MAX 400
#define PARTS_MAX (VALUE_MAX + 1)

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool visible(struct span s, bool blanks)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < (blanks ? 0x20 : 0x21) || s.data[i] > 0x7e)
			return false;
	return true;
}

/* Pieces */

static void require_sane(const struct spf_macro_piece *p)
{
	if (p->literal) {
		require(p->text.len > 0);
		require(p->expand || span_index(p->text, '%') < 0);
		return;
	}
	require(p->expand && one_of(p->letter, "slodiphcrtv"));
	for (size_t i = 0; i < p->delimiters.len; i++)
		require(one_of(p->delimiters.data[i], ".-+,/_="));
}

static bool allowed(const struct spf_macro_piece *p, unsigned flags)
{
	if (p->literal)
		return p->expand || visible(p->text, (flags & SPF_MACRO_BLANKS) != 0);
	return (flags & SPF_MACRO_TEXT) != 0 || !one_of(p->letter, "crt");
}

/* Whether the text is a macro string, piece by piece; each piece takes some of the text. */
static bool accepted(struct span text, unsigned flags, bool *ends_in_macro)
{
	struct spf_macro_piece piece;
	size_t before = text.len;
	bool all = true;
	int got;

	*ends_in_macro = false;
	while ((got = spf_macro_next(&text, &piece)) > 0) {
		require(text.len < before);
		before = text.len;
		require_sane(&piece);
		all = all && allowed(&piece, flags);
		*ends_in_macro = piece.expand;
	}
	require(got < 0 || text.len == 0);
	return got == 0 && all;
}

static void check_grammar(struct span text)
{
	for (unsigned flags = 0; flags <= (SPF_MACRO_TEXT | SPF_MACRO_BLANKS); flags++) {
		struct error err = {0};
		bool ends = false, wanted_ends;
		bool wanted = accepted(text, flags, &wanted_ends);
		bool got = spf_macro_check(text, flags, &ends, &err) == 0;

		require(got == wanted);
		require(got ? ends == wanted_ends : err.text[0] != '\0');
		require(got || visible(span_from(err.text), true));
	}
}

/* A plain expansion */

/* Of t, c and i. */
static void write_value(const struct spf_macro_values *v, char letter, struct buffer *out)
{
	char ip[IP_TEXT_SIZE];

	if (letter == 't') {
		buffer_printf(out, "%" PRId64, v->now);
	} else if (letter == 'c' || v->client.family == IP_V4) {
		buffer_add_string(out, ip_format(&v->client, ip));
	} else {
		for (size_t i = 0; i < 32; i++)
			buffer_printf(out, "%s%X", i == 0 ? "" : ".",
			    v->client.octets[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15U);
	}
}

static struct span value_of(const struct spf_macro_values *v, char letter, struct buffer *text)
{
	switch (letter) {
	case 's':
		return v->sender;
	case 'l':
		return v->local;
	case 'o':
		return v->sender_domain;
	case 'd':
		return v->domain;
	case 'h':
		return v->helo;
	case 'p':
		return v->validated;
	case 'r':
		return SPAN("unknown");
	case 'v':
		return v->client.family == IP_V6 ? SPAN("ip6") : SPAN("in-addr");
	default:
		write_value(v, letter, text);
		return buffer_span(text);
	}
}

static size_t split(struct span value, struct span delimiters, struct span parts[PARTS_MAX])
{
	size_t n = 1;

	parts[0] = span_first(value, 0);
	for (size_t i = 0; i < value.len; i++) {
		if (span_index(delimiters, value.data[i]) < 0)
			parts[n - 1].len++;
		else
			parts[n++] = span_of(value.data + i + 1, 0);
	}
	return n;
}

static void add_part(struct buffer *out, struct span part, bool escape)
{
	for (size_t i = 0; i < part.len; i++) {
		if (escape && !ascii_alnum(part.data[i]) && !one_of(part.data[i], "-._~"))
			buffer_printf(out, "%%%02X", (unsigned char)part.data[i]);
		else
			buffer_add_char(out, part.data[i]);
	}
}

static void add_macro(
    const struct spf_macro_values *v, const struct spf_macro_piece *p, struct buffer *out)
{
	struct span parts[PARTS_MAX];
	struct buffer text = BUFFER_INIT;
	struct span value = value_of(v, p->letter, &text);
	struct span delimiters = p->delimiters.len == 0 ? SPAN(".") : p->delimiters;
	size_t count = split(value, delimiters, parts);
	size_t first = p->parts == 0 || p->parts > count ? 0 : count - p->parts;

	/* "first" counts from the left of what is in order by then. */
	for (size_t i = first; i < count; i++) {
		if (i > first)
			buffer_add_char(out, '.');
		add_part(out, parts[p->reverse ? count - 1 - i : i], p->escape);
	}
	buffer_clear(&text);
}

static void expand(const struct spf_macro_values *v, struct span text, struct buffer *out)
{
	struct spf_macro_piece piece;

	while (spf_macro_next(&text, &piece) > 0) {
		if (piece.literal)
			buffer_add_span(out, piece.text);
		else
			add_macro(v, &piece, out);
	}
}

static void check_domain(const struct spf_macro_values *v, struct span text)
{
	struct buffer all = BUFFER_INIT;
	char name[SPF_NAME_SIZE];
	size_t len = spf_macro_domain(v, text, name);
	struct span want;

	require(len < SPF_NAME_SIZE);
	expand(v, text, &all);
	want = buffer_span(&all);
	if (want.len > 0 && want.data[want.len - 1] == '.')
		want.len--;
	while (want.len >= SPF_NAME_SIZE && span_index(want, '.') >= 0)
		want = span_after(want, (size_t)span_index(want, '.') + 1);
	if (want.len >= SPF_NAME_SIZE || text.len > SPF_DOMAIN_SPEC_MAX)
		want.len = 0;
	require(span_equal(span_of(name, len), want));
	buffer_clear(&all);
}

static void check_text(const struct spf_macro_values *v, struct span text)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	bool ends;
	bool good = accepted(text, SPF_MACRO_TEXT | SPF_MACRO_BLANKS, &ends);

	buffer_add_string(&got, "before");
	buffer_add_string(&want, "before");
	if (good)
		expand(v, text, &want);
	good = good && want.len - 6 <= SPF_EXPLANATION_MAX &&
	       visible(span_after(buffer_span(&want), 6), true);
	if (!good)
		buffer_truncate(&want, 6);
	require((spf_macro_text(v, text, &got) == 0) == good);
	require(span_equal(buffer_span(&got), buffer_span(&want)));
	buffer_clear(&got);
	buffer_clear(&want);
}

static void check_uses(struct span text)
{
	static const char letters[] = "slodiphcrtv";
	struct spf_macro_piece piece;
	struct span rest = text;
	bool used[sizeof(letters)] = {false};

	while (spf_macro_next(&rest, &piece) > 0)
		if (!piece.literal)
			used[strchr(letters, piece.letter) - letters] = true;
	for (size_t i = 0; letters[i] != '\0'; i++) {
		char letter[2] = {letters[i], '\0'};

		require(spf_macro_uses(text, letter) == used[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct span sender = span_first(span_cut(&rest, '\n'), VALUE_MAX - 1);
	struct span helo = span_first(span_cut(&rest, '\n'), VALUE_MAX - 1);
	struct span address = span_cut(&rest, '\n');
	ptrdiff_t at = span_rindex(sender, '@');
	struct spf_macro_values v = {.sender = sender,
	    .local = span_first(sender, at < 0 ? 0 : (size_t)at),
	    .sender_domain = span_after(sender, (size_t)(at + 1)),
	    .domain = helo,
	    .helo = helo,
	    .validated = SPAN("unknown"),
	    .now = (int64_t)size};
	bool ends;

	if (ip_parse(address, &v.client) < 0)
		ip_parse(SPAN("2001:db8::1"), &v.client);
	check_grammar(rest);
	check_uses(rest);
	check_text(&v, rest);
	if (accepted(rest, 0, &ends))
		check_domain(&v, rest);
	return 0;
}
