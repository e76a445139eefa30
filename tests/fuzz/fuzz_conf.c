/*
 * SPDX-License-Identifier: ISC
 *
 * Any text as a configuration: it is refused with its line, or the settings are whole and hold
 * nothing that cannot stand together.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "conf/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_listener(const struct conf_settings *s, const struct conf_listener *l)
{
	require(l->name != NULL && l->name[0] != '\0');
	require(l->kind < CONF_KIND_COUNT && l->tls < CONF_TLS_COUNT);
	require(l->address_count >= 1 && l->address_count <= 100);
	for (size_t i = 0; i < l->address_count; i++)
		require(l->addresses[i].ip.family != IP_NONE);
	require((l->certificate == NULL) == (l->key == NULL));
	require(l->kind != CONF_KIND_SUBMISSIONS || l->tls == CONF_TLS_IMPLICIT);
	require(l->kind != CONF_KIND_SUBMISSION || l->tls != CONF_TLS_IMPLICIT);
	require(l->auth.count == 0 || l->tls != CONF_TLS_NONE || l->auth_without_tls);
	require(!l->require_auth || l->auth.count > 0);
	for (size_t i = 0; i < l->auth.count; i++)
		require(strcmp(l->auth.items[i], "PLAIN") == 0 ||
			strcmp(l->auth.items[i], "LOGIN") == 0);
	require(l->max_message_size >= 1 && l->max_message_size <= s->max_buffered);
	require(l->max_recipients >= 1);
	require(l->route == NULL || l->kind != CONF_KIND_MX);
	require(l->route == NULL || conf_route_find(s, span_from(l->route->name)) == l->route);
	require(s->route_count != 1 || l->kind == CONF_KIND_MX || l->route == &s->routes[0]);
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

static void listen_instead(struct conf_settings *s)
{
	static const char *const arguments[] = {"submission=[::1]:0", "submission=192.0.2.1:25"};
	struct error err;

	if (conf_settings_listen(s, arguments, 2, &err) < 0)
		return; /* max-buffered below the default size */
	require(s->listener_count == 2 && strcmp(s->listeners[1].name, "submission2") == 0);
	check(s);
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
		listen_instead(&s);
		conf_settings_clear(&s);
		/* A comment changes nothing. */
		buffer_add_string(&text, "\n# \"${X}\" } {");
		require(conf_settings_parse(buffer_span(&text), "f", &again, &err) == 0);
		conf_settings_clear(&again);
	}
	buffer_clear(&text);
	return 0;
}
