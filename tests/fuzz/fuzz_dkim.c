/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes DKIM. The first octet is the size of the pieces in which the body comes; then one TXT
 * record a line for every key's name, up to a line "--"; then the message, LF for CRLF. Every
 * signature gets a verdict in its place, nothing weak ever passes, and the pieces make no
 * difference.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "verify/dkim.h"

#define NOW         1790000000
#define RECORDS_MAX 8

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct input {
	struct span records[RECORDS_MAX];
	size_t record_count;
	struct span message;
};

static void answer_all(struct dns_view *view, const struct input *in)
{
	struct dns_record records[RECORDS_MAX] = {0};
	struct dns_answer a = {.status = in->record_count > 0 ? DNS_OK : DNS_NXDOMAIN,
	    .records = records,
	    .count = in->record_count};
	const struct dns_question *missing;

	for (size_t i = 0; i < in->record_count; i++)
		records[i].text = in->records[i];
	while (dns_view_missing(view, &missing) > 0) {
		char *name = strdup(missing[0].name);

		dns_view_put(view, span_from(name), missing[0].type, &a);
		free(name);
	}
}

static void require_printable(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		require(*text >= ' ' && *text < 0x7f);
}

static void check_words(const struct dkim_verdict *v)
{
	const char *const words[] = {
	    v->domain, v->selector, v->algorithm, v->canonicalization, v->identity, v->reason};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		require_printable(words[i]);
	for (size_t i = 0; i < v->signed_header_count; i++)
		require_printable(v->signed_headers[i]);
}

static void check_verdict(const struct dkim_verdict *v)
{
	require(v->reason != NULL && v->reason[0] != '\0');
	check_words(v);
	require(v->result == AUTH_PASS || v->result == AUTH_FAIL || v->result == AUTH_POLICY ||
		v->result == AUTH_PERMERROR);
	if (v->result != AUTH_PASS)
		return;
	require(v->domain != NULL && v->selector != NULL && v->identity != NULL);
	require(strcmp(v->algorithm, "rsa-sha256") == 0 ? v->bits >= 1024 : v->bits == 256);
	require(v->expires_at < 0 || v->expires_at >= NOW);
}

/* Each is there once, in printable words, and there are no others. */
static void check_findings(const struct finding_list *l, const struct verdict *v)
{
	for (size_t i = 0; i < l->count; i++) {
		const char *text = l->items[i].text;

		require(l->items[i].id >= FINDING_DKIM_TOO_MANY &&
			l->items[i].id <= FINDING_DKIM_NOT_OVERSIGNED);
		require(v->dkim_count > 0 && strlen(text) < 1500);
		require_printable(text);
		for (size_t k = 0; k < i; k++)
			require(l->items[k].id != l->items[i].id);
	}
}

static void judge(const struct input *in, size_t piece, struct arena *a, struct verdict *out)
{
	struct dns_view *view = dns_view_new(NULL);
	struct finding_list findings = {0};
	struct mail_header header;
	struct dkim_check *check;
	struct span body;
	size_t signatures;

	mail_header_parse(in->message, a, &header);
	check = dkim_check_new(&header, NOW);
	body = span_after(in->message, header.body);
	while (body.len > 0) {
		struct span part = span_first(body, piece);

		dkim_check_body(check, part.data, part.len);
		body = span_after(body, part.len);
	}
	if (dkim_check_end(check, view, a, out, &findings) == VERIFY_NEEDS_DNS) {
		answer_all(view, in);
		require(dkim_check_end(check, view, a, out, &findings) == VERIFY_DONE);
	}
	signatures = mail_header_count(&header, SPAN("dkim-signature"));
	require(out->dkim_count ==
		(signatures < DKIM_SIGNATURES_MAX ? signatures : DKIM_SIGNATURES_MAX));
	for (size_t i = 0; i < out->dkim_count; i++)
		check_verdict(&out->dkim[i]);
	check_findings(&findings, out);
	dkim_check_free(check);
	dns_view_free(view);
}

/* The message gets CRLF and a block of its own, so that reading past its end shows. */
static void read_input(struct span data, struct input *in, struct buffer *message)
{
	struct span rest = data;

	while (rest.data != NULL) {
		struct span line = span_cut(&rest, '\n');

		if (span_equal(line, SPAN("--")))
			break;
		if (in->record_count < RECORDS_MAX)
			in->records[in->record_count++] = line;
	}
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.data[i] == '\n')
			buffer_add_char(message, '\r');
		buffer_add_char(message, rest.data[i]);
	}
	in->message = buffer_span(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct buffer message = BUFFER_INIT;
	struct input in = {0};
	struct verdict whole, pieces;

	if (size > 0) {
		read_input(span_of(data + 1, size - 1), &in, &message);
		judge(&in, SIZE_MAX, a, &whole);
		judge(&in, (size_t)data[0] + 1, a, &pieces);
		for (size_t i = 0; i < whole.dkim_count; i++) {
			require(whole.dkim[i].result == pieces.dkim[i].result);
			require(strcmp(whole.dkim[i].reason, pieces.dkim[i].reason) == 0);
		}
	}
	buffer_clear(&message);
	arena_free(a);
	return 0;
}
