/*
 * SPDX-License-Identifier: ISC
 *
 * The command line over a large store. "make DIR COUNT" fills a data directory by the store's own
 * writer; "compare DIR COUNT MAILASSAY" runs commands and a bare sqlite3 that reads the same rows,
 * in turn, and compares what they take.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/memory.h"
#include "store/writer.h"

#define FIRST_MS  1790000000000LL /* when the first message came; then one every two seconds */
#define EACH_MS   2000
#define PER_USER  10  /* messages of each recipient */
#define NEEDLES   100 /* messages that hold the rare word */
#define BODY_SIZE 700
#define SLOTS     256 /* jobs with the writer at once */
#define TIMES     31
#define LIMIT     3.0

extern char **environ;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_store: %s: %s\n", what, why);
	exit(2);
}

/* A message in the making; what it refers to. */
struct slot {
	struct store_job job;
	struct record_session session;
	struct record_message message;
	struct store_walk walk;
	struct dkim_verdict signature;
	struct finding finding;
	const char *names[1], *headers[3], *to[1];
	char id[ULID_SIZE], session_id[ULID_SIZE];
	char address[40], subject[60], message_id[40], names_text[100];
	char body[BODY_SIZE], source[BODY_SIZE + 400];
};

struct filler {
	struct store_writer *writer;
	struct store_mailbox *mailbox;
	sem_t mail;
	struct slot *slots;
	struct slot *unused[SLOTS];
	size_t unused_count;
	unsigned long count;
};

static void wake(void *arg)
{
	struct filler *f = arg;

	sem_post(&f->mail);
}

static void make_id(char out[ULID_SIZE], unsigned long n, uint8_t kind)
{
	uint8_t random[10] = {kind};

	for (int i = 0; i < 8; i++)
		random[2 + i] = (uint8_t)(n >> (8 * i));
	ulid_format(out, FIRST_MS + (int64_t)n * EACH_MS, random);
}

/* Words of a vocabulary of 5,000, and in some messages the rare one. */
static void make_body(struct filler *f, struct slot *s, unsigned long n)
{
	unsigned long step = f->count / NEEDLES == 0 ? 1 : f->count / NEEDLES;
	size_t len = 0;

	if (n % step == 0)
		len = (size_t)snprintf(s->body, BODY_SIZE, "needle ");
	for (unsigned long k = 0; len < BODY_SIZE - 20; k++)
		len += (size_t)snprintf(s->body + len, BODY_SIZE - len, "word%lu%s",
		    (n * 7919 + k * k * 104729 + k) % 5000, k % 10 == 9 ? "\r\n" : " ");
}

static void make_texts(struct filler *f, struct slot *s, unsigned long n)
{
	make_id(s->id, n, 1);
	make_id(s->session_id, n, 2);
	snprintf(
	    s->address, sizeof(s->address), "user%lu@example.net", n % (f->count / PER_USER + 1));
	snprintf(s->subject, sizeof(s->subject), "Order %lu of %lu", n, n % 977);
	snprintf(s->message_id, sizeof(s->message_id), "<%lu@app.example.com>", n);
	make_body(f, s, n);
	snprintf(s->source, sizeof(s->source),
	    "From: Shop <shop@example.com>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: %s\r\n"
	    "Date: Mon, 23 Nov 2026 16:00:00 +0000\r\n\r\n%s\r\n",
	    s->address, s->subject, s->message_id, s->body);
}

static void make_session(struct slot *s, unsigned long n)
{
	s->session = (struct record_session){.id = s->session_id,
	    .listener = "submission",
	    .kind = "submission",
	    .started_at = FIRST_MS + (int64_t)n * EACH_MS - 100,
	    .client = {.port = 50000, .helo = "app.example.com", .esmtp = true},
	    .auth = {"PLAIN", "apikey", true},
	    .tls = {.mode = TLS_MODE_STARTTLS,
		.version = "TLSv1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.bits = 256,
		.group = "x25519"},
	    .stage = RECORD_STAGE_DONE,
	    .failed_at = RECORD_STAGE_DONE,
	    .timings_ms = {1, 2, 3, 4, 5}};
	if (ip_parse(SPAN("203.0.113.7"), &s->session.client.ip) < 0)
		abort();
}

static void make_verdict(struct slot *s, unsigned long n)
{
	struct verdict *v = &s->message.observed;

	s->names[0] = "mail.example.com";
	s->headers[0] = "from";
	s->headers[1] = "to";
	s->headers[2] = "subject";
	s->signature = (struct dkim_verdict){.result = AUTH_PASS,
	    .domain = "example.com",
	    .selector = "s1",
	    .algorithm = "rsa-sha256",
	    .bits = 2048,
	    .canonicalization = "relaxed/relaxed",
	    .signed_headers = s->headers,
	    .signed_header_count = 3,
	    .body_length = -1,
	    .signed_at = -1,
	    .expires_at = -1,
	    .reason = "the signature is good"};
	v->has_client = true;
	v->spf = (struct spf_verdict){.result = n % 50 == 0 ? AUTH_FAIL : AUTH_PASS,
	    .identity = "mailfrom",
	    .domain = "example.com",
	    .mechanism = "ip4:203.0.113.0/24",
	    .lookups = 1,
	    .reason = "ip4:203.0.113.0/24 matched"};
	v->spf_helo = v->spf;
	v->dkim = &s->signature;
	v->dkim_count = 1;
	v->dmarc = (struct dmarc_verdict){.result = AUTH_PASS,
	    .from_domain = "example.com",
	    .organizational_domain = "example.com",
	    .policy_domain = "example.com",
	    .has_policy = true,
	    .policy = DMARC_POLICY_REJECT,
	    .spf_aligned = true,
	    .dkim_aligned = true,
	    .record = "v=DMARC1; p=reject",
	    .reason = "SPF passed for an aligned domain"};
	v->rdns = (struct rdns_verdict){.result = AUTH_PASS,
	    .ip = "203.0.113.7",
	    .names = s->names,
	    .name_count = 1,
	    .confirmed = "mail.example.com",
	    .helo_match = true,
	    .reason = "mail.example.com leads back to the address"};
}

static void make_message(struct slot *s, unsigned long n)
{
	s->to[0] = s->address;
	s->finding = (struct finding){FINDING_DKIM_NOT_OVERSIGNED, "From is not signed once more"};
	s->message = (struct record_message){.id = s->id,
	    .received_at = FIRST_MS + (int64_t)n * EACH_MS,
	    .session = &s->session,
	    .envelope = {.mail_from = "bounce@example.com", .rcpt_to = s->to, .rcpt_count = 1},
	    .size = strlen(s->source),
	    .message_id = s->message_id,
	    .from = "shop@example.com",
	    .subject = s->subject,
	    .date = "Mon, 23 Nov 2026 16:00:00 +0000",
	    .findings = {&s->finding, 1}};
	make_verdict(s, n);
}

/* Takes back what the writer has done, waiting when nothing else can be done. */
static struct slot *next_slot(struct filler *f)
{
	struct store_job *job;

	while (f->unused_count == 0) {
		sem_wait(&f->mail);
		while ((job = store_mailbox_take(f->mailbox)) != NULL) {
			if (job->failed)
				die("writing", job->error.text);
			f->unused[f->unused_count++] = job->owner;
		}
	}
	return f->unused[--f->unused_count];
}

static void queue_message(struct filler *f, unsigned long n)
{
	struct slot *s = next_slot(f);

	make_texts(f, s, n);
	make_session(s, n);
	make_message(s, n);
	s->job = (struct store_job){.kind = STORE_JOB_MESSAGE,
	    .mailbox = f->mailbox,
	    .session = &s->session,
	    .message = &s->message,
	    .source = span_from(s->source),
	    .evidence = SPAN("example.com. 300 IN TXT \"v=spf1 ip4:203.0.113.0/24 -all\"\n"
			     "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\"\n"),
	    .transcript = SPAN("S: 220 mailassay\nC: EHLO app.example.com\nS: 250 ok\n"),
	    .owner = s};
	store_writer_queue(f->writer, &s->job);
}

static void queue_walk(struct filler *f, unsigned long n)
{
	struct slot *s = next_slot(f);

	make_texts(f, s, n);
	snprintf(s->names_text, sizeof(s->names_text), "Shop\nshop@example.com\n%s", s->address);
	s->message = (struct record_message){.id = s->id};
	s->walk = (struct store_walk){
	    .subject = s->subject, .addresses = s->names_text, .text = s->body, .plain = true};
	s->job = (struct store_job){.kind = STORE_JOB_WALK,
	    .mailbox = f->mailbox,
	    .message = &s->message,
	    .walk = &s->walk,
	    .owner = s};
	store_writer_queue(f->writer, &s->job);
}

static void queue_all(struct filler *f, void (*queue)(struct filler *f, unsigned long n))
{
	for (unsigned long n = 0; n < f->count; n++)
		queue(f, n);
	while (f->unused_count < SLOTS) {
		struct slot *held[SLOTS];
		size_t count = 0;

		while (f->unused_count > 0)
			held[count++] = f->unused[--f->unused_count];
		held[count++] = next_slot(f);
		while (count > 0)
			f->unused[f->unused_count++] = held[--count];
	}
}

static int make(const char *dir, unsigned long count)
{
	struct filler f = {.count = count};
	struct error err = {.text = ""};

	sem_init(&f.mail, 0, 0);
	f.slots = memory_new(SLOTS * sizeof(*f.slots));
	for (size_t i = 0; i < SLOTS; i++)
		f.unused[f.unused_count++] = &f.slots[i];
	f.writer = store_writer_start(dir, &err);
	if (f.writer == NULL)
		die(dir, err.text);
	f.mailbox = store_mailbox_new(wake, &f);
	queue_all(&f, queue_message);
	queue_all(&f, queue_walk);
	store_writer_stop(f.writer);
	store_mailbox_free(f.mailbox);
	free(f.slots);
	sem_destroy(&f.mail);
	return 0;
}

struct cost {
	double cpu_ms, wall_ms;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Runs a program to its end; input is its standard input. */
static struct cost run(char *const *argv, const char *input)
{
	posix_spawn_file_actions_t files;
	struct timespec start, end;
	struct rusage usage;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) != 0)
		die(argv[0], "cannot be run");
	if (wait4(pid, &status, 0, &usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(argv[0], argv[3] != NULL ? argv[3] : "failed");
	clock_gettime(CLOCK_MONOTONIC, &end);
	posix_spawn_file_actions_destroy(&files);
	return (struct cost){1e3 * (seconds(usage.ru_utime) + seconds(usage.ru_stime)),
	    1e3 * (double)(end.tv_sec - start.tv_sec) +
		(double)(end.tv_nsec - start.tv_nsec) / 1e6};
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, TIMES, sizeof(*values), compare_numbers);
	return values[TIMES / 2];
}

/*
 * What all commands read of each message whose number the table "chosen" holds. %s is the query
 * that chooses, as a person would write it.
 */
#define READ_CHOSEN                                                                                \
	"CREATE TEMP TABLE chosen AS %s;"                                                          \
	"SELECT m.*, s.* FROM chosen AS c CROSS JOIN message AS m ON m.number = c.number"          \
	" JOIN session AS s ON s.number = m.session;"                                              \
	"SELECT x.* FROM chosen AS c CROSS JOIN recipient AS x ON x.message = c.number;"           \
	"SELECT x.* FROM chosen AS c CROSS JOIN verdict AS x ON x.message = c.number;"             \
	"SELECT x.* FROM chosen AS c CROSS JOIN dkim_signature AS x ON x.message = c.number;"      \
	"SELECT x.* FROM chosen AS c CROSS JOIN prediction AS x ON x.message = c.number;"          \
	"SELECT x.* FROM chosen AS c CROSS JOIN opinion AS x ON x.message = c.number;"             \
	"SELECT x.* FROM chosen AS c JOIN message AS m ON m.number = c.number CROSS JOIN"          \
	" finding AS x ON x.session = m.session AND (x.message = m.number OR x.message IS NULL);"
#define READ_SOURCE                                                                                \
	"SELECT x.* FROM chosen AS c CROSS JOIN source AS x ON x.message = c.number;"              \
	"SELECT x.* FROM chosen AS c CROSS JOIN evidence AS x ON x.message = c.number;"

struct comparison {
	const char *title;
	const char *arguments[6]; /* USER stands for the recipient, ID for a message */
	const char *chosen;
	bool source;
	double goal_ms;
};

static const struct comparison COMPARISONS[] = {
    {"list, the newest 50", {"list"}, "SELECT number FROM message ORDER BY number DESC LIMIT 50",
	false, 100},
    {"wait for a recipient", {"wait", "--to", "USER"},
	"SELECT message AS number FROM recipient WHERE address = 'USER'", false, 100},
    {"gate on a recipient", {"gate", "to:USER", "--require", "dkim=pass dmarc=pass tls>=1.2"},
	"SELECT message AS number FROM recipient WHERE address = 'USER'", true, 100},
    {"list of a rare word", {"list", "needle"},
	"SELECT rowid AS number FROM words WHERE words MATCH 'needle' ORDER BY rowid DESC LIMIT 50",
	false, 100},
    {"list of two common words", {"list", "word17", "word23"},
	"SELECT rowid AS number FROM words WHERE words MATCH 'word17 word23' ORDER BY rowid DESC "
	"LIMIT 50",
	false, 100},
    {"show", {"show", "ID"}, "SELECT number FROM message WHERE id = 'ID'", true, 20},
};

struct place {
	const char *dir, *mailassay;
	char user[40], id[ULID_SIZE];
	char database[400], script[400];
};

/* With USER and ID replaced; to be freed. */
static char *fill_in(const struct place *p, const char *text)
{
	struct buffer out = BUFFER_INIT;

	while (*text != '\0')
		if (strncmp(text, "USER", 4) == 0) {
			buffer_add_string(&out, p->user);
			text += 4;
		} else if (strncmp(text, "ID", 2) == 0) {
			buffer_add_string(&out, p->id);
			text += 2;
		} else {
			buffer_add_char(&out, *text++);
		}
	return buffer_take(&out);
}

static void write_script(const struct place *p, const struct comparison *c)
{
	char *chosen = fill_in(p, c->chosen);
	FILE *f = fopen(p->script, "w");

	if (f == NULL)
		die(p->script, "cannot be written");
	fprintf(f, READ_CHOSEN, chosen);
	fprintf(f, "%s\n", c->source ? READ_SOURCE : "");
	fclose(f);
	free(chosen);
}

/* Whether the limit is kept. */
static bool compare_one(const struct place *p, const struct comparison *c)
{
	char *ours[10] = {
	    memory_string(p->mailassay), memory_string("--data"), memory_string(p->dir)};
	char *theirs[] = {
	    memory_string("sqlite3"), memory_string("-readonly"), memory_string(p->database), NULL};
	double ratios[TIMES], cpu[2][TIMES], wall[2][TIMES];
	size_t n = 3;

	for (size_t i = 0; i < 6 && c->arguments[i] != NULL; i++)
		ours[n++] = fill_in(p, c->arguments[i]);
	write_script(p, c);
	run(ours, "/dev/null");
	run(theirs, p->script);
	for (size_t i = 0; i < TIMES; i++) {
		struct cost a = run(ours, "/dev/null"), b = run(theirs, p->script);

		ratios[i] = a.cpu_ms / b.cpu_ms;
		cpu[0][i] = a.cpu_ms;
		cpu[1][i] = b.cpu_ms;
		wall[0][i] = a.wall_ms;
		wall[1][i] = b.wall_ms;
	}
	while (n > 0)
		free(ours[--n]);
	for (size_t i = 0; theirs[i] != NULL; i++)
		free(theirs[i]);
	printf("%-26s ours %6.1f ms (%6.1f on the clock, goal %3.0f), sqlite3 %6.1f ms (%6.1f), "
	       "ratio %.2f\n",
	    c->title, median(cpu[0]), median(wall[0]), c->goal_ms, median(cpu[1]), median(wall[1]),
	    median(ratios));
	fflush(stdout);
	return ratios[TIMES / 2] <= LIMIT;
}

static int compare(const char *dir, unsigned long count, const char *mailassay)
{
	struct place p = {.dir = dir, .mailassay = mailassay};
	bool kept = true;

	make_id(p.id, count / 2, 1);
	snprintf(p.user, sizeof(p.user), "user%lu@example.net", count / PER_USER / 2);
	snprintf(p.database, sizeof(p.database), "%s/mailassay.db", dir);
	snprintf(p.script, sizeof(p.script), "%s/bench.sql", dir);
	for (size_t i = 0; i < sizeof(COMPARISONS) / sizeof(COMPARISONS[0]); i++)
		kept = compare_one(&p, &COMPARISONS[i]) && kept;
	unlink(p.script);
	return kept ? 0 : 1;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	if (count >= NEEDLES && argc == 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], count);
	if (count >= NEEDLES && argc == 5 && strcmp(argv[1], "compare") == 0)
		return compare(argv[2], count, argv[4]);
	fprintf(stderr, "usage: bench_store make DIR COUNT | compare DIR COUNT MAILASSAY\n");
	return 2;
}
