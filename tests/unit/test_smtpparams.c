/*
 * SPDX-License-Identifier: ISC
 *
 * Parameters of MAIL and RCPT.
 */
#include "smtp/params.h"

#include "unit.h"

#define SIZE_BIT (1U << SMTP_PARAM_SIZE)
#define BODY_BIT (1U << SMTP_PARAM_BODY)
#define AUTH_BIT (1U << SMTP_PARAM_AUTH)
#define ALL      (SIZE_BIT | BODY_BIT | AUTH_BIT)

static const struct row {
	const char *text;
	unsigned allowed;
	int code;
	unsigned given;
	uint64_t size;
	enum smtp_body body;
} ROWS[] = {
    {"SIZE=0", ALL, 0, SIZE_BIT, 0, SMTP_BODY_NONE},
    {"size=2310 body=8bitmime", ALL, 0, SIZE_BIT | BODY_BIT, 2310, SMTP_BODY_8BITMIME},
    {"BODY=7BIT", ALL, 0, BODY_BIT, 0, SMTP_BODY_7BIT},
    {"SIZE=18446744073709551615", ALL, 0, SIZE_BIT, UINT64_MAX, SMTP_BODY_NONE},
    {"SIZE=99999999999999999999", ALL, 0, SIZE_BIT, UINT64_MAX, SMTP_BODY_NONE},
    {"AUTH=<>", ALL, 0, AUTH_BIT, 0, SMTP_BODY_NONE},
    {"AUTH=e+3Dmc2@example.com", ALL, 0, AUTH_BIT, 0, SMTP_BODY_NONE},
    {"SIZE=999999999999999999999", ALL, 501, 0, 0, 0},
    {"SIZE=", ALL, 501, 0, 0, 0},
    {"SIZE", ALL, 501, 0, 0, 0},
    {"SIZE=-1", ALL, 501, 0, 0, 0},
    {"SIZE=1k", ALL, 501, 0, 0, 0},
    {"SIZE=1 SIZE=1", ALL, 501, 0, 0, 0},
    {"BODY=", ALL, 501, 0, 0, 0},
    {"BODY=BINARYMIME", ALL, 501, 0, 0, 0},
    {"AUTH=", ALL, 501, 0, 0, 0},
    {"AUTH=+3d", ALL, 501, 0, 0, 0},
    {"AUTH=a=b", ALL, 501, 0, 0, 0},
    {"", ALL, 501, 0, 0, 0},
    {"SIZE=1 ", ALL, 501, 0, 0, 0},
    {"SIZE=1  BODY=7BIT", ALL, 501, 0, 0, 0},
    {"=1", ALL, 501, 0, 0, 0},
    {"-X=1", ALL, 501, 0, 0, 0},
    {"X_Y=1", ALL, 501, 0, 0, 0},
    {"SIZE=1\t", ALL, 501, 0, 0, 0},
    {"X=\xc3\xbc", ALL, 501, 0, 0, 0},
    {"RET=FULL", ALL, 555, 0, 0, 0},
    {"SMTPUTF8", ALL, 555, 0, 0, 0},
    {"SIZE=1", 0, 555, 0, 0, 0},
    {"AUTH=<>", SIZE_BIT | BODY_BIT, 555, 0, 0, 0},
};

START_TEST(parses)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct row *r = &ROWS[i];
		struct span text = unit_guard(span_from(r->text));
		struct smtp_params p;
		struct error err = {.text = ""};
		int code = smtp_params_parse(text, r->allowed, &p, &err);

		ck_assert_msg(code == r->code, "%s: %d", r->text, code);
		ck_assert_msg((code != 0) == (err.text[0] != '\0'), "%s: sentence", r->text);
		if (code == 0) {
			ck_assert_msg(p.given == r->given, "%s: given", r->text);
			ck_assert_msg(p.size == r->size, "%s: size", r->text);
			ck_assert_msg(p.body == r->body, "%s: body", r->text);
		}
		unit_guard_free(text);
	}
}
END_TEST

/* No parameters at all: the span that stands for "nothing behind the path". */
START_TEST(takes_none)
{
	struct smtp_params p;

	ck_assert_int_eq(smtp_params_parse((struct span){NULL, 0}, ALL, &p, NULL), 0);
	ck_assert_uint_eq(p.given, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {parses, takes_none, NULL};

	return unit_main("smtpparams", tests);
}
