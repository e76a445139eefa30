/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes the findings of a header. The first octet says whether it may hold UTF-8; the rest is the
 * message, and by itself also the value of a Date and of a Message-ID. Each finding must come when
 * its fault is there and only then, once, and as one line of text whatever the header holds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mail/date.h"
#include "mail/header_check.h"
#include "mail/msgid.h"

#define FIRST_MS (-2208988800000LL) /* 1900-01-01 */
#define LAST_MS  253402300799999LL  /* 9999-12-31 */

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_line(const char *text)
{
	size_t len = strlen(text);

	require(len > 0 && len < 800);
	for (size_t i = 0; i < len; i++)
		require(text[i] >= ' ' && text[i] <= '~');
}

/* A date that was read is written and read again. Returns whether it was read. */
static bool is_date(struct span value)
{
	char text[DATE_RFC5322_SIZE];
	int64_t ms, again;
	struct error err;

	if (mail_date_parse(value, &ms, &err) < 0) {
		require_line(err.text);
		return false;
	}
	if (ms >= FIRST_MS && ms <= LAST_MS) {
		require(mail_date_parse(span_from(date_rfc5322(ms, text)), &again, NULL) == 0);
		require(again == ms);
	}
	return true;
}

/* An id that was read is one by itself. Returns whether it was read. */
static bool is_message_id(struct span value)
{
	struct span id, again;
	struct error err;

	if (mail_msgid_parse(value, &id, &err) < 0) {
		require_line(err.text);
		return false;
	}
	require(id.data >= value.data && id.data + id.len <= value.data + value.len);
	require(id.len >= 5 && id.data[0] == '<' && id.data[id.len - 1] == '>');
	require(utf8_valid(id));
	require(mail_msgid_parse(id, &again, NULL) == 0 && span_equal(id, again));
	return true;
}

static bool has(const struct finding_list *list, enum finding_id id)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].id == id;
	require(count <= 1);
	return count == 1;
}

struct facts {
	size_t dates, ids, bcc, subjects;
	bool bad_date, bad_id, bad_octets;
};

static void read_facts(const struct mail_header *h, bool smtputf8, struct facts *out)
{
	*out = (struct facts){.dates = mail_header_count(h, SPAN("date")),
	    .ids = mail_header_count(h, SPAN("message-id")),
	    .bcc = mail_header_count(h, SPAN("bcc")) + mail_header_count(h, SPAN("resent-bcc")),
	    .subjects = mail_header_count(h, SPAN("subject"))};
	for (size_t i = 0; i < h->count; i++) {
		const struct mail_field *f = &h->fields[i];
		struct span value = span_trim(f->value);

		if (span_equal_nocase(f->name, SPAN("Date")) && !is_date(value))
			out->bad_date = true;
		if (span_equal_nocase(f->name, SPAN("Message-ID")) && !is_message_id(value))
			out->bad_id = true;
		if (smtputf8 && !utf8_valid(value))
			out->bad_octets = true;
		for (size_t k = 0; !smtputf8 && k < value.len; k++)
			out->bad_octets = out->bad_octets || (unsigned char)value.data[k] > 127;
	}
}

static void check_findings(
    const struct mail_header *h, const struct facts *facts, const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		require(list->items[i].id >= FINDING_MISSING_DATE);
		require(list->items[i].id <= FINDING_MALFORMED_HEADER);
		require_line(list->items[i].text);
	}
	require(has(list, FINDING_MISSING_DATE) == (facts->dates == 0));
	require(has(list, FINDING_MALFORMED_DATE) == facts->bad_date);
	require(has(list, FINDING_MISSING_MESSAGE_ID) == (facts->ids == 0));
	require(has(list, FINDING_MALFORMED_MESSAGE_ID) == facts->bad_id);
	require(has(list, FINDING_BCC_PRESENT) == (facts->bcc > 0));
	require(has(list, FINDING_HEADER_NOT_ASCII) == facts->bad_octets);
	require(has(list, FINDING_MALFORMED_HEADER) == h->malformed);
	if (facts->dates > 1 || facts->ids > 1 || facts->subjects > 1)
		require(has(list, FINDING_DUPLICATE_FIELD));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = span_after(span_of(data, size), 1);
	bool smtputf8 = size > 0 && data[0] % 2 == 1;
	struct arena *a = arena_new();
	struct finding_list list = {NULL, 0};
	struct mail_header h;
	struct facts facts;

	is_date(message);
	is_message_id(message);
	mail_header_parse(message, a, &h);
	read_facts(&h, smtputf8, &facts);
	mail_header_check(&h, smtputf8, a, &list);
	check_findings(&h, &facts, &list);
	arena_free(a);
	return 0;
}
