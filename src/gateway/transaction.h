/*
 * SPDX-License-Identifier: ISC
 *
 * One mail transaction: the envelope, the message as it arrives, its verification and its way
 * into the store. It begins with an accepted MAIL and ends with its job's return, or is dropped.
 */
#ifndef GATEWAY_TRANSACTION_H
#define GATEWAY_TRANSACTION_H

#include "gateway/internal.h"

struct transaction;

/*
 * session is borrowed: its client is read when the header is whole, all of it when the message
 * is. So is the listener, whose route the verdict is predicted by. What is in the data of MAIL and
 * RCPT is copied.
 */
struct transaction *transaction_new(struct worker *w, const struct gateway_listener *listener,
    const struct record_session *session, const struct smtp_event_data *data);
/* Legal until the job is queued and after it is done. */
void transaction_free(struct transaction *t);

void transaction_recipient(struct transaction *t, const struct smtp_event_data *data);
size_t transaction_recipients(const struct transaction *t);

/*
 * Takes a piece of the message. 0, or -1 when the gateway holds as many octets as max-buffered
 * allows: what was taken is given up, and the message must be refused.
 */
int transaction_body(struct transaction *t, struct span piece);

/*
 * The message is whole: judges it and queues it for the store. The session is copied as it stands;
 * its strings and owner must live until the job comes back through the worker's mailbox, with
 * job->owner = owner; then transaction_job_done. The transcript's text is taken when the message
 * is judged, and given back when it could not be stored.
 */
void transaction_finish(struct transaction *t, struct buffer *transcript, void *owner);
/* Whether the job is with the writer: the transaction may not be freed. */
bool transaction_queued(const struct transaction *t);
void transaction_job_done(struct transaction *t);

#endif
