/*
 * SPDX-License-Identifier: ISC
 *
 * Counts over rows that were made by hand: all of them, those that match, none.
 */
#include <string.h>

#include "storecase.h"
#include "unit.h"

static struct storecase c;

/* Three messages of two sessions, and a session that broke. 16:00 is 1795449600000. */
static const char rows[] =
    "INSERT INTO session (number, id, listener, started_at_ms, stage, commands, bytes_in,"
    " bytes_out, via, failed_at, connection_ms, tls_ms, data_ms)"
    " VALUES (1, 'S1', 'mx', 1, 'done', 1, 1, 1, 'direct', NULL, 10, NULL, 100),"
    " (2, 'S2', 'submission', 1, 'done', 1, 1, 1, 'direct', NULL, 20, 5, 7),"
    " (3, 'S3', 'mx', 1, 'tls', 1, 1, 1, 'direct', 'tls', 30, 3, NULL);"
    "INSERT INTO message (number, id, session, received_at_ms, mail_from, smtputf8, size, via,"
    " auth_user, tls_version, refused) VALUES"
    " (1, 'M1', 1, 1795449600000, 'a@x', 0, 100, 'direct', NULL, NULL, '550 5.7.26 no'),"
    " (2, 'M2', 1, 1795449599999, 'b@x', 0, 200, 'direct', NULL, 'TLSv1.3', NULL),"
    " (3, 'M3', 2, 1795453199999, 'a@x', 0, 300, 'direct', 'app', 'TLSv1.3', NULL);"
    "INSERT INTO verdict (message, viewpoint, check_name, result) VALUES"
    " (1, 'observed', 'spf', 'fail'), (2, 'observed', 'spf', 'pass'),"
    " (1, 'observed', 'spf_helo', 'none'), (3, 'predicted', 'spf', 'softfail'),"
    " (1, 'observed', 'dkim', 'none'), (2, 'observed', 'dkim', 'pass'),"
    " (3, 'observed', 'dkim', 'pass'), (3, 'observed', 'dmarc', 'pass'),"
    " (1, 'observed', 'rdns', 'permerror');"
    "INSERT INTO finding (session, message, seq, id, severity) VALUES"
    " (1, 1, 0, 'bare-lf', 'error'), (1, 1, 1, 'bare-lf', 'error'), (1, 2, 0, 'bare-lf', 'error'),"
    " (2, 3, 0, 'nul', 'error'), (1, NULL, 0, 'no-quit', 'info');";

static const char ALL[] = "spf fail 1, spf pass 1, spf - 1, "
			  "dkim pass 2, dkim none 1, "
			  "dmarc - 2, dmarc pass 1, "
			  "rdns - 2, rdns permerror 1, "
			  "tls TLSv1.3 2, tls - 1, "
			  "listener mx 2, listener submission 1, "
			  "user - 2, user app 1, "
			  "hour 2026-11-23T15:00Z 1, hour 2026-11-23T16:00Z 2, "
			  "finding bare-lf 2, finding nul 1, "
			  "refused - 2, refused 550 5.7.26 no 1";
static const char OF_A[] = "spf fail 1, spf - 1, "
			   "dkim none 1, dkim pass 1, "
			   "dmarc pass 1, dmarc - 1, "
			   "rdns permerror 1, rdns - 1, "
			   "tls TLSv1.3 1, tls - 1, "
			   "listener mx 1, listener submission 1, "
			   "user app 1, user - 1, "
			   "hour 2026-11-23T16:00Z 2, "
			   "finding bare-lf 1, finding nul 1, "
			   "refused 550 5.7.26 no 1, refused - 1";
static const char OF_B[] = "spf pass 1, dkim pass 1, dmarc - 1, rdns - 1, tls TLSv1.3 1, "
			   "listener mx 1, user - 1, hour 2026-11-23T15:00Z 1, finding bare-lf 1, "
			   "refused - 1";

static const struct {
	const char *name, *from;
	size_t limit;
	uint64_t messages, octets, sessions, failed;
	const char *tallies;
	struct store_latency connection, tls, envelope;
} CASES[] = {
    {"all", NULL, 1, 3, 600, 3, 1, ALL, {3, 20, 30, 30, 30}, {2, 3, 5, 5, 5}, {0}},
    {"of two sessions", "a@x", 0, 2, 400, 2, 0, OF_A, {2, 10, 20, 20, 20}, {1, 5, 5, 5, 5}, {0}},
    {"of one", "b@x", 0, 1, 200, 1, 0, OF_B, {1, 10, 10, 10, 10}, {0}, {0}},
    {"none", "c@x", 0, 0, 0, 0, 0, "", {0}, {0}, {0}},
};

static void same_latency(
    const char *name, const struct store_latency *got, const struct store_latency *want)
{
	ck_assert_msg(got->count == want->count && got->p50 == want->p50 && got->p90 == want->p90 &&
			  got->p99 == want->p99 && got->max == want->max,
	    "%s: %d %d %d %d", name, (int)got->count, (int)got->p50, (int)got->p90, (int)got->max);
}

static const char *tallies(const struct store_stats *s)
{
	struct buffer text = BUFFER_INIT;
	const char *copy;

	for (size_t i = 0; i < s->tally_count; i++)
		buffer_printf(&text, "%s%s %s %d", i == 0 ? "" : ", ", s->tallies[i].group,
		    s->tallies[i].word == NULL ? "-" : s->tallies[i].word,
		    (int)s->tallies[i].count);
	copy = arena_copy(c.arena, buffer_span(&text));
	buffer_clear(&text);
	return copy;
}

START_TEST(counts)
{
	struct store *s;

	storecase_init(&c);
	storecase_sql(&c, rows);
	s = sample_reader(c.dir);
	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		const struct selection_term from = {
		    .key = SELECTION_FROM, .form = SELECTION_WHOLE, .value = CASES[i].from};
		const struct selection selection = {&from, CASES[i].from == NULL ? 0 : 1};
		const struct store_filter f = {.selection = &selection, .limit = CASES[i].limit};
		struct error err = {.text = ""};
		struct store_stats got;

		ck_assert_msg(store_stats(s, &f, c.arena, &got, &err) == 0, "%s: %s", CASES[i].name,
		    err.text);
		ck_assert_uint_eq(got.messages, CASES[i].messages);
		ck_assert_uint_eq(got.octets, CASES[i].octets);
		ck_assert_uint_eq(got.sessions, CASES[i].sessions);
		ck_assert_uint_eq(got.sessions_failed, CASES[i].failed);
		ck_assert_msg(strcmp(tallies(&got), CASES[i].tallies) == 0, "%s: %s", CASES[i].name,
		    tallies(&got));
		same_latency(
		    CASES[i].name, &got.latency[RECORD_STAGE_CONNECTION], &CASES[i].connection);
		same_latency(CASES[i].name, &got.latency[RECORD_STAGE_TLS], &CASES[i].tls);
		same_latency(
		    CASES[i].name, &got.latency[RECORD_STAGE_ENVELOPE], &CASES[i].envelope);
	}
	store_close(s);
	storecase_clear(&c);
}
END_TEST

START_TEST(percentiles_are_of_those_that_are_there)
{
	static const struct store_filter all = {0};
	static const struct store_latency want = {200, 100, 180, 198, 200};
	struct error err = {.text = ""};
	struct store_stats got;
	struct store *s;

	storecase_init(&c);
	storecase_sql(&c,
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
	    " INSERT INTO session (number, id, started_at_ms, stage, commands, bytes_in, bytes_out,"
	    " via, data_ms) SELECT i, 'S' || i, 1, 'done', 1, 1, 1, 'direct', 201 - i FROM n");
	s = sample_reader(c.dir);
	ck_assert_msg(store_stats(s, &all, c.arena, &got, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(got.sessions, 200);
	ck_assert_uint_eq(got.tally_count, 0);
	same_latency("data", &got.latency[RECORD_STAGE_DATA], &want);
	store_close(s);
	storecase_clear(&c);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {counts, percentiles_are_of_those_that_are_there, NULL};

	return unit_main("storestats", tests);
}
