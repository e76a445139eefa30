/*
 * SPDX-License-Identifier: ISC
 *
 * What the forms of a gate share.
 */
#include <string.h>

#include "report/gate_internal.h"
#include "report/text_internal.h"

/* Characters; a subject stands in the name of each test case. */
#define SUBJECT_MAX 120

bool gate_blocks(enum policy_outcome outcome)
{
	return outcome == POLICY_FAIL || outcome == POLICY_UNJUDGED;
}

/* U+FFFE and U+FFFF are UTF-8, and yet no characters of XML (XML 1.0, 2.2) and YAML. */
static void add_without_noncharacters(struct buffer *out, struct span s)
{
	while (s.len > 0) {
		bool found = s.len >= 3 && memcmp(s.data, "\xef\xbf", 2) == 0 &&
		             ((unsigned char)s.data[2] & 0xfe) == 0xbe;

		if (found)
			buffer_printf(out, "\\u%04x", 0xffc0 | ((unsigned char)s.data[2] & 0x3f));
		else
			buffer_add_char(out, s.data[0]);
		s = span_after(s, found ? 3 : 1);
	}
}

void gate_plain(struct buffer *out, const char *text)
{
	struct buffer escaped = BUFFER_INIT;

	page_escape(&escaped, span_from(text));
	add_without_noncharacters(out, buffer_span(&escaped));
	buffer_clear(&escaped);
}

size_t gate_facts(const struct policy_result *r, struct gate_fact facts[GATE_FACTS_MAX])
{
	const struct {
		const char *label, *text;
		bool always; /* also where nothing is blocked */
	} all[GATE_FACTS_MAX] = {
	    {"expected", r->expected, false},
	    {"got", r->got, false},
	    {"why", r->reason, true},
	    {"evidence", r->evidence, false},
	    {"reply", r->reply, false},
	    {"next step", r->remedy, true},
	};
	size_t count = 0;

	for (size_t i = 0; i < GATE_FACTS_MAX; i++)
		if (all[i].text != NULL && (all[i].always || gate_blocks(r->outcome)))
			facts[count++] = (struct gate_fact){all[i].label, all[i].text};
	return count;
}

void gate_add_facts(struct buffer *out, const struct policy_result *r, const char *sep)
{
	struct gate_fact facts[GATE_FACTS_MAX];
	size_t count = gate_facts(r, facts);

	for (size_t i = 0; i < count; i++) {
		buffer_printf(out, "%s%s: ", i == 0 ? "" : sep, facts[i].label);
		gate_plain(out, facts[i].text);
	}
}

void gate_add_brief(struct buffer *out, const struct policy_result *r)
{
	bool blocks = gate_blocks(r->outcome);

	if (blocks && r->expected != NULL) {
		buffer_add_string(out, "expected ");
		gate_plain(out, r->expected);
	}
	if (blocks && r->got != NULL) {
		buffer_add_string(out, r->expected == NULL ? "got " : ", got ");
		gate_plain(out, r->got);
	}
	if (r->reason == NULL)
		return;
	if (blocks && (r->expected != NULL || r->got != NULL))
		buffer_add_string(out, ": ");
	gate_plain(out, r->reason);
}

void gate_add_name(struct buffer *out, const struct policy_rule *rule)
{
	gate_plain(out, rule->name);
	buffer_add_string(out, " (");
	gate_plain(out, rule->source);
	buffer_add_char(out, ')');
}

void gate_add_subject(struct buffer *out, const struct record_message *m)
{
	bool none = m->subject == NULL || m->subject[0] == '\0';
	struct buffer plain = BUFFER_INIT;
	size_t end = 0, characters = 0;

	gate_plain(&plain, none ? "(no subject)" : m->subject);
	for (; end < plain.len; end++) {
		characters += ((unsigned char)plain.data[end] & 0xc0) != 0x80;
		if (characters > SUBJECT_MAX)
			break;
	}
	buffer_add(out, plain.data, end);
	buffer_add_string(out, end < plain.len ? "…" : "");
	buffer_clear(&plain);
}

const char *gate_id(const struct record_message *m)
{
	return m->id == NULL ? "file" : m->id;
}

static const char *sender(const struct record_message *m)
{
	if (m->from != NULL)
		return m->from;
	if (m->envelope.mail_from != NULL && m->envelope.mail_from[0] != '\0')
		return m->envelope.mail_from;
	return "nobody";
}

void gate_add_path(struct buffer *out, const struct record_message *m)
{
	const struct record_envelope *e = &m->envelope;

	buffer_printf(out, "%s to %s", sender(m), e->rcpt_count == 0 ? "nobody" : e->rcpt_to[0]);
	if (e->rcpt_count > 1)
		buffer_printf(out, " and %zu more", e->rcpt_count - 1);
}

void gate_add_counts(struct buffer *out, const struct gate *g)
{
	buffer_printf(out,
	    "%zu failed, %zu unjudged, %zu passed, %zu not applicable, in %zu message%s",
	    g->count[POLICY_FAIL], g->count[POLICY_UNJUDGED], g->count[POLICY_PASS],
	    g->count[POLICY_NOT_APPLICABLE], g->message_count, g->message_count == 1 ? "" : "s");
}

const char *gate_trouble(const struct gate *g)
{
	if (g->outcome == GATE_PASS || g->shortfall != NULL)
		return g->shortfall;
	if (g->count[POLICY_FAIL] + g->count[POLICY_UNJUDGED] > 0)
		return NULL;
	return "nothing was judged: none of the requirements can be asked of these messages";
}
