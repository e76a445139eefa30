/*
 * SPDX-License-Identifier: ISC
 *
 * When a session must end because of time.
 */
#include "gateway/deadline.h"

void deadline_line(struct deadline *d, bool in_line, int64_t now_us)
{
	if (!in_line)
		d->line_us = 0;
	else if (d->line_us == 0)
		d->line_us = now_us;
}

void deadline_data(struct deadline *d, bool in_data, uint64_t n, int64_t now_us)
{
	d->octets += n;
	if (in_data && d->data_us == 0) {
		d->data_us = now_us;
	} else if (!in_data && d->data_us != 0) {
		d->spent_us += now_us - d->data_us;
		d->data_us = 0;
	}
}

void deadline_message(struct deadline *d)
{
	d->data_us = 0;
	d->spent_us = 0;
	d->octets = 0;
}

/*
 * So many octets last for so long at the rate that is asked for; when they came matters only once
 * the time of grace is over.
 */
static int64_t data_deadline(const struct deadline *d)
{
	int64_t lasts = d->settings->data_rate_after_ms * 1000;
	uint64_t paid;

	if (d->data_us == 0 || d->settings->data_rate == 0)
		return DEADLINE_NEVER;
	/* Seconds first: octets of a message times a million fit, but only up to 2^44. */
	paid = d->octets / d->settings->data_rate * 1000000 +
	       d->octets % d->settings->data_rate * 1000000 / d->settings->data_rate;
	if ((int64_t)paid > lasts)
		lasts = (int64_t)paid;
	return d->data_us - d->spent_us + lasts;
}

int64_t deadline_next(const struct deadline *d, int64_t silence_ms, enum deadline_kind *kind)
{
	int64_t at[DEADLINE_COUNT] = {
	    [DEADLINE_SESSION] = d->started_us + d->settings->session_timeout_ms * 1000,
	    [DEADLINE_LINE] = DEADLINE_NEVER,
	    [DEADLINE_DATA] = DEADLINE_NEVER,
	    [DEADLINE_SILENCE] = DEADLINE_NEVER,
	};

	if (silence_ms > 0) {
		at[DEADLINE_SILENCE] = d->active_us + silence_ms * 1000;
		at[DEADLINE_DATA] = data_deadline(d);
		if (d->line_us != 0)
			at[DEADLINE_LINE] = d->line_us + d->settings->line_timeout_ms * 1000;
	}
	*kind = DEADLINE_SESSION;
	for (int i = 0; i < DEADLINE_COUNT; i++)
		if (at[i] < at[*kind])
			*kind = (enum deadline_kind)i;
	return at[*kind];
}
