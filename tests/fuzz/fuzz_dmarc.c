/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes DMARC: records, and the judgement under them. The first line is the domain of From, the
 * second the domains that passed DKIM, all others are texts of TXT records; which of them a name
 * has follows from the name. A record, written out as it was understood, must be understood the
 * same again; the judgement must end within bounds, twice alike, and not contradict itself; its
 * questions must not depend on results; and each finding must be there just when a plain reading of
 * the records, or of RFC 7489, says so.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "mail/domain.h"
#include "mail/suffix.h"
#include "verify/dmarc.h"
#include "verify/dmarc_walk.h"

#define LINES_MAX       16
#define IDENTIFIERS_MAX 12

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct input {
	struct span from;
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	size_t identifier_count;
	struct span lines[LINES_MAX];
	size_t line_count;
};

static void write_record(const struct dmarc_record *r, struct buffer *out)
{
	static const char psd[] = "uyn";

	buffer_add_string(out, "v=DMARC1");
	if (r->has_p)
		buffer_printf(out, "; p=%s", DMARC_POLICY_NAME[r->p]);
	if (r->has_sp)
		buffer_printf(out, "; sp=%s", DMARC_POLICY_NAME[r->sp]);
	if (r->has_np)
		buffer_printf(out, "; np=%s", DMARC_POLICY_NAME[r->np]);
	if (r->bad_p)
		buffer_add_string(out, "; p=x");
	if (r->bad_sp)
		buffer_add_string(out, "; sp=x");
	if (r->bad_np)
		buffer_add_string(out, "; np=");
	buffer_printf(out, "; adkim=%c; aspf=%c; t=%c; psd=%c", r->strict_dkim ? 's' : 'r',
	    r->strict_spf ? 's' : 'r', r->testing ? 'y' : 'n', psd[r->psd]);
	buffer_printf(out, "; rua=%.*s", (int)r->rua.len, r->rua.len > 0 ? r->rua.data : "");
}

static void check_record(struct span text)
{
	struct dmarc_record first, second;
	struct buffer written = BUFFER_INIT;

	if (dmarc_record_parse(text, &first) < 0) {
		dmarc_record_meant(text);
		return;
	}
	write_record(&first, &written);
	require(dmarc_record_parse(buffer_span(&written), &second) == 0);
	require(first.has_p == second.has_p && first.p == second.p);
	require(first.has_sp == second.has_sp && first.sp == second.sp);
	require(first.has_np == second.has_np && first.np == second.np);
	require(first.strict_dkim == second.strict_dkim && first.strict_spf == second.strict_spf);
	require(first.testing == second.testing && first.psd == second.psd);
	require(span_equal(first.rua, second.rua) && first.valid_rua == second.valid_rua);
	require(first.bad_p == second.bad_p && first.bad_sp == second.bad_sp);
	require(first.bad_np == second.bad_np && !(first.bad_p && first.has_p));
	require(!(first.bad_sp && first.has_sp) && !(first.bad_np && first.has_np));
	require(first.invalid_policy == (!first.has_p || first.bad_sp || first.bad_np));
	require(first.invalid_policy == second.invalid_policy);
	/* Whatever is a record was meant to be one. */
	require(dmarc_record_meant(buffer_span(&written)));
	buffer_clear(&written);
}

static unsigned hash(const char *s)
{
	unsigned h = 5381;

	for (; *s != '\0'; s++)
		h = h * 33 + (unsigned char)*s;
	return h;
}

/* None, one or two of the lines; a line that begins with "!" is a failure. */
static void answer(struct dns_view *view, const struct dns_question *q, const struct input *in)
{
	struct dns_record records[2] = {{.ttl = 1}, {.ttl = 1}};
	struct dns_answer a = {.status = DNS_NXDOMAIN, .records = records};
	unsigned h = hash(q->name) + (unsigned)q->type * 7;
	char name[DNS_NAME_SIZE];

	for (size_t i = 0; q->type == DNS_TXT && i < h % 3 && in->line_count > 0; i++) {
		struct span line = in->lines[(h / 3 + i) % in->line_count];

		if (line.len > 0 && line.data[0] == '!') {
			a = (struct dns_answer){.status = DNS_TIMEOUT};
			break;
		}
		records[a.count++].text = line;
		a.status = DNS_OK;
	}
	strcpy(name, q->name);
	dns_view_put(view, span_from(name), q->type, &a);
}

static void check_verdict(const struct dmarc_verdict *v)
{
	bool aligned = v->spf_aligned || v->dkim_aligned;

	require(v->reason != NULL && v->reason[0] != '\0');
	require(v->result == AUTH_NONE || v->result == AUTH_PASS || v->result == AUTH_FAIL ||
		v->result == AUTH_TEMPERROR || v->result == AUTH_PERMERROR);
	require(aligned == (v->result == AUTH_PASS));
	require(v->has_policy || (v->result != AUTH_PASS && v->result != AUTH_FAIL));
	require(v->disposition == DMARC_POLICY_NONE || v->result == AUTH_FAIL);
	require(v->disposition <= v->policy);
	if (v->organizational_domain != NULL)
		require(
		    dns_name_below(span_from(v->from_domain), span_from(v->organizational_domain)));
	if (v->policy_domain != NULL)
		require(dns_name_below(span_from(v->from_domain), span_from(v->policy_domain)));
}

/* The DMARC records of a name, as the view has them. */
static size_t records_at(
    struct dns_view *view, const char *domain, struct arena *a, struct dmarc_record *out)
{
	const struct dns_answer *answer =
	    dns_view_lookup(view, span_from(arena_printf(a, "_dmarc.%s", domain)), DNS_TXT);
	size_t n = 0;

	require(answer != NULL);
	for (size_t i = 0; i < answer->count; i++)
		n += dmarc_record_parse(answer->records[i].text, out) == 0;
	return n;
}

static bool failed_at(struct dns_view *view, const char *domain, struct arena *a)
{
	return dns_failed(
	    dns_view_lookup(view, span_from(arena_printf(a, "_dmarc.%s", domain)), DNS_TXT));
}

/* RFC 7489 6.6 in plain words; temperror where a look-up failed. */
static enum auth_result by_list(
    struct dns_view *view, const struct input *in, const char *author, struct arena *a)
{
	const char *list = arena_copy(a, mail_organizational_domain(span_from(author)));
	struct dmarc_record r = {0};
	enum auth_result result = AUTH_FAIL;
	size_t n;

	if (failed_at(view, author, a))
		return AUTH_TEMPERROR;
	n = records_at(view, author, a, &r);
	if (n == 0 && strcmp(list, author) != 0) {
		if (failed_at(view, list, a))
			return AUTH_TEMPERROR;
		n = records_at(view, list, a, &r);
	}
	if (n != 1 || ((!r.has_p || r.bad_sp) && !r.valid_rua))
		return AUTH_NONE;
	for (size_t i = 0; i < in->identifier_count; i++) {
		const struct dmarc_identifier *id = &in->identifiers[i];
		const char *ascii = mail_domain_to_ascii(a, span_from(id->domain));
		char name[DNS_NAME_SIZE];

		if (ascii == NULL || strchr(id->domain, '[') != NULL ||
		    dns_name_normalize(span_from(ascii), name) < 0 || name[0] == '\0')
			continue;
		if (strcmp(name, author) != 0 &&
		    ((id->is_dkim ? r.strict_dkim : r.strict_spf) ||
			!span_equal(mail_organizational_domain(span_from(name)), span_from(list))))
			continue;
		if (id->result == AUTH_PASS)
			return AUTH_PASS;
		result = AUTH_TEMPERROR;
	}
	return result;
}

static bool has(const struct finding_list *list, enum finding_id id)
{
	bool found = false;

	for (size_t i = 0; i < list->count; i++) {
		require(list->items[i].text[0] != '\0' && strlen(list->items[i].text) < 20000);
		require(!found || list->items[i].id != id);
		found = found || list->items[i].id == id;
	}
	return found;
}

static void check_difference(struct dns_view *view, const struct input *in,
    const struct dmarc_verdict *v, bool found, struct arena *a)
{
	enum auth_result theirs = by_list(view, in, v->from_domain, a);
	bool differs = v->organizational_domain != NULL &&
	               !span_equal(span_from(v->organizational_domain),
			   mail_organizational_domain(span_from(v->from_domain)));

	if (theirs != AUTH_TEMPERROR && v->result != AUTH_TEMPERROR)
		differs = differs || theirs != v->result;
	require(found == differs);
}

static void check_findings(struct dns_view *view, const struct input *in,
    const struct dmarc_verdict *v, const struct finding_list *findings, struct arena *a)
{
	bool several = false, malformed = false, invalid = false;
	struct dmarc_walk w;

	require(v->result != AUTH_PERMERROR || findings->count == 0);
	if (v->result == AUTH_PERMERROR)
		return;
	require(dmarc_walk(v->from_domain, view, a, &w) == VERIFY_DONE);
	for (size_t i = 0; i < w.count; i++) {
		several = several || w.steps[i].records > 1;
		malformed = malformed || w.steps[i].malformed.len > 0;
		if (v->policy_domain != NULL && strcmp(w.steps[i].domain, v->policy_domain) == 0)
			invalid = w.steps[i].record.invalid_policy;
	}
	require(has(findings, FINDING_DMARC_SEVERAL_RECORDS) == several);
	require(has(findings, FINDING_DMARC_MALFORMED) == malformed);
	require(has(findings, FINDING_DMARC_POLICY_MISSING) == invalid);
	require(!has(findings, FINDING_DMARC_OBSOLETE_TAG) || v->record != NULL);
	check_difference(view, in, v, has(findings, FINDING_PSL_DIFFERS), a);
}

static struct dns_view *ask(const struct dmarc_input *d, const struct input *in, struct arena *a,
    struct dmarc_verdict *out, struct finding_list *findings)
{
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;

	for (unsigned rounds = 0; dmarc_check(d, view, a, out, findings) == VERIFY_NEEDS_DNS;
	     rounds++) {
		require(rounds < 3 && dns_view_missing(view, &missing) > 0);
		require(findings == NULL || findings->count == 0);
		while (dns_view_missing(view, &missing) > 0)
			answer(view, &missing[0], in);
	}
	require(dns_view_missing(view, &missing) == 0);
	require(dns_view_answered(view) <= DMARC_WALK_MAX * (1 + d->count) + 2);
	return view;
}

/* Whatever passes or fails, the questions are the same. */
static void check_questions(
    struct dmarc_input d, const struct input *in, struct dns_view *view, struct arena *a)
{
	struct dmarc_identifier others[IDENTIFIERS_MAX];
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct dmarc_verdict v;
	struct dns_view *again;

	for (size_t i = 0; i < d.count; i++) {
		others[i] = d.identifiers[i];
		others[i].result = others[i].result == AUTH_PASS ? AUTH_FAIL : AUTH_PASS;
	}
	d.identifiers = others;
	again = ask(&d, in, a, &v, NULL);
	dns_view_evidence(view, &first);
	dns_view_evidence(again, &second);
	require(span_equal(buffer_span(&first), buffer_span(&second)));
	buffer_clear(&first);
	buffer_clear(&second);
	dns_view_free(again);
}

static void judge(const struct input *in, struct arena *a, struct dmarc_verdict *out)
{
	struct mail_mailbox box = {.local = SPAN("a"), .domain = in->from};
	struct mail_message m = {.from_list = {&box, 1}, .from_fields = 1};
	struct dmarc_input d = {&m, in->identifiers, in->identifier_count};
	struct finding_list findings = {0};
	struct dns_view *view = ask(&d, in, a, out, &findings);

	check_verdict(out);
	check_questions(d, in, view, a);
	check_findings(view, in, out, &findings, a);
	dns_view_free(view);
}

static void read_input(struct span data, struct arena *a, struct input *in)
{
	struct span rest = data, domains;

	in->from = span_cut(&rest, '\n');
	domains = span_cut(&rest, '\n');
	while (domains.data != NULL && in->identifier_count < IDENTIFIERS_MAX) {
		size_t i = in->identifier_count++;

		in->identifiers[i] =
		    (struct dmarc_identifier){i != 1, i % 4 == 2 ? AUTH_TEMPERROR : AUTH_PASS,
			arena_copy(a, span_cut(&domains, ' '))};
	}
	while (rest.data != NULL && in->line_count < LINES_MAX)
		in->lines[in->line_count++] = span_cut(&rest, '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct dmarc_verdict first, second;
	struct input in = {0};

	read_input(span_of(data, size), a, &in);
	check_record(span_of(data, size));
	for (size_t i = 0; i < in.line_count; i++)
		check_record(in.lines[i]);
	judge(&in, a, &first);
	judge(&in, a, &second);
	require(first.result == second.result && strcmp(first.reason, second.reason) == 0);
	arena_free(a);
	return 0;
}
