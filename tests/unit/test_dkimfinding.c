/*
 * SPDX-License-Identifier: ISC
 *
 * What is found in signed messages beside their verdicts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dkimrun.h"
#include "unit.h"

START_TEST(weak_key_finding)
{
	static const struct {
		enum sign_key key;
		bool found;
	} weak[] = {{SIGN_RSA_512, true}, {SIGN_RSA_1024, true}, {SIGN_RSA_2048, false},
	    {SIGN_ED25519, false}};

	for (size_t i = 0; i < ARRAY_SIZE(weak); i++) {
		struct signing how = plain;
		char *message, *records = key_record(weak[i].key, "");
		struct run r;

		how.key = weak[i].key;
		message = sign_message(&how, MESSAGE);
		run(&r, message, records);
		ck_assert_msg(
		    has_finding(&r, FINDING_DKIM_WEAK_KEY) == weak[i].found, "key %zu", i);
		run_clear(&r);
		free(message);
		free(records);
	}
}
END_TEST

/* The first ten are judged, the eleventh is a finding; a malformed one keeps its place. */
START_TEST(too_many)
{
	struct signing how = plain;
	char *message = strdup(MESSAGE), *records = key_record(SIGN_ED25519, ""), *next;
	struct run r;

	how.key = SIGN_ED25519;
	for (int i = 0; i < 9; i++) {
		next = sign_message(&how, message);
		free(message);
		message = next;
	}
	ck_assert_int_gt(asprintf(&next, "DKIM-Signature: broken\r\n%s", message), 0);
	free(message);
	message = next;
	run(&r, message, records);
	ck_assert_uint_eq(r.verdict.dkim_count, 10);
	ck_assert_int_eq(r.verdict.dkim[0].result, AUTH_PERMERROR);
	ck_assert_int_eq(r.verdict.dkim[9].result, AUTH_PASS);
	ck_assert(!has_finding(&r, FINDING_DKIM_TOO_MANY));
	run_clear(&r);
	ck_assert_int_gt(asprintf(&next, "DKIM-Signature: d=first; s=x\r\n%s", message), 0);
	run(&r, next, records);
	ck_assert_uint_eq(r.verdict.dkim_count, 10);
	ck_assert_str_eq(r.verdict.dkim[0].domain, "first");
	ck_assert_int_eq(r.verdict.dkim[9].result, AUTH_PASS);
	ck_assert(has_finding(&r, FINDING_DKIM_TOO_MANY));
	run_clear(&r);
	free(next);
	free(message);
	free(records);
}
END_TEST

/* A second Subject on top is what a signature that names it once cannot see. */
START_TEST(coverage_findings)
{
	static const struct {
		const char *over[8];
		const char *top; /* put in front of the signed message */
		enum auth_result result;
		bool field_unsigned, not_oversigned;
	} covered[] = {
	    {{NULL}, "", AUTH_PASS, false, true},
	    {{NULL}, "Subject: Other\r\n", AUTH_PASS, true, true},
	    {{"from", "to", "subject", "date", NULL}, "", AUTH_PASS, false, false},
	    {{"from", "to", "subject", "date", NULL}, "Subject: Other\r\n", AUTH_FAIL, false, true},
	    {{"from", "to", "date", NULL}, "", AUTH_PASS, false, true},
	};
	char *records = key_record(SIGN_ED25519, "");

	for (size_t i = 0; i < ARRAY_SIZE(covered); i++) {
		struct signing how = plain;
		const char *over[8];
		char *message, *whole;
		struct run r;

		memcpy(over, covered[i].over, sizeof(over));
		how.key = SIGN_ED25519;
		how.oversigned = over[0] == NULL ? NULL : over;
		message = sign_message(&how, MESSAGE);
		ck_assert_int_gt(asprintf(&whole, "%s%s", covered[i].top, message), 0);
		run(&r, whole, records);
		ck_assert_msg(r.verdict.dkim[0].result == covered[i].result, "%zu: %s", i,
		    r.verdict.dkim[0].reason);
		ck_assert_msg(
		    has_finding(&r, FINDING_DKIM_FIELD_UNSIGNED) == covered[i].field_unsigned,
		    "%zu", i);
		ck_assert_msg(
		    has_finding(&r, FINDING_DKIM_NOT_OVERSIGNED) == covered[i].not_oversigned,
		    "%zu", i);
		run_clear(&r);
		free(whole);
		free(message);
	}
	free(records);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {weak_key_finding, too_many, coverage_findings, NULL};

	return unit_main("dkimfinding", tests);
}
