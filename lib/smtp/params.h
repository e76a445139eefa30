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
	SMTP_PARAM_SIZE,       /* RFC 1870 */
	SMTP_PARAM_BODY,       /* RFC 6152, RFC 3030 */
	SMTP_PARAM_AUTH,       /* RFC 4954 5 */
	SMTP_PARAM_SMTPUTF8,   /* RFC 6531 */
	SMTP_PARAM_REQUIRETLS, /* RFC 8689 */
	SMTP_PARAM_RET,        /* RFC 3461, as the next three */
	SMTP_PARAM_ENVID,
	SMTP_PARAM_NOTIFY,
	SMTP_PARAM_ORCPT,
	SMTP_PARAM_COUNT,
};

/* In the set of allowed parameters: values may hold UTF-8 (RFC 6533 3). */
#define SMTP_PARAMS_UTF8 (1U << 31)

struct smtp_params {
	unsigned given; /* 1 << enum smtp_param */
	uint64_t size;  /* UINT64_MAX when the number is larger than that */
	enum smtp_body body;
	enum smtp_ret ret;
	unsigned notify;          /* enum smtp_notify */
	struct span envid, orcpt; /* as written, borrowed from the text; empty: not given */
};

/*
 * Parses what follows the path and its blank. allowed is the set of the parameters that the
 * command may have in this session. Returns 0, or the reply code: 501 for a malformed or repeated
 * parameter, 555 for one that is not allowed (RFC 5321 4.1.1.11); err then says which and why.
 */
int smtp_params_parse(
    struct span text, unsigned allowed, struct smtp_params *out, struct error *err);

#endif
