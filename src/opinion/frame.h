/*
 * SPDX-License-Identifier: ISC
 *
 * Frames between the gateway and the process that it asks for opinions: four octets of length, one
 * of kind, then fields. A number is four octets, a text its length and its octets; all in network
 * byte order. What comes from the process is hostile: every length is checked before it is used.
 */
#ifndef OPINION_FRAME_H
#define OPINION_FRAME_H

#include "base/buffer.h"
#include "base/error.h"

enum frame_kind {
	FRAME_READY,     /* from the process: it waits for questions, its sandbox is closed */
	FRAME_FAILED,    /* from the process: why it cannot begin */
	FRAME_QUESTION,  /* to the process */
	FRAME_NEEDS_DNS, /* from the process: ask again when these names are known */
	FRAME_ANSWER,    /* from the process */
	FRAME_KIND_COUNT,
};

struct frame {
	enum frame_kind kind;
	struct span payload; /* borrowed from the input */
};

/* Appends the frame's head and returns where it is, for frame_end once the fields are there. */
size_t frame_begin(struct buffer *out, enum frame_kind kind);
void frame_end(struct buffer *out, size_t head);
void frame_put_number(struct buffer *out, uint32_t value);
void frame_put_text(struct buffer *out, struct span text);

/*
 * Takes the frame that in begins with: how many octets it is, 0 when more are needed, -1 with err
 * when it is none or its payload is longer than max.
 */
ptrdiff_t frame_take(struct span in, size_t max, struct frame *out, struct error *err);

/*
 * The fields of a payload, in order. A field that is not there or breaks its bound is 0 or empty
 * and makes bad true for good, so that the reader asks once, at the end.
 */
struct frame_fields {
	struct span rest;
	bool bad;
};

uint32_t frame_get_number(struct frame_fields *f, uint32_t max);
struct span frame_get_text(struct frame_fields *f, size_t max);
/* Whether all fields were good and nothing is left. */
bool frame_complete(const struct frame_fields *f);

#endif
