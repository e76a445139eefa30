#!/bin/bash
# SPDX-License-Identifier: ISC
#
# explain: whatever the program can answer, and whatever it lists, can be explained; its forms and
# exit codes; nothing that is pasted steers the terminal.
. "$(dirname "$0")/lib.sh"
need jq
source=$here/../..

# Every reply in the sources: "NNN, "X.Y.Z"" as in SMTP_REPLY and in the tables.
grep -rhoE '\b[2-5][0-9]{2},[[:space:]]*"[245]\.[0-9]+\.[0-9]+"' "$source/lib/smtp" \
	"$source/lib/mail" "$source/src" | tr -d ' ,\t' | sort -u >"$tmp/pairs"
grep -rhoE 'SMTP_REPLY\([2-5][0-9]{2}' "$source/lib" "$source/src" | grep -oE '[0-9]+' |
	sort -u >"$tmp/codes"
grep -rhoE '"[245]\.[0-9]{1,2}\.[0-9]{1,3}"' "$source/lib/smtp" "$source/lib/mail" "$source/src" |
	tr -d '"' | sort -u >"$tmp/statuses"
cut -d'"' -f1 "$tmp/pairs" >>"$tmp/codes"
[ "$(wc -l <"$tmp/pairs")" -gt 20 ] || fail "only $(wc -l <"$tmp/pairs") replies in the sources"
while read -r word; do
	expect_exit 0 m explain "$word"
	matches "the reply code $word" "$out" "$word*reference *RFC*"
	case $out in *"No standard has"*) fail "$word is in no table" ;; esac
done < <(sort -u "$tmp/codes")
while read -r word; do
	expect_exit 0 m explain "$word"
	case $out in *"registry has no such"*) fail "$word is in no table" ;; esac
done <"$tmp/statuses"

# Whatever stands in a table is explained by its own name.
expect_exit 0 m explain --list --json
cp "$tmp/out" "$tmp/all"
expect "kinds" "$(jq -r .kind "$tmp/all" | uniq | tr '\n' ' ')" \
	"finding reply status result provider receiver "
while read -r word; do
	m explain "$word" >/dev/null || fail "explain $word does not know it"
done < <(jq -r 'if .kind == "finding" then .id elif .kind == "reply" then .code
	elif .kind == "status" then .status | sub("X"; "5")
	elif .kind == "result" then "\(.check)=\(.result)"
	elif .kind == "provider" then .replies[0] | sub("-[0-9]+$"; "")
	else empty end' "$tmp/all" | sort -u)
for table in findings replies status results providers receivers; do
	expect_exit 0 m explain --list "$table" --json
	expect "kinds of $table" "$(jq -r .kind "$tmp/out" | sort -u | wc -l)" 1
	count=$(wc -l <"$tmp/out")
	expect_exit 0 m explain --list "$table"
	expect "lines of $table" "$(wc -l <"$tmp/out")" $((count + 1))
done

# Replies as they stand in logs.
expect_exit 0 m explain $'550-5.7.26 This mail has been blocked because the sender is\n550-5.7.26' \
	'unauthenticated. Gmail requires all senders to authenticate with either 550-5.7.26 SPF or DKIM.'
matches "a reply of several lines" "$out" \
	"Gmail: 550 5.7.26*what to do*again *no: *5.7.26*RFC 7372*550*profiles that answer so*spf-or-dkim*"
expect_exit 0 m explain --json '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred'
expect "a reply as JSON" "$(jq -r '[.kind, .retry] | @json' "$tmp/out" | head -n 3 | tr '\n' ' ')" \
	'["provider",true] ["status",true] ["reply",true] '
expect_exit 0 m explain 550 5.7.1
expect_exit 0 m explain softfail
expect_exit 0 m explain dkim=policy

# What is not known, and mistakes.
expect_exit 1 m explain softfial
matches "near words" "$err" "*did you mean softfail?*"
expect_exit 1 m explain $'nothing\e[2J of this kind'
case $err in *$'\e'*) fail "explain repeats what steers a terminal" ;; esac
for words in '' '--list nothing' '--list findings replies' '--nothing'; do
	# shellcheck disable=SC2086
	expect_exit 2 m explain $words
done

# Profiles of the configuration are looked through too, and a broken one is said.
cat >"$tmp/own.conf" <<'EOF'
receiver own { title = "Our own"
	requirement signed { any = {"dkim=pass"}  reply = "550 5.7.20 Sign it, please" } }
EOF
printf 'receivers = { "%s" }\n' "$tmp/own.conf" >"$tmp/gateway.conf"
expect_exit 0 m -c "$tmp/gateway.conf" explain 5.7.20
matches "one's own profile" "$out" "*Our own: signed*Sign it, please*"
echo nonsense >"$tmp/own.conf"
expect_exit 2 m -c "$tmp/gateway.conf" explain 5.7.20
expect_exit 0 m -c "$tmp/gateway.conf" explain bare-lf
