/*
 * SPDX-License-Identifier: ISC
 *
 * The tables as they are printed: golden files, one row for each finding; words and replies that
 * are explained, and what a mistyped one may have meant.
 */
#include "report/explain.h"

#include <jansson.h>
#include <string.h>

#include "golden.h"
#include "unit.h"

static const struct report_style WIDE = {.width = 0}, NARROW = {.width = 80},
				 COLOR = {.color = true, .width = 80};

START_TEST(golden_entries)
{
	static const enum finding_id ids[] = {
	    FINDING_BARE_LF, FINDING_NO_QUIT, FINDING_PASSWORD_TO_UNVERIFIED};
	static const struct report_style *const styles[] = {&WIDE, &NARROW, &COLOR};
	struct buffer out = BUFFER_INIT;

	for (size_t k = 0; k < ARRAY_SIZE(styles); k++) {
		report_explain_head(&out, styles[k]);
		for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
			report_explain_line(&out, finding_entry(ids[i]), styles[k]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		report_explain_text(&out, finding_entry(ids[i]), &NARROW);
	golden_check("explain.txt", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

/* Where the column begins that text stands in. */
static ptrdiff_t column(const struct buffer *line, const char *text)
{
	const char *at = strstr(line->data, text);

	ck_assert_msg(at != NULL, "%s: %s", line->data, text);
	return at - line->data;
}

START_TEST(every_row_fits_its_columns)
{
	struct buffer head = BUFFER_INIT, line = BUFFER_INIT;
	ptrdiff_t text;

	report_explain_head(&head, &WIDE);
	text = column(&head, "text\n");
	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);

		buffer_reset(&line);
		report_explain_line(&line, entry, &WIDE);
		ck_assert_int_eq(column(&line, entry->text), text);
		ck_assert(span_starts(buffer_span(&line), span_from(entry->id)));
		ck_assert_int_eq(line.data[line.len - 1], '\n');
	}
	buffer_clear(&head);
	buffer_clear(&line);
}
END_TEST

static void check_reply(const struct finding_entry *entry, json_t *reply)
{
	if (entry->reply_code == 0) {
		ck_assert_msg(json_is_null(reply), "%s", entry->id);
		return;
	}
	ck_assert_uint_eq(json_object_size(reply), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(reply, "code")), entry->reply_code);
	ck_assert_str_eq(json_string_value(json_object_get(reply, "status")), entry->reply_status);
	ck_assert_str_eq(json_string_value(json_object_get(reply, "text")), entry->reply_text);
}

START_TEST(every_row_is_one_object)
{
	static const char *const keys[] = {"kind", "id", "severity", "reference", "reply", "text"};

	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		const struct finding_entry *entry = finding_entry((enum finding_id)i);
		struct buffer out = BUFFER_INIT;
		size_t n = 0;
		json_t *o, *value;
		const char *key;

		report_explain_json(&out, entry);
		o = json_loadb(out.data, out.len, 0, NULL);
		ck_assert_msg(
		    o != NULL && span_index(buffer_span(&out), '\n') < 0, "%s", entry->id);
		json_object_foreach(o, key, value)
		{
			ck_assert_uint_lt(n, ARRAY_SIZE(keys));
			ck_assert_str_eq(key, keys[n++]);
		}
		ck_assert_uint_eq(n, ARRAY_SIZE(keys));
		ck_assert_str_eq(json_string_value(json_object_get(o, "kind")), "finding");
		ck_assert_str_eq(json_string_value(json_object_get(o, "id")), entry->id);
		ck_assert_str_eq(json_string_value(json_object_get(o, "text")), entry->text);
		check_reply(entry, json_object_get(o, "reply"));
		json_decref(o);
		buffer_clear(&out);
	}
}
END_TEST

static const struct {
	const char *word, *want;
} NEAR[] = {
    {"bare-fl", "bare-lf or bare-cr"},
    {"BARE-LF", "bare-lf or bare-cr"},
    {"bare", "bare-lf or bare-cr"},
    {"barelf", "bare-lf"},
    {"helo", "helo-not-a-name"},
    {"missing-angle-braket", "missing-angle-brackets"},
    {"early_talk", "early-talk"},
    {"certificate", "certificate-not-verified or certificate-expired"},
    {"zzzzzzzz", ""},
    {"", ""},
    {"\xff\xfe\x01", ""},
    {"a-word-that-is-so-long-that-it-can-be-no-id-at-all-of-any-finding-there-is", ""},
};

START_TEST(near)
{
	for (size_t i = 0; i < ARRAY_SIZE(NEAR); i++) {
		struct span word = unit_guard(span_from(NEAR[i].word));
		struct buffer out = BUFFER_INIT;

		report_explain_near(&out, word);
		unit_span_eq(NEAR[i].word, buffer_span(&out), NEAR[i].want);
		buffer_clear(&out);
		unit_guard_free(word);
	}
}
END_TEST

/* Whatever the word, at most five. */
START_TEST(there_are_never_many)
{
	static const char letters[] = "-abcdefghijklmnopqrstuvwxyz";
	char word[3] = "";

	for (size_t i = 0; i < 27 * 27; i++) {
		struct buffer out = BUFFER_INIT;
		unsigned commas = 0;

		word[0] = letters[i / 27];
		word[1] = letters[i % 27];
		report_explain_near(&out, span_from(word));
		for (size_t k = 0; k < out.len; k++)
			commas += out.data[k] == ',';
		ck_assert_uint_le(commas, 3);
		buffer_clear(&out);
	}
}
END_TEST

/* Receivers by hand; the lists borrow. */
static const char *spf_or_dkim[] = {"spf=pass", "dkim=pass"};
static const char *one_click[] = {"one-click"};

static struct conf_requirement gmail_rows[] = {
    {.name = "spf-or-dkim",
	.any = {spf_or_dkim, ARRAY_SIZE(spf_or_dkim)},
	.reply = "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
	.remedy = "Publish an SPF record, or sign.",
	.source = "https://support.example.com/81126",
	.date = "2026-03-11"},
    {.name = "one-click",
	.any = {one_click, ARRAY_SIZE(one_click)},
	.when = "header.List-Unsubscribe"},
};

static struct conf_receiver receiver_items[] = {{.name = "gmail",
    .title = "Gmail",
    .requirements = gmail_rows,
    .requirement_count = ARRAY_SIZE(gmail_rows)}};

static const struct conf_receivers RECEIVERS = {
    .items = receiver_items, .count = ARRAY_SIZE(receiver_items)};

static const char GMAIL[] =
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
    "550-5.7.26 Gmail requires all senders to authenticate with either\n"
    "550-5.7.26 SPF or DKIM. 550 5.7.26 gsmtp";

static void add_all(struct buffer *out, const struct report_style *style)
{
	static const char *const words[] = {GMAIL, "5.7.1", "(#5.7.606)", "535 5.7.8",
	    "said: 550; 5.7.515 Access denied, sending domain", "421 4.7.0", "571", "4.9.77",
	    "softfail", "dmarc=fail", "iprev=permerror"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct buffer one = BUFFER_INIT;

		if (style != NULL)
			buffer_printf(out, "==== %s\n", words[i]);
		ck_assert(report_explain(&one, span_from(words[i]), &RECEIVERS, style));
		buffer_add_span(out, buffer_span(&one));
		buffer_clear(&one);
	}
}

START_TEST(golden_words)
{
	struct buffer out = BUFFER_INIT;

	add_all(&out, &NARROW);
	golden_check("explain-words.txt", buffer_span(&out));
	buffer_reset(&out);
	add_all(&out, NULL);
	golden_check("explain-words.json", buffer_span(&out));
	buffer_clear(&out);
}
END_TEST

START_TEST(golden_tables)
{
	static const struct {
		const char *name;
		const struct report_style *style;
	} forms[] = {{"wide.txt", &WIDE}, {"80.txt", &NARROW}, {"json", NULL}};

	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		struct buffer out = BUFFER_INIT, name = BUFFER_INIT;

		for (int i = EXPLAIN_REPLIES; i < EXPLAIN_TABLE_COUNT; i++)
			report_explain_table(
			    &out, (enum explain_table)i, &RECEIVERS, forms[f].style);
		buffer_printf(&name, "explain-tables%s%s", strchr(forms[f].name, '.') ? "-" : ".",
		    forms[f].name);
		golden_check(name.data, buffer_span(&out));
		buffer_clear(&out);
		buffer_clear(&name);
	}
}
END_TEST

/* What the first lines of an explanation say, or nothing. */
static const struct {
	const char *words, *first; /* NULL: unknown */
	bool reply;
} WORDS[] = {
    {"bare-lf", "bare-lf\n", false},
    {" bare-lf ", "bare-lf\n", false},
    {"SPF=SoftFail", "spf=softfail\n", false},
    {"spf_helo=none", "spf=none\n", false},
    {"neutral", "spf=neutral\n", false},
    {"dkim=softfail", NULL, false},
    {"arc=pass", NULL, false},
    {"spf=", NULL, false},
    {"=", NULL, false},
    {"550", "550\n", true},
    {"550 ", "550\n", true},
    {"599", "599\n    No standard has this code", true},
    {"600", NULL, false},
    {"55", NULL, false},
    {"5.1.1", "5.1.1\n", true},
    {"4.4.7", "4.4.7\n", true},
    {"3.1.1", NULL, false},
    {"5.1", NULL, false},
    {"5.1.1.1", NULL, false},
    {"5.1.1000", NULL, false},
    {"550 5.7.26 Unauthenticated email from a.example is not accepted due to domain's DMARC policy",
	"Gmail: 550 5.7.26, 451 4.7.26 ... DMARC policy\n", true},
    {"554 5.7.1 Your message was rejected due to a.example's DMARC policy.",
	"Apple: 554 5.7.1 ... DMARC policy\n", true},
    {"550 5.7.1 [10.0.2.5] part of their network is on our block list (S3150).",
	"Microsoft: 550 5.7.1 ... S3150\n", true},
    {"421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred",
	"Yahoo: 421 4.7.0 ... TSS04\n", true},
    {"(host mx.example.net said: 552 5.2.2 <a@icloud.com>: user is over quota)", "5.2.2\n", true},
    {"550-5.7.29 Gmail requires all bulk email senders to use TLS/SSL",
	"Gmail: 550 5.7.29, 421 4.7.29\n", true},
    {"550-5.7.29 Somebody requires TLS", "5.7.29\n", true},
    {"5.7.606", "Microsoft: 550 5.7.606-649\n", true},
    {"Maximum sending rate exceeded", "Amazon SES: 454 ... Maximum sending rate exceeded\n", false},
    {"mail", NULL, false},
    {"nonsense", NULL, false},
    {"", NULL, false},
    {"\x1b[2J\xff", NULL, false},
};

START_TEST(words_are_known_or_not)
{
	for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++) {
		struct span words = unit_guard(span_from(WORDS[i].words));
		struct buffer out = BUFFER_INIT;
		bool known = report_explain(&out, words, NULL, &NARROW);

		ck_assert_msg(known == (WORDS[i].first != NULL), "%s", WORDS[i].words);
		ck_assert_msg(known ? span_starts(buffer_span(&out), span_from(WORDS[i].first))
				    : out.len == 0,
		    "%s: %s", WORDS[i].words, out.data);
		ck_assert_msg(
		    report_explain_is_reply(words) == WORDS[i].reply, "%s", WORDS[i].words);
		buffer_clear(&out);
		unit_guard_free(words);
	}
}
END_TEST

/* What a profile says that a receiver answers is known as that receiver's. */
START_TEST(profiles_answer_what_is_known)
{
	struct conf_receivers receivers = {0};
	unsigned count = 0;

	conf_receivers_builtin(&receivers);
	for (size_t i = 0; i < receivers.count; i++)
		for (size_t k = 0; k < receivers.items[i].requirement_count; k++) {
			const struct conf_receiver *r = &receivers.items[i];
			const char *reply = r->requirements[k].reply;
			struct buffer out = BUFFER_INIT;

			if (reply == NULL)
				continue;
			ck_assert(report_explain(&out, span_from(reply), NULL, &WIDE));
			ck_assert_msg(strncmp(out.data, r->title, strcspn(r->title, " ")) == 0 ||
					  strstr(out.data, "\nProviders that answer so\n") != NULL,
			    "%s, %s: %s", r->name, reply, out.data);
			ck_assert_msg(strstr(out.data, "No standard has") == NULL, "%s", reply);
			buffer_clear(&out);
			count++;
		}
	ck_assert_uint_gt(count, 15);
	conf_receivers_clear(&receivers);
}
END_TEST

/* What is pasted is never printed; and a long text takes no long time. */
START_TEST(hostile_words)
{
	struct buffer words = BUFFER_INIT, out = BUFFER_INIT;

	buffer_add_string(&words, "550 5.7.1 \x1b[2J\xff ");
	for (size_t i = 0; i < 100000; i++)
		buffer_add_string(&words, "550-5.7.26 either ");
	ck_assert(report_explain(&out, buffer_span(&words), &RECEIVERS, &COLOR));
	ck_assert_ptr_null(strstr(out.data, "\x1b[2J"));
	ck_assert_uint_lt(out.len, 100000);
	buffer_clear(&words);
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {golden_entries, every_row_fits_its_columns,
	    every_row_is_one_object, near, there_are_never_many, golden_words, golden_tables,
	    words_are_known_or_not, profiles_answer_what_is_known, hostile_words, NULL};

	return unit_main("explain", tests);
}
