/*
 * SPDX-License-Identifier: ISC
 *
 * Verdicts to rows: one a check and viewpoint, one a signature, and one of the route that the
 * prediction rests on.
 */
#include "store/insert_internal.h"

/* Whose verdict is being written. */
struct target {
	struct insert *in;
	int64_t message;
	const char *viewpoint;
};

/* The columns that all checks have. */
static struct row begin_verdict(const struct target *t, enum insert_statement which,
    const char *check, enum auth_result result, const char *reason)
{
	struct row r = insert_row(t->in, which);

	row_put_int(&r, t->message);
	row_put_text(&r, t->viewpoint);
	row_put_text(&r, check);
	row_put_text(&r, AUTH_RESULT_NAME[result]);
	row_put_text(&r, reason);
	return r;
}

static int put_spf(const struct target *t, const char *check, const struct spf_verdict *v)
{
	struct row r = begin_verdict(t, INSERT_SPF, check, v->result, v->reason);

	row_put_text(&r, v->identity);
	row_put_text(&r, v->domain);
	row_put_text(&r, v->mechanism);
	row_put_int(&r, v->lookups);
	row_put_int(&r, v->void_lookups);
	row_put_text(&r, v->explanation);
	return insert_run(&r);
}

static int put_dmarc(const struct target *t, const struct dmarc_verdict *v)
{
	struct row r = begin_verdict(t, INSERT_DMARC, "dmarc", v->result, v->reason);

	row_put_text(&r, v->from_domain);
	row_put_text(&r, v->organizational_domain);
	row_put_text(&r, v->policy_domain);
	row_put_text(&r, v->has_policy ? DMARC_POLICY_NAME[v->policy] : NULL);
	row_put_text(&r, v->has_policy ? DMARC_POLICY_NAME[v->disposition] : NULL);
	row_put_int(&r, v->spf_aligned);
	row_put_int(&r, v->dkim_aligned);
	row_put_text(&r, v->record);
	return insert_run(&r);
}

static int put_rdns(const struct target *t, const struct rdns_verdict *v)
{
	struct row r = begin_verdict(t, INSERT_RDNS, "rdns", v->result, v->reason);

	row_put_text(&r, v->ip);
	row_put_text(&r, row_join(&t->in->joined, v->names, v->name_count, ' '));
	row_put_text(&r, v->confirmed);
	row_put_int(&r, v->helo_match);
	return insert_run(&r);
}

static int put_signature(const struct target *t, size_t seq, const struct dkim_verdict *v)
{
	struct row r = insert_row(t->in, INSERT_DKIM_SIGNATURE);

	row_put_int(&r, t->message);
	row_put_text(&r, t->viewpoint);
	row_put_int(&r, (int64_t)seq);
	row_put_text(&r, AUTH_RESULT_NAME[v->result]);
	row_put_text(&r, v->domain);
	row_put_text(&r, v->selector);
	row_put_text(&r, v->algorithm);
	row_put_int_or(&r, v->bits, 0);
	row_put_text(&r, v->canonicalization);
	row_put_text(&r, v->identity);
	row_put_text(&r, row_join(&t->in->joined, v->signed_headers, v->signed_header_count, ':'));
	row_put_int_or(&r, v->body_length, -1);
	row_put_int_or(&r, v->signed_at, -1);
	row_put_int_or(&r, v->expires_at, -1);
	row_put_text(&r, v->reason);
	row_put_int(&r, v->predicted);
	return insert_run(&r);
}

static int put_dkim(const struct target *t, const struct verdict *v)
{
	struct row r = begin_verdict(t, INSERT_DKIM, "dkim", verdict_dkim_result(v), NULL);

	if (insert_run(&r) < 0)
		return -1;
	for (size_t i = 0; i < v->dkim_count; i++)
		if (put_signature(t, i, &v->dkim[i]) < 0)
			return -1;
	return 0;
}

int insert_verdict(const struct insert_place *p, const char *viewpoint, const struct verdict *v)
{
	const struct target t = {p->in, p->message, viewpoint};

	if (v->has_client &&
	    (put_spf(&t, "spf", &v->spf) < 0 || put_spf(&t, "spf_helo", &v->spf_helo) < 0 ||
		put_rdns(&t, &v->rdns) < 0))
		return -1;
	return put_dkim(&t, v) < 0 || put_dmarc(&t, &v->dmarc) < 0 ? -1 : 0;
}

int insert_prediction(const struct insert_place *p, const struct verify_route *route)
{
	struct row r = insert_row(p->in, INSERT_PREDICTION);

	row_put_int(&r, p->message);
	row_put_text(&r, route->name);
	row_put_text(&r, row_join(&p->in->joined, route->egress, route->egress_count, ' '));
	row_put_text(&r, route->return_path);
	row_put_text(&r, route->dkim_domain);
	row_put_text(&r, route->dkim_selector);
	return insert_run(&r);
}
