/*
 * SPDX-License-Identifier: ISC
 *
 * What a reload replaces, as one value that never changes: TLS contexts, users, zones, and what is
 * enforced. Each worker holds the newest that it has seen, and whoever needs an older one for
 * longer than a call (a message that is being judged) holds a reference of its own. So nothing is
 * locked, and what is under way ends with what it began with. An SSL keeps its context by itself.
 */
#ifndef GATEWAY_GENERATION_H
#define GATEWAY_GENERATION_H

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "conf/settings.h"
#include "dns/zone.h"
#include "gateway/enforcement.h"
#include "gateway/users.h"

struct generation_tls {
	SSL_CTX *context; /* NULL: the listener has no TLS */
	bool wrong;       /* its certificate is wrong on purpose */
};

struct generation {
	atomic_uint references;
	struct users *users;
	const struct dns_zones *zones; /* may be NULL */
	struct generation_tls *tls;    /* by the index of the listener */
	size_t tls_count;
	struct enforcement **enforced; /* by the index of the listener; NULL: nothing is */
	size_t enforced_count;
	struct dns_zones *own_zones; /* the same, when they go with it; else NULL */
};

/*
 * running is what the listeners were bound by; settings is what is in force from now on, matched
 * by the listeners' names. Both are borrowed, as are the zones. previous (NULL: none) gives what
 * settings do not have any more, and its TLS sessions are resumed. NULL with err.
 */
struct generation_input {
	const char *data_dir;
	const struct conf_settings *running, *settings;
	const struct dns_zones *zones;
	const struct conf_receivers
	    *receivers; /* whose profiles are enforced; NULL: none is known */
	const struct generation *previous;
};

struct generation *generation_new(const struct generation_input *in, struct error *err);
struct generation *generation_ref(struct generation *g);
/* Frees it with the last reference. NULL is fine. */
void generation_unref(struct generation *g);

#endif
