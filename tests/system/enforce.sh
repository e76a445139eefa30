#!/bin/bash
# SPDX-License-Identifier: ISC
#
# enforce: an mx listener refuses by the sender's own DMARC policy, or by a receiver's profile, with
# the reply that the receiver gives, and stores the message all the same; profiles of one's own; a
# reload; what cannot be enforced. And mailassay receivers, which prints the profiles.
. "$(dirname "$0")/lib.sh"
need swaks jq sqlite3 python3

cat >"$tmp/zone" <<'END'
$ORIGIN .
$TTL 300
good.example.               TXT "v=spf1 ip4:127.0.0.1 ip4:198.51.100.7 -all"
good.example.               MX  10 mail.good.example.
_dmarc.good.example.        TXT "v=DMARC1; p=reject"
mail.good.example.          A   127.0.0.1
1.0.0.127.in-addr.arpa.     PTR mail.good.example.
reject.example.             TXT "v=spf1 -all"
_dmarc.reject.example.      TXT "v=DMARC1; p=reject"
_dmarc.quarantine.example.  TXT "v=DMARC1; p=quarantine"
$MAILASSAY SERVFAIL broken.example.
$MAILASSAY SERVFAIL _dmarc.broken.example.
END

mkdir "$tmp/receivers"
cat >"$tmp/receivers/own.conf" <<'END'
receiver linked {
	title = "Linked"
	requirement link {
		any = "link~https://good.example/"
		reply = "554 5.7.0 A link to good.example is required"
	}
	requirement auth { any = auth }
}
END
echo 'receiver hidden { title = x requirement q { any = nonsense } }' >"$tmp/receivers/off.conf.old"

# configure PROFILE: the listener "profile" enforces it.
configure() {
	echo "receivers = \"$tmp/receivers\""
	echo "zones = \"$tmp/zone\""
	local name
	for name in 'open mx no' 'dmarc mx dmarc' "profile mx $1" 'store lmtp gmail' 'linked mx linked'; do
		# shellcheck disable=SC2086
		set -- $name
		echo "listener $1 { kind = $2 address = 127.0.0.1 port = 0"
		echo "	enforce = $3 }"
	done
}
configure gmail >"$tmp/enforce.conf"

# mail DOMAIN [TEXT]: a message of it on standard output.
mail() {
	printf 'From: App <app@%s>\nTo: qa@example.net\nSubject: Enforced\n' "$1"
	printf 'Date: Mon, 23 Nov 2026 16:00:00 +0000\nMessage-ID: <%s@%s>\n\n%s\n' "$RANDOM$RANDOM" \
		"$1" "${2-Hello.}"
}

# post LISTENER DOMAIN [OPTION...]: sends the message of $tmp/eml, or one of the domain. What the
# server refused with is in $reply, in one line in $said, what is stored of it in $refused.
post() {
	local status=0 file=$tmp/eml
	[ -e "$file" ] || mail "$2" >"$tmp/plain"
	[ -e "$file" ] || file=$tmp/plain
	swaks --server "127.0.0.1:$(port "$1")" --helo mail.good.example --from "app@$2" \
		--to qa@example.net --data "@$file" "${@:3}" >"$tmp/swaks" 2>&1 || status=$?
	rm -f "$tmp/eml"
	reply=$(sed -n 's/^<\(\*\*\|~\*\) //p' "$tmp/swaks" | tr -d '\r')
	said=$(sed '2,$s/^[0-9]*[- ][0-9.]* //' <<<"$reply" | paste -sd' ')
	[ $status -eq 0 ] || [ -n "$reply" ] || fail "swaks: $(cat "$tmp/swaks")"
	out=$(m show latest --json)
	refused=$(json "$out" '.refused // "accepted"')
}

accepted() { # WHAT
	expect "$1: refused with" "$reply" ""
	expect "$1: stored as" "$refused" accepted
}

# refused WHAT PATTERN: the reply, and the message is stored with it.
refused() {
	matches "$1" "$said" "$2"
	matches "$1: stored as" "$refused" "$2"
}

start_gateway -c "$tmp/enforce.conf"

# --- By the sender's own policy.
post dmarc good.example
accepted "a good message"
post dmarc reject.example
refused "p=reject" '550 5.7.1 Refused by the DMARC policy of reject.example (reject): *'
expect "its verdict is there too" "$(json "$out" .observed.dmarc.disposition)" reject
expect "its sender" "$(json "$out" .envelope.mail_from)" app@reject.example
expect "its source" "$(m show latest --raw | tr -d '\r')" "$(cat "$tmp/plain")"
post dmarc quarantine.example
accepted "p=quarantine"
post dmarc bare.example
accepted "no policy"
post dmarc broken.example
refused "no answer" '451 4.4.3 The DNS did not answer while DMARC was judged, try again later'
post open reject.example
accepted "where nothing is enforced"

# --- By a receiver's profile: the reply in several lines, each with its codes.
post profile good.example --tls
accepted "a good message"
post profile bare.example --tls
matches "unauthenticated" "$reply" '550-5.7.26 Your email has been blocked because the *'
expect "lines without the codes" "$(grep -cv '^550[- ]5\.7\.26 ' <<<"$reply" || true)" 0
expect "lines that end the reply" "$(grep -c '^550 ' <<<"$reply")" 1
refused "in one line" '550-5.7.26 Your email has been blocked because the sender is unauthenticated. *'
post profile reject.example --tls
refused "p=reject, as Gmail says it" '550-5.7.26 Unauthenticated email is not accepted due *'
post profile good.example
refused "no STARTTLS" "550-5.7.29 This message was blocked because it wasn't sent over a TLS *"
post profile good.example --tls --xclient-addr 198.51.100.7
refused "no PTR" '550-5.7.25 The IP address sending this message does not have a PTR record *'
mail good.example | grep -v '^Message-ID' >"$tmp/eml"
post profile good.example --tls
refused "no Message-ID" '550-5.7.1 Messages missing a valid Message-ID: header are not accepted. *'
post profile broken.example --tls
refused "no answer" '451 4.4.3 The DNS did not answer while *'

# --- A profile of one's own that looks into the message; what has no reply refuses nothing.
post linked good.example
refused "no link" '554 5.7.0 A link to good.example is required'
mail good.example 'See https://good.example/reset' >"$tmp/eml"
post linked good.example
accepted "with a link"

# --- LMTP: each recipient is answered so; and a session goes on.
python3 - "$(port store)" <<'END' || fail "LMTP"
import smtplib, sys

class Client(smtplib.LMTP):
    def message(self, domain, count):
        assert self.mail("app@" + domain)[0] == 250
        for i in range(count):
            assert self.rcpt("qa%d@example.net" % i)[0] == 250
        assert self.docmd("DATA")[0] == 354
        self.send("From: app@%s\r\nMessage-ID: <%s>\r\n\r\nHello\r\n.\r\n" % (domain, domain))
        return [self.getreply() for i in range(count)]

client = Client("127.0.0.1", int(sys.argv[1]))
client.ehlo("mail.good.example")
client.starttls()
client.ehlo("mail.good.example")
for code, text in client.message("bare.example", 3):
    assert code == 550 and text.startswith(b"5.7.26 Your email has been blocked"), (code, text)
for code, text in client.message("good.example", 2):
    assert code == 250, (code, text)
for code, text in client.message("bare.example", 1):
    assert code == 550, (code, text)
client.quit()
END
expect "what LMTP stored" "$(sql "SELECT count(*) FROM message WHERE refused IS NOT NULL
	AND session = (SELECT max(session) FROM message)")" 2

# --- The session: it broke, since the message was refused, and says by which reply.
expect "sessions that broke" "$(m sessions --failed --json --limit 1 | jq -r '[.stage, .failed_at] |
	join(" ")')" "done data"
matches "why" "$(m sessions --failed --json --limit 1 | jq -r .failure)" '550 5.7.26 Your email has *'

# --- A reload: another profile; a mistake leaves the one before.
# until_replied PATTERN: after the reload has reached all workers.
until_replied() {
	local i
	for ((i = 0; i < 200; i++)); do
		post profile good.example
		# shellcheck disable=SC2254
		case $said in $1) return 0 ;; esac
	done
	fail "got \"$said\" after the reload, expected it to match $1"
}
configure linked >"$tmp/enforce.conf"
kill -HUP "$gateway"
until_replied '554 5.7.0 A link to good.example *'
configure gmial >"$tmp/enforce.conf"
kill -HUP "$gateway"
sed -i 's/A link to/No link to/' "$tmp/receivers/own.conf"
configure linked >"$tmp/enforce.conf"
kill -HUP "$gateway"
until_replied '554 5.7.0 No link to good.example *'
configure no >"$tmp/enforce.conf"
kill -HUP "$gateway"
until_replied ''
stop_cleanly
matches "the log" "$(grep 'refused=' "$tmp/log" | head -n1)" \
	'* message *id=*dmarc=fail*refused="550 5.7.1 Refused by the DMARC policy of reject.example*'
expect "warnings that need a restart" "$(grep -c restart-needed "$tmp/log" || true)" 0

# --- What cannot be enforced.
# refuses PLACE TEXT OPTION...: serve and config check exit 2 with the place.
refuses() {
	printf '%s' "$2" >"$tmp/bad.conf"
	expect_exit 2 timeout 60 "$mailassay" --data "$data" serve -c "$tmp/bad.conf"
	matches "serve" "$err" "*$1"
	expect_exit 2 m config check "$tmp/bad.conf"
	matches "config check" "$err" "*$1"
}
refuses "$tmp/bad.conf:2: listener \"x\": enforce: there is no profile \"gmial\": expected one of *gmail*" \
	'listener x { kind = mx address = 127.0.0.1 port = 0
	enforce = gmial }'
refuses "$tmp/bad.conf:1: listener \"x\": enforce is for kind = mx and lmtp*" \
	'listener x { kind = submission enforce = gmail }'
mkdir "$tmp/wrong"
printf 'receiver w {\ntitle = W\nrequirement q { any = tls\nreply = "250 Ok" } }' >"$tmp/wrong/w.conf"
refuses "$tmp/wrong/w.conf:4: reply: expected a code from 400 to 599*" "receivers = \"$tmp/wrong\""
printf 'receiver w {\ntitle = W\nrequirement q {\nany = "spf=maybe" } }' >"$tmp/wrong/w.conf"
refuses "$tmp/bad.conf:3: listener \"x\": enforce: $tmp/wrong/w.conf:4: requirement q: *" \
	"receivers = \"$tmp/wrong\"
listener x { kind = mx address = 127.0.0.1 port = 0
enforce = w }"
printf 'receivers = /nowhere/at/all' >"$tmp/bad.conf"
expect_exit 4 m config check "$tmp/bad.conf"

# --- What was refused is found, and told in the list.
expect_exit 0 m list has:refused --utc
expect "each is marked" "$(grep -c ' refused' <<<"$out")" "$(($(wc -l <<<"$out") - 1))"
expect_exit 0 m list -has:refused --limit 1000
expect "what is not marked" "$(grep -c ' refused' <<<"$out")" 0

# --- The profiles.
expect_exit 0 m receivers
expect "those of the program" "$(awk 'NR > 1 {print $1}' <<<"$out" | xargs)" \
	"apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo"
expect_exit 0 m -c "$tmp/enforce.conf" receivers
matches "and our own" "$out" '*linked*Linked*'
expect_exit 0 m receivers show gmail-bulk --json
expect "rows, those included first" "$(json "$out" '[.requirements[].name] | join(" ")')" \
	"policy spf-or-dkim no-gmail-impersonation from one-from message-id duplicate-headers ptr tls spf dkim dmarc-record alignment one-click"
expect "what has a reply" "$(json "$out" '[.requirements[] | select(.reply == null) | .name] | join(" ")')" \
	one-click
expect "each has a source and a date" \
	"$(json "$out" '[.requirements[] | select(.source == null or .date == null)] | length')" 0
expect_exit 0 m receivers show "$tmp/receivers/own.conf" --json
matches "of a file" "$out" '*"name":"linked"*'
expect_exit 1 m receivers show nobody
matches "of nobody" "$err" '*nobody: there is no such receiver; expected one of *gmail*'
expect_exit 0 m receivers show yahoo
matches "for people" "$out" '*https://senders.yahooinc.com/*'
expect_exit 0 m receivers --json
expect "one object a line" "$(jq -r .name <<<"$out" | wc -l)" 7
expect_exit 1 m receivers show gmial
matches "an unknown one" "$err" 'mailassay receivers: gmial: there is no such receiver; expected one of apple, gmail*'
expect_exit 2 m receivers gmail
expect_exit 2 m receivers list gmail
