/*
 * SPDX-License-Identifier: ISC
 *
 * What was found in mail records, for a person: of a zone file line by line as compilers write it,
 * of a domain as a page.
 */
#include "report/lint.h"
#include "report/text_internal.h"

static void add_line(struct buffer *out, const char *file, const struct lint_item *item)
{
	const struct finding_entry *entry = finding_entry(item->id);

	page_escape(out, span_from(file));
	buffer_printf(
	    out, ":%u: %s: %s: ", item->line, FINDING_SEVERITY_NAME[entry->severity], entry->id);
	page_escape(out, span_from(item->name));
	buffer_add_string(out, ": ");
	page_escape(out, span_from(item->text));
	buffer_add_char(out, '\n');
}

/* "7 of 10 lookups, 1 of 2 void lookups"; counting ends somewhere. */
static const char *cost(const struct lint_spf *spf, struct buffer *out)
{
	buffer_reset(out);
	if (spf->valid)
		buffer_printf(out, "%u%s of 10 lookups, %u of 2 void lookups", spf->lookups,
		    spf->lookups < LINT_SPF_COUNT_MAX ? "" : " or more", spf->void_lookups);
	else
		buffer_add_string(out, "malformed");
	return out->data;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "1 error, 2 warnings, 0 notes" */
static const char *counts(const struct lint *l, struct buffer *out)
{
	size_t errors = lint_count(l, FINDING_ERROR), warnings = lint_count(l, FINDING_WARNING);
	size_t notes = lint_count(l, FINDING_INFO);

	buffer_reset(out);
	buffer_printf(out, "%zu error%s, %zu warning%s, %zu note%s", errors, plural(errors),
	    warnings, plural(warnings), notes, plural(notes));
	return out->data;
}

void report_zone_text(struct buffer *out, const struct report_zone *z)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < z->lint->count; i++)
		add_line(out, z->file, &z->lint->items[i]);
	for (size_t i = 0; i < z->spf_count; i++) {
		page_escape(out, span_from(z->spf[i].name));
		buffer_printf(out, ": SPF %s\n", cost(&z->spf[i].spf, &text));
	}
	page_escape(out, span_from(z->file));
	buffer_printf(
	    out, ": %zu mail record%s: %s", z->records, plural(z->records), counts(z->lint, &text));
	buffer_printf(out, "; score %u of 100\n", lint_score(z->lint));
	buffer_clear(&text);
}

static void page_cost(struct page *p, const struct lint_spf *spf)
{
	struct buffer text = BUFFER_INIT;

	if (spf->record == NULL)
		page_row(p, "SPF", "none");
	else
		page_row(p, "SPF", "%s; %s", spf->record, cost(spf, &text));
	buffer_clear(&text);
}

static void page_keys(struct page *p, const struct report_domain *d)
{
	if (d->dkim_count == 0)
		page_row(p, "DKIM", "not looked at: name the selectors by --selector");
	for (size_t i = 0; i < d->dkim_count; i++) {
		const struct dkim_verdict *v = &d->dkim[i];

		page_result(p, "DKIM", AUTH_RESULT_NAME[v->result], page_color_of(v->result),
		    "selector %s", v->selector);
		page_more(p, v->reason);
	}
}

static void page_policy(struct page *p, const struct dmarc_verdict *v)
{
	if (v->record == NULL)
		page_row(p, "DMARC", "none: %s", v->reason);
	else
		page_row(p, "DMARC", "%s; %s", v->record, v->reason);
}

static void page_exchanges(struct page *p, const struct report_domain *d)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < d->mx_count; i++)
		buffer_printf(&text, "%s%s", i == 0 ? "" : ", ",
		    d->mx[i][0] == '\0' ? "none (null MX: the domain takes no mail)" : d->mx[i]);
	page_row(p, "MX", "%s", text.len == 0 ? "none" : text.data);
	buffer_clear(&text);
}

static void page_finding(struct page *p, const struct lint_item *item)
{
	const struct finding_entry *entry = finding_entry(item->id);

	page_row_colored(p, FINDING_SEVERITY_NAME[entry->severity],
	    page_severity_color(entry->severity), "%s, %s (%s)", entry->id, item->name,
	    entry->reference);
	page_row(p, "", "%s", item->text);
}

static void page_all_findings(struct page *p, const struct lint *l)
{
	page_title(p, "Findings");
	if (l->count == 0)
		buffer_add_string(p->out, "  none\n");
	for (int severity = FINDING_SEVERITY_COUNT - 1; severity >= 0; severity--)
		for (size_t i = 0; i < l->count; i++)
			if ((int)finding_entry(l->items[i].id)->severity == severity)
				page_finding(p, &l->items[i]);
}

static void page_score(struct page *p, const struct lint *l)
{
	struct buffer text = BUFFER_INIT;

	page_title(p, "Score");
	page_row(p, "", "%u of 100: %s; an error takes %d, a warning %d, a note nothing",
	    lint_score(l), counts(l, &text), LINT_ERROR_COSTS, LINT_WARNING_COSTS);
	buffer_clear(&text);
}

static void page_head(struct page *p, const struct report_domain *d)
{
	const char *organizational = d->organizational_domain;

	page_column(p, d->domain, 0, PAGE_BOLD);
	buffer_add_string(p->out, "\norganizational domain ");
	page_escape(p->out, span_from(organizational == NULL ? "not known" : organizational));
	buffer_add_char(p->out, '\n');
}

void report_domain_text(
    struct buffer *out, const struct report_domain *d, const struct report_style *style)
{
	struct page p = {out, style};

	page_head(&p, d);
	page_title(&p, "Records");
	page_cost(&p, &d->spf);
	page_keys(&p, d);
	page_policy(&p, &d->dmarc);
	page_exchanges(&p, d);
	page_all_findings(&p, d->lint);
	page_score(&p, d->lint);
}
