/*
 * SPDX-License-Identifier: ISC
 *
 * Settings: a draft, read from the file and given besides, completed and checked.
 */
#include "conf/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/name.h"
#include "conf/listener.h"
#include "conf/origin.h"
#include "conf/reader.h"
#include "conf/route.h"
#include "conf/scram.h"
#include "conf/text.h"
#include "conf/value.h"

static void finish_trusted(struct conf_draft *d)
{
	struct conf_settings *s = &d->settings;

	s->trusted = arena_alloc(s->arena, d->trusted.count * sizeof(*s->trusted));
	s->trusted_count = d->trusted.count;
	for (size_t i = 0; i < d->trusted.count; i++)
		ip_prefix_parse(span_from(d->trusted.items[i]), &s->trusted[i]);
}

static int check_user(
    const struct conf_draft *d, const struct conf_user_draft *u, struct error *err)
{
	struct span password = span_from(u->user.password);
	struct conf_scram keys;
	struct error why;

	if (password.len == 0)
		return conf_refuse(d, &u->lines, CONF_PASSWORD, err,
		    "user \"%s\": password is missing; expected password = \"...\" or "
		    "\"file:PATH\"",
		    u->user.name);
	if (span_equal(password, SPAN("file:")))
		return conf_refuse(d, &u->lines, CONF_PASSWORD, err,
		    "user \"%s\": expected the path of a file after file:", u->user.name);
	if (span_starts(password, SPAN(CONF_SCRAM_PREFIX)) &&
	    conf_scram_parse(password, &keys, &why) < 0)
		return conf_refuse(
		    d, &u->lines, CONF_PASSWORD, err, "user \"%s\": %s", u->user.name, why.text);
	return 0;
}

static int finish_users(struct conf_draft *d, struct error *err)
{
	struct conf_settings *s = &d->settings;

	s->users = arena_alloc(s->arena, d->user_count * sizeof(*s->users));
	s->user_count = d->user_count;
	for (size_t i = 0; i < d->user_count; i++) {
		if (check_user(d, &d->users[i], err) < 0)
			return -1;
		s->users[i] = d->users[i].user;
	}
	return 0;
}

static struct conf_listener_draft *add_listener(
    struct conf_draft *d, enum conf_kind kind, const char *name)
{
	struct conf_listener_draft *l = conf_listener_add(d, name);

	l->listener.kind = kind;
	l->lines.line = CONF_LINE_ELSEWHERE;
	l->lines.of[CONF_KIND] = CONF_LINE_ELSEWHERE;
	return l;
}

/* The three that stand where nobody gives another. */
static void add_default_listeners(struct conf_draft *d)
{
	for (int i = CONF_KIND_MX; i <= CONF_KIND_SUBMISSIONS; i++)
		add_listener(d, (enum conf_kind)i, CONF_KIND_NAME[i]);
}

static int finish(struct conf_draft *d, struct error *err)
{
	if (d->listener_count == 0)
		add_default_listeners(d);
	finish_trusted(d);
	if (finish_users(d, err) < 0 || conf_routes_finish(d, err) < 0)
		return -1;
	return conf_listeners_finish(d, err);
}

void conf_settings_clear(struct conf_settings *s)
{
	arena_free(s->arena);
	memset(s, 0, sizeof(*s));
}

int conf_address_parse(struct span text, struct conf_address *out)
{
	ptrdiff_t colon = span_rindex(text, ':');
	struct span host;
	uint64_t port;

	if (colon < 0 || span_to_uint(span_after(text, (size_t)colon + 1), 65535, &port) < 0)
		return -1;
	host = span_first(text, (size_t)colon);
	if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		host = span_of(host.data + 1, host.len - 2);
	else if (span_index(host, ':') >= 0)
		return -1;
	if (ip_parse(host, &out->ip) < 0)
		return -1;
	out->port = (uint16_t)port;
	return 0;
}

/* mx, then mx2, mx3, ... */
static const char *name_of_kind(const struct conf_draft *d, enum conf_kind kind)
{
	unsigned n = 1;

	for (size_t i = 0; i < d->listener_count; i++)
		n += d->listeners[i].listener.kind == kind;
	return n == 1 ? CONF_KIND_NAME[kind]
	              : arena_printf(d->settings.arena, "%s%u", CONF_KIND_NAME[kind], n);
}

static int listen_argument(struct conf_draft *d, const char *argument, struct error *err)
{
	struct span address = span_from(argument), kind = span_cut(&address, '=');
	int index = name_find(CONF_KIND_NAME, CONF_KIND_COUNT, kind);
	struct conf_listener_draft *l;
	struct conf_address parsed;
	char ip[IP_TEXT_SIZE];

	if (index < 0)
		return error_usage(err,
		    "--listen %s: expected KIND=ADDRESS:PORT, KIND being mx, submission, "
		    "submissions "
		    "or lmtp",
		    argument);
	if (conf_address_parse(address, &parsed) < 0)
		return error_usage(err,
		    "--listen %s: expected an IP address and a port behind \"=\", as in "
		    "%s=127.0.0.1:2525 or %s=[::1]:2525",
		    argument, CONF_KIND_NAME[index], CONF_KIND_NAME[index]);
	l = add_listener(d, (enum conf_kind)index, name_of_kind(d, (enum conf_kind)index));
	l->addresses.items = arena_alloc(d->settings.arena, sizeof(*l->addresses.items));
	l->addresses.items[l->addresses.count++] =
	    arena_string(d->settings.arena, ip_format(&parsed.ip, ip));
	l->port = parsed.port;
	l->lines.of[CONF_ADDRESS] = CONF_LINE_ELSEWHERE;
	l->lines.of[CONF_PORT] = CONF_LINE_ELSEWHERE;
	return 0;
}

/* Puts the place of what was given in front, in the name's stead. */
static int refuse_given(const struct conf_given *g, const struct conf_option *o,
    const struct error *why, struct error *err)
{
	return error_usage(err, "%.250s: %s", g->place, why->text + strlen(o->name) + 2);
}

static int take_item(struct conf_draft *d, const struct conf_given *g, const struct conf_option *o,
    struct span item, struct error *err)
{
	struct error why;

	if (conf_value_set(o, item, d, d->settings.arena, &why) < 0)
		return refuse_given(g, o, &why, err);
	return 0;
}

/* Items parted by blanks or commas; none at all is an empty list. */
static int take_list(struct conf_draft *d, const struct conf_given *g, const struct conf_option *o,
    struct error *err)
{
	const char *rest = g->value;

	conf_value_reset(o, d);
	for (rest += strspn(rest, ", "); *rest != '\0'; rest += strspn(rest, ", ")) {
		size_t len = strcspn(rest, ", ");

		if (take_item(d, g, o, span_of(rest, len), err) < 0)
			return -1;
		rest += len;
	}
	return 0;
}

static int take_given(struct conf_draft *d, const struct conf_given *g, struct error *err)
{
	int id = conf_option_find(CONF_SECTION_TOP, span_from(g->option));
	const struct conf_option *o = id < 0 ? NULL : conf_option((enum conf_option_id)id);

	if (o == NULL)
		return error_usage(err,
		    "%.250s: expected an option of the top level, got \"%.60s\"", g->place,
		    g->option);
	if (conf_text_check_given(g->value) < 0)
		return error_usage(
		    err, "%.250s: expected a text without control characters", g->place);
	d->lines.of[id] = CONF_LINE_ELSEWHERE;
	if (conf_type_is_list(o->type) && !g->added)
		return take_list(d, g, o, err);
	return take_item(d, g, o, span_from(g->value), err);
}

/* --listen replaces the listeners, which were found possible. */
static int take_listen(struct conf_draft *d, const struct conf_input *in, struct error *err)
{
	if (in->listen_count == 0)
		return 0;
	d->listener_count = 0;
	free(d->listeners);
	d->listeners = NULL;
	d->listening = true;
	for (size_t i = 0; i < in->listen_count; i++)
		if (listen_argument(d, in->listen[i], err) < 0)
			return -1;
	return conf_listeners_finish(d, err);
}

static int read_all(struct conf_draft *d, const struct conf_input *in, struct error *err)
{
	if (conf_read(in->text, d->file, d, err) < 0)
		return -1;
	for (size_t i = 0; i < in->given_count; i++)
		if (take_given(d, &in->given[i], err) < 0)
			return -1;
	if (finish(d, err) < 0 || take_listen(d, in, err) < 0)
		return -1;
	conf_origins_finish(d);
	return 0;
}

static void free_draft(struct conf_draft *d)
{
	free(d->listeners);
	free(d->users);
	free(d->routes);
}

int conf_settings_read(const struct conf_input *in, struct conf_settings *out, struct error *err)
{
	struct conf_draft draft = {
	    .settings = {.arena = arena_new()},
	    .file = in->file == NULL ? "configuration" : in->file,
	    .given = in->given,
	    .given_count = in->given_count,
	};
	int failed;

	draft.settings.file = arena_string(draft.settings.arena, in->file);
	failed = read_all(&draft, in, err);
	*out = draft.settings;
	if (failed != 0)
		conf_settings_clear(out);
	free_draft(&draft);
	return failed;
}

int conf_settings_parse(
    struct span text, const char *file, struct conf_settings *out, struct error *err)
{
	const struct conf_input in = {.text = text, .file = file};

	return conf_settings_read(&in, out, err);
}
