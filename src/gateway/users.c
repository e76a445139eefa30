/*
 * SPDX-License-Identifier: ISC
 *
 * The users that a listener knows. Secrets are wiped before their memory is given back.
 */
#include "gateway/users.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "run/file.h"

#define SECRET_MAX 65536

struct user {
	const char *name; /* borrowed from the settings */
	struct buffer password;
};

struct users {
	struct user *items;
	size_t count;
};

static int read_secret(const struct conf_user *from, struct buffer *out, struct error *err)
{
	struct span text = span_from(from->password);
	struct error why;

	if (!span_starts(text, SPAN("file:"))) {
		buffer_add_span(out, text);
		return 0;
	}
	if (file_read(from->password + 5, SECRET_MAX, out, &why) < 0)
		return error_cannot(err, "password of user %s: %s", from->name, why.text);
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		out->len--;
	if (out->len > 0 && out->data[out->len - 1] == '\r')
		out->len--;
	return 0;
}

struct users *users_new(const struct conf_settings *settings, struct error *err)
{
	struct users *u = memory_new(sizeof(*u));

	u->items = memory_new(settings->user_count * sizeof(*u->items));
	for (size_t i = 0; i < settings->user_count; i++) {
		struct user *user = &u->items[u->count++];

		user->name = settings->users[i].name;
		if (read_secret(&settings->users[i], &user->password, err) < 0) {
			users_free(u);
			return NULL;
		}
	}
	return u;
}

void users_free(struct users *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < u->count; i++) {
		OPENSSL_cleanse(u->items[i].password.data, u->items[i].password.cap);
		buffer_clear(&u->items[i].password);
	}
	free(u->items);
	free(u);
}

bool users_check(const struct users *u, struct span name, struct span password)
{
	for (size_t i = 0; i < u->count; i++) {
		struct span want = buffer_span(&u->items[i].password);

		if (!span_equal(span_from(u->items[i].name), name))
			continue;
		return want.len == password.len &&
		       (want.len == 0 || CRYPTO_memcmp(want.data, password.data, want.len) == 0);
	}
	return false;
}
