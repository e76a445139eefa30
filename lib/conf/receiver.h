/*
 * SPDX-License-Identifier: ISC
 *
 * What receivers require of a sender, as files: one section a receiver, in it one section a
 * requirement (libconfuse syntax, as in the configuration). Its words are requirements of
 * policy/requirement.h, kept here as text with the line that they stand in.
 *
 *	receiver gmail {
 *		title = "Gmail"
 *		requirement spf-or-dkim {
 *			any = {"spf=pass", "dkim=pass"}
 *			reply = "550-5.7.26 ..."
 *			remedy = "..."
 *			source = "https://..."
 *			date = "2026-03-11"
 *		}
 *	}
 *	receiver gmail-bulk { title = "Gmail, bulk senders" include = {"gmail"} ... }
 */
#ifndef CONF_RECEIVER_H
#define CONF_RECEIVER_H

#include "base/arena.h"
#include "base/error.h"
#include "conf/settings.h"

struct conf_requirement {
	const char *name; /* the section's title */
	/* Each a text of requirements that must all hold; any one of several texts is enough. */
	struct conf_list any;
	const char *when;   /* applies only to messages of which these hold; NULL: to all */
	const char *reply;  /* NULL: the receiver has none (spam folder) */
	const char *remedy; /* NULL: that of the evaluator */
	const char *source; /* where the receiver says so */
	const char *date;   /* of that page, or when it was read: YYYY-MM-DD */
	const char *place;  /* "FILE:LINE" of its any */
};

struct conf_receiver {
	const char *name, *title;
	struct conf_list
	    include; /* receivers whose requirements come first; they stand before it */
	struct conf_requirement *requirements;
	size_t requirement_count;
	const char *place; /* "FILE:LINE" of its title */
};

#define CONF_RECEIVERS_MAX    200
#define CONF_REQUIREMENTS_MAX 200 /* of one receiver */
#define CONF_ALTERNATIVES_MAX 20  /* of one requirement */

/*
 * Receivers in the order in which they were read; a later one of the same name takes the place of
 * the earlier. So what one includes stands before it, and nothing includes itself.
 */
struct conf_receivers {
	struct conf_receiver *items;
	size_t count;
	struct arena *arena;
};

/* Those that come with the program (conf/receivers). */
void conf_receivers_builtin(struct conf_receivers *out);
void conf_receivers_clear(struct conf_receivers *r);
/*
 * Adds those of a file's text to r, which is zeroed or has some already: 0, or -1 with "FILE:LINE:
 * ...", and then r is only to be cleared. Titles, names and replies are checked, the words of
 * requirements are not (policy_add_profiles does). One call at a time in a process, as with
 * conf_settings_read.
 */
int conf_receivers_parse(
    struct span text, const char *file, struct conf_receivers *r, struct error *err);
const struct conf_receiver *conf_receiver_find(const struct conf_receivers *r, struct span name);
/* Appends the names of all, "a, b". */
void conf_receiver_names(const struct conf_receivers *r, struct buffer *out);

#endif
