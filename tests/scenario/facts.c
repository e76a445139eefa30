/*
 * SPDX-License-Identifier: ISC
 *
 * Verdicts as named facts.
 */
#include "facts.h"

#include "base/buffer.h"
#include "base/memory.h"

struct writer {
	struct facts *out;
	struct arena *arena;
	const char *scope;  /* "" or "predicted." */
	const char *prefix; /* "spf" */
};

void facts_add(struct facts *out, const char *name, const char *value)
{
	array_grow(&out->items, out->count, sizeof(*out->items));
	out->items[out->count++] = (struct fact){name, value};
}

static void add(struct writer *w, const char *key, const char *value)
{
	const char *name = arena_printf(w->arena, "%s%s%s%s", w->scope, w->prefix,
	    key == NULL ? "" : ".", key == NULL ? "" : key);

	facts_add(w->out, name, value == NULL ? "(null)" : arena_string(w->arena, value));
}

static void add_result(struct writer *w, enum auth_result result)
{
	add(w, NULL, AUTH_RESULT_NAME[result]);
}

static void add_number(struct writer *w, const char *key, int64_t value)
{
	add(w, key, arena_printf(w->arena, "%lld", (long long)value));
}

static void add_bool(struct writer *w, const char *key, bool value)
{
	add(w, key, value ? "true" : "false");
}

static void add_list(struct writer *w, const char *key, const char *const *items, size_t count)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < count; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : ",", items[i]);
	add(w, key, arena_copy(w->arena, buffer_span(&text)));
	buffer_clear(&text);
}

static void add_spf(struct writer *w, const char *prefix, const struct spf_verdict *v)
{
	w->prefix = prefix;
	add_result(w, v->result);
	add(w, "identity", v->identity);
	add(w, "domain", v->domain);
	add(w, "mechanism", v->mechanism);
	add_number(w, "lookups", v->lookups);
	add_number(w, "void_lookups", v->void_lookups);
	add(w, "explanation", v->explanation);
	add(w, "reason", v->reason);
}

static void add_rdns(struct writer *w, const struct rdns_verdict *v)
{
	w->prefix = "rdns";
	add_result(w, v->result);
	add(w, "ip", v->ip);
	add_list(w, "names", v->names, v->name_count);
	add(w, "confirmed", v->confirmed);
	add_bool(w, "helo_match", v->helo_match);
	add(w, "reason", v->reason);
}

static void add_signature(struct writer *w, size_t i, const struct dkim_verdict *v)
{
	w->prefix = arena_printf(w->arena, "dkim[%zu]", i);
	add_result(w, v->result);
	add(w, "domain", v->domain);
	add(w, "selector", v->selector);
	add(w, "algorithm", v->algorithm);
	add_number(w, "bits", v->bits);
	add(w, "canonicalization", v->canonicalization);
	add(w, "identity", v->identity);
	add_list(w, "signed_headers", v->signed_headers, v->signed_header_count);
	add_number(w, "body_length", v->body_length);
	add_number(w, "signed_at", v->signed_at);
	add_number(w, "expires_at", v->expires_at);
	add_bool(w, "predicted", v->predicted);
	add(w, "reason", v->reason);
}

static void add_dmarc(struct writer *w, const struct dmarc_verdict *v)
{
	w->prefix = "dmarc";
	add_result(w, v->result);
	add(w, "from_domain", v->from_domain);
	add(w, "organizational_domain", v->organizational_domain);
	add(w, "policy_domain", v->policy_domain);
	add(w, "policy", v->has_policy ? DMARC_POLICY_NAME[v->policy] : NULL);
	add(w, "disposition", v->has_policy ? DMARC_POLICY_NAME[v->disposition] : NULL);
	add_bool(w, "spf_aligned", v->spf_aligned);
	add_bool(w, "dkim_aligned", v->dkim_aligned);
	add(w, "record", v->record);
	add(w, "reason", v->reason);
}

static void add_client(struct writer *w, const struct verdict *v)
{
	static const char *const checks[] = {"spf", "spf_helo", "rdns"};

	if (v->has_client) {
		add_spf(w, "spf", &v->spf);
		add_spf(w, "spf_helo", &v->spf_helo);
		add_rdns(w, &v->rdns);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		w->prefix = checks[i];
		add(w, NULL, NULL);
	}
}

static void add_verdict(struct writer *w, const struct verdict *v)
{
	add_client(w, v);
	w->prefix = "dkim";
	add_result(w, verdict_dkim_result(v));
	add_number(w, "count", (int64_t)v->dkim_count);
	for (size_t i = 0; i < v->dkim_count; i++)
		add_signature(w, i, &v->dkim[i]);
	add_dmarc(w, &v->dmarc);
}

void facts_of(const struct verify_result *r, bool has_route, struct arena *a, struct facts *out)
{
	struct writer w = {.out = out, .arena = a, .scope = ""};

	*out = (struct facts){0};
	add_verdict(&w, &r->observed);
	w.prefix = "finding";
	for (size_t i = 0; i < r->findings.count; i++)
		add(&w, NULL, finding_entry(r->findings.items[i].id)->id);
	w.prefix = "predicted";
	if (!has_route) {
		add(&w, NULL, NULL);
		return;
	}
	w.scope = "predicted.";
	add_verdict(&w, &r->predicted);
}
