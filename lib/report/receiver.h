/*
 * SPDX-License-Identifier: ISC
 *
 * Receivers' profiles in their two forms: for people, and as JSON.
 */
#ifndef REPORT_RECEIVER_H
#define REPORT_RECEIVER_H

#include "conf/receiver.h"
#include "report/text.h"

/* A table of all. */
void report_receivers_text(
    struct buffer *out, const struct conf_receivers *all, const struct report_style *style);
/* One with its rows, those of what it includes first: in the order in which they are judged. */
void report_receiver_text(struct buffer *out, const struct conf_receivers *all,
    const struct conf_receiver *r, const struct report_style *style);
/*
 * {"name","title","include":[],"requirements":[{"name","receiver","any":[],"when","reply","remedy",
 * "source","date"}]} without a line end; of the same rows, "receiver" being the one that has it.
 */
void report_receiver_json(
    struct buffer *out, const struct conf_receivers *all, const struct conf_receiver *r);

#endif
