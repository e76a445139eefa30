/*
 * SPDX-License-Identifier: ISC
 *
 * The SQL functions that a reading connection has besides SQLite's own:
 *
 *	message_has(SOURCE, WORD)   whether the message, whose octets these are, has an attachment,
 *	                            a link, HTML or plain text
 *	within(IP, PREFIX)          whether the address lies in ADDRESS/BITS; not when it is NULL
 */
#ifndef STORE_FUNCTION_H
#define STORE_FUNCTION_H

#include <sqlite3.h>

/* Gives them to the connection. 0, or -1 with the reason in the connection. */
int function_register(sqlite3 *db);

#endif
