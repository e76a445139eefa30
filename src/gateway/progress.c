/*
 * SPDX-License-Identifier: ISC
 *
 * The outcome of a session with a clock beside it.
 */
#include "gateway/progress.h"

#include "run/clock.h"

static void fill_record(struct session *s)
{
	if (s->record.stage < s->outcome.reached)
		s->record.stage = s->outcome.reached;
	s->record.failed_at = s->outcome.failed_at;
	s->record.failure = s->outcome.failure;
	for (int i = 0; i < RECORD_STAGE_DONE; i++)
		s->record.timings_ms[i] = s->spent_us[i] < 0 ? -1 : s->spent_us[i] / 1000;
}

void progress_begin(struct session *s)
{
	outcome_init(&s->outcome);
	for (int i = 0; i < RECORD_STAGE_DONE; i++)
		s->spent_us[i] = -1;
	s->spent_us[RECORD_STAGE_CONNECTION] = 0;
	s->clocked = RECORD_STAGE_CONNECTION;
	s->clocked_us = s->transcript.started_us;
	fill_record(s);
}

void progress_note(struct session *s)
{
	int64_t now = clock_steady_us();

	s->spent_us[s->clocked] += now - s->clocked_us;
	s->clocked_us = now;
	s->clocked = s->outcome.stage;
	if (s->spent_us[s->clocked] < 0)
		s->spent_us[s->clocked] = 0;
	fill_record(s);
}

void progress_line(struct session *s, struct span line)
{
	outcome_line(&s->outcome, line);
	progress_note(s);
}

void progress_replies(struct session *s)
{
	struct span output;

	if (s->machine == NULL)
		return;
	output = span_after(smtp_server_output(s->machine), s->judged);
	if (output.len == 0)
		return;
	s->judged += output.len;
	outcome_replies(&s->outcome, output);
	progress_note(s);
}
