/*
 * SPDX-License-Identifier: ISC
 *
 * Lint of DKIM keys.
 */
#include <string.h>

#include "lintcase.h"
#include "unit.h"

#define NAME "s1._domainkey.d.test"

#define ED25519 "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RSA_512                                                                                    \
	"p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAM1GjjL4oT+JqxzGcUnl1qEK6tkdqfpOZHN/yQM/2z8IYyBnWChcwd" \
	"UpFQKhXuSperXPEbXk2rCUJGWtHnRGdVcCAwEAAQ=="
#define RSA_1024                                                                                   \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDPugDows7Qi7++bfcKakoBFPaMFZ+7wdlbyAY87HSUeyIMKV" \
	"iK7zZFBuYR05yGcuvblN+QwrqITZdDZn6lOe5m+4zo/z9Ed+Z2l3E6C6b+bxiXrLsUE/xTJFrDCHloaxJJd7yZba" \
	"GlOQhbbIzPwAHvjsDku2PD790EyFLLGuM16wIDAQAB"
#define RSA_2048                                                                                   \
	"p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0i/vNBgSMxYXazv382GhDtgtiziE8hwato1YGDBlhi" \
	"XMJn8RAAp3QbRggTL+KrI9J4u35MlhgJJK/uoR8jEyhTRaEZVVrzCiwke6TsmFwP/gTkHulrkSXFrsxWr\" \""   \
	"G/Gso6VBJ3TIkkwVndbJ1Hp14bgUGWtzz8wGwVoo3sHcuFzKKbrVFF6bZcZ2Nnp3Xjll9rpIkItZfSJrT99HGNt"  \
	"J1kjb5ZiKjXUPtQgzcoX/ksUQFqc/Z9IY8WPKCqza7lBj6vvHgSLbdYnSJvBlEVJ0HUT7hyft63HFQY6pTiEdGq"  \
	"XyV9hQWCP3I//YK95xmPQo+N3+YKatZaIUlPogDsNejDwIDAQAB"

#define KEY(text) NAME " TXT \"" text "\"\n"

static const struct {
	const char *row, *zone, *ids, *part;
	enum auth_result result;
	unsigned bits;
} rows[] = {
    {"RSA of 2048 bits", KEY("v=DKIM1; k=rsa; " RSA_2048), "", NULL, AUTH_PASS, 2048},
    {"Ed25519", KEY("v=DKIM1; k=ed25519; " ED25519), "", NULL, AUTH_PASS, 256},
    {"by an alias", NAME " CNAME k.test\nk.test TXT \"k=ed25519; " ED25519 "\"\n", "", NULL,
	AUTH_PASS, 256},
    {"RSA of 1024 bits", KEY("v=DKIM1; " RSA_1024), "dkim-weak-key", "has 1024 bits: make",
	AUTH_PASS, 1024},
    {"RSA of 512 bits", KEY("v=DKIM1; " RSA_512), "dkim-weak-key", "receivers ignore", AUTH_POLICY,
	512},
    {"missing", "d.test A 192.0.2.1\n", "dkim-key-missing", "does not exist", AUTH_PERMERROR, 0},
    {"no TXT", NAME " A 192.0.2.1\n", "dkim-key-missing", "no TXT record", AUTH_PERMERROR, 0},
    {"an alias of nothing", NAME " CNAME k.test\n", "dkim-key-missing", NULL, AUTH_PERMERROR, 0},
    {"malformed", KEY("v=DKIM1; p=!"), "dkim-key-malformed", "not base64", AUTH_PERMERROR, 0},
    {"no key", KEY("v=DKIM1"), "dkim-key-malformed", "p= is missing", AUTH_PERMERROR, 0},
    {"another version", KEY("v=DKIM2; k=ed25519; " ED25519), "dkim-key-malformed", NULL,
	AUTH_PERMERROR, 0},
    {"no tag list", KEY("hello"), "dkim-key-malformed", NULL, AUTH_PERMERROR, 0},
    {"revoked", KEY("v=DKIM1; p="), "dkim-key-revoked", "is revoked", AUTH_PERMERROR, 0},
    {"testing", KEY("v=DKIM1; t=y; k=ed25519; " ED25519), "dkim-key-testing", "t=y", AUTH_PASS,
	256},
    {"testing and weak", KEY("v=DKIM1; t=y:s; " RSA_1024), "dkim-weak-key dkim-key-testing", NULL,
	AUTH_PASS, 1024},
    {"not for mail", KEY("v=DKIM1; s=tlsrpt; k=ed25519; " ED25519), "dkim-key-malformed",
	"not for mail", AUTH_PERMERROR, 256},
    {"sha1 alone", KEY("v=DKIM1; h=sha1; " RSA_1024), "dkim-key-malformed", "sha256",
	AUTH_PERMERROR, 1024},
    {"two records", KEY("v=DKIM1; k=ed25519; " ED25519) KEY("v=DKIM1; p="), "dkim-key-malformed",
	"2 TXT records", AUTH_PASS, 256},
    {"fails", "$MAILASSAY TIMEOUT " NAME "\n", "lookup-failed", NAME " TXT failed (TIMEOUT)",
	AUTH_TEMPERROR, 0},
};

START_TEST(table)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lint_case c;
		struct dkim_verdict key;

		lint_case_open(&c, rows[i].zone, NULL);
		ck_assert_int_eq(
		    lint_dkim(SPAN("d.test"), SPAN("s1"), c.view, c.arena, &c.lint, &key),
		    VERIFY_DONE);
		lint_case_close(&c);
		lint_case_expect(&c, rows[i].row, rows[i].ids, rows[i].part);
		ck_assert_msg(key.result == rows[i].result && key.bits == rows[i].bits,
		    "%s: %s, %u bits", rows[i].row, AUTH_RESULT_NAME[key.result], key.bits);
		ck_assert_str_eq(key.selector, "s1");
		for (size_t k = 0; k < c.lint.count; k++)
			ck_assert_str_eq(c.lint.items[k].name, NAME);
		lint_case_clear(&c);
	}
}
END_TEST

/* What cannot be a selector has no key, whatever it holds. */
START_TEST(no_selector)
{
	static const struct span selectors[] = {
	    {"", 0}, {"a b", 3}, {"a..b", 4}, {"\0x", 2}, {"%s", 2}, {"*", 1}, {"\\", 1}};

	for (size_t i = 0; i < ARRAY_SIZE(selectors); i++) {
		struct lint_case c;
		struct dkim_verdict key;

		lint_case_open(&c, "d.test A 192.0.2.1\n", NULL);
		ck_assert_int_eq(
		    lint_dkim(SPAN("d.test"), selectors[i], c.view, c.arena, &c.lint, &key),
		    VERIFY_DONE);
		lint_case_close(&c);
		lint_case_expect(&c, "no selector", "dkim-key-missing", NULL);
		ck_assert_int_eq(key.result, AUTH_PERMERROR);
		lint_case_clear(&c);
	}
}
END_TEST

START_TEST(outside)
{
	struct lint_case c;

	lint_case_run(&c, LINT_DKIM, NAME, "s1._domainkey CNAME s1.provider.example.\n", "d.test");
	lint_case_expect(&c, "outside", "outside-zone", "s1.provider.example lies outside");
	lint_case_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, no_selector, outside, NULL};

	return unit_main("lintdkim", tests);
}
