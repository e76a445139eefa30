/*
 * SPDX-License-Identifier: ISC
 *
 * The parameters of MAIL and RCPT (RFC 5321 4.1.2 esmtp-param): one row a parameter.
 */
#ifndef SMTP_PARAMS_H
#define SMTP_PARAMS_H

#include "base/error.h"
#include "smtp/server.h"

enum smtp_param {
	SMTP_PARAM_SIZE, /* RFC 1870 */
	SMTP_PARAM_BODY, /* RFC 6152 */
	SMTP_PARAM_AUTH, /* RFC 4954 5 */
	SMTP_PARAM_COUNT,
};

struct smtp_params {
	unsigned given; /* 1 << enum smtp_param */
	uint64_t size;  /* UINT64_MAX when the number is larger than that */
	enum smtp_body body;
};

/*
 * Parses what follows the path and its blank. allowed is the set of the parameters that the
 * command may have in this session. Returns 0, or the reply code: 501 for a malformed or repeated
 * parameter, 555 for one that is not allowed (RFC 5321 4.1.1.11); err then says which and why.
 */
int smtp_params_parse(
    struct span text, unsigned allowed, struct smtp_params *out, struct error *err);

#endif
