/*
 * SPDX-License-Identifier: ISC
 *
 * Whole files: what is written is read again, bounds hold, and a failure leaves the old file.
 */
#include "run/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char directory[200];
static struct buffer path;

static void begin(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(
	    directory, sizeof(directory), "%s/mailassay-file-XXXXXX", base == NULL ? "/tmp" : base);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	buffer_printf(&path, "%s/x", directory);
}

/* How many files are there; removes them. */
static int end(void)
{
	DIR *d = opendir(directory);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	ck_assert_int_eq(rmdir(directory), 0);
	buffer_clear(&path);
	return count;
}

START_TEST(written_and_read)
{
	struct buffer out = BUFFER_INIT, large = BUFFER_INIT;
	struct error err = {.text = ""};
	struct stat st;

	begin();
	ck_assert_int_eq(file_write(path.data, 0640, SPAN("old"), &err), 0);
	for (int i = 0; i < 200000; i++)
		buffer_add(&large, "\0\n", 2);
	ck_assert_msg(file_write(path.data, 0600, buffer_span(&large), &err) == 0, "%s", err.text);
	ck_assert_int_eq(stat(path.data, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	buffer_add_string(&out, "before");
	ck_assert_msg(file_read(path.data, large.len, &out, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(out.len, large.len + 6);
	ck_assert(span_equal(span_after(buffer_span(&out), 6), buffer_span(&large)));
	/* One octet too many: an error, and what was there stays. */
	buffer_reset(&out);
	buffer_add_string(&out, "before");
	ck_assert_int_eq(file_read(path.data, large.len - 1, &out, &err), -1);
	ck_assert_int_eq(err.kind, ERROR_CANNOT);
	ck_assert_ptr_nonnull(strstr(err.text, "/x: expected at most 399999 octets"));
	ck_assert_str_eq(out.data, "before");
	ck_assert_int_eq(end(), 1);
	buffer_clear(&out);
	buffer_clear(&large);
}
END_TEST

START_TEST(empty_file)
{
	struct buffer out = BUFFER_INIT;
	struct error err;

	begin();
	ck_assert_int_eq(file_write(path.data, 0600, SPAN(""), &err), 0);
	ck_assert_int_eq(file_read(path.data, 0, &out, &err), 0);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_eq(end(), 1);
	buffer_clear(&out);
}
END_TEST

START_TEST(failures)
{
	struct buffer out = BUFFER_INIT, below = BUFFER_INIT;
	struct error err;

	begin();
	ck_assert_int_eq(file_read(path.data, 10, &out, &err), -1);
	ck_assert_ptr_nonnull(
	    strstr(err.text, "/x: expected a file that can be read, got \"No such file"));
	ck_assert_int_eq(file_read(directory, 10, &out, &err), -1);
	ck_assert_ptr_nonnull(
	    strstr(err.text, ": expected a file that can be read, got \"Is a directory\""));
	buffer_printf(&below, "%s/none/x", directory);
	ck_assert_int_eq(file_write(below.data, 0600, SPAN("x"), &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/none/x: cannot write: No such file"));
	/* A name that a directory has: the temporary file goes again. */
	ck_assert_int_eq(mkdir(path.data, 0700), 0);
	ck_assert_int_eq(file_write(path.data, 0600, SPAN("x"), &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/x: cannot write: "));
	ck_assert_int_eq(rmdir(path.data), 0);
	ck_assert_int_eq(end(), 0);
	buffer_clear(&out);
	buffer_clear(&below);
}
END_TEST

START_TEST(standard_input)
{
	struct buffer out = BUFFER_INIT;
	struct error err;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "piped", 5), 5);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	ck_assert_int_eq(file_read("-", 5, &out, &err), 0);
	ck_assert_str_eq(out.data, "piped");
	buffer_clear(&out);
}
END_TEST

/* The mode stays, a link leads on to what is written, and trying leaves nothing behind. */
START_TEST(output_to_files)
{
	struct buffer out = BUFFER_INIT, link = BUFFER_INIT;
	struct error err = {.text = ""};
	struct stat st;

	begin();
	buffer_printf(&link, "%s/link", directory);
	ck_assert_msg(file_check_output(path.data, &err) == 0, "%s", err.text);
	ck_assert_int_lt(stat(path.data, &st), 0);
	ck_assert_msg(file_output(path.data, SPAN("one"), &err) == 0, "%s", err.text);
	ck_assert_int_eq(chmod(path.data, 0640), 0);
	ck_assert_int_eq(symlink("x", link.data), 0);
	ck_assert_msg(file_check_output(link.data, &err) == 0, "%s", err.text);
	ck_assert_msg(file_output(link.data, SPAN("two"), &err) == 0, "%s", err.text);
	ck_assert_int_eq(lstat(link.data, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(stat(path.data, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(file_read(path.data, 10, &out, &err), 0);
	ck_assert_str_eq(out.data, "two");
	ck_assert_int_eq(end(), 2);
	buffer_clear(&out);
	buffer_clear(&link);
}
END_TEST

START_TEST(output_to_what_is_no_file)
{
	struct buffer below = BUFFER_INIT;
	struct error err = {.text = ""};
	struct stat st;

	begin();
	ck_assert_msg(file_check_output("/dev/null", &err) == 0, "%s", err.text);
	ck_assert_msg(file_output("/dev/null", SPAN("x"), &err) == 0, "%s", err.text);
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
	ck_assert_int_eq(file_check_output(directory, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, ": cannot write: Is a directory"));
	ck_assert_int_eq(file_output(directory, SPAN("x"), &err), -1);
	buffer_printf(&below, "%s/none/x", directory);
	ck_assert_int_eq(file_check_output(below.data, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/none/x: cannot write: No such file"));
	ck_assert_int_eq(file_output(below.data, SPAN("x"), &err), -1);
	ck_assert_int_eq(end(), 0);
	buffer_clear(&below);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {written_and_read, empty_file, failures, standard_input,
	    output_to_files, output_to_what_is_no_file, NULL};

	return unit_main("file", tests);
}
