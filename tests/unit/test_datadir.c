/*
 * SPDX-License-Identifier: ISC
 *
 * The data directory: the order of the places, making it, its lock.
 */
#include "store/datadir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sample.h"
#include "unit.h"

static void set(const char *name, const char *value)
{
	ck_assert_int_eq(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

/* Rows without "given" are for machines without the system's directory. */
static const struct {
	const char *row, *given, *state, *home;
	const char *want; /* NULL: an error */
} places[] = {
    {"given", "/given", "/state", "/home/a", "/given"},
    {"given is relative", "given", NULL, NULL, "given"},
    {"given is empty", "", "/state", "/home/a", NULL},
    {"XDG_STATE_HOME", NULL, "/state", "/home/a", "/state/mailassay"},
    {"XDG_STATE_HOME is relative", NULL, "state", "/home/a", "/home/a/.local/state/mailassay"},
    {"HOME", NULL, NULL, "/home/a", "/home/a/.local/state/mailassay"},
    {"nothing", NULL, NULL, NULL, NULL},
};

START_TEST(find_takes_the_first_place)
{
	bool system = access("/var/lib/mailassay", F_OK) == 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct buffer out = BUFFER_INIT;
		struct error err;
		int result;

		if (system && places[i].given == NULL)
			continue;
		set("XDG_STATE_HOME", places[i].state);
		set("HOME", places[i].home);
		result = datadir_find(places[i].given, i % 2 == 0, &out, &err);
		ck_assert_msg(result == (places[i].want != NULL ? 0 : -1), "%s: result %d",
		    places[i].row, result);
		if (places[i].want != NULL)
			unit_span_eq(places[i].row, buffer_span(&out), places[i].want);
		else
			ck_assert_ptr_nonnull(strstr(err.text, "--data"));
		buffer_clear(&out);
	}
}
END_TEST

static int mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return (int)(st.st_mode & 07777);
}

START_TEST(make_makes_parents_and_the_mode)
{
	struct arena *a = arena_new();
	char *base = sample_dir();
	const char *dir = sample_path(a, base, "one/two/data");
	struct error err;

	umask(077);
	ck_assert_int_eq(datadir_make(dir, &err), 0);
	ck_assert_int_eq(mode_of(dir), 0750);
	ck_assert_int_eq(mode_of(sample_path(a, base, "one/two")), 0700);
	/* one that is there keeps its mode */
	ck_assert_int_eq(chmod(dir, 0700), 0);
	ck_assert_int_eq(datadir_make(dir, &err), 0);
	ck_assert_int_eq(mode_of(dir), 0700);
	ck_assert_int_eq(datadir_make(sample_path(a, base, "three/"), &err), 0);
	ck_assert_int_eq(mode_of(sample_path(a, base, "three")), 0750);
	sample_dir_free(base);
	arena_free(a);
}
END_TEST

START_TEST(make_refuses_a_file)
{
	static const char *const names[] = {"file", "file/data", ""};
	struct arena *a = arena_new();
	char *base = sample_dir();
	FILE *f = fopen(sample_path(a, base, "file"), "w");

	ck_assert_ptr_nonnull(f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *dir = *names[i] != '\0' ? sample_path(a, base, names[i]) : "";
		struct error err = {.text = ""};

		ck_assert_msg(datadir_make(dir, &err) == -1, "%s", names[i]);
		ck_assert_msg(
		    strstr(err.text, "data directory: ") != NULL && err.kind == ERROR_CANNOT,
		    "%s: %s", names[i], err.text);
	}
	sample_dir_free(base);
	arena_free(a);
}
END_TEST

START_TEST(lock_is_exclusive_and_names_the_process)
{
	char *dir = sample_dir();
	char want[64];
	struct error err;
	int first, again;

	ck_assert(!datadir_is_locked(dir));
	first = datadir_lock(dir, &err);
	ck_assert_int_ge(first, 0);
	ck_assert(datadir_is_locked(dir));
	ck_assert_int_eq(datadir_lock(dir, &err), -1);
	snprintf(want, sizeof(want), "(process %ld)", (long)getpid());
	ck_assert_msg(strstr(err.text, want) != NULL && strstr(err.text, dir) != NULL &&
			  err.kind == ERROR_CANNOT,
	    "%s", err.text);
	close(first);
	ck_assert(!datadir_is_locked(dir));
	again = datadir_lock(dir, &err);
	ck_assert_int_ge(again, 0);
	close(again);
	sample_dir_free(dir);
}
END_TEST

START_TEST(lock_survives_rubbish_in_its_file)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct error err;
	int fd = datadir_lock(dir, &err);
	FILE *f = fopen(sample_path(a, dir, "lock"), "w");

	ck_assert_int_ge(fd, 0);
	fputs("-17 \x01 rubbish that is longer than any number", f);
	fclose(f);
	ck_assert_int_eq(datadir_lock(dir, &err), -1);
	ck_assert_msg(strstr(err.text, "another mailassay serves") != NULL &&
			  strstr(err.text, "process") == NULL,
	    "%s", err.text);
	close(fd);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

START_TEST(lock_needs_the_directory)
{
	struct arena *a = arena_new();
	char *dir = sample_dir();
	struct error err;

	ck_assert_int_eq(datadir_lock(sample_path(a, dir, "none"), &err), -1);
	ck_assert_msg(strstr(err.text, "No such file") != NULL, "%s", err.text);
	sample_dir_free(dir);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {find_takes_the_first_place, make_makes_parents_and_the_mode,
	    make_refuses_a_file, lock_is_exclusive_and_names_the_process,
	    lock_survives_rubbish_in_its_file, lock_needs_the_directory, NULL};

	return unit_main("datadir", tests);
}
