#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Every dialog against the running daemon over real sockets and real TLS; then what the store holds
# of each session is compared with what its script says.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3
dialogs=$here/../dialog
scripts=$(ls "$dialogs"/*.dialog)

python3 "$dialogs/run_daemon.py" --config $scripts >"$tmp/dialogs.conf"
MAILASSAY_CONF=$tmp/dialogs.conf start_gateway
m ca >"$tmp/ca.pem"
python3 "$dialogs/run_daemon.py" --ports "$tmp/ports" --ca "$tmp/ca.pem" --report "$tmp/report" \
	$scripts || fail "a dialog differs"
stop_gateway
expect "exit code" "$code" 0
python3 "$dialogs/run_daemon.py" --report "$tmp/report" --database "$data/mailassay.db" ||
	fail "the store holds something else"
