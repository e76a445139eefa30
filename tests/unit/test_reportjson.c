/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON forms against golden files, and as JSON.
 */
#include "report/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "golden.h"
#include "unit.h"

static void to_json(const struct record_message *m, struct buffer *out)
{
	report_message_json(out, m);
}

START_TEST(golden_files)
{
	struct buffer out = BUFFER_INIT;
	char name[64];
	size_t count;

	for (const struct form *f = forms(&count), *end = f + count; f < end; f++) {
		buffer_reset(&out);
		to_json(f->message, &out);
		buffer_add_char(&out, '\n');
		snprintf(name, sizeof(name), "message-%s.json", f->name);
		golden_check(name, buffer_span(&out));
	}
	buffer_clear(&out);
}
END_TEST

/* The keys of DESIGN's form, in its order; a dot goes into an object or a list. */
static const struct {
	const char *object, *keys;
} KEYS[] = {
    {"", "id received_at listener session client envelope auth tls message observed predicted "
	 "delivered opinions findings refused"},
    {"client", "ip port helo via"},
    {"envelope", "mail_from rcpt_to size smtputf8 body require_tls dsn"},
    {"envelope.dsn", "ret envid recipients"},
    {"envelope.dsn.recipients.0", "address notify orcpt"},
    {"envelope.dsn.recipients.1", "address notify orcpt"},
    {"envelope.dsn.recipients.2", "address notify orcpt"},
    {"auth", "mechanism user over_tls"},
    {"tls", "mode version cipher bits group sni alpn resumed client_certificate"},
    {"tls.client_certificate", "subject issuer fingerprint_sha256 not_after verified reason"},
    {"message", "message_id from subject date"},
    {"observed", "spf spf_helo dkim dmarc rdns"},
    {"observed.spf", "result identity domain mechanism lookups void_lookups explanation reason"},
    {"observed.dmarc", "result from_domain organizational_domain policy_domain policy disposition "
		       "spf_aligned dkim_aligned record reason"},
    {"observed.rdns", "result ip names confirmed helo_match reason"},
    {"observed.dkim.0", "result domain selector algorithm bits canonicalization identity "
			"signed_headers body_length signed_at expires_at reason"},
    {"predicted", "route spf spf_helo dkim dmarc rdns"},
    {"predicted.spf", "result identity domain mechanism lookups void_lookups explanation reason"},
    {"predicted.dkim.0", "result domain selector algorithm bits canonicalization identity "
			 "signed_headers body_length signed_at expires_at reason predicted"},
    {"predicted.dkim.1", "result domain selector algorithm bits canonicalization identity "
			 "signed_headers body_length signed_at expires_at reason predicted"},
    {"opinions.0", "library check result agrees reason"},
};

static json_t *go_to(json_t *o, const char *path)
{
	struct span rest = span_from(path);
	char key[64];

	while (rest.len > 0) {
		struct span part = span_cut(&rest, '.');

		snprintf(key, sizeof(key), "%.*s", (int)part.len, part.data);
		o = json_is_array(o) ? json_array_get(o, (size_t)(key[0] - '0'))
		                     : json_object_get(o, key);
	}
	return o;
}

START_TEST(keys_are_there_in_order)
{
	struct buffer out = BUFFER_INIT, keys = BUFFER_INIT;
	size_t count;
	json_t *whole;

	to_json(forms(&count)[0].message, &out);
	whole = json_loadb(out.data, out.len, 0, NULL);
	ck_assert_ptr_nonnull(whole);
	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
		json_t *o = go_to(whole, KEYS[i].object), *value;
		const char *key;

		buffer_reset(&keys);
		json_object_foreach(o, key, value)
		    buffer_printf(&keys, "%s%s", keys.len == 0 ? "" : " ", key);
		ck_assert_msg(keys.len > 0 && strcmp(keys.data, KEYS[i].keys) == 0,
		    "%s: got \"%s\", expected \"%s\"", KEYS[i].object, keys.data, KEYS[i].keys);
	}
	json_decref(whole);
	buffer_clear(&out);
	buffer_clear(&keys);
}
END_TEST

/* The same keys, whatever is absent; one line. */
START_TEST(absent_facts_are_null)
{
	static const char *const nulls[] = {"id", "received_at", "listener", "session", "client",
	    "auth", "tls", "observed.spf", "observed.spf_helo", "observed.rdns", "predicted",
	    "delivered", "opinions", "message.from", "envelope.mail_from", "envelope.body",
	    "envelope.smtputf8", "envelope.require_tls", "envelope.dsn", "observed.dmarc.policy",
	    "observed.dmarc.disposition"};
	struct buffer out = BUFFER_INIT;
	size_t count;
	json_t *whole;

	to_json(forms(&count)[3].message, &out);
	ck_assert_int_lt(span_index(buffer_span(&out), '\n'), 0);
	whole = json_loadb(out.data, out.len, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(nulls); i++) {
		json_t *o = go_to(whole, nulls[i]);

		ck_assert_msg(o != NULL && json_is_null(o), "%s: expected null", nulls[i]);
	}
	ck_assert_uint_eq(json_array_size(go_to(whole, "observed.dkim")), 0);
	ck_assert(json_is_array(go_to(whole, "findings")));
	ck_assert(json_is_array(go_to(whole, "envelope.rcpt_to")));
	json_decref(whole);
	buffer_clear(&out);
}
END_TEST

static const struct {
	const char *path;
	enum { IS_TRUE, IS_FALSE, IS_NULL } want;
} TRUTHS[] = {
    {"predicted.dkim.0.predicted", IS_TRUE},
    {"predicted.dkim.1.predicted", IS_FALSE},
    {"opinions.0.agrees", IS_FALSE},
    {"opinions.1.agrees", IS_TRUE},
    {"opinions.2.agrees", IS_NULL},
};

START_TEST(what_is_yet_to_come_and_who_agrees)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	json_t *whole;

	to_json(forms(&count)[0].message, &out);
	whole = json_loadb(out.data, out.len, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(TRUTHS); i++) {
		static const json_type types[] = {JSON_TRUE, JSON_FALSE, JSON_NULL};
		json_t *o = go_to(whole, TRUTHS[i].path);

		ck_assert_msg(
		    o != NULL && json_typeof(o) == types[TRUTHS[i].want], "%s", TRUTHS[i].path);
	}
	json_decref(whole);
	buffer_clear(&out);
}
END_TEST

/* A route of which only the name is known: what needs an address is null. */
START_TEST(a_prediction_without_an_address)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	json_t *whole;

	to_json(forms(&count)[1].message, &out);
	whole = json_loadb(out.data, out.len, 0, NULL);
	ck_assert(json_is_null(go_to(whole, "predicted.spf")));
	ck_assert(json_is_null(go_to(whole, "predicted.rdns")));
	ck_assert_uint_eq(json_array_size(go_to(whole, "predicted.dkim")), 0);
	ck_assert_str_eq(json_string_value(go_to(whole, "predicted.route")), "empty \x1b[2J");
	json_decref(whole);
	buffer_clear(&out);
}
END_TEST

/* Raw on the left, as it is written on the right; NULL: as it is. */
static const struct {
	const char *name, *raw, *written;
} TEXTS[] = {
    {"plain", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 ~", NULL},
    {"escape", "\x1b[2J", "\\u001B[2J"},
    {"DEL", "a\x7f", "a\\u007f"},
    {"the first of C1", "\xc2\x80", "\\u0080"},
    {"CSI of C1",
	"a\xc2\x9b"
	"2Jb",
	"a\\u009b"
	"2Jb"},
    {"the last of C1", "\xc2\x9f", "\\u009f"},
    {"behind C1", "\xc2\xa0", NULL},
    {"Arabic letter mark", "\xd8\x9c", "\\u061c"},
    {"marks", "\xe2\x80\x8e\xe2\x80\x8f", "\\u200e\\u200f"},
    {"before the marks", "\xe2\x80\x8d", NULL},
    {"line separator", "\xe2\x80\xa8", "\\u2028"},
    {"override",
	"\\\xe2\x80\xae"
	"fdp",
	"\\\\\\u202e"
	"fdp"},
    {"isolate", "\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
    {"behind isolates", "\xe2\x81\xaa", NULL},
};

/* Nothing can change a terminal, and the value stays the same. */
START_TEST(hidden_characters_are_escaped)
{
	struct record_message m;
	struct buffer out = BUFFER_INIT, expected = BUFFER_INIT;
	size_t count;

	m = *forms(&count)[0].message;
	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		const char *written = TEXTS[i].written == NULL ? TEXTS[i].raw : TEXTS[i].written;
		json_t *whole;

		buffer_reset(&out);
		buffer_reset(&expected);
		m.subject = TEXTS[i].raw;
		report_message_json(&out, &m);
		buffer_printf(&expected, "\"subject\":\"%s\"", written);
		ck_assert_msg(strstr(out.data, expected.data) != NULL, "%s: expected %s in %s",
		    TEXTS[i].name, expected.data, out.data);
		whole = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_msg(whole != NULL, "%s", TEXTS[i].name);
		ck_assert_str_eq(json_string_value(go_to(whole, "message.subject")), TEXTS[i].raw);
		json_decref(whole);
	}
	buffer_clear(&out);
	buffer_clear(&expected);
}
END_TEST

START_TEST(dmarc_alone)
{
	const struct record_message *m;
	struct buffer out = BUFFER_INIT;
	size_t count;

	m = forms(&count)[0].message;
	report_dmarc_json(&out, &m->observed.dmarc, &m->findings);
	buffer_add_char(&out, '\n');
	golden_check("dmarc.json", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

START_TEST(spf_alone)
{
	struct buffer out = BUFFER_INIT;
	size_t count;
	const struct verdict *v = &forms(&count)[0].message->observed;

	report_spf_json(&out, &v->spf, &v->spf_helo);
	buffer_add_char(&out, '\n');
	golden_check("spf.json", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_files, keys_are_there_in_order, absent_facts_are_null,
	    what_is_yet_to_come_and_who_agrees, a_prediction_without_an_address, spf_alone,
	    dmarc_alone, hidden_characters_are_escaped, NULL};

	return unit_main("reportjson", tests);
}
