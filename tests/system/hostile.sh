#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What no client should do: vanish anywhere, send without end, read nothing, hold everything open.
# The gateway stays within its bounds, serves the next client, and ends when it is told to.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3

zone=$tmp/none.zone
# shellcheck disable=SC2016
printf '$ORIGIN .\n@ 60 IN TXT "nothing else"\n' >"$zone"

# gateway_with CONFIGURATION ARGUMENT...
gateway_with() {
	printf '%s\n' "$1" >"$tmp/hostile.conf"
	shift
	start_gateway -c "$tmp/hostile.conf" --workers 2 "$@"
}

hostile() {
	python3 "$here/hostile.py" "$1" "$tmp/ports" "$gateway" "$data/mailassay.db" ||
		fail "case $1"
}

gateway_with '' $(default_listeners) --zone "$zone"
hostile early
hostile vanish
hostile pipelined
hostile unread
stop_cleanly
expect "broken connections told as failed handshakes" \
	"$(sql 'SELECT count(*) FROM session WHERE tls_failure_reason IS NOT NULL')" 0
expect "passwords in the log or the store" \
	"$(cat "$tmp/log" "$data"/mailassay.db* | grep -acE 'AGFwcABzZWNyZXQ')" 0

gateway_with 'max-buffered = 64K max-connections = 40
listener mx { kind = mx address = "127.0.0.1" port = 0 max-message-size = 60K }' --zone "$zone"
hostile bounds
stop_cleanly

gateway_with 'session-timeout = 1s' $(default_listeners) --zone "$zone"
hostile locked
stop_cleanly
# The client that reset may have been noticed only when its time had run out too.
matches "the sessions whose time ran out" "$(sql "SELECT count(*) FROM session
	WHERE \"end\" = 'timeout' AND stage = 'done'")" "[12]"

# A name server that never answers: this socket is bound and not read.
exec 4< <(exec python3 -c '
import signal, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
signal.alarm(60)
signal.pause()')
mute=$!
read -r dns <&4
gateway_with 'dns-timeout = 30s shutdown-timeout = 1s' $(default_listeners) --dns "127.0.0.1:$dns"
began=$SECONDS
hostile stop
code=0
wait "$gateway" || code=$?
gateway=
kill "$mute"
expect "exit code" "$code" 0
[ $((SECONDS - began)) -le 8 ] || fail "the end took $((SECONDS - began)) s"
expect "how they ended" "$(sql "SELECT \"end\", count(*) FROM session
	WHERE id > (SELECT max(id) FROM session WHERE \"end\" != 'shutdown') GROUP BY 1")" 'shutdown|6'
