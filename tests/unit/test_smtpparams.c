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
#define UTF8_BIT (1U << SMTP_PARAM_SMTPUTF8)
#define TLS_BIT  (1U << SMTP_PARAM_REQUIRETLS)
#define ALL      (SIZE_BIT | BODY_BIT | AUTH_BIT | UTF8_BIT | TLS_BIT)

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
    {"BODY=BINARYMIME", ALL, 0, BODY_BIT, 0, SMTP_BODY_BINARYMIME},
    {"BODY=BINARY", ALL, 501, 0, 0, 0},
    {"smtputf8 REQUIRETLS", ALL, 0, UTF8_BIT | TLS_BIT, 0, SMTP_BODY_NONE},
    {"SMTPUTF8=", ALL, 501, 0, 0, 0},
    {"SMTPUTF8=1", ALL, 501, 0, 0, 0},
    {"SMTPUTF8 SMTPUTF8", ALL, 501, 0, 0, 0},
    {"REQUIRETLS=yes", ALL, 501, 0, 0, 0},
    {"REQUIRETLS", ALL & ~TLS_BIT, 555, 0, 0, 0},
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
    {"SMTPUTF8", SIZE_BIT, 555, 0, 0, 0},
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

#define X10     "0123456789"
#define X100    X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define PLUS10  "+41+41+41+41+41+41+41+41+41+41"
#define PLUS100 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10 PLUS10
#define DSN_BITS                                                                                   \
	(1U << SMTP_PARAM_RET | 1U << SMTP_PARAM_ENVID | 1U << SMTP_PARAM_NOTIFY |                 \
	    1U << SMTP_PARAM_ORCPT)

static const struct dsn_row {
	const char *text;
	int code;
	enum smtp_ret ret;
	unsigned notify;
	const char *envid, *orcpt;
	unsigned more; /* allowed too */
} DSN[] = {
    {"RET=FULL ENVID=QQ314159", 0, SMTP_RET_FULL, 0, "QQ314159", "", 0},
    {"ret=hdrs", 0, SMTP_RET_HDRS, 0, "", "", 0},
    {"RET=BODY", 501, 0, 0, "", "", 0},
    {"RET", 501, 0, 0, "", "", 0},
    {"RET=", 501, 0, 0, "", "", 0},
    {"RET=FULL RET=FULL", 501, 0, 0, "", "", 0},
    {"ENVID=" X100, 0, 0, 0, X100, "", 0},
    {"ENVID=" X100 "0", 501, 0, 0, "", "", 0},
    {"ENVID=" PLUS100, 0, 0, 0, PLUS100, "", 0},
    {"ENVID=" PLUS100 "A", 501, 0, 0, "", "", 0},
    {"ENVID=a+20b", 0, 0, 0, "a+20b", "", 0},
    {"ENVID=", 501, 0, 0, "", "", 0},
    {"ENVID=a+0D", 501, 0, 0, "", "", 0},
    {"ENVID=a+ff", 501, 0, 0, "", "", 0},
    {"ENVID=a+2", 501, 0, 0, "", "", 0},
    {"NOTIFY=NEVER", 0, 0, SMTP_NOTIFY_NEVER, "", "", 0},
    {"NOTIFY=success,FAILURE,Delay", 0, 0,
	SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_FAILURE | SMTP_NOTIFY_DELAY, "", "", 0},
    {"NOTIFY=NEVER,DELAY", 501, 0, 0, "", "", 0},
    {"NOTIFY=DELAY,NEVER", 501, 0, 0, "", "", 0},
    {"NOTIFY=DELAY,DELAY", 0, 0, SMTP_NOTIFY_DELAY, "", "", 0},
    {"NOTIFY=DELAY,", 501, 0, 0, "", "", 0},
    {"NOTIFY=ALWAYS", 501, 0, 0, "", "", 0},
    {"NOTIFY=", 501, 0, 0, "", "", 0},
    {"NOTIFY", 501, 0, 0, "", "", 0},
    {"ORCPT=rfc822;b@example.net", 0, 0, 0, "", "rfc822;b@example.net", 0},
    {"ORCPT=x-local;a+20b+3Dc", 0, 0, 0, "", "x-local;a+20b+3Dc", 0},
    {"ORCPT=utf-8;b\\x{FC}@example.net", 0, 0, 0, "", "utf-8;b\\x{FC}@example.net", 0},
    {"ORCPT=utf-8;\xc3\xbc@example.net", 501, 0, 0, "", "", 0},
    {"ORCPT=utf-8;\xc3\xbc@example.net", 0, 0, 0, "", "utf-8;\xc3\xbc@example.net",
	SMTP_PARAMS_UTF8},
    {"ORCPT=utf-8;\xc3@example.net", 501, 0, 0, "", "", SMTP_PARAMS_UTF8},
    {"ORCPT=rfc822;\xc3\xbc@example.net", 501, 0, 0, "", "", SMTP_PARAMS_UTF8},
    {"ORCPT=" X100 X100 X100 X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 "012345678;", 501, 0, 0, "",
	"", 0},
    {"ORCPT=rfc822;" X100 X100 X100 X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 "0123", 501, 0, 0, "",
	"", 0},
    {"ORCPT=rfc822;", 501, 0, 0, "", "", 0},
    {"ORCPT=rfc822", 501, 0, 0, "", "", 0},
    {"ORCPT=;b@example.net", 501, 0, 0, "", "", 0},
    {"ORCPT=rfc(822;b@example.net", 501, 0, 0, "", "", 0},
    {"ORCPT=rfc822;b+00@example.net", 501, 0, 0, "", "", 0},
    {"ORCPT=rfc822;b NOTIFY=DELAY ORCPT=rfc822;b", 501, 0, 0, "", "", 0},
};

START_TEST(parses_dsn)
{
	for (size_t i = 0; i < ARRAY_SIZE(DSN); i++) {
		const struct dsn_row *r = &DSN[i];
		struct span text = unit_guard(span_from(r->text));
		struct smtp_params p;
		struct error err = {.text = ""};
		int code = smtp_params_parse(text, DSN_BITS | r->more, &p, &err);

		ck_assert_msg(code == r->code, "%s: %d", r->text, code);
		if (code == 0) {
			ck_assert_msg(p.ret == r->ret, "%s: ret", r->text);
			ck_assert_msg(p.notify == r->notify, "%s: notify", r->text);
			unit_span_eq(r->text, p.envid, r->envid);
			unit_span_eq(r->text, p.orcpt, r->orcpt);
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
	const TTest *const tests[] = {parses, parses_dsn, takes_none, NULL};

	return unit_main("smtpparams", tests);
}
