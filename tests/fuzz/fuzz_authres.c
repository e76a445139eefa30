/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes Authentication-Results. The input is the value of a field; when it is one, writing it and
 * reading that gives the same, within bounded lines. The input as a value of a field that is
 * written must leave one field with one result, whatever it holds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mail/authres.h"
#include "mail/header.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void same_result(const struct mail_authres_result *a, const struct mail_authres_result *b)
{
	require(same(a->method, b->method) && a->version == b->version);
	require(same(a->result, b->result) && same(a->reason, b->reason));
	require(a->property_count == b->property_count);
	for (size_t i = 0; i < a->property_count; i++)
		require(same(a->properties[i].ptype, b->properties[i].ptype) &&
			same(a->properties[i].property, b->properties[i].property) &&
			same(a->properties[i].value, b->properties[i].value));
}

/* Every line is one of the field's and no longer than RFC 5322 2.1.1 allows. */
static void check_lines(struct span field)
{
	require(span_ends_nocase(field, SPAN("\r\n")));
	require(utf8_valid(field) && span_index(field, '\0') < 0);
	field.len -= 2;
	for (bool first = true; field.data != NULL; first = false) {
		struct span line = span_cut(&field, '\n');

		require(first || line.data[0] == '\t' || line.data[0] == ' ');
		require(span_trim(line).len > 0);
		if (field.data != NULL)
			require(line.data[--line.len] == '\r');
		require(span_index(line, '\r') < 0 && line.len <= 998);
	}
}

static void read_back(struct span field, struct arena *a, struct mail_authres *out)
{
	struct mail_header h;

	check_lines(field);
	mail_header_parse(field, a, &h);
	require(h.count == 1 && !h.malformed && h.section.len == field.len);
	require(mail_authres_parse(h.fields[0].value, a, out, NULL) == 0);
}

static void write_and_read(const struct mail_authres *in, struct arena *a)
{
	struct buffer field = BUFFER_INIT;
	struct mail_authres again;

	mail_authres_write(&field, in);
	read_back(buffer_span(&field), a, &again);
	require(same(in->authserv_id, again.authserv_id) && in->version == again.version);
	require(in->count == again.count);
	for (size_t i = 0; i < in->count; i++)
		same_result(&in->results[i], &again.results[i]);
	buffer_clear(&field);
}

static void write_hostile(const char *text, bool ascii, struct arena *a)
{
	const struct mail_authres_property p = {"smtp", "mailfrom", text};
	const struct mail_authres_result r = {text, 1, "pass", text, &p, 1};
	const struct mail_authres_result fixed = {"spf", 0, "pass", text, &p, 1};
	const struct mail_authres in = {text, 0, &fixed, 1, ascii}, odd = {text, 0, &r, 1, ascii};
	struct buffer field = BUFFER_INIT;
	struct mail_authres again;

	mail_authres_write(&field, &in);
	read_back(buffer_span(&field), a, &again);
	require(again.count == 1 && again.results[0].property_count == 1);
	require(same(again.authserv_id, again.results[0].reason));
	require(same(again.authserv_id, again.results[0].properties[0].value));
	for (size_t i = 0; ascii && i < field.len; i++)
		require((unsigned char)field.data[i] < 128);
	buffer_reset(&field);
	mail_authres_write(&field, &odd);
	check_lines(buffer_span(&field));
	buffer_clear(&field);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *a = arena_new();
	struct mail_authres got;
	struct error err = {.text = ""};

	if (mail_authres_parse(text, a, &got, &err) == 0)
		write_and_read(&got, a);
	else
		require(err.text[0] != '\0');
	write_hostile(arena_copy(a, text), false, a);
	write_hostile(arena_copy(a, text), true, a);
	arena_free(a);
	return 0;
}
