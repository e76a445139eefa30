/*
 * SPDX-License-Identifier: ISC
 *
 * From the drafts of listeners to listeners: defaults by kind, combinations that cannot be.
 */
#ifndef CONF_LISTENER_H
#define CONF_LISTENER_H

#include "base/error.h"
#include "conf/options.h"

/* A new listener of the draft with the defaults that do not depend on its kind. */
struct conf_listener_draft *conf_listener_add(struct conf_draft *draft, const char *name);

/*
 * Completes each listener of the draft, whose settings have the routes, refuses impossible ones,
 * and keeps them in its settings. Errors begin with FILE:LINE where the draft was read from a file.
 * 0 or -1.
 */
int conf_listeners_finish(struct conf_draft *draft, struct error *err);

/*
 * Where the option of the section was given, in the arena of the draft, and by what; NULL for a
 * default.
 */
const char *conf_place(const struct conf_draft *draft, const struct conf_lines *lines,
    enum conf_option_id id, enum conf_source *source);

/*
 * Refuses what stands in the section: "FILE:LINE: SECTION "TITLE": ...", the line being the
 * option's or, where it was not given, the section's last; or the place that it was given by
 * besides. Returns -1.
 */
int conf_refuse(const struct conf_draft *draft, const struct conf_lines *lines,
    enum conf_option_id id, struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
