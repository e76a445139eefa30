/*
 * SPDX-License-Identifier: ISC
 *
 * Reading a structured header value.
 */
#include "mail/reader.h"

#include "mail/grammar.h"

int mail_expected(const struct mail_reader *r, const char *what)
{
	char got[MAIL_GOT_SIZE];

	return error_usage(r->err, "octet %zu: expected %s, got %s", r->at + 1, what,
	    mail_got(r->text, r->at, got));
}

int mail_skip(struct mail_reader *r)
{
	const char *wanted;

	return mail_skip_cfws(r->text, &r->at, &wanted) < 0 ? mail_expected(r, wanted) : 0;
}

bool mail_take(struct mail_reader *r, char c)
{
	if (r->at >= r->text.len || r->text.data[r->at] != c)
		return false;
	r->at++;
	return true;
}
