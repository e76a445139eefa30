/*
 * SPDX-License-Identifier: ISC
 *
 * What signatures leave open: names in h= against the fields of the header.
 */
#include <string.h>

#include "base/buffer.h"
#include "unit.h"
#include "verify/dkim_coverage.h"

#define SIGNATURES_MAX 6
#define HASH           "bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=; b=AAAA"
#define SIGNED(h)      "v=1; a=rsa-sha256; d=example.com; s=s1; h=" h "; " HASH
#define OTHER(h)       "v=1; a=rsa-sha256; d=example.net; s=s2; h=" h "; " HASH

#define UNSIGNED_END                                                                               \
	": whoever passes the message on can change them without breaking the signature. Name "    \
	"each in h= as often as it occurs."
#define OVERSIGN_END                                                                               \
	": another such field can be put in front without breaking the signature. Name each in "   \
	"h= once more than it occurs."
#define LEAVES "The DKIM signature of example.com (selector s1) leaves out "
#define OPEN   "The DKIM signature of example.com (selector s1) does not oversign "

static const struct {
	const char *name;
	const char *header;
	const char *signatures[SIGNATURES_MAX];
	const char *field_unsigned, *not_oversigned; /* the findings' texts; NULL: none */
} rows[] = {
    {"nothing is signed", "From: a\r\nSubject: b\r\n", {NULL}, NULL, NULL},
    {"all", "From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\n",
	{SIGNED("from:from:to:to:subject:subject:date:date")}, NULL, NULL},
    {"all, h= in another form", "from: a\r\nSUBJECT : c\r\n",
	{SIGNED("From :\r\n FROM: Subject\r\n\t:subject")}, NULL, NULL},
    {"not oversigned", "From: a\r\nTo: b\r\nSubject: c\r\nDate: d\r\n",
	{SIGNED("from:to:subject:date")}, NULL, OPEN "From, To, Subject, Date" OVERSIGN_END},
    {"From alone oversigned", "From: a\r\nTo: b\r\nSubject: c\r\n",
	{SIGNED("from:from:subject:to")}, NULL, OPEN "To, Subject" OVERSIGN_END},
    {"absent fields need no name", "From: a\r\n", {SIGNED("from:from")}, NULL, NULL},
    {"Subject", "From: a\r\nSubject: b\r\n", {SIGNED("from:from")}, LEAVES "Subject" UNSIGNED_END,
	OPEN "Subject" OVERSIGN_END},
    {"To and Date may be left out", "From: a\r\nTo: b\r\nDate: c\r\n", {SIGNED("from:from")}, NULL,
	OPEN "To, Date" OVERSIGN_END},
    {"List-Unsubscribe", "From: a\r\nList-Unsubscribe: b\r\nList-Unsubscribe-Post: c\r\n",
	{SIGNED("from:from")}, LEAVES "List-Unsubscribe, List-Unsubscribe-Post" UNSIGNED_END, NULL},
    {"List-Unsubscribe-Post", "From: a\r\nList-Unsubscribe: b\r\nList-Unsubscribe-Post: c\r\n",
	{SIGNED("from:from:list-unsubscribe")}, LEAVES "List-Unsubscribe-Post" UNSIGNED_END, NULL},
    {"List-Unsubscribe signed", "From: a\r\nList-Unsubscribe: b\r\n",
	{SIGNED("from:from:list-unsubscribe")}, NULL, NULL},
    {"two From", "From: a\r\nFrom: b\r\n", {SIGNED("from")},
	LEAVES "the topmost of 2 From fields" UNSIGNED_END, OPEN "From" OVERSIGN_END},
    {"two From, named twice", "From: a\r\nFrom: b\r\n", {SIGNED("from:from")}, NULL,
	OPEN "From" OVERSIGN_END},
    {"three Subject", "From: a\r\nSubject: b\r\nSubject: c\r\nSubject: d\r\n",
	{SIGNED("from:from:subject")}, LEAVES "the topmost 2 of 3 Subject fields" UNSIGNED_END,
	OPEN "Subject" OVERSIGN_END},
    {"no Subject signed of two", "From: a\r\nSubject: b\r\nSubject: c\r\n", {SIGNED("from:from")},
	LEAVES "Subject" UNSIGNED_END, OPEN "Subject" OVERSIGN_END},
    {"h= without From", "From: a\r\nSubject: b\r\n", {SIGNED("subject:subject")},
	LEAVES "From" UNSIGNED_END, NULL},
    {"h= without From, and no From", "Subject: b\r\n", {SIGNED("subject:subject")},
	LEAVES "From" UNSIGNED_END, NULL},
    {"malformed otherwise", "From: a\r\nSubject: b\r\n",
	{"v=1; a=rsa-sha256; d=example.com; s=s1; h=from; bh=x; b=AAAA"}, NULL, NULL},
    {"no h=", "From: a\r\nSubject: b\r\n",
	{"v=1; a=rsa-sha256; d=example.com; s=s1; " HASH, "nonsense", ""}, NULL, NULL},
    {"neither d= nor From", "From: a\r\nSubject: b\r\n",
	{"v=1; a=rsa-sha256; s=s1; h=to; " HASH, "v=1; a=rsa-sha256; d=example.com; h=to; " HASH},
	NULL, NULL},
    {"two signatures", "From: a\r\nSubject: b\r\n",
	{SIGNED("from:from:subject:subject"), OTHER("from:from")},
	"The DKIM signature of example.net (selector s2) leaves out Subject" UNSIGNED_END,
	"The DKIM signature of example.net (selector s2) does not oversign Subject" OVERSIGN_END},
    {"both of two", "From: a\r\nSubject: b\r\n", {SIGNED("from:from"), OTHER("subject:subject")},
	LEAVES "Subject; that of example.net (selector s2) leaves out From" UNSIGNED_END,
	OPEN "Subject" OVERSIGN_END},
    {"five", "From: a\r\n",
	{SIGNED("from"), OTHER("from"), SIGNED("from"), OTHER("from"), SIGNED("from")}, NULL,
	OPEN "From; that of example.net (selector s2) does not oversign From; that of example.com "
	     "(selector s1) does not oversign From; 2 more signatures do likewise" OVERSIGN_END},
};

static const char *finding_text(const struct finding_list *l, enum finding_id id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].id == id)
			return l->items[i].text;
	return NULL;
}

static void find(const char *fields, const char *const *texts, size_t count, struct arena *a,
    struct finding_list *out)
{
	struct span message = unit_guard(span_from(fields));
	struct dkim_signature parsed[SIGNATURES_MAX];
	const struct dkim_signature *signatures[SIGNATURES_MAX];
	struct mail_header header;
	struct dkim_coverage coverage = {&header, signatures, count};

	mail_header_parse(message, a, &header);
	for (size_t i = 0; i < count; i++) {
		dkim_signature_parse(span_from(texts[i]), a, &parsed[i]);
		signatures[i] = &parsed[i];
	}
	*out = (struct finding_list){0};
	dkim_coverage_findings(&coverage, a, out);
	unit_guard_free(message);
}

static void expect(const char *row, const char *got, const char *expected)
{
	ck_assert_msg(
	    (got == NULL) == (expected == NULL) && (got == NULL || strcmp(got, expected) == 0),
	    "%s: got \"%s\", expected \"%s\"", row, got == NULL ? "(none)" : got,
	    expected == NULL ? "(none)" : expected);
}

START_TEST(texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		struct finding_list found;
		size_t count = 0;

		while (count < SIGNATURES_MAX && rows[i].signatures[count] != NULL)
			count++;
		find(rows[i].header, rows[i].signatures, count, a, &found);
		expect(rows[i].name, finding_text(&found, FINDING_DKIM_FIELD_UNSIGNED),
		    rows[i].field_unsigned);
		expect(rows[i].name, finding_text(&found, FINDING_DKIM_NOT_OVERSIGNED),
		    rows[i].not_oversigned);
		ck_assert_uint_eq(found.count, (size_t)(rows[i].field_unsigned != NULL) +
						   (size_t)(rows[i].not_oversigned != NULL));
		arena_free(a);
	}
}
END_TEST

/* However long the names, the sentence is not. */
START_TEST(bounded)
{
	struct arena *a = arena_new();
	struct buffer label = BUFFER_INIT, fields = BUFFER_INIT;
	const char *text, *texts_[SIGNATURES_MAX];
	struct finding_list found;

	for (int i = 0; i < 60; i++)
		buffer_add_char(&label, 'a');
	text = arena_printf(a, "v=1; a=rsa-sha256; d=%s.%s.example; s=%s; h=from; " HASH,
	    label.data, label.data, label.data);
	for (size_t i = 0; i < SIGNATURES_MAX; i++)
		texts_[i] = text;
	for (int i = 0; i < 3000; i++)
		buffer_add_string(&fields, "Subject: x\r\nFrom: x\r\nList-Unsubscribe: x\r\n");
	find(fields.data, texts_, SIGNATURES_MAX, a, &found);
	ck_assert_uint_eq(found.count, 2);
	for (size_t i = 0; i < found.count; i++)
		ck_assert_uint_lt(strlen(found.items[i].text), 1500);
	ck_assert_ptr_nonnull(strstr(found.items[0].text, "the topmost 2999 of 3000 From fields"));
	buffer_clear(&label);
	buffer_clear(&fields);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {texts, bounded, NULL};

	return unit_main("dkimcoverage", tests);
}
