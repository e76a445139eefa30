/*
 * SPDX-License-Identifier: ISC
 *
 * Judging without a gateway: a loop and a resolver of its own, for one judgement.
 */
#include "cli/judge.h"

#include "base/date.h"
#include "dns/resolver.h"
#include "run/clock.h"

struct judgement {
	enum verify_status (*judge)(void *arg);
	void *arg;
	struct loop *loop;
	bool done;
};

static enum verify_status judge_once(void *arg)
{
	struct judgement *j = arg;

	return j->judge(j->arg);
}

static void judged(void *arg)
{
	struct judgement *j = arg;

	j->done = true;
	loop_stop(j->loop);
}

int cli_judge(
    struct cli *cli, struct dns_view *view, enum verify_status (*judge)(void *arg), void *arg)
{
	struct judgement j = {.judge = judge, .arg = arg, .loop = loop_new()};
	struct error err;
	struct resolver *resolver = resolver_new(j.loop, &cli->settings.dns, &err);
	int code = CLI_YES;

	if (resolver == NULL) {
		code = cli_error(cli, &err);
	} else {
		resolver_judge(
		    resolver, view, cli->settings.dns_timeout_ms, judge_once, judged, &j);
		while (!j.done)
			loop_run(j.loop);
	}
	resolver_free(resolver);
	loop_free(j.loop);
	return code;
}

int cli_judge_prepare(struct cli *cli)
{
	int code = cli_settings(cli);

	return code == CLI_YES ? cli_zones(cli) : code;
}

static int read_time(struct cli *cli, int64_t *ms)
{
	const char *at = cli_value(cli, "at");
	uint64_t seconds;

	*ms = clock_now_ms();
	if (at == NULL || date_rfc3339_parse(span_from(at), ms) == 0)
		return CLI_YES;
	if (span_to_uint(span_from(at), UINT32_MAX, &seconds) < 0)
		return cli_fail(cli, CLI_USAGE,
		    "--at: expected 2026-11-23T16:00:00Z or seconds since 1970, got \"%s\"", at);
	*ms = (int64_t)seconds * 1000;
	return CLI_YES;
}

int cli_identity(struct cli *cli, struct cli_identity *out)
{
	const char *ip = cli_value(cli, "ip");
	int64_t ms = 0;
	int code;

	*out = (struct cli_identity){
	    .helo = span_from(cli_value(cli, "helo")),
	    .mail_from = span_from(cli_value(cli, "mail-from")),
	};
	if (ip != NULL && ip_parse(span_from(ip), &out->ip) < 0)
		return cli_fail(
		    cli, CLI_USAGE, "--ip: expected an IPv4 or IPv6 address, got \"%s\"", ip);
	code = read_time(cli, &ms);
	out->now = ms / 1000;
	return code;
}
