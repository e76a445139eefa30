/*
 * SPDX-License-Identifier: ISC
 *
 * dkimsign rsa|ed25519 DOMAIN SELECTOR KEY.pem < MESSAGE: the message with a DKIM-Signature made
 * by libopendkim in front. Line ends must be CRLF.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/types.h>
#include <stdbool.h>
#include <opendkim/dkim.h>

#include "base/buffer.h"
#include "mail/header.h"

static void fail(const char *what, DKIM *dkim)
{
	const char *why = dkim == NULL ? NULL : dkim_geterror(dkim);

	fprintf(stderr, "dkimsign: %s%s%s\n", what, why == NULL ? "" : ": ", why == NULL ? "" : why);
	exit(EXIT_FAILURE);
}

static void read_all(FILE *f, struct buffer *out)
{
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail("the key could not be opened", NULL);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buffer_add(out, piece, n);
}

static unsigned char *octets(const char *s)
{
	union {
		const char *in;
		unsigned char *out;
	} u = {.in = s};

	return u.out;
}

static void feed(DKIM *dkim, struct span message, struct arena *arena)
{
	struct mail_header header;
	struct span body;

	mail_header_parse(message, arena, &header);
	for (size_t i = 0; i < header.count; i++) {
		struct span raw = header.fields[i].raw;

		if (dkim_header(dkim, octets(raw.data), raw.len - 2) != DKIM_STAT_OK)
			fail("a header field was refused", dkim);
	}
	if (dkim_eoh(dkim) != DKIM_STAT_OK)
		fail("the header was refused", dkim);
	body = span_after(message, header.body);
	if (body.len > 0 && dkim_body(dkim, octets(body.data), body.len) != DKIM_STAT_OK)
		fail("the body was refused", dkim);
	if (dkim_eom(dkim, NULL) != DKIM_STAT_OK)
		fail("signing failed", dkim);
}

/* libopendkim folds with a bare LF where it was not told otherwise. */
static void print_signature(DKIM *dkim)
{
	unsigned char *value;
	size_t len;

	if (dkim_getsighdr_d(dkim, strlen("DKIM-Signature: "), &value, &len) != DKIM_STAT_OK)
		fail("no signature came out", dkim);
	fputs("DKIM-Signature: ", stdout);
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '\n' && (i == 0 || value[i - 1] != '\r'))
			putchar('\r');
		putchar(value[i]);
	}
	fputs("\r\n", stdout);
}

int main(int argc, char **argv)
{
	struct buffer key = BUFFER_INIT, message = BUFFER_INIT;
	struct arena *arena = arena_new();
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	dkim_alg_t algorithm;
	DKIM_STAT status;
	DKIM *dkim;

	if (argc != 5 || lib == NULL)
		fail("expected rsa|ed25519 DOMAIN SELECTOR KEY.pem", NULL);
	algorithm = strcmp(argv[1], "rsa") == 0 ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256;
	read_all(fopen(argv[4], "rb"), &key);
	read_all(stdin, &message);
	dkim = dkim_sign(lib, octets("dkimsign"), NULL, octets(key.data), octets(argv[3]),
	    octets(argv[2]), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, algorithm, -1, &status);
	if (dkim == NULL)
		fail("no signer could be made", NULL);
	feed(dkim, buffer_span(&message), arena);
	print_signature(dkim);
	fwrite(message.data, 1, message.len, stdout);
	dkim_free(dkim);
	dkim_close(lib);
	buffer_clear(&key);
	buffer_clear(&message);
	arena_free(arena);
	return EXIT_SUCCESS;
}
