/*
 * SPDX-License-Identifier: ISC
 *
 * The public suffix list by libpsl: always the list that is compiled into it, so that the answer
 * depends on nothing but the name.
 */
#include "mail/suffix.h"

#include <libpsl.h>
#include <string.h>

/* No normalized name is longer (253 characters, each an escape of four at worst). */
#define NAME_MAX_SIZE 1024

struct span mail_organizational_domain(struct span name)
{
	char text[NAME_MAX_SIZE];
	const char *found;

	if (name.len == 0 || name.len >= sizeof(text))
		return name;
	memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	found = psl_registrable_domain(psl_builtin(), text);
	return found == NULL ? name : span_after(name, (size_t)(found - text));
}
