/*
 * SPDX-License-Identifier: ISC
 *
 * The text of a configuration file to a draft: libconfuse for the grammar, the option table for
 * everything else.
 */
#ifndef CONF_READER_H
#define CONF_READER_H

#include "base/error.h"
#include "conf/options.h"

/*
 * Fills the draft, whose settings have an arena, with defaults and what the text gives. Sections
 * stand in the order of the file. 0, or -1 with err "FILE:LINE: ...".
 *
 * libconfuse keeps its scanner in globals of its own: one call at a time in a process.
 */
int conf_read(struct span text, const char *file, struct conf_draft *draft, struct error *err);

#endif
