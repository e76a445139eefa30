/*
 * SPDX-License-Identifier: ISC
 *
 * The users that a listener knows. Secrets are wiped before their memory is given back. Once made,
 * a table changes in one way only: a user of whom only keys were known may learn his password.
 */
#include "gateway/users.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "run/file.h"
#include "run/log.h"
#include "smtp/sasl.h"
#include "smtp/scram.h"

#define SECRET_MAX 65536
#define SALT_SIZE  16

/* What is known of a secret. */
struct known {
	struct buffer password; /* data NULL: not known */
	struct smtp_scram keys[SMTP_SCRAM_HASH_COUNT];
	unsigned char salts[SMTP_SCRAM_HASH_COUNT][CONF_SCRAM_SALT_MAX];
};

struct user {
	char *name;
	bool available;
	bool keys_only; /* as configured */
	struct known *given;
	_Atomic(struct known *) learned; /* besides given; NULL: nothing */
};

struct users {
	struct user *items;
	size_t count;
	unsigned char random[SMTP_RANDOM_SIZE]; /* of salts, real and made up */
};

static void wipe(struct buffer *b)
{
	if (b->data != NULL)
		OPENSSL_cleanse(b->data, b->cap);
	buffer_clear(b);
}

static void free_known(struct known *k)
{
	if (k == NULL)
		return;
	wipe(&k->password);
	OPENSSL_cleanse(k, sizeof(*k));
	free(k);
}

static void derive(const struct users *u, const char *label, enum smtp_scram_hash hash,
    struct span name, unsigned char out[SMTP_RANDOM_SIZE])
{
	struct buffer input = BUFFER_INIT;

	buffer_printf(&input, "%s %d ", label, (int)hash);
	buffer_add_span(&input, name);
	if (HMAC(EVP_sha256(), u->random, sizeof(u->random), (const unsigned char *)input.data,
		input.len, out, NULL) == NULL)
		memset(out, 0, SMTP_RANDOM_SIZE);
	buffer_clear(&input);
}

/* Reckons the keys that are missing; the password is there. */
static void complete(const struct users *u, struct span name, struct known *k)
{
	for (size_t i = 0; i < SMTP_SCRAM_HASH_COUNT; i++) {
		unsigned char salt[SMTP_RANDOM_SIZE];

		if (k->keys[i].iterations != 0)
			continue;
		derive(u, "salt", (enum smtp_scram_hash)i, name, salt);
		memcpy(k->salts[i], salt, SALT_SIZE);
		k->keys[i].salt = span_of(k->salts[i], SALT_SIZE);
		k->keys[i].iterations = SMTP_SCRAM_ITERATIONS;
		if (smtp_scram_derive(
			(enum smtp_scram_hash)i, buffer_span(&k->password), &k->keys[i]) < 0)
			k->keys[i].iterations = 0;
	}
}

static void take_keys(struct span text, struct known *k)
{
	struct conf_scram from;
	enum smtp_scram_hash hash;
	struct smtp_scram *keys;

	/* The settings were checked. */
	if (conf_scram_parse(text, &from, NULL) < 0)
		return;
	hash = from.sha256 ? SMTP_SCRAM_SHA_256 : SMTP_SCRAM_SHA_1;
	keys = &k->keys[hash];
	memcpy(k->salts[hash], from.salt, from.salt_size);
	memcpy(keys->stored_key, from.stored_key, sizeof(keys->stored_key));
	memcpy(keys->server_key, from.server_key, sizeof(keys->server_key));
	keys->salt = span_of(k->salts[hash], from.salt_size);
	keys->iterations = from.iterations;
	OPENSSL_cleanse(&from, sizeof(from));
}

static int read_file(const char *name, const char *path, struct buffer *out, struct error *err)
{
	struct buffer content = BUFFER_INIT;
	struct error why;
	struct span text;

	/* Room for all, so that nothing is left behind where the buffer has grown. */
	buffer_reserve(&content, SECRET_MAX + 1);
	if (file_read(path, SECRET_MAX, &content, &why) < 0) {
		wipe(&content);
		return error_cannot(err, "password of user %s: %s", name, why.text);
	}
	text = buffer_span(&content);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	buffer_add_span(out, text);
	wipe(&content);
	if (out->len == 0)
		return error_cannot(err,
		    "password of user %s: %s: the file is empty; expected a password in it", name,
		    path);
	return 0;
}

static int read_secret(
    const struct users *u, struct user *user, struct span text, struct error *err)
{
	struct known *k = user->given;

	if (span_starts(text, SPAN(CONF_SCRAM_PREFIX))) {
		user->keys_only = true;
		take_keys(text, k);
		return 0;
	}
	if (!span_starts(text, SPAN("file:")))
		buffer_add_span(&k->password, text);
	else if (read_file(user->name, text.data + 5, &k->password, err) < 0)
		return -1;
	complete(u, span_from(user->name), k);
	return 0;
}

static int add_user(struct users *u, const struct conf_user *from, bool reload, struct error *err)
{
	struct user *user = &u->items[u->count++];
	struct error why;

	user->name = memory_string(from->name);
	user->given = memory_new(sizeof(*user->given));
	user->available = read_secret(u, user, span_from(from->password), &why) == 0;
	if (user->available)
		return 0;
	if (!reload)
		return error_set(err, why.kind, "%s", why.text);
	log_event(CONF_LOG_ERROR, NULL, "secret-unavailable", "user", user->name, "reason",
	    why.text, LOG_END);
	return 0;
}

struct users *users_new(const struct conf_settings *settings, bool reload, struct error *err)
{
	struct users *u = memory_new(sizeof(*u));

	u->items = memory_new(settings->user_count * sizeof(*u->items));
	if (RAND_bytes(u->random, sizeof(u->random)) != 1) {
		users_free(u);
		error_cannot(err, "no random numbers for the salts of users");
		return NULL;
	}
	for (size_t i = 0; i < settings->user_count; i++) {
		if (add_user(u, &settings->users[i], reload, err) < 0) {
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
		free(u->items[i].name);
		free_known(u->items[i].given);
		free_known(atomic_load(&u->items[i].learned));
	}
	OPENSSL_cleanse(u->random, sizeof(u->random));
	free(u->items);
	free(u);
}

static struct user *find(const struct users *u, struct span name)
{
	for (size_t i = 0; i < u->count; i++)
		if (span_equal(span_from(u->items[i].name), name))
			return &u->items[i];
	return NULL;
}

static const struct known *known_of(struct user *user)
{
	const struct known *learned = atomic_load(&user->learned);

	return learned != NULL ? learned : user->given;
}

/* Keys that no proof fits, and a salt that is the same each time. */
static void make_up(const struct users *u, struct span name, struct users_secret *out)
{
	struct smtp_scram *const keys[] = {&out->secret.sha1, &out->secret.sha256};

	for (size_t i = 0; i < SMTP_SCRAM_HASH_COUNT; i++) {
		enum smtp_scram_hash hash = (enum smtp_scram_hash)i;

		derive(u, "salt", hash, name, out->salts[i]);
		derive(u, "stored", hash, name, keys[i]->stored_key);
		derive(u, "server", hash, name, keys[i]->server_key);
		keys[i]->salt = span_of(out->salts[i], SALT_SIZE);
		keys[i]->iterations = SMTP_SCRAM_ITERATIONS;
	}
}

static bool serves(const struct known *k, enum smtp_mechanism mechanism)
{
	switch (mechanism) {
	case SMTP_AUTH_CRAM_MD5:
		return k->password.data != NULL;
	case SMTP_AUTH_SCRAM_SHA_1:
	case SMTP_AUTH_SCRAM_SHA_1_PLUS:
		return k->keys[SMTP_SCRAM_SHA_1].iterations > 0;
	case SMTP_AUTH_SCRAM_SHA_256:
	case SMTP_AUTH_SCRAM_SHA_256_PLUS:
		return k->keys[SMTP_SCRAM_SHA_256].iterations > 0;
	case SMTP_AUTH_PLAIN:
	case SMTP_AUTH_LOGIN:
	case SMTP_AUTH_XOAUTH2:
	case SMTP_AUTH_OAUTHBEARER:
	case SMTP_MECHANISM_COUNT:
		break;
	}
	return true;
}

enum users_verdict users_find(const struct users *u, enum smtp_mechanism mechanism,
    struct span name, struct users_secret *out)
{
	struct user *user = find(u, name);
	const struct known *k;

	memset(out, 0, sizeof(*out));
	if (user == NULL) {
		make_up(u, name, out);
		return USERS_ACCEPTED;
	}
	if (!user->available)
		return USERS_UNAVAILABLE;
	k = known_of(user);
	if (!serves(k, mechanism))
		return USERS_TRANSITION;
	out->secret.password = buffer_span(&k->password);
	out->secret.sha1 = k->keys[SMTP_SCRAM_SHA_1];
	out->secret.sha256 = k->keys[SMTP_SCRAM_SHA_256];
	return USERS_ACCEPTED;
}

/* From now on every mechanism works for this user, as long as this table lives. */
static void learn(const struct users *u, struct user *user, struct span password)
{
	struct known *fresh, *none = NULL;

	if (atomic_load(&user->learned) != NULL)
		return;
	fresh = memory_new(sizeof(*fresh));
	*fresh = *user->given;
	fresh->password = (struct buffer)BUFFER_INIT;
	buffer_add_span(&fresh->password, password);
	for (size_t i = 0; i < SMTP_SCRAM_HASH_COUNT; i++)
		fresh->keys[i].salt = span_of(fresh->salts[i], fresh->keys[i].salt.len);
	complete(u, span_from(user->name), fresh);
	/* Another worker may have been faster. */
	if (!atomic_compare_exchange_strong(&user->learned, &none, fresh))
		free_known(fresh);
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}

static bool password_is_right(const struct users *u, struct user *user, struct span password)
{
	const struct known *k = known_of(user);

	if (k->password.data != NULL)
		return same(buffer_span(&k->password), password);
	for (size_t i = 0; i < SMTP_SCRAM_HASH_COUNT; i++) {
		if (k->keys[i].iterations == 0)
			continue;
		if (!smtp_scram_password((enum smtp_scram_hash)i, &k->keys[i], password))
			return false;
		learn(u, user, password);
		return true;
	}
	return false;
}

enum users_verdict users_judge(const struct users *u, const struct users_login *login)
{
	struct user *user = find(u, login->user);
	bool shown = smtp_mechanism_shows_secret(login->mechanism);

	if (user == NULL)
		return USERS_REJECTED;
	if (!user->available)
		return USERS_UNAVAILABLE;
	if (shown && user->keys_only && !login->over_tls)
		return USERS_TOO_WEAK;
	if (login->identity.len > 0 && !span_equal(login->identity, login->user))
		return USERS_REJECTED;
	if (shown ? password_is_right(u, user, login->password) : login->proven)
		return USERS_ACCEPTED;
	return USERS_REJECTED;
}

static const struct smtp_reply REPLIES[] = {
    [USERS_ACCEPTED] = {0, NULL, NULL},
    [USERS_REJECTED] = {535, "5.7.8", "Authentication credentials invalid"},
    [USERS_UNAVAILABLE] = {454, "4.7.0", "Temporary authentication failure, try again later"},
    [USERS_TRANSITION] = {432, "4.7.12",
	"A password transition is needed: log in once with PLAIN over TLS"},
    [USERS_TOO_WEAK] = {534, "5.7.9", "Authentication mechanism is too weak without TLS"},
};
_Static_assert(ARRAY_SIZE(REPLIES) == USERS_VERDICT_COUNT, "a reply for each verdict");

const struct smtp_reply *users_reply(enum users_verdict verdict)
{
	return verdict == USERS_ACCEPTED ? NULL : &REPLIES[verdict];
}
