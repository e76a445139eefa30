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
	CONF_KIND_LMTP,
	CONF_KIND_COUNT,
};

enum conf_tls {
	CONF_TLS_NONE,
	CONF_TLS_STARTTLS,
	CONF_TLS_REQUIRED,
	CONF_TLS_IMPLICIT,
	CONF_TLS_COUNT,
};

/* What certificate a listener presents; all but FILES come from the development CA. */
enum conf_certificate {
	CONF_CERTIFICATE_DEV,
	CONF_CERTIFICATE_EXPIRED, /* the others are wrong on purpose */
	CONF_CERTIFICATE_WRONG_NAME,
	CONF_CERTIFICATE_SELF_SIGNED,
	CONF_CERTIFICATE_FILES,
	CONF_CERTIFICATE_COUNT,
};

enum conf_client_certificate {
	CONF_CLIENT_CERTIFICATE_NO,
	CONF_CLIENT_CERTIFICATE_REQUEST, /* recorded, also when it is not trusted */
	CONF_CLIENT_CERTIFICATE_REQUIRE, /* without a trusted one the handshake fails */
	CONF_CLIENT_CERTIFICATE_COUNT,
};

enum conf_tls_version {
	CONF_TLS_1_0,
	CONF_TLS_1_1,
	CONF_TLS_1_2,
	CONF_TLS_1_3,
	CONF_TLS_VERSION_COUNT,
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
/* "dev", "expired", "wrong-name", "self-signed", NULL */
extern const char *const CONF_CERTIFICATE_NAME[CONF_CERTIFICATE_COUNT];
extern const char *const CONF_CLIENT_CERTIFICATE_NAME[CONF_CLIENT_CERTIFICATE_COUNT];
extern const char *const CONF_TLS_VERSION_NAME[CONF_TLS_VERSION_COUNT]; /* "1.0", ... */
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
	enum conf_certificate certificate;
	/* PEM files, with CONF_CERTIFICATE_FILES; the i-th key is the i-th certificate's. Which one
	 * is presented is chosen by SNI; the first one otherwise. */
	struct conf_list certificates, keys;
	struct conf_list names; /* of a development certificate; empty: the host's */
	enum conf_tls_version min_tls, max_tls;
	const char *ciphers; /* for TLS 1.2 and before, as OpenSSL writes them; NULL: ours */
	enum conf_client_certificate client_certificate;
	const char *client_ca; /* PEM file that vouches for them; NULL: the development CA and the
	                          system's */
	bool record;           /* strict = record */
	const char *enforce;   /* "dmarc" or the name of a receiver's profile; NULL: nothing */
	bool store_transcript;
	struct conf_list auth; /* mechanisms offered, upper case */
	bool auth_any;         /* any credentials are taken */
	bool auth_without_tls;
	bool require_auth;
	uint64_t max_message_size;
	unsigned max_recipients;
	const struct conf_route *route; /* one of the settings; NULL: none */
};

struct conf_user {
	const char *name;
	const char *password; /* as written: the secret, file:PATH or scram:KEY; never printed */
};

enum conf_source {
	CONF_SOURCE_DEFAULT, /* also by kind of the listener */
	CONF_SOURCE_FILE,
	CONF_SOURCE_ENVIRONMENT,
	CONF_SOURCE_ARGUMENT,
	CONF_SOURCE_COUNT,
};

extern const char *const CONF_SOURCE_NAME[CONF_SOURCE_COUNT]; /* "default", "file", ... */

/* What is shown of a secret. */
#define CONF_SECRET_SHOWN "****"

/* Where the value of an option comes from. */
struct conf_origin {
	const char *section; /* "listener"; NULL: top level */
	const char *title;   /* the section's */
	const char *option;
	const char *value; /* as the configuration file would write it; "****" for a secret;
	                      NULL: none */
	enum conf_source source;
	const char *place; /* "FILE:LINE", "MAILASSAY_WORKERS", "--workers"; NULL for a default */
};

/* A value that was given besides the file: of a top-level option, by its name. */
struct conf_given {
	enum conf_source source; /* ENVIRONMENT or ARGUMENT; later ones win */
	const char *place;       /* as in conf_origin, and in errors */
	const char *option;      /* "log-level" */
	const char *value;       /* items of a list parted by blanks or commas */
	bool added; /* value is one item as it stands, and joins those of its list before it */
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
	unsigned max_connections;             /* 0: as descriptors allow, at most 20,000 */
	unsigned max_connections_per_address; /* 0: no limit */
	unsigned rate_per_address;            /* messages a minute of one address; 0: no limit */
	uint64_t max_buffered;                /* octets of messages in memory, over all sessions */
	unsigned bad_commands, idle_commands;
	int64_t line_timeout_ms; /* for a whole command line, from its first octet; handshake too */
	unsigned data_rate;      /* octets a second that a message must bring on average; 0: any */
	int64_t data_rate_after_ms; /* since the 354, from when on it is judged */
	int64_t command_timeout_ms, data_timeout_ms, session_timeout_ms, shutdown_timeout_ms;
	int64_t retention_age_ms; /* 0: no limit, as for the next two */
	uint64_t retention_count, retention_size;
	struct conf_list receivers; /* files and directories */
	struct conf_listener *listeners;
	size_t listener_count;
	struct conf_user *users;
	size_t user_count;
	struct conf_route *routes;
	size_t route_count;
	struct conf_origin *origins; /* every option of every section that is in force, in order */
	size_t origin_count;
	struct arena *arena; /* owns all of the above */
};

struct conf_input {
	struct span text; /* of the file; may be empty */
	const char *file; /* names it in errors, or NULL */
	const struct conf_given *given;
	size_t given_count;
	const char *const *listen; /* arguments of --listen: "KIND=ADDRESS:PORT" */
	size_t listen_count;
};

/*
 * Settings of the text of a configuration file, or of the defaults where it is empty, of what was
 * given besides, and of --listen: that replaces the listeners of the file, which must be possible
 * all the same; those of one kind are named by it: mx, mx2, ... The three default listeners stand
 * where neither gives any. 0, or -1 with *out cleared and err beginning with the place where there
 * is one. One call at a time in a process, since libconfuse keeps its scanner in globals of its
 * own.
 */
int conf_settings_read(const struct conf_input *in, struct conf_settings *out, struct error *err);
/* The same for a file alone. */
int conf_settings_parse(
    struct span text, const char *file, struct conf_settings *out, struct error *err);
void conf_settings_clear(struct conf_settings *s);

/* Where an option of the settings comes from; section and title NULL for the top. Or NULL. */
const struct conf_origin *conf_origin_find(
    const struct conf_settings *s, const char *section, const char *title, const char *option);

/* The n-th option of the top level by its name, or NULL; *list says whether it takes several. */
const char *conf_top_option(size_t n, bool *list);

/* The route of a name, or NULL; and the names of all, "a, b", appended. */
struct buffer;
const struct conf_route *conf_route_find(const struct conf_settings *s, struct span name);
void conf_route_names(const struct conf_settings *s, struct buffer *out);

/* "ADDRESS:PORT" or "[ADDRESS]:PORT", an IP address. 0 or -1. */
int conf_address_parse(struct span text, struct conf_address *out);

/* The commented configuration file with every option and its default, from the option table. */
void conf_options_example(struct buffer *out);

#endif
