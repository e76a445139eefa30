/*
 * SPDX-License-Identifier: ISC
 *
 * Orders to the store, by the control socket or by a writer of our own.
 */
#include "cli/order.h"

#include <stdlib.h>

#include "base/memory.h"
#include "control/control.h"
#include "net/loop.h"

struct orders {
	const char *data_dir;
	/* where this process writes: */
	struct store_writer *writer;
	struct loop *loop;
	struct loop_waker *done;
	struct store_mailbox *mailbox;
};

struct orders *orders_new(const char *data_dir)
{
	struct orders *o = memory_new(sizeof(*o));

	o->data_dir = data_dir;
	return o;
}

void orders_free(struct orders *o)
{
	if (o == NULL)
		return;
	if (o->writer != NULL) {
		store_writer_stop(o->writer);
		store_mailbox_free(o->mailbox);
		loop_waker_free(o->done);
		loop_free(o->loop);
	}
	free(o);
}

static void wake(void *arg)
{
	loop_wake(arg);
}

/* That the loop came round is all that matters. */
static void woken(void *arg)
{
	(void)arg;
}

static int take_over(struct orders *o, struct error *err)
{
	o->writer = store_writer_start(o->data_dir, err);
	if (o->writer == NULL)
		return -1;
	o->loop = loop_new();
	o->done = loop_waker_new(o->loop, woken, NULL);
	o->mailbox = store_mailbox_new(wake, o->done);
	return 0;
}

/* Does the job here. 0 or -1. */
static int write_self(struct orders *o, struct store_job *job, struct error *err)
{
	job->mailbox = o->mailbox;
	store_writer_queue(o->writer, job);
	while (store_mailbox_take(o->mailbox) == NULL)
		loop_once(o->loop);
	if (!job->failed)
		return 0;
	*err = job->error;
	return -1;
}

/* Takes the request. 1 with *answer: the gateway did it; 0: this process is to; -1 failed. */
static int ask(struct orders *o, json_t *request, json_t **answer, struct error *err)
{
	int asked = o->writer != NULL ? 0 : control_ask(o->data_dir, request, answer, err);

	json_decref(request);
	if (asked == 0 && o->writer == NULL && take_over(o, err) < 0)
		return -1;
	return asked;
}

static uint64_t number(const json_t *answer, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(answer, key));

	return n < 0 ? 0 : (uint64_t)n;
}

static json_t *delete_request(const char *const *ids, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(ids[i]));
	return json_pack("{s:s,s:o}", "command", "delete", "messages", list);
}

static int delete_some(
    struct orders *o, const char *const *ids, size_t count, uint64_t *deleted, struct error *err)
{
	struct store_job job = {.kind = STORE_JOB_DELETE, .ids = ids, .id_count = count};
	json_t *answer;
	int asked = ask(o, delete_request(ids, count), &answer, err);

	if (asked < 0 || (asked == 0 && write_self(o, &job, err) < 0))
		return -1;
	if (asked > 0) {
		job.deleted = number(answer, "deleted");
		json_decref(answer);
	}
	*deleted += job.deleted;
	return 0;
}

int order_delete(
    struct orders *o, const char *const *ids, size_t count, uint64_t *deleted, struct error *err)
{
	*deleted = 0;
	while (count > 0) {
		size_t n = count < CONTROL_IDS_MAX ? count : CONTROL_IDS_MAX;

		if (delete_some(o, ids, n, deleted, err) < 0)
			return -1;
		ids += n;
		count -= n;
	}
	return 0;
}

int order_vacuum(struct orders *o, uint64_t *before, uint64_t *after, struct error *err)
{
	struct store_job job = {.kind = STORE_JOB_VACUUM};
	json_t *answer;
	int asked = ask(o, json_pack("{s:s}", "command", "vacuum"), &answer, err);

	if (asked < 0 || (asked == 0 && write_self(o, &job, err) < 0))
		return -1;
	*before = asked > 0 ? number(answer, "before") : job.before;
	*after = asked > 0 ? number(answer, "after") : job.after;
	if (asked > 0)
		json_decref(answer);
	return 0;
}
