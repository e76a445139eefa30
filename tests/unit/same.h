/*
 * SPDX-License-Identifier: ISC
 *
 * Records that were stored and read again are compared member by member; each fails the test.
 */
#ifndef SAME_H
#define SAME_H

#include "record/record.h"

/* All but the ids of its messages. */
void same_session(const struct record_session *got, const struct record_session *want);
/* All but its session and its opinions. */
void same_message(const struct record_message *got, const struct record_message *want);
/* Client, authentication and TLS alone. */
void same_facts(const struct record_session *got, const struct record_session *want);
void same_findings(const struct finding_list *got, const struct finding_list *want);

#endif
