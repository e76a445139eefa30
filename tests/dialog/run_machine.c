/*
 * SPDX-License-Identifier: ISC
 *
 * Runs dialog scripts on the pure machine: each group of client octets whole, by line and by
 * octet. Every expectation must hold in each run, and the three transcripts must be equal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/sasl.h"
#include "smtp/scram.h"

#include "machine.h"
#include "script.h"

/* Of SCRAM's keys; nonces are the same in every session here too. */
#define SALT SPAN("salt of a dialog")

/* What the machine's questions are answered from. */
struct answers {
	const struct script *script;
	struct smtp_secret secret;
};

struct run {
	const char *file;
	const char *mode;
	const struct script *script;
	struct machine machine;
	size_t event_cursor; /* offset in the log */
	size_t messages_seen;
	bool expected[FINDING_ID_COUNT]; /* findings so far */
	unsigned failures;
};

static size_t cut_whole(void *arg, struct span rest)
{
	(void)arg;
	return rest.len;
}

static size_t cut_line(void *arg, struct span rest)
{
	ptrdiff_t lf = span_index(rest, '\n');

	(void)arg;
	return lf < 0 ? rest.len : (size_t)lf + 1;
}

static size_t cut_octet(void *arg, struct span rest)
{
	(void)arg;
	(void)rest;
	return 1;
}

static const struct mode {
	const char *name;
	size_t (*cut)(void *arg, struct span rest);
} MODES[] = {
    {"whole", cut_whole},
    {"by line", cut_line},
    {"by octet", cut_octet},
};

static const struct script_user *find_user(const struct script *script, struct span name)
{
	for (size_t i = 0; i < script->user_count; i++)
		if (span_equal(script->users[i].name, name))
			return &script->users[i];
	return NULL;
}

static bool credentials_right(const struct script *script, const struct smtp_event_data *data)
{
	const struct script_user *user = find_user(script, data->auth.user);

	if (!smtp_mechanism_shows_secret(data->auth.mechanism))
		return data->auth.proven;
	return script->user_count == 0 ||
	       (user != NULL && span_equal(user->password, data->auth.password));
}

static const struct smtp_reply *policy(
    void *arg, enum smtp_event kind, const struct smtp_event_data *data)
{
	static const struct smtp_reply queued = {250, "2.0.0", "Ok: queued as 0"};
	static const struct smtp_reply wrong = {535, "5.7.8", "Authentication credentials invalid"};
	const struct answers *a = arg;

	if (kind == SMTP_EVENT_MESSAGE)
		return &queued;
	if (kind == SMTP_EVENT_AUTH && !credentials_right(a->script, data))
		return &wrong;
	return NULL;
}

static const struct smtp_secret *secret(void *arg, struct span name)
{
	struct answers *a = arg;
	const struct script_user *user = find_user(a->script, name);

	if (user == NULL)
		return NULL;
	a->secret = (struct smtp_secret){.password = user->password,
	    .sha1 = {.iterations = SMTP_SCRAM_ITERATIONS, .salt = SALT},
	    .sha256 = {.iterations = SMTP_SCRAM_ITERATIONS, .salt = SALT}};
	smtp_scram_derive(SMTP_SCRAM_SHA_1, user->password, &a->secret.sha1);
	smtp_scram_derive(SMTP_SCRAM_SHA_256, user->password, &a->secret.sha256);
	return &a->secret;
}

/* Whether text matches the pattern, in which "*" stands for any octets. */
static bool matches(struct span pattern, struct span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.data[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.len && pattern.data[p] == text.data[t]) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.data[p] == '*')
		p++;
	return p == pattern.len;
}

static void fail(struct run *r, const struct step *step, const char *what, struct span got)
{
	r->failures++;
	fprintf(stderr, "%s:%u: %s: %s: expected \"%.*s\", got \"%.*s\"\n", r->file, step->line,
	    r->mode, what, (int)step->text.len, step->text.data == NULL ? "" : step->text.data,
	    (int)got.len, got.data == NULL ? "" : got.data);
}

/* Takes the next reply line off the output; false when there is none. */
static bool next_reply(struct run *r, struct buffer *line)
{
	struct span out = smtp_server_output(r->machine.server);
	ptrdiff_t lf = span_index(out, '\n');

	buffer_reset(line);
	if (lf < 1)
		return false;
	buffer_add(line, out.data, (size_t)lf - 1);
	machine_sent(&r->machine, (size_t)lf + 1);
	return true;
}

static void step_reply(struct run *r, const struct step *step)
{
	struct buffer line = BUFFER_INIT;

	if (!next_reply(r, &line))
		fail(r, step, "reply", SPAN("nothing"));
	else if (!matches(step->text, buffer_span(&line)))
		fail(r, step, "reply", buffer_span(&line));
	buffer_clear(&line);
}

/* Whether a line of the reply begins with word behind its code. */
static bool has_keyword(struct span reply, struct span word)
{
	while (reply.len > 0) {
		struct span line = span_after(span_cut(&reply, '\n'), 4);

		if (span_starts(line, word) && (line.len == word.len || line.data[word.len] == ' '))
			return true;
	}
	return false;
}

static void step_replies(struct run *r, const struct step *step)
{
	struct buffer all = BUFFER_INIT, line = BUFFER_INIT;
	struct span words = step->text;
	struct span code = span_cut(&words, ' ');
	bool more = true;

	while (more && next_reply(r, &line)) {
		more = line.len > 3 && line.data[3] == '-';
		if (!span_equal(span_first(buffer_span(&line), 3), code))
			fail(r, step, "reply", buffer_span(&line));
		buffer_add_span(&all, buffer_span(&line));
		buffer_add_char(&all, '\n');
	}
	if (more)
		fail(r, step, "reply", SPAN("no end of it"));
	while (words.data != NULL) {
		struct span word = span_cut(&words, ' ');
		bool wanted = word.len > 0 && word.data[0] == '+';

		if (has_keyword(buffer_span(&all), span_after(word, 1)) != wanted)
			fail(r, step, "reply", buffer_span(&all));
	}
	buffer_clear(&all);
	buffer_clear(&line);
}

/* The next event of the log at *cursor, or an empty span at its end. */
static struct span next_event(const struct run *r, size_t *cursor)
{
	struct span rest = span_after(buffer_span(&r->machine.log), *cursor);

	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		*cursor += line.len + 1;
		if (span_starts(line, SPAN("E: ")))
			return span_after(line, 3);
	}
	return SPAN("");
}

static void step_event(struct run *r, const struct step *step)
{
	size_t cursor = r->event_cursor;
	struct span event;

	while ((event = next_event(r, &cursor)).len > 0)
		if (matches(step->text, event)) {
			r->event_cursor = cursor;
			return;
		}
	fail(r, step, "event", span_after(buffer_span(&r->machine.log), r->event_cursor));
}

static void step_no_event(struct run *r, const struct step *step)
{
	size_t cursor = 0;
	struct span event;

	while ((event = next_event(r, &cursor)).len > 0)
		if (matches(step->text, event))
			fail(r, step, "none such event", event);
}

/* Whether the finding is in the log. */
static bool reported(const struct run *r, int id)
{
	size_t cursor = 0;
	struct span event;

	while ((event = next_event(r, &cursor)).len > 0)
		if (span_starts(event, SPAN("FINDING "))) {
			struct span rest = span_after(event, 8);

			if (finding_find(span_cut(&rest, ':')) == id)
				return true;
		}
	return false;
}

static void step_finding(struct run *r, const struct step *step)
{
	int id = finding_find(step->text);

	if (!reported(r, id))
		fail(r, step, "finding", SPAN("none such"));
	if (id >= 0)
		r->expected[id] = true;
}

static void step_message(struct run *r, const struct step *step)
{
	struct span got;
	char size[32];

	if (r->messages_seen == r->machine.message_count) {
		fail(r, step, "message", SPAN("none"));
		return;
	}
	got = buffer_span(&r->machine.messages[r->messages_seen++]);
	snprintf(size, sizeof(size), "%zu octets", got.len);
	if (step->text.data == NULL && got.len != step->size)
		fail(r, step, "message size", span_from(size));
	else if (step->text.data != NULL && !span_equal(got, step->text))
		fail(r, step, "message", got);
}

static void step_tls(struct run *r, const struct step *step)
{
	if (!smtp_server_wants_tls(r->machine.server))
		fail(r, step, "TLS", SPAN("not wanted by the server"));
	else if (smtp_server_output(r->machine.server).len > 0)
		fail(r, step, "TLS", smtp_server_output(r->machine.server));
	else
		smtp_server_tls_started(r->machine.server);
}

static void step_closed(struct run *r, const struct step *step)
{
	if (!r->machine.ended)
		fail(r, step, "closed", SPAN("still open"));
	if (smtp_server_output(r->machine.server).len > 0)
		fail(r, step, "closed", smtp_server_output(r->machine.server));
}

/* Sends a group: all octets up to the first step of another kind. Returns the steps taken. */
static size_t send_group(struct run *r, size_t at, const struct mode *mode)
{
	struct buffer group = BUFFER_INIT;
	size_t n = 0;

	while (at + n < r->script->step_count && r->script->steps[at + n].kind == STEP_SEND)
		buffer_add_span(&group, r->script->steps[at + n++].text);
	machine_feed(&r->machine, buffer_span(&group), mode->cut, NULL);
	buffer_clear(&group);
	return n;
}

static void expect(struct run *r, const struct step *step)
{
	switch (step->kind) {
	case STEP_SEND:
		break;
	case STEP_REPLY:
		step_reply(r, step);
		break;
	case STEP_REPLIES:
		step_replies(r, step);
		break;
	case STEP_TLS:
		step_tls(r, step);
		break;
	case STEP_SENT:
		machine_sent(&r->machine, smtp_server_output(r->machine.server).len);
		break;
	case STEP_CLOSED:
		step_closed(r, step);
		break;
	case STEP_FINDING:
		step_finding(r, step);
		break;
	case STEP_MESSAGE:
		step_message(r, step);
		break;
	case STEP_EVENT:
		step_event(r, step);
		break;
	case STEP_NO_EVENT:
		step_no_event(r, step);
		break;
	}
}

/* What must hold at the end of every script. */
static void expect_end(struct run *r)
{
	static const struct step end = {.kind = STEP_CLOSED, .text = {"", 0}};

	if (smtp_server_output(r->machine.server).len > 0)
		fail(r, &end, "at the end", smtp_server_output(r->machine.server));
	if (r->messages_seen < r->machine.message_count)
		fail(r, &end, "at the end", SPAN("a message that was not expected"));
	for (int i = 0; i < FINDING_ID_COUNT; i++)
		if (reported(r, i) && !r->expected[i])
			fail(r, &end, "finding at the end",
			    span_from(finding_entry((enum finding_id)i)->id));
}

/* Runs the script in one mode and hands out the transcript. */
static unsigned run_mode(const char *file, const struct script *script, const struct mode *mode,
    struct buffer *transcript)
{
	struct run r = {.file = file, .mode = mode->name, .script = script};
	struct answers answers = {.script = script};

	r.machine.policy = policy;
	r.machine.secret = secret;
	r.machine.arg = &answers;
	machine_start(&r.machine, &script->settings, script->flags);
	smtp_server_channel(r.machine.server, &script->channel);
	for (size_t i = 0; i < script->step_count && r.failures == 0;) {
		if (script->steps[i].kind == STEP_SEND)
			i += send_group(&r, i, mode);
		else
			expect(&r, &script->steps[i++]);
	}
	if (r.failures == 0)
		expect_end(&r);
	buffer_reset(transcript);
	buffer_add_span(transcript, buffer_span(&r.machine.log));
	machine_clear(&r.machine);
	return r.failures;
}

/* Shows the first line in which two transcripts differ. */
static unsigned compare(const char *file, const char *mode, struct span a, struct span b)
{
	unsigned line = 1;

	if (span_equal(a, b))
		return 0;
	while (a.data != NULL || b.data != NULL) {
		struct span x = span_cut(&a, '\n'), y = span_cut(&b, '\n');

		if (!span_equal(x, y)) {
			fprintf(stderr,
			    "%s: transcript line %u differs:\n  whole: %.*s\n  %s: %.*s\n", file,
			    line, (int)x.len, x.data == NULL ? "" : x.data, mode, (int)y.len,
			    y.data == NULL ? "" : y.data);
			return 1;
		}
		line++;
	}
	return 1;
}

static unsigned run_script(const char *file, const struct script *script, bool verbose)
{
	struct buffer first = BUFFER_INIT, other = BUFFER_INIT;
	unsigned failures = run_mode(file, script, &MODES[0], &first);

	for (size_t i = 1; i < ARRAY_SIZE(MODES); i++) {
		failures += run_mode(file, script, &MODES[i], &other);
		failures += compare(file, MODES[i].name, buffer_span(&first), buffer_span(&other));
	}
	if (verbose || failures > 0)
		fprintf(stderr, "--- %s\n%.*s", file, (int)first.len, first.data);
	buffer_clear(&first);
	buffer_clear(&other);
	return failures;
}

static int read_file(const char *path, struct buffer *out)
{
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	if (f == NULL)
		return -1;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buffer_add(out, piece, n);
	fclose(f);
	return 0;
}

/* What fuzz_session.c reads: settings, more of them, policy, then octets with marks. */
static void write_seed(const char *folder, const char *file, const struct script *script)
{
	const struct smtp_settings *o = &script->settings;
	const char *name = strrchr(file, '/') == NULL ? file : strrchr(file, '/') + 1;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%.*s", folder, (int)strcspn(name, "."), name);
	f = fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fputc((int)((unsigned)o->tls | (o->mechanisms != 0) << 2 | o->auth_without_tls << 3 |
		    o->require_auth << 4 | ((script->flags & SMTP_SERVER_TRUSTED) != 0) << 5 |
		    ((script->flags & SMTP_SERVER_TLS) != 0) << 6),
	    f);
	fputc(o->lmtp | o->record << 1, f);
	fputc(0, f);
	for (size_t i = 0; i < script->step_count; i++) {
		const struct step *step = &script->steps[i];

		if (step->kind == STEP_TLS)
			fputs("\xff\x02", f);
		else if (step->kind == STEP_REPLY || step->kind == STEP_REPLIES)
			fputs("\xff\x01", f);
		for (size_t k = 0; step->kind == STEP_SEND && k < step->text.len; k++) {
			fputc((unsigned char)step->text.data[k], f);
			if ((unsigned char)step->text.data[k] == 0xff)
				fputc(0xff, f);
		}
	}
	fclose(f);
}

static unsigned take_file(const char *file, bool verbose, const char *corpus)
{
	struct buffer text = BUFFER_INIT;
	struct script script;
	struct error err;
	unsigned failures = 1;

	if (read_file(file, &text) < 0) {
		perror(file);
	} else if (script_parse(buffer_span(&text), &script, &err) < 0) {
		fprintf(stderr, "%s:%s\n", file, err.text);
	} else {
		failures = run_script(file, &script, verbose) > 0;
		if (corpus != NULL)
			write_seed(corpus, file, &script);
		script_clear(&script);
	}
	buffer_clear(&text);
	return failures;
}

int main(int argc, char **argv)
{
	unsigned count = 0, failures = 0;
	const char *corpus = NULL;
	bool verbose = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--verbose") == 0) {
			verbose = true;
		} else if (strcmp(argv[i], "--corpus") == 0 && i + 1 < argc) {
			corpus = argv[++i];
		} else {
			count++;
			failures += take_file(argv[i], verbose, corpus);
		}
	}
	printf("%u scripts, each whole, by line and by octet: %u failed\n", count, failures);
	return count > 0 && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
