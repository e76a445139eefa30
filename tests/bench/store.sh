#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The command line over a store of many messages, against a bare sqlite3 process that reads the same
# rows. "store.sh [COUNT [DIR]]": 1,000,000 messages; with DIR the store stays there, and is used
# again when it is there already. Exits 1 when a command takes more than three times as long.
. "$(dirname "$0")/lib.sh"

count=${1-1000000}
dir=${2-}

command -v sqlite3 >/dev/null || {
	echo "store.sh: sqlite3 is not installed" >&2
	exit 2
}
build bench_store
[ -n "${MAILASSAY-}" ] || ${MAKE:-make} -s mailassay
mailassay=${MAILASSAY-$PWD/mailassay}
machine
library sqlite3
if [ -z "$dir" ]; then
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi
export MAILASSAY_CONF=/dev/null
[ -f "$dir/count" ] || {
	echo "making a store of $count messages in $dir"
	"$program" make "$dir" "$count"
	echo "$count" >"$dir/count"
}
count=$(cat "$dir/count")
echo "store: $count messages, $(du -m "$dir/mailassay.db" | cut -f 1) MB"
"$program" compare "$dir" "$count" "$mailassay"
