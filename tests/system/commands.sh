#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The command line against a real gateway: list, show, wait, check, ca and help in all their forms,
# with their exit codes and their JSON; users whose passwords come from the configuration.
. "$(dirname "$0")/lib.sh"
need swaks python3 openssl jq sqlite3

cat >"$tmp/world.zone" <<'EOF'
$ORIGIN .
$TTL 300
example.com.              TXT "v=spf1 ip4:203.0.113.0/24 exp=why.example.com -all"
why.example.com.          TXT "%{i} is no host of ours"
mail.example.com.         A   203.0.113.7
mail.example.com.         TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa. PTR mail.example.com.
_dmarc.example.com.       TXT "v=DMARC1; p=reject"
EOF
printf 'secret-of-bob\n' >"$tmp/bob.password"
cat >"$tmp/gateway.conf" <<EOF
zones = { "$tmp/world.zone" }
listener mx { kind = mx  address = "127.0.0.1"  port = 0 }
listener app { kind = submission  address = "127.0.0.1"  port = 0 }
user alice { password = 'secret-of-alice' }
user bob { password = "file:$tmp/bob.password" }
EOF
start_gateway -c "$tmp/gateway.conf"
expect "the ports file" "$(sed 's/=[0-9]*$//' "$tmp/ports" | tr '\n' ' ')" "mx app "

send() { # TO SUBJECT [SWAKS-ARGUMENT...]
	swaks --server 127.0.0.1 --port "$(port mx)" --helo mail.example.com --from a@example.com \
		--to "$1" --h-From 'A <a@example.com>' --h-Subject "$2" "${@:3}" </dev/null \
		>"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
}
mail_host=(--xclient-addr 203.0.113.7 --xclient-helo mail.example.com)

# Before the first message.
expect_exit 0 m list
expect "an empty list" "$out" ""
matches "an empty list" "$err" "no messages yet in *"
expect_exit 0 m list --json
expect "an empty list as JSON" "$out$err" ""
expect_exit 1 m show latest
expect_exit 3 m wait --timeout 0.05

# Three messages, and what each form says of them.
send one@example.net,two@example.net '=?utf-8?q?Gr=C3=BC=C3=9Fe?= to both' "${mail_host[@]}"
send one@example.net 'second' "${mail_host[@]}"
send three@example.net 'third "quoted" \ one'
expect_exit 0 m list
expect "lines of list" "$(wc -l <"$tmp/out")" 4
matches "the head" "$(head -n1 "$tmp/out")" "time *id *from *to *subject *spf *dkim *dmarc *rdns *tls"
matches "the newest is first" "$(sed -n 2p "$tmp/out")" "*third*"
matches "recipients" "$(sed -n 4p "$tmp/out")" "*one@example.net*+1 Grüße to both*pass*none*pass*pass*-"
expect_exit 0 m list --limit 2 --json
expect "newest first" "$(jq -r .message.subject "$tmp/out" | tr '\n' '|')" \
	'third "quoted" \ one|second|'
expect_exit 0 m list --limit=1
expect "lines of list --limit=1" "$(wc -l <"$tmp/out")" 2
mapfile -t ids < <(m list --json | jq -r .id) # newest first

one=$(m show "${ids[2]}" --json)
keys() { # PATH KEYS
	expect "keys of $1" "$(jq -r "$1|keys_unsorted|join(\" \")" <<<"$one")" "$2"
}
is() { # JQ WANTED
	expect "$1" "$(jq -c "$1" <<<"$one")" "$2"
}
keys . "id received_at listener session client envelope auth tls message observed predicted\
 delivered opinions findings refused"
keys .client "ip port helo via"
keys .envelope "mail_from rcpt_to size smtputf8 body require_tls dsn"
keys .message "message_id from subject date"
keys .observed "spf spf_helo dkim dmarc rdns"
keys .observed.spf "result identity domain mechanism lookups void_lookups explanation reason"
keys .observed.spf_helo "result identity domain mechanism lookups void_lookups explanation reason"
keys .observed.dmarc "result from_domain organizational_domain policy_domain policy disposition\
 spf_aligned dkim_aligned record reason"
keys .observed.rdns "result ip names confirmed helo_match reason"
is '[.listener,.auth,.tls]' '["mx",null,null]'
is '[.client.ip,.client.port,.client.helo,.client.via]' \
	'["203.0.113.7",null,"mail.example.com","xclient"]'
is '[.envelope.mail_from,.envelope.rcpt_to,.envelope.smtputf8,.envelope.body]' \
	'["a@example.com",["one@example.net","two@example.net"],false,null]'
is '[.message.from,.message.subject]' '["a@example.com","Grüße to both"]'
is '.received_at|test("^20..-..-..T..:..:..[.]...Z$")' true
is '.observed.spf|[.result,.identity,.domain,.mechanism,.lookups,.void_lookups,.explanation]' \
	'["pass","mailfrom","example.com","ip4:203.0.113.0/24",0,0,null]'
is '.observed.spf_helo|[.result,.identity,.domain,.mechanism,.lookups]' \
	'["pass","helo","mail.example.com","a",1]'
is '.observed.dkim' '[]'
is '.observed.dmarc|[.result,.from_domain,.policy,.disposition,.spf_aligned,.dkim_aligned]' \
	'["pass","example.com","reject","none",true,false]'
is '.observed.rdns|[.result,.ip,.names,.confirmed,.helo_match]' \
	'["pass","203.0.113.7",["mail.example.com"],"mail.example.com",true]'
is '[.predicted,.delivered]' '[null,null]'
is '[.findings[]|keys_unsorted]|unique' '[["id","severity","reference","text"]]'
one=$(m show latest --json)
is '.observed.spf|[.result,.explanation]' '["fail","127.0.0.1 is no host of ours"]'
is '.observed.dmarc|[.result,.policy,.disposition]' '["fail","reject","reject"]'
expect "list and show give the same" "$(m list --json --limit 1)" "$one"
expect "wait does too" "$(m wait --to three@example.net --json)" "$one"

# Ids: unique beginnings in any case; several candidates; none.
expect "a beginning" "$(m show "${ids[0]:0:25}" --json 2>&1 | head -c 3)" '{"i'
expect "lower case" "$(m show "${ids[0],,}" --json | jq -r .id)" "${ids[0]}"
expect_exit 1 m show "${ids[0]:0:4}"
for id in "${ids[@]}"; do
	matches "candidates" "$err" "mailassay show: ${ids[0]:0:4}: *$id*"
done
for id in "${ids[0]:0:3}" 01ARZ3NDEKTSV4RRFFQ69G5FAV "${ids[0]}0" '../x' '' LATEST; do
	expect_exit 1 m show "$id"
	matches "an unknown id" "$err" "mailassay show: $id: *"
	expect "lines said of it" "$(wc -l <"$tmp/err")" 1
done

# The other forms of show.
expect_exit 0 m show latest
for line in 'third "quoted" \ one' "id ${ids[0]}" '  MAIL FROM    <a@example.com>' \
	'  RCPT TO      <three@example.net>' 'Verdicts, as observed' \
	'  check        result     reason' '  DKIM         none       the message has no signature'; do
	grep -Fqx -- "$line" "$tmp/out" || fail "show lacks the line \"$line\": $out"
done
[ -z "$(LC_ALL=C tr -d '\n\40-\176\200-\377' <"$tmp/out")" ] || fail "colours without a terminal"
m show latest --raw >"$tmp/raw.eml"
expect "size" "$(stat -c %s "$tmp/raw.eml")" "$(jq .envelope.size <<<"$one")"
grep -q $'^Subject: third "quoted" .* one\r$' "$tmp/raw.eml" || fail "--raw is not the message"
expect_exit 0 m show --transcript latest
matches "a transcript" "$out" "*S: 220 *C: EHLO mail.example.com*C: DATA*S: 354 *C: QUIT*S: 221 *"
for flags in '--json --raw' '--raw --transcript' '--html --text' --with-trace --json=1; do
	expect_exit 2 m show latest $flags
done
expect_exit 2 m show
expect_exit 2 m show latest latest

# wait.
found() { # ARGUMENT...: the first words of the subjects, newest first
	expect_exit 0 m wait --timeout 0 --json "$@"
	found=$(jq -r '.message.subject|split(" ")[0]' "$tmp/out" | tr '\n' ' ')
}
found
expect "all" "$found" "third second Grüße "
found --to ONE@Example.NET
expect "--to in another case" "$found" "second Grüße "
found --to two@example.net --count 1
expect "--to of the second recipient" "$found" "Grüße "
found --from A@EXAMPLE.COM --subject 'to both'
expect "--from and --subject" "$found" "Grüße "
found --after "${ids[2]}"
expect "--after is exclusive" "$found" "third second "
found --after "${ids[2],,}" --to one@example.net
expect "--after and --to" "$found" "second "
found --count=3
expect "--count=3" "$found" "third second Grüße "
for arguments in '--count 4' '--after now' '--after latest' '--to example.net' \
	'--to nobody@example.net' '--from one@example.net' '--subject nothing'; do
	expect_exit 3 m wait --timeout 0 $arguments
	matches "too few" "$err" "mailassay wait: timed out: expected * got [0-9]*"
	expect "what it prints" "$out" ""
done
expect_exit 3 m wait --timeout 50ms --count 4
expect_exit 1 m wait --timeout 0 --after 01ARZ3NDEKTSV4RRFFQ69G5FAV
for arguments in '--timeout soon' '--timeout -1' '--timeout 1.x' '--count 0' '--count -1' \
	'--extract nothing' too:one --after --timeout=; do
	expect_exit 2 m wait $arguments
done
m wait --after "${ids[0]}" --count 2 --timeout 30 --json >"$tmp/waited" &
waiter=$!
send later@example.net fourth
send later@example.net fifth
wait "$waiter" || fail "wait did not see both messages"
expect "waited for" "$(jq -r .message.subject "$tmp/waited" | tr '\n' ' ')" "fifth fourth "

# check: the same verdicts as the gateway's, from the message that it keeps.
m show "${ids[2]}" --raw >"$tmp/one.eml"
identity=(--ip 203.0.113.7 --helo mail.example.com --mail-from a@example.com)
zone=(--zone "$tmp/world.zone")
expect_exit 0 m check message "$tmp/one.eml" "${identity[@]}" "${zone[@]}" --json
expect "check gives what the gateway gave" "$(jq -c .observed "$tmp/out")" \
	"$(m show "${ids[2]}" --json | jq -c .observed)"
one=$out
is '[.id,.received_at,.listener,.session,.auth,.tls,.client.port,.client.via,.envelope.smtputf8]|unique' \
	'[null]'
expect "by standard input" "$(m check message - --json "${identity[@]}" "${zone[@]}" <"$tmp/one.eml")" \
	"$one"
tr -d '\r' <"$tmp/one.eml" >"$tmp/lf.eml"
expect "with LF" "$(m check message "$tmp/lf.eml" --json "${identity[@]}" "${zone[@]}")" "$one"
one=$(m check message "$tmp/one.eml" "${zone[@]}" --json --rcpt q@example.net --rcpt r@example.net)
is '[.client,.observed.spf,.observed.spf_helo,.observed.rdns]|unique' '[null]'
is '[.observed.dmarc.result,.envelope.rcpt_to]' '["fail",["q@example.net","r@example.net"]]'
one=$(m check message "$tmp/one.eml" "${zone[@]}" --json "${identity[@]}" --mail-from '')
is '[.envelope.mail_from,.observed.spf.domain,.observed.spf.identity]' \
	'["","mail.example.com","mailfrom"]'
one=$(m check spf "${identity[@]}" "${zone[@]}" --json)
keys . "spf spf_helo"
is '[.spf.result,.spf_helo.result]' '["pass","pass"]'
one=$(m check spf --json --ip=192.0.2.1 --helo=mail.example.com --mail-from=a@example.com "${zone[@]}")
is '[.spf.result,.spf.explanation,.spf_helo.result]' \
	'["fail","192.0.2.1 is no host of ours","fail"]'
printf '$ORIGIN example.org.\n@ 300 TXT "v=spf1 +all"\n' >"$tmp/second.zone"
one=$(m check spf --ip 192.0.2.1 --helo x.example.org --mail-from a@example.org --json "${zone[@]}" \
	--zone "$tmp/second.zone")
is '[.spf.result,.spf_helo.result]' '["pass","none"]'
for at in 2026-11-23T16:00:00Z 2026-11-23T17:00:00+01:00 1795449600; do
	expect_exit 0 m check message "$tmp/one.eml" --at "$at" "${zone[@]}"
done
expect_exit 2 m check message "$tmp/one.eml" --at noon
expect_exit 2 m check message "$tmp/one.eml" --profile nobody
expect_exit 2 m check message
expect_exit 2 m check message "$tmp/one.eml" "$tmp/one.eml"
expect_exit 2 m check spf --mail-from a@example.com
expect_exit 2 m check spf --ip 192.0.2.1
expect_exit 2 m check spf --ip 192.0.2.1 --helo a.example --dns nowhere
expect_exit 2 m check dmarc --spf example.com=pass
expect_exit 1 m check again 01ZZZZ
expect_exit 2 m check
printf 'example.com. 300 A 192.0.2.1\n' >"$tmp/bad.zone"
expect_exit 2 m check spf "${identity[@]}" --zone "$tmp/bad.zone"
matches "a zone without an origin" "$err" "mailassay check spf: $tmp/bad.zone:*"
expect_exit 4 m check spf "${identity[@]}" --zone "$tmp/missing.zone"

# Users: the right password, given in the configuration and in a file; a wrong one, no such user.
login() { # USER PASSWORD REPLY
	python3 - "$(port app)" "$@" <<'EOF'
import smtplib, ssl, sys
port, user, password, wanted = int(sys.argv[1]), *sys.argv[2:]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
s = smtplib.SMTP("127.0.0.1", port)
s.starttls(context=context)
try:
    code, text = s.login(user, password)
except smtplib.SMTPAuthenticationError as e:
    code, text = e.args
got = "%d %s" % (code, text.decode())
if not got.startswith(wanted):
    sys.exit("login as %s: got %s, expected %s" % (user, got, wanted))
EOF
}
login alice secret-of-alice '235 2.7.0'
login bob secret-of-bob '235 2.7.0'
login alice secret-of-bob '535 5.7.8'
login carol secret-of-alice '535 5.7.8'

# Options before and behind the command, help, and what no command takes.
expect "--data before" "$("$mailassay" --data "$data" list --json | wc -l)" 5
expect "--data behind" "$("$mailassay" list --json --data="$data" | wc -l)" 5
expect "MAILASSAY_DATA" "$(MAILASSAY_DATA=$data "$mailassay" list --json | wc -l)" 5
printf 'data = "%s"\n' "$data" >"$tmp/data.conf"
for arguments in "-c $tmp/data.conf list" "list -c $tmp/data.conf" "list --config=$tmp/data.conf"; do
	expect "$arguments" "$("$mailassay" $arguments --json | wc -l)" 5
done
for command in serve list show wait 'check message' 'check spf' 'check dmarc' \
	'check again' ca; do
	expect_exit 0 m help $command
	matches "help $command" "$out" "usage: mailassay $command*options:*--data DIR*--help*examples:*"
	help=$out
	expect_exit 0 m $command --help
	expect "$command --help" "$out" "$help"
	expect_exit 2 m $command --no-such-option
	matches "$command" "$err" "mailassay $command: --no-such-option: *help $command"
done
for command in serve show sessions 'check message' 'check spf' 'check dmarc' 'check again' ca; do
	expect_exit 2 m $command one two three
done
expect_exit 0 m help
expect_exit 0 m --help
expect_exit 0 m help check
expect_exit 0 m --version
expect_exit 2 m
expect_exit 2 m help nothing
expect_exit 2 m list frm:a
expect_exit 2 m list --limit 0
expect_exit 2 m list -x
expect_exit 2 m list --limit
expect_exit 0 m ca
openssl x509 -noout <"$tmp/out" || fail "ca prints no certificate"
# The same clients as in the manual page; the first two paragraphs are about all of them.
m ca --trust >"$tmp/trust"
manual=$(sed -n 's/^\.Ss \(\\&\)\{0,1\}//p' "$here/../../src/cli/mailassay-trust.7")
expect "clients of ca --trust" "$(awk 'blank && /^[^ ]/ && n++ > 0; { blank = $0 == "" }' "$tmp/trust")" \
	"$manual"
if [ -c /dev/full ]; then
	got=0
	m list >/dev/full 2>"$tmp/err" || got=$?
	expect "a full standard output" "$got" 4
fi
# Whoever reads only the head of it, or nothing, wants no more.
into_closed_pipe='import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
sys.exit(subprocess.run(sys.argv[1:], stdout=writer).returncode)'
for words in list 'list --json' 'help serve' 'explain --list' 'explain --list --json'; do
	expect_exit 4 python3 -c "$into_closed_pipe" "$mailassay" --data "$data" $words
	expect "$words into a closed pipe" "$(cat "$tmp/err")" ""
done
stop_gateway
expect "exit code after SIGTERM" "$code" 0
expect_exit 0 m list --json
expect "the list without a gateway" "$(wc -l <"$tmp/out")" 5
