/*
 * SPDX-License-Identifier: ISC
 *
 * mail/fold: where lines end, and that nothing is changed by it.
 */
#include "unit.h"

#include "mail/fold.h"

#define W30 "123456789012345678901234567890"
#define W60 W30 W30

START_TEST(words)
{
	struct buffer out = BUFFER_INIT;
	struct mail_fold f;

	buffer_add_string(&out, "A: b\r\n");
	mail_fold_begin(&f, &out, "Name");
	mail_fold_word(&f, SPAN(W30));
	mail_fold_word(&f, SPAN(W30));
	mail_fold_word(&f, SPAN("1234567890")); /* 78 columns, and one is kept free */
	mail_fold_join(&f, SPAN(";"));
	mail_fold_word(&f, SPAN("x"));
	mail_fold_line(&f, SPAN("y"));
	mail_fold_word(&f, SPAN(W60 "12345678")); /* a tab counts as 8 */
	mail_fold_word(&f, SPAN(W60 W60));
	mail_fold_word(&f, SPAN("z"));
	mail_fold_end(&f);
	ck_assert_str_eq(out.data, "A: b\r\n"
				   "Name: " W30 " " W30 "\r\n"
				   "\t1234567890; x\r\n"
				   "\ty\r\n"
				   "\t" W60 "12345678\r\n"
				   "\t" W60 W60 "\r\n"
				   "\tz\r\n");
	buffer_clear(&out);
}
END_TEST

START_TEST(fits_exactly)
{
	struct buffer out = BUFFER_INIT;
	struct mail_fold f;

	mail_fold_begin(&f, &out, "Name");
	mail_fold_word(&f, SPAN(W60 "12345678901"));
	mail_fold_join(&f, SPAN(";"));
	mail_fold_end(&f);
	ck_assert_uint_eq(out.len, MAIL_FOLD_COLUMNS + 2);
	ck_assert_str_eq(out.data, "Name: " W60 "12345678901;\r\n");
	buffer_clear(&out);
}
END_TEST

static const struct {
	const char *name, *text, *folded;
} TEXTS[] = {
    {"short", "a b c", "a b c"},
    {"empty", "", ""},
    {"one fold", W60 " " W30, W60 "\r\n " W30},
    {"no blank", W60 W60, W60 W60},
    {"a tab stays one", W60 "\t" W30, W60 "\r\n\t" W30},
    {"runs of blanks are not cut", W60 "  " W30 " " W30, W60 "  " W30 "\r\n " W30},
    {"a blank at the end is not cut off", W60 "1234567890 ", W60 "1234567890 "},
    {"behind a blank in front", " " W30 " " W60, " " W30 "\r\n " W60},
    {"a blank in front may be the fold", " " W60 W30, "\r\n " W60 W30},
};

START_TEST(texts)
{
	struct buffer out = BUFFER_INIT, back = BUFFER_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(TEXTS); i++) {
		struct mail_fold f;
		struct span s;

		buffer_reset(&out);
		buffer_reset(&back);
		mail_fold_begin(&f, &out, "N");
		mail_fold_text(&f, span_from(TEXTS[i].text));
		s = span_after(buffer_span(&out), 2);
		unit_span_eq(TEXTS[i].name, s, TEXTS[i].folded);
		for (size_t k = 0; k < s.len; k++)
			if (s.data[k] != '\r' && s.data[k] != '\n')
				buffer_add_char(&back, s.data[k]);
		unit_span_eq(TEXTS[i].name, buffer_span(&back), TEXTS[i].text);
	}
	buffer_clear(&out);
	buffer_clear(&back);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {words, fits_exactly, texts, NULL};

	return unit_main("fold", tests);
}
