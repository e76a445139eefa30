/*
 * SPDX-License-Identifier: ISC
 *
 * The option table: every option once, with its type, default, range and the sentence that the
 * example configuration prints. The reader, the example and the tests of the manual walk it.
 * Drafts are what the reader fills; settings.c turns them into settings.
 */
#ifndef CONF_OPTIONS_H
#define CONF_OPTIONS_H

#include <limits.h>

#include "base/buffer.h"
#include "conf/settings.h"

enum conf_section {
	CONF_SECTION_TOP,
	CONF_SECTION_LISTENER,
	CONF_SECTION_USER,
	CONF_SECTION_ROUTE,
	CONF_SECTION_COUNT,
};

/* What a value is, and what it is kept as. */
enum conf_type {
	CONF_TYPE_TEXT,       /* const char * */
	CONF_TYPE_SECRET,     /* const char *, never repeated in a message */
	CONF_TYPE_WORD,       /* an enum: the index in words */
	CONF_TYPE_FLAG,       /* bool: words[1] is true */
	CONF_TYPE_NUMBER,     /* unsigned */
	CONF_TYPE_COUNTER,    /* uint64_t */
	CONF_TYPE_SIZE,       /* uint64_t */
	CONF_TYPE_DURATION,   /* int64_t, milliseconds; min and max too */
	CONF_TYPE_DOMAIN,     /* const char *, a name of two or more labels */
	CONF_TYPE_SELECTOR,   /* const char *, a name of one or more labels */
	CONF_TYPE_LIST,       /* from here on struct conf_list */
	CONF_TYPE_SERVERS,    /* ADDRESS:PORT */
	CONF_TYPE_PREFIXES,   /* ADDRESS or ADDRESS/BITS */
	CONF_TYPE_ADDRESSES,  /* IP addresses */
	CONF_TYPE_HOSTS,      /* IP addresses and names, also "*.example.com" */
	CONF_TYPE_MECHANISMS, /* kept in upper case */
	CONF_TYPE_EGRESS,     /* IP addresses and "spf:DOMAIN" */
	CONF_TYPE_COUNT,
};

enum conf_option_id {
	CONF_DATA,
	CONF_WORKERS,
	CONF_LOG_LEVEL,
	CONF_DNS,
	CONF_ZONES,
	CONF_DNS_TIMEOUT,
	CONF_OPINION,
	CONF_TRUSTED,
	CONF_MAX_CONNECTIONS,
	CONF_MAX_CONNECTIONS_PER_ADDRESS,
	CONF_RATE_PER_ADDRESS,
	CONF_MAX_BUFFERED,
	CONF_BAD_COMMANDS,
	CONF_IDLE_COMMANDS,
	CONF_LINE_TIMEOUT,
	CONF_COMMAND_TIMEOUT,
	CONF_DATA_TIMEOUT,
	CONF_DATA_RATE,
	CONF_DATA_RATE_AFTER,
	CONF_SESSION_TIMEOUT,
	CONF_SHUTDOWN_TIMEOUT,
	CONF_RETENTION_AGE,
	CONF_RETENTION_COUNT,
	CONF_RETENTION_SIZE,
	CONF_RECEIVERS,
	CONF_KIND,
	CONF_ADDRESS,
	CONF_PORT,
	CONF_PROXY,
	CONF_TLS,
	CONF_CERTIFICATE,
	CONF_KEY,
	CONF_NAMES,
	CONF_MIN_TLS,
	CONF_MAX_TLS,
	CONF_CIPHERS,
	CONF_CLIENT_CERTIFICATE,
	CONF_CLIENT_CA,
	CONF_STRICT,
	CONF_ENFORCE,
	CONF_STORE_TRANSCRIPT,
	CONF_AUTH,
	CONF_AUTH_ANY,
	CONF_AUTH_WITHOUT_TLS,
	CONF_REQUIRE_AUTH,
	CONF_MAX_MESSAGE_SIZE,
	CONF_MAX_RECIPIENTS,
	CONF_ROUTE,
	CONF_PASSWORD,
	CONF_MODE,
	CONF_EGRESS,
	CONF_RETURN_PATH,
	CONF_DKIM_DOMAIN,
	CONF_DKIM_SELECTOR,
	CONF_OPTION_COUNT,
};

struct conf_option {
	enum conf_section section;
	const char *name;
	enum conf_type type;
	const char *value;  /* the default, of a list parted by blanks; NULL: none, or by kind */
	const char *sample; /* what the example shows where value is NULL */
	uint64_t min, max;  /* of numbers, sizes and durations */
	const char *const *words;
	size_t word_count;
	size_t offset;    /* of the value in its section's draft */
	const char *text; /* one sentence or two */
};

/* The line of what was given, but not in a file. */
#define CONF_LINE_ELSEWHERE UINT_MAX

/* Which options were given: the line of each, or 0. line is where the section ends. */
struct conf_lines {
	unsigned line;
	unsigned of[CONF_OPTION_COUNT];
};

struct conf_listener_draft {
	struct conf_listener listener;
	struct conf_list addresses;
	struct conf_list certificate; /* a word, or files */
	unsigned port;
	const char *enforce; /* as written */
	const char *route;   /* its name; NULL: not given */
	struct conf_lines lines;
};

struct conf_user_draft {
	struct conf_user user;
	struct conf_lines lines;
};

struct conf_route_draft {
	struct conf_route route;
	const char *mode;
	struct conf_lines lines;
};

struct conf_draft {
	struct conf_settings settings; /* its arena owns everything */
	struct conf_list trusted;
	struct conf_lines lines;
	const char *file;               /* that lines are of */
	const struct conf_given *given; /* what lines calls elsewhere */
	size_t given_count;
	bool listening; /* the listeners are those of --listen */
	struct conf_listener_draft *listeners;
	size_t listener_count;
	struct conf_user_draft *users;
	size_t user_count;
	struct conf_route_draft *routes;
	size_t route_count;
};

/* The word that begins a section; NULL for the top. */
extern const char *const CONF_SECTION_NAME[CONF_SECTION_COUNT];

const struct conf_option *conf_option(enum conf_option_id id);
/* The option of a name in a section, or -1. */
int conf_option_find(enum conf_section section, struct span name);
/* Appends what a section may hold, "a, b, c"; sections count as options of the top. */
void conf_option_names(enum conf_section section, struct buffer *out);
bool conf_type_is_list(enum conf_type type);

#endif
