#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The floors: a file includes only from its own folder and from the folders its row allows.
# Rows are "FOLDER: ALLOWED ...", "lib/*" being every folder of lib. Prints every include that
# breaks the table, and fails.
set -eu
cd "${srcdir:-.}"

table='
lib/base:
lib/conf: lib/base
lib/mail: lib/base
lib/dns: lib/base
lib/tls: lib/base
lib/mime: lib/base
lib/smtp: lib/base lib/mail
lib/verify: lib/base lib/mail lib/dns
lib/record: lib/base lib/mail lib/tls lib/smtp lib/verify
lib/policy: lib/base lib/conf lib/mail lib/dns lib/tls lib/mime lib/smtp lib/verify lib/record
lib/report: lib/*
src/run: lib/*
src/net: lib/* src/run
src/store: lib/* src/run
src/dns: lib/* src/run src/net
src/gateway: lib/* src/run src/net src/store src/dns
src/opinion: lib/* src/run src/net src/store src/dns
src/indexer: lib/* src/run src/net src/store
src/control: lib/* src/run src/net src/store
src/cli: lib/* src/run src/net src/store src/dns src/gateway src/opinion src/indexer src/control
'

# Libraries whose headers stay in some folders: "PATTERN: FOLDER ...".
libraries='
event2/: src/net src/dns
ares.h: src/dns
ldns/: lib/dns
opendkim/: lib/verify
sqlite3.h: src/store
jansson.h: lib/report src/control
gmime/: lib/mime
confuse.h: lib/conf
idn2.h: lib/mail
libpsl.h: lib/mail
spf2/: src/opinion
opendmarc/: src/opinion
seccomp.h: src/opinion
'

fail=0
bad() {
	echo "$1: includes $2: $3" >&2
	fail=1
}

allowed_of() {
	echo "$table" | sed -n "s|^$1:||p"
}

allows() { # ALLOWED-LIST FOLDER
	for entry in $1; do
		case $entry in
		"$2") return 0 ;;
		'lib/*') case $2 in lib/*) return 0 ;; esac ;;
		esac
	done
	return 1
}

# A header NAME/x.h is lib/NAME's or src/NAME's; dns has both, and they differ by their files.
folder_of() {
	if [ -e "lib/$1" ]; then dirname "lib/$1"; elif [ -e "src/$1" ]; then dirname "src/$1"; fi
}

set -f
for file in $(find lib src -name '*.[ch]' | sort); do
	folder=$(dirname "$file")
	echo "$table" | grep -q "^$folder:" || bad "$file" "-" "its folder has no row in the table"
	allowed=$(allowed_of "$folder")
	for header in $(sed -n 's/^#include "\(.*\)"/\1/p' "$file"); do
		from=$(folder_of "$header")
		if [ -z "$from" ]; then
			bad "$file" "$header" "no such file"
		elif [ "$from" != "$folder" ] && ! allows "$allowed" "$from"; then
			bad "$file" "$header" "$folder may not use $from"
		fi
	done
	for header in $(sed -n 's/^#include <\(.*\)>/\1/p' "$file"); do
		echo "$libraries" | while IFS=': ' read -r pattern folders; do
			case ${pattern:+$header} in
			"$pattern"*) allows "$folders" "$folder" || echo "$pattern" ;;
			esac
		done | grep -q . && bad "$file" "$header" "this library's headers stay elsewhere"
	done
done
exit $fail
