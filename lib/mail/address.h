/*
 * SPDX-License-Identifier: ISC
 *
 * Addresses: the paths of SMTP commands (RFC 5321 4.1.2) and the mailboxes of header fields
 * (RFC 5322 3.4). Results borrow from the text that was parsed, or live in the arena given.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

/* local@domain; domain is empty for "<>" and "<postmaster>". Quoted local parts keep quotes. */
struct mail_path {
	struct span address; /* local@domain as written, without brackets and source route */
	struct span local;
	struct span domain; /* a name or an address literal with its brackets */
	struct span route;  /* "@a,@b" of an obsolete source route, else empty */
};

enum mail_path_flags {
	MAIL_PATH_NULL = 1,       /* "<>" is allowed (MAIL FROM) */
	MAIL_PATH_POSTMASTER = 2, /* "<postmaster>" is allowed (RCPT TO) */
	MAIL_PATH_UTF8 = 4,       /* RFC 6531 characters are allowed */
};

/*
 * Parses a path in angle brackets at the start of text. Returns the octets it takes, or -1 with
 * err saying what was wrong. Limits (RFC 5321 4.5.3.1): local part 64, domain 255, path 256.
 */
ptrdiff_t mail_path_parse(
    struct span text, unsigned flags, struct mail_path *out, struct error *err);

struct mail_mailbox {
	struct span local;   /* unquoted */
	struct span domain;  /* as written, lower case not forced */
	struct span display; /* unquoted display name, encoded words as they are; may be empty,
	                        and may hold octets that are no UTF-8 */
};

struct mail_mailbox_list {
	struct mail_mailbox *items;
	size_t count;
};

/* At most this many mailboxes of one field are kept. */
#define MAIL_MAILBOX_MAX 1000

/*
 * Parses the unfolded value of From, To, Cc or Sender: mailboxes, groups, comments and obsolete
 * routes. Strings live in the arena. local and domain are valid UTF-8 without control octets. 0,
 * or -1 with err when it is no address list; one without any address or group is none.
 */
int mail_address_list_parse(
    struct span value, struct arena *a, struct mail_mailbox_list *out, struct error *err);

/*
 * Adds a mailbox; the list grows in the arena by doubling, its capacity is always the power of two
 * at or above count.
 */
void mail_mailbox_append(
    struct mail_mailbox_list *list, struct arena *a, const struct mail_mailbox *item);

/* local@domain in the arena, the local part quoted again where it must be. */
const char *mail_mailbox_address(struct arena *a, const struct mail_mailbox *m);

#endif
