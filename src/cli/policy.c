/*
 * SPDX-License-Identifier: ISC
 *
 * What is required: the options --require, --profile and --policy as one policy, and --viewpoint.
 */
#include "base/name.h"
#include "cli/cli.h"
#include "run/clock.h"
#include "run/file.h"

#define POLICY_MAX (1U << 20)

bool cli_policy_given(const struct cli *cli)
{
	return cli_value(cli, "require") != NULL || cli_value(cli, "profile") != NULL ||
	       cli_value(cli, "policy") != NULL;
}

int cli_viewpoint(struct cli *cli, enum policy_viewpoint *out)
{
	const char *word = cli_value(cli, "viewpoint");
	int i;

	*out = POLICY_DEFAULT;
	if (word == NULL)
		return CLI_YES;
	/* The first has no word. */
	i = name_find(POLICY_VIEWPOINT_NAME + 1, POLICY_VIEWPOINT_COUNT - 1, span_from(word));
	if (i < 0)
		return cli_fail(cli, CLI_USAGE,
		    "--viewpoint: expected observed, predicted or delivered, got \"%s\"", word);
	*out = (enum policy_viewpoint)(i + 1);
	return CLI_YES;
}

static int add_requirements(struct cli *cli, struct policy *p)
{
	const char *text;
	struct error err;

	for (size_t i = 0; (text = cli_value_at(cli, "require", i)) != NULL; i++)
		if (policy_add_requirements(p, span_from(text), "--require", &err) < 0)
			return cli_fail(cli, CLI_USAGE, "--require: %s", err.text);
	return CLI_YES;
}

static int add_profiles(struct cli *cli, const struct conf_receivers *known, struct policy *p)
{
	struct buffer names = BUFFER_INIT;
	const char *words;
	struct error err;
	int code = CLI_YES;

	for (size_t i = 0; (words = cli_value_at(cli, "profile", i)) != NULL && code == CLI_YES;
	     i++) {
		buffer_reset(&names);
		cli_profiles(known, words, &names);
		if (policy_add_profiles(p, known, buffer_span(&names), &err) < 0)
			code = cli_fail(cli, CLI_USAGE, "--profile: %s", err.text);
	}
	buffer_clear(&names);
	return code;
}

static int add_file(
    struct cli *cli, const char *name, const struct conf_receivers *known, struct policy *p)
{
	struct buffer text = BUFFER_INIT;
	struct policy_file file = {.name = name, .now_ms = clock_now_ms()};
	struct error err;
	int failed = file_read(name, POLICY_MAX, &text, &err);

	file.text = buffer_span(&text);
	if (failed == 0)
		failed = policy_add_file(p, &file, known, &err);
	buffer_clear(&text);
	return failed == 0 ? CLI_YES : cli_error(cli, &err);
}

static int add_files(struct cli *cli, const struct conf_receivers *known, struct policy *p)
{
	const char *name;
	int code = CLI_YES;

	for (size_t i = 0; (name = cli_value_at(cli, "policy", i)) != NULL && code == CLI_YES; i++)
		code = add_file(cli, name, known, p);
	return code;
}

/* Receivers are read only where something may name one. */
static int build(struct cli *cli, struct policy *p)
{
	struct conf_receivers known = {.arena = NULL};
	int code = add_requirements(cli, p);

	if (code != CLI_YES ||
	    (cli_value(cli, "profile") == NULL && cli_value(cli, "policy") == NULL))
		return code;
	code = cli_receivers(cli, &known);
	if (code != CLI_YES)
		return code;
	code = add_profiles(cli, &known, p);
	if (code == CLI_YES)
		code = add_files(cli, &known, p);
	conf_receivers_clear(&known);
	return code;
}

int cli_policy(struct cli *cli, struct policy *out)
{
	int code;

	*out = (struct policy){.arena = NULL};
	if (!cli_policy_given(cli))
		return cli_fail(cli, CLI_USAGE,
		    "nothing is required: give --require, --profile or --policy, such as --require "
		    "'spf=pass dkim=pass' or --profile gmail");
	policy_init(out);
	code = build(cli, out);
	if (code == CLI_YES && out->rule_count == 0)
		code = cli_fail(cli, CLI_USAGE,
		    "--policy: the file requires nothing; expected a "
		    "requirement or a profile in it");
	if (code != CLI_YES)
		policy_clear(out);
	return code;
}
