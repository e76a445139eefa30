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

#endif
