/*
 * SPDX-License-Identifier: ISC
 *
 * Whole files: reading with a bound, writing so that a reader sees the old file or the new one.
 */
#include "run/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static const char *shown(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Reads to the end, or one octet beyond what is left of max. 0, or -1 with errno. */
static int read_all(int fd, size_t max, struct buffer *out)
{
	size_t left = max < SIZE_MAX ? max + 1 : max;
	ssize_t n;

	do {
		size_t want = left < CHUNK ? left : CHUNK;

		buffer_reserve(out, want);
		n = read(fd, out->data + out->len, want);
		if (n > 0) {
			out->len += (size_t)n;
			left -= (size_t)n;
			out->data[out->len] = '\0';
		}
	} while ((n > 0 && left > 0) || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : 0;
}

/* For errno. */
static int fail_read(const char *path, struct error *err)
{
	return error_cannot(err,
	    "%s: expected a file that can be read, got \"%s\"; look at its path and its "
	    "permissions",
	    path, strerror(errno));
}

int file_read(const char *path, size_t max, struct buffer *out, struct error *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t before = out->len;
	int result = 0;

	if (fd < 0)
		return fail_read(path, err);
	if (read_all(fd, max, out) < 0)
		result = fail_read(shown(path), err);
	else if (out->len - before > max)
		result = error_cannot(
		    err, "%s: expected at most %zu octets, got more", shown(path), max);
	if (result < 0 && out->data != NULL) {
		out->len = before;
		out->data[before] = '\0';
	}
	if (!standard)
		close(fd);
	return result;
}

static int write_all(int fd, struct span content)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.data, content.len);

		if (n < 0 && errno != EINTR)
			return -1;
		content = span_after(content, n < 0 ? 0 : (size_t)n);
	}
	return 0;
}

static int fill(int fd, mode_t mode, struct span content)
{
	if (fchmod(fd, mode) < 0 || write_all(fd, content) < 0)
		return -1;
	return fsync(fd);
}

/* The rename itself reaches the disk with the directory. */
static int sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash == NULL ? NULL : strndup(path, (size_t)(slash - path) + 1);
	int fd = open(directory == NULL ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	free(directory);
	return result;
}

int file_write(const char *path, mode_t mode, struct span content, struct error *err)
{
	struct buffer name = BUFFER_INIT;
	int fd, failed, saved;

	buffer_printf(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.data, O_CLOEXEC);
	failed = fd < 0 || fill(fd, mode, content) < 0;
	saved = errno;
	if (fd >= 0 && close(fd) < 0 && !failed) {
		failed = 1;
		saved = errno;
	}
	if (!failed && rename(name.data, path) < 0) {
		failed = 1;
		saved = errno;
	}
	if (failed && fd >= 0)
		unlink(name.data);
	buffer_clear(&name);
	if (!failed && sync_directory(path) < 0) {
		failed = 1;
		saved = errno;
	}
	return failed ? error_cannot(err, "%s: cannot write: %s", path, strerror(saved)) : 0;
}

static int fail_write(const char *path, struct error *err)
{
	return error_cannot(err, "%s: cannot write: %s", path, strerror(errno));
}

/* What the path leads to: 1 a pipe or a device; 0 a file, or nothing; -1 with errno. */
static int is_special(const char *path, mode_t *mode)
{
	struct stat st;
	mode_t mask;

	if (stat(path, &st) < 0) {
		mask = umask(0);
		umask(mask);
		*mode = 0666 & ~mask;
		return errno == ENOENT ? 0 : -1;
	}
	*mode = st.st_mode & 0777;
	if (!S_ISDIR(st.st_mode))
		return S_ISREG(st.st_mode) ? 0 : 1;
	errno = EISDIR;
	return -1;
}

static int write_special(const char *path, struct span content, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int failed = fd < 0 || write_all(fd, content) < 0;

	if (failed)
		fail_write(path, err);
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

/* Through links, so that not the link is replaced; free it. */
static char *target_of(const char *path)
{
	char *target = realpath(path, NULL);

	return target == NULL ? strdup(path) : target;
}

int file_output(const char *path, struct span content, struct error *err)
{
	mode_t mode;
	int special = is_special(path, &mode), failed;
	char *target;

	if (special != 0)
		return special < 0 ? fail_write(path, err) : write_special(path, content, err);
	target = target_of(path);
	failed = file_write(target, mode, content, err);
	free(target);
	return failed;
}

/* Whether a name beside it can be made. */
static int try_beside(const char *path)
{
	char *target = target_of(path);
	struct buffer name = BUFFER_INIT;
	int fd, saved;

	buffer_printf(&name, "%s.XXXXXX", target);
	fd = mkostemp(name.data, O_CLOEXEC);
	saved = errno;
	if (fd >= 0) {
		close(fd);
		unlink(name.data);
	}
	buffer_clear(&name);
	free(target);
	errno = saved;
	return fd < 0 ? -1 : 0;
}

int file_check_output(const char *path, struct error *err)
{
	mode_t mode;
	int special = is_special(path, &mode);

	if (special == 0)
		special = try_beside(path);
	else if (special > 0)
		special = access(path, W_OK);
	return special < 0 ? fail_write(path, err) : 0;
}
