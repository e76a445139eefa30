/*
 * SPDX-License-Identifier: ISC
 *
 * The steps that most commands share: configuration, zones, data directory, store, printing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "run/file.h"
#include "store/datadir.h"

#define CONFIG_MAX (16U << 20)
#define ZONE_MAX   (256U << 20)

/* Which file holds the configuration, or NULL for the defaults alone. */
static const char *config_file(const struct cli *cli)
{
	static const char system_file[] = SYSCONFDIR "/mailassay.conf";
	const char *file = cli_value(cli, "config");

	if (file == NULL)
		file = getenv("MAILASSAY_CONF");
	if (file != NULL && file[0] == '\0' && cli_value(cli, "config") == NULL)
		file = NULL;
	if (file == NULL && access(system_file, F_OK) == 0)
		file = system_file;
	return file;
}

/* What was given besides the file; strings in the arena. */
struct given {
	struct arena *arena;
	struct conf_given *items;
	size_t count;
};

static void add_given(struct given *g, struct conf_given item)
{
	array_grow(&g->items, g->count, sizeof(*g->items));
	g->items[g->count++] = item;
}

/* MAILASSAY_LOG_LEVEL for log-level; empty is the same as not set. */
static void add_variable(struct given *g, const char *option)
{
	char *name = arena_printf(g->arena, "MAILASSAY_%s", option);
	const char *value;

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	value = getenv(name);
	if (value == NULL || *value == '\0')
		return;
	add_given(g, (struct conf_given){CONF_SOURCE_ENVIRONMENT, name, option, value, false});
}

/* Where an option may be given several times, the first one begins the list. */
static bool is_repeated(const struct given *g, const char *place)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->items[i].place, place) == 0)
			return true;
	return false;
}

/* --zone joins a file to the others; the rest is named as in the configuration. */
static void add_argument(struct given *g, const struct cli_given *given)
{
	const char *name = given->option->name, *option = NULL, *place;
	bool zone = strcmp(name, "zone") == 0, list = false;

	for (size_t n = 0; (option = conf_top_option(n, &list)) != NULL; n++)
		if (strcmp(option, zone ? "zones" : name) == 0)
			break;
	if (option == NULL)
		return;
	place = arena_printf(g->arena, "--%s", name);
	add_given(g, (struct conf_given){CONF_SOURCE_ARGUMENT, place, option, given->value,
			 zone || (list && is_repeated(g, place))});
}

static void collect_given(const struct cli *cli, struct given *g)
{
	const char *option;
	bool list;

	for (size_t n = 0; (option = conf_top_option(n, &list)) != NULL; n++)
		add_variable(g, option);
	for (size_t i = 0; i < cli->given_count; i++)
		add_argument(g, &cli->given[i]);
}

static size_t collect_listen(const struct cli *cli, const char ***out)
{
	const char *value;
	size_t count = 0;

	*out = NULL;
	while ((value = cli_value_at(cli, "listen", count)) != NULL) {
		array_grow(out, count, sizeof(**out));
		(*out)[count++] = value;
	}
	return count;
}

int cli_settings_read(const struct cli *cli, struct conf_settings *out, struct error *err)
{
	const char *file = config_file(cli), **listen;
	struct buffer text = BUFFER_INIT;
	struct given given = {.arena = arena_new()};
	size_t listen_count = collect_listen(cli, &listen);
	int failed = 0;

	collect_given(cli, &given);
	if (file != NULL)
		failed = file_read(file, CONFIG_MAX, &text, err);
	if (failed == 0)
		failed = conf_settings_read(
		    &(const struct conf_input){
			.text = buffer_span(&text),
			.file = file,
			.given = given.items,
			.given_count = given.count,
			.listen = listen,
			.listen_count = listen_count,
		    },
		    out, err);
	buffer_clear(&text);
	free(listen);
	free(given.items);
	arena_free(given.arena);
	return failed;
}

int cli_settings(struct cli *cli)
{
	struct error err;

	return cli_settings_read(cli, &cli->settings, &err) == 0 ? CLI_YES : cli_error(cli, &err);
}

static int add_zone(struct dns_zones *zones, const char *file, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int failed = file_read(file, ZONE_MAX, &text, err);

	if (failed == 0)
		failed = dns_zones_add(zones, file, buffer_span(&text), err);
	buffer_clear(&text);
	return failed;
}

int cli_zones_read(const struct conf_settings *settings, struct dns_zones **out, struct error *err)
{
	*out = dns_zones_new();
	for (size_t i = 0; i < settings->zones.count; i++) {
		if (add_zone(*out, settings->zones.items[i], err) == 0)
			continue;
		dns_zones_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

int cli_zones(struct cli *cli)
{
	struct error err;

	return cli_zones_read(&cli->settings, &cli->zones, &err) == 0 ? CLI_YES
	                                                              : cli_error(cli, &err);
}

int cli_zone_add(struct cli *cli, const char *file)
{
	struct error err;

	if (cli->zones == NULL)
		cli->zones = dns_zones_new();
	return add_zone(cli->zones, file, &err) == 0 ? CLI_YES : cli_error(cli, &err);
}

int cli_data_dir(struct cli *cli, bool for_queries)
{
	struct error err;

	if (datadir_find(cli->settings.data, for_queries, &cli->data_dir, &err) < 0)
		return cli_error(cli, &err);
	return CLI_YES;
}

int cli_store(struct cli *cli, struct store **out)
{
	struct error err;
	int code = cli_settings(cli);

	if (code == CLI_YES)
		code = cli_data_dir(cli, true);
	if (code != CLI_YES)
		return code;
	*out = store_open_reader(cli->data_dir.data, &err);
	return *out == NULL ? cli_error(cli, &err) : CLI_YES;
}

/* What a word may name, and what is said where it names none of it or several. */
struct id_kind {
	enum store_found (*find)(struct store *s, const char *word, char *id,
	    struct buffer *candidates, struct error *err);
	const char *unknown, *ambiguous;
};

static int find_id(
    struct cli *cli, struct store *store, const char *word, char *id, const struct id_kind *kind)
{
	struct buffer candidates = BUFFER_INIT;
	struct error err;
	int code = CLI_NO;

	switch (kind->find(store, word, id, &candidates, &err)) {
	case STORE_FOUND:
		code = CLI_YES;
		break;
	case STORE_UNKNOWN:
		if (strlen(word) < STORE_PREFIX_MIN)
			cli_fail(cli, CLI_NO, "%s: expected %d characters of the id or more", word,
			    STORE_PREFIX_MIN);
		else
			cli_fail(cli, CLI_NO, "%s: %s, or use \"latest\"", word, kind->unknown);
		break;
	case STORE_AMBIGUOUS:
		cli_fail(cli, CLI_NO, "%s: %s: %s; give more of it", word, kind->ambiguous,
		    candidates.data);
		break;
	case STORE_FAILED:
		code = cli_error(cli, &err);
		break;
	}
	buffer_clear(&candidates);
	return code;
}

int cli_message_id(struct cli *cli, struct store *store, const char *word, char *id)
{
	static const struct id_kind message = {
	    store_find,
	    "no message has this id; see mailassay list",
	    "several messages' ids begin so",
	};

	return find_id(cli, store, word, id, &message);
}

int cli_session_id(struct cli *cli, struct store *store, const char *word, char *id)
{
	static const struct id_kind session = {
	    store_find_session,
	    "no session and no message has this id; see mailassay sessions",
	    "it leads to several sessions",
	};

	return find_id(cli, store, word, id, &session);
}

/* Minutes that local time is ahead of UTC. */
static int local_zone(int64_t unix_ms)
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm local;

	return localtime_r(&seconds, &local) == NULL ? 0 : (int)(local.tm_gmtoff / 60);
}

struct report_style cli_style(const struct cli *cli)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct report_style style = {.zone = cli_value(cli, "utc") == NULL ? local_zone : NULL};
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.color = (no_color == NULL || no_color[0] == '\0') &&
	              (term == NULL || strcmp(term, "dumb") != 0);
	style.width =
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
	return style;
}

int cli_unwritten(const struct cli *cli)
{
	if (errno == EPIPE)
		return CLI_CANNOT;
	return cli_fail(cli, CLI_CANNOT, "standard output: the result could not be written");
}

int cli_print(const struct cli *cli, struct buffer *text)
{
	size_t written = text->len == 0 ? 0 : fwrite(text->data, 1, text->len, stdout);
	bool whole = written == text->len && fflush(stdout) == 0;

	buffer_clear(text);
	return whole ? CLI_YES : cli_unwritten(cli);
}
