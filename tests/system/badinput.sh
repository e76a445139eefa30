#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Bad input from the operator: one clear sentence that says what and where, and the exit code.
. "$(dirname "$0")/lib.sh"
need sqlite3 openssl python3

refused() { # CODE PATTERN CONFIGURATION
	printf '%s\n' "$3" >"$tmp/bad.conf"
	expect_exit "$1" "$mailassay" --data "$data" -c "$tmp/bad.conf" serve --ports-file "$tmp/ports"
	matches "$3" "$err" "$2"
	expect "lines said of $3" "$(wc -l <"$tmp/err")" 1
}
at() { echo "mailassay serve: $tmp/bad.conf:$1: *"; }

refused 2 "$(at 1)" 'wokers = 2'
refused 2 "$(at 1)" 'workers = many'
refused 2 "$(at 1)" 'workers = 0'
refused 2 "$(at 1)" 'dns-timeout = 5 parsecs'
refused 2 "$(at 2)" $'workers = 1\nlistner mx { kind = mx }'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = smtp\n}'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = mx\n port = 99999\n}'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = mx\n address = "somewhere"\n}'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = mx\n strictly = yes\n}'
refused 2 "$(at '[0-9]')" $'listener {\n kind = mx\n}'
refused 2 "$(at '[0-9]')" $'user {\n password = "x"\n}'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = mx\n certificate = "/tmp/x.pem"\n}'
refused 2 "$(at '[0-9]')" $'trusted = {"300.0.0.0/8"}'
refused 2 "$(at '[0-9]')" $'listener mx {\n kind = mx'

# Names that this version does not know are usage errors, not silently taken.
refused 2 "$(at 1)" 'route esp { host = "mx" }'
expect_exit 2 m gate
expect_exit 2 m serve --provider ses
expect_exit 2 m serve --no-such-option
expect_exit 2 m nosuchcommand
expect_exit 2 m gaet
matches "a mistyped command" "$err" "*gaet: no such command; did you mean *gate*"
expect_exit 2 m check nothing
expect_exit 2 m list sender:somebody
expect_exit 4 m list from:somebody
expect_exit 2 m list --limit none
expect_exit 2 m wait --timeout soon
expect_exit 2 m check spf --ip 203.0.113 --mail-from a@example.com
expect_exit 2 m serve --listen mx=127.0.0.1
expect_exit 2 m serve --listen pop=127.0.0.1:0

# Files.
expect_exit 4 m serve -c "$tmp/missing.conf"
matches "a missing configuration" "$err" "*$tmp/missing.conf*"
printf '$ORIGIN example.com.\n@ 300 A 192.0.2.1\n@ 300 MX ten mail\n' >"$tmp/bad.zone"
expect_exit 2 m serve --zone "$tmp/bad.zone"
matches "a bad zone" "$err" "mailassay serve: $tmp/bad.zone:3: *"
expect_exit 4 m serve --zone "$tmp/missing.zone"
expect_exit 4 m check message "$tmp/missing.eml" --ip 203.0.113.7

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/one.key" -out "$tmp/one.pem" -subj /CN=one \
	-days 2 2>/dev/null
openssl genrsa -out "$tmp/two.key" 2048 2>/dev/null
with_certificate() {
	printf 'listener mx {\n kind = mx\n address = "127.0.0.1"\n port = 0\n' >"$tmp/bad.conf"
	printf ' certificate = "%s"\n key = "%s"\n}\n' "$1" "$2" >>"$tmp/bad.conf"
	expect_exit "$3" m serve -c "$tmp/bad.conf"
	matches "certificate $1, key $2" "$err" "$4"
}
with_certificate "$tmp/one.pem" "$tmp/two.key" 2 "mailassay serve: $tmp/bad.conf:6: listener \"mx\": *two.key*does not fit*"
with_certificate "$tmp/one.pem" "$tmp/missing.key" 4 "*missing.key*"
with_certificate "$tmp/bad.zone" "$tmp/one.key" 2 "*bad.zone*"

# The store.
for command in list 'show latest' 'wait --timeout 1'; do
	expect_exit 4 "$mailassay" --data "$tmp/nothing" $command
done
start_gateway --listen mx=127.0.0.1:0
expect_exit 1 m show latest
expect_exit 1 m show 01ARZ3NDEKTSV4RRFFQ69G5FAV
expect_exit 1 m show 'no id at all'
expect_exit 1 m show 01A
matches "a short beginning" "$err" "*expected 4 characters of the id or more"
expect_exit 3 m wait --timeout 0
expect_exit 0 m list
expect_exit 4 m serve --listen mx=127.0.0.1:0
matches "a second daemon" "$err" "*$data*"
expect_exit 4 "$mailassay" --data "$tmp/data2" serve --listen "mx=127.0.0.1:$(port mx)"
matches "a port in use" "$err" "*127.0.0.1:$(port mx)*in use*"

stop_gateway
sqlite3 "$data/mailassay.db" "PRAGMA user_version = 999" >/dev/null
expect_exit 4 m serve --listen mx=127.0.0.1:0
matches "a newer database" "$err" "*newer*"
expect_exit 4 m list
matches "a newer database, read" "$err" "*newer*"

if [ "$(id -u)" != 0 ]; then
	mkdir "$tmp/locked"
	chmod 500 "$tmp/locked"
	expect_exit 4 "$mailassay" --data "$tmp/locked/data" serve --listen mx=127.0.0.1:0
fi
printf 'not a directory' >"$tmp/file"
expect_exit 4 "$mailassay" --data "$tmp/file" serve --listen mx=127.0.0.1:0
expect_exit 4 "$mailassay" --data "$tmp/file/below" serve --listen mx=127.0.0.1:0
