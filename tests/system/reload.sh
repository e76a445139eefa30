#!/bin/bash
# SPDX-License-Identifier: ISC
#
# SIGHUP: certificates, users and zones are replaced under open sessions, which go on; TLS sessions
# of before are resumed; a mistake leaves all as it was. reload.py is the clients.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 openssl

for name in first second; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj "/CN=$name" -keyout "$tmp/$name-key.pem" -out "$tmp/$name.pem" 2>/dev/null
done
cp "$tmp/first.pem" "$tmp/certificate.pem"
cp "$tmp/first-key.pem" "$tmp/certificate-key.pem"
# shellcheck disable=SC2016
printf '$ORIGIN .\nexample.com 60 IN TXT "v=spf1 ip4:127.0.0.1 -all"\n' >"$tmp/zone"
# shellcheck disable=SC2016
printf '$ORIGIN .\nexample.com 60 IN TXT "v=spf1 -all"\n' >"$tmp/zone-after"

: >"$tmp/log"
python3 "$here/reload.py" "$tmp" 0
start_gateway -c "$tmp/reload.conf"
python3 "$here/reload.py" "$tmp" "$gateway" || fail "reload.py"
stop_gateway
expect "exit code" "$code" 0
if grep -qE 'Sanitizer|runtime error' "$tmp/log"; then
	fail "a sanitizer spoke"
fi

expect "SPF by the zone in force" "$(sql "SELECT DISTINCT subject || ' ' || spf FROM messages
	ORDER BY 1")" "after fail
amid fail
before pass
kept fail
waited fail"
expect "sessions that ended with QUIT" "$(sql "SELECT DISTINCT \"end\" FROM session")" quit
expect "clients of the expired certificate" "$(sql "SELECT count(*) FROM finding
	WHERE id = 'certificate-not-verified'")" 1
expect "who was logged in" "$(sql "SELECT DISTINCT auth_user FROM session
	WHERE auth_user IS NOT NULL ORDER BY 1")" "alice
bob"
expect "secrets in the log" "$(grep -cE 'alpha-one|bravo-two' "$tmp/log" || true)" 0
