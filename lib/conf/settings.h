/*
 * SPDX-License-Identifier: ISC
 *
 * The configuration as checked settings. Every option stands once, in the table of options.c:
 * its name, type, default, range and the sentence that the manual prints. Unknown names, wrong
 * types, impossible values, sections without a title: an error "FILE:LINE: ..., expected ...".
 *
 * Strings live as long as the settings.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/ip.h"

struct arena;

enum conf_kind {
	CONF_KIND_MX,
	CONF_KIND_SUBMISSION,
	CONF_KIND_SUBMISSIONS,
	CONF_KIND_COUNT,
};

enum conf_tls {
	CONF_TLS_NONE,
	CONF_TLS_STARTTLS,
	CONF_TLS_REQUIRED,
	CONF_TLS_IMPLICIT,
	CONF_TLS_COUNT,
};

enum conf_log_level {
	CONF_LOG_ERROR,
	CONF_LOG_WARNING,
	CONF_LOG_INFO,
	CONF_LOG_DEBUG,
	CONF_LOG_LEVEL_COUNT,
};

extern const char *const CONF_KIND_NAME[CONF_KIND_COUNT];
extern const char *const CONF_TLS_NAME[CONF_TLS_COUNT];
extern const char *const CONF_LOG_LEVEL_NAME[CONF_LOG_LEVEL_COUNT];

/* A list of strings. */
struct conf_list {
	const char **items;
	size_t count;
};

struct conf_address {
	struct ip ip;
	uint16_t port;
};

/* More entries of one route's egress are refused. */
#define CONF_EGRESS_MAX 16

/* How the real provider will send, as far as it is known: from it the prediction is made. */
struct conf_route {
	const char *name;        /* the section's title */
	struct conf_list egress; /* IP addresses and "spf:DOMAIN" */
	const char *return_path; /* the domain of the reverse-path; NULL: as given */
	const char *dkim_domain, *dkim_selector; /* of the provider's signature; NULL: not given */
};

struct conf_listener {
	const char *name; /* the section's title; in the ports file and in records */
	unsigned line;    /* in the file, of its key or else its kind; 0: not from a file */
	enum conf_kind kind;
	struct conf_address *addresses;
	size_t address_count;
	bool optional_family; /* a default listener: an address family the machine lacks is skipped
	                       */
	bool proxy;           /* proxy = required */
	enum conf_tls tls;
	const char *certificate; /* NULL: the development certificate; else a PEM file */
	const char *key;         /* a PEM file; NULL only with certificate NULL */
	struct conf_list auth;   /* mechanisms offered: "PLAIN", "LOGIN"; upper case */
	bool auth_any;           /* any credentials are taken */
	bool auth_without_tls;
	bool require_auth;
	uint64_t max_message_size;
	unsigned max_recipients;
	const struct conf_route *route; /* one of the settings; NULL: none */
};

struct conf_user {
	const char *name;
	const char
	    *password; /* as written: the secret, or "file:PATH" that src reads; never printed */
};

struct conf_settings {
	const char *file; /* where it was read from, or NULL: defaults alone */
	const char *data; /* NULL: not set here */
	unsigned workers; /* 0: one per core, at most 4 */
	enum conf_log_level log_level;
	struct conf_list dns;   /* "HOST:PORT"; empty: the system's */
	struct conf_list zones; /* files */
	int64_t dns_timeout_ms;
	bool opinion; /* second opinions are asked for */
	struct ip_prefix *trusted;
	size_t trusted_count;
	unsigned max_connections; /* 0: as descriptors allow, at most 20,000 */
	uint64_t max_buffered;    /* octets of messages in memory, over all sessions */
	unsigned bad_commands, idle_commands;
	int64_t command_timeout_ms, data_timeout_ms, session_timeout_ms, shutdown_timeout_ms;
	struct conf_listener *listeners;
	size_t listener_count;
	struct conf_user *users;
	size_t user_count;
	struct conf_route *routes;
	size_t route_count;
	struct arena *arena; /* owns all of the above */
};

/*
 * Parses the text of a configuration file; file names it in errors and may be NULL with an empty
 * text for the defaults. The three default listeners stand where no listener section does.
 * 0, or -1 with *out cleared. One call at a time in a process, since libconfuse keeps its scanner
 * in globals of its own.
 */
int conf_settings_parse(
    struct span text, const char *file, struct conf_settings *out, struct error *err);
void conf_settings_clear(struct conf_settings *s);

/*
 * Replaces the listeners by those of --listen arguments "KIND=ADDRESS:PORT" ("[::1]:25" for
 * IPv6). Those of one kind are named by it: mx, mx2, ... 0, or -1 with err naming the argument.
 */
int conf_settings_listen(
    struct conf_settings *s, const char *const *arguments, size_t count, struct error *err);

/* The route of a name, or NULL; and the names of all, "a, b", appended. */
struct buffer;
const struct conf_route *conf_route_find(const struct conf_settings *s, struct span name);
void conf_route_names(const struct conf_settings *s, struct buffer *out);

/* "ADDRESS:PORT" or "[ADDRESS]:PORT", an IP address. 0 or -1. */
int conf_address_parse(struct span text, struct conf_address *out);

/* The commented configuration file with every option and its default, from the option table. */
void conf_options_example(struct buffer *out);

#endif
