/*
 * SPDX-License-Identifier: ISC
 *
 * The steps that a policy is built by, for a section of it.
 */
#ifndef POLICY_BUILD_H
#define POLICY_BUILD_H

#include "policy/policy.h"

struct policy_build {
	struct policy *policy;
	size_t section; /* that the rules belong to */
};

/* What is in section lives as long as the policy. */
void policy_section_add(struct policy *p, struct policy_section section);
/* source lives as long as the policy; a text without any requirement adds none. */
int policy_build_requirements(
    const struct policy_build *b, struct span text, const char *source, struct error *err);
int policy_build_profiles(const struct policy_build *b, const struct conf_receivers *known,
    struct span names, struct error *err);

#endif
