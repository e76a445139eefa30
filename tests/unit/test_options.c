/*
 * SPDX-License-Identifier: ISC
 *
 * The option table: every row is whole, stands in the manual, and the example is the file that is
 * installed, changes nothing as it stands, and is valid with every option set.
 */
#include "conf/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/value.h"
#include "golden.h"
#include "unit.h"

START_TEST(rows_are_whole)
{
	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);
		bool words = o->type == CONF_TYPE_WORD || o->type == CONF_TYPE_FLAG ||
		             o->type == CONF_TYPE_MECHANISMS;
		bool range = o->type == CONF_TYPE_NUMBER || o->type == CONF_TYPE_COUNTER ||
		             o->type == CONF_TYPE_SIZE || o->type == CONF_TYPE_DURATION;

		ck_assert_msg(o->name != NULL && o->name[0] != '\0', "row %d has no name", i);
		ck_assert_msg((o->value == NULL) == (o->sample != NULL),
		    "%s: expected a value or a sample", o->name);
		ck_assert_msg(words == (o->word_count > 0), "%s: words", o->name);
		ck_assert_msg(range == (o->max > 0), "%s: range", o->name);
		ck_assert_msg(o->text[strlen(o->text) - 1] == '.', "%s: no sentence", o->name);
		ck_assert_int_eq(conf_option_find(o->section, span_from(o->name)), i);
	}
	ck_assert_int_eq(conf_option_find(CONF_SECTION_USER, SPAN("port")), -1);
	ck_assert_int_eq(conf_option_find(CONF_SECTION_TOP, SPAN("")), -1);
}
END_TEST

/* A default that its own row refuses would be no default. */
START_TEST(defaults_are_values)
{
	struct arena *a = arena_new();
	struct conf_draft *top = arena_alloc(a, sizeof(*top));
	struct conf_listener_draft *listener = arena_alloc(a, sizeof(*listener));
	struct conf_user_draft *user = arena_alloc(a, sizeof(*user));
	struct conf_route_draft *route = arena_alloc(a, sizeof(*route));
	void *drafts[] = {top, listener, user, route};

	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);
		struct span rest = span_from(o->value);
		struct error err;

		while (rest.data != NULL) {
			struct span item = conf_type_is_list(o->type) ? span_cut(&rest, ' ') : rest;

			ck_assert_msg(conf_value_set(o, item, drafts[o->section], a, &err) == 0,
			    "%s", err.text);
			if (!conf_type_is_list(o->type))
				break;
		}
	}
	arena_free(a);
}
END_TEST

START_TEST(names_of_sections)
{
	struct buffer names = BUFFER_INIT;

	conf_option_names(CONF_SECTION_USER, &names);
	ck_assert_str_eq(names.data, "password");
	buffer_reset(&names);
	conf_option_names(CONF_SECTION_TOP, &names);
	ck_assert_ptr_nonnull(strstr(names.data, "data, workers, log-level"));
	ck_assert_ptr_nonnull(strstr(names.data, ", listener, user, route"));
	buffer_clear(&names);
}
END_TEST

START_TEST(options_of_the_top)
{
	bool list;

	ck_assert_str_eq(conf_top_option(0, &list), "data");
	ck_assert(!list);
	ck_assert_str_eq(conf_top_option(3, &list), "dns");
	ck_assert(list);
	for (size_t n = 0; conf_top_option(n, &list) != NULL; n++)
		ck_assert_int_ge(
		    conf_option_find(CONF_SECTION_TOP, span_from(conf_top_option(n, &list))), 0);
	ck_assert_ptr_null(conf_top_option(CONF_OPTION_COUNT, &list));
}
END_TEST

START_TEST(manual_has_every_option)
{
	struct buffer page = BUFFER_INIT, item = BUFFER_INIT;

	golden_source("lib/conf/mailassay.conf.5", &page);
	for (int i = 0; i < CONF_OPTION_COUNT; i++) {
		const struct conf_option *o = conf_option((enum conf_option_id)i);

		buffer_reset(&item);
		buffer_printf(&item, "\n.It Ic %s ", o->name);
		ck_assert_msg(
		    strstr(page.data, item.data) != NULL, "%s has no .It in the manual", o->name);
	}
	buffer_clear(&page);
	buffer_clear(&item);
}
END_TEST

START_TEST(example_is_the_installed_file)
{
	struct buffer example = BUFFER_INIT, file = BUFFER_INIT;

	conf_options_example(&example);
	golden_source("conf/mailassay.conf", &file);
	unit_span_eq("conf/mailassay.conf", buffer_span(&example), file.data);
	buffer_clear(&example);
	buffer_clear(&file);
}
END_TEST

static void assert_same_listener(const struct conf_listener *a, const struct conf_listener *b)
{
	ck_assert_str_eq(a->name, b->name);
	ck_assert_int_eq(a->kind, b->kind);
	ck_assert_int_eq(a->tls, b->tls);
	ck_assert_int_eq(a->proxy, b->proxy);
	ck_assert_uint_eq(a->address_count, b->address_count);
	for (size_t i = 0; i < a->address_count; i++) {
		ck_assert(ip_equal(&a->addresses[i].ip, &b->addresses[i].ip));
		ck_assert_uint_eq(a->addresses[i].port, b->addresses[i].port);
	}
	ck_assert_int_eq(a->optional_family, b->optional_family);
	ck_assert_int_eq(a->certificate, b->certificate);
	ck_assert_uint_eq(a->certificates.count + a->keys.count + a->names.count, 0);
	ck_assert_int_eq(a->min_tls, b->min_tls);
	ck_assert_int_eq(a->max_tls, b->max_tls);
	ck_assert_ptr_null(a->ciphers);
	ck_assert_int_eq(a->client_certificate, b->client_certificate);
	ck_assert_ptr_null(a->client_ca);
	ck_assert_int_eq(a->record, b->record);
	ck_assert_ptr_null(a->enforce);
	ck_assert_int_eq(a->store_transcript, b->store_transcript);
	ck_assert_uint_eq(a->auth.count, b->auth.count);
	ck_assert_int_eq(a->auth_any, b->auth_any);
	ck_assert_int_eq(a->auth_without_tls, b->auth_without_tls);
	ck_assert_int_eq(a->require_auth, b->require_auth);
	ck_assert_uint_eq(a->max_message_size, b->max_message_size);
	ck_assert_uint_eq(a->max_recipients, b->max_recipients);
	ck_assert_ptr_null(a->route);
	ck_assert_ptr_null(b->route);
}

START_TEST(example_changes_nothing)
{
	struct buffer example = BUFFER_INIT;
	struct conf_settings a, b;
	struct error err;

	conf_options_example(&example);
	ck_assert_int_eq(conf_settings_parse(buffer_span(&example), "example", &a, &err), 0);
	ck_assert_int_eq(conf_settings_parse(SPAN(""), NULL, &b, &err), 0);
	ck_assert_uint_eq(a.listener_count, b.listener_count);
	for (size_t i = 0; i < a.listener_count; i++)
		assert_same_listener(&a.listeners[i], &b.listeners[i]);
	ck_assert_uint_eq(a.workers, b.workers);
	ck_assert_uint_eq(a.trusted_count, b.trusted_count);
	ck_assert_uint_eq(a.max_buffered, b.max_buffered);
	ck_assert_int_eq(a.session_timeout_ms, b.session_timeout_ms);
	ck_assert_int_eq(a.opinion, b.opinion);
	ck_assert_uint_eq(a.receivers.count, 0);
	ck_assert_uint_eq(a.user_count, 0);
	ck_assert_uint_eq(a.route_count, 0);
	conf_settings_clear(&a);
	conf_settings_clear(&b);
	buffer_clear(&example);
}
END_TEST

/* What stands out because it needs another option's value that is not its default. */
static bool needs_another(struct span line)
{
	return span_starts(line, SPAN("key ")) || span_starts(line, SPAN("client-ca "));
}

/* Takes the "#" off lines that set something. */
static void uncomment(struct span text, struct buffer *out)
{
	while (text.data != NULL) {
		struct span line = span_cut(&text, '\n');
		size_t tabs = line.len > 0 && line.data[0] == '\t';
		struct span rest = span_after(line, tabs + 1);

		if (line.len > tabs + 1 && line.data[tabs] == '#' && rest.data[0] != ' ' &&
		    !needs_another(rest))
			line = rest;
		buffer_add_span(out, line);
		buffer_add_char(out, '\n');
	}
}

START_TEST(example_is_valid_when_set)
{
	struct buffer example = BUFFER_INIT, set = BUFFER_INIT;
	struct conf_settings s;
	struct error err = {.text = ""};

	conf_options_example(&example);
	uncomment(buffer_span(&example), &set);
	ck_assert_msg(
	    conf_settings_parse(buffer_span(&set), "example", &s, &err) == 0, "%s", err.text);
	ck_assert_str_eq(s.data, "/var/lib/mailassay");
	ck_assert_uint_eq(s.dns.count, 2);
	ck_assert_uint_eq(s.receivers.count, 1);
	ck_assert_uint_eq(s.user_count, 1);
	ck_assert_uint_eq(s.listeners[0].auth.count, 2);
	ck_assert_uint_eq(s.route_count, 1);
	ck_assert_uint_eq(s.routes[0].egress.count, 2);
	ck_assert_ptr_eq(s.listeners[1].route, &s.routes[0]);
	conf_settings_clear(&s);
	buffer_clear(&example);
	buffer_clear(&set);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {rows_are_whole, defaults_are_values, names_of_sections,
	    options_of_the_top, manual_has_every_option, example_is_the_installed_file,
	    example_changes_nothing, example_is_valid_when_set, NULL};

	return unit_main("options", tests);
}
