/*
 * SPDX-License-Identifier: ISC
 *
 * The public suffix list, by which receivers of the time of RFC 7489 find organizational domains.
 */
#ifndef MAIL_SUFFIX_H
#define MAIL_SUFFIX_H

#include "base/span.h"

/*
 * The organizational domain of a normalized name by the list that libpsl was built with (RFC 7489
 * 3.2): the public suffix and one label more; the name itself when it is a suffix. Borrows from
 * name.
 */
struct span mail_organizational_domain(struct span name);

#endif
