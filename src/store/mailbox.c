/*
 * SPDX-License-Identifier: ISC
 *
 * A mailbox: finished jobs on their way from the writer's thread back to a worker.
 */
#include "store/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct store_mailbox {
	pthread_mutex_t mutex;
	STAILQ_HEAD(, store_job) done;
	void (*wake)(void *arg);
	void *arg;
};

struct store_mailbox *store_mailbox_new(void (*wake)(void *arg), void *arg)
{
	struct store_mailbox *m = memory_new(sizeof(*m));

	pthread_mutex_init(&m->mutex, NULL);
	STAILQ_INIT(&m->done);
	m->wake = wake;
	m->arg = arg;
	return m;
}

void store_mailbox_free(struct store_mailbox *m)
{
	if (m == NULL)
		return;
	/* the last job may be out before the writer has left mailbox_put */
	pthread_mutex_lock(&m->mutex);
	pthread_mutex_unlock(&m->mutex);
	pthread_mutex_destroy(&m->mutex);
	free(m);
}

void mailbox_put(struct store_mailbox *m, struct store_job *job)
{
	pthread_mutex_lock(&m->mutex);
	/* woken while locked: afterwards the owner may free the mailbox */
	if (STAILQ_EMPTY(&m->done))
		m->wake(m->arg);
	STAILQ_INSERT_TAIL(&m->done, job, link);
	pthread_mutex_unlock(&m->mutex);
}

struct store_job *store_mailbox_take(struct store_mailbox *m)
{
	struct store_job *job;

	pthread_mutex_lock(&m->mutex);
	job = STAILQ_FIRST(&m->done);
	if (job != NULL)
		STAILQ_REMOVE_HEAD(&m->done, link);
	pthread_mutex_unlock(&m->mutex);
	return job;
}
