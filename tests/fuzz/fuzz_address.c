/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes the address parsers. The first octet holds the flags of a path; the rest is read as a
 * path and as an address list. What is taken must lie within the input and read the same again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "mail/address.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool within(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void check_path(struct span text, unsigned flags)
{
	struct mail_path path, again;
	struct error err = {.text = ""};
	ptrdiff_t n = mail_path_parse(text, flags, &path, &err);

	if (n < 0) {
		require(n == -1 && err.text[0] != '\0');
		return;
	}
	require(n >= 2 && (size_t)n <= text.len && n <= 256);
	require(text.data[0] == '<' && text.data[n - 1] == '>');
	text = span_first(text, (size_t)n);
	require(within(path.address, text) && within(path.local, path.address) &&
		within(path.domain, path.address) && within(path.route, text));
	require(path.local.len <= 64 && path.domain.len <= 255);
	require((flags & MAIL_PATH_NULL) != 0 || path.address.len > 0);
	if (path.domain.len > 0)
		require(path.address.len == path.local.len + 1 + path.domain.len);
	/* What ends at ">" is the same when nothing follows. */
	require(mail_path_parse(text, flags, &again, NULL) == n);
	require(span_equal(path.address, again.address));
}

/* A mailbox written out is a list of one that holds the same mailbox. */
static void check_mailbox(const struct mail_mailbox *m, struct arena *a)
{
	const char *written = mail_mailbox_address(a, m);
	struct mail_mailbox_list list;

	require(utf8_valid(m->local) && utf8_valid(m->domain) && m->domain.len > 0);
	require(mail_address_list_parse(span_from(written), a, &list, NULL) == 0);
	require(list.count == 1 && list.items[0].display.len == 0);
	require(span_equal(list.items[0].local, m->local));
	require(span_equal(list.items[0].domain, m->domain));
}

static void check_list(struct span text)
{
	struct arena *a = arena_new();
	struct mail_mailbox_list list;
	struct error err = {.text = ""};

	if (mail_address_list_parse(text, a, &list, &err) < 0)
		require(list.count == 0 && err.text[0] != '\0');
	require(list.count <= MAIL_MAILBOX_MAX);
	for (size_t i = 0; i < list.count; i++)
		check_mailbox(&list.items[i], a);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);

	if (size == 0)
		return 0;
	check_path(span_after(text, 1), data[0] & 7);
	check_list(span_after(text, 1));
	return 0;
}
