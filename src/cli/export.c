/*
 * SPDX-License-Identifier: ISC
 *
 * mailassay export: messages as files, one each or all of them as one mbox (mboxrd, RFC 4155 with
 * every "From " line quoted so that it can be undone).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "run/file.h"

struct export
{
	struct cli *cli;
	struct store *store;
	const char *dir, *mbox;
	bool force;
	struct buffer name; /* of the mbox while it is being written; empty: its own */
	FILE *file;         /* the same; NULL: standard output */
	size_t count;
};

/* From store_each's callback: it ends, with this exit code. */
static int stop(int code)
{
	return code == CLI_YES ? 0 : code;
}

/* A device or a pipe: it is written to, and nothing takes its place. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int refuse_existing(const struct export *e, const char *path)
{
	struct stat st;

	if (e->force || lstat(path, &st) < 0)
		return CLI_YES;
	return cli_fail(e->cli, CLI_CANNOT,
	    "%s: it is there already; give --force to write over it, or another place", path);
}

static int fail_write(const struct export *e, const char *path)
{
	return cli_fail(e->cli, CLI_CANNOT, "%s: cannot write: %s", path, strerror(errno));
}

static int write_file(void *arg, const struct record_message *m)
{
	struct export *e = arg;
	struct buffer path = BUFFER_INIT, source = BUFFER_INIT;
	struct error err;
	int code;

	buffer_printf(&path, "%s/%s.eml", e->dir, m->id);
	code = refuse_existing(e, path.data);
	if (code == CLI_YES && (store_source(e->store, m->id, &source, &err) < 0 ||
				   file_write(path.data, 0600, buffer_span(&source), &err) < 0))
		code = cli_error(e->cli, &err);
	e->count += code == CLI_YES;
	buffer_clear(&source);
	buffer_clear(&path);
	return stop(code);
}

/* "From SENDER Mon Nov 23 16:00:00 2026", in UTC; blanks would end the sender. */
static void add_from_line(struct buffer *out, const struct record_message *m)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const char *sender = m->envelope.mail_from;
	time_t seconds = (time_t)(m->received_at / 1000);
	struct tm t = {.tm_mday = 1};

	if (sender == NULL || sender[0] == '\0')
		sender = "MAILER-DAEMON";
	gmtime_r(&seconds, &t);
	buffer_add_string(out, "From ");
	for (; *sender != '\0'; sender++)
		buffer_add_char(out, (unsigned char)*sender <= ' ' ? '_' : *sender);
	buffer_printf(out, " %s %s %2d %02d:%02d:%02d %d\n", days[t.tm_wday], months[t.tm_mon],
	    t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_year + 1900);
}

/* A line with LF, and with ">" in front where it could be taken for the head of a message. */
static void add_line(struct buffer *out, struct span line)
{
	size_t quotes = 0;

	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	while (quotes < line.len && line.data[quotes] == '>')
		quotes++;
	if (span_starts(span_after(line, quotes), SPAN("From ")))
		buffer_add_char(out, '>');
	buffer_add_span(out, line);
	buffer_add_char(out, '\n');
}

static void add_mbox(struct buffer *out, const struct record_message *m, struct span source)
{
	add_from_line(out, m);
	while (source.len > 0)
		add_line(out, span_cut(&source, '\n'));
	buffer_add_char(out, '\n');
}

static int write_mbox(void *arg, const struct record_message *m)
{
	struct export *e = arg;
	struct buffer source = BUFFER_INIT, out = BUFFER_INIT;
	struct error err;
	int code = CLI_YES;

	if (store_source(e->store, m->id, &source, &err) < 0)
		code = cli_error(e->cli, &err);
	else
		add_mbox(&out, m, buffer_span(&source));
	buffer_clear(&source);
	if (code == CLI_YES && e->file == NULL)
		code = cli_print_mail(e->cli, &out);
	else if (code == CLI_YES && fwrite(out.data, 1, out.len, e->file) != out.len)
		code = fail_write(e, e->mbox);
	e->count += code == CLI_YES;
	buffer_clear(&out);
	return stop(code);
}

/* A file of another name beside it, so that the mbox is never there in part. */
static int open_beside(struct export *e)
{
	int code = refuse_existing(e, e->mbox), fd;

	if (code != CLI_YES)
		return code;
	buffer_printf(&e->name, "%s.XXXXXX", e->mbox);
	fd = mkostemp(e->name.data, O_CLOEXEC);
	if (fd < 0)
		return fail_write(e, e->mbox);
	e->file = fdopen(fd, "w");
	if (e->file != NULL)
		return CLI_YES;
	code = fail_write(e, e->mbox);
	close(fd);
	unlink(e->name.data);
	return code;
}

static int open_mbox(struct export *e)
{
	if (strcmp(e->mbox, "-") == 0)
		return CLI_YES;
	if (!is_special(e->mbox))
		return open_beside(e);
	e->file = fopen(e->mbox, "we");
	return e->file == NULL ? fail_write(e, e->mbox) : CLI_YES;
}

static int close_mbox(struct export *e, int code)
{
	bool beside = e->name.len > 0, whole;

	if (e->file != NULL) {
		whole = fflush(e->file) == 0 && (!beside || fsync(fileno(e->file)) == 0);
		whole = fclose(e->file) == 0 && whole;
		if (code == CLI_YES && (!whole || (beside && rename(e->name.data, e->mbox) < 0)))
			code = fail_write(e, e->mbox);
		if (code != CLI_YES && beside)
			unlink(e->name.data);
	}
	buffer_clear(&e->name);
	return code;
}

static int make_dir(const struct export *e)
{
	if (e->dir == NULL || mkdir(e->dir, 0700) == 0 || errno == EEXIST)
		return CLI_YES;
	return fail_write(e, e->dir);
}

static int export_all(struct export *e, const struct selection *selection)
{
	const struct store_filter filter = {.selection = selection, .oldest_first = true};
	struct error err;
	int code = cli_index(e->cli, e->store, selection);

	if (code == CLI_YES)
		code = e->dir != NULL ? make_dir(e) : open_mbox(e);
	if (code == CLI_YES)
		code = store_each(
		    e->store, &filter, e->dir != NULL ? write_file : write_mbox, e, &err);
	if (code < 0)
		code = cli_error(e->cli, &err);
	return close_mbox(e, code);
}

/* Standard output may be the mbox. */
static void say_count(const struct export *e, int code)
{
	bool piped = e->mbox != NULL && strcmp(e->mbox, "-") == 0;

	if (code != CLI_YES && (e->mbox != NULL || e->count == 0))
		return;
	fprintf(piped || code != CLI_YES ? stderr : stdout, "%zu message%s written to %s\n",
	    e->count, e->count == 1 ? "" : "s",
	    e->dir != NULL ? e->dir
	    : piped        ? "standard output"
			   : e->mbox);
}

static int run_export(struct cli *cli)
{
	struct export e = {
	    .cli = cli,
	    .dir = cli_value(cli, "dir"),
	    .mbox = cli_value(cli, "mbox"),
	    .force = cli_value(cli, "force") != NULL,
	    .name = BUFFER_INIT,
	};
	struct selection selection;
	struct arena *a;
	int code;

	if ((e.dir == NULL) == (e.mbox == NULL))
		return cli_fail(cli, CLI_USAGE,
		    "expected --dir DIR for a file each, or --mbox FILE for one file; got %s",
		    e.dir == NULL ? "neither" : "both");
	a = arena_new();
	code = cli_selection(cli, 0, a, &selection);
	if (code == CLI_YES)
		code = cli_store(cli, &e.store);
	if (code == CLI_YES) {
		code = export_all(&e, &selection);
		say_count(&e, code);
	}
	store_close(e.store);
	arena_free(a);
	return code;
}

static const struct cli_option OPTIONS[] = {
    {"dir", "DIR", "each message as DIR/ID.eml, byte for byte as it came"},
    {"mbox", "FILE", "all of them as one mbox (mboxrd), oldest first; - is standard output"},
    {"force", NULL, "write over files that are there"},
    {NULL, NULL, NULL},
};

static const char *const EXAMPLES[] = {
    "mailassay export --dir mails",
    "mailassay export to:alice@example.net after:2h --mbox alice.mbox",
    "mailassay export finding:error --mbox - | gzip > errors.mbox.gz",
    NULL,
};

const struct cli_command CLI_EXPORT = {
    .name = "export",
    .words = "[SELECTION]",
    .words_max = UINT_MAX,
    .summary = "writes messages to files, one each or all as one mbox",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run_export,
};
