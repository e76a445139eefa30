#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What the provider of a route will make of a message, beside what the staging host's connection
# shows: SPF from its addresses, alignment of its return-path, its selector's key, the name of its
# address. The same without a gateway by check message --route, and nothing without a route.
. "$(dirname "$0")/lib.sh"
need swaks openssl jq

public_key() { # BITS
	openssl genrsa "$1" 2>/dev/null | openssl rsa -pubout -outform DER 2>/dev/null | base64 -w0
}
strong=$(public_key 2048)
cat >"$tmp/zone" <<EOF
\$ORIGIN .
\$TTL 300
example.com.                  TXT "v=spf1 include:_spf.example.net -all"
_dmarc.example.com.           TXT "v=DMARC1; p=reject"
bounce.example.com.           TXT "v=spf1 include:_spf.example.net -all"
_spf.example.net.             TXT "v=spf1 ip4:192.0.2.1 ip4:192.0.2.128/25 ~all"
example.net.                  TXT "v=spf1 include:_spf.example.net -all"
1.2.0.192.in-addr.arpa.       PTR out1.example.net.
out1.example.net.             A   192.0.2.1
out1.example.net.             TXT "v=spf1 a -all"
129.2.0.192.in-addr.arpa.     PTR lost.example.net.
s1._domainkey.example.com.    TXT "v=DKIM1; k=rsa; p=${strong:0:200}" "${strong:200}"
weak._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=$(public_key 1024)"
EOF

# A listener and a route of each name, with the route's options.
cat >"$tmp/conf" <<EOF
zones = "$tmp/zone"
opinion = off
listener mx {
	kind = mx
	address = 127.0.0.1
	port = 0
}
EOF
route() { # NAME OPTION...
	local name=$1
	shift
	cat >>"$tmp/conf" <<EOF
listener $name {
	kind = submission
	address = 127.0.0.1
	port = 0
	tls = starttls
	require-auth = no
	route = $name
}
route $name {
$(printf '\t%s\n' "$@")
}
EOF
}
route whole 'mode = none' 'egress = "192.0.2.1"' 'return-path = bounce.example.com' \
	'dkim-domain = example.com' 'dkim-selector = s1'
route list 'egress = { "192.0.2.1", "192.0.2.200" }'
route stranger 'egress = "198.51.100.1"'
route record 'egress = "spf:example.net"'
route norecord 'egress = "spf:nothing.example.org"' 'return-path = bounce.example.com'
route unaligned 'egress = "192.0.2.1"' 'return-path = example.net'
route weak 'dkim-selector = weak'
route missing 'egress = "192.0.2.1"' 'return-path = example.net' 'dkim-selector = none'
route unconfirmed 'egress = "192.0.2.129"'
export MAILASSAY_CONF=$tmp/conf

message "predicted" >"$tmp/mail.eml"

# send LISTENER [MAIL-FROM]: the message as JSON is then in $out.
number=0
send() {
	number=$((number + 1))
	case_name="route $1"
	swaks --server 127.0.0.1 --port "$(port "$1")" --helo app.example.com \
		--from "${2-app@example.com}" --to "case-$number@example.net" \
		--data "@$tmp/mail.eml" >"$tmp/swaks" </dev/null || fail "$(cat "$tmp/swaks")"
	out=$(m wait --to "case-$number@example.net" --timeout 20 --json)
}

# predicted SPF SPF-HELO DKIM DMARC RDNS
predicted() {
	expect "$case_name, spf spf_helo dkim dmarc rdns" \
		"$(json "$out" '.predicted | [.spf, .spf_helo, .dkim[0], .dmarc, .rdns]
			| map(if . == null then "null" else .result end) | join(" ")')" "$*"
}
fact() {
	expect "$case_name, $1" "$(json "$out" "$2")" "$3"
}

start_gateway

send whole
predicted pass pass pass pass pass
fact "name" .predicted.route whole
fact "SPF domain" .predicted.spf.domain bounce.example.com
fact "SPF mechanism" .predicted.spf.mechanism 'include:_spf.example.net -> ip4:192.0.2.1'
fact "SPF identity of HELO" .predicted.spf_helo.domain out1.example.net
fact "DMARC" '.predicted.dmarc | "\(.spf_aligned) \(.dkim_aligned) \(.disposition)"' 'true true none'
fact "rDNS" '.predicted.rdns | "\(.ip) \(.confirmed)"' '192.0.2.1 out1.example.net'
fact "the coming signature" '.predicted.dkim[0]
	| "\(.predicted) \(.domain) \(.selector) \(.algorithm) \(.bits) \(.signed_headers)"' \
	'true example.com s1 rsa-sha256 2048 []'
fact "what it has not yet" '.predicted.dkim[0] | [.canonicalization, .body_length, .expires_at]
	| map(. == null) | all' true
matches "the coming signature's reason" "$(json "$out" '.predicted.dkim[0].reason')" \
	'the provider can sign: the key at s1._domainkey.example.com *2048*'
fact "what the connection shows" '.observed | [.spf, .dmarc, .rdns] | map(.result) | join(" ")' \
	'fail fail permerror'
fact "no signature is there" .observed.dkim '[]'
expect "show" "$(m show "$(json "$out" .id)" --json | jq -c .predicted)" \
	"$(json "$out" '.predicted | tojson')"
expect_exit 0 "$mailassay" --data "$data" check again "$(json "$out" .id)"

send list
predicted pass none null pass permerror
fact "the address that fares worst" .predicted.rdns.ip 192.0.2.200
send stranger
predicted fail none null fail permerror
matches "the reason" "$(json "$out" .predicted.spf.reason)" '*198.51.100.1*'
fact "disposition" .predicted.dmarc.disposition reject

send record
predicted pass pass null pass pass
fact "address" .predicted.rdns.ip 192.0.2.1
send norecord
predicted permerror none null fail none
fact "SPF domain" .predicted.spf.domain bounce.example.com
fact "no address" .predicted.rdns.ip null
matches "the reason" "$(json "$out" .predicted.spf.reason)" \
	'*"spf:nothing.example.org" gives no address: *publishes no SPF record; list *'

send unaligned
predicted pass pass null fail pass
fact "alignment" .predicted.dmarc.spf_aligned false
send missing
predicted pass pass permerror fail pass
send weak
predicted null null pass pass null
fact "bits" '.predicted.dkim[0].bits' 1024
fact "finding" '[.findings[].id] | index("dkim-weak-key") != null' true
send unconfirmed
predicted pass none null pass fail

# The null reverse-path is the name of the provider's address where no return-path is given.
send record '<>'
predicted pass pass null fail pass
fact "SPF domain" .predicted.spf.domain out1.example.net
send whole '<>'
fact "SPF domain" .predicted.spf.domain bounce.example.com

send mx
fact "mx has no route" .predicted null
stop_gateway

# One route alone is that of --listen's submission listeners too.
cat >"$tmp/one.conf" <<EOF
zones = "$tmp/zone"
opinion = off
route only { egress = "192.0.2.1" }
EOF
MAILASSAY_CONF=$tmp/one.conf start_gateway --listen mx=127.0.0.1:0 --listen submission=127.0.0.1:0
swaks --server 127.0.0.1 --port "$(port submission)" --tls --auth PLAIN --auth-user app \
	--auth-password x --from app@example.com --to only@example.net --data "@$tmp/mail.eml" \
	>"$tmp/swaks" </dev/null || fail "$(cat "$tmp/swaks")"
out=$(m wait --to only@example.net --timeout 20 --json)
case_name="the only route"
predicted pass pass null pass pass
fact "name" .predicted.route only
send mx
fact "mx has no route" .predicted null
stop_gateway

# Without a gateway.
case_name="check message"
out=$(m check message "$tmp/mail.eml" --mail-from app@example.com --route whole --json)
predicted pass pass pass pass pass
fact "name" .predicted.route whole
out=$(MAILASSAY_CONF=$tmp/one.conf m check message "$tmp/mail.eml" --json)
fact "nothing without --route" .predicted null
expect_exit 2 m check message "$tmp/mail.eml" --route nowhere
matches "an unknown route" "$err" \
	'mailassay check message: --route: expected one of: whole, list, *, got "nowhere"; *'
expect_exit 2 m -c /dev/null check message "$tmp/mail.eml" --route whole
matches "no route at all" "$err" '*which has none, got "whole"; *'

printf 'route x {\n\tmode = live\n}\n' >"$tmp/live.conf"
expect_exit 2 m -c "$tmp/live.conf" serve
matches "a route that would send" "$err" "*$tmp/live.conf:2: *only predicts; expected mode = none"
