/*
 * SPDX-License-Identifier: ISC
 *
 * A gate as JUnit XML, as the schemas of both Ant and Jenkins allow it: what either one requires
 * is there, and nothing that the other one does not know.
 */
#include "base/date.h"
#include "report/gate_internal.h"

/* The element of a test case that did not pass. */
static const char *const ELEMENTS[] = {
    [POLICY_PASS] = NULL,
    [POLICY_FAIL] = "failure",
    [POLICY_UNJUDGED] = "error",
    [POLICY_NOT_APPLICABLE] = "skipped",
};
_Static_assert(ARRAY_SIZE(ELEMENTS) == POLICY_OUTCOME_COUNT, "one element for each outcome");

static const char *const ENTITIES[] = {
    ['&'] = "&amp;",
    ['<'] = "&lt;",
    ['>'] = "&gt;",
    ['"'] = "&quot;",
};

/* What XML cannot hold, gate_plain has taken away. */
static void add_xml(struct buffer *out, struct span plain)
{
	for (size_t i = 0; i < plain.len; i++) {
		unsigned char c = (unsigned char)plain.data[i];

		if (c < ARRAY_SIZE(ENTITIES) && ENTITIES[c] != NULL)
			buffer_add_string(out, ENTITIES[c]);
		else
			buffer_add_char(out, plain.data[i]);
	}
}

/* Appends the plain text and empties it. */
static void add_taken(struct buffer *out, struct buffer *plain)
{
	add_xml(out, buffer_span(plain));
	buffer_reset(plain);
}

static void add_text(struct buffer *out, const char *text)
{
	struct buffer plain = BUFFER_INIT;

	gate_plain(&plain, text);
	add_taken(out, &plain);
	buffer_clear(&plain);
}

static void add_problem(struct buffer *out, const struct policy_result *r)
{
	const char *element = ELEMENTS[r->outcome];
	struct buffer plain = BUFFER_INIT;

	buffer_printf(
	    out, "      <%s type=\"%s\" message=\"", element, POLICY_OUTCOME_NAME[r->outcome]);
	gate_add_brief(&plain, r);
	add_taken(out, &plain);
	buffer_add_string(out, "\">");
	gate_add_facts(&plain, r, "\n");
	add_taken(out, &plain);
	buffer_printf(out, "</%s>\n", element);
	buffer_clear(&plain);
}

static void begin_case(struct buffer *out, const char *class, struct buffer *name)
{
	buffer_add_string(out, "    <testcase name=\"");
	add_taken(out, name);
	buffer_add_string(out, "\" classname=\"");
	add_text(out, class);
	buffer_add_string(out, "\" time=\"0\"");
}

static void add_case(struct buffer *out, const char *class, const struct policy_result *r)
{
	struct buffer name = BUFFER_INIT;

	gate_add_name(&name, r->rule);
	begin_case(out, class, &name);
	if (ELEMENTS[r->outcome] == NULL) {
		buffer_add_string(out, "/>\n");
	} else {
		buffer_add_string(out, ">\n");
		add_problem(out, r);
		buffer_add_string(out, "    </testcase>\n");
	}
	buffer_clear(&name);
}

/* The schema of Ant has no time zone here. */
static void begin_suite(struct buffer *out, const char *name, size_t id, int64_t at_ms)
{
	char time[DATE_RFC3339_SIZE];

	date_rfc3339(at_ms, time);
	buffer_add_string(out, "  <testsuite name=\"");
	add_text(out, name);
	buffer_printf(out,
	    "\" package=\"mailassay\" id=\"%zu\" timestamp=\"%.19s\" hostname=\"localhost\"", id,
	    time);
}

static void add_totals(struct buffer *out, const size_t count[POLICY_OUTCOME_COUNT])
{
	size_t tests = 0;

	for (size_t i = 0; i < POLICY_OUTCOME_COUNT; i++)
		tests += count[i];
	buffer_printf(out,
	    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n", tests,
	    count[POLICY_FAIL], count[POLICY_UNJUDGED], count[POLICY_NOT_APPLICABLE]);
}

static void end_suite(struct buffer *out)
{
	buffer_add_string(out, "    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

static void add_property(struct buffer *out, const char *name, const char *value)
{
	buffer_printf(out, "      <property name=\"%s\" value=\"", name);
	add_text(out, value);
	buffer_add_string(out, "\"/>\n");
}

static void add_properties(struct buffer *out, const struct gate_message *m)
{
	struct buffer path = BUFFER_INIT;

	gate_add_path(&path, m->message);
	buffer_add_string(out, "    <properties>\n");
	add_property(out, "id", gate_id(m->message));
	add_property(out, "path", path.data);
	add_property(out, "viewpoint", POLICY_VIEWPOINT_NAME[m->viewpoint]);
	buffer_add_string(out, "    </properties>\n");
	buffer_clear(&path);
}

/* Readers tell cases apart by class and name, so the class holds the id. */
static void add_suite(struct buffer *out, const struct gate_message *m, size_t number)
{
	size_t count[POLICY_OUTCOME_COUNT] = {0};
	struct buffer name = BUFFER_INIT;

	gate_add_subject(&name, m->message);
	buffer_printf(&name, " (%s)", gate_id(m->message));
	for (size_t i = 0; i < m->result_count; i++)
		count[m->results[i].outcome]++;
	begin_suite(out, name.data, number, m->message->received_at);
	add_totals(out, count);
	add_properties(out, m);
	for (size_t i = 0; i < m->result_count; i++)
		add_case(out, name.data, &m->results[i]);
	end_suite(out);
	buffer_clear(&name);
}

/* What is wrong with the whole is a case too: a reader that counts cases must not see it pass. */
static void add_whole(struct buffer *out, const struct gate *g)
{
	bool late = g->outcome == GATE_TIMEOUT;
	size_t count[POLICY_OUTCOME_COUNT] = {[POLICY_FAIL] = !late, [POLICY_UNJUDGED] = late};
	const char *element = ELEMENTS[late ? POLICY_UNJUDGED : POLICY_FAIL];
	int64_t at_ms = g->message_count == 0 ? 0 : g->messages[0].message->received_at;
	struct buffer name = BUFFER_INIT;

	buffer_add_string(&name, "messages");
	begin_suite(out, "mailassay gate", g->message_count, at_ms);
	add_totals(out, count);
	buffer_add_string(out, "    <properties/>\n");
	begin_case(out, "mailassay gate", &name);
	buffer_printf(
	    out, ">\n      <%s type=\"%s\" message=\"", element, GATE_OUTCOME_NAME[g->outcome]);
	add_text(out, gate_trouble(g));
	buffer_add_string(out, "\">");
	add_text(out, gate_trouble(g));
	buffer_printf(out, "</%s>\n    </testcase>\n", element);
	end_suite(out);
	buffer_clear(&name);
}

void report_gate_junit(struct buffer *out, const struct gate *g)
{
	buffer_add_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t i = 0; i < g->message_count; i++)
		add_suite(out, &g->messages[i], i);
	if (gate_trouble(g) != NULL)
		add_whole(out, g);
	buffer_add_string(out, "</testsuites>\n");
}
