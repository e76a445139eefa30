/*
 * SPDX-License-Identifier: ISC
 *
 * The log: one line an event, escaped, by level. Standard error goes into a pipe meanwhile.
 */
#include "run/log.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/date.h"
#include "unit.h"

static int saved_stderr, reading;

static void begin(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	reading = ends[0];
}

static void end(struct buffer *out)
{
	char chunk[4096];
	ssize_t n;

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	while ((n = read(reading, chunk, sizeof(chunk))) > 0)
		buffer_add(out, chunk, (size_t)n);
	close(reading);
}

/* The line without its time, which is checked. */
static struct span after_time(const struct buffer *out)
{
	struct span line = buffer_span(out), time;
	int64_t ms;

	ck_assert_msg(span_starts(line, SPAN("time=")), "%s", out->data);
	line = span_after(line, 5);
	time = span_cut(&line, ' ');
	ck_assert_int_eq(date_rfc3339_parse(time, &ms), 0);
	return line;
}

static const struct {
	const char *value, *shown;
} VALUES[] = {
    {"plain", "plain"},
    {"a@b.example", "a@b.example"},
    {"", "\"\""},
    {"two words", "\"two words\""},
    {"a=b", "\"a=b\""},
    {"say \"x\"", "\"say \\\"x\\\"\""},
    {"a\\b", "\"a\\\\b\""},
    {"a\nlevel=error", "\"a\\nlevel=error\""},
    {"\x1b[31m\r\t\x7f", "\"\\x1b[31m\\x0d\\x09\\x7f\""},
    {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
    {"\xc2\x9b", "\"\\xc2\\x9b\""},
    {"\xff\xc3", "\"\\xff\\xc3\""},
};

START_TEST(values)
{
	for (size_t i = 0; i < ARRAY_SIZE(VALUES); i++) {
		struct buffer out = BUFFER_INIT, want = BUFFER_INIT;

		begin();
		log_event(CONF_LOG_INFO, "01JD", "verb", "key", VALUES[i].value, LOG_END);
		end(&out);
		buffer_printf(&want, "level=info session=01JD verb key=%s\n", VALUES[i].shown);
		unit_span_eq(VALUES[i].value, after_time(&out), want.data);
		buffer_clear(&out);
		buffer_clear(&want);
	}
}
END_TEST

START_TEST(pairs_and_levels)
{
	struct buffer out = BUFFER_INIT;

	begin();
	log_set_level(CONF_LOG_WARNING);
	log_event(CONF_LOG_INFO, NULL, "too-low", LOG_END);
	log_event(CONF_LOG_WARNING, NULL, "shown", "a", "1", "gone", NULL, "b", "2", LOG_END);
	log_set_level(CONF_LOG_INFO);
	log_event(CONF_LOG_DEBUG, NULL, "too-low", LOG_END);
	end(&out);
	unit_span_eq("pairs", after_time(&out), "level=warning shown a=1 b=2\n");
	buffer_clear(&out);
}
END_TEST

START_TEST(long_values_are_cut)
{
	struct buffer out = BUFFER_INIT, value = BUFFER_INIT;

	for (int i = 0; i < 100000; i++)
		buffer_add_string(&value, "\xc3\xbc");
	begin();
	log_event(CONF_LOG_ERROR, NULL, "long", "v", value.data, LOG_END);
	end(&out);
	ck_assert_uint_lt(out.len, 4096);
	ck_assert_ptr_nonnull(strstr(out.data, "...\"\n"));
	buffer_clear(&out);
	buffer_clear(&value);
}
END_TEST

static void *log_many(void *key)
{
	for (int i = 0; i < 100; i++)
		log_event(CONF_LOG_INFO, NULL, "many", key, "a value with blanks", LOG_END);
	return NULL;
}

/* Lines of several threads stay whole. */
START_TEST(lines_stay_whole)
{
	static char keys[2][2] = {"a", "b"};
	struct buffer out = BUFFER_INIT;
	pthread_t threads[2];
	struct span rest;
	int lines = 0;

	begin();
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, log_many, keys[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	end(&out);
	rest = buffer_span(&out);
	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		ck_assert(span_starts(line, SPAN("time=")));
		ck_assert(span_ends_nocase(line, SPAN("=\"a value with blanks\"")));
		lines++;
	}
	ck_assert_int_eq(lines, 200);
	buffer_clear(&out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    values, pairs_and_levels, long_values_are_cut, lines_stay_whole, NULL};

	return unit_main("log", tests);
}
