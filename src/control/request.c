/*
 * SPDX-License-Identifier: ISC
 *
 * Reading a request: JSON of the right form, and nothing else.
 */
#include "control/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/name.h"

const char *const REQUEST_NAME[] = {
    [REQUEST_DELETE] = "delete",
    [REQUEST_VACUUM] = "vacuum",
    [REQUEST_STATS] = "stats",
};
_Static_assert(ARRAY_SIZE(REQUEST_NAME) == REQUEST_KIND_COUNT, "a word for each request");

/* The id in upper case, or NULL: it is none. */
static const char *read_id(const json_t *value, struct arena *a)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const char *text = json_string_value(value);
	char *id;

	if (text == NULL || json_string_length(value) != ULID_SIZE - 1)
		return NULL;
	id = arena_copy(a, span_of(text, ULID_SIZE - 1));
	for (char *c = id; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return strspn(id, letters) == ULID_SIZE - 1 ? id : NULL;
}

static int read_ids(const json_t *object, struct arena *a, struct request *out, struct error *err)
{
	const json_t *list = json_object_get(object, "messages"), *value;
	size_t count = json_array_size(list), i;

	if (count == 0 || count > CONTROL_IDS_MAX)
		return error_usage(
		    err, "messages: expected an array of 1 to %d ids", CONTROL_IDS_MAX);
	out->ids = arena_alloc(a, count * sizeof(*out->ids));
	json_array_foreach(list, i, value)
	{
		out->ids[i] = read_id(value, a);
		if (out->ids[i] == NULL)
			return error_usage(err, "messages: the one at %zu is no whole id", i + 1);
	}
	out->id_count = count;
	return 0;
}

static int read_object(
    const json_t *object, struct arena *a, struct request *out, struct error *err)
{
	const char *command = json_string_value(json_object_get(object, "command"));
	int kind =
	    command == NULL ? -1 : name_find(REQUEST_NAME, REQUEST_KIND_COUNT, span_from(command));

	if (kind < 0)
		return error_usage(err, "command: expected delete, vacuum or stats");
	*out = (struct request){.kind = (enum request_kind)kind};
	return kind == REQUEST_DELETE ? read_ids(object, a, out, err) : 0;
}

int request_read(struct span line, struct arena *a, struct request *out, struct error *err)
{
	json_error_t why;
	json_t *object =
	    json_loadb(line.data == NULL ? "" : line.data, line.len, JSON_REJECT_DUPLICATES, &why);
	int result;

	if (object == NULL)
		return error_usage(
		    err, "expected a JSON object in one line: column %d: %s", why.column, why.text);
	result = read_object(object, a, out, err);
	json_decref(object);
	return result;
}

void request_answer(json_t *object, struct buffer *out)
{
	char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);

	buffer_add_string(out, text == NULL ? "{\"error\":\"no answer could be made\"}" : text);
	buffer_add_char(out, '\n');
	free(text);
	json_decref(object);
}
