/*
 * SPDX-License-Identifier: ISC
 *
 * The opinion process as the gateway sees it. It is spawned, never forked: the gateway has threads.
 */
#include "opinion/process.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/conn.h"
#include "opinion/child.h"
#include "opinion/sandbox.h"

/* What this program runs as, whatever became of its file since. */
#define SELF "/proc/self/exe"
#define NAME "mailassay"

struct process {
	pid_t pid; /* 0 once it was waited for */
	struct conn *conn;
	const struct process_owner *owner;
	void *arg;
	struct arena *arena; /* the reply's */
	bool due;            /* a reply is awaited */
};

/* Its signals are the defaults, and those of the terminal's foreground do not reach it. */
static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	if (posix_spawnattr_setsigmask(a, &none) != 0 ||
	    posix_spawnattr_setsigdefault(a, &all) != 0 || posix_spawnattr_setpgroup(a, 0) != 0)
		return -1;
	return posix_spawnattr_setflags(
	    a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int set_descriptors(posix_spawn_file_actions_t *f, int fd)
{
	int last = SANDBOX_SANITIZED ? STDOUT_FILENO : STDERR_FILENO, failed;

	failed = posix_spawn_file_actions_adddup2(f, fd, OPINION_CHILD_FD);
	for (int i = STDIN_FILENO; i <= last && failed == 0; i++)
		failed = posix_spawn_file_actions_addclose(f, i);
	return failed != 0 ? failed
	                   : posix_spawn_file_actions_addclosefrom_np(f, OPINION_CHILD_FD + 1);
}

#define ENVIRONMENT_MAX 4

static void set_environment(char **out)
{
	static const char *const kept[] = {"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};
	size_t n = 0;

	_Static_assert(ARRAY_SIZE(kept) < ENVIRONMENT_MAX, "room for all and NULL");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		for (char **e = environ; *e != NULL; e++)
			if (span_starts(span_from(*e), span_from(kept[i]))) {
				out[n++] = *e;
				break;
			}
	out[n] = NULL;
}

/* 0 or the number of the error. */
static int spawn(const char *program, int fd, pid_t *pid)
{
	char name[] = NAME, word[] = OPINION_CHILD_WORD;
	char *given = memory_string(program);
	char *argv[] = {given != NULL ? given : name, word, NULL};
	char *environment[ENVIRONMENT_MAX];
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int failed = ENOMEM;

	set_environment(environment);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0)
		abort();
	if (set_attributes(&attributes) == 0 && set_descriptors(&files, fd) == 0)
		failed = posix_spawn(
		    pid, program != NULL ? program : SELF, &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	free(given);
	return failed;
}

/* Killed by us unless it ended before, in which case the status is its own. */
static int reap(struct process *p)
{
	int status = 0;

	if (p->pid == 0)
		return 0;
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	p->pid = 0;
	return status;
}

static void end(struct process *p, const char *why)
{
	reap(p);
	p->due = false;
	p->owner->gone(p->arg, why);
}

static void ended(void *arg, enum conn_end how)
{
	struct process *p = arg;
	int status = reap(p);
	char why[200];

	(void)how;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		snprintf(
		    why, sizeof(why), "the opinion process was killed by its sandbox, or gave up");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		snprintf(why, sizeof(why), "the opinion process was killed or closed its socket");
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "the opinion process crashed (signal %d, %s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "the opinion process ended (exit code %d)",
		    WEXITSTATUS(status));
	end(p, why);
}

/* One whole frame that was due, and nothing behind it. 1, 0 more is needed, -1 with err. */
static int read_reply(struct process *p, struct opinion_reply *r, struct error *err)
{
	struct span in = conn_input(p->conn);
	struct frame f;
	ptrdiff_t taken;

	if (!p->due && in.len > 0)
		return error_cannot(err, "it said something unasked");
	taken = frame_take(in, REPLY_MAX, &f, err);
	if (taken <= 0)
		return (int)taken;
	if ((size_t)taken < in.len)
		return error_cannot(err, "it said more than was asked");
	if (reply_read(&f, p->arena, r, err) < 0)
		return -1;
	conn_consume(p->conn, in.len);
	return 1;
}

static void input(void *arg)
{
	struct process *p = arg;
	struct opinion_reply reply;
	struct error err;
	char why[700];
	int got;

	arena_reset(p->arena);
	got = read_reply(p, &reply, &err);
	if (got == 0)
		return;
	if (got > 0) {
		p->due = false;
		p->owner->reply(p->arg, &reply);
		return;
	}
	snprintf(why, sizeof(why), "the opinion process sent garbage: %s", err.text);
	end(p, why);
}

static const struct conn_owner CONN_OWNER = {.input = input, .ended = ended};

struct process *process_start(struct loop *l, const char *program,
    const struct process_owner *owner, void *arg, struct error *err)
{
	struct process *p;
	int fds[2], failed;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		error_cannot(err, "the opinion process has no socket: %s", strerror(errno));
		return NULL;
	}
	failed = spawn(program, fds[1], &pid);
	close(fds[1]);
	if (failed != 0) {
		close(fds[0]);
		error_cannot(err, "the opinion process could not be started: %s", strerror(failed));
		return NULL;
	}
	p = memory_new(sizeof(*p));
	p->pid = pid;
	p->owner = owner;
	p->arg = arg;
	p->arena = arena_new();
	p->due = true;
	p->conn = conn_new(l, fds[0], &CONN_OWNER, p);
	return p;
}

void process_free(struct process *p)
{
	if (p == NULL)
		return;
	reap(p);
	conn_free(p->conn);
	arena_free(p->arena);
	free(p);
}

void process_send(struct process *p, struct span frame)
{
	assert(!p->due);
	p->due = true;
	conn_write(p->conn, frame);
}
