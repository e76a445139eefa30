/*
 * SPDX-License-Identifier: ISC
 *
 * How to make common clients trust the development CA, in words for a person.
 */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "base/buffer.h"

/* Appends the text; ca is the path of the CA's certificate. */
void trust_write(const char *ca, struct buffer *out);

#endif
