/*
 * SPDX-License-Identifier: ISC
 *
 * Replays a corpus through a fuzz target: every file of the folders given, once; without one, of
 * the target's own corpus. "make check" links each target with this instead of libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n;
	uint8_t *exact;

	if (f == NULL)
		return -1;
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	/* A block of its own, so that a sanitizer sees a read past the end. */
	exact = malloc(n == 0 ? 1 : n);
	if (exact == NULL)
		abort();
	memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

static int replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (replay_file(path) == 0)
			count++;
	}
	closedir(dir);
	return count;
}

/* fuzz_NAME replays $srcdir/tests/fuzz/corpus/NAME. */
static int replay_own(const char *program)
{
	const char *srcdir = getenv("srcdir"), *name = strstr(program, "fuzz_");
	char folder[4096];

	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", srcdir == NULL ? "." : srcdir,
	    name == NULL ? program : name + 5);
	return replay_folder(folder);
}

int main(int argc, char **argv)
{
	int count =
	    argc > 1
		? 0
		: replay_own(strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1);

	for (int i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%d inputs replayed\n", count);
	if (count > 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "replay: no input in the folders: expected at least one file\n");
	return EXIT_FAILURE;
}
