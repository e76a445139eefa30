#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Every finding that "explain --list" names: a real client raises it (findings.py), and the session
# or the message tells of it; or it is not a client's to raise, and the test that has it is named
# below. A finding that is added without either fails here.
. "$(dirname "$0")/lib.sh"
need python3 swaks openssl jq

zone=$tmp/none.zone
# shellcheck disable=SC2016
printf '$ORIGIN .\n@ 60 IN TXT "nothing else"\n' >"$zone"

# Findings of domains' records, of signatures and of addresses' names: FILE below tests, and the
# ids that it names.
elsewhere="
scenario/dkim-several.scenario dkim-too-many
scenario/dkim-signed.scenario dkim-weak-key dkim-body-length
scenario/dkim-findings.scenario dkim-field-unsigned dkim-not-oversigned
scenario/dmarc-rfc9989.scenario dmarc-several-records dmarc-malformed dmarc-policy-missing
scenario/dmarc-rfc9989.scenario dmarc-obsolete-tag psl-differs
scenario/rdns-names.scenario rdns-generic
system/opinions.sh receivers-disagree
system/lint.sh spf-missing spf-several-records spf-syntax spf-lookup-limit spf-void-lookups
system/lint.sh spf-plus-all spf-no-all spf-ptr spf-include-invalid spf-term-ignored
system/lint.sh dkim-key-missing dkim-key-malformed dkim-key-revoked dkim-key-testing
system/lint.sh dmarc-missing dmarc-not-enforced dmarc-unknown-tag dmarc-no-reports
system/lint.sh dmarc-report-address dmarc-rua-unauthorized mx-invalid outside-zone lookup-failed
"

at='address = "127.0.0.1" port = 0'

# clients GROUP CONFIGURATION: runs them against a gateway of their own, on the one store.
clients() {
	printf '%s\n' "opinion = off" "$2" >"$tmp/gateway.conf"
	start_gateway -c "$tmp/gateway.conf" --zone "$zone"
	python3 "$here/findings.py" "$1" "$tmp/ports" "$tmp/old.pem" "$tmp/old.key" >>"$tmp/cases" ||
		fail "clients: $1"
	stop_gateway
	expect "exit code" "$code" 0
}

# A client's certificate that has expired.
expired_certificate old.example "$tmp/old.key" "$tmp/old.pem"

clients plain "
bad-commands = 3
idle-commands = 10
user app { password = 'staging-secret' }
listener mx { kind = mx $at max-message-size = 4K max-recipients = 2 }
listener behind { kind = mx $at proxy = required }
listener submission { kind = submission $at }
listener clear { kind = submission $at tls = starttls }
listener submissions { kind = submissions $at }
listener weak { kind = mx $at max-tls = '1.2' ciphers = 'ECDHE-ECDSA-AES128-SHA' }
listener asking { kind = submissions $at client-certificate = request }
listener self-signed { kind = submissions $at certificate = self-signed }"
mx="listener mx { kind = mx $at max-message-size = 60K }"
clients slow "line-timeout = 500ms command-timeout = 1s session-timeout = 3s $mx"
clients address "max-connections-per-address = 2 $mx"
clients many "max-connections = 2 $mx"
clients rate "rate-per-address = 2 $mx"
clients buffers "max-buffered = 64K $mx"

# {"ADDRESS":["ID", ...], ...}: what was found of each client, session and messages together.
found=$({
	m sessions --limit 1000 --json
	m list --limit 1000 --json
} | jq -cs 'group_by(.client.ip) | map({key: .[0].client.ip, value: map(.findings[].id) | unique}) | from_entries')

# client ID ADDRESS: a client's finding, as told by one who asks.
client() {
	json "$found" ".\"$2\" // [] | index(\"$1\") != null"
}

mentioned() { # FILE ID
	grep -Eq "(^|[^a-z-])$2([^a-z-]|$)" "$here/../$1"
}

count=0
while read -r id; do
	address=$(awk -v id="$id" '$1 == id {print $2}' "$tmp/cases")
	file=$(awk -v id="$id" '{for (i = 2; i <= NF; i++) if ($i == id) print $1}' <<<"$elsewhere")
	if [ -n "$address" ]; then
		expect "$id of the client $address" "$(client "$id" "$address")" true
		expect "$id, which a client raises, is elsewhere too" "$file" ""
	elif [ -n "$file" ]; then
		mentioned "$file" "$id" || fail "$id: tests/$file does not name it"
	else
		fail "$id: no client raises it, and no other test is named that has it"
	fi
	count=$((count + 1))
done < <(m explain --list findings --json | jq -r .id)
[ $count -gt 80 ] || fail "only $count findings are listed"

# No case for what there is not.
while read -r id _; do
	[ "$id" = clean ] || m explain "$id" >/dev/null || fail "there is no finding $id"
done <"$tmp/cases"
expect "findings of the client that does nothing wrong" \
	"$(json "$found" ".\"$(awk '$1 == "clean" {print $2}' "$tmp/cases")\"[]")" ""
# Each as it is shown with its message.
address=$(awk '$1 == "duplicate-field" {print $2}' "$tmp/cases")
id=$(m list --limit 1000 --json | jq -r "select(.client.ip == \"$address\") | .id")
matches "duplicate-field" "$(m show "$id" --json |
	jq -r '.findings[] | select(.id == "duplicate-field") | .text')" "*Subject (2 times)*"
