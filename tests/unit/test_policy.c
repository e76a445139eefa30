/*
 * SPDX-License-Identifier: ISC
 *
 * Policies: from options, from receivers' profiles, from files with headings.
 */
#include "policy/policy.h"

#include <string.h>

#include "base/buffer.h"
#include "unit.h"

static const char RECEIVERS[] =
    "receiver base {\n"
    "title = \"Base\"\n"
    "requirement any-of {\n"
    "any = {\"spf=pass\", \"dkim=pass dkim.bits>=1024\"}\n"
    "when = \"header.List-Id\"\n"
    "reply = \"550 5.7.1 No\"\n"
    "remedy = \"Do.\"\n"
    "}\n"
    "requirement tls { any = \"tls\" }\n"
    "}\n"
    "receiver more { title = \"More\" include = \"base\" requirement tls { any = \"tls>=1.2\" } }\n"
    "receiver most { title = \"Most\" include = {\"base\", \"more\"} "
    "requirement auth { any = \"auth\" } }\n"
    "receiver bad-any { title = \"Bad\" requirement x {\nany = {\"tls\", \"tls size\"}\n} }\n"
    "receiver bad-when { title = \"Bad\" requirement x {\nany = \"tls\" when = \"nonsense\"\n} }\n"
    "receiver blank { title = \"Blank\" requirement x {\nany = \" \"\n} }\n"
    "receiver over { title = \"Over\" include = \"bad-any\" }\n";

static void read_receivers(struct conf_receivers *r)
{
	struct error err;

	*r = (struct conf_receivers){.arena = arena_new()};
	ck_assert_msg(
	    conf_receivers_parse(span_from(RECEIVERS), "r.conf", r, &err) == 0, "%s", err.text);
}

static void dump_list(struct buffer *out, const struct requirement_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : " ", list->items[i].text);
}

/* "SECTION SOURCE NAME: A | B [when C]" a line. */
static void dump(struct buffer *out, const struct policy *p)
{
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct policy_rule *r = &p->rules[i];

		buffer_printf(out, "%zu %s %s: ", r->section, r->source, r->name);
		for (size_t k = 0; k < r->alternative_count; k++) {
			buffer_add_string(out, k == 0 ? "" : " | ");
			dump_list(out, &r->alternatives[k]);
		}
		if (r->when.count > 0) {
			buffer_add_string(out, " when ");
			dump_list(out, &r->when);
		}
		buffer_add_char(out, '\n');
	}
	for (size_t i = 1; i < p->section_count; i++)
		buffer_printf(out, "[%s] %s, %zu terms\n", p->sections[i].title,
		    p->sections[i].place, p->sections[i].selection.count);
}

static const struct row {
	const char *name;
	const char *text; /* of a file; of --profile */
	const char *out;  /* what there is, or the error */
} FILES[] = {
    {"empty", "", ""},
    {"comments and blank lines", "# a\n\n   # b\r\n\t\n#", ""},
    {"a line each", "tls>=1.2\nauth # why\n", "0 f:1 tls>=1.2: tls>=1.2\n0 f:2 auth: auth\n"},
    {"several in a line, without a line end", "spf=pass dkim=pass",
	"0 f:1 spf=pass: spf=pass\n0 f:1 dkim=pass: dkim=pass\n"},
    {"# within values", "link~https://x/#y subject~\"a # b\" subject~/c #d/ #e",
	"0 f:1 link~https://x/#y: link~https://x/#y\n"
	"0 f:1 subject~\"a # b\": subject~\"a # b\"\n0 f:1 subject~/c #d/: subject~/c #d/\n"},
    {"profiles", "profile base, more\n",
	"0 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	"0 profile base tls: tls\n0 profile more tls: tls>=1.2\n"},
    {"rows of what is included once", "profile most\nprofile base,more\n",
	"0 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	"0 profile base tls: tls\n0 profile more tls: tls>=1.2\n0 profile most auth: auth\n"},
    {"headings",
	"auth\n[subject:newsletter]\nprofile more\n[selection to:a@b -finding:any] # c\ntls\n",
	"0 f:1 auth: auth\n"
	"1 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	"1 profile base tls: tls\n1 profile more tls: tls>=1.2\n2 f:5 tls: tls\n"
	"[subject:newsletter] f:2, 1 terms\n[to:a@b -finding:any] f:4, 2 terms\n"},
    {"rows of every message are not repeated below a heading",
	"profile base\n[subject:a]\nprofile more\n[subject:b]\nprofile more\n",
	"0 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	"0 profile base tls: tls\n1 profile more tls: tls>=1.2\n2 profile more tls: tls>=1.2\n"
	"[subject:a] f:2, 1 terms\n[subject:b] f:4, 1 terms\n"},
    {"a byte order mark and CRLF",
	"\xef\xbb\xbf"
	"auth\r\n# a\r\n[Selection to:a@b]\r\ntls\r\n",
	"0 f:1 auth: auth\n1 f:4 tls: tls\n[to:a@b] f:3, 1 terms\n"},
    {"a heading with quotes", "[subject:\"a # ]b\"]\nauth\n",
	"1 f:2 auth: auth\n[subject:\"a # ]b\"] f:1, 1 terms\n"},
};

static const struct row BAD_FILES[] = {
    {"unknown name", "auth\n  nonsens=1\n",
	"f:2: column 3: \"nonsens\" is no name of a requirement"},
    {"bad value", "auth\nspf=passs", "f:2: column 5: expected none, neutral"},
    {"open quote", "subject~\"a # b\nauth", "f:1: column 9: the quote is not closed"},
    {"unknown profile", "profile bse", "f:1: there is no profile \"bse\": expected one of base"},
    {"no profile", "profile", "f:1: there is no profile \"\": expected one of base, more"},
    {"empty profile", "profile base,", "f:1: there is no profile \"\": expected one of base"},
    {"profile behind a requirement", "auth profile base",
	"f:1: column 6: \"profile\" is no name of a requirement"},
    {"heading without an end", "auth\n[subject:a", "f:2: expected \"]\" at the end of the heading"},
    {"text behind a heading", "[subject:a] auth", "f:1: expected \"]\" at the end of the heading"},
    {"empty heading", "[]", "f:1: expected a selection in the brackets"},
    {"empty selection", "[selection]", "f:1: expected a selection in the brackets"},
    {"bad selection", "auth\n  [selection  sbject:a]", "f:2: column 15: "},
    {"bad row", "\nprofile bad-any",
	"f:2: r.conf:14: requirement x: \"tls size\": column 5: size takes size<="},
    {"bad row of what is included", "profile over", "f:1: r.conf:14: requirement x: "},
    {"bad condition", "profile bad-when",
	"f:1: r.conf:17: requirement x: \"nonsense\": column 1: \"nonsense\" is no name"},
    {"row without a requirement", "profile blank",
	"f:1: r.conf:20: requirement x: expected requirements, got \"\""},
};

static int add_file(struct policy *p, const char *text, struct error *err)
{
	struct span guarded = unit_guard(span_from(text));
	struct policy_file file = {.name = "f", .text = guarded, .now_ms = 1795448235000};
	struct conf_receivers known;
	int failed;

	read_receivers(&known);
	policy_init(p);
	failed = policy_add_file(p, &file, &known, err);
	/* Nothing of either may be borrowed. */
	conf_receivers_clear(&known);
	unit_guard_free(guarded);
	return failed;
}

START_TEST(reads_files)
{
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) {
		struct buffer out = BUFFER_INIT;
		struct error err;
		struct policy p;

		ck_assert_msg(
		    add_file(&p, FILES[i].text, &err) == 0, "%s: %s", FILES[i].name, err.text);
		dump(&out, &p);
		unit_span_eq(FILES[i].name, buffer_span(&out), FILES[i].out);
		buffer_clear(&out);
		policy_clear(&p);
	}
}
END_TEST

START_TEST(refuses_files)
{
	for (size_t i = 0; i < ARRAY_SIZE(BAD_FILES); i++) {
		const struct row *r = &BAD_FILES[i];
		struct error err = {.text = ""};
		struct policy p;

		ck_assert_msg(add_file(&p, r->text, &err) < 0, "%s: was taken", r->name);
		ck_assert_msg(strncmp(err.text, r->out, strlen(r->out)) == 0,
		    "%s: got \"%s\", expected \"%s\"", r->name, err.text, r->out);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		policy_clear(&p);
	}
}
END_TEST

/* A line's last newline ends it; the second file's rules join the first's. */
START_TEST(adds_up)
{
	const struct policy_file second = {.name = "g", .text = SPAN("[to:a]\ntls\n")};
	struct buffer out = BUFFER_INIT;
	struct conf_receivers known;
	struct error err;
	struct policy p;

	read_receivers(&known);
	ck_assert_int_eq(add_file(&p, "auth\n[from:b]\nprofile base\n", &err), 0);
	ck_assert_int_eq(policy_add_file(&p, &second, &known, &err), 0);
	ck_assert_int_eq(policy_add_requirements(&p, SPAN("helo one-click"), "--require", &err), 0);
	ck_assert_int_eq(policy_add_profiles(&p, &known, SPAN("more"), &err), 0);
	dump(&out, &p);
	unit_span_eq("all", buffer_span(&out),
	    "0 f:1 auth: auth\n"
	    "1 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	    "1 profile base tls: tls\n2 g:2 tls: tls\n0 --require helo: helo\n"
	    "0 --require one-click: one-click\n"
	    "0 profile base any-of: spf=pass | dkim=pass dkim.bits>=1024 when header.List-Id\n"
	    "0 profile base tls: tls\n0 profile more tls: tls>=1.2\n"
	    "[from:b] f:2, 1 terms\n[to:a] g:1, 1 terms\n");
	ck_assert_str_eq(p.rules[1].receiver, "Base");
	ck_assert_str_eq(p.rules[1].reply, "550 5.7.1 No");
	ck_assert_str_eq(p.rules[1].remedy, "Do.");
	ck_assert_ptr_null(p.rules[2].reply);
	ck_assert_ptr_null(p.rules[0].receiver);
	buffer_clear(&out);
	conf_receivers_clear(&known);
	policy_clear(&p);
}
END_TEST

START_TEST(refuses_options)
{
	struct conf_receivers known;
	struct error err;
	struct policy p;

	read_receivers(&known);
	policy_init(&p);
	ck_assert_int_eq(policy_add_requirements(&p, SPAN(" "), "--require", &err), -1);
	ck_assert_str_eq(
	    err.text, "expected requirements, such as \"spf=pass dkim=pass tls>=1.2\", got none");
	ck_assert_int_eq(policy_add_requirements(&p, SPAN("auth x"), "--require", &err), -1);
	ck_assert_int_eq(strncmp(err.text, "column 6: ", 10), 0);
	ck_assert_int_eq(policy_add_profiles(&p, &known, SPAN("base,x"), &err), -1);
	ck_assert_int_eq(
	    strncmp(err.text, "there is no profile \"x\": expected one of base", 45), 0);
	conf_receivers_clear(&known);
	policy_clear(&p);
}
END_TEST

START_TEST(bounds)
{
	struct buffer text = BUFFER_INIT;
	struct error err;
	struct policy p;

	for (int i = 0; i < REQUIREMENTS_MAX; i++)
		buffer_add_string(&text, "auth\n");
	ck_assert_int_eq(add_file(&p, text.data, &err), 0);
	policy_clear(&p);
	buffer_add_string(&text, "auth\n");
	ck_assert_int_eq(add_file(&p, text.data, &err), -1);
	ck_assert_str_eq(err.text, "f:1001: there are more than 1000 requirements");
	policy_clear(&p);
	buffer_reset(&text);
	for (int i = 0; i <= 1000; i++)
		buffer_add_string(&text, "[to:a]\n");
	ck_assert_int_eq(add_file(&p, text.data, &err), -1);
	ck_assert_str_eq(err.text, "f:1001: there are more than 1000 headings");
	policy_clear(&p);
	buffer_clear(&text);
}
END_TEST

/* All that comes with the program can be read, and asks for no walk of the content. */
START_TEST(builtin)
{
	struct conf_receivers known;

	conf_receivers_builtin(&known);
	ck_assert_uint_gt(known.count, 0);
	for (size_t i = 0; i < known.count; i++) {
		struct error err;
		struct policy p;

		policy_init(&p);
		ck_assert_msg(
		    policy_add_profiles(&p, &known, span_from(known.items[i].name), &err) == 0,
		    "%s", err.text);
		ck_assert_uint_gt(p.rule_count, 0);
		ck_assert(!policy_needs_content(&p));
		policy_clear(&p);
	}
	conf_receivers_clear(&known);
}
END_TEST

START_TEST(needs_content)
{
	static const struct {
		const char *text;
		bool needs;
	} rows[] = {{"spf=pass subject~x", false}, {"auth link", true}, {"!attachment", true}};
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy p;

		policy_init(&p);
		ck_assert_int_eq(
		    policy_add_requirements(&p, span_from(rows[i].text), "x", &err), 0);
		ck_assert_msg(policy_needs_content(&p) == rows[i].needs, "%s", rows[i].text);
		policy_clear(&p);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {reads_files, refuses_files, adds_up, refuses_options, bounds,
	    builtin, needs_content, NULL};

	return unit_main("policy", tests);
}
