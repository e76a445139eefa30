/*
 * SPDX-License-Identifier: ISC
 *
 * Folding while writing. One column is kept free for the semicolon or the quote that may follow.
 */
#include "mail/fold.h"

#define TAB_COLUMNS 8
#define USABLE      (MAIL_FOLD_COLUMNS - 1)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t columns(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == '\t' ? TAB_COLUMNS : 1;
	return n;
}

static void new_line(struct mail_fold *f)
{
	buffer_add_string(f->out, "\r\n");
	f->column = 0;
}

void mail_fold_begin(struct mail_fold *f, struct buffer *out, const char *name)
{
	*f = (struct mail_fold){out, 0};
	mail_fold_join(f, span_from(name));
	mail_fold_join(f, SPAN(":"));
}

void mail_fold_join(struct mail_fold *f, struct span text)
{
	buffer_add_span(f->out, text);
	f->column += columns(text);
}

void mail_fold_line(struct mail_fold *f, struct span word)
{
	new_line(f);
	mail_fold_join(f, SPAN("\t"));
	mail_fold_join(f, word);
}

void mail_fold_word(struct mail_fold *f, struct span word)
{
	if (f->column + 1 + columns(word) > USABLE) {
		mail_fold_line(f, word);
		return;
	}
	mail_fold_join(f, SPAN(" "));
	mail_fold_join(f, word);
}

/* Whether a line may begin at n: with a blank that stands alone. */
static bool may_break(struct span text, size_t n)
{
	return is_blank(text.data[n]) && (n == 0 || !is_blank(text.data[n - 1])) &&
	       n + 1 < text.len && !is_blank(text.data[n + 1]);
}

void mail_fold_text(struct mail_fold *f, struct span text)
{
	size_t end;

	for (size_t start = 0; start < text.len; start = end) {
		struct span piece;

		for (end = start + 1; end < text.len && !may_break(text, end);)
			end++;
		piece = span_of(text.data + start, end - start);
		if (may_break(text, start) && f->column + columns(piece) > USABLE)
			new_line(f);
		mail_fold_join(f, piece);
	}
}

void mail_fold_end(struct mail_fold *f)
{
	new_line(f);
}
