/*
 * SPDX-License-Identifier: ISC
 *
 * Retention: the oldest messages go until all limits are kept, then the sessions that are too old
 * and have no message.
 */
#include "store/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/clock.h"
#include "run/log.h"

/* Messages, and octets of their sources, in one transaction. */
#define TURN_MESSAGES 100
#define TURN_OCTETS   ((uint64_t)4 << 20)
#define MINUTE_US     ((int64_t)60000000)

void retain_limit(struct retain *r, const struct store_retention *limits)
{
	r->limits = *limits;
	r->due = limits->age_ms > 0 || limits->count > 0 || limits->octets > 0;
	r->next_us = 0;
}

/* Whether a limit is passed once so much is gone. */
static bool over(const struct retain *r, const struct prune_count *gone)
{
	return (r->limits.count > 0 && r->messages - gone->messages > r->limits.count) ||
	       (r->limits.octets > 0 && r->octets - gone->octets > r->limits.octets);
}

void retain_stored(struct retain *r, uint64_t size)
{
	static const struct prune_count nothing = {0};

	r->messages++;
	r->octets += size;
	r->due = r->due || (r->known && over(r, &nothing));
}

void retain_deleted(struct retain *r, const struct prune_count *count)
{
	r->messages -= count->messages;
	r->octets -= count->octets;
}

/* Whether it looks again when a minute is over: for age, or with a line to write. */
static bool ticks(const struct retain *r)
{
	return r->limits.age_ms > 0 || r->deleted.messages > 0 || r->deleted.sessions > 0;
}

bool retain_due(const struct retain *r, int64_t now_us)
{
	return r->due || (ticks(r) && now_us >= r->next_us);
}

int64_t retain_patience(const struct retain *r, int64_t now_us)
{
	if (!ticks(r))
		return -1;
	return r->next_us > now_us ? r->next_us - now_us : 0;
}

/* The totals are kept as jobs come and go; somebody else may have written too. */
static int sum_up(struct retain *r, struct prune *p, struct error *err)
{
	int64_t version = 0;

	if (prune_version(p, &version, err) < 0)
		return -1;
	if (r->known && version == r->version)
		return 0;
	if (prune_totals(p, &r->messages, &r->octets, err) < 0)
		return -1;
	r->known = true;
	r->version = version;
	return 0;
}

/* Deletes the oldest message if a limit wants it gone: 1; 0 it may stay; -1 failed. */
static int delete_oldest(const struct retain *r, struct prune *p, int64_t before_ms,
    struct prune_count *count, struct error *err)
{
	struct prune_message oldest;
	int found = prune_oldest(p, &oldest, err);

	if (found <= 0 || (oldest.received_at >= before_ms && !over(r, count)))
		return found < 0 ? -1 : 0;
	return prune_number(p, oldest.number, count, err);
}

/* 1 there may be more; 0 nothing is left to delete; -1 failed. */
static int delete_some(const struct retain *r, struct prune *p, const struct turn *t,
    struct prune_count *count, struct error *err)
{
	bool aged = r->limits.age_ms > 0;
	int64_t before_ms = aged ? clock_now_ms() - r->limits.age_ms : INT64_MIN;
	int more = 1;

	while (more > 0 && count->messages < TURN_MESSAGES && count->octets < TURN_OCTETS) {
		more = delete_oldest(r, p, before_ms, count, err);
		if (more > 0 && turn_over(t))
			return 1;
	}
	if (more != 0)
		return more;
	more = aged;
	for (int i = 0; more > 0 && i < TURN_MESSAGES && (i == 0 || !turn_over(t)); i++)
		more = prune_bare(p, before_ms, count, err);
	return more;
}

static int commit_some(struct retain *r, struct prune *p, struct insert *in, const struct turn *t,
    struct prune_count *count, struct error *err)
{
	int more;

	if (insert_begin(in, err) < 0)
		return -1;
	more = sum_up(r, p, err) < 0 ? -1 : delete_some(r, p, t, count, err);
	if (more < 0 || insert_commit(in, err) < 0) {
		insert_rollback(in);
		count->messages = 0;
		return -1;
	}
	retain_deleted(r, count);
	r->deleted.messages += count->messages;
	r->deleted.octets += count->octets;
	r->deleted.sessions += count->sessions;
	return more;
}

void retain_log(struct retain *r, int64_t now_us)
{
	char messages[24], octets[24], sessions[24];

	if (r->deleted.messages == 0 && r->deleted.sessions == 0)
		return;
	snprintf(messages, sizeof(messages), "%" PRIu64, r->deleted.messages);
	snprintf(octets, sizeof(octets), "%" PRIu64, r->deleted.octets);
	snprintf(sessions, sizeof(sessions), "%" PRIu64, r->deleted.sessions);
	log_event(CONF_LOG_INFO, NULL, "retention", "messages", messages, "octets", octets,
	    "sessions", sessions, LOG_END);
	memset(&r->deleted, 0, sizeof(r->deleted));
	r->logged_us = now_us;
}

uint64_t retain_turn(struct retain *r, struct prune *p, struct insert *in, const struct turn *t)
{
	struct prune_count count = {0};
	struct error err;
	int more = commit_some(r, p, in, t, &count, &err);
	int64_t now_us = clock_steady_us();

	if (more < 0)
		log_event(CONF_LOG_WARNING, NULL, "retention-failed", "reason", err.text, LOG_END);
	r->due = more > 0;
	if (more <= 0)
		r->next_us = now_us + MINUTE_US;
	/* Where a message goes for each that comes, a line for each would be too many. */
	if (more <= 0 && (r->logged_us == 0 || now_us - r->logged_us >= MINUTE_US))
		retain_log(r, now_us);
	return count.messages;
}
