/*
 * SPDX-License-Identifier: ISC
 *
 * One value of the configuration: text to what its option keeps, checked.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/arena.h"
#include "conf/options.h"

/*
 * Checks the text against the option's type, range and words, and keeps it at the option's place
 * in the draft; an item of a list is appended. Strings live in the arena. 0, or -1 with err
 * "NAME: expected ..., got ...".
 */
int conf_value_set(
    const struct conf_option *o, struct span text, void *draft, struct arena *a, struct error *err);
/* Keeps the defaults of a section's options, where they do not depend on others. */
void conf_value_defaults(enum conf_section section, void *draft, struct arena *a);
/* Appends the option's value as the configuration file would write it; false when it has none. */
bool conf_value_write(const struct conf_option *o, const void *draft, struct buffer *out);
/* Empties a list. */
void conf_value_reset(const struct conf_option *o, void *draft);

/* A number of octets with K, M or G (powers of 1024) or none behind it. 0 or -1. */
int conf_size_parse(struct span text, uint64_t *out);

/* Copies an item into the arena, behind the others. */
void conf_list_add(struct conf_list *list, struct span item, struct arena *a);

#endif
