/*
 * SPDX-License-Identifier: ISC
 *
 * Secrets in command lines and replies: what of a line may go into a transcript.
 */
#ifndef SMTP_MASK_H
#define SMTP_MASK_H

#include <stdbool.h>

#include "base/buffer.h"

/* Whether the line is AUTH, or what a client may have meant as that. */
bool smtp_mask_is_auth(struct span line);

/*
 * Appends an AUTH line with all behind a known mechanism's name as "****". Where the name is not
 * known, it may be the secret itself, and is masked too.
 */
void smtp_mask_auth(struct buffer *out, struct span line);

/*
 * Whether a line that is no command may hold a secret: it speaks of a login as other protocols do
 * (USER, PASS, LOGIN, AUTHENTICATE), hides AUTH behind other octets, or is one word of base64.
 */
bool smtp_mask_may_be_secret(struct span line);

/*
 * Whether the reply line, without its CRLF, must not be seen: the server's signature of SCRAM, on
 * which passwords can be tried out together with the challenge before it.
 */
bool smtp_mask_hides_reply(struct span line);

#endif
