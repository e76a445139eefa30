/*
 * SPDX-License-Identifier: ISC
 *
 * run/host: the machine's name.
 */
#include "unit.h"

#include <string.h>
#include <sys/utsname.h>

#include "run/host.h"

START_TEST(the_machines)
{
	struct utsname machine;
	char name[HOST_NAME_SIZE];

	memset(name, 'x', sizeof(name));
	ck_assert_ptr_eq(host_name(name), name);
	ck_assert_int_eq(uname(&machine), 0);
	ck_assert_str_eq(name, machine.nodename[0] == '\0' ? "localhost" : machine.nodename);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {the_machines, NULL};

	return unit_main("host", tests);
}
