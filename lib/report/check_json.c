/*
 * SPDX-License-Identifier: ISC
 *
 * A judged message with its gate, as one JSON object.
 */
#include "report/check.h"
#include "report/json_internal.h"

void report_check_json(struct buffer *out, const struct record_message *m, const struct gate *gate)
{
	struct arena *a = arena_new();
	json_t *object = json_message(a, m);

	if (gate != NULL)
		json_put(object, "gate", json_gate(a, gate));
	json_finish(out, object, a);
}
