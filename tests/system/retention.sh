#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Retention by the real program: count and size while mail comes, age on a store with old messages;
# and the files shrink when they are told to.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 jq

# conf LINE...
conf() {
	printf '%s\n' 'opinion = off' 'listener mx { kind = mx' 'address = "127.0.0.1"' 'port = 0' '}' \
		"$@" >"$tmp/conf"
}

serve() {
	conf "$@"
	start_gateway -c "$tmp/conf"
}

# send FIRST LAST OCTETS: messages whose subjects are numbers, each in a session of its own.
send() {
	python3 - "$(port mx)" "$@" <<'EOF'
import smtplib, sys
port, first, last, octets = map(int, sys.argv[1:])
for n in range(first, last + 1):
    with smtplib.SMTP("127.0.0.1", port) as s:
        text = f"From: a@example.com\r\nSubject: {n}\r\n\r\nword{n}\r\n"
        line = "x" * 70 + "\r\n"
        text += line * ((octets - len(text)) // len(line))
        s.sendmail("a@example.com", ["b@example.net"], text)
EOF
}

subjects() {
	sql "SELECT coalesce(group_concat(subject, ' '), '') FROM (SELECT subject FROM message ORDER BY number)"
}

# await WHAT SQL WANTED: the writer deletes when it has nothing else to do.
await() {
	local tries got
	for ((tries = 0; tries < 2000; tries++)); do
		got=$(sql "$2")
		[ "$got" != "$3" ] || return 0
	done
	fail "$1: got \"$got\", expected \"$3\""
}

octets() {
	cat "$data/mailassay.db" "$data/mailassay.db-wal" | wc -c
}

# By count.
serve 'retention-count = 5'
send 1 12 300
await "messages by count" 'SELECT count(*) FROM message' 5
await "the newest stay" "SELECT min(number) || ' ' || max(number) FROM message" "8 12"
expect "subjects" "$(subjects)" "8 9 10 11 12"
await "sessions go with their messages" 'SELECT count(*) FROM session' 5
expect "the newest by the program" "$(m list --limit 1 --json | jq -r .message.subject)" 12
await "the index has those alone" 'SELECT count(*) FROM words' 5
expect "nobody else's words are found" "$(m list word3 --json | wc -l)" 0
expect "words that are there are found" "$(m list word9 --json | jq -r .message.subject)" 9
grep -q ' level=info retention messages=[1-9]' "$tmp/log" || fail "the log does not tell of it"
stop_cleanly

# By size, in force after a reload. Sources of 20,000 octets.
serve
send 21 30 20000
expect "nothing is deleted without a limit" "$(sql 'SELECT count(*) FROM message')" 15
conf 'retention-size = 100K'
kill -HUP "$gateway"
await "messages by size" 'SELECT sum(size) <= 102400 AND sum(size) > 80000 FROM message' 1
expect "subjects" "$(subjects)" "26 27 28 29 30"
send 31 33 20000
await "messages by size later" 'SELECT min(number) FROM message' 21
expect "subjects" "$(subjects)" "29 30 31 32 33"

# The files are as small as what is left, and the gateway goes on.
send 40 44 20000
await "before the vacuum" 'SELECT count(*) FROM message' 5
before=$(octets)
expect_exit 0 m vacuum --json
expect "octets after it" "$(json "$out" .after)" "$(octets)"
[ "$(octets)" -lt "$before" ] || fail "vacuum: $before octets before, $(octets) after"
[ "$(octets)" -lt 500000 ] || fail "vacuum left $(octets) octets"
expect "integrity" "$(sql 'PRAGMA integrity_check')" ok
send 45 45 20000
expect_exit 0 m wait subject:45 --timeout 20
stop_cleanly

# By age: old rows made by hand while nothing runs, sessions without messages among them.
now=$(($(date +%s) * 1000))
day=$((24 * 3600 * 1000))
sqlite3 "$data/mailassay.db" "
	UPDATE message SET received_at_ms = $now - 10 * $day WHERE subject IN ('42', '43');
	UPDATE message SET received_at_ms = $now - 6 * $day WHERE subject = '44';
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
	INSERT INTO session (id, started_at_ms, ended_at_ms, stage, \"end\", commands, bytes_in,
		bytes_out, via)
		SELECT printf('01AAAAAAAAAAAAAAAAAAAAA%03d', i), 1, $now - 8 * $day, 'tls', 'quit', 1, 1, 1, 'direct'
		FROM n;
	INSERT INTO session (id, started_at_ms, ended_at_ms, stage, \"end\", commands, bytes_in,
		bytes_out, via)
		VALUES ('01AAAAAAAAAAAAAAAAAAAAA999', 1, $now - 5 * $day, 'tls', 'quit', 1, 1, 1, 'direct');
	INSERT INTO transcript (session, text) SELECT number, 'S: 220 hello' FROM session;"
serve 'retention-age = 7d'
await "messages by age" "SELECT group_concat(subject, ' ') FROM (SELECT subject FROM message ORDER BY number)" \
	"41 44 45"
await "sessions by age" 'SELECT count(*) FROM session' 4
expect "what hangs on nothing" "$(sql 'PRAGMA foreign_key_check')" ""
stop_cleanly

# And what a person deletes is not counted, nor its number given again.
last=$(sql 'SELECT max(number) FROM message')
expect_exit 0 m delete subject:45 --yes
serve 'retention-count = 3'
send 50 50 300
expect "the number goes on" "$(sql 'SELECT max(number) FROM message')" "$((last + 1))"
await "three are left" 'SELECT count(*) FROM message' 3
stop_cleanly
