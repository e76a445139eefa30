/*
 * SPDX-License-Identifier: ISC
 *
 * libopendkim on one message. Making a library handle costs about two microseconds, so each
 * message has its own and no state is shared. The keys come by the library's look-up callback;
 * it never asks the DNS.
 */
#include "verify/dkim_engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>
#include <openssl/err.h>

#include "base/memory.h"

struct dkim_engine {
	DKIM_LIB *lib;
	DKIM *dkim;
	DKIM_SIGINFO **infos; /* the library's own array */
	size_t count;
	const char *keys[DKIM_ENGINE_MAX];
	char last[2]; /* the last two octets of the body */
	size_t body_len;
	bool bare_end;       /* among the line ends at the end of the body is a bare LF */
	size_t bare_at;      /* where the first of them is */
	const char *trouble; /* why nothing can be verified at all; the library's text */
	bool ended;
};

/* The library reads; its interface just does not say const. */
static u_char *octets(const void *p)
{
	return (u_char *)(uintptr_t)p;
}

static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *info, u_char *out, size_t size)
{
	struct dkim_engine *e = dkim_get_user_context(dkim);

	for (size_t i = 0; i < e->count; i++) {
		if (e->infos[i] != info || e->keys[i] == NULL || strlen(e->keys[i]) >= size)
			continue;
		memcpy(out, e->keys[i], strlen(e->keys[i]) + 1);
		return DKIM_CBSTAT_CONTINUE;
	}
	return DKIM_CBSTAT_NOTFOUND;
}

/*
 * The library judges t= and x= by the clock, which is not the time that was given to us; expiry is
 * judged by our caller. A signature is expired to it when clock >= x + drift and of the future when
 * clock < t - drift, unsigned: a drift equal to the least t= switches both off for every date since
 * DKIM was invented without letting t - drift wrap around.
 */
static uint64_t drift(int64_t first_signed_at)
{
	return first_signed_at < 0 ? (uint64_t)1 << 60 : (uint64_t)first_signed_at;
}

static void set_options(DKIM_LIB *lib, uint64_t clock_drift)
{
	unsigned flags = DKIM_LIBFLAGS_DELAYSIGPROC | DKIM_LIBFLAGS_BADSIGHANDLES;
	unsigned key_bits = 0; /* weak keys are judged by our caller, too */

	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags));
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &key_bits, sizeof(key_bits));
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &clock_drift, sizeof(clock_drift));
	dkim_set_key_lookup(lib, look_up);
}

/*
 * The relaxed form ends at the first NUL, so that what follows it would be neither signed nor seen
 * to be unsigned. With another octet in its place the signature does not match.
 */
static void feed_without_nul(DKIM *dkim, struct span field)
{
	char *copy = memory_new(field.len);

	memcpy(copy, field.data, field.len);
	for (size_t i = 0; i < field.len; i++) {
		if (copy[i] == '\0')
			copy[i] = '\xff';
	}
	dkim_header(dkim, octets(copy), field.len);
	free(copy);
}

static void feed_field(DKIM *dkim, struct span raw)
{
	if (raw.len >= 2 && raw.data[raw.len - 2] == '\r' && raw.data[raw.len - 1] == '\n')
		raw.len -= 2;
	if (raw.len == 0)
		return;
	if (span_index(raw, '\0') >= 0)
		feed_without_nul(dkim, raw);
	else
		dkim_header(dkim, octets(raw.data), raw.len);
}

static bool is_chosen(const struct dkim_engine_input *in, const struct mail_field *f)
{
	if (!span_equal_nocase(f->name, SPAN("dkim-signature")))
		return true;
	for (size_t i = 0; i < in->count; i++) {
		if (in->signatures[i] == f)
			return true;
	}
	return false;
}

static void feed_header(DKIM *dkim, const struct dkim_engine_input *in)
{
	/*
	 * When h= names all fields and one more, the library writes one pointer beyond an array
	 * with one element a field. No name in h= can have a blank, so this field is never used
	 * up and the array is never full.
	 */
	static const char pad[] = "never signed: ";

	dkim_header(dkim, octets(pad), sizeof(pad) - 1);
	for (size_t i = 0; i < in->header->count; i++) {
		if (is_chosen(in, &in->header->fields[i]))
			feed_field(dkim, in->header->fields[i].raw);
	}
}

static void begin(struct dkim_engine *e, const struct dkim_engine_input *in)
{
	DKIM_STAT status;
	int count = 0;

	feed_header(e->dkim, in);
	status = dkim_eoh(e->dkim);
	if (status != DKIM_STAT_OK || dkim_getsiglist(e->dkim, &e->infos, &count) != DKIM_STAT_OK ||
	    count != (int)in->count) {
		e->trouble = dkim_getresultstr(status);
		e->infos = NULL;
		e->count = 0;
	} else {
		e->count = in->count;
	}
}

struct dkim_engine *dkim_engine_new(const struct dkim_engine_input *in)
{
	struct dkim_engine *e = memory_new(sizeof(*e));
	DKIM_STAT status;

	e->lib = dkim_init(NULL, NULL);
	if (e->lib == NULL)
		abort();
	set_options(e->lib, drift(in->first_signed_at));
	e->dkim = dkim_verify(e->lib, octets("message"), NULL, &status);
	if (e->dkim == NULL)
		abort();
	dkim_set_user_context(e->dkim, e);
	begin(e, in);
	return e;
}

void dkim_engine_free(struct dkim_engine *e)
{
	if (e == NULL)
		return;
	dkim_free(e->dkim);
	dkim_close(e->lib);
	free(e);
}

static void keep_last(struct dkim_engine *e, const char *data, size_t len)
{
	if (len >= 2) {
		memcpy(e->last, data + len - 2, 2);
	} else {
		e->last[0] = e->last[1];
		e->last[1] = data[0];
	}
}

static bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

static void note_line_ends(struct dkim_engine *e, const char *data, size_t len)
{
	size_t text = len;
	char before = e->last[1];

	while (text > 0 && is_line_end(data[text - 1]))
		text--;
	if (text > 0) {
		e->bare_end = false;
		before = data[text - 1];
	}
	for (size_t i = text; i < len && !e->bare_end; before = data[i++]) {
		e->bare_end = data[i] == '\n' && before != '\r';
		e->bare_at = e->body_len + i;
	}
}

void dkim_engine_body(struct dkim_engine *e, const void *data, size_t len)
{
	if (len == 0 || e->count == 0 || e->ended)
		return;
	dkim_body(e->dkim, octets(data), len);
	note_line_ends(e, data, len);
	keep_last(e, data, len);
	e->body_len += len;
}

void dkim_engine_key(struct dkim_engine *e, size_t i, const char *text)
{
	if (i < e->count)
		e->keys[i] = text;
}

void dkim_engine_end(struct dkim_engine *e)
{
	if (e->ended)
		return;
	/* RFC 6376 3.4.3 and 3.4.4; the library would refuse the message instead. */
	if (e->body_len > 0 && memcmp(e->last, "\r\n", 2) != 0)
		dkim_engine_body(e, "\r\n", 2);
	for (size_t i = 0; i < e->count; i++) {
		if (e->keys[i] == NULL)
			dkim_sig_ignore(e->infos[i]);
	}
	if (e->count > 0)
		dkim_eom(e->dkim, NULL);
	/* What a bad signature leaves in the thread's queue would be taken for an error of TLS. */
	ERR_clear_error();
	e->ended = true;
}

struct dkim_outcome dkim_engine_outcome(struct dkim_engine *e, size_t i)
{
	struct dkim_outcome out = {
	    .complaint = e->trouble, .bare_end = e->bare_end, .bare_at = e->bare_at};
	void *header_hash, *body_hash;
	size_t header_len, body_len;
	int error;

	if (i >= e->count)
		return out;
	error = dkim_sig_geterror(e->infos[i]);
	out.verified = (dkim_sig_getflags(e->infos[i]) & DKIM_SIGFLAG_PASSED) != 0;
	/* The field reads "match" in a signature that was never compared. */
	out.body_matches = out.verified && error == DKIM_SIGERROR_OK &&
	                   dkim_sig_getbh(e->infos[i]) == DKIM_SIGBH_MATCH;
	out.too_long = error == DKIM_SIGERROR_TOOLARGE_L;
	/* Hashes there are only where the library got through the tags. */
	if (error != DKIM_SIGERROR_OK && error != DKIM_SIGERROR_BADSIG &&
	    error != DKIM_SIGERROR_TOOLARGE_L)
		out.complaint = dkim_sig_geterrorstr(error);
	else if (dkim_sig_gethashes(
		     e->infos[i], &header_hash, &header_len, &body_hash, &body_len) == DKIM_STAT_OK)
		out.body_hash = span_of(body_hash, body_len);
	return out;
}
