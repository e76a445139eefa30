/*
 * SPDX-License-Identifier: ISC
 *
 * SIGHUP. Certificates, users, zones, retention and what is enforced come into force; of what else
 * was changed the log says that it needs a restart.
 */
#include "cli/reload.h"

#include <string.h>

#include "gateway/generation.h"
#include "run/log.h"

/* What a reload brings into force; section NULL: the top level, option NULL: all of the section. */
static const struct reloaded {
	const char *section, *option;
} RELOADED[] = {
    {NULL, "zones"},
    {NULL, "retention-age"},
    {NULL, "retention-count"},
    {NULL, "retention-size"},
    {NULL, "receivers"},
    {"user", NULL},
    {"listener", "certificate"},
    {"listener", "key"},
    {"listener", "names"},
    {"listener", "min-tls"},
    {"listener", "max-tls"},
    {"listener", "ciphers"},
    {"listener", "client-certificate"},
    {"listener", "client-ca"},
    {"listener", "enforce"},
};

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_reloaded(const struct conf_origin *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(RELOADED); i++)
		if (same(RELOADED[i].section, o->section) &&
		    (RELOADED[i].option == NULL || same(RELOADED[i].option, o->option)))
			return true;
	return false;
}

static bool same_section(const struct conf_origin *a, const struct conf_origin *b)
{
	return same(a->section, b->section) && same(a->title, b->title);
}

static bool has_section(const struct conf_settings *settings, const struct conf_origin *like)
{
	for (size_t i = 0; i < settings->origin_count; i++)
		if (same_section(&settings->origins[i], like))
			return true;
	return false;
}

static void say(const char *what, const char *option, const struct conf_origin *o)
{
	/* A key NULL ends the pairs: the top level has no section. */
	log_event(CONF_LOG_WARNING, NULL, "restart-needed", "reason", what, "option", option,
	    o->section, o->title, LOG_END);
}

/* Sections that the one has and the other has not. */
static void warn_sections(
    const struct conf_settings *one, const struct conf_settings *other, const char *what)
{
	for (size_t i = 0; i < one->origin_count; i++) {
		const struct conf_origin *o = &one->origins[i];

		if (i > 0 && same_section(o, o - 1))
			continue;
		if (!is_reloaded(o) && !has_section(other, o))
			say(what, NULL, o);
	}
}

static void warn_options(const struct conf_settings *running, const struct conf_settings *now)
{
	for (size_t i = 0; i < now->origin_count; i++) {
		const struct conf_origin *o = &now->origins[i];
		const struct conf_origin *before =
		    conf_origin_find(running, o->section, o->title, o->option);

		if (before != NULL && !same(before->value, o->value) && !is_reloaded(o))
			say("it was changed", o->option, o);
	}
}

static void warn(const struct conf_settings *running, const struct conf_settings *now)
{
	warn_sections(now, running, "it is new");
	warn_sections(running, now, "it is gone");
	warn_options(running, now);
}

/* The zones are taken when that succeeds. */
static int put_in_force(struct gateway *g, struct opinion *opinions,
    const struct conf_settings *settings, struct dns_zones *zones, struct error *err)
{
	struct generation *next;
	struct conf_receivers receivers;

	if (cli_receivers_read(settings, &receivers, err) < 0) {
		dns_zones_free(zones);
		return -1;
	}
	next = gateway_prepare(g, settings, &receivers, zones, err);
	conf_receivers_clear(&receivers);

	if (next == NULL) {
		dns_zones_free(zones);
		return -1;
	}
	if (opinions != NULL && opinion_zones(opinions, zones, err) < 0) {
		generation_unref(next);
		return -1;
	}
	gateway_adopt(g, next);
	return 0;
}

void retain(const struct conf_settings *settings, struct store_writer *writer)
{
	const struct store_retention retention = {
	    .age_ms = settings->retention_age_ms,
	    .count = settings->retention_count,
	    .octets = settings->retention_size,
	};

	store_writer_retain(writer, &retention);
}

void reload(const struct cli *cli, const struct reload_target *to)
{
	struct conf_settings settings;
	struct dns_zones *zones;
	struct error err;

	if (cli_settings_read(cli, &settings, &err) < 0) {
		log_event(CONF_LOG_ERROR, NULL, "reload-failed", "reason", err.text, LOG_END);
		return;
	}
	if (cli_zones_read(&settings, &zones, &err) < 0 ||
	    put_in_force(to->gateway, to->opinions, &settings, zones, &err) < 0) {
		log_event(CONF_LOG_ERROR, NULL, "reload-failed", "reason", err.text, LOG_END);
	} else {
		retain(&settings, to->writer);
		warn(&cli->settings, &settings);
		log_event(CONF_LOG_INFO, NULL, "reloaded", "file", settings.file, LOG_END);
	}
	conf_settings_clear(&settings);
}
