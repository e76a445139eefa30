/*
 * SPDX-License-Identifier: ISC
 *
 * What the process is asked: the facts of one message and all that the DNS said of it. A question
 * is complete: the process keeps nothing between two of them.
 */
#ifndef OPINION_QUESTION_H
#define OPINION_QUESTION_H

#include "opinion/frame.h"
#include "verify/verdict.h"

/* The payload of a question; what is larger is not asked. */
#define QUESTION_MAX ((size_t)8 << 20)

struct opinion_signature {
	enum auth_result result;
	struct span domain, selector;
};

/* Texts are borrowed. */
struct opinion_question {
	struct span client;      /* the address; empty: SPF is not asked */
	struct span helo;        /* as given */
	struct span mail_from;   /* without brackets; empty is the null reverse-path */
	struct span from_domain; /* of the author; empty: DMARC is not asked */
	/* DMARC rests on these, which are the verdict of record's */
	enum auth_result spf;
	struct span spf_domain; /* empty: SPF was not judged */
	struct opinion_signature signatures[DKIM_SIGNATURES_MAX];
	size_t signature_count;
	struct span evidence; /* dns_view_evidence */
};

/* Appends the frame. */
void question_write(const struct opinion_question *q, struct buffer *out);
/* 0, or -1 when the payload is malformed. *out borrows from it. */
int question_read(struct span payload, struct opinion_question *out);

#endif
