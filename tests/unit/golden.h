/*
 * SPDX-License-Identifier: ISC
 *
 * Golden files: output compared byte for byte with a file of tests/golden, which is written anew
 * when MAILASSAY_GOLDEN=1 is set. Files are found from $srcdir, or here.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "base/buffer.h"

/* Compares, and shows the first line that differs. */
void golden_check(const char *name, struct span got);
/* The content of a file of the source tree. */
void golden_source(const char *path, struct buffer *out);

#endif
