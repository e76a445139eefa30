/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay gate: waits for messages, judges all that match by what is required of them, and
 * answers a pipeline by its exit code. The forms of the answer are lib/report's.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "cli/cli.h"
#include "policy/gate.h"
#include "report/gate.h"
#include "run/file.h"

/* Beside --count alone. */
#define TIMEOUT_MS 60000

struct gate_run {
	struct cli *cli;
	struct store *store;
	struct arena *arena; /* what lives as long as the run */
	struct policy policy;
	enum policy_viewpoint viewpoint;
	uint64_t count;
	int64_t timeout_ms;
	char after[ULID_SIZE];
	/* By section of the policy: the messages that match and belong to it, and their ids in
	 * order where there are several sections. */
	struct selection *selections;
	struct buffer *ids;
	bool *sections; /* of the message that is judged */
	bool needs_content;
	/* Of one message after the other. */
	struct arena *scratch;
	struct buffer source, evidence;
	struct gate gate;
	int code;
	struct error err;
};

static struct store_filter filter_of(const struct gate_run *r, size_t section, size_t limit)
{
	return (struct store_filter){
	    .selection = &r->selections[section],
	    .after = r->after[0] == '\0' ? NULL : r->after,
	    .limit = limit,
	};
}

/* The selection of the arguments, and with it that of each heading. */
static int read_selections(struct gate_run *r)
{
	size_t count = r->policy.section_count;
	struct selection *base;
	int code;

	r->selections = arena_alloc(r->arena, count * sizeof(*r->selections));
	r->ids = arena_alloc(r->arena, count * sizeof(*r->ids));
	r->sections = arena_alloc(r->arena, count * sizeof(*r->sections));
	base = &r->selections[0];
	code = cli_selection(r->cli, 0, r->arena, base);
	for (size_t i = 1; i < count && code == CLI_YES; i++) {
		const struct selection *own = &r->policy.sections[i].selection;
		size_t total = base->count + own->count;
		struct selection_term *terms = arena_alloc(r->arena, total * sizeof(*terms));

		for (size_t n = 0; n < total; n++)
			terms[n] = n < base->count ? base->terms[n] : own->terms[n - base->count];
		r->selections[i] = (struct selection){terms, total};
	}
	return code;
}

/* Waits for the text index, where any selection asks for it. */
static int wait_for_index(struct gate_run *r)
{
	int code = CLI_YES;

	for (size_t i = 0; i < r->policy.section_count && code == CLI_YES; i++)
		code = cli_index(r->cli, r->store, &r->selections[i]);
	return code;
}

/* Whether as many match as must. -1 on failure, in err. */
static int is_enough(struct gate_run *r)
{
	struct store_filter f = filter_of(r, 0, (size_t)r->count);
	ptrdiff_t found = store_count(r->store, &f, &r->err);

	return found < 0 ? -1 : (uint64_t)found >= r->count;
}

/* Returns whether to wait for more. */
static bool seen(void *arg)
{
	struct gate_run *r = arg;
	int enough;

	r->code = wait_for_index(r);
	if (r->code != CLI_YES)
		return false;
	enough = is_enough(r);
	if (enough < 0)
		r->code = cli_error(r->cli, &r->err);
	return enough == 0;
}

static int await_messages(struct gate_run *r)
{
	/* What is missing at the end is told by what is judged. */
	cli_await(r->store,
	    &(const struct cli_await){.timeout_ms = r->timeout_ms, .seen = seen, .arg = r});
	return r->code;
}

/* With the line end behind each. */
static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ULID_SIZE);
}

static int read_ids(struct gate_run *r, size_t section)
{
	struct store_filter f = filter_of(r, section, 0);
	struct buffer *ids = &r->ids[section];

	if (store_ids(r->store, &f, ids, &r->err) < 0)
		return cli_error(r->cli, &r->err);
	if (ids->len > 0)
		qsort(ids->data, ids->len / ULID_SIZE, ULID_SIZE, compare_ids);
	return CLI_YES;
}

/*
 * Which messages belong to which heading. Those of the whole are read first, so that none is judged
 * that came after and is not looked for under the headings.
 */
static int read_sections(struct gate_run *r)
{
	int code = CLI_YES;

	if (r->policy.section_count == 1)
		return CLI_YES;
	for (size_t i = 0; i < r->policy.section_count && code == CLI_YES; i++) {
		code = read_ids(r, i);
		if (i == 0 && code == CLI_YES)
			code = wait_for_index(r);
	}
	return code;
}

static bool belongs(const struct gate_run *r, size_t section, const char *id)
{
	const struct buffer *ids = &r->ids[section];
	char line[ULID_SIZE];

	memcpy(line, id, ULID_SIZE - 1);
	line[ULID_SIZE - 1] = '\n';
	return ids->len > 0 &&
	       bsearch(line, ids->data, ids->len / ULID_SIZE, ULID_SIZE, compare_ids) != NULL;
}

/* What the forms tell of a message: nothing of its size stays. */
static const struct record_message *keep(struct arena *a, const struct record_message *m)
{
	struct record_message *kept = arena_alloc(a, sizeof(*kept));

	kept->id = arena_string(a, m->id);
	kept->received_at = m->received_at;
	kept->from = arena_string(a, m->from);
	kept->subject = arena_string(a, m->subject);
	kept->envelope.mail_from = arena_string(a, m->envelope.mail_from);
	kept->envelope.rcpt_count = m->envelope.rcpt_count;
	if (m->envelope.rcpt_count > 0) {
		kept->envelope.rcpt_to = arena_alloc(a, sizeof(*kept->envelope.rcpt_to));
		kept->envelope.rcpt_to[0] = arena_string(a, m->envelope.rcpt_to[0]);
	}
	return kept;
}

static void judge(struct gate_run *r, const struct record_message *m)
{
	struct mail_header header;
	struct mime_content content;
	const struct policy_facts facts = {
	    .message = m,
	    .viewpoint = r->viewpoint,
	    .header = &header,
	    .content = r->needs_content ? &content : NULL,
	    .evidence = buffer_span(&r->evidence),
	};

	mail_header_parse(buffer_span(&r->source), r->scratch, &header);
	if (r->needs_content)
		mime_content_read(buffer_span(&r->source), r->scratch, &content);
	gate_add(&r->gate, &r->policy, r->sections, &facts, r->arena);
	r->gate.messages[r->gate.message_count - 1].message = keep(r->arena, m);
}

/* Reads what the message is judged by; an int for store_each. */
static int judge_one(void *arg, const struct record_message *m)
{
	struct gate_run *r = arg;

	if (r->policy.section_count > 1 && !belongs(r, 0, m->id))
		return 0;
	r->sections[0] = true;
	for (size_t i = 1; i < r->policy.section_count; i++)
		r->sections[i] = belongs(r, i, m->id);
	arena_reset(r->scratch);
	buffer_reset(&r->source);
	buffer_reset(&r->evidence);
	if (store_source(r->store, m->id, &r->source, &r->err) < 0 ||
	    store_evidence(r->store, m->id, &r->evidence, &r->err) < 0)
		return -1;
	judge(r, m);
	return 0;
}

/* What is missing, as a sentence, or NULL. */
static const char *shortfall(struct gate_run *r)
{
	const struct gate *g = &r->gate;
	size_t results = 0;

	for (size_t i = 0; i < POLICY_OUTCOME_COUNT; i++)
		results += g->count[i];
	if (g->message_count < r->count)
		return arena_printf(r->arena,
		    "expected %llu matching message%s, got %zu; see mailassay list",
		    (unsigned long long)r->count, r->count == 1 ? "" : "s", g->message_count);
	if (results == 0)
		return "expected messages that belong to a heading of the policy, got none that do";
	return NULL;
}

/* The headings that no message belongs to, as a sentence, or NULL. */
static const char *note(struct gate_run *r)
{
	const char *text = NULL;

	for (size_t i = 1; i < r->policy.section_count; i++)
		if (r->ids[i].len == 0)
			text = arena_printf(r->arena, "%s%s%s: [%s]: no message belongs to it",
			    text == NULL ? "" : text, text == NULL ? "" : "; ",
			    r->policy.sections[i].place, r->policy.sections[i].title);
	return text;
}

static int judge_messages(struct gate_run *r)
{
	struct store_filter f = filter_of(r, 0, 0);
	int code = read_sections(r);

	if (code != CLI_YES)
		return code;
	r->needs_content = policy_needs_content(&r->policy);
	if (store_each(r->store, &f, judge_one, r, &r->err) < 0)
		return cli_error(r->cli, &r->err);
	r->gate.shortfall = shortfall(r);
	r->gate.note = note(r);
	gate_finish(&r->gate);
	return CLI_YES;
}

static void json_line(struct buffer *out, const struct gate *g)
{
	report_gate_json(out, g);
	buffer_add_char(out, '\n');
}

/* What to write: on standard output in place of the text, or into a file beside it. */
static const struct form {
	const char *option;
	bool file;
	void (*write)(struct buffer *out, const struct gate *g);
} FORMS[] = {
    {"json", false, json_line},
    {"tap", false, report_gate_tap},
    {"github", false, report_gate_github},
    {"junit", true, report_gate_junit},
    {"markdown", true, report_gate_markdown},
};

/* The file that the form goes to; NULL: standard output, or the form is not asked for. */
static const char *file_of(const struct cli *cli, const struct form *form)
{
	const char *file = form->file ? cli_value(cli, form->option) : NULL;

	return file == NULL || strcmp(file, "-") == 0 ? NULL : file;
}

static bool is_printed(const struct cli *cli, const struct form *form)
{
	return cli_value(cli, form->option) != NULL && file_of(cli, form) == NULL;
}

/* The forms can all be written: found before anything is waited for. */
static int check_forms(struct cli *cli)
{
	size_t printed = 0;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++) {
		const char *file = file_of(cli, &FORMS[i]);

		printed += is_printed(cli, &FORMS[i]);
		if (file != NULL && file_check_output(file, &err) < 0)
			return cli_error(cli, &err);
	}
	if (printed > 1)
		return cli_fail(cli, CLI_USAGE,
		    "expected one of --json, --tap, --github, --junit - and --markdown -, since "
		    "each takes standard output");
	return CLI_YES;
}

static int print_text(struct gate_run *r)
{
	const struct report_style style = cli_style(r->cli);
	struct buffer text = BUFFER_INIT;

	report_gate_text(&text, &r->gate, &style);
	return cli_print(r->cli, &text);
}

static int print_form(struct gate_run *r, const struct form *form)
{
	struct buffer text = BUFFER_INIT;

	form->write(&text, &r->gate);
	return cli_print(r->cli, &text);
}

static int write_form(struct gate_run *r, const struct form *form, const char *file)
{
	struct buffer text = BUFFER_INIT;
	int failed;

	form->write(&text, &r->gate);
	failed = file_output(file, buffer_span(&text), &r->err);
	buffer_clear(&text);
	return failed < 0 ? cli_error(r->cli, &r->err) : CLI_YES;
}

static int write_files(struct gate_run *r)
{
	int code = CLI_YES;

	for (size_t i = 0; i < ARRAY_SIZE(FORMS) && code == CLI_YES; i++) {
		const char *file = file_of(r->cli, &FORMS[i]);

		if (file != NULL)
			code = write_form(r, &FORMS[i], file);
	}
	return code;
}

/* Where the text does not say what is missing, standard error does. */
static int print(struct gate_run *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(FORMS); i++) {
		if (!is_printed(r->cli, &FORMS[i]))
			continue;
		if (r->gate.shortfall != NULL)
			cli_fail(r->cli, CLI_TIMEOUT, "%s", r->gate.shortfall);
		if (r->gate.note != NULL)
			cli_fail(r->cli, CLI_YES, "note: %s", r->gate.note);
		return print_form(r, &FORMS[i]);
	}
	return print_text(r);
}

static int answer(struct gate_run *r)
{
	static const enum cli_exit CODES[] = {
	    [GATE_PASS] = CLI_YES,
	    [GATE_FAIL] = CLI_NO,
	    [GATE_TIMEOUT] = CLI_TIMEOUT,
	};
	_Static_assert(ARRAY_SIZE(CODES) == GATE_OUTCOME_COUNT, "one code for each outcome");
	int code = write_files(r);

	if (code == CLI_YES)
		code = print(r);
	return code == CLI_YES ? (int)CODES[r->gate.outcome] : code;
}

static int read_options(struct gate_run *r)
{
	if (cli_value(r->cli, "count") != NULL && cli_value(r->cli, "timeout") == NULL)
		r->timeout_ms = TIMEOUT_MS;
	if (cli_number(r->cli, "count", 1, 1000000000, &r->count) < 0)
		return CLI_USAGE;
	return cli_timeout(r->cli, &r->timeout_ms);
}

static int open_store(struct gate_run *r)
{
	int code = cli_data_dir(r->cli, true);

	if (code != CLI_YES)
		return code;
	r->store = store_open_reader(r->cli->data_dir.data, &r->err);
	return r->store == NULL ? cli_error(r->cli, &r->err) : CLI_YES;
}

/* All mistakes of usage are found before the store is looked at. */
static int prepare(struct gate_run *r)
{
	int code = read_options(r);

	if (code == CLI_YES)
		code = cli_viewpoint(r->cli, &r->viewpoint);
	if (code == CLI_YES)
		code = cli_settings(r->cli);
	if (code == CLI_YES)
		code = cli_policy(r->cli, &r->policy);
	if (code == CLI_YES)
		code = read_selections(r);
	if (code == CLI_YES)
		code = check_forms(r->cli);
	if (code == CLI_YES)
		code = open_store(r);
	if (code == CLI_YES)
		code = cli_after(r->cli, r->store, r->after);
	return code;
}

static void clear(struct gate_run *r)
{
	for (size_t i = 0; r->ids != NULL && i < r->policy.section_count; i++)
		buffer_clear(&r->ids[i]);
	buffer_clear(&r->source);
	buffer_clear(&r->evidence);
	policy_clear(&r->policy);
	arena_free(r->scratch);
	arena_free(r->arena);
	store_close(r->store);
}

static int run_gate(struct cli *cli)
{
	struct gate_run r = {
	    .cli = cli,
	    .arena = arena_new(),
	    .scratch = arena_new(),
	    .count = 1,
	};
	int code = prepare(&r);

	if (code == CLI_YES)
		code = await_messages(&r);
	if (code == CLI_YES)
		code = judge_messages(&r);
	if (code == CLI_YES)
		code = answer(&r);
	clear(&r);
	return code;
}

static const struct cli_option OPTIONS[] = {
    CLI_POLICY_OPTIONS,
    {"count", "N", "wait until so many messages match (1)"},
    {"timeout", "SECONDS", "how long, also 0.5, 500ms or 2m (0; beside --count alone 60)"},
    {"after", "ID|now", "only messages that came after this one"},
    {"json", NULL, "print one JSON object"},
    {"tap", NULL, "print TAP, for prove and the like"},
    {"github", NULL, "print annotations of a GitHub workflow"},
    {"junit", "FILE", "write JUnit XML there; - is standard output"},
    {"markdown", "FILE", "write a summary for a pull request there; - is standard output"},
    {"utc", NULL, "times in UTC"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay gate to:alice@example.net --require 'spf=pass dkim=pass dmarc=pass tls>=1.2'",
    "mailassay gate after:15m --count 3 --timeout 30 --profile gmail,yahoo --junit gate.xml",
    "mailassay gate subject:newsletter --policy release.policy --viewpoint predicted",
    NULL,
};

const struct cli_command CLI_GATE = {
    .name = "gate",
    .words = "[SELECTION...]",
    .words_max = UINT_MAX,
    .summary = "stops a release whose mail would bounce: judges messages by requirements",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_gate,
};
