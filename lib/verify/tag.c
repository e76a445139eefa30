/*
 * SPDX-License-Identifier: ISC
 *
 * Tag lists (RFC 6376 3.2).
 */
#include "verify/tag.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int check_octets(struct span text, struct error *err)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if ((c >= 0x20 && c < 0x7f) || is_blank((char)c))
			continue;
		return error_usage(
		    err, "octet 0x%02x at offset %zu is not printable ASCII", (unsigned)c, i);
	}
	return 0;
}

static bool is_name(struct span s)
{
	if (s.len == 0 || !ascii_alpha(s.data[0]))
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (!ascii_alnum(s.data[i]) && s.data[i] != '_')
			return false;
	}
	return true;
}

/* How much of what is no tag is repeated in a complaint. */
#define SHOWN_MAX 40

static int add_tag(struct span spec, struct arena *a, struct tag_list *out, struct error *err)
{
	struct span value = spec, name = span_trim(span_cut(&value, '='));

	if (value.data == NULL)
		return error_usage(err, "\"%s\" has no \"=\"", tag_show(name, SHOWN_MAX, a));
	if (!is_name(name))
		return error_usage(err, "\"%s\" is no tag name", tag_show(name, SHOWN_MAX, a));
	if (tag_list_find(out, name) != NULL)
		return error_usage(err, "the tag %s= occurs twice", tag_show(name, SHOWN_MAX, a));
	if (out->count == TAG_LIST_MAX)
		return error_usage(err, "there are more than %d tags", TAG_LIST_MAX);
	out->items[out->count++] = (struct tag){name, span_trim(value)};
	return 0;
}

int tag_list_parse(struct span text, struct arena *a, struct tag_list *out, struct error *err)
{
	struct span rest = span_trim(text);

	*out = (struct tag_list){arena_alloc(a, TAG_LIST_MAX * sizeof(struct tag)), 0};
	if (check_octets(text, err) < 0)
		return -1;
	if (rest.len == 0)
		return error_usage(err, "it is empty");
	/* The one semicolon at the end ends the last tag and begins none. */
	if (rest.data[rest.len - 1] == ';')
		rest.len--;
	do {
		if (add_tag(span_cut(&rest, ';'), a, out, err) < 0)
			return -1;
	} while (rest.data != NULL);
	return 0;
}

const struct span *tag_list_find(const struct tag_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (span_equal(list->items[i].name, name))
			return &list->items[i].value;
	}
	return NULL;
}

struct span tag_compact(struct span value, struct arena *a)
{
	char *p = arena_alloc(a, value.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < value.len; i++) {
		if (!is_blank(value.data[i]))
			p[n++] = value.data[i];
	}
	return span_of(p, n);
}

const char *tag_show(struct span value, size_t max, struct arena *a)
{
	struct span rest = span_trim(value);
	char *p = arena_alloc(a, (rest.len < max ? rest.len : max) + 1);
	size_t n = 0;

	for (size_t i = 0; i < rest.len && n < max; i++) {
		if (!is_blank(rest.data[i]))
			p[n++] = rest.data[i];
		else if (!is_blank(rest.data[i - 1]))
			p[n++] = ' ';
	}
	return p;
}

bool tag_next(struct span *rest, struct tag *out)
{
	while (rest->data != NULL) {
		struct span value = span_trim(span_cut(rest, ';')), name = span_cut(&value, '=');

		if (name.len == 0 && value.data == NULL)
			continue;
		*out = (struct tag){span_trim(name), value};
		if (value.data != NULL)
			out->value = span_trim(value);
		return true;
	}
	return false;
}

bool tag_item(struct span *rest, struct span *item)
{
	while (rest->data != NULL) {
		*item = span_trim(span_cut(rest, ':'));
		if (item->len > 0)
			return true;
	}
	return false;
}
