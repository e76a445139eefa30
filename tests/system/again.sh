#!/bin/bash
# SPDX-License-Identifier: ISC
#
# check again: messages of every kind of verdict, judged under a zone; the gateway stopped, the zone
# gone, and each is judged again from its evidence with the same facts. Then the database is
# tampered with, and each change is named. And check dmarc, which needs no message.
. "$(dirname "$0")/lib.sh"
need swaks python3 openssl jq sqlite3
need_python dkim
sign=$PWD/tests/system/dkimsign

openssl genrsa -out "$tmp/rsa.key" 2048 2>/dev/null
openssl genrsa -out "$tmp/weak.key" 1024 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$tmp/ed.key"
public() { openssl rsa -in "$1" -pubout -outform DER 2>/dev/null | base64 -w0; }
rsa=$(public "$tmp/rsa.key")
ed=$(openssl pkey -in "$tmp/ed.key" -pubout -outform DER | tail -c 32 | base64 -w0)

cat >"$tmp/world.zone" <<EOF
\$ORIGIN .
\$TTL 300
example.com.                 TXT "v=spf1 include:_spf.example.com exp=why.example.com -all"
_spf.example.com.            TXT "v=spf1 ip4:203.0.113.0/24 a:mail.example.com mx ~all"
example.com.                 MX  10 mail.example.com.
mail.example.com.            A   203.0.113.7
mail.example.com.            AAAA 2001:db8::7
mail.example.com.            TXT "v=spf1 a -all"
why.example.com.             TXT "%{i} is no host of ours; ask \\"%{s}\\" \\228\\246"
7.113.0.203.in-addr.arpa.    PTR mail.example.com.
7.113.0.203.in-addr.arpa.    PTR host-203-0-113-7.dynamic.example.net.
9.100.51.198.in-addr.arpa.   CNAME 9.sub.100.51.198.in-addr.arpa.
9.sub.100.51.198.in-addr.arpa. PTR out.example.net.
out.example.net.             A   198.51.100.9
_dmarc.example.com.          TXT "v=DMARC1; p=reject; pct=50; rua=mailto:d@example.org"
rsa._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=${rsa:0:200}" "${rsa:200}"
weak._domainkey.example.com. TXT "v=DKIM1; k=rsa; p=$(public "$tmp/weak.key")"
ed._domainkey.example.com.   TXT "v=DKIM1; k=ed25519; p=$ed"
gone._domainkey.example.com. TXT "v=DKIM1; p="
bounce.provider.example.     TXT "v=spf1 ip4:192.0.2.25 -all"
25.2.0.192.in-addr.arpa.     PTR out.provider.example.
out.provider.example.        A   192.0.2.25
p1._domainkey.example.com.   CNAME p1.dkim.provider.example.
p1.dkim.provider.example.    TXT "v=DKIM1; k=rsa; p=${rsa:0:200}" "${rsa:200}"
_dmarc.two.example.          TXT "v=DMARC1; p=none"
_dmarc.two.example.          TXT "v=DMARC1; p=reject"
_dmarc.np.example.           TXT "v=DMARC1; p=none; np=reject"
np.example.                  A   192.0.2.1
\$MAILASSAY SERVFAIL broken.example
\$MAILASSAY TIMEOUT _dmarc.slow.example
\$MAILASSAY TIMEOUT late._domainkey.example.com
EOF
# An SPF record of many names and macros, whose limit is reached; a name of many records.
for i in {1..12}; do
	echo "many$i.example. TXT \"v=spf1 include:many$((i + 1)).example exists:%{ir}.%{l}.x.example ?all\""
done >>"$tmp/world.zone"
for i in {1..60}; do
	echo "wide.example. TXT \"text $i $(printf 'x%.0s' {1..200})\""
done >>"$tmp/world.zone"

cat >"$tmp/gateway.conf" <<EOF
zones = { "$tmp/world.zone" }
opinion = off
route provider {
	egress = { "192.0.2.25", "spf:bounce.provider.example" }
	return-path = "bounce.provider.example"
	dkim-domain = "example.com"
	dkim-selector = "p1"
}
route bare {
	dkim-domain = "example.com"
	dkim-selector = "nowhere"
}
listener mx { kind = mx  address = "127.0.0.1"  port = 0 }
listener routed { kind = submission  address = "127.0.0.1"  port = 0  route = provider }
listener bare { kind = submission  address = "127.0.0.1"  port = 0  route = bare }
EOF

# Signed in many ways; one signature has expired, and one will in an hour.
message "again" | sed 's/$/\r/' >"$tmp/plain.eml"
python3 - "$tmp" <<'EOF'
import sys, time, dkim
tmp = sys.argv[1]
message = open(tmp + "/plain.eml", "rb").read()
gen_header = dkim.DKIM.gen_header

def signed(name, selector, expires=None, key="rsa.key", length=False, identity=None):
    def with_expiry(self, fields, *rest, **more):
        if expires is not None:
            now = int(time.time())
            fields[:] = [(b"t", str(now - 7200).encode()) if f[0] == b"t" else f for f in fields]
            fields.insert(3, (b"x", str(now + expires).encode()))
        return gen_header(self, fields, *rest, **more)
    dkim.DKIM.gen_header = with_expiry
    header = dkim.DKIM(message).sign(
        selector, b"example.com", open(tmp + "/" + key, "rb").read(), identity=identity,
        include_headers=[b"from", b"subject", b"date"], length=length)
    open(tmp + "/" + name + ".eml", "wb").write(header + message)

signed("rsa", b"rsa", identity=b"app@example.com")
signed("weak", b"weak", key="weak.key", length=True)
signed("expired", b"rsa", expires=-1)
signed("expiring", b"rsa", expires=3600)
signed("missing", b"nowhere")
signed("gone", b"gone")
signed("late", b"late")
EOF
# libopendkim does not give its signing key back, which is no concern of this test.
ASAN_OPTIONS=detect_leaks=0 "$sign" ed25519 example.com ed "$tmp/ed.key" <"$tmp/rsa.eml" >"$tmp/both.eml"
sed 's/^Hello\./Hallo./' "$tmp/rsa.eml" >"$tmp/changed.eml"
from() { sed "s/^From: .*/From: App <app@$1>\r/" "$tmp/plain.eml"; }
from broken.example >"$tmp/broken.eml"
from slow.example >"$tmp/slow.eml"
from two.example >"$tmp/two.eml"
from none.np.example >"$tmp/np.eml"
sed '/^From/d' "$tmp/plain.eml" >"$tmp/nobody.eml"
{ sed -n 1p "$tmp/plain.eml"; cat "$tmp/plain.eml"; } >"$tmp/twice.eml"
printf 'no header at all\r\n' >"$tmp/headless.eml"
printf 'From: App <app@example.com>\r\nSubject: no body' >"$tmp/bodiless.eml"

start_gateway -c "$tmp/gateway.conf"
declare -A id
send() { # NAME CLIENT HELO MAIL-FROM FILE
	swaks --server 127.0.0.1 --port "$(port mx)" --xclient-addr "$2" --xclient-helo "$3" \
		--helo "$3" --from "$4" --to "$1@example.net" --data "@$5" >"$tmp/swaks" ||
		fail "$(cat "$tmp/swaks")"
	id[$1]=$(m wait --to "$1@example.net" --timeout 20 --json | jq -r .id)
}
submit() { # NAME LISTENER FILE
	swaks --server 127.0.0.1 --port "$(port "$2")" --tls --auth PLAIN --auth-user app \
		--auth-password secret --helo app.staging.example --from app@example.com \
		--to "$1@example.net" --data "@$3" >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
	id[$1]=$(m wait --to "$1@example.net" --timeout 20 --json | jq -r .id)
}
for kind in rsa weak expired expiring missing gone late both changed; do
	send "$kind" 203.0.113.7 mail.example.com app@example.com "$tmp/$kind.eml"
done
for kind in broken slow two np nobody twice headless bodiless; do
	send "$kind" 198.51.100.9 "[198.51.100.9]" "app@$kind.example" "$tmp/$kind.eml"
done
send null 203.0.113.7 mail.example.com '<>' "$tmp/rsa.eml"
send six IPV6:2001:db8::7 mail.example.com app@example.com "$tmp/rsa.eml"
send many 192.0.2.9 nowhere.example app@many1.example "$tmp/plain.eml"
send wide 192.0.2.9 dynamic-1.example.net app@wide.example "$tmp/plain.eml"
send denied 192.0.2.9 mail.example.com app@example.com "$tmp/plain.eml"
submit routed routed "$tmp/plain.eml"
submit routed-signed routed "$tmp/both.eml"
submit bare bare "$tmp/rsa.eml"
stop_gateway

# What was judged is worth judging again.
result() { m show "${id[$1]}" --json | jq -r "$2"; }
expect "rsa" "$(result rsa '.observed | "\(.spf.result) \(.dkim[0].result) \(.dkim[0].identity)"')" \
	"pass pass app@example.com"
expect "signed at" "$(result rsa '.observed.dkim[0].signed_at | length')" 24
expect "expired" "$(result expired '.observed.dkim[0].result')" fail
expect "expiring" "$(result expiring '.observed.dkim[0].result')" pass
expect "late" "$(result late '.observed.dkim[0].result')" temperror
expect "broken" "$(result broken '.observed.spf.result')" temperror
expect "slow" "$(result slow '.observed.dmarc.result')" temperror
expect "many" "$(result many '.observed.spf.result')" permerror
expect "denied" "$(result denied '.observed.spf.result')" fail
expect "no prediction" "$(result rsa .predicted)" null
expect "routed" "$(result routed '.predicted | [.route, .spf.result, .dkim[0].result,
	.dkim[0].predicted, .dmarc.result, .rdns.result] | map(tostring) | join(" ")')" \
	"provider pass pass true pass pass"
expect "routed, signed" "$(result routed-signed '.predicted.dkim | map(.predicted | tostring) | join(" ")')" \
	"true false false"
expect "no egress" "$(result bare '.predicted | [.route, .spf, .rdns, .dkim[0].result]
	| map(tostring) | join(" ")')" "bare null null permerror"
expect "the view" "$(sql "SELECT route || ' ' || predicted_spf || ' ' || predicted_dkim || ' '
	|| predicted_dmarc || ' ' || predicted_rdns FROM messages WHERE id = '${id[routed]}'")" \
	"provider pass pass pass pass"

rm "$tmp/world.zone" "$tmp/gateway.conf"
for name in "${!id[@]}"; do
	expect_exit 0 m check again "${id[$name]}"
	matches "$name" "$out" "agrees: spf *, dkim *, dmarc *, rdns *"
	expect_exit 0 m check again "${id[$name]}" --json
	expect "$name as JSON" "$out" \
		"{\"id\":\"${id[$name]}\",\"agrees\":true,\"differences\":[],\"missing\":[]}"
done
expect_exit 0 m check again "${id[routed]}"
matches "both viewpoints" "$out" \
	"agrees: spf fail,*agrees, predicted: spf pass, spf_helo *, dkim pass, dmarc pass, rdns pass"
expect_exit 0 m check again latest

# Each change of the database is named; afterwards it is as it was.
database=$data/mailassay.db
sqlite3 "$database" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$database" "$tmp/whole.db"
tampered() { # NAME WANTED SQL, in which @ stands for the message's number
	local number
	number=$(sql "SELECT number FROM message WHERE id = '${id[$1]}'")
	sqlite3 "$database" "${3//@/$number}; PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	expect_exit 1 m check again "${id[$1]}"
	matches "$1 tampered with: $3" "$out" "$2"
	expect_exit 1 m check again "${id[$1]}" --json
	cp "$tmp/whole.db" "$database"
}
tampered rsa "observed.spf.result: stored fail, again pass" \
	"UPDATE verdict SET result = 'fail' WHERE message = @ AND check_name = 'spf'"
expect "JSON" "$(jq -c '[.agrees, .differences, .missing]' <<<"$out")" \
	'[false,[{"fact":"observed.spf.result","stored":"fail","again":"pass"}],[]]'
tampered rsa "observed.dmarc.policy: stored none, again reject" \
	"UPDATE verdict SET policy = 'none' WHERE message = @ AND check_name = 'dmarc'"
tampered rsa 'observed.spf.reason: stored because \\x1b\[31m, again *' \
	"UPDATE verdict SET reason = 'because ' || char(27) || '[31m'
		WHERE message = @ AND check_name = 'spf'"
tampered rsa "observed.rdns.helo_match: stored false, again true" \
	"UPDATE verdict SET helo_match = 0 WHERE message = @ AND check_name = 'rdns'"
tampered rsa "observed.spf: stored null, again {*" \
	"DELETE FROM verdict WHERE message = @ AND check_name = 'spf'"
tampered both "observed.dkim\[1\].bits: stored 1024, again 2048" \
	"UPDATE dkim_signature SET bits = 1024 WHERE message = @ AND seq = 1"
tampered both "observed.dkim\[1\]: stored null, again {*" \
	"DELETE FROM dkim_signature WHERE message = @ AND seq = 1"
tampered weak "findings.dkim-weak-key: stored null, again *" \
	"DELETE FROM finding WHERE message = @ AND id = 'dkim-weak-key'"
tampered rsa "findings.dkim-weak-key: stored weak, again null" \
	"INSERT INTO finding SELECT session, number, 99, 'dkim-weak-key', 'warning', '', 'weak'
		FROM message WHERE number = @"
tampered routed "predicted.dkim\[0\].predicted: stored false, again true" \
	"UPDATE dkim_signature SET predicted = 0 WHERE message = @ AND viewpoint = 'predicted'"
tampered routed "predicted.dmarc.result: stored fail, again pass" \
	"UPDATE verdict SET result = 'fail' WHERE message = @ AND viewpoint = 'predicted'
		AND check_name = 'dmarc'"
# What it was judged by: the source, the time, the client, the route, the evidence.
tampered rsa "observed.dkim\[0\].result: stored pass, again fail*" \
	"UPDATE source SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Hello.', 'Hallo.') AS BLOB)
		WHERE message = @"
tampered expiring "observed.dkim\[0\].result: stored pass, again fail*" \
	"UPDATE message SET received_at_ms = received_at_ms + 7200000 WHERE number = @"
tampered rsa "missing in the evidence: 8.113.0.203.in-addr.arpa PTR*" \
	"UPDATE message SET client_ip = '203.0.113.8' WHERE number = @"
tampered routed "missing in the evidence: p2._domainkey.example.com TXT" \
	"UPDATE prediction SET dkim_selector = 'p2' WHERE message = @"
tampered rsa "observed.spf.mechanism: *" \
	"UPDATE evidence SET text = replace(text, 'ip4:203.0.113.0/24', 'ip4:203.0.113.7')
		WHERE message = @"
tampered rsa "missing in the evidence: *" "DELETE FROM evidence WHERE message = @"
# A line less: a question with its one answer, the answer alone, the question alone.
lines() { # SED-EXPRESSION: the evidence of "rsa" without the lines it deletes
	sql "SELECT text FROM evidence JOIN message ON message = number WHERE id = '${id[rsa]}'" |
		sed -e "$1" -e '${/^$/d}' >"$tmp/evidence"
	echo "UPDATE evidence SET text = CAST(readfile('$tmp/evidence') AS TEXT) WHERE message = @"
}
tampered rsa "missing in the evidence: _dmarc.example.com TXT" "$(lines '/_dmarc.example.com/d')"
expect "JSON" "$(jq -c '[.agrees, .differences, .missing]' <<<"$out")" \
	'[false,[],["_dmarc.example.com TXT"]]'
tampered rsa "observed.dmarc.result: stored pass, again *" "$(lines '/^_dmarc.example.com.*TXT/d')"
tampered rsa "" "$(lines '/^;; _dmarc.example.com/d')"
matches "evidence that is none" "$err" "mailassay check again: ${id[rsa]}: line * of the evidence *"
expect_exit 0 m check again "${id[rsa]}"

# What check again refuses.
expect_exit 1 m check again 01ZZZZZZ
expect_exit 1 m check again nonsense
expect_exit 2 m check again
expect_exit 2 m check again latest latest
expect_exit 4 "$mailassay" --data "$tmp/nothing" check again latest

# check dmarc
cat >"$tmp/dmarc.zone" <<'EOF'
$ORIGIN .
$TTL 300
_dmarc.example.com.               TXT "v=DMARC1; p=reject; aspf=s; rua=mailto:d@example.com"
_dmarc.old.example.               TXT "v=DMARC1; p=quarantine; pct=20"
_dmarc.xn--bcher-kva.example.     TXT "v=DMARC1; p=none; rua=mailto:d@example.com"
$MAILASSAY SERVFAIL _dmarc.broken.example
EOF
dmarc() { m check dmarc --zone "$tmp/dmarc.zone" "$@"; }
verdict() { # WANTED ARGUMENT...
	expect_exit 0 dmarc --json "${@:2}"
	expect "check dmarc ${*:2}" "$(json "$out" '.dmarc | "\(.result) \(.from_domain) \(.disposition)"')" "$1"
}
verdict "pass example.com none" --from example.com --spf example.com=pass
verdict "pass example.com none" --from Example.COM. --dkim mail.example.com=PASS
verdict "pass example.com none" --from app@example.com --spf x.test=fail --dkim a.test=fail \
	--dkim example.com=pass
verdict "fail example.com reject" --from example.com
verdict "fail example.com reject" --from example.com --spf mail.example.com=pass
verdict "fail mail.example.com reject" --from mail.example.com --dkim example.org=pass
verdict "temperror example.com none" --from example.com --dkim example.com=temperror
verdict "temperror broken.example null" --from broken.example --spf broken.example=pass
verdict "none none.example null" --from none.example --spf none.example=pass
verdict "pass xn--bcher-kva.example none" --from Bücher.example --spf bücher.example=pass
verdict "pass old.example none" --from old.example --spf old.example=pass
matches "its findings" "$(json "$out" '.findings | map(.id) | join(" ")')" "*dmarc-obsolete-tag*"
expect "its keys" "$(json "$out" 'keys_unsorted | join(" ")')" "dmarc findings"
expect_exit 0 dmarc --from example.com --spf example.com=softfail
matches "the text form" "$out" "*DMARC *fail *example.com*policy reject*record: v=DMARC1*"
expect_exit 0 dmarc --from old.example
matches "findings in the text form" "$out" "*Findings*dmarc-obsolete-tag*"

refused() { # PATTERN ARGUMENT...
	expect_exit 2 dmarc "${@:2}"
	matches "check dmarc ${*:2}" "$err" "mailassay check dmarc: $1"
}
refused "expected --from DOMAIN; *" --spf example.com=pass
for domain in "" "no domain" "a..b" "-a.example" "[192.0.2.1]" 192.0.2.1 2001:db8::1 "app@" "a/b" \
	"$(printf 'x%.0s' {1..64}).example" $'a\nb' $'xn--\xff.example'; do
	refused "--from: expected a domain *" --from "$domain"
done
refused "--spf: expected it at most once, *" --from a.example --spf a.example=pass --spf b.example=pass
refused "--spf: expected DOMAIN=RESULT, *none neutral pass fail softfail policy temperror permerror*" \
	--from a.example --spf a.example=good
refused "--dkim: expected DOMAIN=RESULT, *" --from a.example --dkim a.example
refused "--dkim: expected DOMAIN=RESULT, *" --from a.example --dkim a.example=
refused "--dkim: expected a domain *" --from a.example --dkim =pass
refused "--dkim: expected a domain *" --from a.example --dkim "a b=pass"
eleven=$(printf -- '--dkim a.example=pass %.0s' {1..11})
refused "--dkim: expected it at most 10 times, *" --from a.example $eleven
refused "a.example: one word too many; *" a.example
