#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What is in a message: its parts, text and HTML, what a test goes on with (wait --extract), and
# messages as files, octet for octet; nothing that a mail says reaches a terminal as it is.
. "$(dirname "$0")/lib.sh"
need python3 script cmp jq

start_gateway --listen mx=127.0.0.1:0
mkdir "$tmp/sent"
python3 "$here/extract.py" "$(port mx)" "$tmp/sent"
id_of() { m list --json | jq -r "select(.message.subject == \"$1\").id"; }
letter=$(id_of Letter) html=$(id_of 'Sign in') plain=$(id_of Plain)
hostile=$(id_of Hostile) many=$(id_of Many)

same() { # WHAT FILE COMMAND...
	local what=$1 file=$2
	shift 2
	"$@" >"$tmp/got" || fail "$what: exit code $?"
	cmp "$tmp/got" "$file" || fail "$what differs"
}

# Octets and text.
same "the message" "$tmp/sent/letter.eml" m show "$letter" --raw
same "the whole as a part" "$tmp/sent/letter.eml" m show "$letter" --part ''
same "an attachment" "$tmp/sent/pdf" m show "$letter" --part 2
sed '/^\r$/,$d' "$tmp/sent/letter.eml" >"$tmp/headers"
same "the header" "$tmp/headers" m show "$letter" --headers
expect "text" "$(m show "$letter" --text)" \
	$'Gr\u00fc\u00dfe!\n\nGo to https://a.example/reset?t=1 (or https://a.example/b_(c)).'
matches "HTML" "$(m show "$letter" --html)" $'<p>Gr\u00fc\u00dfe!</p><a href=*'
expect "text of HTML" "$(m show "$html" --text)" \
	$'Your code\n\n123 456\n\nhelp <mailto:help@example.com>x <https://only.example/html>'
expect "a text part" "$(m show "$letter" --part 3)" $'inner text\r'

# The page for a person.
out=$(m show "$letter")
for line in '*multipart/mixed*' '*  1.1 *text/plain, utf-8,*' '*  1.2 *text/html, utf-8,*' \
	$'*application/pdf, "r\u00e9sum\u00e9.pdf", attachment, 10240 octets*' \
	'*https://a.example/reset?t=1*https://a.example/b_(c)*https://h.example/?a=1&b=2*'; do
	matches "the page" "$out" "$line"
done

# What there is not.
expect_exit 1 m show "$letter" --part 7
matches "an unknown part" "$err" "*--part 7:*it has 1, 1.1, 1.2, 2, 3"
expect_exit 1 m show "$plain" --html
matches "no HTML" "$err" "*no HTML*"
for forms in '--text --html' '--headers --raw' '--part 1 --json' '--text --transcript'; do
	expect_exit 2 m show "$letter" $forms
done
expect_exit 2 m show "$letter" --headers --with-trace

# wait --extract: of the newest that matches.
extract() { m wait id:"$1" --timeout 5 --extract "$2"; }
expect "link" "$(extract "$letter" link)" "https://a.example/reset?t=1"
expect "link of HTML" "$(extract "$html" link)" "https://only.example/html"
expect "otp" "$(extract "$html" otp)" "123456"
expect "header" "$(extract "$letter" header:subject)" "Letter"
matches "decoded header" "$(extract "$letter" header:X-Name)" $'Ren\u00e9 M\u00fcller and a rather*'
expect "lines of a folded header" "$(extract "$letter" header:X-Name | wc -l)" 1
same "attachment" "$tmp/sent/pdf" extract "$letter" attachment:1
expect "second attachment" "$(extract "$letter" attachment:2)" $'inner text\r'
for kind in link otp header:X-None attachment:1; do
	expect_exit 1 extract "$plain" "$kind"
	matches "no $kind" "$err" "mailassay wait: --extract $kind: message $plain has *"
done
expect_exit 1 extract "$letter" attachment:3
matches "a third attachment" "$err" "*has 2 attachments*"
for kind in links '' link:x header header: 'header:a b' attachment attachment:0 attachment:x; do
	expect_exit 2 m wait --timeout 0 --extract "$kind"
done
expect_exit 2 m wait --timeout 0 --extract link --json
expect_exit 3 m wait to:nobody@example.net --timeout 0 --extract link

# 10,000 parts.
out=$(m show "$many")
matches "10,000 parts" "$out" '*and 900 more*others were not looked at*'
expect "a part of many" "$(m show "$many" --part 999)" part
expect_exit 1 m show "$many" --part 1000
matches "too many numbers" "$err" "*it has 1, 2, 3, *19, 20 and 979 more"

# A terminal gets no control character but line ends, tabs and what colours are made of.
on_terminal() { script -qec "$mailassay --data '$data' $1" /dev/null </dev/null; }
no_controls() { # WHAT
	if LC_ALL=C grep -qP '[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?!\[[0-9]*m)|\xe2\x80\xae|\xe2\x81\xa6|\xc2[\x80-\x9f]' \
		"$tmp/terminal"; then
		fail "$1: control characters reach the terminal: $(cat -v "$tmp/terminal" | head -n 20)"
	fi
}
for form in '' --raw --headers --text '--part 1' '--part 2' --transcript --json; do
	on_terminal "show $hostile $form" >"$tmp/terminal"
	no_controls "show $form"
done
grep -qF '\x1b' <(on_terminal "show $hostile --text") || fail "nothing was escaped"
for kind in link header:X-Bad attachment:1; do
	on_terminal "wait id:$hostile --extract $kind" >"$tmp/terminal"
	no_controls "wait --extract $kind"
done
for command in "list id:$hostile --json" 'sessions --json' 'transcript latest' 'transcript latest --json'; do
	on_terminal "$command" >"$tmp/terminal"
	no_controls "$command"
done
grep -qF 'NOOP \u202e' <(on_terminal 'transcript latest') || fail "the transcript has no NOOP"
# What repeats a word that somebody copied from a mail.
word=$'\e]0;owned\a\u202e\u009b2J'
for command in show 'check message' 'wait --extract' ''; do
	on_terminal "$command '$word:x'" >"$tmp/terminal" || true
	grep -qF 'owned' "$tmp/terminal" || fail "$command: the word is not repeated"
	no_controls "$command with such a word"
done
on_terminal "export id:$hostile --mbox -" >"$tmp/terminal"
no_controls "export --mbox -"
tail -c +1 "$tmp/sent/hostile.eml" >"$tmp/hostile"
same "to a pipe as it came" "$tmp/hostile" m show "$hostile" --raw

# Files.
expect_exit 2 m export
expect_exit 2 m export --dir "$tmp/x" --mbox "$tmp/y"
expect "files written" "$(m export --dir "$tmp/mails")" "5 messages written to $tmp/mails"
for name in letter html plain hostile many; do
	cmp "$tmp/sent/$name.eml" "$tmp/mails/${!name}.eml" || fail "$name.eml differs"
done
expect "nothing else in the directory" "$(ls "$tmp/mails" | wc -l)" 5
echo changed >"$tmp/mails/$plain.eml"
expect_exit 4 m export --dir "$tmp/mails"
matches "a file that is there" "$err" "*$tmp/mails/*.eml*--force*"
m export id:"$plain" --dir "$tmp/mails" --force >/dev/null
cmp "$tmp/sent/plain.eml" "$tmp/mails/$plain.eml" || fail "--force"
expect "none selected" "$(m export to:nobody@example.net --dir "$tmp/none")" \
	"0 messages written to $tmp/none"
expect_exit 4 m export --dir "$tmp/sent/plain.eml/x"

# mbox, read back by another reader.
sent=("$tmp/sent/letter.eml" "$tmp/sent/html.eml" "$tmp/sent/plain.eml" "$tmp/sent/hostile.eml")
expect "mbox" "$(m export -subject:Many --mbox "$tmp/box")" "4 messages written to $tmp/box"
year=$(date -u +%Y)
python3 "$here/mailboxes.py" "$tmp/box" "${sent[@]}" >"$tmp/from"
matches "the senders" "$(cat "$tmp/from")" \
	"app@example.com ??? ??? ?? ??:??:?? ${year:0:3}?"$'\n'"MAILER-DAEMON *"$'\n''"a_b"@example.com *'
m export -subject:Many --mbox - >"$tmp/box2" 2>"$tmp/err"
cmp "$tmp/box" "$tmp/box2" || fail "standard output differs"
expect "said beside it" "$(cat "$tmp/err")" "4 messages written to standard output"
expect_exit 4 m export --mbox "$tmp/box"
matches "an mbox that is there" "$err" "*$tmp/box*--force*"
expect_exit 0 m export --mbox "$tmp/box" --force
expect "messages in it" "$(grep -c '^From ' "$tmp/box")" 5
expect "nothing left beside it" "$(ls "$tmp" | grep -c '^box')" 2
expect_exit 4 m export --mbox "$tmp/none/such/box"
expect_exit 4 m export --mbox /dev/full
[ -c /dev/full ] || fail "a device was written over"
mkfifo "$tmp/pipe"
cmp "$tmp/box" - <"$tmp/pipe" &
m export --mbox "$tmp/pipe" >/dev/null
wait $! || fail "a pipe got something else"
expect_exit 2 m export nosuchkey:x --mbox -

stop_cleanly
