/*
 * SPDX-License-Identifier: ISC
 *
 * A hash table of normalized names with a tag beside them (a record type, or 0). It only grows.
 * Keys and values are borrowed. Only for the files of lib/dns.
 */
#ifndef DNS_TABLE_H
#define DNS_TABLE_H

#include "base/span.h"

struct dns_table;

struct dns_table *dns_table_new(void);
void dns_table_free(struct dns_table *t);
/* The value, or NULL. */
void *dns_table_find(const struct dns_table *t, struct span name, unsigned tag);
/* Adds what is not there yet; the value is not NULL. */
void dns_table_add(struct dns_table *t, struct span name, unsigned tag, void *value);

#endif
