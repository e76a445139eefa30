#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Second opinions: what libspf2 and libopendmarc say beside the verdict, where they agree and where
# they do not; the process that asks them, its sandbox, and what becomes of messages when it is
# killed or stopped: they are answered all the same, and only their opinions are unavailable.
. "$(dirname "$0")/lib.sh"
need python3 jq sqlite3

cat >"$tmp/zone" <<'END'
$ORIGIN .
$TTL 300
example.com.          TXT "v=spf1 ip4:203.0.113.0/24 -all"
_dmarc.example.com.   TXT "v=DMARC1; p=reject"
mail.example.com.     A   203.0.113.7
voids.example.com.    TXT "v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com a:far.example.com -all"
far.example.com.      A   203.0.113.7
zero.example.com.     TXT "v=spf1 a:mail.example.com/0 -all"
deep.example.com.     TXT "v=spf1 include:d1.example.com include:d2.example.com -all"
d1.example.com.       TXT "v=spf1 a:a1.example.com mx a a a a ?all"
d2.example.com.       TXT "v=spf1 mx a a a a a:far.example.com -all"
a1.example.com.       A   192.0.2.1
d1.example.com.       A   192.0.2.2
d1.example.com.       MX  10 a1.example.com.
d2.example.com.       A   192.0.2.3
d2.example.com.       MX  10 a1.example.com.
example.org.          TXT "v=spf1 ip4:203.0.113.0/24 -all"
_dmarc.example.org.   TXT "v=DMARC1; p=r"
END

# send NAME CLIENT FROM [DOMAIN]: one message with From in DOMAIN; its id is then in $id, and how
# many milliseconds its answer took in $took.
send() {
	took=$(python3 - "$(port mx)" "$@" <<'END'
import smtplib, sys, time
port, name, client, sender = sys.argv[1:5]
domain = sys.argv[5] if len(sys.argv) > 5 else "example.com"
smtp = smtplib.SMTP("127.0.0.1", int(port))
smtp.ehlo()
assert smtp.docmd("XCLIENT", "ADDR=" + client)[0] == 220
smtp.ehlo("mail.example.com")
assert smtp.mail(sender)[0] == 250
assert smtp.rcpt(name + "@example.net")[0] == 250
began = time.monotonic()
code, text = smtp.data("From: app@%s\r\nSubject: %s\r\nDate: Mon, 23 Nov 2026 16:00:00 +0000\r\n"
                       "Message-ID: <%s@example.com>\r\n\r\nHello.\r\n" % (domain, name, name))
print(int((time.monotonic() - began) * 1000))
assert code == 250, (code, text)
smtp.quit()
END
	) || fail "$1: the message was not accepted"
	id=$(m wait --to "$1@example.net" --timeout 20 --json | jq -r .id)
}

# Waits until the message has opinions; it is then in $out.
opinions() {
	local end=$((SECONDS + 30))
	while out=$(m show "$id" --json) && [ "$(json "$out" .opinions)" = null ]; do
		[ $SECONDS -lt $end ] || fail "$id got no opinions"
	done
}

# said WHAT "SPF AGREES DMARC AGREES" of $out
said() {
	expect "$1: spf agrees dmarc agrees" "$(json "$out" '[(.opinions[] | select(.check == "spf")),
		(.opinions[] | select(.check == "dmarc")) | .result, .agrees] |
		map(tostring) | join(" ")')" "$2"
}

# disagreement: the text of the finding, or nothing
disagreement() {
	json "$out" '.findings[] | select(.id == "receivers-disagree") | .text'
}

child() {
	local pid pids=
	for pid in /proc/"$gateway"/task/*/children; do
		pids="$pids$(cat "$pid")"
	done
	[ "$(wc -w <<<"$pids")" = 1 ] || fail "expected one process, found \"$pids\""
	echo $pids
}

# Waits until the process has ended, be it that nobody took notice yet.
ended() {
	local end=$((SECONDS + 30))
	while [ -e "/proc/$1" ] && ! grep -q '^State:[[:blank:]]*Z' "/proc/$1/status" 2>/dev/null; do
		[ $SECONDS -lt $end ] || fail "$1 does not end"
	done
}

unavailable="unavailable null unavailable null"

start_gateway --listen mx=127.0.0.1:0 --zone "$tmp/zone" --workers 2

# --- Agreement and disagreement.
send agree 203.0.113.7 app@example.com
opinions
said agree "pass true pass true"
expect "agree: finding" "$(disagreement)" ""
matches "the libraries" "$(json "$out" '[.opinions[].library] | join(", ")')" \
	"libspf2 1.*, libopendmarc*"
expect "the keys" "$(json "$out" '.opinions[0] | keys_unsorted | join(" ")')" \
	"library check result agrees reason"
matches "agree: reason" "$(json "$out" '.opinions[0].reason')" "*203.0.113.7*"
send stranger 198.51.100.9 app@example.com
opinions
said stranger "fail true fail true"
send loopback 127.0.0.1 app@example.com
opinions
said "a loopback client" "fail true fail true"
send null 203.0.113.7 ''
opinions
said "null reverse-path" "none true fail true"

# It looks further than the standard allows, which the gateway resolves for it.
send voids 203.0.113.7 app@voids.example.com
opinions
said voids "pass false fail true"
expect "voids: the verdict" "$(json "$out" .observed.spf.result)" permerror
matches "voids: finding" "$(disagreement)" \
	"libspf2 1.* says spf pass where the standard says permerror: ?*"
expect "voids: severity" "$(json "$out" '.findings[-1].severity')" info
send zero 203.0.113.7 app@zero.example.com
opinions
said "a prefix of 0" "permerror false pass true"
matches "a prefix of 0: finding" "$(disagreement)" \
	"libspf2 1.* says spf permerror where the standard says pass: *netmask*"
send deep 203.0.113.7 app@deep.example.com
opinions
said "14 lookups" "pass false fail true"
expect "14 lookups: the verdict" "$(json "$out" .observed.spf.result)" permerror
send abbreviated 203.0.113.7 app@example.org example.org
opinions
matches "an abbreviated policy: finding" "$(disagreement)" \
	"libopendmarc* says dmarc pass where the standard says *"
expect "findings in the store" \
	"$(sql "SELECT count(*) FROM finding WHERE id = 'receivers-disagree'")" \
	"$(sql "SELECT count(DISTINCT message) FROM opinion WHERE agrees = 0")"

# --- The process and its sandbox.
first=$(child)
status=/proc/$first/status
expect "seccomp" "$(sed -n 's/^Seccomp:[[:blank:]]*//p' "$status")" 2
expect "no new privileges" "$(sed -n 's/^NoNewPrivs:[[:blank:]]*//p' "$status")" 1
for fd in /proc/"$first"/fd/*; do
	# Only the sanitizers' reports may go to standard error.
	[ "${fd##*/}" != 2 ] || ! grep -q __asan_init "$mailassay" || continue
	matches "descriptor ${fd##*/}" "$(readlink "$fd")" "socket:*"
	expect "the only descriptor" "${fd##*/}" 3
done
expect "its environment" "$(tr '\0' '\n' <"/proc/$first/environ" | grep -v SAN_OPTIONS)" ""
expect_exit 2 "$mailassay" opinion-child
matches "by hand" "$err" "*serve starts it*"
expect "not in the help" "$(m help | grep -c opinion-child)" 0

# --- Killed between messages: the next message has its opinions from another process.
kill -KILL "$first"
ended "$first"
send killed 203.0.113.7 app@example.com
opinions
said "killed between messages" "pass true pass true"
second=$(child)
[ "$second" != "$first" ] || fail "it was not started again"

# --- Stopped: the message is answered at once, and its opinions are given up.
kill -STOP "$second"
send stopped 203.0.113.7 app@example.com
[ "$took" -lt 1500 ] || fail "stopped: the answer took $took ms"
expect "stopped: verdict" "$(m show "$id" --json | jq -r .observed.dmarc.result)" pass
opinions
said stopped "$unavailable"
expect "stopped: finding" "$(disagreement)" ""
matches "stopped: reason" "$(json "$out" '.opinions[0].reason')" "*in time"
[ ! -e "/proc/$second" ] || fail "the stopped process was left alone"
send again 203.0.113.7 app@example.com
opinions
said "the next one" "pass true pass true"

# --- Killed at a message.
third=$(child)
kill -STOP "$third"
send dying 203.0.113.7 app@example.com
kill -KILL "$third"
opinions
said "killed at a message" "$unavailable"
send after 203.0.113.7 app@example.com
opinions
said "the one after it" "pass true pass true"

# --- The end does not wait for it, and it does not survive the end.
fourth=$(child)
kill -STOP "$fourth"
send last 203.0.113.7 app@example.com
stop_gateway
expect "exit code" "$code" 0
[ ! -e "/proc/$fourth" ] || fail "the process outlived the gateway"
last=$id

# --- Off: nobody is asked. On again: what was not asked is, the messages since then too.
echo 'opinion = off' >"$tmp/off.conf"
MAILASSAY_CONF=$tmp/off.conf start_gateway --listen mx=127.0.0.1:0 --zone "$tmp/zone" --workers 2
send off 203.0.113.7 app@example.com
expect "off: opinions" "$(m show "$id" --json | jq .opinions)" null
expect "off: no process" "$(cat /proc/"$gateway"/task/*/children)" ""
stop_gateway
expect "exit code" "$code" 0
expect "off: no opinions" "$(sql "SELECT count(*) FROM opinion WHERE message =
	(SELECT number FROM message WHERE id = '$id')")" 0
off=$id
start_gateway --listen mx=127.0.0.1:0 --zone "$tmp/zone" --workers 2
opinions
said "asked later" "pass true pass true"
id=$last
opinions
id=$off

# --- An end without warning takes the process along.
fifth=$(child)
stop_gateway KILL
ended "$fifth"
