#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Signed mail from 203.0.113.7, presented by XCLIENT and by PROXY, under a zone with SPF, DKIM,
# DMARC p=reject and PTR: everything passes. The same with one octet changed, from another address,
# under a zone that lacks the records: the exact other results. And the same again without a daemon.
. "$(dirname "$0")/lib.sh"
need swaks python3 openssl jq sqlite3
need_python dkim
sign=$PWD/tests/system/dkimsign

openssl genrsa -out "$tmp/rsa.key" 2048 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$tmp/ed.key"
rsa=$(openssl rsa -in "$tmp/rsa.key" -pubout -outform DER 2>/dev/null | base64 -w0)
ed=$(openssl pkey -in "$tmp/ed.key" -pubout -outform DER | tail -c 32 | base64 -w0)

cat >"$tmp/full.zone" <<EOF
\$ORIGIN .
\$TTL 300
example.com.                 TXT "v=spf1 ip4:203.0.113.0/24 -all"
example.com.                 MX  10 mail.example.com.
mail.example.com.            A   203.0.113.7
mail.example.com.            TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa.    PTR mail.example.com.
_dmarc.example.com.          TXT "v=DMARC1; p=reject"
rsa._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=${rsa:0:200}" "${rsa:200}"
ed._domainkey.example.com.   TXT "v=DKIM1; k=ed25519; p=$ed"
EOF
printf '$ORIGIN .\nexample.com. 300 MX 10 mail.example.com.\n' >"$tmp/empty.zone"

message "signed" | sed 's/$/\r/' >"$tmp/plain.eml"
python3 - "$tmp" <<'EOF'
import sys, dkim
tmp = sys.argv[1]
message = open(tmp + "/plain.eml", "rb").read()
header = dkim.sign(message, b"rsa", b"example.com", open(tmp + "/rsa.key", "rb").read(),
                   canonicalize=(b"relaxed", b"relaxed"),
                   include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])
open(tmp + "/rsa.eml", "wb").write(header + message)
EOF
# libopendkim does not give its signing key back, which is no concern of this test.
ASAN_OPTIONS=detect_leaks=0 "$sign" ed25519 example.com ed "$tmp/ed.key" <"$tmp/plain.eml" >"$tmp/ed.eml"
for kind in rsa ed; do
	sed 's/^Hello\./Hallo./' "$tmp/$kind.eml" >"$tmp/$kind-body.eml"
	sed 's/^Subject: signed/Subject: singed/' "$tmp/$kind.eml" >"$tmp/$kind-subject.eml"
done

# send_as CLIENT FILE: over XCLIENT with swaks; the message as JSON is then in $out.
number=0
send_as() {
	number=$((number + 1))
	swaks --server 127.0.0.1 --port "$(port mx)" --tls --xclient-addr "$1" \
		--xclient-helo mail.example.com --from app@example.com \
		--to "case-$number@example.net" --data "@$2" >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
	out=$(m wait --to "case-$number@example.net" --timeout 20 --json)
}

# The same by a PROXY header, version 1 or 2.
send_proxied() { # VERSION CLIENT FILE
	number=$((number + 1))
	swaks --server 127.0.0.1 --port "$(port mx)" --proxy-version "$1" --proxy-family "$4" \
		--proxy-source "$2" --proxy-source-port 51234 --proxy-dest "$5" --proxy-dest-port 25 \
		--proxy-protocol STREAM --proxy-command PROXY \
		--helo mail.example.com --from app@example.com --to "case-$number@example.net" \
		--data "@$3" >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
	out=$(m wait --to "case-$number@example.net" --timeout 20 --json)
}

# verdicts SPF SPF-HELO DKIM DMARC RDNS of $out
verdicts() {
	expect "case $number, spf spf_helo dkim dmarc rdns" \
		"$(json "$out" '.observed | [.spf.result, .spf_helo.result,
			(.dkim | if length == 0 then "none" else .[0].result end),
			.dmarc.result, .rdns.result] | join(" ")')" "$*"
}
fact() {
	expect "case $number, $1" "$(json "$out" "$2")" "$3"
}

start_gateway --listen mx=127.0.0.1:0 --zone "$tmp/full.zone"

send_as 203.0.113.7 "$tmp/rsa.eml"
verdicts pass pass pass pass pass
fact "via" .client.via xclient
fact "client" .client.ip 203.0.113.7
fact "HELO" .client.helo mail.example.com
fact "SPF domain" .observed.spf.domain example.com
fact "SPF identity" .observed.spf.identity mailfrom
fact "SPF mechanism" .observed.spf.mechanism ip4:203.0.113.0/24
fact "DKIM domain" '.observed.dkim[0].domain' example.com
fact "DKIM selector" '.observed.dkim[0].selector' rsa
fact "DKIM algorithm" '.observed.dkim[0].algorithm' rsa-sha256
fact "DKIM bits" '.observed.dkim[0].bits' 2048
fact "DKIM canonicalization" '.observed.dkim[0].canonicalization' relaxed/relaxed
fact "DMARC alignment" '.observed.dmarc | "\(.spf_aligned) \(.dkim_aligned)"' "true true"
fact "DMARC policy" .observed.dmarc.policy reject
fact "DMARC disposition" .observed.dmarc.disposition none
fact "PTR name" '.observed.rdns.names | join(",")' mail.example.com
fact "confirmed" .observed.rdns.confirmed mail.example.com
fact "HELO match" .observed.rdns.helo_match true

send_as 203.0.113.7 "$tmp/ed.eml"
verdicts pass pass pass pass pass
fact "DKIM algorithm" '.observed.dkim[0].algorithm' ed25519-sha256
fact "DKIM bits" '.observed.dkim[0].bits' 256

for kind in rsa ed; do
	send_as 203.0.113.7 "$tmp/$kind-body.eml"
	verdicts pass pass fail pass pass
	matches "the reason" "$(json "$out" '.observed.dkim[0].reason')" "*body*"
	send_as 203.0.113.7 "$tmp/$kind-subject.eml"
	verdicts pass pass fail pass pass
	fact "DMARC by SPF alone" '.observed.dmarc | "\(.spf_aligned) \(.dkim_aligned)"' "true false"
done

# Another address: SPF and rDNS are lost, DKIM carries DMARC; without DKIM DMARC rejects.
send_as 198.51.100.9 "$tmp/rsa.eml"
verdicts fail fail pass pass permerror
send_as 198.51.100.9 "$tmp/rsa-body.eml"
verdicts fail fail fail fail permerror
fact "DMARC disposition" .observed.dmarc.disposition reject
send_as 198.51.100.9 "$tmp/plain.eml"
verdicts fail fail none fail permerror
fact "no signatures" '.observed.dkim' '[]'

# The stored source is the message as sent, octet for octet: leading dots, 8-bit octets, no line
# end that was not there.
python3 - "$tmp" "$(port mx)" <<'EOF'
import smtplib, sys
odd = open(sys.argv[1] + "/plain.eml", "rb").read()
odd += b".one\r\n..two\r\n.\r\n\r\n \t\r\n" + bytes(range(128, 256)) + b"\r\n\r\n"
open(sys.argv[1] + "/odd.eml", "wb").write(odd)
s = smtplib.SMTP("127.0.0.1", int(sys.argv[2]))
s.sendmail("app@example.com", ["odd@example.net"], odd, mail_options=["BODY=8BITMIME"])
s.quit()
EOF
out=$(m wait --to odd@example.net --timeout 20 --json)
m show "$(json "$out" .id)" --raw >"$tmp/stored.eml"
cmp "$tmp/odd.eml" "$tmp/stored.eml" || fail "the stored source is not what was sent"
expect "size" "$(json "$out" .envelope.size)" "$(stat -c %s "$tmp/odd.eml")"
expect "BODY" "$(json "$out" .envelope.body)" 8BITMIME
stop_gateway

# The same client by PROXY; once it is required a connection without it is refused.
cat >"$tmp/proxy.conf" <<EOF
zones = {"$tmp/full.zone"}
listener mx {
	kind = mx
	address = "127.0.0.1"
	port = 0
	proxy = required
}
EOF
MAILASSAY_CONF=$tmp/proxy.conf start_gateway
send_proxied 1 203.0.113.7 "$tmp/rsa.eml" TCP4 127.0.0.1
verdicts pass pass pass pass pass
fact "via" .client.via proxy
fact "port" .client.port 51234
send_proxied 2 203.0.113.7 "$tmp/ed.eml" AF_INET 127.0.0.1
verdicts pass pass pass pass pass
fact "via" .client.via proxy
if swaks --server 127.0.0.1 --port "$(port mx)" --to x@example.net --quit-after BANNER \
	>"$tmp/swaks" 2>&1; then
	fail "a connection without a PROXY header was served"
fi
stop_gateway

start_gateway --listen mx=127.0.0.1:0 --zone "$tmp/empty.zone"
send_as 203.0.113.7 "$tmp/rsa.eml"
verdicts none none permerror none permerror
fact "no policy" .observed.dmarc.policy null
stop_gateway

# Without a daemon: the same verdicts.
check() { # FILE OPTION...
	number="check $1"
	out=$(m check message "$tmp/$1" --helo mail.example.com --mail-from app@example.com --json \
		"${@:2}")
}
check rsa.eml --ip 203.0.113.7 --zone "$tmp/full.zone"
verdicts pass pass pass pass pass
check ed-body.eml --ip 198.51.100.9 --zone "$tmp/full.zone"
verdicts fail fail fail fail permerror
check rsa.eml --ip 203.0.113.7 --zone "$tmp/empty.zone"
verdicts none none permerror none permerror
check rsa.eml --zone "$tmp/full.zone"
fact "no address: SPF and rDNS are null" '.observed | [.spf, .spf_helo, .rdns] | map(. == null) | all' true
fact "DMARC rests on DKIM" .observed.dmarc.result pass
tr -d '\r' <"$tmp/rsa.eml" >"$tmp/lf.eml"
check lf.eml --ip 203.0.113.7 --zone "$tmp/full.zone"
verdicts pass pass pass pass pass
out=$(m check spf --ip 203.0.113.7 --helo mail.example.com --mail-from app@example.com \
	--zone "$tmp/full.zone" --json)
expect "check spf" "$(json "$out" '"\(.spf.result) \(.spf_helo.result)"')" "pass pass"
out=$(m check spf --ip 2001:db8::1 --helo mail.example.com --mail-from app@example.com \
	--zone "$tmp/full.zone" --json)
expect "check spf, IPv6" "$(json "$out" '"\(.spf.result) \(.spf_helo.result)"')" "fail fail"
