/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC records (RFC 9989 4.7, 4.8).
 */
#include <string.h>

#include "base/buffer.h"
#include "unit.h"
#include "verify/dmarc.h"

#define BYTES(literal)                                                                             \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct span no_records[] = {
    BYTES(""),
    BYTES("p=reject"),
    BYTES("p=reject; v=DMARC1"),
    BYTES("v=DMARC2; p=reject"),
    BYTES("v=dmarc1; p=reject"),
    BYTES("v=DMARC1p=reject"),
    BYTES("v=DMARC1 p=reject"),
    BYTES("v=DMARC10; p=reject"),
    BYTES("v=DMARC; p=reject"),
    BYTES("v DMARC1; p=reject"),
    BYTES(" v=DMARC1; p=reject"),
    BYTES("\tv=DMARC1; p=reject"),
    BYTES(";v=DMARC1"),
    BYTES("vv=DMARC1; p=reject"),
    BYTES("v=spf1 -all"),
    BYTES("v=DMARC1\0; p=reject"),
    BYTES("\xef\xbb\xbfv=DMARC1; p=reject"),
};

START_TEST(no_record)
{
	for (size_t i = 0; i < ARRAY_SIZE(no_records); i++) {
		struct span text = unit_guard(no_records[i]);
		struct dmarc_record r;

		ck_assert_msg(dmarc_record_parse(text, &r) == -1, "\"%.*s\" was accepted",
		    (int)text.len, text.data);
		unit_guard_free(text);
	}
}
END_TEST

/* What a record comes to, in words. */
static void show(const struct dmarc_record *r, struct buffer *out)
{
	static const char *const psd[] = {"u", "y", "n"};

	if (r->invalid_policy)
		buffer_printf(out, "no policy%s", r->valid_rua ? ", rua" : "");
	else
		buffer_printf(out, "p=%s", DMARC_POLICY_NAME[r->p]);
	if (r->has_sp)
		buffer_printf(out, " sp=%s", DMARC_POLICY_NAME[r->sp]);
	if (r->has_np)
		buffer_printf(out, " np=%s", DMARC_POLICY_NAME[r->np]);
	if (r->strict_dkim)
		buffer_add_string(out, " adkim=s");
	if (r->strict_spf)
		buffer_add_string(out, " aspf=s");
	if (r->testing)
		buffer_add_string(out, " t=y");
	if (r->psd != DMARC_PSD_UNKNOWN)
		buffer_printf(out, " psd=%s", psd[r->psd]);
}

static const struct {
	struct span text;
	const char *shown;
} records[] = {
    {BYTES("v=DMARC1; p=none"), "p=none"},
    {BYTES("v=DMARC1; p=quarantine;"), "p=quarantine"},
    {BYTES("v=DMARC1;p=reject"), "p=reject"},
    {BYTES("V=DMARC1; P=reject"), "p=reject"},
    {BYTES("v\t= DMARC1 ; p = ReJect ;"), "p=reject"},
    {BYTES("v=DMARC1; rua=mailto:a@example.com; p=reject"), "p=reject"},
    {BYTES("v=DMARC1; p=reject; sp=quarantine; np=none"), "p=reject sp=quarantine np=none"},
    {BYTES("v=DMARC1; p=none; sp=REJECT; NP=Quarantine"), "p=none sp=reject np=quarantine"},
    {BYTES("v=DMARC1; p=reject; adkim=s; aspf=S"), "p=reject adkim=s aspf=s"},
    {BYTES("v=DMARC1; p=reject; adkim=r; aspf=x"), "p=reject"},
    {BYTES("v=DMARC1; p=reject; t=y"), "p=reject t=y"},
    {BYTES("v=DMARC1; p=reject; t=Y; psd=Y"), "p=reject t=y psd=y"},
    {BYTES("v=DMARC1; p=reject; t=n; psd=n"), "p=reject psd=n"},
    {BYTES("v=DMARC1; p=reject; t=1; psd=x"), "p=reject"},
    {BYTES("v=DMARC1; p=reject; psd=u"), "p=reject"},
    {BYTES("v=DMARC1; p=reject; pct=0; ri=60; rf=afrf; foo=bar; =; ;;x"), "p=reject"},
    {BYTES("v=DMARC1; p=none; p=reject"), "p=none"},
    {BYTES("v=DMARC1; p=bogus; p=reject"), "no policy"},
    {BYTES("v=DMARC1"), "no policy"},
    {BYTES("v=DMARC1;"), "no policy"},
    {BYTES("v=DMARC1; p="), "no policy"},
    {BYTES("v=DMARC1; p=r"), "no policy"},
    {BYTES("v=DMARC1; p=rejects"), "no policy"},
    {BYTES("v=DMARC1; p=\"reject\""), "no policy"},
    {BYTES("v=DMARC1; p=re\0ject"), "no policy"},
    {BYTES("v=DMARC1; p=reject\xa0"), "no policy"},
    {BYTES("v=DMARC1; rua=mailto:d@example.com"), "no policy, rua"},
    {BYTES("v=DMARC1; p=bad; rua=mailto:d@example.com!10m"), "no policy, rua"},
    {BYTES("v=DMARC1; p=bad; rua=nothing,mailto:d@example.com"), "no policy, rua"},
    {BYTES("v=DMARC1; p=bad; rua=https://example.com/r"), "no policy, rua"},
    {BYTES("v=DMARC1; p=bad; rua=mailto:"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua=mailto:nobody"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua=d@example.com"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua=mail to:d@example.com"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua=<mailto:d@example.com>"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua=mailto:<d@example.com>"), "no policy"},
    {BYTES("v=DMARC1; p=bad; rua="), "no policy"},
    {BYTES("v=DMARC1; p=reject; sp=bogus"), "no policy"},
    {BYTES("v=DMARC1; p=reject; np="), "no policy"},
    {BYTES("v=DMARC1; p=reject; sp=x; rua=mailto:d@example.com"), "no policy, rua"},
};

START_TEST(record)
{
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct span text = unit_guard(records[i].text);
		struct buffer shown = BUFFER_INIT;
		struct dmarc_record r;

		ck_assert_msg(dmarc_record_parse(text, &r) == 0, "\"%.*s\" was refused",
		    (int)text.len, text.data);
		show(&r, &shown);
		unit_span_eq(records[i].text.data, buffer_span(&shown), records[i].shown);
		buffer_clear(&shown);
		unit_guard_free(text);
	}
}
END_TEST

/* What somebody meant for DMARC, and what is there for something else. */
static const struct {
	struct span text;
	bool meant;
} intentions[] = {
    {BYTES("v=dmarc1; p=reject"), true},
    {BYTES("v=DMARC2; p=reject"), true},
    {BYTES("v=DMARC; p=reject"), true},
    {BYTES("v=DMARC1 p=reject"), true},
    {BYTES(" v=DMARC1; p=reject"), true},
    {BYTES("\"v=DMARC1; p=reject\""), true},
    {BYTES("\xef\xbb\xbfv=DMARC1; p=reject"), true},
    {BYTES(";v=DMARC1"), true},
    {BYTES("p=reject"), true},
    {BYTES("p=REJECT; v=DMARC1"), true},
    {BYTES("sp=none"), true},
    {BYTES("rua=mailto:d@example.com"), true},
    {BYTES("adkim=s; aspf=s"), true},
    {BYTES("DMARC1; rf=afrf"), true},
    {BYTES("_dmarc IN TXT v=DMARC1; p=none"), true},
    {BYTES(""), false},
    {BYTES(" "), false},
    {BYTES("v=spf1 -all"), false},
    {BYTES("v=DKIM1; p=reject"), false},
    {BYTES("v=TLSRPTv1; rua=mailto:d@example.com"), false},
    {BYTES("k=rsa; p=MIGfMA0GCSqGSIb3DQEB"), false},
    {BYTES("p=MIGfMA0GCSqGSIb3DQEB"), false},
    {BYTES("p"), false},
    {BYTES("rua"), false},
    {BYTES("google-site-verification=dmarc1"), false},
    {BYTES("\0\0\0"), false},
};

START_TEST(meant)
{
	for (size_t i = 0; i < ARRAY_SIZE(intentions); i++) {
		struct span text = unit_guard(intentions[i].text);

		ck_assert_msg(dmarc_record_meant(text) == intentions[i].meant, "\"%.*s\"",
		    (int)text.len, text.data);
		unit_guard_free(text);
	}
}
END_TEST

static const struct {
	const char *text;
	enum dmarc_policy own, below, absent; /* the domain, one below it, one that is not there */
} policies[] = {
    {"v=DMARC1; p=reject", DMARC_POLICY_REJECT, DMARC_POLICY_REJECT, DMARC_POLICY_REJECT},
    {"v=DMARC1; p=reject; sp=none", DMARC_POLICY_REJECT, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
    {"v=DMARC1; p=none; np=reject", DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_REJECT},
    {"v=DMARC1; p=none; sp=quarantine; np=reject", DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
	DMARC_POLICY_REJECT},
    {"v=DMARC1", DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
    {"v=DMARC1; p=x; sp=quarantine", DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_NONE},
    {"v=DMARC1; np=reject", DMARC_POLICY_NONE, DMARC_POLICY_NONE, DMARC_POLICY_REJECT},
    {"v=DMARC1; p=reject; sp=x; np=reject", DMARC_POLICY_NONE, DMARC_POLICY_NONE,
	DMARC_POLICY_NONE},
    {"v=DMARC1; p=reject; sp=reject; np=x", DMARC_POLICY_NONE, DMARC_POLICY_NONE,
	DMARC_POLICY_NONE},
};

START_TEST(policy)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		const char *text = policies[i].text;
		struct dmarc_record r;

		ck_assert_int_eq(dmarc_record_parse(span_from(text), &r), 0);
		ck_assert_msg(dmarc_record_policy(&r, false, true) == policies[i].own, "%s", text);
		ck_assert_msg(dmarc_record_policy(&r, false, false) == policies[i].own, "%s", text);
		ck_assert_msg(dmarc_record_policy(&r, true, true) == policies[i].below, "%s", text);
		ck_assert_msg(
		    dmarc_record_policy(&r, true, false) == policies[i].absent, "%s", text);
	}
}
END_TEST

START_TEST(addresses)
{
	struct dmarc_record r;

	ck_assert_int_eq(dmarc_record_parse(SPAN("v=DMARC1; p=none; rua= mailto:A@example.com , "
						 "mailto:b@example.com ;ruf=mailto:f@example.com; "
						 "fo=1:d; rua=mailto:second@example.com"),
			     &r),
	    0);
	unit_span_eq("rua", r.rua, "mailto:A@example.com , mailto:b@example.com");
	unit_span_eq("ruf", r.ruf, "mailto:f@example.com");
	unit_span_eq("fo", r.fo, "1:d");
	ck_assert(r.valid_rua);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {no_record, record, meant, policy, addresses, NULL};

	return unit_main("dmarcrecord", tests);
}
