/*
 * SPDX-License-Identifier: ISC
 *
 * A command line through all that reads one: words, parameters, XCLIENT, masking.
 */
#include <stdlib.h>

#include "smtp/command.h"
#include "smtp/mask.h"
#include "smtp/params.h"
#include "smtp/xclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool inside(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void try_params(struct span text)
{
	struct smtp_params p;
	struct error err = {.text = ""};
	int code = smtp_params_parse(text, (1U << SMTP_PARAM_COUNT) - 1, &p, &err);

	require(code == 0 || code == 501 || code == 555);
	require((code != 0) == (err.text[0] != '\0'));
	require((p.given & 1U << SMTP_PARAM_SIZE) != 0 || p.size == 0 || code != 0);
	/* What is not allowed is never taken. */
	if (code == 0 && p.given != 0)
		require(smtp_params_parse(text, 0, &p, &err) == 555);
}

static void try_xclient(struct span text)
{
	struct arena *a = arena_new();
	struct smtp_xclient x;
	struct error err = {.text = ""};

	if (smtp_xclient_parse(text, a, &x, &err) == 0) {
		require(x.has_addr || x.addr.family == IP_NONE);
		require(!smtp_command_has_control(x.name, true));
		require(!smtp_command_has_control(x.helo, true));
		require(!smtp_command_has_control(x.login, true));
		require(x.name.len <= 255 && x.helo.len <= 255 && x.login.len <= 255);
	} else {
		require(err.text[0] != '\0');
	}
	arena_free(a);
}

/* At most the verb and the name of a mechanism are shown. */
static void try_mask(struct span line)
{
	struct buffer shown = BUFFER_INIT;

	if (smtp_mask_is_auth(line)) {
		smtp_mask_auth(&shown, line);
		require(shown.len > 0 && shown.len <= 4 + 1 + 18 + 5);
	}
	buffer_clear(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_of(data, size);
	struct smtp_command c;
	struct error err = {.text = ""};

	if (smtp_command_parse(line, &c, &err) == 0) {
		require(c.word.len > 0 && inside(c.word, line) && inside(c.argument, line));
		require(c.has_argument || c.argument.len == 0);
		try_params(c.argument);
		try_xclient(c.argument);
	} else {
		require(err.text[0] != '\0');
	}
	try_params(line);
	try_xclient(line);
	try_mask(line);
	return 0;
}
