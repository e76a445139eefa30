#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The release gate against the running daemon: each outcome and its exit code, waiting, viewpoints,
# policy files with headings, what is wrong with the usage, and every form by a reader of it:
# xmllint for JUnit, prove for TAP, python3 for JSON.
. "$(dirname "$0")/lib.sh"
need python3 openssl jq swaks xmllint prove
need_python dkim
schema=$here/../junit.xsd
export TZ=UTC

for key in app provider; do
	openssl genrsa -out "$tmp/$key.key" 2048 2>/dev/null
done
record() { # KEY
	local public
	public=$(openssl rsa -in "$tmp/$1.key" -pubout -outform DER 2>/dev/null | base64 -w0)
	echo "\"v=DKIM1; k=rsa; p=${public:0:200}\" \"${public:200}\""
}
cat >"$tmp/zone" <<EOF
\$ORIGIN .
\$TTL 300
example.com.                     TXT "v=spf1 ip4:203.0.113.7 -all"
example.com.                     MX  10 mail.example.com.
mail.example.com.                A   203.0.113.7
mail.example.com.                TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa.        PTR mail.example.com.
_dmarc.example.com.              TXT "v=DMARC1; p=reject"
app._domainkey.example.com.      TXT $(record app)
provider._domainkey.example.com. TXT $(record provider)
bounce.example.com.              TXT "v=spf1 ip4:192.0.2.1 -all"
1.2.0.192.in-addr.arpa.          PTR out1.example.net.
out1.example.net.                A   192.0.2.1
\$MAILASSAY SERVFAIL slow.example.
EOF
cat >"$tmp/conf" <<EOF
zones = "$tmp/zone"
listener mx {
	kind = mx
	address = 127.0.0.1
	port = 0
}
listener plain {
	kind = submission
	address = 127.0.0.1
	port = 0
	tls = starttls
	require-auth = no
}
listener routed {
	kind = submission
	address = 127.0.0.1
	port = 0
	tls = starttls
	require-auth = no
	route = provider
}
route provider {
	mode = none
	egress = "192.0.2.1"
	return-path = bounce.example.com
	dkim-domain = example.com
	dkim-selector = provider
}
route unused {
	mode = none
}
EOF
export MAILASSAY_CONF=$tmp/conf

# deliver LISTENER TO SUBJECT [OPTION...]: client=ADDRESS (XCLIENT), from=ADDRESS (reverse-path),
# sign (DKIM), tls, field="NAME: VALUE"; the subject goes into the message as it stands.
cat >"$tmp/deliver.py" <<'EOF'
import os, smtplib, ssl, sys, uuid
port, keys, to, subject, *options = sys.argv[1:]
given = dict((o.split("=", 1) + [""])[:2] for o in options)
fields = [("From", "Shop <shop@example.com>"), ("To", to), ("Subject", subject),
          ("Date", "Mon, 23 Nov 2026 16:00:00 +0000"),
          ("Message-ID", f"<{uuid.uuid4()}@example.com>")]
if "field" in given:
    fields.append(tuple(given["field"].split(": ", 1)))
message = "".join(f"{n}: {v}\r\n" for n, v in fields) + "\r\nHello https://shop.example/reset\r\n"
message = message.encode()
if "sign" in given:
    import dkim
    names = [n.lower().encode() for n, _ in fields]
    message = dkim.sign(message, b"app", b"example.com", open(keys + "/app.key", "rb").read(),
                        canonicalize=(b"relaxed", b"relaxed"), include_headers=names) + message
with smtplib.SMTP("127.0.0.1", int(port), local_hostname="mail.example.com") as server:
    if "tls" in given:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        server.starttls(context=context)
    if "client" in given:
        server.ehlo()
        server.docmd("XCLIENT", f"ADDR={given['client']} HELO=mail.example.com")
        server.ehlo_resp = server.helo_resp = None
    server.sendmail(given.get("from", "shop@example.com"), [to], message)
EOF
deliver() {
	python3 "$tmp/deliver.py" "$(port "$1")" "$tmp" "${@:2}"
}

# gate CODE ARGUMENT...: its output is in $out, its errors in $err.
gate() {
	expect_exit "$1" "$mailassay" --data "$data" gate "${@:2}"
	case $out$err in
	*$'\e'*) fail "gate ${*:2}: an escape sequence: $out$err" ;;
	esac
}
# outcomes ARGUMENT...: the requirements of all messages in a line.
outcomes() {
	"$mailassay" --data "$data" gate --json "$@" 2>/dev/null |
		jq -r '.outcome + ":" + ([.messages[].requirements[] | " \(.name)=\(.outcome)"] | add // "")' ||
		true
}

# Usage comes before the store, which is not there yet.
gate 2
matches "nothing required" "$err" "mailassay gate: *--require*--profile*--policy*"
gate 2 --require "spf=perhaps"
matches "an unknown result" "$err" "mailassay gate: *perhaps*"
gate 2 --require tls --json --tap
gate 2 --require tls --junit - --markdown -
gate 2 --require tls --viewpoint elsewhere
gate 2 --require tls --count none
gate 2 --require tls --timeout soon
gate 2 --profile nobody
matches "an unknown profile" "$err" "*nobody*gmail*"
gate 2 fom:a@example.com --require tls
matches "an unknown key" "$err" "*column 1*"
printf 'tls>=1.2\n\n# a comment\n[subject:newsletter]\nspf=pass splendid\n' >"$tmp/bad.policy"
gate 2 --policy "$tmp/bad.policy"
matches "an unknown assertion" "$err" "*bad.policy:5: *splendid*"
gate 4 --require tls --policy "$tmp/none.policy"
gate 4 --require tls
# Files that cannot be written: found at once, and not after ten minutes.
expect_exit 4 timeout 60 "$mailassay" --data "$data" gate --require tls --timeout 600 \
	--junit "$tmp/none/gate.xml"
matches "no folder" "$err" "*none/gate.xml: cannot write: *"

start_gateway
expect_exit 4 timeout 60 "$mailassay" --data "$data" gate --require tls --timeout 600 --markdown "$tmp"
matches "a folder" "$err" "*cannot write: Is a directory"

# Nothing there: 3 in every form, and never good.
gate 3 --require tls
matches "no message" "$out" "timeout: *expected 1 matching message, got 0*"
gate 3 --require tls --json
expect "no message, JSON" "$out" '{"outcome":"timeout","messages":[]}'
matches "no message, the reason" "$err" "mailassay gate: expected 1 matching message, got 0*"
gate 3 --require tls --junit "$tmp/gate.xml"
xmllint --noout --schema "$schema" "$tmp/gate.xml" 2>"$tmp/err" || fail "JUnit: $(cat "$tmp/err")"
expect "JUnit, errors" "$(grep -c '<error type="timeout"' "$tmp/gate.xml")" 1

# Pass.
deliver mx good@example.net "Welcome" client=203.0.113.7 sign tls
gate 0 to:good@example.net --require 'spf=pass dkim=pass dmarc=pass rdns=pass tls>=1.2' \
	--require 'subject~"welcome" link~https://shop.example/' --utc
matches "pass" "$out" "Welcome
*, shop@example.com to good@example.net, observed
  pass         spf=pass (--require): pass*
pass: 0 failed, 0 unjudged, 7 passed, 0 not applicable, in 1 message"
gate 0 to:good@example.net --profile gmail
gate 3 to:good@example.net --require tls --after now

# Fail, with what was expected, found, why, on what evidence, the reply, and what to do.
deliver mx bad@example.net "Welcome" client=198.51.100.9
gate 1 to:bad@example.net --require 'spf=pass tls>=1.2' --profile gmail
for part in "FAIL         spf=pass (--require)" "expected   " "got        fail" "why        " \
	"evidence   " "reply      Gmail: 550-5.7.26 " "next step  " "FAIL         tls>=1.2"; do
	case $out in
	*"$part"*) ;;
	*) fail "the text lacks \"$part\": $out" ;;
	esac
done
gate 1 to:bad@example.net --require 'spf=pass' --profile gmail --json
python3 - "$out" <<'EOF' || fail "JSON: $out"
import json, sys
whole = json.loads(sys.argv[1])
assert list(whole) == ["outcome", "messages"] and whole["outcome"] == "fail"
for message in whole["messages"]:
    assert list(message) == ["id", "viewpoint", "requirements"] and message["viewpoint"] == "observed"
    for r in message["requirements"]:
        assert list(r) == ["name", "source", "outcome", "expected", "got", "reason", "reply",
                           "remedy", "evidence"], list(r)
        assert r["outcome"] in ("pass", "fail", "unjudged", "not-applicable")
        assert r["outcome"] != "fail" or (r["expected"] and r["reason"] and r["remedy"]), r
first = whole["messages"][0]["requirements"][0]
assert first["name"] == "spf=pass" and first["source"] == "--require" and first["reply"] is None
replies = [r["reply"] for r in whole["messages"][0]["requirements"] if r["source"] == "profile gmail"]
assert any(r and r.startswith("Gmail: 550") for r in replies), replies
EOF
# All that match are judged, whatever the count.
expect "two messages" "$(outcomes --require tls)" "fail: tls=fail tls=pass"

# Unjudged blocks.
deliver mx slow@example.net "Slow" client=203.0.113.7 from=shop@slow.example
gate 1 to:slow@example.net --require spf=pass
matches "unjudged" "$out" "*unjudged     spf=pass (--require)*0 failed, 1 unjudged, 0 passed*"
gate 0 to:slow@example.net --require 'spf=temperror|pass'

# Without a route a staging host's address says nothing; it does not block, and alone is no pass.
deliver plain plain@example.net "Plain" tls
expect "submission without a route" "$(outcomes to:plain@example.net --require 'spf=pass rdns=pass tls')" \
	"pass: spf=pass=not-applicable rdns=pass=not-applicable tls=pass"
gate 1 to:plain@example.net --require spf=pass
matches "not applicable" "$out" "*n/a          spf=pass*egress*nothing was judged*"
# With one it is judged as the receiver will see it.
deliver routed routed@example.net "Routed" tls
expect "predicted" "$(outcomes to:routed@example.net --require 'spf=pass dkim=pass dmarc=pass rdns=pass')" \
	"pass: spf=pass=pass dkim=pass=pass dmarc=pass=pass rdns=pass=pass"
expect "viewpoint" "$(m gate to:routed@example.net --require spf=pass --json |
	jq -r '.messages[0].viewpoint')" predicted
gate 1 to:routed@example.net --require 'dkim=pass' --viewpoint observed
gate 0 to:routed@example.net --require 'dkim=pass' --viewpoint predicted
gate 1 to:routed@example.net --require 'dkim=pass' --viewpoint delivered
matches "not delivered" "$out" "*unjudged     dkim=pass*"

# Waiting: for as many as must come, then all that match.
m gate to:late@example.net --require tls --count 2 --timeout 60 --json >"$tmp/late" &
started+=($!)
waiting=$!
deliver plain late@example.net "One" tls
deliver plain late@example.net "Two" tls
wait "$waiting" || fail "gate --count 2: exit code $?"
started=()
expect "both were judged" "$(jq '.messages | length' "$tmp/late")" 2
gate 3 to:late@example.net --require tls --count 3 --timeout 0.2 --junit "$tmp/gate.xml"
matches "too few" "$out" "*timeout: *expected 3 matching messages, got 2*"
expect "what came is judged" "$(grep -c '<testcase' "$tmp/gate.xml")" 3
gate 0 to:late@example.net --require tls --count 2

# A policy by headings: rules of a heading are for its messages alone, those above for all.
cat >"$tmp/release.policy" <<'EOF'
tls  # every message
[subject:Routed]
spf=pass
[subject:"One"]
dkim=pass
EOF
expect "headings" "$(outcomes subject:Routed --policy "$tmp/release.policy")" \
	"pass: tls=pass spf=pass=pass"
gate 0 subject:Routed --policy "$tmp/release.policy"
matches "a heading without a message" "$out" \
	"*note: *release.policy:4: \[subject:\"One\"\]: no message belongs to it*"
printf '[subject:One]\ntls\n' >"$tmp/nothing.policy"
gate 3 subject:Routed --policy "$tmp/nothing.policy"
matches "headings that nothing belongs to" "$out" "*timeout: *belong to a heading*"
sed -i '/One/,$d' "$tmp/release.policy"
gate 0 subject:Routed --policy "$tmp/release.policy"
# With free words: the index is waited for.
printf 'tls\n[reset]\nlink~/reset$/\n' >"$tmp/words.policy"
expect "words" "$(outcomes to:routed@example.net hello --policy "$tmp/words.policy")" \
	"pass: tls=pass link~/reset\$/=pass"
gate 3 "to:routed@example.net" neverseen --require tls

# Hostile texts in every form.
evil="]]> | <script>alert(1)</script> \`code\` ::error::%0A # SKIP =?utf-8?Q?=1B[31m=0D=0A::error_title=3Dx::y=0Anot_ok_9?="
deliver mx evil@example.net "$evil" client=198.51.100.9
gate 1 to:evil@example.net --require 'spf=pass subject~"nothing" tls<=1.3 subject' \
	--junit "$tmp/evil.xml" --markdown "$tmp/evil.md"
xmllint --noout --schema "$schema" "$tmp/evil.xml" 2>"$tmp/err" || fail "JUnit: $(cat "$tmp/err")"
python3 - "$tmp/evil.xml" <<'EOF' || fail "JUnit: $(cat "$tmp/evil.xml")"
import sys
import xml.etree.ElementTree as tree
suite, = tree.parse(sys.argv[1]).iter("testsuite")
assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "3", "0"), suite.attrib
assert "<script>alert(1)</script>" in suite.get("name"), suite.get("name")
for failure in suite.iter("failure"):
    assert failure.get("message") and failure.text.startswith("expected: "), failure.text
EOF
if grep -q '<script\|[^\\]|[^ ]\|[^\\]`code' "$tmp/evil.md"; then
	fail "Markdown: $(cat "$tmp/evil.md")"
fi
expect "rows" "$(grep -c '^| ' "$tmp/evil.md")" 6
gate 1 to:evil@example.net --require 'spf=pass subject' --github
expect "commands" "$(cut -d' ' -f1 <<<"$out" | paste -sd' ')" "::error ::notice"
matches "percent" "$out" "::error title=*%3A%3Aerror%3A%3A%250A*::expected: *%0Agot: *"
cat >"$tmp/gate.t" <<EOF
exec "$mailassay" --data "$data" gate --tap "\$@"
EOF
proves() { # CODE ARGUMENT...
	expect_exit "$1" prove --exec bash "$tmp/gate.t" :: "${@:2}"
}
proves 0 to:good@example.net to:good@example.net --require 'spf=pass tls'
proves 0 to:plain@example.net --require 'spf=pass tls'
matches "skipped" "$out" "*Tests=2,*Result: PASS*"
proves 1 to:evil@example.net --require 'spf=pass subject~"nothing" subject'
matches "prove" "$out" "*Failed tests:  1-2*Tests=3,*Result: FAIL*"
proves 1 to:plain@example.net --require spf=pass
matches "nothing applicable" "$out" "*Failed test:  2*"
proves 1 to:nobody@example.net --require spf=pass

# "-" is standard output, which is then whole and alone.
gate 1 to:bad@example.net --require tls --junit -
xmllint --noout --schema "$schema" "$tmp/out" 2>"$tmp/err" || fail "JUnit: $(cat "$tmp/err")"
gate 0 to:good@example.net --require tls --markdown -
matches "Markdown" "$out" "### mailassay gate: * pass*#### Welcome*| * pass | tls | --require | *"
stop_cleanly

# The store is enough.
gate 0 to:good@example.net --require 'dmarc=pass tls>=1.2'
