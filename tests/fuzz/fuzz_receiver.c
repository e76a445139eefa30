/*
 * SPDX-License-Identifier: ISC
 *
 * Any text as a receivers' file, read twice and behind those of the program: it is refused with its
 * line, or every receiver is whole and includes only what stands before it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "conf/receiver.h"
#include "conf/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_name(const char *name)
{
	static const char PLAIN[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	require(name[0] != '\0' && strlen(name) <= 64 && name[strspn(name, PLAIN)] == '\0');
}

static void check_requirement(const struct conf_requirement *q)
{
	check_name(q->name);
	require(q->any.count >= 1 && q->any.count <= CONF_ALTERNATIVES_MAX);
	for (size_t i = 0; i < q->any.count; i++)
		require(q->any.items[i][0] != '\0');
	require(q->when == NULL || q->when[0] != '\0');
	require(q->reply == NULL || conf_reply_problem(q->reply) == NULL);
	require(q->date == NULL || strlen(q->date) == 10);
	require(strchr(q->place, ':') != NULL);
}

static void check_receiver(const struct conf_receivers *all, size_t index)
{
	const struct conf_receiver *r = &all->items[index];

	check_name(r->name);
	require(conf_receiver_find(all, span_from(r->name)) == r);
	require(r->title[0] != '\0' && strchr(r->place, ':') != NULL);
	require(r->requirement_count + r->include.count > 0);
	for (size_t i = 0; i < r->include.count; i++)
		require(conf_receiver_find(all, span_from(r->include.items[i])) < r);
	for (size_t i = 0; i < r->requirement_count; i++)
		check_requirement(&r->requirements[i]);
}

static int read_file(struct span text, struct conf_receivers *r)
{
	struct error err = {.text = ""};

	if (conf_receivers_parse(text, "f", r, &err) == 0) {
		require(r->count <= CONF_RECEIVERS_MAX);
		for (size_t i = 0; i < r->count; i++)
			check_receiver(r, i);
		return 0;
	}
	require(span_starts(span_from(err.text), SPAN("f:")));
	return -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_receivers alone = {.arena = NULL}, behind;
	struct buffer text = BUFFER_INIT;
	size_t count;

	buffer_add(&text, data, size);
	if (read_file(buffer_span(&text), &alone) == 0) {
		/* Once more: each takes its own place. */
		count = alone.count;
		require(read_file(buffer_span(&text), &alone) == 0 && alone.count == count);
		/* A comment changes nothing. */
		buffer_add_string(&text, "\n# \"${X}\" } {");
		require(read_file(buffer_span(&text), &alone) == 0 && alone.count == count);
	}
	conf_receivers_builtin(&behind);
	read_file(buffer_span(&text), &behind);
	conf_receivers_clear(&behind);
	conf_receivers_clear(&alone);
	buffer_clear(&text);
	return 0;
}
