/*
 * SPDX-License-Identifier: ISC
 *
 * bench_dkim: our verification of a message of 2 KB, from the parsing of its header to the verdict
 * (so with DMARC, and with the view filled), against libopendkim alone, with one library handle
 * for all and the fields cut beforehand. Exits 1 when RSA-2048 takes more than 1.3 times as long.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

#include "base/buffer.h"
#include "measure.h"
#include "sign.h"
#include "verify/verify.h"

#define NOW       1790000000
#define SIGNED_AT 1700000000 /* in the past for libopendkim too, which asks the clock */
#define BODY_SIZE 1400       /* with header and signature some 2 KB */
#define RATIO_MAX 1.3
#define REPEAT    100

struct bench {
	char *message;
	struct span text;
	struct arena *arena;        /* of one verification of ours */
	struct arena *header_arena; /* of the header for libopendkim */
	struct mail_header header;
	struct dns_zones *zones;
	struct dns_view *view;
	DKIM_LIB *lib;
	char key[1000];
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_dkim: %s\n", what);
	exit(EXIT_FAILURE);
}

static u_char *octets(const void *p)
{
	return (u_char *)(uintptr_t)p;
}

/* What is measured */

static void run_ours(void *arg)
{
	struct bench *b = arg;
	struct mail_header header;
	struct mail_message message;
	struct verify_input in = {.mail_from = SPAN("app@example.com"),
	    .header = &header,
	    .message = &message,
	    .now = NOW};
	struct verify_result result;
	struct verify *v;

	mail_header_parse(b->text, b->arena, &header);
	mail_message_read(&header, b->arena, &message);
	v = verify_begin(&in);
	verify_body(v, b->text.data + header.body, b->text.len - header.body);
	memset(&result, 0, sizeof(result));
	if (verify_end(v, b->view, &result) != VERIFY_DONE ||
	    result.observed.dkim[0].result != AUTH_PASS)
		fail("our verification did not pass");
	verify_free(v);
	arena_reset(b->arena);
}

static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *info, u_char *out, size_t size)
{
	const struct bench *b = dkim_get_user_context(dkim);

	(void)info;
	snprintf((char *)out, size, "%s", b->key);
	return DKIM_CBSTAT_CONTINUE;
}

static void run_theirs(void *arg)
{
	struct bench *b = arg;
	DKIM_STAT status;
	DKIM *dkim = dkim_verify(b->lib, octets("bench"), NULL, &status);
	struct span body = span_after(b->text, b->header.body);

	dkim_set_user_context(dkim, b);
	for (size_t i = 0; i < b->header.count; i++)
		dkim_header(
		    dkim, octets(b->header.fields[i].raw.data), b->header.fields[i].raw.len - 2);
	dkim_eoh(dkim);
	dkim_body(dkim, octets(body.data), body.len);
	if (dkim_eom(dkim, NULL) != DKIM_STAT_OK)
		fail("libopendkim's verification did not pass");
	dkim_free(dkim);
}

/* The message and its world */

static void make_message(struct bench *b, enum sign_key key)
{
	struct signing signing = {.key = key,
	    .domain = "example.com",
	    .selector = "bench",
	    .relaxed_header = 1,
	    .relaxed_body = 1,
	    .signed_at = SIGNED_AT};
	struct buffer text = BUFFER_INIT;

	buffer_add_string(&text, "From: App <app@example.com>\r\n"
				 "To: qa@example.net\r\n"
				 "Subject: A message that is measured\r\n"
				 "Date: Mon, 23 Nov 2026 16:00:00 +0000\r\n"
				 "Message-ID: <bench@example.com>\r\n"
				 "MIME-Version: 1.0\r\n"
				 "Content-Type: text/plain; charset=utf-8\r\n\r\n");
	for (size_t start = text.len; text.len < start + BODY_SIZE;)
		buffer_add_string(&text, "A line of text, as there are many in a message.\r\n");
	b->message = sign_message(&signing, text.data);
	b->text = span_from(b->message);
	buffer_clear(&text);
}

static void add_record(struct buffer *zone, const char *record)
{
	struct span rest = span_from(record);

	buffer_add_string(zone, "bench._domainkey.example.com. TXT");
	for (; rest.len > 0; rest = span_after(rest, 200))
		buffer_printf(zone, " \"%.*s\"", rest.len < 200 ? (int)rest.len : 200, rest.data);
	buffer_add_char(zone, '\n');
}

static void make_zone(struct bench *b, enum sign_key key)
{
	struct buffer zone = BUFFER_INIT;
	char *public_key = sign_public_key(key);
	struct error err;

	snprintf(b->key, sizeof(b->key), "v=DKIM1; k=%s; p=%s",
	    key == SIGN_ED25519 ? "ed25519" : "rsa", public_key);
	buffer_add_string(&zone, "$ORIGIN .\n$TTL 300\n"
				 "_dmarc.example.com. TXT \"v=DMARC1; p=reject\"\n");
	add_record(&zone, b->key);
	b->zones = dns_zones_new();
	if (dns_zones_add(b->zones, "bench", buffer_span(&zone), &err) < 0)
		fail(err.text);
	b->view = dns_view_new(b->zones);
	buffer_clear(&zone);
	free(public_key);
}

static double compare(const char *title, enum sign_key key)
{
	struct bench b = {.arena = arena_new(), .header_arena = arena_new()};
	struct measure m = {{"ours", run_ours}, {"libopendkim", run_theirs}, &b, 1, REPEAT};
	double ratio;

	make_message(&b, key);
	make_zone(&b, key);
	mail_header_parse(b.text, b.header_arena, &b.header);
	b.lib = dkim_init(NULL, NULL);
	dkim_set_key_lookup(b.lib, look_up);
	ratio = measure_compare(title, &m);
	dkim_close(b.lib);
	dns_view_free(b.view);
	dns_zones_free(b.zones);
	free(b.message);
	arena_free(b.arena);
	arena_free(b.header_arena);
	return ratio;
}

int main(void)
{
	double ratio = compare("a message signed by RSA-2048", SIGN_RSA_2048);

	compare("a message signed by Ed25519", SIGN_ED25519);
	return ratio <= RATIO_MAX ? EXIT_SUCCESS : EXIT_FAILURE;
}
