/*
 * SPDX-License-Identifier: ISC
 *
 * What a listener refuses because of its verdict (enforce): what the sender's own DMARC policy
 * asks to reject, or what does not meet a receiver's profile. Made once, never changed, and shared
 * by generations and workers.
 */
#ifndef GATEWAY_ENFORCEMENT_H
#define GATEWAY_ENFORCEMENT_H

#include "conf/receiver.h"
#include "policy/policy.h"

struct enforcement;

/*
 * What the listener of the settings enforces. 0 with *out, NULL where it refuses nothing; -1 with
 * "FILE:LINE: ..." when there is no such profile, or it cannot be read.
 */
int enforcement_new(const struct conf_settings *settings, const struct conf_listener *l,
    const struct conf_receivers *receivers, struct enforcement **out, struct error *err);
/* NULL is fine for both. */
struct enforcement *enforcement_ref(struct enforcement *e);
void enforcement_unref(struct enforcement *e);

/*
 * The reply that refuses the message, in one line as receivers' files write it ("550-5.7.26 ..." is
 * of several lines, see smtp_reply_from_text), in the arena; NULL: it is accepted. A profile
 * refuses with the reply of the first requirement that failed and has one; where none failed, but
 * one with a reply could not be judged because the DNS did not answer, with a 451. The facts are
 * those of the observed viewpoint; their content is read from the source when it is needed.
 */
const char *enforcement_judge(const struct enforcement *e, const struct policy_facts *facts,
    struct span source, struct arena *a);

#endif
