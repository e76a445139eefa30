/*
 * SPDX-License-Identifier: ISC
 *
 * SQL functions: what columns do not say. A message that the index has not walked yet is walked
 * here.
 */
#include "store/function.h"

#include "base/arena.h"
#include "base/ip.h"
#include "mime/content.h"

/* Of the text of an argument; empty for NULL. */
static struct span text_of(sqlite3_value *v)
{
	const void *text = sqlite3_value_text(v);

	return span_of(text, text == NULL ? 0 : (size_t)sqlite3_value_bytes(v));
}

static bool has_attachment(const struct mime_content *c)
{
	return c->attachment_count > 0;
}

static bool has_link(const struct mime_content *c)
{
	return c->link_count > 0;
}

static bool has_html(const struct mime_content *c)
{
	return c->html != NULL;
}

/* A text that was made of the HTML is none of its own. */
static bool has_plain(const struct mime_content *c)
{
	for (size_t i = 0; i < c->part_count; i++)
		if (!c->parts[i].attachment &&
		    span_equal(span_from(c->parts[i].type), SPAN("text/plain")))
			return true;
	return false;
}

static const struct {
	struct span word;
	bool (*has)(const struct mime_content *c);
} WALKS[] = {
    {{"attachment", 10}, has_attachment},
    {{"link", 4}, has_link},
    {{"html", 4}, has_html},
    {{"text", 4}, has_plain},
};

static void message_has(sqlite3_context *ctx, int count, sqlite3_value **v)
{
	const void *bytes = sqlite3_value_blob(v[0]);
	struct span source = span_of(bytes, (size_t)sqlite3_value_bytes(v[0]));
	struct arena *a = arena_new();
	struct mime_content content;
	bool has = false;

	(void)count;
	mime_content_read(source, a, &content);
	for (size_t i = 0; i < ARRAY_SIZE(WALKS); i++)
		if (span_equal(WALKS[i].word, text_of(v[1])))
			has = WALKS[i].has(&content);
	sqlite3_result_int(ctx, has);
	arena_free(a);
}

static void within(sqlite3_context *ctx, int count, sqlite3_value **v)
{
	struct ip_prefix prefix;
	struct ip ip;

	(void)count;
	sqlite3_result_int(ctx, ip_parse(text_of(v[0]), &ip) == 0 &&
				    ip_prefix_parse(text_of(v[1]), &prefix) == 0 &&
				    ip_in_prefix(&ip, &prefix));
}

int function_register(sqlite3 *db)
{
	static const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

	if (sqlite3_create_function(db, "message_has", 2, flags, NULL, message_has, NULL, NULL) !=
		SQLITE_OK ||
	    sqlite3_create_function(db, "within", 2, flags, NULL, within, NULL, NULL) != SQLITE_OK)
		return -1;
	return 0;
}
