/*
 * SPDX-License-Identifier: ISC
 *
 * What the checks of mail records share, and which record is for which check.
 */
#include "verify/lint.h"

#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "verify/dmarc.h"
#include "verify/lint_run.h"

/* Octets at the start of a text among which a word is looked for. */
#define MEANT_OCTETS 32

/* The list grows in the arena by doubling; its capacity is the power of two at or above count. */
static struct lint_item *append(struct lint *l, struct arena *a)
{
	if ((l->count & (l->count - 1)) == 0) {
		size_t room = l->count == 0 ? 1 : l->count * 2;
		struct lint_item *items = arena_alloc(a, room * sizeof(*items));

		if (l->count > 0)
			memcpy(items, l->items, l->count * sizeof(*items));
		l->items = items;
	}
	return &l->items[l->count++];
}

void lint_say(struct lint_run *r, enum finding_id id, const char *fmt, ...)
{
	struct lint_item *item = append(r->out, r->arena);
	struct buffer text = BUFFER_INIT;
	va_list arguments;

	va_start(arguments, fmt);
	buffer_vprintf(&text, fmt, arguments);
	va_end(arguments);
	*item = (struct lint_item){
	    .id = id, .name = r->name, .text = arena_copy(r->arena, buffer_span(&text))};
	buffer_clear(&text);
}

static bool said(const struct lint_run *r, const char *asked)
{
	const struct lint *l = r->out;

	for (size_t i = l->count; i > 0; i--) {
		const struct lint_item *item = &l->items[i - 1];

		if (item->asked != NULL && strcmp(item->asked, asked) == 0 &&
		    strcmp(item->name, r->name) == 0)
			return true;
	}
	return false;
}

/* The name that failed: the end of the chain of aliases where there is one. */
static void say_failure(
    struct lint_run *r, struct span name, enum dns_type type, const struct dns_answer *answer)
{
	char normal[DNS_NAME_SIZE];
	const char *asked = answer->canonical;
	bool outside;

	if (asked == NULL && dns_name_normalize(name, normal) == 0)
		asked = normal;
	asked = asked == NULL ? arena_copy(r->arena, name) : arena_string(r->arena, asked);
	if (said(r, asked))
		return;
	outside = r->out->zones != NULL && !dns_zones_have(r->out->zones, span_from(asked));
	if (outside)
		lint_say(r, FINDING_OUTSIDE_ZONE,
		    "%s lies outside of the zones that were given, so what is there was not "
		    "looked at: give its zone by --zone, or a server to ask by --dns",
		    lint_show(r, span_from(asked)));
	else
		lint_say(r, FINDING_LOOKUP_FAILED, "the lookup of %s %s failed (%s)",
		    lint_show(r, span_from(asked)), DNS_TYPE_NAME[type],
		    DNS_STATUS_NAME[answer->status]);
	r->out->items[r->out->count - 1].asked = asked;
}

const struct dns_answer *lint_known(
    struct lint_run *r, struct span name, enum dns_type type, const struct dns_answer *answer)
{
	if (answer == NULL) {
		r->missing = true;
		return NULL;
	}
	if (!dns_failed(answer))
		return answer;
	say_failure(r, name, type, answer);
	return NULL;
}

const struct dns_answer *lint_ask(struct lint_run *r, struct span name, enum dns_type type)
{
	return lint_known(r, name, type, dns_view_lookup(r->view, name, type));
}

const char *lint_show(struct lint_run *r, struct span text)
{
	char shown[VERDICT_SHOW_SIZE];
	struct buffer out = BUFFER_INIT;
	const char *copy;

	/* Blanks are what records are written with. */
	for (const char *p = verdict_show(text, shown); *p != '\0'; p++) {
		bool blank = strncmp(p, "\\032", 4) == 0;

		buffer_add_char(&out, blank ? ' ' : *p);
		p += blank ? 3 : 0;
	}
	copy = arena_copy(r->arena, buffer_span(&out));
	buffer_clear(&out);
	return copy;
}

bool lint_meant(struct span text, const char *word)
{
	text = span_first(text, MEANT_OCTETS);
	for (size_t i = 0; i < text.len && *word != '\0'; i++) {
		char c = text.data[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\'' || c == '\\')
			continue;
		if (ascii_lower(c) != *word)
			return false;
		word++;
	}
	return *word == '\0';
}

static ptrdiff_t find(struct span name, struct span part)
{
	const char *at = name.len == 0 ? NULL : memmem(name.data, name.len, part.data, part.len);

	return at == NULL ? -1 : at - name.data;
}

static const struct span KEY_LABEL = {"._domainkey.", 12};
static const struct span REPORT_LABELS = {"._report._dmarc.", 16};
static const struct span DMARC_LABEL = {"_dmarc.", 7};

/* The kind that a name alone makes a TXT record, or LINT_NONE. */
static enum lint_kind kind_of_name(struct span name)
{
	if (find(name, REPORT_LABELS) >= 0)
		return LINT_REPORT;
	if (span_starts(name, DMARC_LABEL))
		return LINT_DMARC;
	if (find(name, KEY_LABEL) < 0 || span_starts(name, SPAN("*.")) ||
	    span_starts(name, SPAN("_adsp.")))
		return LINT_NONE;
	return LINT_DKIM;
}

enum lint_kind lint_kind_of(struct span name, enum dns_type type, struct span text)
{
	enum lint_kind kind = kind_of_name(name);

	if (type == DNS_MX)
		return LINT_MX;
	if (type == DNS_CNAME)
		return kind == LINT_REPORT ? LINT_NONE : kind;
	if (type != DNS_TXT)
		return LINT_NONE;
	if (kind != LINT_NONE)
		return kind;
	if (lint_meant(text, "v=spf"))
		return LINT_SPF;
	if (find(name, KEY_LABEL) >= 0)
		return LINT_NONE;
	return lint_meant(text, "v=dmarc") || lint_meant(text, "v=dkim1") ? LINT_MISPLACED
	                                                                  : LINT_NONE;
}

/* Where somebody published what nobody will look for there. */
static void lint_misplaced(struct lint_run *r, struct span text)
{
	if (lint_meant(text, "v=dmarc"))
		lint_say(r, FINDING_DMARC_MALFORMED,
		    "a DMARC record stands at %s, where no receiver looks: publish it at "
		    "_dmarc.%s",
		    r->name, r->name);
	else if (lint_meant(text, "v=dkim1"))
		lint_say(r, FINDING_DKIM_KEY_MALFORMED,
		    "a DKIM key stands at %s, where no receiver looks: publish it at "
		    "SELECTOR._domainkey.DOMAIN",
		    r->name);
}

static void lint_permission(struct lint_run *r, struct span text)
{
	struct dmarc_record record;

	if (dmarc_record_parse(text, &record) < 0)
		lint_say(r, FINDING_DMARC_MALFORMED,
		    "\"%s\" allows no reports, since it does not begin with v=DMARC1: publish "
		    "\"v=DMARC1;\"",
		    lint_show(r, text));
}

static void each_text(
    struct lint_run *r, struct span name, void (*check)(struct lint_run *r, struct span text))
{
	const struct dns_answer *answer = lint_ask(r, name, DNS_TXT);

	for (size_t i = 0; answer != NULL && i < answer->count; i++)
		check(r, answer->records[i].text);
}

static enum verify_status lint_key(
    struct span name, struct dns_view *view, struct arena *a, struct lint *out)
{
	size_t selector = (size_t)find(name, KEY_LABEL);
	struct dkim_verdict key;

	return lint_dkim(span_after(name, selector + KEY_LABEL.len), span_first(name, selector),
	    view, a, out, &key);
}

enum verify_status lint_records(enum lint_kind kind, struct span name, struct dns_view *view,
    struct arena *a, struct lint *out, struct lint_spf *spf)
{
	struct lint_run r = {view, a, out, arena_copy(a, name), false};

	switch (kind) {
	case LINT_SPF:
		return lint_spf(name, view, a, out, spf);
	case LINT_DKIM:
		return lint_key(name, view, a, out);
	case LINT_DMARC:
		return lint_dmarc_record(span_after(name, DMARC_LABEL.len), view, a, out);
	case LINT_MX:
		return lint_mx(name, view, a, out);
	case LINT_REPORT:
		each_text(&r, name, lint_permission);
		break;
	case LINT_MISPLACED:
		each_text(&r, name, lint_misplaced);
		break;
	case LINT_NONE:
	case LINT_KIND_COUNT:
		break;
	}
	return lint_status(&r);
}

size_t lint_count(const struct lint *l, enum finding_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += finding_entry(l->items[i].id)->severity == severity;
	return n;
}

unsigned lint_score(const struct lint *l)
{
	size_t errors = lint_count(l, FINDING_ERROR), warnings = lint_count(l, FINDING_WARNING);
	size_t lost;

	/* More than ten of either leave nothing anyway. */
	errors = errors > 10 ? 10 : errors;
	warnings = warnings > 10 ? 10 : warnings;
	lost = errors * LINT_ERROR_COSTS + warnings * LINT_WARNING_COSTS;
	return lost > 100 ? 0 : (unsigned)(100 - lost);
}
