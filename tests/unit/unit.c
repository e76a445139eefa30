/*
 * SPDX-License-Identifier: ISC
 *
 * What the unit tests share.
 */
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int unit_main(const char *name, const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(all, 60);
	for (; *tests != NULL; tests++)
		tcase_add_test(all, *tests);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t whole_pages(size_t n)
{
	return (n + page_size() - 1) / page_size() * page_size();
}

struct span unit_guard(struct span s)
{
	size_t data = whole_pages(s.len);
	char *p = mmap(
	    NULL, data + page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + data, page_size(), PROT_NONE) != 0)
		abort();
	if (s.len > 0)
		memcpy(p + data - s.len, s.data, s.len);
	return span_of(p + data - s.len, s.len);
}

void unit_guard_free(struct span s)
{
	size_t data = whole_pages(s.len);
	uintptr_t end = (uintptr_t)s.data + s.len;

	munmap((void *)(end - data), data + page_size());
}
