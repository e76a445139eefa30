/*
 * SPDX-License-Identifier: ISC
 *
 * The data directory: which one, making it, and its lock, which goes with the process.
 */
#include "store/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DIR "/var/lib/mailassay"

/* The variable's value, or NULL when it is unset or empty. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static bool usable(const char *dir, bool for_queries)
{
	int mode = for_queries ? R_OK | X_OK : R_OK | W_OK | X_OK;

	return faccessat(AT_FDCWD, dir, mode, AT_EACCESS) == 0;
}

int datadir_find(const char *given, bool for_queries, struct buffer *out, struct error *err)
{
	const char *dir = given;
	const char *state = variable("XDG_STATE_HOME"), *home = variable("HOME");

	if (dir != NULL && *dir == '\0')
		return error_usage(err, "data directory: expected a directory, got nothing; name "
					"one with --data");
	if (dir == NULL && usable(SYSTEM_DIR, for_queries))
		dir = SYSTEM_DIR;
	if (dir != NULL)
		buffer_add_string(out, dir);
	else if (state != NULL && *state == '/') /* the base directory rules ignore relative ones */
		buffer_printf(out, "%s/mailassay", state);
	else if (home != NULL)
		buffer_printf(out, "%s/.local/state/mailassay", home);
	else
		return error_cannot(err, "data directory: none is known, since HOME is not set; "
					 "name one with --data");
	return 0;
}

static int fail_make(const char *dir, int reason, struct error *err)
{
	return error_cannot(err, "data directory: %s: cannot be made: %s; name another with --data",
	    dir, strerror(reason));
}

/* Makes one directory unless it is there; mode 0 leaves the mode to the umask. */
static int make_one(const char *dir, mode_t mode, struct error *err)
{
	struct stat st;

	if (mkdir(dir, mode != 0 ? mode : 0777) == 0)
		return mode != 0 && chmod(dir, mode) < 0 ? fail_make(dir, errno, err) : 0;
	if (errno != EEXIST)
		return fail_make(dir, errno, err);
	if (stat(dir, &st) < 0)
		return fail_make(dir, errno, err);
	if (!S_ISDIR(st.st_mode))
		return error_cannot(err,
		    "data directory: %s: expected a directory, got a file; "
		    "name another with --data",
		    dir);
	return 0;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int datadir_make(const char *dir, struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int result = 0;

	/* only what is missing is made: a parent may be there and yet not let itself be made */
	for (size_t i = 1; dir[0] != '\0' && dir[i] != '\0' && result == 0; i++) {
		if (dir[i] != '/' || dir[i + 1] == '\0')
			continue;
		buffer_reset(&path);
		buffer_add(&path, dir, i);
		if (!is_dir(path.data))
			result = make_one(path.data, 0, err);
	}
	if (result == 0)
		result = make_one(dir, 0750, err);
	buffer_clear(&path);
	return result;
}

/* Who holds the lock, as far as the file says. */
static int fail_locked(int fd, const char *dir, struct error *err)
{
	char text[16] = "";
	uint64_t pid = 0;
	ssize_t n = pread(fd, text, sizeof(text), 0);
	struct span line = span_trim(span_of(text, n > 0 ? (size_t)n : 0));

	if (span_to_uint(line, INT32_MAX, &pid) == 0)
		return error_cannot(err,
		    "data directory: another mailassay serves %s (process %d); end it, or name "
		    "another directory with --data",
		    dir, (int)pid);
	return error_cannot(err,
	    "data directory: another mailassay serves %s; end it, or name another directory with "
	    "--data",
	    dir);
}

/* The process id is for people only: that it cannot be written on a full disk does not matter. */
static void write_pid(int fd)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) < 0)
		return;
}

int datadir_lock(const char *dir, struct error *err)
{
	struct buffer path = BUFFER_INIT;
	int fd;

	buffer_printf(&path, "%s/lock", dir);
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		error_cannot(err, "data directory: %s: cannot be opened: %s; %s", path.data,
		    strerror(errno), "check its owner and mode, or name another with --data");
	buffer_clear(&path);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			fail_locked(fd, dir, err);
		else
			error_cannot(
			    err, "data directory: %s: cannot be locked: %s", dir, strerror(errno));
		close(fd);
		return -1;
	}
	write_pid(fd);
	return fd;
}

bool datadir_is_locked(const char *dir)
{
	struct buffer path = BUFFER_INIT;
	bool locked;
	int fd;

	buffer_printf(&path, "%s/lock", dir);
	fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	buffer_clear(&path);
	if (fd < 0)
		return false;
	locked = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	close(fd);
	return locked;
}
