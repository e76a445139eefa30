/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes the header index. The first octet is the step by which the message grows; the rest is
 * the message. Its fields must cover the section without gap or overlap, and its end must show
 * at the same octet however it grows.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/message.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_field(const struct mail_field *f, struct arena *a)
{
	struct span value = mail_field_unfold(f, a);

	require(f->name.len > 0 && f->name.data == f->raw.data);
	require(f->name.data + f->name.len < f->value.data);
	require(f->value.data[-1] == ':');
	require(f->value.data + f->value.len <= f->raw.data + f->raw.len);
	require(f->raw.len - (size_t)(f->value.data - f->raw.data) - f->value.len <= 2);
	require(value.len <= f->value.len);
	for (size_t i = 0; i + 2 < value.len; i++)
		require(value.data[i] != '\r' || value.data[i + 1] != '\n' ||
			(value.data[i + 2] != ' ' && value.data[i + 2] != '\t'));
}

static void check_fields(const struct mail_header *h, struct span message, struct arena *a)
{
	size_t octets = 0;

	for (size_t i = 0; i < h->count; i++) {
		require(h->fields[i].raw.data == message.data + octets);
		check_field(&h->fields[i], a);
		octets += h->fields[i].raw.len;
	}
	require(h->count <= MAIL_FIELD_MAX);
	require(h->count == MAIL_FIELD_MAX || octets == h->section.len);
	require(h->body == h->section.len + (h->complete ? 2 : 0) && h->body <= message.len);
	require(!h->complete || !h->malformed);
	require(h->complete || h->malformed || h->body == message.len);
}

static void check_message(const struct mail_header *h, struct arena *a)
{
	struct mail_message m;

	mail_message_read(h, a, &m);
	require(m.from_fields == mail_header_count(h, SPAN("from")));
	require(m.from_list.count <= MAIL_MAILBOX_MAX);
	require(m.from == NULL || m.from_list.count > 0);
	require(m.message_id == NULL || m.message_id[0] == '<');
}

/* The end seen while the message grows by step octets; each prefix is a block of its own. */
static size_t growing_end(struct span message, size_t step)
{
	size_t seen = 0, end = 0;

	while (end == 0 && seen < message.len) {
		size_t n = seen + step < message.len ? seen + step : message.len;
		char *prefix = malloc(n);

		if (prefix == NULL)
			abort();
		memcpy(prefix, message.data, n);
		end = mail_header_end(span_of(prefix, n), seen);
		require(end <= n);
		require(end == 0 || end > seen || seen == 0);
		seen = n;
		free(prefix);
	}
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = span_after(span_of(data, size), 1);
	struct arena *a = arena_new();
	struct mail_header h;
	size_t end;

	mail_header_parse(message, a, &h);
	check_fields(&h, message, a);
	check_message(&h, a);
	end = mail_header_end(message, 0);
	require(!h.complete || end == h.body);
	if (size > 0 && size < 2000)
		require(growing_end(message, data[0] % 16 + 1) == end);
	arena_free(a);
	return 0;
}
