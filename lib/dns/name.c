/*
 * SPDX-License-Identifier: ISC
 *
 * Domain names as normalized text, and on the wire.
 */
#include "dns/name.h"

#include <string.h>

#include "dns/text.h"

#define LABEL_MAX 63

/* The name being written: text in out, and how long it and its last label are on the wire. */
struct writer {
	char *out;
	size_t len;   /* of out */
	size_t label; /* octets of the label being written */
	size_t wire;  /* octets of all labels so far, with their lengths and the root's */
};

static struct writer writer_of(char *out)
{
	return (struct writer){.out = out, .wire = 1};
}

static int add_octet(struct writer *w, uint8_t octet)
{
	char c = ascii_lower((char)octet);
	char escape[5];

	if (++w->label > LABEL_MAX || w->wire + 1 + w->label > DNS_NAME_WIRE_SIZE)
		return -1;
	if (octet > ' ' && octet < 0x7f && octet != '.' && octet != '\\') {
		w->out[w->len++] = c;
		return 0;
	}
	memcpy(w->out + w->len, dns_octet_escape(octet, escape), 4);
	w->len += 4;
	return 0;
}

static int end_label(struct writer *w)
{
	if (w->label == 0)
		return -1;
	w->wire += 1 + w->label;
	w->label = 0;
	w->out[w->len++] = '.';
	return 0;
}

/* Takes the dot after the last label away. */
static int end_name(struct writer *w)
{
	w->out[w->len > 0 ? w->len - 1 : 0] = '\0';
	return 0;
}

int dns_name_normalize(struct span text, char out[DNS_NAME_SIZE])
{
	struct writer w = writer_of(out);
	size_t at = 0;
	uint8_t octet;

	if (span_equal(text, SPAN(".")))
		return end_name(&w);
	while (at < text.len) {
		if (text.data[at] == '.') {
			at++;
			if (end_label(&w) < 0)
				return -1;
		} else if (dns_octet_read(text, &at, &octet) < 0 || add_octet(&w, octet) < 0) {
			return -1;
		}
	}
	if (w.label > 0 && end_label(&w) < 0)
		return -1;
	return end_name(&w);
}

int dns_name_read(struct span text, char out[DNS_NAME_SIZE])
{
	if (text.len == 0 || text.data[text.len - 1] != '.' || dns_name_normalize(text, out) < 0)
		return -1;
	return span_equal(span_first(text, text.len - 1), span_from(out)) ? 0 : -1;
}

bool dns_name_below(struct span name, struct span zone)
{
	size_t front = name.len - zone.len;

	if (zone.len == 0)
		return true;
	if (name.len < zone.len || !span_equal(span_after(name, front), zone))
		return false;
	return front == 0 || name.data[front - 1] == '.';
}

struct span dns_name_parent(struct span name)
{
	ptrdiff_t dot = span_index(name, '.');

	return dot < 0 ? span_after(name, name.len) : span_after(name, (size_t)dot + 1);
}

size_t dns_name_labels(struct span name)
{
	size_t n = name.len > 0;

	for (size_t i = 0; i < name.len; i++)
		n += name.data[i] == '.';
	return n;
}

size_t dns_name_to_wire(struct span name, uint8_t out[DNS_NAME_WIRE_SIZE])
{
	size_t len = 0;

	while (name.len > 0) {
		struct span parent = dns_name_parent(name);
		struct span label = span_first(name, name.len - parent.len);
		size_t at = 0, start = len++;

		while (at < label.len && label.data[at] != '.' && len < DNS_NAME_WIRE_SIZE - 1 &&
		       dns_octet_read(label, &at, &out[len]) == 0)
			len++;
		out[start] = (uint8_t)(len - start - 1);
		name = parent;
	}
	out[len++] = 0;
	return len;
}

int dns_name_from_wire(struct span wire, char out[DNS_NAME_SIZE])
{
	struct writer w = writer_of(out);
	size_t at = 0, end;

	if (wire.len == 0 || wire.len > DNS_NAME_WIRE_SIZE)
		return -1;
	while (at < wire.len && wire.data[at] != 0) {
		end = at + 1 + (uint8_t)wire.data[at];
		if (end >= wire.len)
			return -1;
		while (++at < end)
			if (add_octet(&w, (uint8_t)wire.data[at]) < 0)
				return -1;
		if (end_label(&w) < 0)
			return -1;
	}
	return at + 1 == wire.len ? end_name(&w) : -1;
}
