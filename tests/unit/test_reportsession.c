/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON forms of sessions and transcripts: golden files, keys, absent facts, lines.
 */
#include <jansson.h>
#include <string.h>

#include "forms.h"
#include "golden.h"
#include "report/json.h"
#include "unit.h"

enum { GOOD, EARLY, TLS, LOGIN, ENVELOPE, DATA, NOTHING };

static json_t *load(const struct buffer *text)
{
	json_error_t error;
	json_t *o;

	ck_assert_int_lt(span_index(buffer_span(text), '\n'), 0);
	o = json_loadb(text->data, text->len, 0, &error);
	ck_assert_msg(o != NULL, "%s", error.text);
	return o;
}

static json_t *session(size_t which)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	json_t *o;

	report_session_json(&out, session_forms(&count)[which]);
	o = load(&out);
	buffer_clear(&out);
	return o;
}

START_TEST(golden_file)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	const struct record_session *const *all = session_forms(&count);

	for (size_t i = 0; i < count; i++) {
		report_session_json(&out, all[i]);
		buffer_add_char(&out, '\n');
	}
	golden_check("sessions.json", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

static const struct {
	size_t session;
	const char *object, *keys;
} KEYS[] = {
    {GOOD, NULL,
	"id listener started_at ended_at client helo tls tls_failure auth stage end commands "
	"bytes_in bytes_out timings_ms messages findings end_reason failed_at failure"},
    {NOTHING, NULL,
	"id listener started_at ended_at client helo tls tls_failure auth stage end commands "
	"bytes_in bytes_out timings_ms messages findings end_reason failed_at failure"},
    {GOOD, "client", "ip port helo via"},
    {GOOD, "tls", "mode version cipher bits group sni alpn resumed client_certificate"},
    {GOOD, "auth", "mechanism user over_tls"},
    {GOOD, "timings_ms", "connection tls authentication envelope data"},
    {TLS, "tls_failure", "reason offered_versions sni alpn groups by alert"},
};

START_TEST(keys_are_there_in_order)
{
	struct buffer keys = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
		json_t *whole = session(KEYS[i].session), *value;
		json_t *o = KEYS[i].object == NULL ? whole : json_object_get(whole, KEYS[i].object);
		const char *key;

		buffer_reset(&keys);
		json_object_foreach(o, key, value)
		    buffer_printf(&keys, "%s%s", keys.len == 0 ? "" : " ", key);
		ck_assert_msg(keys.len > 0 && strcmp(keys.data, KEYS[i].keys) == 0,
		    "row %zu: got \"%s\"", i, keys.len == 0 ? "" : keys.data);
		json_decref(whole);
	}
	buffer_clear(&keys);
}
END_TEST

static const struct {
	size_t session;
	const char *key, *want; /* as JSON */
} VALUES[] = {
    {GOOD, "failed_at", "null"},
    {GOOD, "failure", "null"},
    {GOOD, "end", "\"quit\""},
    {GOOD, "stage", "\"done\""},
    {GOOD, "tls_failure", "null"},
    {GOOD, "messages", "[\"01JDCYK0000000000000000010\",\"01JDCYK0000000000000000011\"]"},
    {GOOD, "bytes_in", "5000000000"},
    {GOOD, "started_at", "\"2025-11-24T16:00:00.000Z\""},
    {EARLY, "failed_at", "\"connection\""},
    {EARLY, "timings_ms",
	"{\"connection\":1,\"tls\":null,\"authentication\":null,\"envelope\":null,\"data\":null}"},
    {EARLY, "messages", "[]"},
    {EARLY, "findings", "[]"},
    {EARLY, "helo", "null"},
    {TLS, "failed_at", "\"tls\""},
    {TLS, "tls", "null"},
    {LOGIN, "failed_at", "\"authentication\""},
    {LOGIN, "failure", "\"535 5.7.8 Authentication credentials invalid\""},
    {LOGIN, "auth", "null"},
    {ENVELOPE, "failed_at", "\"envelope\""},
    {ENVELOPE, "end", "\"client-closed\""},
    {DATA, "failed_at", "\"data\""},
    {DATA, "ended_at", "null"},
    {DATA, "end", "null"},
    {DATA, "end_reason", "null"},
    {NOTHING, "id", "null"},
    {NOTHING, "listener", "null"},
    {NOTHING, "client", "null"},
};

START_TEST(values)
{
	for (size_t i = 0; i < ARRAY_SIZE(VALUES); i++) {
		json_t *o = session(VALUES[i].session);
		char *got =
		    json_dumps(json_object_get(o, VALUES[i].key), JSON_COMPACT | JSON_ENCODE_ANY);

		ck_assert_msg(got != NULL && strcmp(got, VALUES[i].want) == 0, "%s of %zu: %s",
		    VALUES[i].key, VALUES[i].session, got);
		free(got);
		json_decref(o);
	}
}
END_TEST

START_TEST(what_a_client_hello_offered_is_a_list)
{
	json_t *whole = session(TLS), *o = json_object_get(whole, "tls_failure");
	static const struct {
		const char *key;
		size_t count;
	} lists[] = {{"offered_versions", 2}, {"alpn", 2}, {"groups", 2}};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		ck_assert_uint_eq(
		    json_array_size(json_object_get(o, lists[i].key)), lists[i].count);
	ck_assert_str_eq(json_string_value(json_object_get(o, "by")), "client");
	ck_assert_str_eq(json_string_value(json_object_get(o, "alert")), "unknown_ca");
	json_decref(whole);
}
END_TEST

static const struct {
	const char *text;
	const char *want; /* the lines */
} TRANSCRIPTS[] = {
    {"", "[]"},
    {"   0.012 S: 220 mx.example.net ESMTP\n",
	"[{\"ms\":12,\"from\":\"server\",\"text\":\"220 mx.example.net ESMTP\"}]"},
    {"   0.012 C: EHLO a\n  61.500 -- it waits\n",
	"[{\"ms\":12,\"from\":\"client\",\"text\":\"EHLO a\"},"
	"{\"ms\":61500,\"from\":\"note\",\"text\":\"it waits\"}]"},
    {"12345.678 C: \n", "[{\"ms\":12345678,\"from\":\"client\",\"text\":\"\"}]"},
    {"   0.000 C:  S: 250 x\n", "[{\"ms\":0,\"from\":\"client\",\"text\":\" S: 250 x\"}]"},
    {"   0.000 C: a\\x0ab\n", "[{\"ms\":0,\"from\":\"client\",\"text\":\"a\\\\x0ab\"}]"},
    {"         -- the transcript ends here: it is full\n",
	"[{\"ms\":null,\"from\":\"note\",\"text\":\"the transcript ends here: it is full\"}]"},
    {"C: QUIT", "[{\"ms\":null,\"from\":\"client\",\"text\":\"QUIT\"}]"},
    {"\n", "[{\"ms\":null,\"from\":\"note\",\"text\":\"\"}]"},
    {"   0.01 C: a\n", "[{\"ms\":null,\"from\":\"note\",\"text\":\"   0.01 C: a\"}]"},
    {"   0.0123 C: a\n", "[{\"ms\":null,\"from\":\"note\",\"text\":\"   0.0123 C: a\"}]"},
    {"99999999999999999999.000 C: a\n",
	"[{\"ms\":null,\"from\":\"note\",\"text\":\"99999999999999999999.000 C: a\"}]"},
    {"   0.001 X: a\n", "[{\"ms\":null,\"from\":\"note\",\"text\":\"   0.001 X: a\"}]"},
    {"   0.001 C: \xff\n", "[{\"ms\":1,\"from\":\"client\",\"text\":\"\xef\xbf\xbd\"}]"},
};

START_TEST(transcripts)
{
	for (size_t i = 0; i < ARRAY_SIZE(TRANSCRIPTS); i++) {
		struct span text = unit_guard(span_from(TRANSCRIPTS[i].text));
		struct buffer out = BUFFER_INIT;
		json_t *o;
		char *got;

		report_transcript_json(&out, "01JDCYJZ0V0000000000000010", text);
		o = load(&out);
		got = json_dumps(json_object_get(o, "lines"), JSON_COMPACT);
		ck_assert_msg(
		    strcmp(got, TRANSCRIPTS[i].want) == 0, "%s: %s", TRANSCRIPTS[i].text, got);
		ck_assert_str_eq(
		    json_string_value(json_object_get(o, "session")), "01JDCYJZ0V0000000000000010");
		ck_assert_uint_eq(json_object_size(o), 2);
		free(got);
		json_decref(o);
		buffer_clear(&out);
		unit_guard_free(text);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_file, keys_are_there_in_order, values,
	    what_a_client_hello_offered_is_a_list, transcripts, NULL};

	return unit_main("reportsession", tests);
}
