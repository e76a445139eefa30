/*
 * SPDX-License-Identifier: ISC
 *
 * Orders to the store: by way of the running gateway where one has the data directory, else by this
 * process itself, which then takes the lock until the orders are freed.
 */
#ifndef CLI_ORDER_H
#define CLI_ORDER_H

#include <stddef.h>

#include "base/error.h"
#include "store/writer.h"

struct orders;

/* data_dir is borrowed. */
struct orders *orders_new(const char *data_dir);
/* NULL is fine. */
void orders_free(struct orders *o);

/* Deletes the messages with these whole ids, any number. 0, or -1 with *deleted up to there. */
int order_delete(
    struct orders *o, const char *const *ids, size_t count, uint64_t *deleted, struct error *err);
/* The octets of the file before and after. 0 or -1. */
int order_vacuum(struct orders *o, uint64_t *before, uint64_t *after, struct error *err);

#endif
