/*
 * SPDX-License-Identifier: ISC
 *
 * The double of the opinion process.
 */
#include "opinion_double.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "opinion/child.h"
#include "opinion/question.h"
#include "opinion/reply.h"

struct life {
	const char *dir;
	bool first; /* nobody lived before */
	struct opinion_question question;
};

static void send_octets(struct span octets)
{
	if (write(OPINION_CHILD_FD, octets.data, octets.len) != (ssize_t)octets.len)
		_exit(1);
}

static void send_reply(const struct opinion_reply *r)
{
	struct buffer out = BUFFER_INIT;

	reply_write(r, &out);
	send_octets(buffer_span(&out));
	buffer_clear(&out);
}

static void send_kind(enum frame_kind kind)
{
	const struct opinion_reply r = {.kind = kind};

	send_reply(&r);
}

static struct opinion_reply answer_of(enum auth_result spf)
{
	return (struct opinion_reply){.kind = FRAME_ANSWER,
	    .says = {{OPINION_GIVEN, spf, "the double says so"},
		{OPINION_GIVEN, AUTH_FAIL, "the double says that"}}};
}

static void answer_with(enum auth_result spf)
{
	const struct opinion_reply r = answer_of(spf);

	send_reply(&r);
}

static void answer(const struct life *l)
{
	(void)l;
	answer_with(AUTH_PASS);
}

static void crash(const struct life *l)
{
	(void)l;
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void crash_once(const struct life *l)
{
	if (l->first)
		crash(l);
	answer(l);
}

static void endless(const struct life *l)
{
	const struct opinion_reply r = {
	    .kind = FRAME_NEEDS_DNS, .names = {{"n1.zone", DNS_TXT}}, .name_count = 1};

	(void)l;
	send_reply(&r);
}

static bool knows(const struct life *l, const char *line)
{
	struct span e = l->question.evidence;

	return memmem(e.data, e.len, line, strlen(line)) != NULL;
}

static void needs(const struct life *l)
{
	if (knows(l, ";; n1.zone. TXT NOERROR\nn1.zone. 60 IN TXT \"known\"\n"))
		answer_with(AUTH_PASS);
	else if (knows(l, ";; n1.zone. TXT TIMEOUT\n"))
		answer_with(AUTH_TEMPERROR);
	else
		endless(l);
}

static void hang(const struct life *l)
{
	(void)l;
	for (;;)
		pause();
}

static void garbage(const struct life *l)
{
	(void)l;
	send_octets(SPAN("HTTP/1.1 400 Bad Request\r\n\r\n"));
}

/* A frame that never comes to its end. */
static void silent(const struct life *l)
{
	(void)l;
	send_octets(SPAN("\0\0\100\0\4and"));
	hang(l);
}

static void close_socket(const struct life *l)
{
	close(OPINION_CHILD_FD);
	hang(l);
}

/* Two answers at once. */
static void chatter(const struct life *l)
{
	const struct opinion_reply r = answer_of(AUTH_PASS);
	struct buffer out = BUFFER_INIT;

	(void)l;
	reply_write(&r, &out);
	reply_write(&r, &out);
	send_octets(buffer_span(&out));
	buffer_clear(&out);
}

static void say_ready(const struct life *l)
{
	(void)l;
	send_kind(FRAME_READY);
}

static void quit(const struct life *l)
{
	(void)l;
	_exit(3);
}

static void refuse(const struct life *l)
{
	const struct opinion_reply r = {.kind = FRAME_FAILED, .reason = "it has no sand"};

	(void)l;
	send_reply(&r);
	_exit(1);
}

static const struct {
	const char *name;
	void (*at_question)(const struct life *l);
	void (*at_start)(const struct life *l);
} MODES[] = {
    {"answer", answer, say_ready},
    {"once", crash_once, say_ready},
    {"needs", needs, say_ready},
    {"endless", endless, say_ready},
    {"crash", crash, say_ready},
    {"hang", hang, say_ready},
    {"garbage", garbage, say_ready},
    {"silent", silent, say_ready},
    {"close", close_socket, say_ready},
    {"chatter", chatter, say_ready},
    {"ready", say_ready, say_ready},
    {"quit", quit, say_ready},
    {"mute", answer, hang},
    {"refuse", answer, refuse},
    {"early", answer, answer},
    {"die", answer, quit},
};

int opinion_is_double(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], OPINION_CHILD_WORD) == 0;
}

static void serve(struct life *l, void (*at_question)(const struct life *l))
{
	struct buffer in = BUFFER_INIT;
	struct frame f;

	for (;;) {
		ptrdiff_t taken = frame_take(buffer_span(&in), QUESTION_MAX, &f, NULL);
		ssize_t n;

		if (taken > 0) {
			if (question_read(f.payload, &l->question) < 0)
				_exit(1);
			at_question(l);
			buffer_drop(&in, (size_t)taken);
			continue;
		}
		buffer_reserve(&in, 4096);
		n = read(OPINION_CHILD_FD, in.data + in.len, 4096);
		if (taken < 0 || n <= 0)
			_exit(0);
		in.len += (size_t)n;
	}
}

static void count_start(struct life *l)
{
	struct buffer path = BUFFER_INIT;
	int fd;

	buffer_printf(&path, "%s/starts", l->dir);
	fd = open(path.data, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd < 0)
		_exit(1);
	l->first = lseek(fd, 0, SEEK_END) == 0;
	if (write(fd, "x", 1) != 1)
		_exit(1);
	close(fd);
	buffer_clear(&path);
}

int opinion_double_main(char **argv)
{
	char *mode = strrchr(argv[0], '/');
	struct life l;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mode == NULL)
		return 1;
	*mode++ = '\0';
	l = (struct life){.dir = argv[0]};
	count_start(&l);
	for (size_t i = 0; i < ARRAY_SIZE(MODES); i++) {
		if (strcmp(MODES[i].name, mode) != 0)
			continue;
		MODES[i].at_start(&l);
		serve(&l, MODES[i].at_question);
	}
	return 1;
}
