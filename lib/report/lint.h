/*
 * SPDX-License-Identifier: ISC
 *
 * The forms of what was found in mail records: of a zone file (zone check) and of a domain (check
 * domain). All is borrowed. Appended to out.
 */
#ifndef REPORT_LINT_H
#define REPORT_LINT_H

#include "report/text.h"
#include "verify/lint.h"

/* What an SPF record of a zone file costs. */
struct report_spf_cost {
	const char *name;
	struct lint_spf spf;
};

struct report_zone {
	const char *file;
	size_t records;              /* of mail, that were looked at */
	struct report_spf_cost *spf; /* of the names with an SPF record, in the order of the file */
	size_t spf_count;
	const struct lint *lint; /* items with their lines, in their order */
};

/* "FILE:LINE: severity: id: NAME: text" for each finding, then what SPF costs, and the score. */
void report_zone_text(struct buffer *out, const struct report_zone *z);
/*
 * {"file","records","spf":[{"name","lookups","void_lookups"}],"findings":[{"id","severity",
 * "reference","name","line","text"}],"score"}; the numbers of a record that does not parse are
 * null.
 */
void report_zone_json(struct buffer *out, const struct report_zone *z);

struct report_domain {
	const char *domain, *organizational_domain; /* the latter NULL when it is not known */
	struct lint_spf spf;
	const struct dkim_verdict *dkim;
	size_t dkim_count;
	struct dmarc_verdict dmarc; /* of lint_dmarc */
	const char **mx;            /* by preference; "" is the null MX */
	size_t mx_count;
	const struct lint *lint;
};

/* What is published, what is wrong with it and what to do, and what that comes to. */
void report_domain_text(
    struct buffer *out, const struct report_domain *d, const struct report_style *style);
/*
 * {"domain","organizational_domain","spf":{"record","lookups","void_lookups"}|null,"dkim":[...],
 * "dmarc":{"record","policy_domain","policy","disposition","reason"}|null,"mx":[...],
 * "findings":[...],"score"}
 */
void report_domain_json(struct buffer *out, const struct report_domain *d);

#endif
