/*
 * SPDX-License-Identifier: ISC
 *
 * Golden files.
 */
#include "golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_source(const char *path, const char *mode)
{
	const char *srcdir = getenv("srcdir");
	struct buffer full = BUFFER_INIT;
	FILE *f;

	buffer_printf(&full, "%s/%s", srcdir == NULL ? "." : srcdir, path);
	f = fopen(full.data, mode);
	ck_assert_msg(f != NULL, "%s: cannot be opened (%s)", full.data, mode);
	buffer_clear(&full);
	return f;
}

void golden_source(const char *path, struct buffer *out)
{
	FILE *f = open_source(path, "rb");
	char chunk[4096];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buffer_add(out, chunk, n);
	fclose(f);
}

static void write_anew(const char *path, struct span got)
{
	FILE *f = open_source(path, "wb");

	ck_assert_uint_eq(fwrite(got.data, 1, got.len, f), got.len);
	ck_assert_int_eq(fclose(f), 0);
}

static void compare(const char *path, struct span got, struct span want)
{
	unsigned line = 1;

	while (got.data != NULL || want.data != NULL) {
		struct span g = span_cut(&got, '\n'), w = span_cut(&want, '\n');

		ck_assert_msg(span_equal(g, w), "%s:%u: got \"%.*s\", expected \"%.*s\"", path,
		    line++, (int)g.len, g.len == 0 ? "" : g.data, (int)w.len,
		    w.len == 0 ? "" : w.data);
	}
}

void golden_check(const char *name, struct span got)
{
	const char *anew = getenv("MAILASSAY_GOLDEN");
	struct buffer want = BUFFER_INIT, path = BUFFER_INIT;

	buffer_printf(&path, "tests/golden/%s", name);
	if (anew != NULL && strcmp(anew, "1") == 0) {
		write_anew(path.data, got);
	} else {
		golden_source(path.data, &want);
		compare(path.data, got, buffer_span(&want));
		ck_assert_uint_eq(got.len, want.len);
	}
	buffer_clear(&want);
	buffer_clear(&path);
}
