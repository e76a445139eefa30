/*
 * SPDX-License-Identifier: ISC
 *
 * The sandbox: resource limits, no new privileges, and a list of system calls.
 */
#include "opinion/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/span.h"

#define MEMORY_MAX ((rlim_t)512 << 20)
/* The process is ended for hanging long before; this is for one that nobody watches any more. */
#define SECONDS_MAX ((rlim_t)3600)

static const int CALLS[] = {
    /* the socket */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    /* what the C library does of its own accord */
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit_group),
};

static int limit(int resource, rlim_t max, const char *what, struct error *err)
{
	const struct rlimit r = {max, max};

	if (setrlimit((__rlimit_resource_t)resource, &r) == 0)
		return 0;
	return error_cannot(
	    err, "the sandbox cannot be closed: limit on %s: %s", what, strerror(errno));
}

static int set_limits(struct error *err)
{
	static const struct {
		int resource;
		rlim_t max;
		const char *what;
	} limits[] = {
	    {RLIMIT_CORE, 0, "core files"},
	    {RLIMIT_FSIZE, 0, "file sizes"},
	    {RLIMIT_NOFILE, 0, "descriptors"},
	    {RLIMIT_NPROC, 0, "processes"},
	    {RLIMIT_CPU, SECONDS_MAX, "processor time"},
	    {RLIMIT_AS, MEMORY_MAX, "memory"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		if (SANDBOX_SANITIZED && limits[i].resource == RLIMIT_AS)
			continue;
		if (limit(limits[i].resource, limits[i].max, limits[i].what, err) < 0)
			return -1;
	}
	return 0;
}

static int filter_calls(struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int code = filter == NULL ? -ENOMEM : 0;

	for (size_t i = 0; code == 0 && i < ARRAY_SIZE(CALLS); i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALLS[i], 0);
	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	if (code == 0)
		return 0;
	return error_cannot(
	    err, "the sandbox cannot be closed: system call filter: %s", strerror(-code));
}

int sandbox_close(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_cannot(
		    err, "the sandbox cannot be closed: privileges: %s", strerror(errno));
	if (set_limits(err) < 0)
		return -1;
	return filter_calls(err);
}
