/*
 * SPDX-License-Identifier: ISC
 *
 * The steps that most commands share: configuration, zones, data directory, store, printing.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/codec.h"
#include "cli/cli.h"
#include "report/json.h"
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

int cli_settings(struct cli *cli)
{
	const char *file = config_file(cli);
	struct buffer text = BUFFER_INIT;
	struct error err;
	int failed = 0;

	if (file != NULL)
		failed = file_read(file, CONFIG_MAX, &text, &err);
	if (failed == 0)
		failed = conf_settings_parse(buffer_span(&text), file, &cli->settings, &err);
	buffer_clear(&text);
	return failed == 0 ? CLI_YES : cli_error(cli, &err);
}

int cli_zone_add(struct cli *cli, const char *file)
{
	struct buffer text = BUFFER_INIT;
	struct error err;
	int failed = file_read(file, ZONE_MAX, &text, &err);

	if (cli->zones == NULL)
		cli->zones = dns_zones_new();
	if (failed == 0)
		failed = dns_zones_add(cli->zones, file, buffer_span(&text), &err);
	buffer_clear(&text);
	return failed == 0 ? CLI_YES : cli_error(cli, &err);
}

int cli_zones(struct cli *cli)
{
	const char *file;
	int code = CLI_YES;

	cli->zones = dns_zones_new();
	for (size_t i = 0; i < cli->settings.zones.count && code == CLI_YES; i++)
		code = cli_zone_add(cli, cli->settings.zones.items[i]);
	for (size_t i = 0; (file = cli_value_at(cli, "zone", i)) != NULL && code == CLI_YES; i++)
		code = cli_zone_add(cli, file);
	return code;
}

int cli_data_dir(struct cli *cli, bool for_queries)
{
	const char *given = cli_value(cli, "data");
	struct error err;

	if (given == NULL && getenv("MAILASSAY_DATA") == NULL)
		given = cli->settings.data;
	if (datadir_find(given, for_queries, &cli->data_dir, &err) < 0)
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

int cli_message_id(struct cli *cli, struct store *store, const char *word, char *id)
{
	struct buffer candidates = BUFFER_INIT;
	struct error err;
	int code = CLI_NO;

	switch (store_find(store, word, id, &candidates, &err)) {
	case STORE_FOUND:
		code = CLI_YES;
		break;
	case STORE_UNKNOWN:
		cli_fail(cli, CLI_NO,
		    "%s: no message has this id; see mailassay list, or use \"latest\"", word);
		break;
	case STORE_AMBIGUOUS:
		cli_fail(cli, CLI_NO, "%s: several messages' ids begin so: %s; give more of it",
		    word, candidates.data);
		break;
	case STORE_FAILED:
		code = cli_error(cli, &err);
		break;
	}
	buffer_clear(&candidates);
	return code;
}

struct report_style cli_style(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct report_style style = {false, 0};
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.color = (no_color == NULL || no_color[0] == '\0') &&
	              (term == NULL || strcmp(term, "dumb") != 0);
	style.width =
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
	return style;
}

int cli_print(const struct cli *cli, struct buffer *text)
{
	size_t written = text->len == 0 ? 0 : fwrite(text->data, 1, text->len, stdout);
	bool whole = written == text->len && fflush(stdout) == 0;

	buffer_clear(text);
	if (whole)
		return CLI_YES;
	return cli_fail(cli, CLI_CANNOT, "standard output: the result could not be written");
}

int cli_print_messages(const struct cli *cli, const struct store_messages *messages, bool json)
{
	struct report_style style = cli_style();
	struct buffer text = BUFFER_INIT;

	if (!json && messages->count > 0)
		report_list_head(&text, &style);
	for (size_t i = 0; i < messages->count; i++) {
		if (!json) {
			report_list_line(&text, &messages->items[i], &style);
			continue;
		}
		report_message_json(&text, &messages->items[i]);
		buffer_add_char(&text, '\n');
	}
	return cli_print(cli, &text);
}
