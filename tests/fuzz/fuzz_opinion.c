/*
 * SPDX-License-Identifier: ISC
 *
 * What a hostile opinion process may send: what is taken is within its bounds, and reads the same
 * when it is written again.
 */
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "opinion/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_reason(const char *reason)
{
	size_t len = strlen(reason);

	require(len > 0 && len <= REPLY_REASON_MAX);
	for (size_t i = 0; i < len; i++)
		require(reason[i] >= ' ' && reason[i] <= '~');
}

static void check_name(const struct dns_question *q)
{
	char name[DNS_NAME_SIZE];

	require(q->type < DNS_TYPE_COUNT);
	require(dns_name_normalize(span_from(q->name), name) == 0 && strcmp(name, q->name) == 0);
}

static void check_says(const struct opinion_says *s)
{
	require(s->state < OPINION_STATE_COUNT && s->result < AUTH_RESULT_COUNT);
	if (s->state != OPINION_NOT_ASKED)
		check_reason(s->reason);
}

static void check_reply(const struct opinion_reply *r)
{
	require(r->kind < FRAME_KIND_COUNT && r->kind != FRAME_QUESTION);
	require((r->kind == FRAME_FAILED) == (r->reason != NULL));
	require((r->kind == FRAME_NEEDS_DNS) == (r->name_count > 0));
	require(r->name_count <= REPLY_NAMES_MAX);
	if (r->reason != NULL)
		check_reason(r->reason);
	for (size_t i = 0; i < r->name_count; i++)
		check_name(&r->names[i]);
	for (size_t i = 0; i < OPINION_CHECK_COUNT; i++)
		check_says(&r->says[i]);
}

static void read_all(struct span in, struct arena *a)
{
	struct buffer again = BUFFER_INIT;
	struct error err = {.text = ""};
	struct opinion_reply reply;
	struct frame f;
	ptrdiff_t n;

	while ((n = frame_take(in, REPLY_MAX, &f, &err)) > 0) {
		require((size_t)n <= in.len && f.payload.len + 5 == (size_t)n);
		require(frame_take(span_first(in, (size_t)n - 1), REPLY_MAX, &f, &err) == 0);
		if (reply_read(&f, a, &reply, &err) == 0) {
			check_reply(&reply);
			buffer_reset(&again);
			reply_write(&reply, &again);
			require(span_equal(buffer_span(&again), span_first(in, (size_t)n)));
		} else {
			require(err.text[0] != '\0');
		}
		in = span_after(in, (size_t)n);
	}
	require(n == 0 || err.text[0] != '\0');
	buffer_clear(&again);
}

static void clean(struct span text, struct arena *a)
{
	check_reason(reply_clean(a, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();

	read_all(span_of(data, size), a);
	clean(span_of(data, size), a);
	arena_free(a);
	return 0;
}
