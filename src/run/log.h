/*
 * SPDX-License-Identifier: ISC
 *
 * The log: one line an event on standard error, a fixed verb and key=value pairs. Values are
 * escaped here. Secrets never reach it. Any thread may call it.
 */
#ifndef RUN_LOG_H
#define RUN_LOG_H

#include "conf/settings.h"

void log_set_level(enum conf_log_level level);

/*
 * Ends the list of pairs. Pairs are (const char *key, const char *value); a NULL value leaves the
 * pair out.
 *
 *	log_event(CONF_LOG_INFO, session_id, "message-stored", "id", id, "spf", "pass", LOG_END);
 */
#define LOG_END ((const char *)0)

/* session may be NULL. */
void log_event(enum conf_log_level level, const char *session, const char *verb, ...)
    __attribute__((sentinel));

#endif
