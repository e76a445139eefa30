/*
 * SPDX-License-Identifier: ISC
 *
 * What is asked of messages, put together from --require, receivers' profiles and policy files; and
 * judging one message by it. Pure: facts in, outcomes out.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "conf/receiver.h"
#include "mail/header.h"
#include "mime/content.h"
#include "policy/requirement.h"
#include "policy/selection.h"
#include "record/record.h"

/* Which verdict of the message is judged. */
enum policy_viewpoint {
	POLICY_DEFAULT, /* predicted where the message has a route, else observed */
	POLICY_OBSERVED,
	POLICY_PREDICTED,
	POLICY_DELIVERED,
	POLICY_VIEWPOINT_COUNT,
};

enum policy_outcome {
	POLICY_PASS,
	POLICY_FAIL,
	POLICY_UNJUDGED, /* a temporary error, or an answer is missing: blocks */
	POLICY_NOT_APPLICABLE,
	POLICY_OUTCOME_COUNT,
};

extern const char *const POLICY_VIEWPOINT_NAME[POLICY_VIEWPOINT_COUNT]; /* DEFAULT has NULL */
extern const char *const POLICY_OUTCOME_NAME[POLICY_OUTCOME_COUNT];     /* "not-applicable" */

/*
 * One thing that is asked: any of the alternatives, each of which is a list that must hold.
 *
 * A list fails when one of its requirements does, whatever is missing elsewhere; else it is
 * unjudged when one of them is; else it passes when one of them passes, what is not applicable
 * left aside; else, with nothing left, it is not applicable.
 *
 * A rule passes when one alternative passes; else it is unjudged when one alternative is, since
 * that might have passed; else it fails when one fails; else it is not applicable. A failed or
 * not applicable "when" makes it not applicable, an unjudged one unjudged.
 */
struct policy_rule {
	const char *name;   /* a requirement as written, "tls>=1.2"; the name of a profile's row */
	const char *source; /* "--require", "profile gmail", "FILE:LINE" */
	struct requirement_list *alternatives; /* one or more */
	size_t alternative_count;
	struct requirement_list
	    when;             /* unless all hold, the rule is not applicable; may be empty */
	const char *receiver; /* the profile's title, "Gmail"; NULL: of no profile */
	const char *reply;    /* what the receiver says, "550-5.7.26 ..."; NULL: it says nothing */
	const char *remedy;   /* said behind the evaluator's own; NULL: nothing */
	size_t section;       /* of the policy's sections, which it belongs to */
};

/* A heading of a policy file; the first one is that of every message. */
struct policy_section {
	struct selection selection; /* no terms: every message */
	const char *title;          /* as written; NULL for the first */
	const char *place;          /* "FILE:LINE"; NULL for the first */
};

struct policy {
	struct policy_rule *rules;
	size_t rule_count;
	struct policy_section *sections;
	size_t section_count;
	struct arena *arena; /* owns all of the above */
};

/* With the section of every message and no rule. */
void policy_init(struct policy *p);
void policy_clear(struct policy *p);

/* Each adds rules and returns 0, or -1 with what is wrong, which for a file begins "FILE:LINE: ".
 * A text without any requirement is an error. Rows of a profile that are among the rules of every
 * message, or of the same section, already are not repeated. */
int policy_add_requirements(
    struct policy *p, struct span text, const char *source, struct error *err);
/* Names parted by commas; an unknown one: with the names that there are. */
int policy_add_profiles(
    struct policy *p, const struct conf_receivers *known, struct span names, struct error *err);
/* A policy file: requirements, a line each or several in one; "profile NAME[,NAME]"; "#" comments;
 * "[SELECTION]" headings (also "[selection SELECTION]"), whose rules end with the next heading. */
struct policy_file {
	const char *name;
	struct span text;
	int64_t now_ms; /* for selections */
};
int policy_add_file(struct policy *p, const struct policy_file *file,
    const struct conf_receivers *known, struct error *err);

/* What is known of one message. All is borrowed. */
struct policy_facts {
	const struct record_message *message;
	enum policy_viewpoint viewpoint;    /* as asked for */
	const struct mail_header *header;   /* of its source */
	const struct mime_content *content; /* NULL: not walked, and nothing asks for it */
	struct span evidence;               /* the DNS answers, as a zone; may be empty */
	bool file; /* judged without a connection: TLS and AUTH are not applicable */
};

/* Whether a rule asks for links or attachments, so that the content is walked. */
bool policy_needs_content(const struct policy *p);
/* The viewpoint that the message is judged by; never DEFAULT. */
enum policy_viewpoint policy_viewpoint(const struct policy_facts *f);

/* What came of one rule for one message. Strings live in the arena, none of them in the facts. */
struct policy_result {
	const struct policy_rule *rule;
	enum policy_outcome outcome;
	const char *expected; /* "pass", "at least TLS 1.2" */
	const char *got;      /* "softfail", "plain text"; NULL: there is nothing */
	const char *reason;   /* why, a sentence: for SPF, DKIM, DMARC and rDNS the verdict's own */
	const char *reply;    /* "Gmail: 550-5.7.26 ..."; NULL unless it failed and there is one */
	const char *remedy;   /* the next step: the record to publish, the setting to change; NULL
	                         when it passed */
	const char *evidence; /* in a line: the record, the cipher, the header field; NULL: none */
};

void policy_judge(const struct policy_rule *rule, const struct policy_facts *f, struct arena *a,
    struct policy_result *out);

#endif
