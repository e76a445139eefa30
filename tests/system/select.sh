#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Selecting messages: every key of the language once as it is and once negated, quoting, mistakes
# with their column; "list", "wait" and "watch" over it; the text index with and without a gateway.
. "$(dirname "$0")/lib.sh"
need swaks jq sqlite3
export TZ=UTC

cat >"$tmp/world.zone" <<'EOF'
$ORIGIN .
$TTL 300
example.com.              TXT "v=spf1 ip4:203.0.113.0/24 -all"
_dmarc.example.com.       TXT "v=DMARC1; p=reject"
mail.example.com.         A   203.0.113.7
mail.example.com.         TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa. PTR mail.example.com.
EOF
cat >"$tmp/gateway.conf" <<EOF
zones = { "$tmp/world.zone" }
listener mx { kind = mx  address = "127.0.0.1"  port = 0 }
listener app { kind = submission  address = "127.0.0.1"  port = 0 }
listener tls { kind = submissions  address = "127.0.0.1"  port = 0 }
user alice { password = 'secret-of-alice' }
EOF
start_gateway -c "$tmp/gateway.conf"

# send LISTENER FROM TO SWAKS-ARGUMENT...: the message is standard input.
send() {
	cat >"$tmp/message"
	swaks --server 127.0.0.1 --port "$(port "$1")" --helo app.example.com --from "$2" --to "$3" \
		--data "@$tmp/message" "${@:4}" </dev/null >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
}

# Four messages, whose subjects begin with their numbers. 1: a mail host's, in the clear.
send mx a@example.com one@example.net,two@example.net --xclient-addr 203.0.113.7 \
	--xclient-helo mail.example.com <<'EOF'
From: App <a@example.com>
To: one@example.net
Subject: 1 Hello
Date: Mon, 23 Nov 2026 16:00:00 +0000
Message-ID: <1@example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Guten Tag, your order is on its way to the caf=C3=A9.
EOF
# 2: from a stranger under TLS, without a Message-ID; HTML with a link.
send mx '<>' Two@Example.NET --tls <<'EOF'
From: Shop <shop@mail.example.com>
To: two@example.net
Subject: 2 =?utf-8?q?password_reset_f=C3=BCr_dich?=
Date: Mon, 23 Nov 2026 16:00:00 +0000
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Your code is 471100. <a href="https://shop.example/reset?t=1">reset</a></p>
EOF
# 3: of a user, with a file.
send app b@example.org three@example.net --tls --auth PLAIN --auth-user alice \
	--auth-password secret-of-alice <<'EOF'
From: B <b@example.org>
To: three@example.net
Subject: 3 reset of the password
Date: Mon, 23 Nov 2026 16:00:00 +0000
Message-ID: <3@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

See the bill.
--x
Content-Type: application/pdf; name=bill.pdf
Content-Disposition: attachment; filename=bill.pdf

PDF
--x--
EOF
# 4: the same by implicit TLS, larger.
{
	printf 'From: B <b@example.org>\nTo: three@example.net\nSubject: 4 100%%\n'
	printf 'Date: Mon, 23 Nov 2026 16:00:00 +0000\nMessage-ID: <4@example.org>\n\n'
	printf 'nothing to see here %s\n' $(seq 400)
} | send tls b@example.org four@sub.example.net --tls-on-connect --auth PLAIN --auth-user alice \
	--auth-password secret-of-alice
mapfile -t ids < <(m list --json | jq -r .id | tac) # ids[0] is of the first

numbers() { # ARGUMENT...: of the messages that list prints
	m list --json "$@" | jq -r '.message.subject[:1]' | tr -d '\n'
}

# selects WANTED CONDITION: newest first; and negated, the rest.
selects() {
	local rest= n
	for n in 4 3 2 1; do
		case $1 in
		*$n*) ;;
		*) rest=$rest$n ;;
		esac
	done
	expect "$2" "$(numbers "$2")" "$1"
	expect "-$2" "$(numbers "-$2")" "$rest"
}

selects 1 from:a@example.com
selects 2 'from:<>'
selects 2 from:SHOP@mail.example.com
selects 43 from:@example.org
selects 21 from:example.com
selects 21 to:two@example.net
selects 21 to:TWO@example.net
selects '' to:two@example.ne
selects 321 to:@example.net
selects 3 to:three
selects 32 subject:PASSWORD
selects 2 'subject:password reset'
selects 2 'subject:"password reset"'
selects 2 'subject:für'
selects 4 subject:100%
selects 4321 subject:'""'
selects 4321 id:0
selects 4 latest
selects 3 "${ids[2]}"
selects 2 "id:${ids[1],,}"
selects 1 'message-id:<1@example.com>'
selects 3 message-id:3@example.org
selects 43 user:alice
selects '' user:ALICE
selects 21 listener:mx
selects 4 listener:tls
selects 432 client:127.0.0.1
selects 1 client:203.0.113.0/24
selects 432 client:app.example.com
selects 4321 after:1h
selects '' after:2100-01-01T00:00:00Z
selects 4321 before:2100-01-01
selects '' before:1h
selects 43 "after:${ids[1]}"
selects 1 "before:${ids[1]}"
selects 1 spf:pass
selects 1 'spf:PASS|softfail'
selects 4321 dkim:none
selects 1 dmarc:pass
selects 1 rdns:pass
selects 432 'rdns:permerror|temperror|fail'
selects 1 tls:none
selects 432 tls:any
selects 32 tls:starttls
selects 4 tls:implicit
selects 432 tls:1.3
selects 2 finding:missing-message-id
selects 3 has:attachment
selects 2 has:link
selects 2 has:html
selects 431 has:text
selects 4 larger:4K
selects 321 smaller:4K
selects 2 471100
selects 3 bill
selects 1 cafe
selects 2 '"code is"'
selects '' '"is code"'
selects 32 reset
selects 43 b@example.org
selects '' '"AND"'
selects '' '"%"'
selects 3 '"reset of"'

# Several hold together, in one argument or more; options of wait are the same conditions.
expect "and" "$(numbers to:two@example.net -has:html)" 1
expect "in one argument" "$(numbers 'to:two@example.net -has:html hello')" 1
expect "an address and a word in one argument" "$(numbers 'to:two@example.net hello')" 1
expect "a subject with a colon" "$(numbers 'subject:Re: hello')" ''
expect_exit 2 m list 'subject:reset fom:b@example.org'
matches "an unknown key behind a text" "$err" "*column 15: \"fom:\" is no key*"
expect_exit 2 m list 'after:2026-11-24 16:00'
expect "words" "$(numbers reset -code)" 3
expect "words and more" "$(numbers to:@example.net reset -subject:'of the')" 2
expect "an argument of words" "$(numbers 'password bill')" 3
expect "a phrase keeps its quotes" "$(numbers '-subject:"of the password"' password)" 2
expect "quotes in quotes" "$(numbers 'subject:"\"x"')" ''
expect "behind options" "$(numbers --limit 1 -to:four)" 3
expect "behind --" "$(numbers -- -latest)" 321
expect "with -c" "$(numbers -c "$tmp/none.conf" latest)" 4
expect "wait takes them" "$(m wait --to THREE@example.net has:attachment --json | jq -r .id)" \
	"${ids[2]}"
expect "wait, one argument" "$(m wait 'subject:password reset' --json | jq -r .id)" "${ids[1]}"
expect_exit 3 m wait --to three@example.net has:html --timeout 0
expect_exit 0 m list to:nobody@example.net
expect "nothing matches" "$out" ""
matches "nothing matches" "$err" "no message matches in *"
expect_exit 0 m list --utc to:three
matches "the list" "$(tail -n1 <<<"$out")" "20* ${ids[2]} *b@example.org *three@example.net *3 reset of*"

# What a test goes on with.
expect "the link" "$(m wait to:two@example.net has:link --extract link)" \
	"https://shop.example/reset?t=1"
expect_exit 3 m wait --to two@example.net --count 2 -hello --extract otp --timeout 0
matches "too few" "$err" "*timed out: expected 2 matching messages, got 1; see mailassay list"
expect "the code" "$(m wait --to two@example.net -hello --extract otp)" 471100
expect "a field" "$(m wait bill --extract header:Message-ID)" "<3@example.org>"
expect_exit 1 m wait message-id:1@example.com --extract link
expect_exit 2 m wait --extract nonsense

# Mistakes: the column, and what was meant.
mistake() { # COLUMN PATTERN ARGUMENT...
	expect_exit 2 m list "${@:3}"
	matches "$*" "$err" "mailassay list: selection: column $1: $2"
	expect_exit 2 m wait "${@:3}"
}
mistake 1 '"frm:" is no key; did you mean from?*' frm:x
mistake 8 '"colour:" is no key; expected from, to, subject,*' to:a@b colour:x
mistake 2 '"foo:" is no key*' -foo:x
mistake 16 '"bare-fl" is none of them:*did you mean bare-lf*' latest finding:bare-fl
mistake 5 '"softfial" is none of them: expected a result (*did you mean softfail*' spf:softfial
mistake 8 'expected a number of octets, with K, M, G or nothing behind, got "big"' larger:big
mistake 7 'expected a time (*' after:yesterday
mistake 8 'expected an address, ADDRESS/BITS or a HELO name, got "1.2.3"' client:1.2.3
mistake 9 'expected a closing quote*' subject:'"x'
mistake 4 'expected a message id*' id:xyzu
expect_exit 2 m list -x
expect_exit 4 "$mailassay" --data "$tmp/nowhere" list to:x

# Watching: what comes after the given message, at once, line by line.
mkfifo "$tmp/fifo"
message_to() { # TO SUBJECT
	message "$2" | send mx w@example.com "$1"
}
"$mailassay" --data "$data" watch --after "${ids[3]}" --json to:@example.net -subject:other >"$tmp/fifo" &
watcher=$!
started+=($watcher)
exec 7<"$tmp/fifo"
message_to w@example.net 'w one'
read -r line <&7
expect "watch, the first" "$(json "$line" .message.subject)" "w one"
message_to w@example.net other
message_to w@elsewhere.net 'w elsewhere'
message_to w@example.net 'w two'
read -r line <&7
expect "watch, the next" "$(json "$line" .message.subject)" "w two"
kill -TERM $watcher
code=0
wait $watcher || code=$?
expect "watch, ended" $code 0
expect "watch, no more" "$(cat <&7)" ""
exec 7<&-

# From now on, for people; words are looked for once they are in the index; the end of the pipe.
"$mailassay" --data "$data" watch --utc snowflake >"$tmp/fifo" 2>"$tmp/err" &
watcher=$!
started+=($watcher)
exec 7<"$tmp/fifo"
read -r line <&7
matches "the head of watch" "$line" "time *id *from *to *subject *"
message_to x@example.net 'nothing of it'
message_to x@example.net 'a snowflake'
read -r line <&7
matches "a line of watch" "$line" "20*x@example.net*a snowflake*"
exec 7<&-
message_to x@example.net 'another snowflake'
code=0
wait $watcher || code=$?
expect "watch at the end of the pipe" "$code $(cat "$tmp/err")" "0 "
# A shell lets what it starts in the background ignore SIGINT, unless jobs are controlled.
set -m
"$mailassay" --data "$data" watch --after now >"$tmp/fifo" &
watcher=$!
set +m
started+=($watcher)
exec 7<"$tmp/fifo"
read -r line <&7
kill -INT $watcher
code=0
wait $watcher || code=$?
exec 7<&-
expect "watch, interrupted" $code 0

# Without a gateway the text index is brought up to date by who asks.
message_to y@example.net 'the last straw'
stop_cleanly
sqlite3 "$data/mailassay.db" 'DELETE FROM walk WHERE message > 6'
expect "no gateway" "$(m list straw --json | jq -r .message.subject)" "the last straw"
expect "all are walked" "$(sql 'SELECT count(*) FROM message AS m LEFT JOIN walk AS w
	ON w.message = m.number WHERE w.message IS NULL')" 0
sqlite3 "$data/mailassay.db" 'DELETE FROM walk'
expect "has: without the index" "$(m list --json has:attachment | jq -r .id)" "${ids[2]}"
expect "has: walks nothing" "$(sql 'SELECT count(*) FROM walk')" 0
expect "other keys need no index" "$(m list --json to:y@example.net | jq -r .message.subject)" \
	"the last straw"
if [ "$(id -u)" -ne 0 ]; then
	chmod a-w "$data" "$data"/*
	expect_exit 4 m list straw
	matches "no way to the index" "$err" "mailassay list: the text index has not all messages*"
	chmod u+w "$data" "$data"/*
fi
