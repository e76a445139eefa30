/*
 * SPDX-License-Identifier: ISC
 *
 * Whole files.
 */
#ifndef RUN_FILE_H
#define RUN_FILE_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"

/* Appends the content of the file, at most max octets ("-" is standard input). 0 or -1. */
int file_read(const char *path, size_t max, struct buffer *out, struct error *err);
/* Writes the file whole: a temporary name beside it, fsync, then rename. 0 or -1. */
int file_write(const char *path, mode_t mode, struct span content, struct error *err);
/*
 * The same for a file that a person names: the mode is that of the file there, else the process's
 * usual one, and what is no file but a pipe or a device is written to. 0 or -1.
 */
int file_output(const char *path, struct span content, struct error *err);
/* Whether it could be done now: 0, or -1 with why not. Leaves nothing behind. */
int file_check_output(const char *path, struct error *err);

#endif
