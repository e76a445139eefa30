/*
 * SPDX-License-Identifier: ISC
 *
 * DMARC (RFC 9989): one table of messages, identifiers and records with what comes of them.
 */
#include <string.h>

#include "dmarccase.h"
#include "records.h"
#include "unit.h"

#define COM  R("example.com", "p=reject")
#define DEEP "a.b.c.d.e.f.g.h.i.j.k.example.com"
#define L64  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234"

/*
 * want is "RESULT POLICY/DISPOSITION ALIGNED ORGANIZATIONAL POLICY-DOMAIN", with "-" for what is
 * absent and ALIGNED as S, D, SD or "-".
 */
static const struct {
	const char *name, *header, *ids, *records, *want;
} rows[] = {
    /* alignment, both modes */
    {"SPF, same domain", FROM("a@example.com"), "spf=pass:example.com", COM,
	"pass reject/none S example.com example.com"},
    {"DKIM, same domain", FROM("a@example.com"), "dkim=pass:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"both", FROM("a@example.com"), "spf=pass:example.com dkim=pass:example.com", COM,
	"pass reject/none SD example.com example.com"},
    {"SPF, child, relaxed", FROM("a@example.com"), "spf=pass:bounce.example.com", COM,
	"pass reject/none S example.com example.com"},
    {"SPF, child, strict", FROM("a@example.com"), "spf=pass:bounce.example.com",
	R("example.com", "p=reject; aspf=s"), "fail reject/reject - example.com example.com"},
    {"DKIM, child, relaxed", FROM("a@example.com"), "dkim=pass:mail.example.com", COM,
	"pass reject/none D example.com example.com"},
    {"DKIM, child, strict", FROM("a@example.com"), "dkim=pass:mail.example.com",
	R("example.com", "p=reject; adkim=s"), "fail reject/reject - example.com example.com"},
    {"DKIM, parent, relaxed", FROM("a@mail.example.com"), "dkim=pass:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"DKIM, parent, strict", FROM("a@mail.example.com"), "dkim=pass:example.com",
	R("example.com", "p=reject; adkim=s"), "fail reject/reject - example.com example.com"},
    {"siblings, relaxed", FROM("a@a.example.com"), "dkim=pass:b.example.com", COM,
	"pass reject/none D example.com example.com"},
    {"siblings, strict", FROM("a@a.example.com"), "dkim=pass:b.example.com",
	R("example.com", "p=reject; adkim=s"), "fail reject/reject - example.com example.com"},
    {"siblings with a record each", FROM("a@a.example.com"), "dkim=pass:b.example.com",
	COM R("a.example.com", "p=none") R("b.example.com", "p=none"),
	"pass none/none D example.com a.example.com"},
    {"strict DKIM leaves SPF relaxed", FROM("a@example.com"),
	"spf=pass:b.example.com dkim=pass:b.example.com", R("example.com", "p=reject; adkim=s"),
	"pass reject/none S example.com example.com"},
    {"strict SPF leaves DKIM relaxed", FROM("a@example.com"),
	"spf=pass:b.example.com dkim=pass:b.example.com", R("example.com", "p=reject; aspf=s"),
	"pass reject/none D example.com example.com"},
    {"strict, same domain", FROM("a@example.com"), "dkim=pass:example.com",
	R("example.com", "p=reject; adkim=s; aspf=s"),
	"pass reject/none D example.com example.com"},
    {"case", FROM("a@EXAMPLE.com"), "dkim=pass:Example.COM", COM,
	"pass reject/none D example.com example.com"},
    {"unrelated", FROM("a@example.com"), "spf=pass:esp.example.net dkim=pass:example.net", COM,
	"fail reject/reject - example.com example.com"},
    {"a name that only ends alike", FROM("a@example.com"), "dkim=pass:badexample.com", COM,
	"fail reject/reject - example.com example.com"},
    {"d= is the top-level domain", FROM("a@example.com"), "dkim=pass:com", COM,
	"fail reject/reject - example.com example.com"},
    {"child is an organization of its own", FROM("a@example.com"), "dkim=pass:mail.example.com",
	COM R("mail.example.com", "p=none; psd=n"), "fail reject/reject - example.com example.com"},
    {"author is an organization of its own", FROM("a@mail.example.com"), "dkim=pass:example.com",
	COM R("mail.example.com", "p=quarantine; psd=n"),
	"fail quarantine/quarantine - mail.example.com mail.example.com"},
    {"below the same psd=n", FROM("a@a.mail.example.com"), "spf=pass:b.mail.example.com",
	COM R("mail.example.com", "p=reject; psd=n"),
	"pass reject/none S mail.example.com mail.example.com"},
    {"organization's record, own one unaligned", FROM("a@x.a.example.com"),
	"dkim=pass:y.a.example.com", R("x.a.example.com", "p=reject"),
	"fail reject/reject - x.a.example.com x.a.example.com"},

    /* only what passed counts */
    {"nothing at all", FROM("a@example.com"), "", COM,
	"fail reject/reject - example.com example.com"},
    {"SPF softfail", FROM("a@example.com"), "spf=softfail:example.com", COM,
	"fail reject/reject - example.com example.com"},
    {"SPF neutral", FROM("a@example.com"), "spf=neutral:example.com", COM,
	"fail reject/reject - example.com example.com"},
    {"DKIM policy", FROM("a@example.com"), "dkim=policy:example.com", COM,
	"fail reject/reject - example.com example.com"},
    {"fail, then pass", FROM("a@example.com"), "dkim=fail:example.com dkim=pass:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"pass, then fail", FROM("a@example.com"), "dkim=pass:example.com dkim=fail:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"child passes, own fails", FROM("a@example.com"),
	"dkim=pass:mail.example.com dkim=fail:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"own passes, provider fails", FROM("a@example.com"),
	"dkim=pass:example.com dkim=fail:esp.example.net", COM,
	"pass reject/none D example.com example.com"},
    {"provider passes, own passes", FROM("a@example.com"),
	"dkim=pass:esp.example.net dkim=pass:example.com", COM,
	"pass reject/none D example.com example.com"},
    {"provider passes, sibling passes", FROM("a@a.example.com"),
	"dkim=pass:esp.example.net dkim=permerror:a.example.com dkim=pass:b.example.com", COM,
	"pass reject/none D example.com example.com"},
    {"provider passes, own fails", FROM("a@example.com"),
	"dkim=pass:esp.example.net dkim=fail:example.com", COM,
	"fail reject/reject - example.com example.com"},
    {"null sender: the HELO name", FROM("a@example.com"), "spf=pass:mx.example.com", COM,
	"pass reject/none S example.com example.com"},
    {"SPF without a domain", FROM("a@example.com"), "spf=none:", COM,
	"fail reject/reject - example.com example.com"},
    {"address literal as HELO", FROM("a@example.com"), "spf=none:[192.0.2.1]", COM,
	"fail reject/reject - example.com example.com"},

    /* the policy that applies */
    {"p=none", FROM("a@example.com"), "", R("example.com", "p=none"),
	"fail none/none - example.com example.com"},
    {"p=quarantine", FROM("a@example.com"), "", R("example.com", "p=quarantine"),
	"fail quarantine/quarantine - example.com example.com"},
    {"sp does not touch the domain itself", FROM("a@example.com"), "",
	R("example.com", "p=none; sp=reject; np=reject"),
	"fail none/none - example.com example.com"},
    {"sp", FROM("a@sub.example.com"), "", R("example.com", "p=reject; sp=quarantine"),
	"fail quarantine/quarantine - example.com example.com"},
    {"no sp", FROM("a@sub.example.com"), "", COM, "fail reject/reject - example.com example.com"},
    {"sp stronger than p", FROM("a@sub.example.com"), "", R("example.com", "p=none; sp=reject"),
	"fail reject/reject - example.com example.com"},
    {"own record beats the parent's sp", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; sp=reject") R("sub.example.com", "p=quarantine; sp=none"),
	"fail quarantine/quarantine - example.com sub.example.com"},
    {"organization's, not the one between", FROM("a@a.mail.example.com"), "",
	R("mail.example.com", "p=none") COM, "fail reject/reject - example.com example.com"},
    {"np, name does not exist", FROM("a@no.example.com"), "",
	R("example.com", "p=none; sp=quarantine; np=reject"),
	"fail reject/reject - example.com example.com"},
    {"np, name exists with A", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; sp=quarantine; np=reject") EXISTS("sub.example.com"),
	"fail quarantine/quarantine - example.com example.com"},
    {"np, name exists with AAAA", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "sub.example.com AAAA 2001:db8::1",
	"fail none/none - example.com example.com"},
    {"np, name exists with MX", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "sub.example.com MX 10 mx.example.com",
	"fail none/none - example.com example.com"},
    {"np, name with TXT alone", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "sub.example.com TXT v=spf1 -all",
	"fail none/none - example.com example.com"},
    {"np, name with nothing but a name below", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "s1._domainkey.sub.example.com TXT v=DKIM1; p=",
	"fail none/none - example.com example.com"},
    {"np, record below it is of another name", FROM("a@no.example.com"), "",
	R("example.com", "p=none; np=reject") EXISTS("xno.example.com"),
	"fail reject/reject - example.com example.com"},
    {"np, name is an alias that leads nowhere", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "sub.example.com CNAME gone.example.net",
	"fail none/none - example.com example.com"},
    {"np as sp, existence does not matter", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; sp=reject; np=reject") "sub.example.com TIMEOUT",
	"fail reject/reject - example.com example.com"},
    {"np with t=y", FROM("a@no.example.com"), "",
	R("example.com", "p=none; sp=none; np=reject; t=y"),
	"fail reject/quarantine - example.com example.com"},
    {"np of the author's own record", FROM("a@no.example.com"), "",
	R("no.example.com", "p=none; np=reject"), "fail none/none - no.example.com no.example.com"},
    {"np weaker than sp", FROM("a@no.example.com"), "",
	R("example.com", "p=reject; sp=reject; np=none"),
	"fail none/none - example.com example.com"},
    {"no np", FROM("a@no.example.com"), "", R("example.com", "p=reject; sp=none"),
	"fail none/none - example.com example.com"},
    {"np, existence unknown, fails", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; np=reject") "sub.example.com TIMEOUT",
	"temperror none/none - example.com example.com"},
    {"np, existence unknown, passes", FROM("a@sub.example.com"), "dkim=pass:example.com",
	R("example.com", "p=none; np=reject") "sub.example.com SERVFAIL",
	"pass none/none D example.com example.com"},
    {"t=y lowers reject", FROM("a@example.com"), "", R("example.com", "p=reject; t=y"),
	"fail reject/quarantine - example.com example.com"},
    {"t=y lowers quarantine", FROM("a@example.com"), "", R("example.com", "p=quarantine; t=y"),
	"fail quarantine/none - example.com example.com"},
    {"t=y leaves none", FROM("a@example.com"), "", R("example.com", "p=none; t=y"),
	"fail none/none - example.com example.com"},
    {"t=y with sp", FROM("a@s.example.com"), "", R("example.com", "p=none; sp=reject; t=y"),
	"fail reject/quarantine - example.com example.com"},
    {"pct has gone", FROM("a@example.com"), "", R("example.com", "p=reject; pct=0"),
	"fail reject/reject - example.com example.com"},

    /* records that are none, many or wrong */
    {"no record", FROM("a@example.com"), "dkim=pass:example.com", "",
	"none -/none - example.com -"},
    {"another record", FROM("a@example.com"), "", "_dmarc.example.com TXT v=spf1 -all",
	"none -/none - example.com -"},
    {"other records beside it", FROM("a@example.com"), "",
	COM "_dmarc.example.com TXT v=spf1 -all\n_dmarc.example.com TXT v=DMARC2; p=none",
	"fail reject/reject - example.com example.com"},
    {"own two records", FROM("a@example.com"), "dkim=pass:example.com",
	COM R("example.com", "p=none"), "none -/none - example.com -"},
    {"own two records below a parent's", FROM("a@sub.example.com"), "",
	R("example.com", "p=none; sp=quarantine") R("sub.example.com", "p=none")
	    R("sub.example.com", "p=reject"),
	"fail quarantine/quarantine - example.com example.com"},
    {"own two records below a suffix", FROM("a@giant.bank.example"), "",
	R("bank.example", "p=reject; psd=y") R("giant.bank.example", "p=none")
	    R("giant.bank.example", "p=none"),
	"fail reject/reject - giant.bank.example bank.example"},
    {"psd=u is the default", FROM("a@sub.example.com"), "dkim=pass:example.com",
	COM R("sub.example.com", "p=none; psd=u"), "pass none/none D example.com sub.example.com"},
    {"psd=x is the default", FROM("a@sub.example.com"), "dkim=pass:example.com",
	COM R("sub.example.com", "p=none; psd=x"), "pass none/none D example.com sub.example.com"},
    {"own two records, psd=n in one", FROM("a@sub.example.com"), "dkim=pass:example.com",
	COM R("sub.example.com", "p=none; psd=n") R("sub.example.com", "p=none"),
	"pass reject/none D example.com example.com"},
    {"own two records, the parent fails", FROM("a@sub.example.com"), "",
	R("sub.example.com", "p=none") R("sub.example.com", "p=none") "_dmarc.example.com TIMEOUT",
	"temperror -/none - - -"},
    {"parent's two records", FROM("a@sub.example.com"), "", COM R("example.com", "p=none"),
	"none -/none - sub.example.com -"},
    {"two between", FROM("a@a.mail.example.com"), "",
	COM R("mail.example.com", "p=none") R("mail.example.com", "p=none"),
	"fail reject/reject - example.com example.com"},
    {"no p, reports wanted", FROM("a@example.com"), "spf=pass:example.net",
	R("example.com", "rua=mailto:d@example.com"), "fail none/none - example.com example.com"},
    {"no p, reports wanted, aligned", FROM("a@example.com"), "spf=pass:example.com",
	R("example.com", "rua=mailto:d@example.com"), "pass none/none S example.com example.com"},
    {"no p and no reports", FROM("a@example.com"), "spf=pass:example.com",
	R("example.com", "adkim=s"), "none -/none - example.com example.com"},
    {"bad p, reports wanted", FROM("a@example.com"), "",
	R("example.com", "p=monitor; rua=mailto:d@example.com"),
	"fail none/none - example.com example.com"},
    {"bad sp spoils p", FROM("a@example.com"), "",
	R("example.com", "p=reject; sp=bogus; rua=mailto:d@example.com"),
	"fail none/none - example.com example.com"},
    {"no p, sp alone, reports wanted", FROM("a@sub.example.com"), "",
	R("example.com", "sp=reject; rua=mailto:d@example.com"),
	"fail reject/reject - example.com example.com"},
    {"no p, sp alone, the domain itself", FROM("a@example.com"), "",
	R("example.com", "sp=reject; rua=mailto:d@example.com"),
	"fail none/none - example.com example.com"},
    {"no p, np alone, no such name", FROM("a@no.example.com"), "",
	R("example.com", "np=reject; rua=mailto:d@example.com"),
	"fail reject/reject - example.com example.com"},
    {"no p, sp alone, no reports", FROM("a@sub.example.com"), "", R("example.com", "sp=reject"),
	"none -/none - example.com example.com"},
    {"bad np spoils sp", FROM("a@sub.example.com"), "",
	R("example.com", "p=reject; sp=reject; np=x; rua=mailto:d@example.com"),
	"fail none/none - example.com example.com"},
    {"bad sp and no reports", FROM("a@example.com"), "dkim=pass:example.com",
	R("example.com", "p=reject; sp=x; rua=d@example.com"),
	"none -/none - example.com example.com"},
    {"np alone, no reports, existence is not asked", FROM("a@no.example.com"), "",
	R("example.com", "np=reject"), "none -/none - example.com example.com"},
    {"own record without a policy ends it", FROM("a@sub.example.com"), "dkim=pass:example.com",
	COM R("sub.example.com", "adkim=s"), "none -/none - example.com sub.example.com"},
    {"version in lower case", FROM("a@example.com"), "",
	"_dmarc.example.com TXT v=dmarc1; p=reject", "none -/none - example.com -"},

    /* the tree walk at every depth */
    {"top-level domain", FROM("a@com"), "", R("com", "p=reject"), "fail reject/reject - com com"},
    {"depth 2", FROM("a@b.c"), "", R("c", "p=reject; sp=none"), "fail none/none - c c"},
    {"depth 3", FROM("a@1.b.c"), "", R("c", "p=reject"), "fail reject/reject - c c"},
    {"depth 4", FROM("a@1.2.b.c"), "", R("b.c", "p=reject"), "fail reject/reject - b.c b.c"},
    {"depth 5", FROM("a@1.2.3.b.c"), "", R("b.c", "p=reject"), "fail reject/reject - b.c b.c"},
    {"depth 6", FROM("a@1.2.3.4.b.c"), "", R("b.c", "p=reject"), "fail reject/reject - b.c b.c"},
    {"depth 7", FROM("a@1.2.3.4.5.b.c"), "", R("c", "p=reject"), "fail reject/reject - c c"},
    {"depth 8", FROM("a@1.2.3.4.5.6.b.c"), "", R("2.3.4.5.6.b.c", "p=reject"),
	"fail reject/reject - 2.3.4.5.6.b.c 2.3.4.5.6.b.c"},
    {"depth 9, the second is skipped", FROM("a@1.2.3.4.5.6.7.b.c"), "",
	R("2.3.4.5.6.7.b.c", "p=reject"), "none -/none - 1.2.3.4.5.6.7.b.c -"},
    {"depth 9, the third is asked", FROM("a@1.2.3.4.5.6.7.b.c"), "", R("3.4.5.6.7.b.c", "p=reject"),
	"fail reject/reject - 3.4.5.6.7.b.c 3.4.5.6.7.b.c"},
    {"depth 13", FROM("a@" DEEP), "spf=pass:example.com dkim=pass:signing.example.com",
	COM R("signing.example.com", "p=none"), "pass reject/none SD example.com example.com"},
    {"depth 13, own record", FROM("a@" DEEP), "dkim=pass:example.com", COM R(DEEP, "p=quarantine"),
	"pass quarantine/none D example.com " DEEP},

    /* public suffixes */
    {"RFC 9989 B.4.3", FROM("a@giant.bank.example"),
	"spf=pass:mail.giant.bank.example dkim=pass:mail.mega.bank.example",
	R("bank.example", "p=reject; psd=y") R("giant.bank.example", "p=quarantine"),
	"pass quarantine/none S giant.bank.example giant.bank.example"},
    {"RFC 9989 B.4.1", FROM("a@example.com"), "spf=pass:example.com dkim=pass:signing.example.com",
	COM R("signing.example.com", "p=none"), "pass reject/none SD example.com example.com"},
    {"two below one suffix", FROM("a@giant.bank.example"), "dkim=pass:mega.bank.example",
	R("bank.example", "p=reject; psd=y"),
	"fail reject/reject - giant.bank.example bank.example"},
    {"suffix's sp", FROM("a@giant.bank.example"), "", R("bank.example", "p=reject; sp=none; psd=y"),
	"fail none/none - giant.bank.example bank.example"},
    {"suffix's np", FROM("a@no.bank.example"), "",
	R("bank.example", "p=none; sp=none; np=reject; psd=y"),
	"fail reject/reject - no.bank.example bank.example"},
    {"organization's record beats the suffix's", FROM("a@x.giant.bank.example"), "",
	R("bank.example", "p=reject; psd=y") R("giant.bank.example", "p=none"),
	"fail none/none - giant.bank.example giant.bank.example"},
    {"below the suffix, relaxed", FROM("a@x.giant.bank.example"), "dkim=pass:giant.bank.example",
	R("bank.example", "p=reject; psd=y"), "pass reject/none D giant.bank.example bank.example"},
    {"mail of the suffix itself", FROM("a@bank.example"), "dkim=pass:bank.example",
	R("bank.example", "p=reject; psd=y"), "pass reject/none D bank.example bank.example"},
    {"the suffix signs for one below", FROM("a@giant.bank.example"), "dkim=pass:bank.example",
	R("bank.example", "p=reject; psd=y"),
	"fail reject/reject - giant.bank.example bank.example"},
    {"two below .co.uk without any record", FROM("a@aa.co.uk"), "dkim=pass:bb.co.uk",
	R("aa.co.uk", "p=reject"), "fail reject/reject - aa.co.uk aa.co.uk"},

    /* failures */
    {"failure at the author", FROM("a@example.com"), "dkim=pass:example.com",
	"_dmarc.example.com SERVFAIL", "temperror -/none - - -"},
    {"failure at the parent", FROM("a@sub.example.com"), "dkim=pass:sub.example.com",
	"_dmarc.example.com TIMEOUT", "temperror -/none - - -"},
    {"failure above, own record, same domain", FROM("a@sub.example.com"),
	"dkim=pass:sub.example.com", R("sub.example.com", "p=reject") "_dmarc.example.com TIMEOUT",
	"pass reject/none D - sub.example.com"},
    {"failure above, own record, parent's identifier", FROM("a@sub.example.com"),
	"dkim=pass:example.com", R("sub.example.com", "p=reject") "_dmarc.example.com TIMEOUT",
	"temperror reject/none - - sub.example.com"},
    {"failure above, own record, strict", FROM("a@sub.example.com"), "dkim=pass:example.com",
	R("sub.example.com", "p=reject; adkim=s") "_dmarc.example.com TIMEOUT",
	"fail reject/reject - - sub.example.com"},
    {"failure above, own record, unrelated", FROM("a@sub.example.com"), "dkim=pass:example.net",
	R("sub.example.com", "p=reject") "_dmarc.example.com TIMEOUT",
	"fail reject/reject - - sub.example.com"},
    {"failure at the identifier", FROM("a@example.com"), "dkim=pass:mail.example.com",
	COM "_dmarc.mail.example.com TIMEOUT", "temperror reject/none - example.com example.com"},
    {"failure at one, another aligned", FROM("a@example.com"),
	"dkim=pass:mail.example.com spf=pass:example.com", COM "_dmarc.mail.example.com TIMEOUT",
	"pass reject/none S example.com example.com"},
    {"failure at one that did not pass", FROM("a@example.com"), "dkim=fail:mail.example.com",
	COM "_dmarc.mail.example.com TIMEOUT", "fail reject/reject - example.com example.com"},
    {"failure of the signature's key", FROM("a@example.com"), "dkim=temperror:example.com", COM,
	"temperror reject/none - example.com example.com"},
    {"failure of a stranger's key", FROM("a@example.com"), "dkim=temperror:example.net", COM,
	"fail reject/reject - example.com example.com"},
    {"failure of SPF, DKIM passes", FROM("a@example.com"),
	"spf=temperror:example.com dkim=pass:example.com", COM,
	"pass reject/none D example.com example.com"},

    /* the author */
    {"no From", "To: a@example.com\r\n", "dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"two From fields", FROM("a@example.com") FROM("a@example.com"), "dkim=pass:example.com", COM,
	"permerror -/none - - -"},
    {"two addresses, two domains", FROM("a@example.com, b@example.net"), "dkim=pass:example.com",
	COM, "permerror -/none - - -"},
    {"two addresses, one domain", FROM("a@example.com, b@EXAMPLE.COM"), "dkim=pass:example.com",
	COM, "pass reject/none D example.com example.com"},
    {"no address", FROM("nobody"), "dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"empty", FROM(""), "dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"empty group", FROM("nobody:;"), "dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"address literal", FROM("a@[192.0.2.1]"), "dkim=pass:example.com", COM,
	"permerror -/none - - -"},
    {"display name with another address", FROM("\"x@bank.example\" <a@example.com>"),
	"dkim=pass:example.com", COM, "pass reject/none D example.com example.com"},
    {"internationalized",
	FROM("a@b\xc3\xbc"
	     "cher.example"),
	"dkim=pass:xn--bcher-kva.example", R("xn--bcher-kva.example", "p=reject"),
	"pass reject/none D xn--bcher-kva.example xn--bcher-kva.example"},
    {"internationalized, both forms of one domain",
	FROM("a@B\xc3\xbc"
	     "cher.example, b@xn--bcher-kva.example"),
	"dkim=pass:xn--bcher-kva.example", R("xn--bcher-kva.example", "p=reject"),
	"pass reject/none D xn--bcher-kva.example xn--bcher-kva.example"},
    {"internationalized, below the record",
	FROM("a@post.b\xc3\xbc"
	     "cher.example"),
	"spf=pass:xn--bcher-kva.example", R("xn--bcher-kva.example", "p=none; sp=reject"),
	"pass reject/none S xn--bcher-kva.example xn--bcher-kva.example"},
    {"no domain in any script", FROM("a@\xff\xfe.example"), "dkim=pass:example", "",
	"permerror -/none - - -"},
    {"a label that is too long", FROM("a@" L64 ".example.com"), "dkim=pass:example.com", COM,
	"permerror -/none - - -"},
    {"no domain behind @", FROM("a@"), "dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"one address of two without a domain", FROM("a@example.com, b"), "dkim=pass:example.com", COM,
	"permerror -/none - - -"},
    {"three From fields", FROM("a@example.com") FROM("b@example.net") FROM("c@example.org"),
	"dkim=pass:example.com", COM, "permerror -/none - - -"},
    {"internationalized identifier", FROM("a@xn--bcher-kva.example"),
	"spf=pass:B\xc3\x9c"
	"CHER.example",
	R("xn--bcher-kva.example", "p=reject"),
	"pass reject/none S xn--bcher-kva.example xn--bcher-kva.example"},
};

static const char *or_dash(const char *s)
{
	return s == NULL ? "-" : s;
}

static const char *show(const struct dmarc_verdict *v, struct arena *a)
{
	const char *aligned = v->spf_aligned && v->dkim_aligned ? "SD"
	                      : v->spf_aligned                  ? "S"
	                      : v->dkim_aligned                 ? "D"
	                                                        : "-";

	return arena_printf(a, "%s %s/%s %s %s %s", AUTH_RESULT_NAME[v->result],
	    v->has_policy ? DMARC_POLICY_NAME[v->policy] : "-", DMARC_POLICY_NAME[v->disposition],
	    aligned, or_dash(v->organizational_domain), or_dash(v->policy_domain));
}

START_TEST(table)
{
	ck_assert_uint_ge(ARRAY_SIZE(rows), 60);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		struct dmarc_verdict v;
		struct dmarc_case c = {rows[i].header, rows[i].ids, rows[i].records};
		unsigned rounds = dmarc_case_judge(&c, a, &v, NULL);

		ck_assert_msg(strcmp(show(&v, a), rows[i].want) == 0,
		    "%s:\n  got      %s\n  expected %s\n  %s", rows[i].name, show(&v, a),
		    rows[i].want, v.reason);
		ck_assert_msg(v.reason != NULL && v.reason[0] != '\0', "%s", rows[i].name);
		ck_assert_msg(rounds <= 2, "%s: %u rounds", rows[i].name, rounds);
		arena_free(a);
	}
}
END_TEST

/*
 * Signatures and SPF in every order: what comes of them is the same, a passing one that is aligned
 * suffices, and the sentence names it.
 */
START_TEST(orders)
{
	static const char *const ids[] = {"dkim=pass:esp.example.net", "dkim=fail:example.com",
	    "dkim=pass:m.example.com", "spf=softfail:example.com", "dkim=temperror:example.com"};
	static const struct {
		size_t count, without;
		const char *want;
	} cases[] = {
	    {5, 5, "pass reject/none D example.com example.com"},
	    {4, 5, "pass reject/none D example.com example.com"},
	    {5, 2, "temperror reject/none - example.com example.com"},
	    {4, 2, "fail reject/reject - example.com example.com"},
	};

	/* An order is a number in the factorial system: 5! of them. */
	for (size_t i = 0; i < ARRAY_SIZE(cases) * 120; i++) {
		size_t k = i / 120, left = cases[k].count, order = i % 120, taken = 0;
		struct arena *a = arena_new();
		const char *text = "";
		struct dmarc_verdict v;

		for (; left > 0; order /= left, left--) {
			size_t at = 0, skip = order % left;

			while ((taken >> at & 1) != 0 || skip-- > 0)
				at++;
			taken |= (size_t)1 << at;
			if (at != cases[k].without)
				text = arena_printf(
				    a, "%s%s%s", text, *text == '\0' ? "" : " ", ids[at]);
		}
		dmarc_case_judge(
		    &(struct dmarc_case){FROM("a@example.com"), text, COM}, a, &v, NULL);
		ck_assert_msg(strcmp(show(&v, a), cases[k].want) == 0, "%s: got %s, expected %s",
		    text, show(&v, a), cases[k].want);
		arena_free(a);
	}
}
END_TEST

static const struct {
	const char *header, *ids, *records, *reason;
} reasons[] = {
    {FROM("a@example.com"), "spf=pass:example.com", COM,
	"SPF passed for example.com, which is the domain of From"},
    {FROM("a@example.com"), "spf=pass:bounce.example.com dkim=pass:esp.example.net", COM,
	"SPF passed for bounce.example.com, which is aligned with example.com (relaxed: same "
	"organizational domain)"},
    {FROM("a@example.com"), "spf=pass:b.example.com dkim=pass:example.com", COM,
	"SPF passed for b.example.com, which is aligned with example.com (relaxed: same "
	"organizational domain); DKIM passed for example.com, which is the domain of From"},
    {FROM("a@example.com"), "spf=pass:esp.example.net dkim=fail:example.com", COM,
	"neither SPF nor DKIM passed for a domain aligned with example.com: SPF passed for "
	"esp.example.net (not aligned), DKIM gave fail for example.com; example.com asks receivers "
	"to reject"},
    {FROM("a@s.example.com"), "spf=softfail:s.example.com",
	R("example.com", "p=reject; sp=quarantine; t=y"),
	"neither SPF nor DKIM passed for a domain aligned with s.example.com: SPF gave softfail "
	"for "
	"s.example.com, there is no DKIM signature; example.com asks receivers to quarantine, "
	"testing only (t=y)"},
    {FROM("a@example.com"), "dkim=pass:mail.example.com", R("example.com", "p=none; adkim=s"),
	"neither SPF nor DKIM passed for a domain aligned with example.com: DKIM passed for "
	"mail.example.com (not aligned, alignment is strict); example.com asks receivers to do "
	"nothing"},
    {FROM("a@example.com"), "", "", "there is no DMARC record for example.com or a parent of it"},
    {FROM("a@example.com"), "", COM COM,
	"there are 2 DMARC records at _dmarc.example.com, so none of them counts"},
    {FROM("a@example.com"), "", R("example.com", "sp=reject"),
	"the DMARC record at _dmarc.example.com has no valid p= and no valid rua=, so DMARC does "
	"not apply (RFC 9989 4.10.1)"},
    {FROM("a@s.example.com"), "", "_dmarc.example.com TIMEOUT",
	"_dmarc.example.com could not be looked up: TIMEOUT"},
    {FROM("a@example.com"), "dkim=temperror:example.com", COM,
	"DKIM for example.com could not be judged for now, and it might be aligned"},
    {"", "", "", "the message has no From field"},
    {FROM("a@example.com") FROM("b@example.com"), "", "", "the message has 2 From fields"},
    {FROM("a@example.com, b@example.net"), "", "",
	"the From field has addresses of several domains: example.com and example.net"},
    {FROM("a@[192.0.2.1]"), "", "", "\"[192.0.2.1]\" in the From field is no domain"},
};

START_TEST(sentences)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		struct arena *a = arena_new();
		struct dmarc_verdict v;
		struct dmarc_case c = {reasons[i].header, reasons[i].ids, reasons[i].records};

		dmarc_case_judge(&c, a, &v, NULL);
		ck_assert_str_eq(v.reason, reasons[i].reason);
		arena_free(a);
	}
}
END_TEST

START_TEST(facts)
{
	struct arena *a = arena_new();
	struct dmarc_verdict v;
	struct dmarc_case c = {
	    FROM("a@Sub.Example.com"), "", R("example.com", "p=reject;  sp=none")};

	dmarc_case_judge(&c, a, &v, NULL);
	ck_assert_str_eq(v.from_domain, "sub.example.com");
	ck_assert_str_eq(v.record, "v=DMARC1; p=reject;  sp=none");
	arena_free(a);
}
END_TEST

/* The questions are the same whatever passed, and strangers cost none. */
START_TEST(questions)
{
	static const char *const ids[] = {"dkim=pass:m.example.com spf=pass:b.example.com",
	    "dkim=fail:m.example.com spf=none:b.example.com",
	    ("dkim=pass:m.example.com spf=temperror:b.example.com dkim=pass:example.net "
	     "dkim=pass:a.b.c.example.net dkim=pass:com")};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct arena *a = arena_new();
		struct dns_view *view = dns_view_new(NULL);
		struct dmarc_identifier identifiers[DMARC_CASE_IDENTIFIERS_MAX];
		struct mail_message message;
		struct mail_header h;
		struct dmarc_input in = {
		    &message, identifiers, dmarc_case_identifiers(ids[i], a, identifiers)};
		struct dmarc_verdict v;

		mail_header_parse(span_from(FROM("a@example.com")), a, &h);
		mail_message_read(&h, a, &message);
		while (dmarc_check(&in, view, a, &v, NULL) == VERIFY_NEEDS_DNS)
			records_answer(view, COM);
		ck_assert_uint_eq(dns_view_answered(view), 4);
		dns_view_free(view);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {table, orders, sentences, facts, questions, NULL};

	return unit_main("dmarc", tests);
}
