/*
 * SPDX-License-Identifier: ISC
 *
 * The DNS tree walk (RFC 9989 4.10) and the organizational domain.
 */
#include <string.h>

#include "base/buffer.h"
#include "dns/name.h"
#include "records.h"
#include "unit.h"
#include "verify/dmarc_walk.h"

static const struct {
	const char *name, *domains;
} paths[] = {
    {"com", "com "},
    {"example.com", "example.com com "},
    {"a.mail.example.com", "a.mail.example.com mail.example.com example.com com "},
    {"1.2.3.4.5.6.7", "1.2.3.4.5.6.7 2.3.4.5.6.7 3.4.5.6.7 4.5.6.7 5.6.7 6.7 7 "},
    {"1.2.3.4.5.6.7.8", "1.2.3.4.5.6.7.8 2.3.4.5.6.7.8 3.4.5.6.7.8 4.5.6.7.8 5.6.7.8 6.7.8 7.8 8 "},
    {"1.2.3.4.5.6.7.8.9",
	"1.2.3.4.5.6.7.8.9 3.4.5.6.7.8.9 4.5.6.7.8.9 5.6.7.8.9 6.7.8.9 7.8.9 8.9 9 "},
    /* The example of RFC 9989 4.10. */
    {"a.b.c.d.e.f.g.h.i.j.mail.example.com",
	"a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com "
	"i.j.mail.example.com j.mail.example.com mail.example.com example.com com "},
};

START_TEST(domains_asked)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct span domains[DMARC_WALK_MAX];
		struct buffer seen = BUFFER_INIT;
		size_t count = dmarc_walk_domains(span_from(paths[i].name), domains);

		for (size_t k = 0; k < count; k++)
			buffer_printf(&seen, "%.*s ", (int)domains[k].len, domains[k].data);
		unit_span_eq(paths[i].name, buffer_span(&seen), paths[i].domains);
		buffer_clear(&seen);
	}
}
END_TEST

#define DEEP "a.b.c.d.e.f.g.h.i.j.k.example.com"

static const struct {
	const char *row, *name, *records;
	const char *organizational; /* NULL: failed */
	size_t steps;
} walks[] = {
    {"no record", "a.example.com", "", "a.example.com", 3},
    {"own record", "example.com", "_dmarc.example.com TXT v=DMARC1; p=none", "example.com", 2},
    {"parent's record", "a.b.example.com", "_dmarc.example.com TXT v=DMARC1; p=none", "example.com",
	4},
    {"own and parent's", "a.example.com",
	"_dmarc.a.example.com TXT v=DMARC1; p=none\n_dmarc.example.com TXT v=DMARC1; p=none",
	"example.com", 3},
    {"fewest labels", "a.mail.example.com",
	"_dmarc.mail.example.com TXT v=DMARC1\n_dmarc.example.com TXT v=DMARC1", "example.com", 4},
    {"top-level record", "example.com", "_dmarc.com TXT v=DMARC1; p=none", "com", 2},
    {"psd=n ends", "a.mail.example.com",
	"_dmarc.mail.example.com TXT v=DMARC1; psd=n\n_dmarc.example.com TXT v=DMARC1",
	"mail.example.com", 2},
    {"psd=n of itself", "mail.example.com",
	"_dmarc.mail.example.com TXT v=DMARC1; psd=n\n_dmarc.example.com TXT v=DMARC1",
	"mail.example.com", 1},
    {"psd=y at the top", "a.mail.example.com", "_dmarc.com TXT v=DMARC1; psd=y", "example.com", 4},
    {"psd=y directly above", "mail.example.com", "_dmarc.example.com TXT v=DMARC1; psd=y",
	"mail.example.com", 2},
    {"psd=y below a record", "a.giant.bank.example",
	"_dmarc.bank.example TXT v=DMARC1; psd=y\n_dmarc.example TXT v=DMARC1",
	"giant.bank.example", 3},
    {"psd=y above a record", "a.giant.bank.example",
	"_dmarc.a.giant.bank.example TXT v=DMARC1\n_dmarc.bank.example TXT v=DMARC1; psd=y",
	"giant.bank.example", 3},
    {"psd=y of itself", "bank.example",
	"_dmarc.bank.example TXT v=DMARC1; psd=y\n_dmarc.example TXT v=DMARC1", "bank.example", 1},
    {"psd=u goes on", "a.example.com",
	"_dmarc.a.example.com TXT v=DMARC1; psd=u\n_dmarc.com TXT v=DMARC1", "com", 3},
    {"several are none", "a.example.com",
	"_dmarc.example.com TXT v=DMARC1; psd=n\n_dmarc.example.com TXT v=DMARC1; p=none",
	"a.example.com", 3},
    {"others beside it", "a.example.com",
	"_dmarc.example.com TXT v=spf1 -all\n_dmarc.example.com TXT v=DMARC1; p=none",
	"example.com", 3},
    {"no DMARC", "a.example.com", "_dmarc.example.com TXT v=DMARC2; p=none", "a.example.com", 3},
    {"deep", DEEP, "_dmarc.example.com TXT v=DMARC1; p=none", "example.com", 8},
    {"deep, in the gap", DEEP, "_dmarc.f.g.h.i.j.k.example.com TXT v=DMARC1; p=none", DEEP, 8},
    {"deep, psd=y before the gap", DEEP, "_dmarc.g.h.i.j.k.example.com TXT v=DMARC1; psd=y",
	"f.g.h.i.j.k.example.com", 2},
    {"failure at the start", "example.com", "_dmarc.example.com SERVFAIL", NULL, 1},
    {"failure above", "a.example.com",
	"_dmarc.a.example.com TXT v=DMARC1; p=none\n_dmarc.example.com TIMEOUT", NULL, 2},
    {"failure beyond the end", "a.example.com",
	"_dmarc.a.example.com TXT v=DMARC1; psd=n\n_dmarc.example.com TIMEOUT", "a.example.com", 1},
};

START_TEST(organizational_domains)
{
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		struct arena *a = arena_new();
		struct dns_view *view = dns_view_new(NULL);
		struct dmarc_walk w;

		ck_assert_int_eq(dmarc_walk(walks[i].name, view, a, &w), VERIFY_NEEDS_DNS);
		ck_assert_uint_le(records_answer(view, walks[i].records), DMARC_WALK_MAX);
		/* All names were asked for at once. */
		ck_assert_int_eq(dmarc_walk(walks[i].name, view, a, &w), VERIFY_DONE);
		ck_assert_msg(w.failed == (walks[i].organizational == NULL), "%s", walks[i].row);
		ck_assert_msg(w.count == walks[i].steps, "%s: %zu steps", walks[i].row, w.count);
		if (!w.failed)
			ck_assert_msg(strcmp(w.organizational_domain, walks[i].organizational) == 0,
			    "%s: %s", walks[i].row, w.organizational_domain);
		dns_view_free(view);
		arena_free(a);
	}
}
END_TEST

/* Answers that come one by one, in any order, make no difference. */
START_TEST(order_of_answers)
{
	struct arena *a = arena_new();
	struct dns_answer none = {.status = DNS_NXDOMAIN};
	static const char *const names[] = {
	    "_dmarc.a.example.com", "_dmarc.example.com", "_dmarc.com"};

	for (size_t first = 0; first < ARRAY_SIZE(names); first++) {
		struct dns_view *view = dns_view_new(NULL);
		struct dmarc_walk w;

		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			ck_assert_int_eq(
			    dmarc_walk("a.example.com", view, a, &w), VERIFY_NEEDS_DNS);
			dns_view_put(view, span_from(names[(first + i) % ARRAY_SIZE(names)]),
			    DNS_TXT, &none);
		}
		ck_assert_int_eq(dmarc_walk("a.example.com", view, a, &w), VERIFY_DONE);
		ck_assert_str_eq(w.organizational_domain, "a.example.com");
		dns_view_free(view);
	}
	arena_free(a);
}
END_TEST

/*
 * Names of 1 to 13 labels, and the one record at each of their parents: it is found when it is the
 * name's own or has seven labels at most.
 */
START_TEST(every_depth)
{
	static const char deepest[] = "1.2.3.4.5.6.7.8.9.10.11.12.13";
	struct span name = span_from(deepest);

	for (size_t depth = 13; depth > 0; depth--, name = dns_name_parent(name)) {
		struct span at = name;

		for (size_t labels = depth; labels > 0; labels--, at = dns_name_parent(at)) {
			struct arena *a = arena_new();
			struct dns_view *view = dns_view_new(NULL);
			bool found = labels == depth || labels <= 7;
			struct dmarc_walk w;

			ck_assert_int_eq(dmarc_walk(name.data, view, a, &w), VERIFY_NEEDS_DNS);
			records_answer(
			    view, arena_printf(a, "_dmarc.%s TXT v=DMARC1; p=none", at.data));
			ck_assert_int_eq(dmarc_walk(name.data, view, a, &w), VERIFY_DONE);
			ck_assert_uint_eq(w.count, depth > 8 ? 8 : depth);
			ck_assert_str_eq(w.organizational_domain, found ? at.data : name.data);
			dns_view_free(view);
			arena_free(a);
		}
	}
}
END_TEST

/* What is no record and was meant to be one is kept, the first of it. */
START_TEST(malformed_records)
{
	struct arena *a = arena_new();
	struct dns_view *view = dns_view_new(NULL);
	struct dmarc_walk w;

	ck_assert_int_eq(dmarc_walk("a.example", view, a, &w), VERIFY_NEEDS_DNS);
	records_answer(view,
	    "_dmarc.a.example TXT v=spf1 -all\n_dmarc.a.example TXT v=DMARC2; p=x\n"
	    "_dmarc.a.example TXT v=DMARC1; p=none\n_dmarc.a.example TXT p=none\n"
	    "_dmarc.example TXT verification=v\n");
	ck_assert_int_eq(dmarc_walk("a.example", view, a, &w), VERIFY_DONE);
	unit_span_eq("a.example", w.steps[0].malformed, "v=DMARC2; p=x");
	ck_assert_uint_eq(w.steps[0].records, 1);
	unit_span_eq("example", w.steps[1].malformed, "");
	dns_view_free(view);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {domains_asked, organizational_domains, order_of_answers,
	    every_depth, malformed_records, NULL};

	return unit_main("dmarcwalk", tests);
}
