/*
 * SPDX-License-Identifier: ISC
 *
 * What libopendmarc says of a message's DMARC. Only for the process that runs it.
 */
#ifndef OPINION_ASK_DMARC_H
#define OPINION_ASK_DMARC_H

#include "opinion/ask_spf.h"

/* "libopendmarc", with its version where its header states one. Safe anywhere. Returns out. */
const char *ask_dmarc_library(char out[LIBRARY_NAME_SIZE]);

/*
 * Loads the public suffix list, once, before the sandbox closes; the library keeps it for the whole
 * process. 0, or -1 with err: then every answer is unavailable.
 */
int ask_dmarc_load(struct error *err);

/*
 * The library's result over the view: its own discovery of the record, its own parser and
 * alignment, on the results of SPF and DKIM in the question. As for ask_spf.
 */
void ask_dmarc(const struct opinion_question *q, struct dns_view *view, struct arena *a,
    struct opinion_says *out);

#endif
