/*
 * SPDX-License-Identifier: ISC
 *
 * Fuzzes DMARC: records, and the judgement under them. The first line is the domain of From, the
 * second the domains that passed DKIM, all others are texts of TXT records; which of them a name
 * has follows from the name. A record, written out as it was understood, must be understood the
 * same again; the judgement must end within bounds, twice alike, and not contradict itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
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
	if (r->invalid_policy && r->has_p)
		buffer_printf(out, "; %s=x", r->has_sp ? "np" : "sp");
	buffer_printf(out, "; adkim=%c; aspf=%c; t=%c; psd=%c", r->strict_dkim ? 's' : 'r',
	    r->strict_spf ? 's' : 'r', r->testing ? 'y' : 'n', psd[r->psd]);
	buffer_printf(out, "; rua=%.*s", (int)r->rua.len, r->rua.len > 0 ? r->rua.data : "");
}

static void check_record(struct span text)
{
	struct dmarc_record first, second;
	struct buffer written = BUFFER_INIT;

	if (dmarc_record_parse(text, &first) < 0)
		return;
	write_record(&first, &written);
	require(dmarc_record_parse(buffer_span(&written), &second) == 0);
	require(first.has_p == second.has_p && first.p == second.p);
	require(first.has_sp == second.has_sp && first.sp == second.sp);
	require(first.has_np == second.has_np && first.np == second.np);
	require(first.strict_dkim == second.strict_dkim && first.strict_spf == second.strict_spf);
	require(first.testing == second.testing && first.psd == second.psd);
	require(span_equal(first.rua, second.rua) && first.valid_rua == second.valid_rua);
	require(first.invalid_policy == second.invalid_policy);
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

static void judge(const struct input *in, struct arena *a, struct dmarc_verdict *out)
{
	struct mail_mailbox box = {.local = SPAN("a"), .domain = in->from};
	struct mail_message m = {.from_list = {&box, 1}, .from_fields = 1};
	struct dmarc_input d = {&m, in->identifiers, in->identifier_count};
	struct dns_view *view = dns_view_new(NULL);
	const struct dns_question *missing;

	for (unsigned rounds = 0; dmarc_check(&d, view, a, out) == VERIFY_NEEDS_DNS; rounds++) {
		require(rounds < 3 && dns_view_missing(view, &missing) > 0);
		while (dns_view_missing(view, &missing) > 0)
			answer(view, &missing[0], in);
	}
	require(dns_view_missing(view, &missing) == 0);
	require(dns_view_answered(view) <= DMARC_WALK_MAX * (1 + in->identifier_count) + 3);
	check_verdict(out);
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
