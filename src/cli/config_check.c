/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay config check: whether a gateway could start with a configuration file, as far as the
 * file and those that it names can show. The environment and the network are not asked.
 */
#include "cli/cli.h"
#include "gateway/enforcement.h"
#include "gateway/users.h"
#include "net/tlscontext.h"
#include "run/file.h"

#define CONFIG_MAX (16U << 20)

/* Puts the place of the option that names what is wrong in front. */
static int refuse(const struct cli *cli, const struct conf_origin *origin, const struct error *why)
{
	const char *place = origin == NULL ? NULL : origin->place;
	struct error err;

	error_set(&err, why->kind, "%s%s%s", place == NULL ? "" : place, place == NULL ? "" : ": ",
	    why->text);
	return cli_error(cli, &err);
}

static int check_zones(struct cli *cli)
{
	struct error err;

	if (cli_zones_read(&cli->settings, &cli->zones, &err) == 0)
		return CLI_YES;
	return refuse(cli, conf_origin_find(&cli->settings, NULL, NULL, "zones"), &err);
}

static int check_listener(const struct cli *cli, const struct conf_listener *l)
{
	const char *option = l->certificates.count > 0 ? "key" : "kind";
	struct error why, err;

	if (l->tls == CONF_TLS_NONE || tls_context_check(l, &why) == 0)
		return CLI_YES;
	error_set(&err, why.kind, "listener \"%s\": %s", l->name, why.text);
	return refuse(cli, conf_origin_find(&cli->settings, "listener", l->name, option), &err);
}

static int check_enforcement(const struct cli *cli, const struct conf_receivers *receivers)
{
	for (size_t i = 0; i < cli->settings.listener_count; i++) {
		struct enforcement *e;
		struct error err;

		if (enforcement_new(
			&cli->settings, &cli->settings.listeners[i], receivers, &e, &err) < 0)
			return cli_error(cli, &err);
		enforcement_unref(e);
	}
	return CLI_YES;
}

static int check_receivers(const struct cli *cli)
{
	struct conf_receivers receivers;
	struct error err;
	int code;

	if (cli_receivers_read(&cli->settings, &receivers, &err) < 0)
		return refuse(cli, conf_origin_find(&cli->settings, NULL, NULL, "receivers"), &err);
	code = check_enforcement(cli, &receivers);
	conf_receivers_clear(&receivers);
	return code;
}

static int check_user(const struct cli *cli, const struct conf_user *user)
{
	struct conf_settings alone = cli->settings;
	struct conf_user only = *user;
	struct users *users;
	struct error err;

	/* An error of all of them would not say whose it is. */
	alone.users = &only;
	alone.user_count = 1;
	users = users_new(&alone, false, &err);
	if (users == NULL)
		return refuse(
		    cli, conf_origin_find(&cli->settings, "user", user->name, "password"), &err);
	users_free(users);
	return CLI_YES;
}

static int read_file(struct cli *cli)
{
	const char *file = cli->words[0];
	struct buffer text = BUFFER_INIT;
	struct error err;
	int failed = file_read(file, CONFIG_MAX, &text, &err);

	if (failed == 0)
		failed = conf_settings_parse(buffer_span(&text), file, &cli->settings, &err);
	buffer_clear(&text);
	return failed == 0 ? CLI_YES : cli_error(cli, &err);
}

static int run_config_check(struct cli *cli)
{
	struct buffer text = BUFFER_INIT;
	int code = read_file(cli);

	if (code == CLI_YES)
		code = check_zones(cli);
	if (code == CLI_YES)
		code = check_receivers(cli);
	for (size_t i = 0; i < cli->settings.listener_count && code == CLI_YES; i++)
		code = check_listener(cli, &cli->settings.listeners[i]);
	for (size_t i = 0; i < cli->settings.user_count && code == CLI_YES; i++)
		code = check_user(cli, &cli->settings.users[i]);
	if (code != CLI_YES)
		return code;
	buffer_printf(&text, "%s: ok\n", cli->words[0]);
	return cli_print(cli, &text);
}

static const struct cli_option OPTIONS[] = {{NULL, NULL, NULL}};

static const char *const EXAMPLES[] = {
    "mailassay config check /etc/mailassay.conf",
    "mailassay config check new.conf && cp new.conf /etc/mailassay.conf",
    NULL,
};

const struct cli_command CLI_CONFIG_CHECK = {
    .name = "config check",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .summary = "whether a configuration file and the files that it names can be used",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_config_check,
};
