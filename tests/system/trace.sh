#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The trace fields that show puts in front of a message: the rest stays octet for octet what came,
# Received says how it came, and python3-authres reads in Authentication-Results the verdict that
# show --json states. And the stored evidence as text.
. "$(dirname "$0")/lib.sh"
need swaks python3 openssl jq sqlite3
need_python dkim authres

for key in one two; do
	openssl genrsa -out "$tmp/$key.key" 2048 2>/dev/null
	declare "$key=$(openssl rsa -in "$tmp/$key.key" -pubout -outform DER 2>/dev/null | base64 -w0)"
done
cat >"$tmp/world.zone" <<EOF
\$ORIGIN .
\$TTL 300
example.com.                 TXT "v=spf1 ip4:203.0.113.0/24 -all"
mail.example.com.            A   203.0.113.7
mail.example.com.            TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa.    PTR mail.example.com.
_dmarc.example.com.          TXT "v=DMARC1; p=reject"
one._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=${one:0:200}" "${one:200}"
two._domainkey.example.com.  TXT "v=DKIM1; k=rsa; p=${two:0:200}" "${two:200}"
EOF
message "traced" | sed 's/$/\r/' >"$tmp/plain.eml"
python3 - "$tmp" <<'EOF'
import sys, dkim
tmp = sys.argv[1]
message = open(tmp + "/plain.eml", "rb").read()
for name in "two", "one":
    key = open("%s/%s.key" % (tmp, name), "rb").read()
    message = dkim.sign(message, name.encode(), b"example.com", key,
                        include_headers=[b"from", b"subject"]) + message
open(tmp + "/signed.eml", "wb").write(message)
EOF
sed 's/^Subject: traced/Subject: retraced/' "$tmp/signed.eml" >"$tmp/broken.eml"
{
	printf 'Authentication-Results: elsewhere.example; dkim=pass header.d=bank.example\r\n'
	cat "$tmp/plain.eml"
} >"$tmp/with-results.eml"
printf '\r\nOnly a body.\r\n' >"$tmp/no-header.eml"

# Reads $tmp/fields by python3-authres and compares it with the JSON form and the source; Received,
# unfolded, is then in $tmp/received.
cat >"$tmp/oracle.py" <<'EOF'
import authres, authres.dkim_b, authres.dmarc, json, re, sys

tmp = sys.argv[1]
fields = open(tmp + "/fields", "rb").read().decode("ascii")
message = json.load(open(tmp + "/json"))
observed = message["observed"]


def expect(what, got, wanted):
    if got != wanted:
        sys.exit("%s: got %r, expected %r" % (what, got, wanted))


lines = fields.split("\r\n")
expect("the end", lines.pop(), "")
for line in lines:
    if "\n" in line or "\r" in line or not line.strip() or len(line.expandtabs()) > 78:
        sys.exit("a line: %r" % line)
unfolded = re.sub("\r\n(?=[ \t])", "", fields).split("\r\n")[:-1]
expect("names of fields", [f.split(":")[0] for f in unfolded],
       ["Authentication-Results", "Received"])
open(tmp + "/received", "w").write(re.sub("[ \t]+", " ", unfolded[1]))


def unescape(reason):
    return None if reason is None else re.sub(r"\\(.)", r"\1", reason)


parsed = authres.FeatureContext(authres.dkim_b, authres.dmarc).parse(unfolded[0])
got = [(r.method, r.result, unescape(r.reason),
        {p.type + "." + p.name: p.value for p in r.properties}) for r in parsed.results]
wanted = []


def add(method, verdict, **properties):
    reason = None if verdict["result"] == "pass" else verdict["reason"]
    wanted.append((method, verdict["result"], reason,
                   {k.replace("_", "."): v for k, v in properties.items() if v is not None}))


helo = observed["spf_helo"]
add("spf", observed["spf"], smtp_mailfrom=observed["spf"]["domain"])
add("spf", helo, smtp_helo=helo["domain"] or message["client"]["helo"])
source = re.sub(rb"\r\n(?=[ \t])", b"", open(tmp + "/raw", "rb").read())
signatures = re.findall(rb"(?m)^DKIM-Signature:(.*)$", source)
expect("signatures", len(observed["dkim"]), len(signatures))
for d, signature in zip(observed["dkim"], signatures):
    part = re.sub(rb"\s", b"", re.search(rb"[; ]b=([^;]*)", signature).group(1)).decode()[:8]
    given = re.search(rb"[; ]i=([^; ]*)", signature)
    add("dkim", d, header_d=d["domain"], header_i=given and given.group(1).decode(),
        header_a=d["algorithm"], header_s=d["selector"],
        header_b=part if len(signatures) > 1 else None)
if not signatures:
    wanted.append(("dkim", "none", None, {}))
add("dmarc", observed["dmarc"], header_from=observed["dmarc"]["from_domain"],
    policy_dmarc=observed["dmarc"]["disposition"])
add("iprev", observed["rdns"], policy_iprev=observed["rdns"]["ip"])
if message["auth"]:
    wanted.append(("auth", "pass", None, {"smtp.auth": message["auth"]["user"]}))
expect("results", got, wanted)
EOF

start_gateway $(default_listeners) --zone "$tmp/world.zone"
host=$(uname -n)

# check ID: cuts the fields off and compares each part.
check() {
	m show "$1" --raw >"$tmp/raw"
	m show "$1" --raw --with-trace >"$tmp/traced"
	m show "$1" --json >"$tmp/json"
	expect "--raw is what is stored" "$(od -An -v -tx1 "$tmp/raw" | tr -d " \n" | tr a-f A-F)" \
		"$(sql "SELECT hex(bytes) FROM source JOIN message ON number = message WHERE id = '$1'")"
	head -c "-$(stat -c %s "$tmp/raw")" "$tmp/traced" >"$tmp/fields"
	tail -c "$(stat -c %s "$tmp/raw")" "$tmp/traced" | cmp - "$tmp/raw" ||
		fail "the message behind the fields differs"
	expect "the first line" "$(head -n1 "$tmp/fields")" "Authentication-Results: $host;"$'\r'
	python3 "$tmp/oracle.py" "$tmp" || fail "the trace fields: $(cat "$tmp/fields")"
	received=$(cat "$tmp/received")
}

# send LISTENER FILE TO [SWAKS-ARGUMENT...]: the id is then in $id.
send() {
	swaks --server 127.0.0.1 --port "$(port "$1")" --from app@example.com --to "$3" \
		--data "@$2" "${@:4}" </dev/null >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
	id=$(m list --limit 1 --json | jq -r .id)
}
date='???, [0-9]* ??? 20?? ??:??:?? +0000'
as_mail=(--xclient-addr 203.0.113.7 --xclient-helo mail.example.com --helo mail.example.com)

send mx "$tmp/signed.eml" one@example.net "${as_mail[@]}"
check "$id"
expect "two signatures" "$(jq -r '[.observed.dkim[].result]|join(" ")' "$tmp/json")" "pass pass"
matches "Received" "$received" "Received: from mail.example.com (mail.example.com [[]203.0.113.7]) by \
$host (mailassay) with ESMTP id $id for <one@example.net>; $date"

send mx "$tmp/broken.eml" one@example.net,two@example.net "${as_mail[@]}" --tls
check "$id"
expect "broken signatures" "$(jq -r '[.observed.dkim[].result]|join(" ")' "$tmp/json")" "fail fail"
matches "Received" "$received" "Received: from mail.example.com (mail.example.com [[]203.0.113.7]) by \
$host (mailassay) with ESMTPS (TLSv1.3 cipher TLS_*) id $id tls TLS_*; $date"

send mx "$tmp/plain.eml" one@example.net --xclient-addr IPV6:2001:db8::8 \
	--xclient-helo '[IPv6:2001:db8::8]' --helo '[IPv6:2001:db8::8]'
check "$id"
matches "Received" "$received" "Received: from [[]IPv6:2001:db8::8] ([[]IPv6:2001:db8::8]) by *"

send mx "$tmp/plain.eml" one@example.net --protocol SMTP --helo mail.example.com
check "$id"
matches "Received" "$received" "Received: from mail.example.com ([[]127.0.0.1]) by $host (mailassay) \
with SMTP id $id *"

send submission "$tmp/with-results.eml" one@example.net --tls --auth PLAIN \
	--auth-user 'api key; x' --auth-password secret --helo app.example.com
check "$id"
matches "Received" "$received" "* with ESMTPSA (TLSv1.3 cipher TLS_*) id $id for *"
matches "the user" "$(tr -d '\r\n' <"$tmp/fields")" '*auth=pass smtp.auth="api key; x"*'
matches "the field that came" "$(head -n1 "$tmp/raw")" \
	'Authentication-Results: elsewhere.example;*'

send mx "$tmp/no-header.eml" one@example.net "${as_mail[@]}"
check "$id"

# The same fields each time, and without the gateway.
m show "$id" --raw --with-trace | cmp - "$tmp/traced" || fail "the fields differ from call to call"
stop_gateway
m show latest --with-trace --raw | cmp - "$tmp/traced" ||
	fail "the fields differ without a gateway"

# The evidence, and the forms that exclude each other.
expect_exit 0 m show "$id" --evidence
matches "the evidence" "$out" '*example.com.*TXT*v=spf1 ip4:203.0.113.0/24 -all*'
expect "what is stored of it" "$out" \
	"$(sql "SELECT text FROM evidence JOIN message ON number = message WHERE id = '$id'")"
for flags in --with-trace '--with-trace --json' '--with-trace --evidence' '--evidence --raw' \
	'--evidence --json' '--evidence --transcript' '--raw --with-trace --json'; do
	expect_exit 2 m show latest $flags
	matches "$flags" "$err" 'mailassay show: *expected *'
	expect "what $flags prints" "$out" ""
done
