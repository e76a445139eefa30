/*
 * SPDX-License-Identifier: ISC
 *
 * Writing a structured header field within 78 columns (RFC 5322 2.1.1): piece by piece, with a
 * line end before the piece that would not fit. What is written is never changed by folding.
 */
#ifndef MAIL_FOLD_H
#define MAIL_FOLD_H

#include <stdbool.h>

#include "base/buffer.h"

#define MAIL_FOLD_COLUMNS 78

struct mail_fold {
	struct buffer *out;
	size_t column; /* of the line being written; a tab counts as 8 */
};

/* Begins the field "NAME:" at the end of out. */
void mail_fold_begin(struct mail_fold *f, struct buffer *out, const char *name);
/* Appends a word behind a blank, or on the next line behind a tab. */
void mail_fold_word(struct mail_fold *f, struct span word);
/* The same, on the next line in any case. */
void mail_fold_line(struct mail_fold *f, struct span word);
/* Appends to the word without a fold. */
void mail_fold_join(struct mail_fold *f, struct span text);
/*
 * Appends text to the word, where its blanks may become folds: the blank then begins the next
 * line, so that unfolding gives the same text. For quoted strings and comments.
 */
void mail_fold_text(struct mail_fold *f, struct span text);
/* Ends the field with CRLF. */
void mail_fold_end(struct mail_fold *f);

#endif
