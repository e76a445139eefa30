/*
 * SPDX-License-Identifier: ISC
 *
 * Two judgements of one message, compared member by member.
 */
#include "report/again.h"

#include <stdlib.h>

#include "report/json_internal.h"
#include "report/text_internal.h"

struct comparison {
	struct arena *arena;
	struct buffer path;  /* of the fact that is being compared */
	json_t *differences; /* borrowed */
};

/* Whether nothing but the verification of a message raises it. */
static bool of_verification(enum finding_id id)
{
	return id >= FINDING_MISSING_DATE && id < FINDING_RECEIVERS_DISAGREE;
}

static const char *finding_text(const struct finding_list *list, enum finding_id id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].id == id)
			return list->items[i].text;
	return NULL;
}

/*
 * The texts of a list's findings by id, as far as verification accounts for them. Of what the
 * session may raise too the stored list has only the first, in words that may be the session's:
 * it has to be there when verification raises it again, no more.
 */
static json_t *findings(
    struct arena *a, const struct finding_list *list, const struct finding_list *again)
{
	json_t *o = json_object();

	for (int i = 0; i < FINDING_ID_COUNT; i++) {
		enum finding_id id = (enum finding_id)i;
		const char *text = finding_text(list, id);

		if (text != NULL && !of_verification(id))
			text = finding_text(again, id);
		if (text != NULL)
			json_put(o, finding_entry(id)->id, json_text(a, text));
	}
	return o;
}

static json_t *stored_facts(struct arena *a, const struct report_again *r)
{
	const struct record_message *m = r->stored;
	json_t *o = json_object();

	json_put(o, "observed", json_verdict(a, &m->observed));
	json_put(o, "predicted", json_prediction(a, m->route, &m->predicted));
	json_put(o, "findings", findings(a, &m->findings, &r->again->findings));
	return o;
}

static json_t *facts_again(struct arena *a, const struct report_again *r)
{
	const struct verify_result *v = r->again;
	json_t *o = json_object();

	json_put(o, "observed", json_verdict(a, &v->observed));
	json_put(o, "predicted", json_prediction(a, r->stored->route, &v->predicted));
	json_put(o, "findings", findings(a, &v->findings, &v->findings));
	return o;
}

static void compare(struct comparison *c, json_t *stored, json_t *again);

/* NULL stands for a member that is not there. */
static void compare_member(struct comparison *c, json_t *stored, json_t *again)
{
	json_t *absent = json_null();

	compare(c, stored == NULL ? absent : stored, again == NULL ? absent : again);
}

static void compare_key(struct comparison *c, const char *key, json_t *stored, json_t *again)
{
	size_t len = c->path.len;

	buffer_printf(&c->path, "%s%s", len == 0 ? "" : ".", key);
	compare_member(c, json_object_get(stored, key), json_object_get(again, key));
	buffer_truncate(&c->path, len);
}

static void compare_objects(struct comparison *c, json_t *stored, json_t *again)
{
	const char *key;
	json_t *value;

	json_object_foreach(stored, key, value) compare_key(c, key, stored, again);
	json_object_foreach(again, key, value)
	{
		if (json_object_get(stored, key) == NULL)
			compare_key(c, key, stored, again);
	}
}

static void compare_lists(struct comparison *c, json_t *stored, json_t *again)
{
	size_t len = c->path.len;

	for (size_t i = 0; i < json_array_size(stored) || i < json_array_size(again); i++) {
		buffer_printf(&c->path, "[%zu]", i);
		compare_member(c, json_array_get(stored, i), json_array_get(again, i));
		buffer_truncate(&c->path, len);
	}
}

/* Goes as deep as the JSON form of a verdict does. */
static void compare(struct comparison *c, json_t *stored, json_t *again)
{
	json_t *o;

	if (json_is_object(stored) && json_is_object(again)) {
		compare_objects(c, stored, again);
	} else if (json_is_array(stored) && json_is_array(again)) {
		compare_lists(c, stored, again);
	} else if (!json_equal(stored, again)) {
		o = json_object();
		json_put(o, "fact", json_text(c->arena, c->path.data));
		json_put(o, "stored", json_incref(stored));
		json_put(o, "again", json_incref(again));
		json_array_append_new(c->differences, o);
	}
}

static json_t *differences(struct arena *a, const struct report_again *r)
{
	json_t *list = json_array(), *stored, *again;
	struct comparison c = {.arena = a, .differences = list};

	if (r->missing_count > 0)
		return list;
	stored = stored_facts(a, r);
	again = facts_again(a, r);
	compare(&c, stored, again);
	json_decref(stored);
	json_decref(again);
	buffer_clear(&c.path);
	return list;
}

static json_t *missing(struct arena *a, const struct report_again *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->missing_count; i++)
		json_array_append_new(
		    list, json_text(a, arena_printf(a, "%s %s", r->missing[i].name,
					   DNS_TYPE_NAME[r->missing[i].type])));
	return list;
}

bool report_again_json(struct buffer *out, const struct report_again *r)
{
	struct arena *a = arena_new();
	json_t *o = json_object(), *list = differences(a, r);
	bool agrees = r->missing_count == 0 && json_array_size(list) == 0;

	json_put(o, "id", json_text(a, r->stored->id));
	json_put(o, "agrees", json_boolean(agrees));
	json_put(o, "differences", list);
	json_put(o, "missing", missing(a, r));
	json_finish(out, o, a);
	return agrees;
}

/* A text as it stands, anything else as JSON; escaped. */
static void add_value(struct buffer *out, const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		page_escape(out, span_from(json_string_value(value)));
		return;
	}
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (text == NULL)
		abort();
	page_escape(out, span_from(text));
	free(text);
}

static void add_difference(struct buffer *out, const json_t *difference)
{
	buffer_printf(out, "%s: stored ", json_string_value(json_object_get(difference, "fact")));
	add_value(out, json_object_get(difference, "stored"));
	buffer_add_string(out, ", again ");
	add_value(out, json_object_get(difference, "again"));
	buffer_add_char(out, '\n');
}

/* "spf pass, spf_helo none, dkim pass, dmarc pass, rdns pass" */
static void add_results(struct buffer *out, const struct verdict *v)
{
	const char *const *names = AUTH_RESULT_NAME;

	if (v->has_client)
		buffer_printf(
		    out, "spf %s, spf_helo %s, ", names[v->spf.result], names[v->spf_helo.result]);
	buffer_printf(
	    out, "dkim %s, dmarc %s", names[verdict_dkim_result(v)], names[v->dmarc.result]);
	if (v->has_client)
		buffer_printf(out, ", rdns %s", names[v->rdns.result]);
	buffer_add_char(out, '\n');
}

static void add_agreement(struct buffer *out, const struct record_message *m)
{
	buffer_add_string(out, "agrees: ");
	add_results(out, &m->observed);
	if (m->route == NULL)
		return;
	buffer_add_string(out, "agrees, predicted: ");
	add_results(out, &m->predicted);
}

bool report_again_text(struct buffer *out, const struct report_again *r)
{
	struct arena *a = arena_new();
	json_t *list = differences(a, r);
	size_t count = json_array_size(list);
	bool agrees = r->missing_count == 0 && count == 0;

	if (agrees)
		add_agreement(out, r->stored);
	for (size_t i = 0; i < count; i++)
		add_difference(out, json_array_get(list, i));
	for (size_t i = 0; i < r->missing_count; i++)
		buffer_printf(out, "missing in the evidence: %s %s\n", r->missing[i].name,
		    DNS_TYPE_NAME[r->missing[i].type]);
	json_decref(list);
	arena_free(a);
	return agrees;
}
