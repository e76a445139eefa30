#!/bin/bash
# SPDX-License-Identifier: ISC
#
# testssl.sh, which knows the vulnerabilities of TLS servers, against a STARTTLS and an implicit
# listener. Nothing above severity LOW may come out but what a private CA cannot have: the address
# of a revocation list. Where this version gives a grade it must be A.
. "$(dirname "$0")/../system/lib.sh"
need testssl openssl jq

start_gateway $(default_listeners)
m ca >"$tmp/ca.pem"
for listener in submission submissions; do
	options=()
	[ $listener = submissions ] || options=(--starttls smtp)
	# Its exit code counts what it found; the findings are judged below.
	testssl --quiet --color 0 --warnings batch --add-ca "$tmp/ca.pem" --openssl "$(command -v openssl)" \
		--jsonfile "$tmp/$listener.json" "${options[@]}" "localhost:$(port $listener)" \
		</dev/null >"$tmp/$listener.out" 2>&1 || true
	jq -e 'length > 50' "$tmp/$listener.json" >/dev/null ||
		fail "testssl.sh did not finish: $(tail -n 5 "$tmp/$listener.out")"
	bad=$(jq -r '.[] | select(.severity | IN("MEDIUM", "HIGH", "CRITICAL", "FATAL"))
		| select(.id != "cert_revocation") | "\(.id): \(.finding)"' "$tmp/$listener.json")
	expect "findings on $listener" "$bad" ""
	grade=$(jq -r '.[] | select(.id == "overall_grade") | .finding' "$tmp/$listener.json")
	matches "the grade on $listener" "${grade:-A (this version gives none)}" "A*"
	jq -r --arg l $listener '[.[].severity] | group_by(.) | map("\(.[0]) \(length)") | "\($l): " + join(", ")' \
		"$tmp/$listener.json"
done
stop_gateway
expect "exit code" "$code" 0
