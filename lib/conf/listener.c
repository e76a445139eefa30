/*
 * SPDX-License-Identifier: ISC
 *
 * Listeners: what kind they are decides what was not given; rules say what cannot stand together.
 */
#include "conf/listener.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/name.h"
#include "conf/route.h"
#include "conf/value.h"

/* More than anybody has; every pair is compared. */
#define LISTENERS_MAX 100
#define ADDRESSES_MAX 100

struct kind_defaults {
	unsigned port;
	enum conf_tls tls;
	bool auth; /* offered, and required */
};

static const struct kind_defaults KINDS[] = {
    [CONF_KIND_MX] = {2525, CONF_TLS_STARTTLS, false},
    [CONF_KIND_SUBMISSION] = {2587, CONF_TLS_REQUIRED, true},
    [CONF_KIND_SUBMISSIONS] = {2465, CONF_TLS_IMPLICIT, true},
    [CONF_KIND_LMTP] = {2424, CONF_TLS_STARTTLS, false},
};
_Static_assert(ARRAY_SIZE(KINDS) == CONF_KIND_COUNT, "one row for each kind");

int conf_refuse(const struct conf_draft *draft, const struct conf_lines *lines,
    enum conf_option_id id, struct error *err, const char *fmt, ...)
{
	struct conf_lines at = *lines;
	enum conf_source source;
	const char *place;
	char what[400];
	va_list arguments;

	if (at.of[id] == 0)
		at.of[id] = at.line;
	place = conf_place(draft, &at, id, &source);
	va_start(arguments, fmt);
	vsnprintf(what, sizeof(what), fmt, arguments);
	va_end(arguments);
	return error_usage(
	    err, "%.250s%s%s", place == NULL ? "" : place, place == NULL ? "" : ": ", what);
}

struct conf_listener_draft *conf_listener_add(struct conf_draft *draft, const char *name)
{
	struct arena *a = draft->settings.arena;
	struct conf_listener_draft *l;

	array_grow(&draft->listeners, draft->listener_count, sizeof(*draft->listeners));
	l = &draft->listeners[draft->listener_count++];
	memset(l, 0, sizeof(*l));
	l->listener.name = arena_string(a, name);
	conf_value_defaults(CONF_SECTION_LISTENER, l, a);
	return l;
}

struct rule {
	enum conf_option_id at; /* whose line the message names */
	bool (*broken)(const struct conf_listener *l);
	const char *text;
};

static bool certificate_without_key(const struct conf_listener *l)
{
	return l->certificate == CONF_CERTIFICATE_FILES && l->keys.count == 0;
}

static bool key_without_certificate(const struct conf_listener *l)
{
	return l->certificate != CONF_CERTIFICATE_FILES && l->keys.count > 0;
}

static bool keys_fewer_or_more(const struct conf_listener *l)
{
	return l->certificates.count != l->keys.count;
}

static bool names_of_files(const struct conf_listener *l)
{
	return l->names.count > 0 && l->certificate == CONF_CERTIFICATE_FILES;
}

static bool versions_crossed(const struct conf_listener *l)
{
	return l->max_tls < l->min_tls;
}

static bool client_certificate_without_tls(const struct conf_listener *l)
{
	return l->client_certificate != CONF_CLIENT_CERTIFICATE_NO && l->tls == CONF_TLS_NONE;
}

static bool client_ca_unused(const struct conf_listener *l)
{
	return l->client_ca != NULL && l->client_certificate == CONF_CLIENT_CERTIFICATE_NO;
}

static bool enforced_on_submission(const struct conf_listener *l)
{
	return l->enforce != NULL && l->kind != CONF_KIND_MX && l->kind != CONF_KIND_LMTP;
}

static bool implicit_submission(const struct conf_listener *l)
{
	return l->kind == CONF_KIND_SUBMISSION && l->tls == CONF_TLS_IMPLICIT;
}

static bool explicit_submissions(const struct conf_listener *l)
{
	return l->kind == CONF_KIND_SUBMISSIONS && l->tls != CONF_TLS_IMPLICIT;
}

static bool auth_never_offered(const struct conf_listener *l)
{
	return l->auth.count > 0 && l->tls == CONF_TLS_NONE && !l->auth_without_tls;
}

static bool auth_required_of_none(const struct conf_listener *l)
{
	return l->require_auth && l->auth.count == 0;
}

static const struct rule RULES[] = {
    {CONF_CERTIFICATE, certificate_without_key,
	"certificate is a file without its key; expected key = FILE, or certificate = dev"},
    {CONF_KEY, key_without_certificate,
	"key is given without a certificate; expected certificate = FILE too"},
    {CONF_KEY, keys_fewer_or_more,
	"key does not name as many files as certificate; expected the key of each certificate, in "
	"the same order"},
    {CONF_NAMES, names_of_files,
	"names is for certificates of the development CA, and this one is a file; expected no "
	"names, or certificate = dev"},
    {CONF_MAX_TLS, versions_crossed,
	"max-tls is below min-tls; expected the same version or a higher one"},
    {CONF_CLIENT_CERTIFICATE, client_certificate_without_tls,
	"tls = none, so that no client can show a certificate; expected client-certificate = no, "
	"or another tls"},
    {CONF_CLIENT_CA, client_ca_unused,
	"client-ca is given, but clients are not asked for a certificate; expected "
	"client-certificate = request or require too"},
    {CONF_ENFORCE, enforced_on_submission,
	"enforce is for kind = mx and lmtp, which judge mail as a receiver does; expected enforce "
	"= "
	"no, or another kind"},
    {CONF_TLS, implicit_submission,
	"kind = submission begins without TLS; expected tls = required, or kind = submissions"},
    {CONF_TLS, explicit_submissions,
	"kind = submissions is TLS from the start; expected tls = implicit, or kind = submission"},
    {CONF_AUTH, auth_never_offered,
	"with tls = none and auth-without-tls = no AUTH is never offered; expected another tls, "
	"auth-without-tls = yes, or auth = { } with require-auth = no"},
    {CONF_REQUIRE_AUTH, auth_required_of_none,
	"require-auth = yes, but auth names no mechanism; expected auth = { \"PLAIN\", \"LOGIN\" "
	"}"},
};

static int check_rules(
    const struct conf_draft *draft, const struct conf_listener_draft *d, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(RULES); i++)
		if (RULES[i].broken(&d->listener))
			return conf_refuse(draft, &d->lines, RULES[i].at, err,
			    "listener \"%s\": %s", d->listener.name, RULES[i].text);
	return 0;
}

static void finish_addresses(struct conf_listener_draft *d, struct arena *a)
{
	static const char *const LOOPBACK[] = {"127.0.0.1", "::1"};
	struct conf_listener *l = &d->listener;

	l->optional_family = d->lines.of[CONF_ADDRESS] == 0;
	if (l->optional_family) {
		d->addresses.items = arena_alloc(a, sizeof(LOOPBACK));
		memcpy(d->addresses.items, LOOPBACK, sizeof(LOOPBACK));
		d->addresses.count = ARRAY_SIZE(LOOPBACK);
	}
	l->address_count = d->addresses.count;
	if (d->lines.of[CONF_PORT] == 0)
		d->port = KINDS[l->kind].port;
	l->addresses = arena_alloc(a, l->address_count * sizeof(*l->addresses));
	for (size_t i = 0; i < l->address_count; i++) {
		ip_parse(span_from(d->addresses.items[i]), &l->addresses[i].ip);
		l->addresses[i].port = (uint16_t)d->port;
	}
}

/* One word, or files. */
static int finish_certificate(
    const struct conf_draft *draft, struct conf_listener_draft *d, struct error *err)
{
	struct conf_listener *l = &d->listener;
	size_t count = d->certificate.count;

	l->certificate = CONF_CERTIFICATE_FILES;
	l->certificates = d->certificate;
	for (size_t i = 0; i < count; i++) {
		int word = name_find(CONF_CERTIFICATE_NAME, CONF_CERTIFICATE_FILES,
		    span_from(d->certificate.items[i]));

		if (word < 0)
			continue;
		l->certificate = (enum conf_certificate)word;
		l->certificates.count = 0;
	}
	if (count == 1 || (count > 1 && l->certificate == CONF_CERTIFICATE_FILES))
		return 0;
	return conf_refuse(draft, &d->lines, CONF_CERTIFICATE, err,
	    "listener \"%s\": certificate: expected one of dev, expired, wrong-name, self-signed, "
	    "or "
	    "files alone, got %s",
	    l->name, count == 0 ? "an empty list" : "a list of both");
}

static bool all_loopback(const struct conf_listener *l)
{
	for (size_t i = 0; i < l->address_count; i++)
		if (!ip_is_loopback(&l->addresses[i].ip))
			return false;
	return true;
}

/* Whether the mechanism carries the secret itself, so that any can be taken. */
static bool shows_secret(const char *mechanism)
{
	static const char *const SHOWING[] = {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"};

	return name_find(SHOWING, ARRAY_SIZE(SHOWING), span_from(mechanism)) >= 0;
}

/* Whether it binds to the TLS channel. */
static bool binds(const char *mechanism)
{
	return span_ends_nocase(span_from(mechanism), SPAN("-PLUS"));
}

static void default_mechanisms(struct conf_listener *l, struct arena *a)
{
	const struct conf_option *auth = conf_option(CONF_AUTH);

	l->auth.items = arena_alloc(a, auth->word_count * sizeof(*l->auth.items));
	for (size_t i = 0; i < auth->word_count; i++) {
		const char *word = auth->words[i];

		if ((l->auth_any && !shows_secret(word)) ||
		    (l->tls == CONF_TLS_NONE && binds(word)))
			continue;
		l->auth.items[l->auth.count++] = word;
	}
}

static void finish_auth(struct conf_listener_draft *d, bool users, struct arena *a)
{
	struct conf_listener *l = &d->listener;

	if (d->lines.of[CONF_AUTH_ANY] == 0)
		l->auth_any = !users && all_loopback(l);
	if (d->lines.of[CONF_AUTH] == 0 && KINDS[l->kind].auth)
		default_mechanisms(l, a);
	if (d->lines.of[CONF_REQUIRE_AUTH] == 0)
		l->require_auth = KINDS[l->kind].auth && l->auth.count > 0;
}

static int check_mechanisms(
    const struct conf_draft *draft, const struct conf_listener_draft *d, struct error *err)
{
	const struct conf_listener *l = &d->listener;

	for (size_t i = 0; i < l->auth.count; i++) {
		const char *m = l->auth.items[i];

		if (l->auth_any && !shows_secret(m))
			return conf_refuse(draft, &d->lines, CONF_AUTH, err,
			    "listener \"%s\": %s proves a password that must be known, and with "
			    "auth-any = yes any is taken; expected only PLAIN, LOGIN, XOAUTH2 and "
			    "OAUTHBEARER, or auth-any = no and a user section",
			    l->name, m);
		if (l->tls == CONF_TLS_NONE && binds(m))
			return conf_refuse(draft, &d->lines, CONF_AUTH, err,
			    "listener \"%s\": %s binds to the TLS channel, and tls = none; "
			    "expected "
			    "%.*s, or another tls",
			    l->name, m, (int)(strlen(m) - strlen("-PLUS")), m);
	}
	return 0;
}

/* Named at the line of whichever of the two was given. */
static int refuse_size(
    const struct conf_draft *draft, const struct conf_listener_draft *d, struct error *err)
{
	bool own = d->lines.of[CONF_MAX_MESSAGE_SIZE] != 0;

	return conf_refuse(draft, own ? &d->lines : &draft->lines,
	    own ? CONF_MAX_MESSAGE_SIZE : CONF_MAX_BUFFERED, err,
	    "listener \"%s\": max-message-size is %llu octets and max-buffered only %llu, so that "
	    "the "
	    "largest message could not come in; raise max-buffered or lower max-message-size",
	    d->listener.name, (unsigned long long)d->listener.max_message_size,
	    (unsigned long long)draft->settings.max_buffered);
}

/* Where what only its files can show is refused: their key does not fit, say. */
static unsigned line_of(const struct conf_lines *lines)
{
	unsigned line = lines->of[lines->of[CONF_KEY] != 0 ? CONF_KEY : CONF_KIND];

	return line == CONF_LINE_ELSEWHERE ? 0 : line;
}

static int finish(struct conf_draft *draft, struct conf_listener_draft *d, struct error *err)
{
	struct conf_listener *l = &d->listener;

	if (d->lines.of[CONF_KIND] == 0)
		return conf_refuse(draft, &d->lines, CONF_KIND, err,
		    "listener \"%s\": kind is missing; expected one of mx, submission, "
		    "submissions, "
		    "lmtp",
		    l->name);
	if ((d->lines.of[CONF_ADDRESS] != 0 && d->addresses.count == 0) ||
	    d->addresses.count > ADDRESSES_MAX)
		return conf_refuse(draft, &d->lines, CONF_ADDRESS, err,
		    "listener \"%s\": expected 1 to %d addresses, got %zu", l->name, ADDRESSES_MAX,
		    d->addresses.count);
	l->line = line_of(&d->lines);
	if (d->lines.of[CONF_TLS] == 0)
		l->tls = KINDS[l->kind].tls;
	l->enforce = strcmp(d->enforce, "no") == 0 ? NULL : d->enforce;
	finish_addresses(d, draft->settings.arena);
	finish_auth(d, draft->user_count > 0, draft->settings.arena);
	if (l->max_message_size > draft->settings.max_buffered)
		return refuse_size(draft, d, err);
	if (conf_route_choose(draft, d, err) < 0 || finish_certificate(draft, d, err) < 0 ||
	    check_rules(draft, d, err) < 0)
		return -1;
	return check_mechanisms(draft, d, err);
}

/* Two bindings of one address and port, in one listener or in two; port 0 is a free one each. */
static const struct conf_address *taken(
    const struct conf_listener *l, const struct conf_address *wanted)
{
	for (size_t i = 0; i < l->address_count; i++)
		if (&l->addresses[i] != wanted && wanted->port != 0 &&
		    l->addresses[i].port == wanted->port &&
		    ip_equal(&l->addresses[i].ip, &wanted->ip))
			return &l->addresses[i];
	return NULL;
}

static int check_taken(
    const struct conf_draft *draft, const struct conf_listener_draft *d, struct error *err)
{
	char text[IP_TEXT_SIZE];

	for (const struct conf_listener_draft *o = draft->listeners; o <= d; o++) {
		for (size_t i = 0; i < d->listener.address_count; i++) {
			const struct conf_address *wanted = &d->listener.addresses[i];

			if (taken(&o->listener, wanted) == NULL)
				continue;
			return conf_refuse(draft, &d->lines, CONF_PORT, err,
			    "listener \"%s\": %s port %u is already taken by listener \"%s\"; "
			    "choose "
			    "another port",
			    d->listener.name, ip_format(&wanted->ip, text), wanted->port,
			    o->listener.name);
		}
	}
	return 0;
}

int conf_listeners_finish(struct conf_draft *draft, struct error *err)
{
	struct conf_settings *s = &draft->settings;

	if (draft->listener_count > LISTENERS_MAX)
		return conf_refuse(draft, &draft->listeners[LISTENERS_MAX].lines, CONF_KIND, err,
		    "expected at most %d listeners, got %zu", LISTENERS_MAX, draft->listener_count);
	for (size_t i = 0; i < draft->listener_count; i++)
		if (finish(draft, &draft->listeners[i], err) < 0 ||
		    check_taken(draft, &draft->listeners[i], err) < 0)
			return -1;
	s->listeners = arena_alloc(s->arena, draft->listener_count * sizeof(*s->listeners));
	s->listener_count = draft->listener_count;
	for (size_t i = 0; i < draft->listener_count; i++)
		s->listeners[i] = draft->listeners[i].listener;
	return 0;
}
