/*
 * SPDX-License-Identifier: ISC
 *
 * Tag lists (RFC 6376 3.2).
 */
#include "base/buffer.h"
#include "unit.h"
#include "verify/tag.h"

static const struct {
	const char *text;
	const char *parsed; /* "[name=value]" each */
} good[] = {
    {"v=1", "[v=1]"},
    {"v=1;", "[v=1]"},
    {"v=1; a=rsa-sha256", "[v=1][a=rsa-sha256]"},
    {" v = 1 ;\r\n\ta =\r\n x \r\n", "[v=1][a=x]"},
    {"p=", "[p=]"},
    {"p=;", "[p=]"},
    {"p=; n=a note", "[p=][n=a note]"},
    {"b=ab\r\n cd==", "[b=ab\r\n cd==]"},
    {"x_1=y=z", "[x_1=y=z]"},
    {"V=1; v=2", "[V=1][v=2]"},
};

static void show(const struct tag_list *list, struct buffer *out)
{
	for (size_t i = 0; i < list->count; i++)
		buffer_printf(out, "[%.*s=%.*s]", (int)list->items[i].name.len,
		    list->items[i].name.data, (int)list->items[i].value.len,
		    list->items[i].value.data);
}

START_TEST(accepted)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct arena *a = arena_new();
		struct span text = unit_guard(span_from(good[i].text));
		struct buffer seen = BUFFER_INIT;
		struct tag_list list;
		struct error err = {0};

		ck_assert_msg(
		    tag_list_parse(text, a, &list, &err) == 0, "%s: %s", good[i].text, err.text);
		show(&list, &seen);
		unit_span_eq(good[i].text, buffer_span(&seen), good[i].parsed);
		buffer_clear(&seen);
		unit_guard_free(text);
		arena_free(a);
	}
}
END_TEST

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct {
	struct span text;
	const char *complaint;
} bad[] = {
    {BYTES(""), "it is empty"},
    {BYTES(" \r\n "), "it is empty"},
    {BYTES(";"), "\"\" has no \"=\""},
    {BYTES("v=1;;a=2"), "\"\" has no \"=\""},
    {BYTES("v=1;;"), "\"\" has no \"=\""},
    {BYTES("just words"), "\"just words\" has no \"=\""},
    {BYTES("=1"), "\"\" is no tag name"},
    {BYTES("1a=x"), "\"1a\" is no tag name"},
    {BYTES("just\r\n\t words"), "\"just words\" has no \"=\""},
    {BYTES("a\rb=x"), "\"a b\" is no tag name"},
    {BYTES("a b=x"), "\"a b\" is no tag name"},
    {BYTES("a=1; b=2; a=1"), "the tag a= occurs twice"},
    {BYTES("a=\0"), "octet 0x00 at offset 2 is not printable ASCII"},
    {BYTES("d=ex\xc3\xa4mple.com"), "octet 0xc3 at offset 4 is not printable ASCII"},
    {BYTES("a=\x7f"), "octet 0x7f at offset 2 is not printable ASCII"},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct arena *a = arena_new();
		struct span text = unit_guard(bad[i].text);
		struct tag_list list;
		struct error err = {0};

		ck_assert_msg(
		    tag_list_parse(text, a, &list, &err) == -1, "row %zu was accepted", i);
		ck_assert_str_eq(err.text, bad[i].complaint);
		unit_guard_free(text);
		arena_free(a);
	}
}
END_TEST

START_TEST(too_many)
{
	struct arena *a = arena_new();
	struct buffer text = BUFFER_INIT;
	struct tag_list list;
	struct error err;

	for (int i = 0; i < TAG_LIST_MAX; i++)
		buffer_printf(&text, "t%d=x;", i);
	ck_assert_int_eq(tag_list_parse(buffer_span(&text), a, &list, &err), 0);
	ck_assert_uint_eq(list.count, TAG_LIST_MAX);
	buffer_add_string(&text, "one=more");
	ck_assert_int_eq(tag_list_parse(buffer_span(&text), a, &list, &err), -1);
	ck_assert_str_eq(err.text, "there are more than 100 tags");
	buffer_clear(&text);
	arena_free(a);
}
END_TEST

START_TEST(items_and_blanks)
{
	struct arena *a = arena_new();
	struct span rest = span_from("from : to::\r\n subject:"), item;
	struct buffer seen = BUFFER_INIT;
	struct tag tag;

	while (tag_item(&rest, &item))
		buffer_printf(&seen, "[%.*s]", (int)item.len, item.data);
	unit_span_eq("items", buffer_span(&seen), "[from][to][subject]");
	buffer_reset(&seen);
	for (rest = SPAN(" a = 1;; b;=;c=;\t= x ; "); tag_next(&rest, &tag);)
		buffer_printf(&seen, "[%.*s|%.*s%s]", (int)tag.name.len, tag.name.data,
		    (int)tag.value.len, tag.value.len == 0 ? "" : tag.value.data,
		    tag.value.data == NULL ? "-" : "");
	unit_span_eq("tags", buffer_span(&seen), "[a|1][b|-][|][c|][|x]");
	unit_span_eq("blanks", tag_compact(SPAN("a b\r\n\tc"), a), "abc");
	ck_assert_str_eq(tag_show(SPAN(" \r\n a b\r\n\t c \r\n"), 100, a), "a b c");
	ck_assert_str_eq(tag_show(SPAN("a \r\n b"), 2, a), "a ");
	ck_assert_str_eq(tag_show(SPAN("abc"), 3, a), "abc");
	ck_assert_str_eq(tag_show(SPAN("\r\n"), 9, a), "");
	ck_assert_str_eq(tag_show(SPAN(""), 0, a), "");
	buffer_clear(&seen);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {accepted, refused, too_many, items_and_blanks, NULL};

	return unit_main("tag", tests);
}
