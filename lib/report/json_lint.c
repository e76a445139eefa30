/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON forms of what was found in mail records.
 */
#include <stdlib.h>

#include "report/json_internal.h"
#include "report/lint.h"

static void append(json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) < 0)
		abort();
}

static json_t *finding(struct arena *a, const struct lint_item *item, bool has_line)
{
	const struct finding_entry *entry = finding_entry(item->id);
	json_t *o = json_object();

	json_put(o, "id", json_text(a, entry->id));
	json_put(o, "severity", json_text(a, FINDING_SEVERITY_NAME[entry->severity]));
	json_put(o, "reference", json_text(a, entry->reference));
	json_put(o, "name", json_text(a, item->name));
	if (has_line)
		json_put(o, "line", json_known(item->line));
	json_put(o, "text", json_text(a, item->text));
	return o;
}

static void put_findings(json_t *o, struct arena *a, const struct lint *l, bool has_line)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++)
		append(list, finding(a, &l->items[i], has_line));
	json_put(o, "findings", list);
	json_put(o, "score", json_integer(lint_score(l)));
}

static void put_cost(json_t *o, const struct lint_spf *spf)
{
	json_put(o, "lookups", spf->valid ? json_integer(spf->lookups) : json_null());
	json_put(o, "void_lookups", spf->valid ? json_integer(spf->void_lookups) : json_null());
}

static json_t *costs(struct arena *a, const struct report_zone *z)
{
	json_t *list = json_array();

	for (size_t i = 0; i < z->spf_count; i++) {
		json_t *o = json_object();

		json_put(o, "name", json_text(a, z->spf[i].name));
		put_cost(o, &z->spf[i].spf);
		append(list, o);
	}
	return list;
}

void report_zone_json(struct buffer *out, const struct report_zone *z)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "file", json_text(a, z->file));
	json_put(o, "records", json_integer((json_int_t)z->records));
	json_put(o, "spf", costs(a, z));
	put_findings(o, a, z->lint, true);
	json_finish(out, o, a);
}

static json_t *spf(struct arena *a, const struct lint_spf *v)
{
	json_t *o;

	if (v->record == NULL)
		return json_null();
	o = json_object();
	json_put(o, "record", json_text(a, v->record));
	put_cost(o, v);
	return o;
}

static json_t *keys(struct arena *a, const struct report_domain *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->dkim_count; i++) {
		const struct dkim_verdict *v = &d->dkim[i];
		json_t *o = json_object();

		json_put(o, "result", json_text(a, AUTH_RESULT_NAME[v->result]));
		json_put(o, "domain", json_text(a, v->domain));
		json_put(o, "selector", json_text(a, v->selector));
		json_put(o, "algorithm", json_text(a, v->algorithm));
		json_put(o, "bits", json_known(v->bits));
		json_put(o, "reason", json_text(a, v->reason));
		append(list, o);
	}
	return list;
}

static json_t *policy(struct arena *a, const struct dmarc_verdict *v)
{
	json_t *o;

	if (v->record == NULL)
		return json_null();
	o = json_object();
	json_put(o, "record", json_text(a, v->record));
	json_put(o, "policy_domain", json_text(a, v->policy_domain));
	json_put(o, "policy", json_text(a, v->has_policy ? DMARC_POLICY_NAME[v->policy] : NULL));
	json_put(o, "disposition",
	    json_text(a, v->has_policy ? DMARC_POLICY_NAME[v->disposition] : NULL));
	json_put(o, "reason", json_text(a, v->reason));
	return o;
}

static json_t *exchanges(struct arena *a, const struct report_domain *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->mx_count; i++)
		append(list, json_text(a, d->mx[i][0] == '\0' ? "." : d->mx[i]));
	return list;
}

void report_domain_json(struct buffer *out, const struct report_domain *d)
{
	struct arena *a = arena_new();
	json_t *o = json_object();

	json_put(o, "domain", json_text(a, d->domain));
	json_put(o, "organizational_domain", json_text(a, d->organizational_domain));
	json_put(o, "spf", spf(a, &d->spf));
	json_put(o, "dkim", keys(a, d));
	json_put(o, "dmarc", policy(a, &d->dmarc));
	json_put(o, "mx", exchanges(a, d));
	put_findings(o, a, d->lint, false);
	json_finish(out, o, a);
}
