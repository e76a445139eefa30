/*
 * SPDX-License-Identifier: ISC
 *
 * Second opinions: what libspf2 and libopendmarc, which many receivers run, say of each message.
 * Asked after the message was stored, one at a time, in a process of their own, so that nothing
 * waits for it and nothing but the opinion is lost when it crashes, hangs or lies.
 */
#ifndef OPINION_OPINION_H
#define OPINION_OPINION_H

#include "conf/settings.h"
#include "dns/zone.h"
#include "net/loop.h"
#include "store/writer.h"

struct opinion_options {
	struct loop *loop;
	const char *data_dir;
	const struct dns_zones *zones; /* NULL: none */
	const struct conf_settings *settings;
	struct store_writer *writer;
	const char *program; /* what to run; NULL: this program again */
	/* milliseconds; 0 takes the default */
	int64_t answer_ms;   /* for the process to answer one message, without waiting for DNS */
	int64_t start_ms;    /* for it to become ready */
	int64_t back_off_ms; /* the first pause after it failed several times in a row */
};

struct opinion;

/*
 * Goes on after the last message that has an opinion (where none has: after the newest message).
 * The strings and zones are borrowed until opinion_stop. NULL with err.
 */
struct opinion *opinion_start(const struct opinion_options *o, struct error *err);
/* The writer has committed messages (any thread). */
void opinion_wake(struct opinion *o);
/*
 * From now on these zones answer, borrowed likewise; those before are not used any more. What is
 * being asked is asked again. 0, or -1 with nothing changed. Not from within an inquiry's answer.
 */
int opinion_zones(struct opinion *o, const struct dns_zones *zones, struct error *err);
/*
 * Ends the process and waits until the writer has stored what was said. Messages that were not
 * asked about stay without opinions until the next start. NULL is fine. Not from within the loop.
 */
void opinion_stop(struct opinion *o);

#endif
