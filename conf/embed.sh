#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Writes receivers' files as C to standard output: conf/embed.sh conf/receivers/*.conf
# The text goes in as numbers, since a C string literal has a length limit.
set -eu
LC_ALL=C
export LC_ALL

fail() {
	echo "embed.sh: $1" >&2
	exit 1
}

array() { # NAME FILE
	test -r "$2" || fail "$2: cannot be read"
	! grep -q '[^ -~	]' "$2" || fail "$2: has an octet that is no ASCII text"
	echo "$1[] = {"
	od -An -v -tu1 "$2" | sed 's/[0-9][0-9]*/&,/g'
	echo "0};"
}

test $# -gt 0 || fail "expected at least one file of receivers"
echo "/* Made by conf/embed.sh from conf/receivers/; changes here are lost. */"
echo '#include "conf/receiver_files.h"'
count=0
rows=
for file in "$@"; do
	case ${file##*/} in
	*[!a-z0-9.-]* | .conf) fail "$file: expected NAME.conf in lower case" ;;
	*.conf) ;;
	*) fail "$file: expected NAME.conf" ;;
	esac
	count=$((count + 1))
	array "static const char text_$count" "$file"
	rows="$rows	{\"${file##*/}\", text_$count},
"
done
echo "const struct conf_receiver_file CONF_RECEIVER_FILES[] = {"
printf '%s' "$rows"
echo "};"
echo "const size_t CONF_RECEIVER_FILE_COUNT = $count;"
