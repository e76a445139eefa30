#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Looking after the store: stats, delete and vacuum, through the control socket while mail comes and
# without a gateway; retention; and clients of the socket that mean no good.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 jq
export TZ=UTC

py() {
	python3 "$here/control.py" "$@"
}

# shellcheck disable=SC2016
printf '$ORIGIN .\nexample.com. 60 IN TXT "v=spf1 ip4:127.0.0.1 -all"\n' >"$tmp/zone"
listeners=(--zone "$tmp/zone" --listen mx=127.0.0.1:0 --listen mx=127.0.0.1:0)
start_gateway "${listeners[@]}" --opinion off

# Nothing there yet, and what is no question.
expect_exit 0 m stats --json
expect "no messages" "$(json "$out" '[.messages,.octets,.sessions,.sessions_failed]|@json')" "[0,0,0,0]"
expect_exit 0 m stats
matches "no messages" "$out" "0 messages, 0 octets*"
expect_exit 0 m delete --all --yes
expect "nothing to delete" "$out" "0 messages deleted"
for arguments in '' --yes '--all to:a@example.net' '--all --yes to:a@example.net' 'to:a@example.net' \
	'--all' 'nokey:x --yes' 'spf:perhaps --yes' '--yes --json=1 x'; do
	expect_exit 2 m delete $arguments </dev/null
	expect "lines said of \"$arguments\"" "$(wc -l <"$tmp/err")" 1
done
expect_exit 2 m delete
matches "no selection" "$err" "mailassay delete: *--all deletes every message"
expect_exit 2 m delete to:a@example.net </dev/null
matches "no terminal" "$err" "mailassay delete: there is no terminal to ask on; give --yes *"
expect_exit 2 m vacuum now
expect_exit 2 m stats --live to:a@example.net
expect_exit 2 m stats nokey:x

# Numbers against the mails that were sent.
py mails "$(port mx)" alice@example.net 3
py mails "$(port mx2)" bob@example.net 2 5000
expect_exit 0 m stats --json
expect "counts" "$(json "$out" '[.messages,.sessions_failed]|@json')" "[5,0]"
expect "octets" "$(json "$out" .octets)" "$(sql 'SELECT sum(length(bytes)) FROM source')"
expect "listeners" "$(json "$out" '[.groups.listener[]|[.word,.count,.percent*10]]|@json')" \
	'[["mx",3,600],["mx2",2,400]]'
expect "nobody logged in" "$(json "$out" '[.groups.user[]|[.word,.count]]|@json')" '[[null,5]]'
expect "SPF" "$(json "$out" '.groups.spf|map([.word,.count,.percent*10])|@json')" \
	'[["pass",5,1000]]'
expect "DKIM" "$(json "$out" '.groups.dkim|map([.word,.count,.percent*10])|@json')" \
	'[["none",5,1000]]'
expect "hours" "$(json "$out" '.groups.hour|map(.count)|add')" 5
expect "findings" "$(json "$out" '.groups.finding[]|select(.word == "missing-date").count')" 5
expect "keys of groups" "$(json "$out" '.groups|keys_unsorted|join(" ")')" \
	"spf dkim dmarc rdns tls listener user hour finding refused"
expect "keys of latencies" "$(json "$out" '.latency_ms|keys_unsorted|join(" ")')" \
	"connection tls authentication envelope data"
expect "sessions that sent data" "$(json "$out" .latency_ms.data.count)" 2
expect "of TLS" "$(json "$out" '.latency_ms.tls|@json')" \
	'{"count":0,"p50":null,"p90":null,"p99":null,"max":null}'
expect_exit 0 m stats to:ALICE@example.net --json
expect "of alice" "$(json "$out" '[.messages,.sessions,.groups.listener[0].word]|@json')" '[3,1,"mx"]'
expect_exit 0 m stats to:nobody@example.net --json
expect "of nobody" "$(json "$out" '[.messages,.sessions,.groups.spf]|@json')" '[0,0,[]]'
expect_exit 0 m stats listener:mx2 --utc
for line in "2 messages, *" "DKIM" "  none * 2  100.0 %" "LISTENER" "  mx2 * 2  100.0 %" \
	"  20??-??-?? ??:00 UTC * 2  100.0 %" "MILLISECONDS IN EACH STAGE" "  data * 1 *"; do
	matches "stats" "$out" "*$line*"
done
# Free words, walked by the gateway, which has no opinions to wake it.
expect_exit 0 m stats '"mail 2"' --json
expect "of a phrase" "$(json "$out" .messages)" 1

# What it holds at this moment.
mkfifo "$tmp/held"
python3 "$here/control.py" hold "$(port mx)" <"$tmp/held" >"$tmp/holder" &
holder=$!
exec 4>"$tmp/held"
until grep -q open "$tmp/holder"; do :; done
expect_exit 0 m stats --live --json
expect "keys of --live" "$(json "$out" 'keys_unsorted|join(" ")')" \
	"sessions buffered uptime_ms jobs sessions_begun messages_stored"
expect "live" "$(json "$out" '[.sessions >= 1,.buffered,.uptime_ms > 0,.sessions_begun,.messages_stored]|@json')" \
	"[true,0,true,3,5]"
expect_exit 0 m stats --live
matches "live" "$out" "*  sessions that are open*5  messages stored since the start*"
exec 4>&-
wait "$holder" || fail "the client that held a session: $(cat "$tmp/holder")"

# Somebody at a terminal.
count() {
	sql "SELECT count(*) FROM messages"
}
ask() { # ANSWER CODE ARGUMENT...
	local got=0
	py person "$1" "$mailassay" --data "$data" delete "${@:3}" >"$tmp/out" || got=$?
	out=$(cat "$tmp/out")
	expect "exit code of delete ${*:3}" "$got" "$2"
}
for answer in n '' yess 'y y'; do
	ask "$answer" 1 to:bob@example.net
	matches "the question" "$out" "*subject*mail 1*Delete these 2 messages of $data?*nothing was deleted"
	expect "messages left" "$(count)" 5
done
ask Y 0 to:bob@example.net
matches "the answer" "$out" "*2 messages deleted"
expect "messages left" "$(count)" 3
expect "sessions left" "$(sql 'SELECT count(*) FROM session WHERE listener = "mx2"')" 0
py mails "$(port mx)" carol@example.net 9
ask yes 0 'to:carol@example.net'
matches "the first few" "$out" "*mail 8*mail 4*and 4 more*9 messages deleted"
expect_exit 0 m delete --yes --json subject:'mail 1'
expect "by a selection" "$out" '{"deleted":1}'
expect "messages left" "$(sql 'SELECT group_concat(subject) FROM messages ORDER BY received_at')" \
	"mail 0,mail 2"
expect_exit 1 m show subject
ask y 0 subject:nothing
expect "no question" "$out" "0 messages deleted"

# Everything that belonged to them.
tables() { # the tables that are not empty
	local table
	for table in $(sql "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'
		AND name NOT LIKE 'words%' AND name NOT LIKE 'sqlite%'"); do
		[ "$(sql "SELECT count(*) FROM $table")" = 0 ] || echo "$table"
	done
	[ "$(sql "SELECT count(*) FROM words WHERE words MATCH 'mail OR hello OR flow'")" = 0 ] || echo words
}
expect_exit 0 m delete --all --yes
expect "the last ones" "$out" "2 messages deleted"
stop_cleanly
expect "tables that hold something" "$(tables | grep -vx deleted | tr '\n' ' ')" "session transcript "
expect "that of who only held" "$(sql 'SELECT count(*) FROM session')" 1
[ ! -e "$data/control" ] || fail "the socket is still there"
expect_exit 4 m stats --live
matches "no gateway" "$err" "mailassay stats: $data: no gateway serves it; *"

# Numbers of messages are not given twice; vacuum while mail comes.
highest=$(sql 'SELECT number FROM deleted')
start_gateway "${listeners[@]}"
expect "mode of the socket" "$(stat -c %a "$data/control")" 600
py mails "$(port mx)" big@example.net 40 200000
[ "$(sql 'SELECT min(number) FROM message')" -gt "$highest" ] || fail "a number was given again"
flow() { # COMMAND...: runs it while mail comes; how many came is in $flowed, its output in $out
	local stop
	mkfifo "$tmp/stop"
	python3 "$here/control.py" flow "$(port mx2)" flow@example.net <"$tmp/stop" >"$tmp/flow" &
	local sender=$!
	exec {stop}>"$tmp/stop"
	expect_exit 0 m wait to:flow@example.net --timeout 60
	expect_exit 0 "$@"
	exec {stop}>&-
	wait "$sender" || fail "the sender: $(cat "$tmp/flow")"
	flowed=$(tail -n1 "$tmp/flow")
	rm "$tmp/stop"
}
look_after() {
	m delete to:big@example.net --yes >"$tmp/deleted" && m vacuum --json
}
before=$(stat -c %s "$data/mailassay.db")
flow look_after
expect "deleted" "$(cat "$tmp/deleted")" "40 messages deleted"
after=$(stat -c %s "$data/mailassay.db")
[ "$before" -gt 8000000 ] || fail "only $before octets before"
[ "$(json "$out" '.before > 8000000 and .after < 4000000')" = true ] || fail "vacuum: $out"
[ "$after" -lt 4000000 ] || fail "the file has $after octets still"
expect "mail that came meanwhile" "$(sql "SELECT count(*) FROM recipient WHERE address = 'flow@example.net'")" \
	"$flowed"
expect_exit 0 m vacuum
matches "vacuum" "$out" "[0-9]* octets before, [0-9]* after"

# Nobody knocks it over.
expect_exit 0 m delete --all --yes
flow python3 "$here/control.py" hostile "$data/control"
expect "mail that came meanwhile" "$(count)" "$flowed"
end=$((SECONDS + 60))
until [ "$(m stats --live --json | jq -c '[.sessions,.jobs,.buffered]')" = "[0,0,0]" ]; do
	[ $SECONDS -lt $end ] || fail "something is left open: $(m stats --live --json)"
done

# More than fit into one line of the socket; deleted without a gateway, then with one.
py mails "$(port mx)" many@example.net 601
stop_cleanly
cp -r "$data" "$tmp/second"
expect_exit 0 m delete to:many@example.net --yes --json
expect "without a gateway" "$out" '{"deleted":601}'
expect_exit 0 m vacuum --json
[ "$(json "$out" '.after < .before')" = true ] || fail "vacuum without a gateway: $out"
expect_exit 0 m delete to:many@example.net --yes
expect "once more" "$out" "0 messages deleted"
data=$tmp/second
start_gateway "${listeners[@]}"
expect_exit 0 m delete to:many@example.net --yes --json
expect "with a gateway" "$out" '{"deleted":601}'

# Retention, and that of a reload.
stop_cleanly
printf 'retention-count = 4\n' >"$tmp/retention.conf"
start_gateway -c "$tmp/retention.conf" "${listeners[@]}"
until_count() { # WANTED
	local end=$((SECONDS + 60))
	until [ "$(count)" = "$1" ]; do
		[ $SECONDS -lt $end ] || fail "retention: $(count) messages, expected $1"
	done
}
py mails "$(port mx)" kept@example.net 6
until_count 4
expect "the newest are kept" "$(sql 'SELECT group_concat(subject) FROM messages ORDER BY received_at')" \
	"mail 2,mail 3,mail 4,mail 5"
printf 'retention-count = 1\n' >"$tmp/retention.conf"
kill -HUP "$gateway"
until_count 1
! grep -q restart-needed "$tmp/log" || fail "retention needs a restart"
stop_cleanly

# Something else has the socket's name: mail is taken all the same.
rm -f "$data/control"
: >"$data/control"
start_gateway "${listeners[@]}"
grep -q ' control-failed ' "$tmp/log" || fail "nothing was said of the socket"
py mails "$(port mx)" last@example.net 1
expect_exit 4 m delete --all --yes
matches "the lock is taken" "$err" "mailassay delete: *another mailassay serves*"
expect_exit 4 m stats --live
stop_cleanly
[ -f "$data/control" ] || fail "the file was removed"

# A directory whose path is longer than a socket's address.
data=$tmp/$(printf '%0100d/' 1 2)here
start_gateway "${listeners[@]}"
py mails "$(port mx)" last@example.net 1
expect_exit 0 m delete --all --yes
expect "by a long path" "$out" "1 message deleted"
expect_exit 0 m stats --live --json
stop_cleanly

# No store at all.
data=$tmp/nothing
for command in 'delete --all --yes' vacuum stats 'stats --live'; do
	expect_exit 4 m $command
	[ ! -e "$data" ] || fail "$command made a directory"
done
