/*
 * SPDX-License-Identifier: ISC
 *
 * The sandbox that the opinion process locks itself into.
 */
#ifndef OPINION_SANDBOX_H
#define OPINION_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

/* Built with sanitizers, which need address space and standard error for their reports. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED true
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED false
#endif

/*
 * From here on the process can read and write the descriptors that it has, ask for memory and the
 * time, and end; any other system call kills it. It gets no new descriptors, no processes and no
 * privileges. Cannot be undone. 0, or -1 with err: then the process must not go on.
 */
int sandbox_close(struct error *err);

#endif
