#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Every dialog against the running daemon over real sockets and real TLS: in the clear, over
# STARTTLS and over implicit TLS, and once by octet; then what the store holds of each session is
# compared with what its script says.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3
dialogs=$here/../dialog
scripts=$(ls "$dialogs"/*.dialog)

# What DNS says is of no account here, and nobody needs to be asked.
printf '$ORIGIN .\nexample. 60 TXT "x"\n' >"$tmp/all.zone"
python3 "$dialogs/run_daemon.py" --config $scripts >"$tmp/dialogs.conf"
MAILASSAY_CONF=$tmp/dialogs.conf start_gateway --zone "$tmp/all.zone"
m ca >"$tmp/ca.pem"
python3 "$dialogs/run_daemon.py" --ports "$tmp/ports" --ca "$tmp/ca.pem" --report "$tmp/report" \
	$scripts || fail "a dialog differs"
stop_gateway
expect "exit code" "$code" 0
python3 "$dialogs/run_daemon.py" --report "$tmp/report" --database "$data/mailassay.db" ||
	fail "the store holds something else"
