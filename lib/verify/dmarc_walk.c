/*
 * SPDX-License-Identifier: ISC
 *
 * The DNS tree walk (RFC 9989 4.10).
 *
 * While a name is missing all names of the walk are asked for at once, one round instead of up to
 * eight: only a record with psd=y or psd=n ends a walk before the top-level domain, so nearly
 * every walk asks all its names anyway and the evidence holds nothing more for it. The answers are
 * judged in the order of the walk; those beyond its end are not looked at.
 */
#include "verify/dmarc_walk.h"

#include "dns/name.h"

/* RFC 9989 4.10 step 4: a name of eight labels or more goes on with its last seven. */
#define LABELS_AFTER_FIRST 7

size_t dmarc_walk_domains(struct span name, struct span out[DMARC_WALK_MAX])
{
	size_t count = 0;

	while (name.len > 0 && count < DMARC_WALK_MAX) {
		out[count++] = name;
		name = dns_name_parent(name);
		while (dns_name_labels(name) > LABELS_AFTER_FIRST)
			name = dns_name_parent(name);
	}
	return count;
}

const struct dns_answer *dmarc_ask(struct dns_view *view, struct span domain, struct arena *a)
{
	const char *name = arena_printf(a, "_dmarc.%.*s", (int)domain.len, domain.data);

	return dns_view_lookup(view, span_from(name), DNS_TXT);
}

static void read_text(struct span text, struct dmarc_step *step)
{
	struct dmarc_record record;

	if (dmarc_record_parse(text, &record) == 0) {
		step->records++;
		step->record = record;
		step->text = text;
	} else if (step->malformed.data == NULL && dmarc_record_meant(text)) {
		step->malformed = text;
	}
}

void dmarc_step_read(const struct dns_answer *answer, struct dmarc_step *step)
{
	for (size_t i = 0; i < answer->count; i++)
		read_text(answer->records[i].text, step);
}

/* RFC 9989 4.10.2: psd=n, else below psd=y, else the record with the fewest labels. */
static const char *organizational_domain(
    const struct dmarc_walk *w, struct span name, struct arena *a)
{
	const char *found = NULL;

	for (size_t i = 0; i < w->count; i++) {
		const struct dmarc_step *s = &w->steps[i];
		struct span below = name;

		if (s->records != 1)
			continue;
		found = s->domain;
		if (s->record.psd != DMARC_PSD_YES || i == 0)
			continue;
		while (dns_name_labels(below) > dns_name_labels(span_from(s->domain)) + 1)
			below = dns_name_parent(below);
		return arena_copy(a, below);
	}
	return found != NULL ? found : arena_copy(a, name);
}

/* Adds the step; whether the walk ends with it. */
static bool take_step(
    struct dmarc_walk *w, struct span domain, const struct dns_answer *answer, struct arena *a)
{
	struct dmarc_step *step = &w->steps[w->count++];

	step->domain = arena_copy(a, domain);
	if (dns_failed(answer)) {
		w->failed = true;
		w->failed_name = arena_printf(a, "_dmarc.%s", step->domain);
		w->failed_status = answer->status;
		return true;
	}
	dmarc_step_read(answer, step);
	return step->records == 1 && step->record.psd != DMARC_PSD_UNKNOWN;
}

enum verify_status dmarc_walk(
    const char *name, struct dns_view *view, struct arena *a, struct dmarc_walk *out)
{
	struct span domains[DMARC_WALK_MAX];
	size_t count = dmarc_walk_domains(span_from(name), domains);
	bool missing = false;

	*out = (struct dmarc_walk){0};
	for (size_t i = 0; i < count; i++) {
		const struct dns_answer *answer = dmarc_ask(view, domains[i], a);

		missing = missing || answer == NULL;
		if (!missing && take_step(out, domains[i], answer, a))
			break;
	}
	if (missing)
		return VERIFY_NEEDS_DNS;
	if (!out->failed)
		out->organizational_domain = organizational_domain(out, span_from(name), a);
	return VERIFY_DONE;
}
