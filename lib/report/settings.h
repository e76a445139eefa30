/*
 * SPDX-License-Identifier: ISC
 *
 * The configuration in force, with where each value comes from.
 */
#ifndef REPORT_SETTINGS_H
#define REPORT_SETTINGS_H

#include "base/buffer.h"
#include "conf/settings.h"

/* A configuration file that says the same, but for secrets; the source of each line behind it. */
void report_settings_text(struct buffer *out, const struct conf_settings *s);
/* JSON Lines: one object an option. */
void report_settings_json(struct buffer *out, const struct conf_settings *s);

#endif
