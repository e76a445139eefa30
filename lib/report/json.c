/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON forms: the values that all parts are made of, and writing a whole.
 */
#include "report/json.h"

#include <assert.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/date.h"
#include "mime/text.h"
#include "report/json_internal.h"
#include "report/text_internal.h"

json_t *json_text(struct arena *a, const char *text)
{
	return text == NULL ? json_null() : json_string(mime_valid_utf8(a, span_from(text)));
}

json_t *json_known(uint64_t n)
{
	return n == 0 ? json_null() : json_integer((json_int_t)n);
}

json_t *json_time(int64_t unix_ms)
{
	char text[DATE_RFC3339_SIZE];

	return json_string(date_rfc3339(unix_ms, text));
}

json_t *json_seconds(int64_t unix_s)
{
	if (unix_s < 0)
		return json_null();
	/* What no calendar holds is cut to the last instant that it does. */
	return json_time(unix_s < INT64_MAX / 1000 ? unix_s * 1000 : INT64_MAX);
}

json_t *json_texts(struct arena *a, const char *const *items, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(list, json_text(a, items[i])) < 0)
			abort();
	return list;
}

json_t *json_words(struct arena *a, const char *joined, char sep)
{
	struct span rest = span_from(joined);
	json_t *list = json_array();

	while (rest.data != NULL) {
		struct span word = span_cut(&rest, sep);

		if (word.len > 0 &&
		    json_array_append_new(list, json_text(a, arena_copy(a, word))) < 0)
			abort();
	}
	return list;
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		abort();
}

/* The octets that s begins with and that stay as they are. */
static size_t plain_octets(struct span s)
{
	size_t n = 0, octets = 1;

	for (; n < s.len; n += octets) {
		struct span rest = span_after(s, n);

		if (rest.data[0] >= ' ' && rest.data[0] <= '~') {
			octets = 1;
			continue;
		}
		octets = utf8_length(rest);
		if (octets == 0 || page_is_hidden(page_code_point(rest, octets)))
			break;
	}
	return n;
}

/*
 * What a terminal would obey is written as the same value's \uXXXX. Such characters stand nowhere
 * but in strings, and each is given whole.
 */
static int append(const char *data, size_t len, void *out)
{
	struct span s = span_of(data, len);

	while (s.len > 0) {
		size_t plain = plain_octets(s), hidden;

		buffer_add_span(out, span_first(s, plain));
		s = span_after(s, plain);
		if (s.len == 0)
			break;
		hidden = utf8_length(s);
		assert(hidden > 0); /* json_text sees to it */
		buffer_printf(out, "\\u%04x", page_code_point(s, hidden));
		s = span_after(s, hidden);
	}
	return 0;
}

void json_write(struct buffer *out, const json_t *object, size_t flags)
{
	if (json_dump_callback(object, append, out, JSON_COMPACT | flags) < 0)
		abort();
}

void json_finish(struct buffer *out, json_t *object, struct arena *a)
{
	json_write(out, object, 0);
	json_decref(object);
	arena_free(a);
}

void report_message_json(struct buffer *out, const struct record_message *m)
{
	struct arena *a = arena_new();

	json_finish(out, json_message(a, m), a);
}

void report_spf_json(
    struct buffer *out, const struct spf_verdict *spf, const struct spf_verdict *spf_helo)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "spf", json_spf(a, spf));
	json_put(o, "spf_helo", json_spf(a, spf_helo));
	json_finish(out, o, a);
}

void report_dmarc_json(
    struct buffer *out, const struct dmarc_verdict *v, const struct finding_list *findings)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "dmarc", json_dmarc(a, v));
	json_put(o, "findings", json_findings(a, findings));
	json_finish(out, o, a);
}
