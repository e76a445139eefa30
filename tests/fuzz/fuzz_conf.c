/*
 * SPDX-License-Identifier: ISC
 *
 * Any text as a configuration: it is refused with its line, or the settings are whole and hold
 * nothing that cannot stand together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/name.h"
#include "conf/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_tls(const struct conf_listener *l)
{
	bool files = l->certificate == CONF_CERTIFICATE_FILES;

	require(l->certificate < CONF_CERTIFICATE_COUNT);
	require(l->certificates.count == l->keys.count && (l->keys.count > 0) == files);
	require(l->names.count == 0 || !files);
	require(l->min_tls <= l->max_tls && l->max_tls < CONF_TLS_VERSION_COUNT);
	require(l->client_certificate < CONF_CLIENT_CERTIFICATE_COUNT);
	require(l->client_certificate == CONF_CLIENT_CERTIFICATE_NO || l->tls != CONF_TLS_NONE);
}

/* Under auth-any what carries the secret, and without TLS nothing that binds to it. */
static void check_mechanism(const struct conf_listener *l, const char *name)
{
	static const char *const SHOWING[] = {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"};
	bool shows = name_find(SHOWING, ARRAY_SIZE(SHOWING), span_from(name)) >= 0;

	require(shows || strncmp(name, "SCRAM-SHA-", 10) == 0 || strcmp(name, "CRAM-MD5") == 0);
	require(shows || !l->auth_any);
	require(l->tls != CONF_TLS_NONE || strstr(name, "-PLUS") == NULL);
}

static void check_listener(const struct conf_settings *s, const struct conf_listener *l)
{
	bool receives = l->kind == CONF_KIND_MX || l->kind == CONF_KIND_LMTP;

	require(l->name != NULL && l->name[0] != '\0');
	require(l->kind < CONF_KIND_COUNT && l->tls < CONF_TLS_COUNT);
	require(l->address_count >= 1 && l->address_count <= 100);
	for (size_t i = 0; i < l->address_count; i++)
		require(l->addresses[i].ip.family != IP_NONE);
	check_tls(l);
	require(l->kind != CONF_KIND_SUBMISSIONS || l->tls == CONF_TLS_IMPLICIT);
	require(l->kind != CONF_KIND_SUBMISSION || l->tls != CONF_TLS_IMPLICIT);
	require(l->auth.count == 0 || l->tls != CONF_TLS_NONE || l->auth_without_tls);
	require(!l->require_auth || l->auth.count > 0);
	for (size_t i = 0; i < l->auth.count; i++)
		check_mechanism(l, l->auth.items[i]);
	require(l->max_message_size >= 1 && l->max_message_size <= s->max_buffered);
	require(l->max_recipients >= 1);
	require(l->enforce == NULL || (receives && l->enforce[0] != '\0'));
	require(l->route == NULL || !receives);
	require(l->route == NULL || conf_route_find(s, span_from(l->route->name)) == l->route);
	require(s->route_count != 1 || receives || l->route == &s->routes[0]);
}

static void check_route(const struct conf_route *r)
{
	require(r->name[0] != '\0' && r->egress.count <= CONF_EGRESS_MAX);
	for (size_t i = 0; i < r->egress.count; i++)
		require(r->egress.items[i][0] != '\0');
	require(r->return_path == NULL || strchr(r->return_path, '@') == NULL);
	require(r->dkim_domain == NULL || r->dkim_selector != NULL);
}

static void check(const struct conf_settings *s)
{
	require(s->workers <= 64 && s->log_level < CONF_LOG_LEVEL_COUNT);
	require(s->listener_count >= 1 && s->listener_count <= 100);
	for (size_t i = 0; i < s->listener_count; i++)
		check_listener(s, &s->listeners[i]);
	for (size_t i = 0; i < s->trusted_count; i++)
		require(s->trusted[i].ip.family != IP_NONE && s->trusted[i].bits <= 128);
	for (size_t i = 0; i < s->user_count; i++)
		require(s->users[i].name[0] != '\0' && s->users[i].password[0] != '\0');
	for (size_t i = 0; i < s->route_count; i++)
		check_route(&s->routes[i]);
	require(s->dns_timeout_ms > 0 && s->session_timeout_ms > 0 && s->bad_commands > 0);
}

/* Every option in force is there once, its place named where there is one, no secret shown. */
static void check_origins(const struct conf_settings *s)
{
	require(s->origin_count > 0);
	for (size_t i = 0; i < s->origin_count; i++) {
		const struct conf_origin *o = &s->origins[i];

		require((o->source == CONF_SOURCE_DEFAULT) == (o->place == NULL));
		require(
		    o->source != CONF_SOURCE_FILE || span_starts(span_from(o->place), SPAN("f:")));
		require(
		    strcmp(o->option, "password") != 0 || strcmp(o->value, CONF_SECRET_SHOWN) == 0);
		require(s->origin_count > 1000 ||
			conf_origin_find(s, o->section, o->title, o->option) == o);
	}
}

/* The top level as it is written says the same when it is read again. */
static void write_again(const struct conf_settings *s)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings again;
	struct error err;
	const struct conf_origin *a, *b;

	for (a = s->origins; a->section == NULL; a++)
		if (a->value != NULL)
			buffer_printf(&text, "%s = %s\n", a->option, a->value);
	/* Listeners of the file may have a smaller size than the default ones. */
	if (s->max_buffered >= 50U << 20)
		require(conf_settings_parse(buffer_span(&text), "f", &again, &err) == 0);
	else
		again = (struct conf_settings){.arena = NULL};
	for (a = s->origins, b = again.origins; b != NULL && a->section == NULL; a++, b++)
		require(a->value == NULL ? b->value == NULL : strcmp(a->value, b->value) == 0);
	if (again.arena != NULL)
		conf_settings_clear(&again);
	buffer_clear(&text);
}

static void listen_instead(struct span text)
{
	static const char *const arguments[] = {"submission=[::1]:0", "submission=192.0.2.1:25"};
	static const struct conf_given given = {
	    CONF_SOURCE_ARGUMENT, "--max-buffered", "max-buffered", "1G", false};
	const struct conf_input in = {text, "f", &given, 1, arguments, 2};
	struct conf_settings s;
	struct error err;

	require(conf_settings_read(&in, &s, &err) == 0);
	require(s.listener_count == 2 && strcmp(s.listeners[1].name, "submission2") == 0);
	require(s.max_buffered == 1U << 30);
	check(&s);
	conf_settings_clear(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings s, again;
	struct error err = {.text = ""};
	int result;

	buffer_add(&text, data, size);
	result = conf_settings_parse(buffer_span(&text), "f", &s, &err);
	if (result < 0) {
		require(s.arena == NULL && span_starts(span_from(err.text), SPAN("f:")));
	} else {
		check(&s);
		check_origins(&s);
		write_again(&s);
		if (s.max_buffered <= 1U << 30)
			listen_instead(buffer_span(&text));
		conf_settings_clear(&s);
		/* A comment changes nothing. */
		buffer_add_string(&text, "\n# \"${X}\" } {");
		require(conf_settings_parse(buffer_span(&text), "f", &again, &err) == 0);
		conf_settings_clear(&again);
	}
	buffer_clear(&text);
	return 0;
}
