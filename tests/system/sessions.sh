#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Sessions and their dialogue: one that breaks in each of the five places, a good one, one that
# only looks in; the forms of "sessions", "transcript" and "explain"; what a kill leaves open.
. "$(dirname "$0")/lib.sh"
need swaks python3 openssl jq sqlite3

cat >"$tmp/gateway.conf" <<EOF
listener mx { kind = mx  address = "127.0.0.1"  port = 0 }
listener app { kind = submission  address = "127.0.0.1"  port = 0 }
listener tls { kind = submissions  address = "127.0.0.1"  port = 0 }
listener clear { kind = submission  address = "127.0.0.1"  port = 0  tls = starttls
	auth-without-tls = yes }
listener quiet { kind = mx  address = "127.0.0.1"  port = 0  store-transcript = no }
user alice { password = 'secret-of-alice' }
EOF

# talk PORT LINE...: a plain session whose lines are sent one after the other, each once the one
# before is answered; those of a message are answered at its end. "\n" in a line is a bare LF.
# Prints the replies, and closes the connection behind the last.
talk() {
	python3 - "$@" <<'EOF'
import socket, sys

s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
f = s.makefile("rb")

def reply():
    while True:
        line = f.readline().decode()
        print(line, end="")
        if not line or line[3:4] != "-":
            return line[:3]

reply()
data = False
for line in sys.argv[2:]:
    s.sendall(line.replace("\\n", "\n").encode() + b"\r\n")
    if not data or line == ".":
        data = reply() == "354"
EOF
}

# From the oldest to the newest; all are in the store once the gateway has stopped.
start_gateway -c "$tmp/gateway.conf"
mx=$(port mx) app=$(port app) tls=$(port tls)

# Good.
swaks --server 127.0.0.1 --port "$app" --tls --auth PLAIN --auth-user alice \
	--auth-password secret-of-alice --helo app.example.com --from a@example.com \
	--to b@example.net --h-Subject good </dev/null >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
# Only looks in.
talk "$mx" 'QUIT' >/dev/null
# Connection: the client is not greeted.
talk "$mx" 'EHLO a..b' 'QUIT' >"$tmp/replies"
matches "a bad name" "$(cat "$tmp/replies")" "*501 5.5.2*"
# TLS: the client does not trust the certificate.
openssl s_client -connect "127.0.0.1:$tls" -servername smtp.example.com -alpn smtp \
	-verify_return_error </dev/null >/dev/null 2>&1 && fail "openssl trusts an unknown CA"
# Authentication: the wrong password.
swaks --server 127.0.0.1 --port "$app" --tls --auth LOGIN --auth-user alice \
	--auth-password wrong-secret --helo app.example.com --from a@example.com \
	--to b@example.net </dev/null >"$tmp/swaks" 2>&1 && fail "a wrong password was taken"
# Sender or recipient refused.
talk "$mx" 'EHLO app.example.com' 'MAIL FROM:<a@example.com>' 'RCPT TO:<nobody at all>' 'QUIT' \
	>"$tmp/replies"
matches "a bad recipient" "$(cat "$tmp/replies")" "*501 5.*"
# Data: a bare LF.
talk "$mx" 'EHLO app.example.com' 'MAIL FROM:<a@example.com>' 'RCPT TO:<b@example.net>' 'DATA' \
	'Subject: bare\n\nHello.' '.' 'QUIT' >"$tmp/replies"
matches "a bare LF" "$(cat "$tmp/replies")" "*550 5.5.2*"
# Broken, and mended in the same session.
talk "$mx" 'EHLO app.example.com' 'MAIL FROM:<a@example.com>' 'RCPT TO:<nobody at all>' \
	'RCPT TO:<c@example.net>' 'DATA' 'From: a@example.com' '' 'Hello.' '.' 'QUIT' >/dev/null
stop_gateway
expect "exit code after SIGTERM" "$code" 0

# Newest first, and each with its place.
expect_exit 0 m sessions --json
expect "the places" "$(jq -r '.failed_at // "-"' "$tmp/out" | tr '\n' ' ')" \
	"- data envelope authentication tls connection - - "
expect "messages" "$(jq -r '.messages|length' "$tmp/out" | tr '\n' ' ')" "1 0 0 0 0 0 0 1 "
cp "$tmp/out" "$tmp/sessions"
session() { # FAILED_AT
	jq -c "select(.failed_at == \"$1\")" "$tmp/sessions"
}
failure() { # FAILED_AT PATTERN
	matches "failure at $1" "$(session "$1" | jq -r '.failure // ""')" "$2"
}
failure connection '501 5.5.2 *'
failure tls '?*'
failure authentication '535 5.7.8 *'
failure envelope '501 5.*'
failure data '550 5.5.2 *'

# The keys, exactly, of each.
keys() { # OBJECT PATH KEYS
	expect "keys of $2" "$(jq -r "$2|keys_unsorted|join(\" \")" <<<"$1")" "$3"
}
while IFS= read -r one; do
	keys "$one" . "id listener started_at ended_at client helo tls tls_failure auth stage end\
 commands bytes_in bytes_out timings_ms messages findings end_reason failed_at failure"
	keys "$one" .client "ip port helo via"
	keys "$one" .timings_ms "connection tls authentication envelope data"
	expect "the end" "$(jq -r '[.ended_at, .end]|all(type == "string")' <<<"$one")" true
	expect "time goes on" "$(jq -r '.ended_at >= .started_at' <<<"$one")" true
done <"$tmp/sessions"

good=$(tail -n1 "$tmp/sessions")
keys "$good" .tls "mode version cipher bits group sni alpn resumed client_certificate"
keys "$good" .auth "mechanism user over_tls"
expect "a good session" \
	"$(json "$good" '[.listener,.helo,.stage,.end,.failure,.auth.user]|map(.//"-")|join(" ")')" \
	"app app.example.com done quit - alice"
expect "its stages took time" "$(json "$good" '.timings_ms|map(type)|unique|join(" ")')" number
expect "what went" "$(json "$good" '.bytes_in > 300 and .bytes_out > 300 and .commands >= 6')" true

broken=$(session tls)
keys "$broken" .tls_failure "reason offered_versions sni alpn groups by alert"
expect "who broke it off" "$(json "$broken" '[.tls_failure.by,.tls_failure.alert]|join(" ")')" \
	"client unknown_ca"
expect "what it offered" "$(json "$broken" '.tls_failure|[.sni,.alpn[0]]|join(" ")')" \
	"smtp.example.com smtp"
expect "versions and groups" \
	"$(json "$broken" '.tls_failure|[(.offered_versions|index("TLSv1.3")) != null, (.groups|length) > 0]|all')" \
	true
expect "no TLS" "$(json "$broken" '[.tls,.auth,.helo]|map(.//"-")|join(" ")')" "- - -"
expect "a plain session has no handshake" \
	"$(session data | jq -c '[.timings_ms.tls,.tls_failure]')" '[null,null]'

# --failed, --limit, and the table.
expect_exit 0 m sessions --failed --json
expect "failed ones" "$(jq -r .failed_at "$tmp/out" | tr '\n' ' ')" \
	"data envelope authentication tls connection "
expect_exit 0 m sessions --failed --limit 2
expect "lines" "$(wc -l <"$tmp/out")" 3
matches "the head" "$(head -n1 "$tmp/out")" \
	"time *id *listener *client *helo *stage *broke at *end *msgs why"
matches "the newest" "$(sed -n 2p "$tmp/out")" "*app.example.com*data*data*quit*0*550 5.5.2 *"
matches "the one before" "$(sed -n 3p "$tmp/out")" "*sender or recipient*501 5.*"
expect_exit 0 m sessions
expect "lines" "$(wc -l <"$tmp/out")" 9
expect_exit 2 m sessions --limit 0
expect_exit 2 m sessions surplus
expect_exit 4 "$mailassay" --data "$tmp/none" sessions

# Transcripts: by the session's id, by a beginning of it, by its message's, and the newest.
id=$(json "$good" .id)
message=$(json "$good" '.messages[0]')
expect_exit 0 m transcript "$id"
cp "$tmp/out" "$tmp/transcript"
grep -q ' C: EHLO app.example.com$' "$tmp/transcript" || fail "the transcript has no EHLO"
grep -q ' S: 250 ' "$tmp/transcript" || fail "the transcript has no replies"
expect_exit 0 m transcript "${id:0:25}"
cmp "$tmp/out" "$tmp/transcript" || fail "a beginning leads to another transcript"
expect_exit 0 m transcript "$(tr A-Z a-z <<<"$message")"
cmp "$tmp/out" "$tmp/transcript" || fail "a message leads to another transcript"
expect_exit 0 m show "$message" --transcript
cmp "$tmp/out" "$tmp/transcript" || fail "show --transcript is another one"
expect_exit 0 m transcript latest
grep -q 'RCPT TO:<c@example.net>' "$tmp/out" || fail "latest is not the newest session"
expect_exit 0 m transcript "$(session data | jq -r .id)"
grep -q ' S: 550 5.5.2 ' "$tmp/out" || fail "a session without a message has no transcript"
expect_exit 1 m transcript 01AAAAAAAAAAAAAAAAAAAAAAAA
matches "an unknown id" "$err" "*no session and no message has this id*"
expect_exit 1 m transcript "${id:0:4}"
matches "an ambiguous id" "$err" "*several sessions: *"
expect_exit 2 m transcript

expect_exit 0 m transcript "$message" --json
expect "one line" "$(wc -l <"$tmp/out")" 1
keys "$out" . "session lines"
expect "the session" "$(json "$out" .session)" "$id"
expect "keys of lines" "$(json "$out" '[.lines[]|keys_unsorted|join(" ")]|unique|join("|")')" \
	"ms from text"
expect "all lines are there" "$(json "$out" '.lines|length')" "$(wc -l <"$tmp/transcript")"
expect "the greeting" "$(json "$out" '.lines|map(select(.from == "server"))[0].text[0:4]')" "220 "
expect "the first command" "$(json "$out" '.lines|map(select(.from == "client"))[0].text')" \
	"EHLO app.example.com"
expect "time goes on" "$(json "$out" '[.lines[].ms] == ([.lines[].ms]|sort)')" true

# No secret, in any form, in what is printed or stored.
for one in $(jq -r .id "$tmp/sessions"); do
	m transcript "$one"
	m transcript "$one" --json
done >"$tmp/all"
for secret in secret-of-alice wrong-secret; do
	for form in "$secret" "$(printf %s "$secret" | base64)" \
		"$(printf '\0alice\0%s' "$secret" | base64)"; do
		if grep -rqaF -- "$form" "$tmp/all" "$tmp/sessions" "$data" "$tmp/log"; then
			fail "the secret $secret is written somewhere as $form"
		fi
	done
done
grep -q 'C: AUTH PLAIN \*\*\*\*$' "$tmp/transcript" || fail "the transcript masks no AUTH"

# explain.
expect_exit 0 m explain bare-lf
matches "a finding" "$out" "bare-lf*RFC 5321 2.3.8*550 5.5.2*"
expect_exit 0 m explain no-quit --json
expect "one that never refuses" "$(json "$out" '[.id,.reply]|@json')" '["no-quit",null]'
expect_exit 0 m explain --list findings --json
expect "keys of findings" "$(jq -r 'keys_unsorted|join(" ")' "$tmp/out" | sort -u)" \
	"kind id severity reference reply text"
expect "keys of replies" \
	"$(jq -r '.reply|select(. != null)|keys_unsorted|join(" ")' "$tmp/out" | sort -u)" \
	"code status text"
expect "each once" "$(jq -r .id "$tmp/out" | sort | uniq -d)" ""
count=$(wc -l <"$tmp/out")
[ "$count" -gt 60 ] || fail "explain --list has only $count findings"
jq -r '.findings[].id' "$tmp/sessions" | sort -u >"$tmp/found"
[ -s "$tmp/found" ] || fail "no session has findings"
expect "findings that explain does not know" \
	"$(jq -r .id "$tmp/out" | sort | comm -13 - "$tmp/found")" ""
expect_exit 0 m explain --list findings
expect "lines" "$(wc -l <"$tmp/out")" $((count + 1))
expect_exit 1 m explain bare-fl
matches "near words" "$err" "*did you mean bare-lf or bare-cr*"
expect_exit 1 m explain nonsense-of-no-kind
expect_exit 2 m explain
expect_exit 2 m explain bare-lf --list

# What came behind a message stands behind its reply, and steers no terminal; a login before STARTTLS
# is none after it.
start_gateway -c "$tmp/gateway.conf"
python3 - "$(port mx)" "$(port clear)" <<'EOF'
import smtplib, socket, ssl, sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as s:
    f = s.makefile("rb")
    f.readline()
    s.sendall(b"EHLO app.example.com\r\n")
    while f.readline()[3:4] == b"-":
        pass
    s.sendall(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n")
    for _ in range(3):
        f.readline()
    s.sendall(b"From: a@example.com\r\n\r\nHello.\r\n.\r\nNOOP \xc2\x9b2J\r\nQUIT\r\n")
    f.read()
with smtplib.SMTP("127.0.0.1", int(sys.argv[2]), "app.example.com", timeout=60) as s:
    s.login("alice", "secret-of-alice")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    s.starttls(context=context)
    s.ehlo()
EOF
stop_gateway
expect_exit 0 m sessions --limit 2 --json
expect "a login before STARTTLS" "$(jq -c '[.auth,.tls.mode]' "$tmp/out" | head -n1)" \
	'[null,"starttls"]'
expect_exit 0 m transcript "$(jq -r .id "$tmp/out" | tail -n1)"
matches "behind the message" "$(sed 's/^ *[0-9.]* //' "$tmp/out" | tail -n5)" \
	'S: 250 2.0.0 Ok: queued*C: NOOP \\xc2\\x9b2J*S: ???*C: QUIT*S: 221*'

# A gateway is killed amid a session that has brought a message; the next start closes it.
start_gateway -c "$tmp/gateway.conf"
exec 4< <(exec python3 - "$(port mx)" <<'EOF'
import smtplib, sys

s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="app.example.com", timeout=60)
s.sendmail("a@example.com", ["killed@example.net"], "From: a@example.com\r\n\r\nHello.\r\n")
print("sent", flush=True)
try:
    s.sock.recv(1)
except ConnectionError:
    pass
EOF
)
read -r line <&4
expect "the client" "$line" sent
expect_exit 0 m sessions --limit 1 --json
expect "it is open" "$(json "$out" '[.ended_at,.end]|@json')" '[null,null]'
received=$(m list --limit 1 --json | jq -r .received_at)
stop_gateway KILL
exec 4<&-
expect_exit 0 m sessions --limit 1 --json
expect "it is open still" "$(json "$out" .ended_at)" null
start_gateway -c "$tmp/gateway.conf"
expect_exit 0 m sessions --limit 1 --json
expect "it is closed" "$(json "$out" '[.end,.ended_at]|join(" ")')" "error $received"
matches "why" "$(json "$out" .end_reason)" "*gateway was killed*"
stop_gateway

# Nothing there yet.
data=$tmp/fresh
start_gateway -c "$tmp/gateway.conf"
expect_exit 0 m sessions
matches "an empty table" "$out$err" "no sessions yet in *"
expect_exit 0 m sessions --failed
matches "an empty table" "$out$err" "no failed sessions yet in *"
expect_exit 0 m sessions --json
expect "an empty list" "$out$err" ""
expect_exit 1 m transcript latest
# More than are read at once: all are there, each once; --limit ends amid them.
python3 - "$(port mx)" <<'EOF'
import socket, sys

for _ in range(405):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as s:
        s.recv(1000)
        s.sendall(b"QUIT\r\n")
        while s.recv(1000):
            pass
EOF
# A listener that stores no transcripts.
talk "$(port quiet)" 'EHLO app.example.com' 'QUIT' >/dev/null
stop_gateway
expect_exit 0 m transcript latest
expect "nothing on standard output" "$out" ""
expect_exit 0 m sessions
expect "lines of all" "$(wc -l <"$tmp/out")" 407
expect "heads" "$(grep -c '^time' "$tmp/out")" 1
expect_exit 0 m sessions --json
expect "ids of all" "$(jq -r .id "$tmp/out" | sort -ru | wc -l)" 406
jq -r .id "$tmp/out" | sort -rc || fail "the newest does not come first"
expect_exit 0 m sessions --json --limit 300
expect "as many as asked for" "$(wc -l <"$tmp/out")" 300
expect_exit 0 m transcript latest
matches "why" "$err" "*: nothing was said, or store-transcript = no"
expect_exit 0 m transcript latest --json
expect "no lines" "$(json "$out" '[.lines]|@json') $err" "[[]] "
