/*
 * SPDX-License-Identifier: ISC
 *
 * Settings from several sources: which one wins, how errors name the place, and what the origins
 * say of each option in force.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "conf/options.h"
#include "unit.h"

#define GIVEN_MAX 4

static const struct {
	const char *row, *text;
	struct conf_given given[GIVEN_MAX];
	const char *option, *value; /* NULL: none */
	enum conf_source source;
	const char *place;
} ROWS[] = {
    {"default", "", {{0}}, "log-level", "info", CONF_SOURCE_DEFAULT, NULL},
    {"not set", "", {{0}}, "workers", NULL, CONF_SOURCE_DEFAULT, NULL},
    {"list not set", "", {{0}}, "dns", NULL, CONF_SOURCE_DEFAULT, NULL},
    {"empty list", "\ntrusted = { /* none */\n}\n\n", {{0}}, "trusted", "{ }", CONF_SOURCE_FILE,
	"f.conf:3"},
    {"file", "\n\nworkers = 2", {{0}}, "workers", "2", CONF_SOURCE_FILE, "f.conf:3"},
    {"environment over file", "workers = 2",
	{{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_WORKERS", "workers", "3", false}}, "workers", "3",
	CONF_SOURCE_ENVIRONMENT, "MAILASSAY_WORKERS"},
    {"argument over environment", "workers = 2",
	{{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_WORKERS", "workers", "3", false},
	    {CONF_SOURCE_ARGUMENT, "--workers", "workers", "4", false}},
	"workers", "4", CONF_SOURCE_ARGUMENT, "--workers"},
    {"another option given", "workers = 2",
	{{CONF_SOURCE_ARGUMENT, "--log-level", "log-level", "debug", false}}, "workers", "2",
	CONF_SOURCE_FILE, "f.conf:1"},
    {"list parted", "trusted = { 10.0.0.0/8 }",
	{{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_TRUSTED", "trusted", " ::1, 192.0.2.1,,10.0.0.1 ",
	    false}},
	"trusted", "{ \"::1\", \"192.0.2.1\", \"10.0.0.1\" }", CONF_SOURCE_ENVIRONMENT,
	"MAILASSAY_TRUSTED"},
    {"list emptied", "", {{CONF_SOURCE_ARGUMENT, "--trusted", "trusted", "", false}}, "trusted",
	"{ }", CONF_SOURCE_ARGUMENT, "--trusted"},
    {"item added to the file's", "zones = { a }",
	{{CONF_SOURCE_ARGUMENT, "--zone", "zones", "b c,d", true}}, "zones", "{ \"a\", \"b c,d\" }",
	CONF_SOURCE_ARGUMENT, "--zone"},
    {"replaced, then added", "dns = 127.0.0.1:53",
	{{CONF_SOURCE_ARGUMENT, "--dns", "dns", "127.0.0.2:53", false},
	    {CONF_SOURCE_ARGUMENT, "--dns", "dns", "[::1]:53", true}},
	"dns", "{ \"127.0.0.2:53\", \"[::1]:53\" }", CONF_SOURCE_ARGUMENT, "--dns"},
};

static struct conf_input input_of(const char *text, const struct conf_given *given)
{
	struct conf_input in = {.text = span_from(text), .file = "f.conf", .given = given};

	while (in.given_count < GIVEN_MAX && given[in.given_count].place != NULL)
		in.given_count++;
	return in;
}

START_TEST(sources)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		const struct conf_input in = input_of(ROWS[i].text, ROWS[i].given);
		const struct conf_origin *o;
		struct conf_settings s;
		struct error err = {.text = ""};

		ck_assert_msg(
		    conf_settings_read(&in, &s, &err) == 0, "%s: %s", ROWS[i].row, err.text);
		o = conf_origin_find(&s, NULL, NULL, ROWS[i].option);
		ck_assert_msg(o != NULL, "%s", ROWS[i].row);
		ck_assert_msg((o->value == NULL) == (ROWS[i].value == NULL), "%s", ROWS[i].row);
		if (o->value != NULL)
			ck_assert_str_eq(o->value, ROWS[i].value);
		ck_assert_msg(o->source == ROWS[i].source, "%s", ROWS[i].row);
		ck_assert_msg((o->place == NULL) == (ROWS[i].place == NULL), "%s", ROWS[i].row);
		if (o->place != NULL)
			ck_assert_str_eq(o->place, ROWS[i].place);
		conf_settings_clear(&s);
	}
}
END_TEST

static const struct {
	const char *text;
	struct conf_given given[GIVEN_MAX];
	const char *error;
} REFUSED[] = {
    {"", {{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_WORKERS", "workers", "many", false}},
	"MAILASSAY_WORKERS: expected a number from 1 to 64, got \"many\""},
    {"", {{CONF_SOURCE_ARGUMENT, "--workers", "workers", "", false}},
	"--workers: expected a number from 1 to 64, got \"\""},
    {"", {{CONF_SOURCE_ARGUMENT, "--dns", "dns", "localhost:53", true}},
	"--dns: expected an IP address, no name, and a port, as in 192.0.2.53:53"},
    {"", {{CONF_SOURCE_ARGUMENT, "--dns", "dns", "127.0.0.1:53,nowhere", false}},
	"--dns: expected an IP address, no name, and a port, as in 192.0.2.53:53 or "
	"[2001:db8::53]:53, got \"nowhere\""},
    {"", {{CONF_SOURCE_ARGUMENT, "--zone", "zones", "", true}},
	"--zone: expected a text, got an empty one"},
    {"", {{CONF_SOURCE_ARGUMENT, "--data", "data", "a\nb", false}},
	"--data: expected a text without control characters"},
    {"", {{CONF_SOURCE_ARGUMENT, "--port", "port", "1", false}},
	"--port: expected an option of the top level, got \"port\""},
    {"", {{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_MAX_BUFFERED", "max-buffered", "1M", false}},
	"MAILASSAY_MAX_BUFFERED: listener \"mx\": max-message-size is 52428800 octets"},
    {"listener x {\nkind = mx max-message-size = 2M }",
	{{CONF_SOURCE_ENVIRONMENT, "MAILASSAY_MAX_BUFFERED", "max-buffered", "1M", false}},
	"f.conf:2: listener \"x\": max-message-size is 2097152 octets"},
    {"workers = x", {{CONF_SOURCE_ARGUMENT, "--workers", "workers", "1", false}},
	"f.conf:1: workers: expected a number from 1 to 64, got \"x\""},
};

START_TEST(refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
		const struct conf_input in = input_of(REFUSED[i].text, REFUSED[i].given);
		struct conf_settings s;
		struct error err = {.text = ""};

		ck_assert_msg(conf_settings_read(&in, &s, &err) == -1, "row %zu", i);
		ck_assert_msg(span_starts(span_from(err.text), span_from(REFUSED[i].error)),
		    "got \"%s\", expected \"%s\"", err.text, REFUSED[i].error);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_ptr_null(s.arena);
	}
}
END_TEST

/* "SECTION TITLE OPTION VALUE SOURCE PLACE" of the options of sections. */
static const char *const SECTIONS[] = {
    "listener x kind submission file f.conf:2",
    "listener x address { \"127.0.0.1\", \"::1\" } default -",
    "listener x port 2587 default -",
    "listener x tls required default -",
    "listener x certificate { \"dev\" } default -",
    "listener x key - default -",
    "listener x names - default -",
    "listener x min-tls 1.2 default -",
    "listener x ciphers - default -",
    "listener x auth { \"PLAIN\", \"CRAM-MD5\" } file f.conf:3",
    "listener x auth-any no default -",
    "listener x require-auth yes default -",
    "listener x max-message-size 50M default -",
    "listener x route \"r\" default -",
    "listener y auth { } default -",
    "listener y route - default -",
    "listener y port 2525 default -",
    "user u password **** file f.conf:6",
    "route r mode \"none\" default -",
    "route r egress { \"192.0.2.1\" } file f.conf:7",
};

static const char *or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static void add_lines(const struct conf_settings *s, struct buffer *out)
{
	for (size_t i = 0; i < s->origin_count; i++) {
		const struct conf_origin *o = &s->origins[i];

		buffer_printf(out, "\n%s %s %s %s %s %s\n", or_dash(o->section), or_dash(o->title),
		    o->option, or_dash(o->value), CONF_SOURCE_NAME[o->source], or_dash(o->place));
	}
}

START_TEST(sections)
{
	struct buffer got = BUFFER_INIT, line = BUFFER_INIT;
	struct conf_settings s;
	struct error err = {.text = ""};
	size_t count = 0;

	ck_assert_msg(conf_settings_parse(
			  SPAN("listener x {\nkind = submission\nauth = { plain, cram-md5 }\n}\n"
			       "listener y { kind = mx }\nuser u { password = secret }\n"
			       "route r { egress = 192.0.2.1 }"),
			  "f.conf", &s, &err) == 0,
	    "%s", err.text);
	add_lines(&s, &got);
	for (size_t i = 0; i < ARRAY_SIZE(SECTIONS); i++) {
		buffer_reset(&line);
		buffer_printf(&line, "\n%s\n", SECTIONS[i]);
		ck_assert_msg(strstr(got.data, line.data) != NULL, "no line \"%s\" in:%s",
		    SECTIONS[i], got.data);
	}
	ck_assert_ptr_null(strstr(got.data, "secret"));
	for (int i = 0; i < CONF_OPTION_COUNT; i++)
		count +=
		    conf_option((enum conf_option_id)i)->section == CONF_SECTION_LISTENER ? 2 : 1;
	ck_assert_uint_eq(s.origin_count, count);
	buffer_clear(&got);
	buffer_clear(&line);
	conf_settings_clear(&s);
}
END_TEST

START_TEST(listeners_that_no_file_gives)
{
	static const char *const listen[] = {"mx=192.0.2.1:25"};
	struct conf_input in = {.text = SPAN(""), .listen = listen, .listen_count = 1};
	const struct conf_origin *o;
	struct conf_settings s;
	struct error err;

	ck_assert_int_eq(conf_settings_read(&in, &s, &err), 0);
	o = conf_origin_find(&s, "listener", "mx", "address");
	ck_assert_str_eq(o->value, "{ \"192.0.2.1\" }");
	ck_assert_int_eq(o->source, CONF_SOURCE_ARGUMENT);
	ck_assert_str_eq(o->place, "--listen");
	o = conf_origin_find(&s, "listener", "mx", "tls");
	ck_assert_int_eq(o->source, CONF_SOURCE_DEFAULT);
	ck_assert_ptr_null(conf_origin_find(&s, "listener", "submission", "kind"));
	conf_settings_clear(&s);
	in.listen_count = 0;
	ck_assert_int_eq(conf_settings_read(&in, &s, &err), 0);
	o = conf_origin_find(&s, "listener", "submission", "kind");
	ck_assert_str_eq(o->value, "submission");
	ck_assert_int_eq(o->source, CONF_SOURCE_DEFAULT);
	ck_assert_ptr_null(o->place);
	conf_settings_clear(&s);
}
END_TEST

/* What is written can be read again, and gives the same. */
START_TEST(written_values_are_read_again)
{
	struct buffer text = BUFFER_INIT;
	struct conf_settings s, again;
	struct error err = {.text = ""};

	ck_assert_int_eq(
	    conf_settings_parse(SPAN("data = '/a\"$ \\\\'\nzones = { 'a b', \"//c\" }\n"
				     "dns-timeout = 1500ms\nmax-buffered = 1G"),
		"f.conf", &s, &err),
	    0);
	for (size_t i = 0; i < s.origin_count && s.origins[i].section == NULL; i++)
		if (s.origins[i].value != NULL)
			buffer_printf(&text, "%s = %s\n", s.origins[i].option, s.origins[i].value);
	ck_assert_msg(conf_settings_parse(buffer_span(&text), "g", &again, &err) == 0, "%s: %s",
	    text.data, err.text);
	for (size_t i = 0; i < s.origin_count && s.origins[i].section == NULL; i++) {
		const struct conf_origin *a = &s.origins[i], *b = &again.origins[i];

		ck_assert_int_eq(a->value == NULL, b->value == NULL);
		if (a->value != NULL)
			ck_assert_str_eq(a->value, b->value);
	}
	buffer_clear(&text);
	conf_settings_clear(&s);
	conf_settings_clear(&again);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {sources, refused, sections, listeners_that_no_file_gives,
	    written_values_are_read_again, NULL};

	return unit_main("conforigin", tests);
}
