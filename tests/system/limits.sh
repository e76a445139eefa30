#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Every limit on time, connections, rate and memory: the reply, the finding, and what the session's
# row says. The limits are short here, so that they are reached at once.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3

zone=$tmp/none.zone
# shellcheck disable=SC2016
printf '$ORIGIN .\n@ 60 IN TXT "nothing else"\n' >"$zone"

listeners='
listener mx { kind = mx address = "127.0.0.1" port = 0 max-message-size = 60K }
listener behind { kind = mx address = "127.0.0.1" port = 0 proxy = required
	max-message-size = 60K }
listener submissions { kind = submissions address = "127.0.0.1" port = 0 max-message-size = 60K }'

# clients GROUP CONFIGURATION: runs them against a gateway of their own and stops it.
clients() {
	rm -rf "$data"
	printf '%s\n' "$2" "$listeners" >"$tmp/limits.conf"
	start_gateway -c "$tmp/limits.conf" --workers 2 --zone "$zone"
	python3 "$here/limits.py" "$1" "$tmp/ports" >"$tmp/sessions" || fail "group $1"
	stop_gateway
	expect "exit code" "$code" 0
}

# session NAME WANTED: "end stage failed_at findings", and the failure is in $failure.
session() {
	local port row
	port=$(awk -v name="$1" '$1 == name {print $2}' "$tmp/sessions")
	row="FROM session WHERE client_port = $port ORDER BY id DESC LIMIT 1"
	expect "session $1" "$(sql "SELECT \"end\" || ' ' || stage || ' ' ||
		coalesce(failed_at, '-') || ' ' || coalesce((SELECT group_concat(id, ' ') FROM
		(SELECT id FROM finding WHERE session = number AND message IS NULL AND id IN
		('too-slow', 'timeout', 'session-too-long', 'too-many-connections', 'rate-limit',
		'too-many-connections-from-address', 'buffers-full') ORDER BY seq)), '-') $row")" "$2"
	failure=$(sql "SELECT coalesce(failure, '') $row")
	reason=$(sql "SELECT coalesce(end_reason, '') $row")
}

failed_with() { # WHAT PATTERN
	matches "failure of $1" "$failure" "$2"
}

clients slow 'line-timeout = 500ms command-timeout = 1s data-timeout = 1s
data-rate = 1000 data-rate-after = 500ms'
session line "timeout connection connection too-slow"
failed_with line "a command line was not complete within line-timeout"
expect "reason" "$reason" "$failure"
session challenge "timeout authentication authentication too-slow"
session lines "quit connection - -"
session silence "timeout connection connection timeout"
failed_with silence "the client was silent for too long"
session data "timeout data data too-slow"
failed_with data "the message came more slowly than data-rate allows"
session chunk "timeout data data too-slow"
session steady "quit done - -"
for name in no-handshake half-handshake; do
	session $name "timeout tls tls too-slow"
	failed_with $name "the client did not finish the TLS handshake in time"
done
session header "timeout connection connection too-slow"
failed_with header "the client did not send a PROXY header in time"
expect "handshakes that failed" "$(sql 'SELECT count(*) FROM session
	WHERE tls_failure_reason IS NOT NULL')" 2
expect "times of stages not reached" "$(sql 'SELECT count(*) FROM session WHERE
	(stage = "connection") != (tls_ms IS NULL AND authentication_ms IS NULL
	AND envelope_ms IS NULL AND data_ms IS NULL)')" 0
expect "the times of the steady message" "$(sql 'SELECT data_ms >= 800 AND envelope_ms < 800 AND
	connection_ms < 800 AND tls_ms IS NULL FROM session WHERE stage = "done"')" 1

clients long 'session-timeout = 800ms data-timeout = 300ms data-rate = 0'
session life "timeout connection connection session-too-long"
failed_with life "the session lasted longer than session-timeout allows"
session data-silence "timeout data data timeout"

clients many 'max-connections = 3'
session held0 "quit connection - -"
session too-many "limit connection connection too-many-connections"
failed_with too-many "421 4.3.2 *"
session too-many-tls "limit tls connection too-many-connections"

clients address 'max-connections-per-address = 2'
session held1 "quit connection - -"
session same-address "limit connection connection too-many-connections-from-address"
failed_with same-address "421 4.7.0 *"
session other-address "quit connection - -"
for name in proxied3 site3; do
	session $name "limit connection connection too-many-connections-from-address"
done
for name in proxied2 proxied4 site2 site4; do
	session $name "quit connection - -"
done

clients crowd 'max-connections = 4
max-connections-per-address = 2'
session elsewhere "quit connection - -"

clients rate 'rate-per-address = 3'
session rate "limit done envelope rate-limit"
failed_with rate "421 4.7.0 *"
session again "limit envelope envelope rate-limit"
session elsewhere "quit done - -"
expect "messages" "$(sql 'SELECT count(*) FROM message')" 4

clients buffers 'max-buffered = 64K'
session full "quit data data buffers-full"
failed_with full "452 4.3.1 *"
session holds "quit done - -"
session room "quit done - -"

# Without transcripts none is kept, but the session is.
listeners=${listeners/mx \{/mx \{ store-transcript = no}
clients buffers 'max-buffered = 64K'
session holds "quit done - -"
expect "transcripts" "$(sql "SELECT count(*) FROM transcript")" 0
