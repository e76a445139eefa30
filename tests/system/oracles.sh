#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Our verdicts beside those of implementations that have nothing in common with ours: SPF with
# python3-spf on 2,000 made-up queries, DKIM with python3-dkim on messages signed by it, by
# libopendkim and by opendkim-testmsg. And verdicts on the wire: the same however the octets of the
# message and the answers of the name server come in.
. "$(dirname "$0")/lib.sh"
need python3 openssl jq opendkim-testmsg
need_python spf dkim nacl
system=$PWD/tests/system

# --- SPF. Another seed may be given.
python3 "$here/spf_oracle.py" "$system/spfjudge" "$tmp" "${ORACLE_SEED:-7208}" 2000 ||
	fail "SPF: differences from pyspf that no rule explains"

# --- DKIM.
openssl genrsa -out "$tmp/rsa.key" 2048 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$tmp/ed25519.key"
python3 "$here/dkim_oracle.py" "$mailassay" "$system/dkimsign" "$tmp" ||
	fail "DKIM: signatures that came out otherwise"

# --- The wire.
rsa=$(openssl rsa -in "$tmp/rsa.key" -pubout -outform DER 2>/dev/null | base64 -w0)
cat >"$tmp/full.zone" <<END
\$ORIGIN .
\$TTL 0
example.com.                 TXT "v=spf1 include:one.example.com include:two.example.com -all"
one.example.com.             TXT "v=spf1 mx a:other.example.com -all"
one.example.com.             MX  10 mx1.example.com.
one.example.com.             MX  10 mx2.example.com.
mx1.example.com.             A   203.0.113.70
mx2.example.com.             A   203.0.113.77
two.example.com.             TXT "v=spf1 exists:%{i}.%{l}.list.example.com ~all"
203.0.113.7.app.list.example.com. A 127.0.0.2
other.example.com.           A   203.0.113.8
mail.example.com.            A   203.0.113.7
mail.example.com.            TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa.    PTR mail.example.com.
7.113.0.203.in-addr.arpa.    PTR other.example.com.
_dmarc.example.com.          TXT "v=DMARC1; p=reject"
rsa._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=${rsa:0:200}" "${rsa:200}"
END
# Each waits for another one of its round.
cat >"$tmp/reversed.zone" <<'END'
$SERVER HOLD rsa._domainkey.example.com example.com
$SERVER HOLD example.com 7.113.0.203.in-addr.arpa
$SERVER HOLD mx1.example.com mx2.example.com
END
{
	message wire
	seq -f '.line %g of the body, the first of its octets a dot' 40
} | sed 's/$/\r/' >"$tmp/plain.eml"
ASAN_OPTIONS=detect_leaks=0 "$system/dkimsign" rsa example.com rsa "$tmp/rsa.key" \
	<"$tmp/plain.eml" >"$tmp/signed.eml"

# deliver SIZE: the message's verdict is then in $observed.
number=0
deliver() {
	number=$((number + 1))
	python3 "$here/chunks.py" "$(port mx)" "$1" "wire-$number@example.net" <"$tmp/signed.eml" ||
		fail "pieces of $1 octets"
	out=$(m wait --to "wire-$number@example.net" --timeout 20 --json)
	observed=$(m show "$(json "$out" .id)" --json | jq -cS .observed)
}

first=
for order in "" reversed; do
	start_dns "$tmp/full.zone" ${order:+"$tmp/reversed.zone"}
	start_gateway --listen mx=127.0.0.1:0 --dns "$dns" --workers 1
	for size in 100000 1000 7 1; do
		deliver "$size"
		: "${first:=$observed}"
		expect "pieces of $size octets, answers ${order:-in order}" "$observed" "$first"
	done
	stop_gateway
	expect "exit code" "$code" 0
	end_dns
done
expect "the verdict" "$(json "$first" '[.spf.result, .spf_helo.result, .dkim[0].result,
	.dmarc.result, .rdns.result] | join(" ")')" "pass pass pass pass pass"
