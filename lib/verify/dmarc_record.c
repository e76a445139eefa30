/*
 * SPDX-License-Identifier: ISC
 *
 * The DMARC policy record (RFC 9989 4.7, 4.8). What is wrong behind the version counts as absent;
 * only a policy that is wrong has consequences of its own (4.10.1).
 */
#include "verify/dmarc.h"

#include "base/name.h"

/* What a value was worth; a tag that is absent is read by nobody. */
struct policy {
	bool present, valid;
	enum dmarc_policy value;
};

struct draft {
	struct dmarc_record record;
	struct policy p, sp, np;
	bool adkim, aspf, t, psd, rua, ruf,
	    fo; /* read already: of a repeated tag the first counts */
};

static bool first_time(bool *seen)
{
	bool first = !*seen;

	*seen = true;
	return first;
}

static void read_policy(struct span v, struct policy *out)
{
	int found = name_find(DMARC_POLICY_NAME, DMARC_POLICY_COUNT, v);

	if (!first_time(&out->present))
		return;
	out->valid = found >= 0;
	out->value = found >= 0 ? (enum dmarc_policy)found : DMARC_POLICY_NONE;
}

static void read_p(struct span v, struct draft *d)
{
	read_policy(v, &d->p);
}

static void read_sp(struct span v, struct draft *d)
{
	read_policy(v, &d->sp);
}

static void read_np(struct span v, struct draft *d)
{
	read_policy(v, &d->np);
}

static void read_adkim(struct span v, struct draft *d)
{
	if (first_time(&d->adkim))
		d->record.strict_dkim = span_equal_nocase(v, SPAN("s"));
}

static void read_aspf(struct span v, struct draft *d)
{
	if (first_time(&d->aspf))
		d->record.strict_spf = span_equal_nocase(v, SPAN("s"));
}

static void read_t(struct span v, struct draft *d)
{
	if (first_time(&d->t))
		d->record.testing = span_equal_nocase(v, SPAN("y"));
}

static void read_psd(struct span v, struct draft *d)
{
	static const char *const names[] = {
	    [DMARC_PSD_UNKNOWN] = "u",
	    [DMARC_PSD_YES] = "y",
	    [DMARC_PSD_NO] = "n",
	};
	int found = name_find(names, ARRAY_SIZE(names), v);

	if (first_time(&d->psd) && found >= 0)
		d->record.psd = (enum dmarc_psd)found;
}

static void read_rua(struct span v, struct draft *d)
{
	if (first_time(&d->rua))
		d->record.rua = v;
}

static void read_ruf(struct span v, struct draft *d)
{
	if (first_time(&d->ruf))
		d->record.ruf = v;
}

static void read_fo(struct span v, struct draft *d)
{
	if (first_time(&d->fo))
		d->record.fo = v;
}

static const struct {
	struct span tag;
	void (*read)(struct span v, struct draft *d);
} READERS[] = {
    {{"p", 1}, read_p},
    {{"sp", 2}, read_sp},
    {{"np", 2}, read_np},
    {{"adkim", 5}, read_adkim},
    {{"aspf", 4}, read_aspf},
    {{"t", 1}, read_t},
    {{"psd", 3}, read_psd},
    {{"rua", 3}, read_rua},
    {{"ruf", 3}, read_ruf},
    {{"fo", 2}, read_fo},
};

static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < 0x20 || s.data[i] > 0x7e)
			return false;
	}
	return true;
}

/* Printable octets that no URI holds (RFC 3986 2). */
static bool is_uri_octet(char c)
{
	return c > ' ' && c <= '~' && span_index(SPAN("\"<>\\^`{|}"), c) < 0;
}

/* scheme ":" and at least one octet (RFC 3986 3, RFC 9989 4.8 dmarc-uri). */
static bool is_uri(struct span s)
{
	ptrdiff_t colon = span_index(s, ':');

	if (colon < 1 || (size_t)colon + 1 == s.len || !ascii_alpha(s.data[0]))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (i < (size_t)colon && !ascii_alnum(c) && c != '+' && c != '-' && c != '.')
			return false;
		if (!is_uri_octet(c))
			return false;
	}
	return !span_starts_nocase(s, SPAN("mailto:")) || span_index(s, '@') > colon + 1;
}

static bool has_uri(struct span list)
{
	while (list.data != NULL) {
		if (is_uri(span_trim(span_cut(&list, ','))))
			return true;
	}
	return false;
}

/* "v" in any case at the very start, blanks around "=", the value to the letter. */
static bool cut_version(struct span *rest)
{
	struct span value = span_cut(rest, ';'), name = span_cut(&value, '=');

	return value.data != NULL && name.len > 0 && ascii_lower(name.data[0]) == 'v' &&
	       span_trim(name).len == 1 && span_equal(span_trim(value), SPAN("DMARC1"));
}

static void read_tag(struct span spec, struct draft *d)
{
	struct span value = spec, name = span_trim(span_cut(&value, '='));

	if (value.data == NULL)
		return;
	value = span_trim(value);
	/* Only p, sp and np are worse off invalid than absent; an empty span is invalid to them. */
	if (!is_printable(value))
		value = SPAN("");
	for (size_t i = 0; i < ARRAY_SIZE(READERS); i++) {
		if (span_equal_nocase(name, READERS[i].tag))
			READERS[i].read(value, d);
	}
}

int dmarc_record_parse(struct span text, struct dmarc_record *out)
{
	struct span rest = text;
	struct draft d = {0};

	if (!cut_version(&rest))
		return -1;
	while (rest.data != NULL)
		read_tag(span_cut(&rest, ';'), &d);
	*out = d.record;
	out->has_p = d.p.valid;
	out->has_sp = d.sp.valid;
	out->has_np = d.np.valid;
	out->p = d.p.value;
	out->sp = d.sp.value;
	out->np = d.np.value;
	out->bad_p = d.p.present && !d.p.valid;
	out->bad_sp = d.sp.present && !d.sp.valid;
	out->bad_np = d.np.present && !d.np.valid;
	out->invalid_policy = !d.p.valid || out->bad_sp || out->bad_np;
	out->valid_rua = has_uri(out->rua);
	return 0;
}

enum dmarc_policy dmarc_record_policy(const struct dmarc_record *r, bool inherited, bool exists)
{
	if (r->bad_p || r->bad_sp || r->bad_np)
		return DMARC_POLICY_NONE;
	if (inherited && !exists && r->has_np)
		return r->np;
	if (inherited && r->has_sp)
		return r->sp;
	/* Without p= a record reads as if it included p=none; a valid sp= or np= of it stands. */
	return r->has_p ? r->p : DMARC_POLICY_NONE;
}

/* What somebody may have put in front of a record: quotes, blanks, a byte order mark. */
static struct span skip_rubbish(struct span s)
{
	size_t n = 0;

	while (n < s.len && !ascii_alnum(s.data[n]))
		n++;
	return span_after(s, n);
}

/* A tag that tells DMARC from the other things that TXT records are for. */
static bool is_telling(struct span name, struct span value)
{
	static const char *const own[] = {"adkim", "aspf", "rua", "ruf"};
	static const char *const policies[] = {"p", "sp", "np"};

	return name_find(own, ARRAY_SIZE(own), name) >= 0 ||
	       (name_find(policies, ARRAY_SIZE(policies), name) >= 0 &&
		   name_find(DMARC_POLICY_NAME, DMARC_POLICY_COUNT, value) >= 0);
}

bool dmarc_record_meant(struct span text)
{
	struct span rest = skip_rubbish(text);
	bool telling = span_starts_nocase(rest, SPAN("dmarc1"));

	while (rest.data != NULL) {
		struct span value = span_cut(&rest, ';'), name = span_trim(span_cut(&value, '='));

		/* Another protocol's version ends it: v=spf1, v=TLSRPTv1 (which has rua= as well).
		 */
		if (span_equal_nocase(name, SPAN("v")))
			return span_starts_nocase(span_trim(value), SPAN("dmarc"));
		telling = telling || (value.data != NULL && is_telling(name, span_trim(value)));
	}
	return telling;
}
