/*
 * SPDX-License-Identifier: ISC
 *
 * The machine's name.
 */
#include "run/host.h"

#include <string.h>
#include <unistd.h>

const char *host_name(char out[HOST_NAME_SIZE])
{
	memset(out, 0, HOST_NAME_SIZE);
	/* A name that does not fit is cut and may lack its end. */
	if (gethostname(out, HOST_NAME_SIZE - 1) != 0 || out[0] == '\0')
		memcpy(out, "localhost", sizeof("localhost"));
	return out;
}
