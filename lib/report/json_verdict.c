/*
 * SPDX-License-Identifier: ISC
 *
 * The JSON form of a verdict.
 */
#include "report/json_internal.h"

static json_t *result_word(enum auth_result result)
{
	return json_string(AUTH_RESULT_NAME[result]);
}

json_t *json_spf(struct arena *a, const struct spf_verdict *v)
{
	json_t *o = json_object();

	json_put(o, "result", result_word(v->result));
	json_put(o, "identity", json_text(a, v->identity));
	json_put(o, "domain", json_text(a, v->domain));
	json_put(o, "mechanism", json_text(a, v->mechanism));
	json_put(o, "lookups", json_integer(v->lookups));
	json_put(o, "void_lookups", json_integer(v->void_lookups));
	json_put(o, "explanation", json_text(a, v->explanation));
	json_put(o, "reason", json_text(a, v->reason));
	return o;
}

static json_t *signature(struct arena *a, const struct dkim_verdict *v)
{
	json_t *o = json_object();

	json_put(o, "result", result_word(v->result));
	json_put(o, "domain", json_text(a, v->domain));
	json_put(o, "selector", json_text(a, v->selector));
	json_put(o, "algorithm", json_text(a, v->algorithm));
	json_put(o, "bits", json_known(v->bits));
	json_put(o, "canonicalization", json_text(a, v->canonicalization));
	json_put(o, "identity", json_text(a, v->identity));
	json_put(o, "signed_headers", json_texts(a, v->signed_headers, v->signed_header_count));
	json_put(o, "body_length", v->body_length < 0 ? json_null() : json_integer(v->body_length));
	json_put(o, "signed_at", json_seconds(v->signed_at));
	json_put(o, "expires_at", json_seconds(v->expires_at));
	json_put(o, "reason", json_text(a, v->reason));
	return o;
}

/* Of a prediction each entry says whether it stands for the provider's coming signature. */
static json_t *signatures(struct arena *a, const struct verdict *v, bool prediction)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->dkim_count; i++) {
		json_t *o = signature(a, &v->dkim[i]);

		if (prediction)
			json_put(o, "predicted", json_boolean(v->dkim[i].predicted));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *policy_word(const struct dmarc_verdict *v, enum dmarc_policy policy)
{
	return v->has_policy ? json_string(DMARC_POLICY_NAME[policy]) : json_null();
}

json_t *json_dmarc(struct arena *a, const struct dmarc_verdict *v)
{
	json_t *o = json_object();

	json_put(o, "result", result_word(v->result));
	json_put(o, "from_domain", json_text(a, v->from_domain));
	json_put(o, "organizational_domain", json_text(a, v->organizational_domain));
	json_put(o, "policy_domain", json_text(a, v->policy_domain));
	json_put(o, "policy", policy_word(v, v->policy));
	json_put(o, "disposition", policy_word(v, v->disposition));
	json_put(o, "spf_aligned", json_boolean(v->spf_aligned));
	json_put(o, "dkim_aligned", json_boolean(v->dkim_aligned));
	json_put(o, "record", json_text(a, v->record));
	json_put(o, "reason", json_text(a, v->reason));
	return o;
}

static json_t *rdns(struct arena *a, const struct rdns_verdict *v)
{
	json_t *o = json_object();

	json_put(o, "result", result_word(v->result));
	json_put(o, "ip", json_text(a, v->ip));
	json_put(o, "names", json_texts(a, v->names, v->name_count));
	json_put(o, "confirmed", json_text(a, v->confirmed));
	json_put(o, "helo_match", json_boolean(v->helo_match));
	json_put(o, "reason", json_text(a, v->reason));
	return o;
}

static void put_checks(json_t *o, struct arena *a, const struct verdict *v, bool prediction)
{
	json_put(o, "spf", v->has_client ? json_spf(a, &v->spf) : json_null());
	json_put(o, "spf_helo", v->has_client ? json_spf(a, &v->spf_helo) : json_null());
	json_put(o, "dkim", signatures(a, v, prediction));
	json_put(o, "dmarc", json_dmarc(a, &v->dmarc));
	json_put(o, "rdns", v->has_client ? rdns(a, &v->rdns) : json_null());
}

json_t *json_verdict(struct arena *a, const struct verdict *v)
{
	json_t *o = json_object();

	put_checks(o, a, v, false);
	return o;
}

json_t *json_prediction(struct arena *a, const struct verify_route *route, const struct verdict *v)
{
	json_t *o;

	if (route == NULL)
		return json_null();
	o = json_object();
	json_put(o, "route", json_text(a, route->name));
	put_checks(o, a, v, true);
	return o;
}
