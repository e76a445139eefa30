/*
 * SPDX-License-Identifier: ISC
 *
 * One sentence that says why an operation failed.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	err->kind = kind;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}
