/*
 * SPDX-License-Identifier: ISC
 *
 * Values of the configuration by type: from text, and back.
 */
#include "conf/value.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/name.h"
#include "conf/text.h"

/* As much of a value as a message repeats. */
#define SHOWN 60

/* Of a domain name and of one label of it; in other scripts these are octets of UTF-8. */
#define DOMAIN_MAX 253
#define LABEL_MAX  63

int conf_size_parse(struct span text, uint64_t *out)
{
	static const char UNITS[] = "KMG";
	unsigned shift = 0;
	const char *unit;
	uint64_t n;

	if (text.len > 0 && (unit = memchr(UNITS, text.data[text.len - 1], 3)) != NULL) {
		shift = 10 * (unsigned)(unit - UNITS + 1);
		text.len--;
	}
	if (span_to_uint(text, UINT64_MAX >> shift, &n) < 0)
		return -1;
	*out = n << shift;
	return 0;
}

static int expected(
    const struct conf_option *o, const char *what, struct span got, struct error *err)
{
	return error_usage(err, "%s: expected %s, got \"%.*s%s\"", o->name, what,
	    (int)(got.len < SHOWN ? got.len : SHOWN), got.data, got.len < SHOWN ? "" : "...");
}

static int expected_word(const struct conf_option *o, struct span got, struct error *err)
{
	struct buffer words = BUFFER_INIT;

	buffer_add_string(&words, o->word_count == 2 ? "" : "one of ");
	for (size_t i = 0; i < o->word_count; i++)
		buffer_printf(&words, "%s%s",
		    i == 0               ? ""
		    : o->word_count == 2 ? " or "
					 : ", ",
		    o->words[i]);
	expected(o, words.data, got, err);
	buffer_clear(&words);
	return -1;
}

/* A size or a duration as a person writes it. */
static const char *amount(
    uint64_t n, const char *const *units, const uint64_t *factors, char out[32])
{
	size_t i = 0;

	while (factors[i] > 1 && (n == 0 || n % factors[i] != 0))
		i++;
	snprintf(out, 32, "%llu%s", (unsigned long long)(n / factors[i]), n == 0 ? "" : units[i]);
	return out;
}

static const char *size_text(uint64_t n, char out[32])
{
	static const char *const UNITS[] = {"G", "M", "K", ""};
	static const uint64_t FACTORS[] = {1U << 30, 1U << 20, 1U << 10, 1};

	return amount(n, UNITS, FACTORS, out);
}

static const char *duration_text(uint64_t n, char out[32])
{
	static const char *const UNITS[] = {"d", "h", "m", "s", "ms"};
	static const uint64_t FACTORS[] = {86400000, 3600000, 60000, 1000, 1};

	return amount(n, UNITS, FACTORS, out);
}

static const char *plain_text(uint64_t n, char out[32])
{
	snprintf(out, 32, "%llu", (unsigned long long)n);
	return out;
}

static int expected_range(const struct conf_option *o, const char *what,
    const char *(*write)(uint64_t n, char out[32]), struct span got, struct error *err)
{
	char text[160], low[32], high[32];

	snprintf(
	    text, sizeof(text), "%s from %s to %s", what, write(o->min, low), write(o->max, high));
	return expected(o, text, got, err);
}

static int set_number(const struct conf_option *o, struct span text, void *place, struct error *err)
{
	uint64_t n;

	if (span_to_uint(text, o->max, &n) < 0 || n < o->min)
		return expected_range(o, "a number", plain_text, text, err);
	*(unsigned *)place = (unsigned)n;
	return 0;
}

static int set_counter(
    const struct conf_option *o, struct span text, void *place, struct error *err)
{
	uint64_t n;

	if (span_to_uint(text, o->max, &n) < 0 || n < o->min)
		return expected_range(o, "a number", plain_text, text, err);
	*(uint64_t *)place = n;
	return 0;
}

static int set_size(const struct conf_option *o, struct span text, void *place, struct error *err)
{
	uint64_t n;

	if (conf_size_parse(text, &n) < 0 || n < o->min || n > o->max)
		return expected_range(
		    o, "octets (with K, M, G or nothing behind)", size_text, text, err);
	*(uint64_t *)place = n;
	return 0;
}

static int set_duration(
    const struct conf_option *o, struct span text, void *place, struct error *err)
{
	int64_t ms;

	if (duration_parse(text, &ms) < 0 || (uint64_t)ms < o->min || (uint64_t)ms > o->max)
		return expected_range(o,
		    "a time (with ms, s, m, h, d or, for seconds, nothing behind)", duration_text,
		    text, err);
	*(int64_t *)place = ms;
	return 0;
}

/* Enumerators from 0 on: the compiler keeps them as unsigned int. */
_Static_assert(sizeof(enum conf_kind) == sizeof(unsigned), "kind");
_Static_assert(sizeof(enum conf_tls) == sizeof(unsigned), "tls");
_Static_assert(sizeof(enum conf_tls_version) == sizeof(unsigned), "version");
_Static_assert(sizeof(enum conf_client_certificate) == sizeof(unsigned), "client certificate");
_Static_assert(sizeof(enum conf_log_level) == sizeof(unsigned), "log level");

static int set_word(const struct conf_option *o, struct span text, void *place, struct error *err)
{
	int index = name_find(o->words, o->word_count, text);
	unsigned value = (unsigned)index;

	if (index < 0)
		return expected_word(o, text, err);
	if (o->type == CONF_TYPE_FLAG)
		*(bool *)place = index == 1;
	else
		memcpy(place, &value, sizeof(value));
	return 0;
}

void conf_list_add(struct conf_list *list, struct span item, struct arena *a)
{
	const char **items = list->items;

	/* The capacity is the power of two at or above count; old arrays stay in the arena. */
	if ((list->count & (list->count - 1)) == 0) {
		items = arena_alloc(a, (list->count == 0 ? 1 : 2 * list->count) * sizeof(*items));
		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	items[list->count++] = arena_copy(a, item);
}

static int add_mechanism(const struct conf_option *o, struct span text, struct conf_list *list,
    struct arena *a, struct error *err)
{
	int index = name_find(o->words, o->word_count, text);

	if (index < 0)
		return expected_word(o, text, err);
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], o->words[index]) == 0)
			return error_usage(err, "%s: %s is given twice; give each mechanism once",
			    o->name, o->words[index]);
	conf_list_add(list, span_from(o->words[index]), a);
	return 0;
}

/* Letters, digits, "-" and "_" in labels with dots between them; letters of any script. */
static bool is_name(struct span text, size_t labels_min)
{
	size_t labels = 0;

	if (text.len == 0 || text.len > DOMAIN_MAX)
		return false;
	for (; text.data != NULL; labels++) {
		struct span label = span_cut(&text, '.');

		if (label.len == 0 || label.len > LABEL_MAX)
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!ascii_alnum(label.data[i]) && label.data[i] != '-' &&
			    label.data[i] != '_' && (unsigned char)label.data[i] < 0x80)
				return false;
	}
	return labels >= labels_min;
}

static int set_name(
    const struct conf_option *o, struct span text, void *place, struct arena *a, struct error *err)
{
	bool domain = o->type == CONF_TYPE_DOMAIN;

	if (domain && span_index(text, '@') >= 0)
		return expected(o, "a domain, the part of an address behind the \"@\"", text, err);
	if (!is_name(text, domain ? 2 : 1))
		return expected(
		    o, domain ? "a domain as in example.com" : "a selector as in s1", text, err);
	*(const char **)place = arena_copy(a, text);
	return 0;
}

static bool is_egress(struct span text)
{
	static const struct span spf = {"spf:", 4};
	struct ip ip;

	return ip_parse(text, &ip) == 0 ||
	       (span_starts(text, spf) && is_name(span_after(text, spf.len), 2));
}

static bool is_host(struct span text)
{
	static const struct span wildcard = {"*.", 2};
	struct ip ip;

	if (ip_parse(text, &ip) == 0)
		return true;
	return span_starts(text, wildcard) ? is_name(span_after(text, wildcard.len), 2)
	                                   : is_name(text, 1);
}

static int add_item(const struct conf_option *o, struct span text, struct conf_list *list,
    struct arena *a, struct error *err)
{
	struct conf_address address;
	struct ip_prefix prefix;
	struct ip ip;

	if (o->type == CONF_TYPE_MECHANISMS)
		return add_mechanism(o, text, list, a, err);
	if (text.len == 0)
		return error_usage(err, "%s: expected a text, got an empty one", o->name);
	if (o->type == CONF_TYPE_SERVERS &&
	    (conf_address_parse(text, &address) < 0 || address.port == 0))
		return expected(o,
		    "an IP address, no name, and a port, as in 192.0.2.53:53 or "
		    "[2001:db8::53]:53",
		    text, err);
	if (o->type == CONF_TYPE_PREFIXES && ip_prefix_parse(text, &prefix) < 0)
		return expected(o, "an IP address or ADDRESS/BITS", text, err);
	if (o->type == CONF_TYPE_ADDRESSES && ip_parse(text, &ip) < 0)
		return expected(o, "an IPv4 or IPv6 address", text, err);
	if (o->type == CONF_TYPE_HOSTS && !is_host(text))
		return expected(o, "an IP address or a name as in mail.example.com", text, err);
	if (o->type == CONF_TYPE_EGRESS && !is_egress(text))
		return expected(o, "an IP address or spf:DOMAIN", text, err);
	conf_list_add(list, text, a);
	return 0;
}

static void *place_of(const struct conf_option *o, void *draft)
{
	return (char *)draft + o->offset;
}

static int set_text(
    const struct conf_option *o, struct span text, void *place, struct arena *a, struct error *err)
{
	if (text.len == 0)
		return error_usage(err, "%s: expected a text, got an empty one", o->name);
	*(const char **)place = arena_copy(a, text);
	return 0;
}

int conf_value_set(
    const struct conf_option *o, struct span text, void *draft, struct arena *a, struct error *err)
{
	void *place = place_of(o, draft);

	switch (o->type) {
	case CONF_TYPE_TEXT:
	case CONF_TYPE_SECRET:
		return set_text(o, text, place, a, err);
	case CONF_TYPE_WORD:
	case CONF_TYPE_FLAG:
		return set_word(o, text, place, err);
	case CONF_TYPE_NUMBER:
		return set_number(o, text, place, err);
	case CONF_TYPE_COUNTER:
		return set_counter(o, text, place, err);
	case CONF_TYPE_SIZE:
		return set_size(o, text, place, err);
	case CONF_TYPE_DURATION:
		return set_duration(o, text, place, err);
	case CONF_TYPE_DOMAIN:
	case CONF_TYPE_SELECTOR:
		return set_name(o, text, place, a, err);
	case CONF_TYPE_LIST:
	case CONF_TYPE_SERVERS:
	case CONF_TYPE_PREFIXES:
	case CONF_TYPE_ADDRESSES:
	case CONF_TYPE_HOSTS:
	case CONF_TYPE_MECHANISMS:
	case CONF_TYPE_EGRESS:
		return add_item(o, text, place, a, err);
	case CONF_TYPE_COUNT:
		break;
	}
	return -1;
}

static void set_default(const struct conf_option *o, void *draft, struct arena *a)
{
	struct span rest = span_from(o->value);

	if (o->value == NULL)
		return;
	if (!conf_type_is_list(o->type)) {
		conf_value_set(o, rest, draft, a, NULL);
		return;
	}
	while (rest.data != NULL)
		conf_value_set(o, span_cut(&rest, ' '), draft, a, NULL);
}

void conf_value_defaults(enum conf_section section, void *draft, struct arena *a)
{
	for (int i = 0; i < CONF_OPTION_COUNT; i++)
		if (conf_option((enum conf_option_id)i)->section == section)
			set_default(conf_option((enum conf_option_id)i), draft, a);
}

void conf_value_reset(const struct conf_option *o, void *draft)
{
	*(struct conf_list *)place_of(o, draft) = (struct conf_list){NULL, 0};
}

static void write_list(struct buffer *out, const struct conf_list *list)
{
	buffer_add_string(out, "{ ");
	for (size_t i = 0; i < list->count; i++) {
		buffer_add_string(out, i == 0 ? "" : ", ");
		conf_text_quote(out, list->items[i]);
	}
	buffer_add_string(out, list->count == 0 ? "}" : " }");
}

static bool write_scalar(const struct conf_option *o, const void *place, struct buffer *out)
{
	const char *text = *(const char *const *)place;

	if (text == NULL)
		return false;
	if (o->type == CONF_TYPE_SECRET)
		buffer_add_string(out, CONF_SECRET_SHOWN);
	else
		conf_text_quote(out, text);
	return true;
}

static bool write_number(const struct conf_option *o, unsigned n, struct buffer *out)
{
	buffer_printf(out, "%u", n);
	return n >= o->min;
}

bool conf_value_write(const struct conf_option *o, const void *draft, struct buffer *out)
{
	const void *place = (const char *)draft + o->offset;
	char text[32];

	switch (o->type) {
	case CONF_TYPE_TEXT:
	case CONF_TYPE_SECRET:
	case CONF_TYPE_DOMAIN:
	case CONF_TYPE_SELECTOR:
		return write_scalar(o, place, out);
	case CONF_TYPE_WORD:
		buffer_add_string(out, o->words[*(const unsigned *)place]);
		return true;
	case CONF_TYPE_FLAG:
		buffer_add_string(out, o->words[*(const bool *)place]);
		return true;
	case CONF_TYPE_NUMBER:
		return write_number(o, *(const unsigned *)place, out);
	case CONF_TYPE_COUNTER:
		buffer_add_string(out, plain_text(*(const uint64_t *)place, text));
		return true;
	case CONF_TYPE_SIZE:
		buffer_add_string(out, size_text(*(const uint64_t *)place, text));
		return true;
	case CONF_TYPE_DURATION:
		buffer_add_string(out, duration_text((uint64_t) * (const int64_t *)place, text));
		return true;
	case CONF_TYPE_LIST:
	case CONF_TYPE_SERVERS:
	case CONF_TYPE_PREFIXES:
	case CONF_TYPE_ADDRESSES:
	case CONF_TYPE_HOSTS:
	case CONF_TYPE_MECHANISMS:
	case CONF_TYPE_EGRESS:
		write_list(out, place);
		return true;
	case CONF_TYPE_COUNT:
		break;
	}
	return false;
}
