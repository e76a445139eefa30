/*
 * SPDX-License-Identifier: ISC
 *
 * A part's header: its fields, and their parameters, whose character sets gmime may not choose
 * (charset.h).
 */
#include "mime/head.h"

#include <string.h>

#include "mime/charset.h"
#include "mime/text.h"

/* Sections of one parameter (RFC 2231 3), and parameters of one field that are looked at. */
#define SECTIONS_MAX   100
#define PARAMETERS_MAX 200
#define TYPE_MAX       200

enum field {
	FIELD_TYPE,
	FIELD_ENCODING,
	FIELD_DISPOSITION,
	FIELD_ID,
	FIELD_COUNT,
};

static const struct span FIELDS[] = {
    [FIELD_TYPE] = {"content-type", 12},
    [FIELD_ENCODING] = {"content-transfer-encoding", 25},
    [FIELD_DISPOSITION] = {"content-disposition", 19},
    [FIELD_ID] = {"content-id", 10},
};
_Static_assert(ARRAY_SIZE(FIELDS) == FIELD_COUNT, "one name for each");

/* A parameter's value as its sections: [0] is also that of a parameter in one piece. */
struct sections {
	struct span values[SECTIONS_MAX];
	bool encoded[SECTIONS_MAX];
	size_t count;
	struct span plain; /* the one without "*"; data is NULL: there is none */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The octets of the field that the section begins with: its line and those folded below it. */
static size_t field_octets(struct span section)
{
	size_t at = 0;

	do {
		ptrdiff_t end = span_index(span_after(section, at), '\n');

		at = end < 0 ? section.len : at + (size_t)end + 1;
	} while (at < section.len && (section.data[at] == ' ' || section.data[at] == '\t'));
	return at;
}

static void keep_field(struct span field, struct span values[FIELD_COUNT])
{
	ptrdiff_t colon = span_index(field, ':');
	struct span name;

	if (colon < 0)
		return;
	name = span_trim(span_first(field, (size_t)colon));
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (values[i].data == NULL && span_equal_nocase(name, FIELDS[i]))
			values[i] = span_trim(
			    span_first(span_after(field, (size_t)colon + 1), MIME_FIELD_MAX));
}

/* Skips a comment, with those inside it (RFC 5322 3.2.2). */
static void skip_comment(struct span *s)
{
	size_t at = 0, open = 0;

	do {
		char c = s->data[at];

		if (c == '\\')
			at++;
		open += c == '(';
		open -= c == ')';
		at++;
	} while (open > 0 && at < s->len);
	*s = span_after(*s, at);
}

static void skip(struct span *s, char also)
{
	while (s->len > 0 && (is_blank(s->data[0]) || s->data[0] == also || s->data[0] == '(')) {
		if (s->data[0] == '(')
			skip_comment(s);
		else
			*s = span_after(*s, 1);
	}
}

/* What stands between quotes, without its backslashes and line ends. */
static struct span take_quoted(struct span *s, struct arena *a)
{
	size_t end = 1, n = 0;
	char *value;

	while (end < s->len && s->data[end] != '"')
		end += s->data[end] == '\\' ? 2 : 1;
	if (end > s->len)
		end = s->len;
	value = arena_alloc(a, end);
	for (size_t at = 1; at < end; at++) {
		if (s->data[at] == '\\' && at + 1 < end)
			at++;
		if (s->data[at] != '\r' && s->data[at] != '\n')
			value[n++] = s->data[at];
	}
	*s = span_after(*s, end + 1);
	return span_of(value, n);
}

/*
 * Up to the next ";": what no standard allows, blanks in a file name, is a part of it; a
 * line end is not.
 */
static struct span take_value(struct span *s, struct arena *a)
{
	struct span value;
	size_t n = 0;
	char *copy;

	if (s->len > 0 && s->data[0] == '"')
		return take_quoted(s, a);
	while (n < s->len && s->data[n] != ';')
		n++;
	value = span_trim(span_first(*s, n));
	*s = span_after(*s, n);
	copy = arena_alloc(a, value.len + 1);
	n = 0;
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] != '\r' && value.data[i] != '\n')
			copy[n++] = value.data[i];
	return span_of(copy, n);
}

/* The next "NAME=VALUE" behind a ";". */
static bool take_parameter(struct span *s, struct arena *a, struct span *name, struct span *value)
{
	while (s->len > 0) {
		size_t n = 0;

		skip(s, ';');
		while (n < s->len && span_index(SPAN("=;( \t\r\n"), s->data[n]) < 0)
			n++;
		*name = span_first(*s, n);
		*s = span_after(*s, n);
		skip(s, ' ');
		if (s->len == 0 || s->data[0] != '=')
			continue;
		*s = span_after(*s, 1);
		skip(s, ' ');
		*value = take_value(s, a);
		return true;
	}
	return false;
}

/* NAME, NAME*, NAME*2 or NAME*2*: which section it is; -1: none, or of another name. */
static int section_of(struct span got, struct span name, bool *encoded)
{
	uint64_t number = 0;

	*encoded = false;
	if (!span_starts_nocase(got, name))
		return -1;
	got = span_after(got, name.len);
	if (got.len > 0 && got.data[got.len - 1] == '*') {
		*encoded = true;
		got.len--;
	}
	if (got.len == 0)
		return 0;
	if (got.data[0] != '*' || span_to_uint(span_after(got, 1), SECTIONS_MAX - 1, &number) < 0)
		return -1;
	return (int)number;
}

static void read_sections(
    struct span parameters, struct span wanted, struct arena *a, struct sections *out)
{
	struct span name, value;
	unsigned left = PARAMETERS_MAX;

	memset(out, 0, sizeof(*out));
	while (left-- > 0 && take_parameter(&parameters, a, &name, &value)) {
		bool encoded;
		int i = section_of(name, wanted, &encoded);

		if (i >= 0 && name.len == wanted.len && out->plain.data == NULL)
			out->plain = value;
		if (i < 0 || name.len == wanted.len || out->values[i].data != NULL)
			continue;
		out->values[i] = value;
		out->encoded[i] = encoded;
	}
	while (out->count < SECTIONS_MAX && out->values[out->count].data != NULL)
		out->count++;
}

static int hex_digit(char c)
{
	c = ascii_lower(c);
	return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_percent_decoded(struct buffer *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool escape = s.data[i] == '%' && i + 2 < s.len && hex_digit(s.data[i + 1]) >= 0 &&
		              hex_digit(s.data[i + 2]) >= 0;

		if (!escape) {
			buffer_add_char(out, s.data[i]);
			continue;
		}
		buffer_add_char(
		    out, (char)(hex_digit(s.data[i + 1]) << 4 | hex_digit(s.data[i + 2])));
		i += 2;
	}
}

/* Takes CHARSET'LANGUAGE' off the first section. */
static struct span take_charset(struct span *s)
{
	ptrdiff_t first = span_index(*s, '\'');
	struct span rest = span_after(*s, (size_t)(first + 1)), charset = {NULL, 0};
	ptrdiff_t second = span_index(rest, '\'');

	if (first < 0 || second < 0)
		return charset;
	charset = span_first(*s, (size_t)first);
	*s = span_after(rest, (size_t)second + 1);
	return charset;
}

static const char *sections_text(struct sections *s, struct arena *a)
{
	struct buffer octets = BUFFER_INIT, text = BUFFER_INIT;
	struct span charset = {NULL, 0};
	const char *out;

	if (s->encoded[0])
		charset = take_charset(&s->values[0]);
	for (size_t i = 0; i < s->count; i++) {
		if (s->encoded[i])
			add_percent_decoded(&octets, s->values[i]);
		else
			buffer_add_span(&octets, s->values[i]);
	}
	mime_charset_decode(&text, buffer_span(&octets), charset, MIME_FIELD_MAX);
	out = mime_valid_line(a, buffer_span(&text));
	buffer_clear(&octets);
	buffer_clear(&text);
	return out;
}

/* The parameter's text, or NULL: it is not there, or empty. */
static const char *parameter(struct span parameters, struct span name, struct arena *a)
{
	struct sections sections;
	const char *out = NULL;

	read_sections(parameters, name, a, &sections);
	if (sections.count > 0)
		out = sections_text(&sections, a);
	else if (sections.plain.data != NULL)
		out = mime_decode_words(a, mime_valid_line(a, sections.plain));
	return out == NULL || out[0] == '\0' ? NULL : out;
}

/* The word that the value begins with, in lower case. */
static char *lower_word(struct span value, struct arena *a)
{
	size_t n = 0;
	char *word;

	while (n < value.len && n < TYPE_MAX && span_index(SPAN(" \t\r\n;("), value.data[n]) < 0)
		n++;
	word = arena_copy(a, span_first(value, n));
	for (char *c = word; *c != '\0'; c++)
		*c = ascii_lower(*c);
	return word;
}

/* Whether it is TYPE/SUBTYPE of token characters (RFC 2045 5.1). */
static bool is_type(struct span word)
{
	ptrdiff_t slash = span_index(word, '/');

	if (slash <= 0 || (size_t)slash + 1 == word.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if ((ptrdiff_t)i != slash && !ascii_alnum(word.data[i]) &&
		    span_index(SPAN("!#$%&'*+-.^_`{|}~"), word.data[i]) < 0)
			return false;
	return true;
}

static const char *content_id(struct span value, struct arena *a)
{
	if (value.len > 0 && value.data[0] == '<')
		value = span_after(value, 1);
	if (value.len > 0 && value.data[value.len - 1] == '>')
		value.len--;
	return value.len == 0 ? NULL : mime_valid_line(a, value);
}

static void read_type(struct span value, struct arena *a, struct mime_head *out)
{
	char *type = lower_word(value, a);
	struct sections sections;

	if (value.len > 0)
		out->type = is_type(span_from(type)) ? type : "text/plain";
	out->charset = parameter(value, SPAN("charset"), a);
	read_sections(value, SPAN("boundary"), a, &sections);
	/* Octets as they are: lines are compared with them. */
	out->boundary = sections.count > 0 ? sections.values[0] : sections.plain;
}

void mime_head_read(struct span section, const char *usual, struct arena *a, struct mime_head *out)
{
	struct span values[FIELD_COUNT] = {{NULL, 0}};

	*out = (struct mime_head){.type = usual};
	while (section.len > 0) {
		size_t n = field_octets(section);

		keep_field(span_first(section, n), values);
		section = span_after(section, n);
	}
	read_type(values[FIELD_TYPE], a, out);
	out->encoding = mime_encoding_of(values[FIELD_ENCODING]);
	out->content_id = content_id(values[FIELD_ID], a);
	if (values[FIELD_DISPOSITION].len > 0) {
		out->disposition =
		    mime_valid_line(a, span_from(lower_word(values[FIELD_DISPOSITION], a)));
		out->filename = parameter(values[FIELD_DISPOSITION], SPAN("filename"), a);
	}
	if (out->filename == NULL)
		out->filename = parameter(values[FIELD_TYPE], SPAN("name"), a);
}
