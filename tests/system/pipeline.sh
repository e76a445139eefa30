#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The pipeline of contrib/examples, run as it stands: an application sends a good newsletter and the
# gate lets it pass; each of twelve faults is caught, with the requirement that catches it, the
# receiver's reply where it has one, the exit code, and JUnit that says the same.
. "$(dirname "$0")/lib.sh"
need python3 openssl xmllint
need_python dkim
examples=$here/../../contrib/examples
export KEYS=$tmp MAILASSAY=$mailassay

for key in app:2048 weak:512 provider1:2048; do
	openssl genrsa -out "$tmp/${key%:*}.key" "${key#*:}" 2>/dev/null
done
record() { # KEY
	local public
	public=$(openssl rsa -in "$tmp/$1.key" -pubout -outform DER 2>/dev/null | base64 -w0)
	echo "\"v=DKIM1; k=rsa; p=${public:0:200}\" \"${public:200}\""
}
cat >"$tmp/good.zone" <<EOF
\$ORIGIN .
\$TTL 300
provider.example.                 TXT "v=spf1 ip4:203.0.113.7 -all"
bounces.provider.example.         TXT "v=spf1 include:provider.example -all"
mta7.provider.example.            A   203.0.113.7
7.113.0.203.in-addr.arpa.         PTR mta7.provider.example.
example.com.                      MX  10 mail.example.com.
_dmarc.example.com.               TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
provider1._domainkey.example.com. TXT $(record provider1)
app._domainkey.example.com.       TXT $(record app)
weak._domainkey.example.com.      TXT $(record weak)
app._domainkey.other.example.     TXT $(record app)
EOF
# Where the application signs, the provider does not.
grep -v dkim- "$examples/release-gate.conf" >"$tmp/signed.conf"
sed 's/kind = submission/&  tls = starttls  require-auth = no/' "$tmp/signed.conf" >"$tmp/plain.conf"

# run_gate ZONE CONFIGURATION FAULT: the gate's exit code is in $code, its results in $tmp/gate.xml.
run_gate() {
	code=0
	rm -f "$tmp/gate.xml"
	GATE_SERVE="--zone $tmp/$1.zone" GATE_JUNIT=$tmp/gate.xml \
		"$examples/release-gate.sh" "$2" "$examples/release.policy" \
		/usr/bin/python3 "$here/application.py" "$3" >"$tmp/gate.out" 2>&1 || code=$?
	[ -s "$tmp/gate.xml" ] || fail "$3: no JUnit: $(cat "$tmp/gate.out")"
	xmllint --noout --schema "$here/../junit.xsd" "$tmp/gate.xml" 2>"$tmp/err" ||
		fail "$3: JUnit: $(cat "$tmp/err")"
}
good() { # CONFIGURATION FAULT
	run_gate good "$1" "$2"
	expect "$2: exit code ($(cat "$tmp/gate.out"))" "$code" 0
	expect "$2: failures in JUnit" "$(grep -c '<failure\|<error' "$tmp/gate.xml")" 0
}
faults=0
# caught WHAT ZONE CONFIGURATION FAULT NAME REPLY: by the requirement NAME with the reply.
caught() {
	faults=$((faults + 1))
	run_gate "$2" "$3" "$4"
	expect "$1: exit code ($(cat "$tmp/gate.out"))" "$code" 1
	python3 - "$tmp/gate.xml" "$5" "$6" <<'EOF' || fail "$1: $(cat "$tmp/gate.out")"
import sys
import xml.etree.ElementTree as tree

path, name, reply = sys.argv[1:]
said = ["".join(failure.itertext()) + failure.get("message", "")
        for case in tree.parse(path).iter("testcase") for failure in case.findall("failure")
        if name in case.get("name")]
sys.exit(not any(reply in text for text in said) and f"JUnit: {name!r} with {reply!r}: {said}")
EOF
	grep -qF -- "$6" "$tmp/gate.out" || fail "$1: the reply is not shown: $(cat "$tmp/gate.out")"
}
zone_without() { # NAME PATTERN
	grep -v -- "$2" "$tmp/good.zone" >"$tmp/$1.zone"
}
zone_without no-dmarc '^_dmarc'
zone_without no-key '^provider1'
zone_without no-ptr 'PTR'
sed 's/^bounces.*/bounces.provider.example. TXT "v=spf1 ip4:203.0.113.8 ~all"/' "$tmp/good.zone" \
	>"$tmp/softfail.zone"

good "$examples/release-gate.conf" ""
good "$tmp/signed.conf" signed

caught "no DKIM" good "$tmp/signed.conf" "" dkim "550-5.7.30"
caught "unaligned DKIM" good "$tmp/signed.conf" unaligned-dkim alignment "5.7.32"
caught "SPF softfail" softfail "$tmp/signed.conf" signed spf "550-5.7.27"
caught "no DMARC" no-dmarc "$tmp/signed.conf" signed dmarc-record "550-5.7.40"
caught "weak key" good "$tmp/signed.conf" weak-key dkim "550-5.7.30"
caught "plain text" good "$tmp/plain.conf" plain-text tls "5.7.29"
caught "expired signature" good "$tmp/signed.conf" expired dkim "550-5.7.30"
caught "two From fields" good "$examples/release-gate.conf" two-from from "550-5.7.1"
caught "no Message-ID" good "$examples/release-gate.conf" no-message-id message-id "550-5.7.1"
caught "no one-click" good "$examples/release-gate.conf" no-one-click one-click ""
caught "key not published" no-key "$examples/release-gate.conf" "" dkim "550-5.7.30"
caught "no PTR" no-ptr "$tmp/signed.conf" signed ptr "5.7.25"
expect "faults" "$faults" 12

# An application that fails is told apart from mail that would bounce.
code=0
"$examples/release-gate.sh" "$examples/release-gate.conf" "$examples/release.policy" false \
	>"$tmp/gate.out" 2>&1 || code=$?
expect "the application fails" "$code" 4
grep -q 'release-gate.sh: the command failed: false (exit code 1)' "$tmp/gate.out" ||
	fail "the application fails: $(cat "$tmp/gate.out")"

# Mail that does not come: 3, and nothing is said to be good.
code=0
GATE_TIMEOUT=0.1 "$examples/release-gate.sh" "$examples/release-gate.conf" \
	"$examples/release.policy" true >"$tmp/gate.out" 2>&1 || code=$?
expect "no mail" "$code" 3
