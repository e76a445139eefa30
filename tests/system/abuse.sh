#!/bin/bash
# SPDX-License-Identifier: ISC
#
# abuse.py against listeners with short limits: plain with STARTTLS offered, and implicit TLS. Small
# here; contrib/check --long runs it with ABUSE_SCALE=1, which is the whole size.
. "$(dirname "$0")/lib.sh"
need python3 openssl sqlite3
scale=${ABUSE_SCALE:-0.04}
within=${ABUSE_WITHIN:-3}
# A sanitizer makes everything several times slower and holds freed memory back.
watch=(--pid)
if grep -q __asan_init "$mailassay"; then
	within=8
	watch=()
fi

cat >"$tmp/abuse.conf" <<'END'
command-timeout = 4s
data-timeout = 4s
line-timeout = 3s
data-rate-after = 3s
session-timeout = 60s
opinion = off
listener mx { kind = mx address = "127.0.0.1" port = 0 }
listener submissions { kind = submissions address = "127.0.0.1" port = 0 }
END
# shellcheck disable=SC2016
printf '$ORIGIN .\n@ 60 IN TXT "nothing else"\n' >"$tmp/none.zone"
start_gateway -c "$tmp/abuse.conf" --zone "$tmp/none.zone"
[ ${#watch[@]} -eq 0 ] || watch=(--pid "$gateway")
failed=
for listener in mx submissions; do
	begin=none
	[ $listener = mx ] || begin=implicit
	python3 "$here/abuse.py" --port "$(port $listener)" --tls $begin --scale "$scale" \
		--within $within --patience 60 --auth abuse:abuse-secret "${watch[@]}" ||
		failed="$failed $listener"
done
python3 "$here/abuse.py" --port "$(port mx)" --tls starttls --scale "$scale" --within $within \
	--patience 60 "${watch[@]}" tls-garbage key-updates renegotiations half-handshake ||
	failed="$failed mx-over-STARTTLS"
expect "listeners that did not hold" "$failed" ""
stop_cleanly
