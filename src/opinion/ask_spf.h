/*
 * SPDX-License-Identifier: ISC
 *
 * What libspf2 says of a message's SPF. Only for the process that runs it: the library is not safe
 * against hostile records.
 */
#ifndef OPINION_ASK_SPF_H
#define OPINION_ASK_SPF_H

#include "opinion/question.h"
#include "opinion/reply.h"

#define LIBRARY_NAME_SIZE 40

/* "libspf2 1.2.10". Safe anywhere. Returns out. */
const char *ask_spf_library(char out[LIBRARY_NAME_SIZE]);

/* Made once, before the sandbox closes. NULL: the library gave none. */
struct ask_spf;
struct ask_spf *ask_spf_new(void);
void ask_spf_free(struct ask_spf *s);

/*
 * The library's own result over the view, none of its gaps mended. A name that is missing in the
 * view is noted there, and *out means nothing then. Strings live in the arena.
 */
void ask_spf(struct ask_spf *s, const struct opinion_question *q, struct dns_view *view,
    struct arena *a, struct opinion_says *out);

#endif
