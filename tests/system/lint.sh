#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Lint of mail records by the real program: zone check on zone files that are clean, bad, or not to
# be read, with and without a server to ask; check domain as text and JSON.
. "$(dirname "$0")/lib.sh"
need python3 openssl jq

rsa() { # BITS
	openssl genrsa "$1" 2>/dev/null | openssl rsa -pubout -outform DER 2>/dev/null | base64 -w0
}
good=$(rsa 2048) weak=$(rsa 1024)

cat >"$tmp/clean.zone" <<END
\$ORIGIN example.com.
\$TTL 300
@              SOA ns hostmaster 1 3600 600 86400 60
@              TXT "v=spf1 ip4:203.0.113.0/24 include:_spf.example.com mx -all"
@              TXT "another-service-verification=1"
@              MX  10 mail
@              MX  20 mail2
mail           A   203.0.113.7
mail           TXT "v=spf1 a -all"
mail2          AAAA 2001:db8::7
_spf           TXT "v=spf1 ip4:198.51.100.0/24 -all"
_dmarc         TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
s1._domainkey  TXT "v=DKIM1; k=rsa; p=${good:0:200}" "${good:200}"
s2._domainkey  CNAME s1._domainkey
partner.example._report._dmarc TXT "v=DMARC1;"
parked         MX  0 .
parked         TXT "v=spf1 -all"
END
expect_exit 0 m zone check "$tmp/clean.zone"
expect "a clean zone" "$out" "example.com: SPF 2 of 10 lookups, 0 of 2 void lookups
mail.example.com: SPF 1 of 10 lookups, 0 of 2 void lookups
_spf.example.com: SPF 0 of 10 lookups, 0 of 2 void lookups
parked.example.com: SPF 0 of 10 lookups, 0 of 2 void lookups
$tmp/clean.zone: 11 mail records: 0 errors, 0 warnings, 0 notes; score 100 of 100"
expect_exit 0 m zone check "$tmp/clean.zone" --json
expect "its keys" "$(json "$out" 'keys_unsorted|join(" ")')" "file records spf findings score"
expect "its JSON" "$(jq -c 'del(.file)' <<<"$out")" '{"records":11,"spf":[{"name":"example.com","lookups":2,"void_lookups":0},{"name":"mail.example.com","lookups":1,"void_lookups":0},{"name":"_spf.example.com","lookups":0,"void_lookups":0},{"name":"parked.example.com","lookups":0,"void_lookups":0}],"findings":[],"score":100}'
expect "from standard input" "$(m zone check - --json <"$tmp/clean.zone" | jq -c .score)" 100

# Every finding that a zone file can have, each at its line.
cat >"$tmp/bad.zone" <<END
\$ORIGIN .
\$TTL 300
several.test. TXT "v=spf1 -all"
several.test. TXT "v=spf1 ~all"
syntax.test. TXT "v=spf1 ip4:203.0.113 -all"
version.test. TXT "v=spf2.0 -all"
blank.test. TXT " v=spf1 -all"
limit.test. TXT "v=spf1 a:h.test a:h.test a:h.test a:h.test a:h.test a:h.test include:ten.test -all"
ten.test. TXT "v=spf1 a:h.test a:h.test a:h.test a:h.test -all"
h.test. A 203.0.113.7
voids.test. TXT "v=spf1 a:x1.test a:x2.test a:x3.test -all"
plus.test. TXT "v=spf1 +all"
halves.test. TXT "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"
neutral.test. TXT "v=spf1 ip4:203.0.113.7"
ptr.test. TXT "v=spf1 ptr -all"
broken.test. TXT "v=spf1 include:nothing.test -all"
ignored.test. TXT "v=spf1 -all mx"
ml._domainkey.t.test. TXT "v=DKIM1; p=?"
rev._domainkey.t.test. TXT "v=DKIM1; p="
tst._domainkey.t.test. TXT "v=DKIM1; t=y; p=${good:0:200}" "${good:200}"
weak._domainkey.t.test. TXT "v=DKIM1; p=$weak"
gone._domainkey.t.test. CNAME nothing.test.
_dmarc.two.test. TXT "v=DMARC1; p=reject; rua=mailto:a@two.test"
_dmarc.two.test. TXT "v=DMARC1; p=none; rua=mailto:a@two.test"
_dmarc.malformed.test. TXT "v=DMARC2; p=reject"
_dmarc.nop.test. TXT "v=DMARC1; rua=mailto:a@nop.test"
_dmarc.none.test. TXT "v=DMARC1; p=none; rua=mailto:a@none.test"
_dmarc.old.test. TXT "v=DMARC1; p=reject; pct=10; rua=mailto:a@old.test"
_dmarc.odd.test. TXT "v=DMARC1; p=reject; moo=1; rua=mailto:a@odd.test"
_dmarc.norua.test. TXT "v=DMARC1; p=reject"
_dmarc.badrua.test. TXT "v=DMARC1; p=reject; rua=a@badrua.test"
_dmarc.far.test. TXT "v=DMARC1; p=reject; rua=mailto:a@elsewhere.test"
_dmarc.alias.test. CNAME nothing.test.
misplaced.test. TXT "v=DMARC1; p=reject"
mx.test. MX 10 nothing.test.
failing.test. MX 10 failing.example.
\$MAILASSAY TIMEOUT failing.example.
END
expect_exit 1 m zone check "$tmp/bad.zone" --json
expect "findings by line" "$(json "$out" '.findings | map("\(.line) \(.id)")[]')" "3 spf-several-records
5 spf-syntax
6 spf-syntax
7 spf-syntax
8 spf-lookup-limit
11 spf-void-lookups
12 spf-plus-all
13 spf-plus-all
14 spf-no-all
15 spf-ptr
16 spf-include-invalid
17 spf-term-ignored
18 dkim-key-malformed
19 dkim-key-revoked
20 dkim-key-testing
21 dkim-weak-key
22 dkim-key-missing
23 dmarc-several-records
25 dmarc-malformed
26 dmarc-policy-missing
27 dmarc-not-enforced
28 dmarc-obsolete-tag
29 dmarc-unknown-tag
30 dmarc-no-reports
31 dmarc-report-address
32 dmarc-rua-unauthorized
33 dmarc-missing
34 dmarc-malformed
35 mx-invalid
36 lookup-failed"
expect "keys of a finding" "$(json "$out" '.findings | map(keys_unsorted) | unique[] | join(" ")')" \
	"id severity reference name line text"
expect "lookups" "$(json "$out" '.spf[] | select(.name == "limit.test") | .lookups')" 11
expect "void lookups" "$(json "$out" '.spf[] | select(.name == "voids.test") | .void_lookups')" 3
expect "a record that does not parse" \
	"$(jq -c '.spf[] | select(.name == "syntax.test")' <<<"$out")" \
	'{"name":"syntax.test","lookups":null,"void_lookups":null}'
expect "score" "$(json "$out" .score)" 0
expect_exit 1 m zone check "$tmp/bad.zone"
for line in "$tmp/bad.zone:5: error: spf-syntax: syntax.test: \"ip4:203.0.113\": expected *" \
	"$tmp/bad.zone:15: warning: spf-ptr: ptr.test: \"ptr\" *" \
	"$tmp/bad.zone:14: info: spf-no-all: neutral.test: *" \
	"limit.test: SPF 11 of 10 lookups, 0 of 2 void lookups" \
	"$tmp/bad.zone: *mail records: *; score 0 of 100"; do
	matches "a line" "$out" "*$line*"
done
printf '$ORIGIN example.com.\n@ 5 TXT "v=spf1 ptr ?all"\n' >"$tmp/warning.zone"
expect_exit 0 m zone check "$tmp/warning.zone" --json
expect "a warning and a note" "$(json "$out" .score)" 90
printf '$ORIGIN example.com.\n@ 5 TXT hello\n' >"$tmp/none.zone"
expect_exit 0 m zone check "$tmp/none.zone"
expect "no mail records" "$out" \
	"$tmp/none.zone: 0 mail records: 0 errors, 0 warnings, 0 notes; score 100 of 100"

# What lies outside: left out and said once a name; by another zone; by a server.
cat >"$tmp/outside.zone" <<END
\$ORIGIN example.com.
\$TTL 300
@ TXT "v=spf1 include:_spf.provider.example mx -all"
@ MX 10 mx.provider.example.
b TXT "v=spf1 include:_spf.provider.example -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:r@provider.example"
s1._domainkey CNAME s1.provider.example.
END
outside='[.findings[] | "\(.id) \(.name) \(.text | split(" ")[0])"] | .[]'
expect_exit 0 m zone check "$tmp/outside.zone" --json
expect "outside" "$(json "$out" "$outside")" \
	"outside-zone example.com _spf.provider.example
outside-zone example.com mx.provider.example
outside-zone _dmarc.example.com example.com._report._dmarc.provider.example
outside-zone s1._domainkey.example.com s1.provider.example"
expect "nothing counts that is not known" "$(json "$out" '[.score, .spf[0].lookups, .spf[0].void_lookups] | join(" ")')" "100 2 0"
cat >"$tmp/provider.zone" <<END
\$ORIGIN provider.example.
\$TTL 300
_spf TXT "v=spf1 a:h1.provider.example -all"
h1 A 203.0.113.7
mx CNAME h1
s1 TXT "v=DKIM1; p="
END
answered() { # WHAT: what both ways give
	expect "$1" "$(json "$out" '[.findings[].id] | join(" ")')" \
		"mx-invalid dmarc-rua-unauthorized dkim-key-revoked"
	expect "$1: cost" "$(json "$out" '.spf[0].lookups')" 3
}
expect_exit 1 m zone check "$tmp/outside.zone" --zone "$tmp/provider.zone" --json
answered "by a second zone"
cat >"$tmp/server.records" <<END
. 60 SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60
_spf.provider.example. TXT "v=spf1 a:h1.provider.example -all"
h1.provider.example. A 203.0.113.7
mx.provider.example. CNAME h1.provider.example.
s1.provider.example. TXT "v=DKIM1; p="
example.org. TXT "v=spf1 include:_spf.provider.example -all"
example.org. MX 20 mx2.example.org.
example.org. MX 10 mx1.example.org.
mx1.example.org. A 203.0.113.8
mx2.example.org. AAAA 2001:db8::8
_dmarc.example.org. TXT "v=DMARC1; p=quarantine; rua=mailto:d@example.org"
s1._domainkey.example.org. TXT "v=DKIM1; p=${good:0:200}" "${good:200}"
broken.example. TXT "v=spf1 -all"
\$MAILASSAY SERVFAIL _dmarc.broken.example.
END
start_dns "$tmp/server.records"
expect_exit 1 m zone check "$tmp/outside.zone" --dns "$dns" --json
answered "by a server"
printf 'dns = {"%s"}\n' "$dns" >"$tmp/dns.conf"
expect_exit 1 m -c "$tmp/dns.conf" zone check "$tmp/outside.zone" --json
answered "by the configuration's server"

# A domain: text and JSON; what is right is said too.
expect_exit 0 m check domain example.org --selector s1 --dns "$dns" --json
expect "keys" "$(json "$out" 'keys_unsorted|join(" ")')" \
	"domain organizational_domain spf dkim dmarc mx findings score"
expect "the domain" "$(jq -c '[.domain,.organizational_domain,.spf,.mx,.findings,.score]' <<<"$out")" \
	'["example.org","example.org",{"record":"v=spf1 include:_spf.provider.example -all","lookups":2,"void_lookups":0},["mx1.example.org","mx2.example.org"],[],100]'
expect "the key" "$(jq -c '.dkim[0] | [.result,.domain,.selector,.algorithm,.bits]' <<<"$out")" \
	'["pass","example.org","s1","rsa-sha256",2048]'
expect "the policy" "$(jq -c '.dmarc | [.policy_domain,.policy,.disposition]' <<<"$out")" \
	'["example.org","quarantine","quarantine"]'
expect_exit 0 m check domain EXAMPLE.org. --dns "$dns"
for line in '  SPF *v=spf1 include:_spf.provider.example -all; 2 of 10 lookups, 0 of 2 *' \
	'  DKIM *not looked at: name the selectors by --selector*' \
	'  DMARC *v=DMARC1; p=quarantine; *' '  MX *mx1.example.org, mx2.example.org*' \
	'*100 of 100: 0 errors, 0 warnings, 0 notes;*'; do
	matches "the page" "$out" "*$line*"
done
expect_exit 0 m check domain nothing.example --selector a --selector b --dns "$dns" --json
expect "nothing at all" "$(jq -c '[.spf,.dmarc,.mx,[.dkim[].result]]' <<<"$out")" \
	'[null,null,[],["permerror","permerror"]]'
expect "its findings" "$(json "$out" '[.findings[].id] | join(" ")')" \
	"spf-missing dkim-key-missing dkim-key-missing dmarc-missing"
expect "its score" "$(json "$out" .score)" 20
expect_exit 0 m check domain broken.example --dns "$dns" --json
expect "a lookup that fails" "$(json "$out" '[.findings[].id] | join(" ")')" lookup-failed
printf '$ORIGIN xn--mnchen-3ya.example.\n@ 5 TXT "v=spf1 -all"\n' >"$tmp/idn.zone"
expect_exit 0 m check domain 'München.Example' --zone "$tmp/idn.zone" --dns "$dns" --json
expect "an internationalized name" "$(json "$out" '[.domain, .spf.record] | join(" ")')" \
	"xn--mnchen-3ya.example v=spf1 -all"
expect_exit 0 m check domain mail.example.com --zone "$tmp/clean.zone" --dns "$dns" --json
expect "an inherited policy" "$(json "$out" '[.organizational_domain, .dmarc.policy_domain, .dmarc.policy] | join(" ")')" \
	"example.com example.com reject"

# Usage.
for domain in '' com 192.0.2.1 '[192.0.2.1]' a@example.com 'exa mple.com' example..com -a.com \
	"$(printf 'a%.0s' {1..70}).com"; do
	expect_exit 2 m check domain -- "$domain"
done
expect_exit 2 m check domain
expect_exit 2 m check domain example.com example.org
expect_exit 2 m check domain example.com --selector
expect_exit 2 m zone check
expect_exit 2 m zone
matches "the family" "$err" "mailassay: zone: expected check behind it, got nothing; *"
expect_exit 2 m zone check "$tmp/clean.zone" --ip 192.0.2.1
expect_exit 2 m zone check "$tmp/clean.zone" --zone "$tmp/clean.zone"

# Files that are not to be read, or no zones.
expect_exit 4 m zone check "$tmp/missing.zone"
matches "a missing file" "$err" "mailassay zone check: $tmp/missing.zone: *"
expect_exit 4 m zone check "$tmp"
bad() { # WHAT LINE TEXT
	printf '%b' "$3" >"$tmp/broken.zone"
	expect_exit 2 m zone check "$tmp/broken.zone"
	matches "$1" "$err" "mailassay zone check: $tmp/broken.zone:$2: *"
	expect "$1: lines said" "$(wc -l <"$tmp/err")" 1
	expect "$1: output" "$out" ""
}
bad "no such type" 2 '$ORIGIN a.test.\n@ 5 TEXT x\n'
bad "no address" 3 '$ORIGIN a.test.\n@ 5 A 192.0.2.1\n@ 5 A 192.0.2.x\n'
bad "an open string" 2 '$ORIGIN a.test.\n@ 5 TXT "x\n'
bad "an inclusion" 2 '$ORIGIN a.test.\n$INCLUDE /etc/passwd\n'
bad "no origin" 1 '@ 5 TXT x\n'
bad "nothing" 1 ''
bad "octets" 1 '\0\001\xff\xfe'

# Sizes and loops: a result, a reason, and an end.
strings() { # COUNT TEXT
	local i
	for ((i = 0; i < $1; i++)); do printf ' "%s"' "$2"; done
	echo
}
{
	echo '$ORIGIN .'
	echo '$TTL 5'
	printf 'strings.test. TXT "v=spf1"'; strings 1000 ' a:h.test'
	printf 'long.test. TXT "v=spf1"'; strings 240 "$(printf ' ip4:203.0.113.7 %.0s' {1..14})"
	printf '_dmarc.long.test. TXT "v=DMARC1; p=none"'; strings 1000 '; a=b; rua=x'
	printf 'long._domainkey.long.test. TXT "v=DKIM1; p="'; strings 1000 'QUJDRA'
	echo 'h.test. A 192.0.2.1'
	echo 'loop.test. TXT "v=spf1 include:loop.test -all"'
	echo 'c1.test. CNAME c2.test.'
	echo 'c2.test. CNAME c1.test.'
	echo 'cname.test. TXT "v=spf1 include:c1.test mx:c2.test -all"'
	echo 'cname.test. MX 1 c1.test.'
	echo '_dmarc.cname.test. CNAME _dmarc.cname.test.'
	echo 'bomb.test. TXT "v=spf1 include:%{d}.%{d}.%{d} include:%{d1r}.bomb.test exists:%{l240}.test -all"'
	echo '*.bomb.test. TXT "v=spf1 include:x.%{d} include:y.%{d} include:z.%{d} -all"'
	echo 'nul.test. TXT "v=spf1 \000\255 -all"'
} >"$tmp/size.zone"
expect_exit 1 timeout 60 "$mailassay" zone check "$tmp/size.zone" --json
expect "one finding each of loops" \
	"$(json "$out" '[.findings[] | select(.name == "loop.test" or .name == "_dmarc.cname.test" or .name == "nul.test") | .id] | join(" ")')" \
	"spf-lookup-limit lookup-failed spf-syntax"
expect "a count that ends" "$(json "$out" '.spf | map(.lookups // 0) | max')" 40
expect "all of it is text" "$(jq -e '[.findings[].text | length] | max < 2000' <<<"$out")" true
for i in {1..2000}; do
	echo "h$i TXT \"v=spf1 include:_s.example.com include:x$i.example.net -all\""
done | cat <(printf '$ORIGIN example.com.\n$TTL 5\n_s TXT "v=spf1 a:h1.example.com -all"\n') - >"$tmp/many.zone"
expect_exit 0 timeout 60 "$mailassay" zone check "$tmp/many.zone" --json
expect "many names" "$(json "$out" '[.records, (.spf | length), (.findings | map(select(.id == "outside-zone")) | length)] | join(" ")')" \
	"2001 2001 2000"
