/*
 * SPDX-License-Identifier: ISC
 *
 * The opinion process. It ends by _exit alone, since the sandbox forbids what libraries do at an
 * orderly end.
 */
#include "opinion/child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "opinion/ask_dmarc.h"
#include "opinion/ask_spf.h"
#include "opinion/sandbox.h"

#define NICE  10
#define CHUNK 65536

struct child {
	struct ask_spf *spf;
	const char *no_dmarc; /* why libopendmarc cannot be asked, else NULL */
	struct buffer in, out;
};

static void send_reply(struct child *c, const struct opinion_reply *r)
{
	size_t done = 0;

	buffer_reset(&c->out);
	reply_write(r, &c->out);
	while (done < c->out.len) {
		ssize_t n = write(OPINION_CHILD_FD, c->out.data + done, c->out.len - done);

		if (n <= 0)
			_exit(EXIT_FAILURE);
		done += (size_t)n;
	}
}

/* Waits for more input; without a gateway the process has nothing to live for. */
static void receive(struct child *c)
{
	ssize_t n;

	buffer_reserve(&c->in, CHUNK);
	n = read(OPINION_CHILD_FD, c->in.data + c->in.len, CHUNK);
	if (n <= 0)
		_exit(n == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
	c->in.len += (size_t)n;
}

/* The next frame of the input, and how many octets of it the frame is. */
static size_t next_frame(struct child *c, struct frame *f)
{
	ptrdiff_t taken;

	while ((taken = frame_take(buffer_span(&c->in), QUESTION_MAX, f, NULL)) == 0)
		receive(c);
	if (taken < 0 || f->kind != FRAME_QUESTION)
		_exit(EXIT_FAILURE);
	return (size_t)taken;
}

static void ask_both(struct child *c, const struct opinion_question *q, struct dns_view *view,
    struct arena *a, struct opinion_reply *r)
{
	if (q->client.len > 0)
		ask_spf(c->spf, q, view, a, &r->says[OPINION_SPF]);
	if (q->from_domain.len == 0)
		return;
	if (c->no_dmarc == NULL)
		ask_dmarc(q, view, a, &r->says[OPINION_DMARC]);
	else
		r->says[OPINION_DMARC] = (struct opinion_says){
		    OPINION_UNAVAILABLE, AUTH_NONE, reply_clean(a, span_from(c->no_dmarc))};
}

static void name_missing(const struct dns_view *view, struct opinion_reply *r)
{
	const struct dns_question *missing;
	size_t count = dns_view_missing(view, &missing);

	r->name_count = count < REPLY_NAMES_MAX ? count : REPLY_NAMES_MAX;
	for (size_t i = 0; i < r->name_count; i++)
		r->names[i] = missing[i];
	r->kind = r->name_count > 0 ? FRAME_NEEDS_DNS : FRAME_ANSWER;
}

static void answer(struct child *c, const struct opinion_question *q)
{
	struct dns_view *view = dns_view_new(NULL);
	struct opinion_reply reply = {.kind = FRAME_ANSWER};
	struct arena *a = arena_new();

	if (dns_view_restore(view, q->evidence, NULL) < 0)
		_exit(EXIT_FAILURE);
	ask_both(c, q, view, a, &reply);
	name_missing(view, &reply);
	send_reply(c, &reply);
	arena_free(a);
	dns_view_free(view);
}

static void serve(struct child *c)
{
	for (;;) {
		struct opinion_question q;
		struct frame f;
		size_t taken = next_frame(c, &f);

		if (question_read(f.payload, &q) < 0)
			_exit(EXIT_FAILURE);
		answer(c, &q);
		buffer_drop(&c->in, taken);
	}
}

static void fail(struct child *c, const char *why)
{
	const struct opinion_reply reply = {.kind = FRAME_FAILED, .reason = why};

	send_reply(c, &reply);
	_exit(EXIT_FAILURE);
}

static void prepare(struct child *c, struct error *no_list)
{
	struct error err;

	c->spf = ask_spf_new();
	if (c->spf == NULL)
		fail(c, "libspf2 could not be set up");
	if (ask_dmarc_load(no_list) < 0)
		c->no_dmarc = no_list->text;
	if (sandbox_close(&err) < 0)
		fail(c, err.text);
}

static bool is_socket(int fd)
{
	socklen_t len = sizeof(int);
	int type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
}

int opinion_child_main(void)
{
	const struct opinion_reply ready = {.kind = FRAME_READY};
	struct child c = {.spf = NULL};
	struct error no_list;

	if (!is_socket(OPINION_CHILD_FD)) {
		fputs("mailassay " OPINION_CHILD_WORD ": serve starts it; it is no command\n",
		    stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "opinion");
	setpriority(PRIO_PROCESS, 0, NICE);
	prepare(&c, &no_list);
	send_reply(&c, &ready);
	serve(&c);
	return EXIT_FAILURE;
}
