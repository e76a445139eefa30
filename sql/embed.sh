#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Writes the SQL files as C to standard output: sql/embed.sh sql/001-first.sql ... sql/views.sql
# Migrations are named NNN-what.sql and come in order from 001 without a gap. The text goes in as
# numbers, since a C string literal has a length limit.
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

count=0
rows=
views=
for file in "$@"; do
	name=${file##*/}
	case $name in
	views.sql)
		views=$file
		;;
	[0-9][0-9][0-9]-*.sql)
		count=$((count + 1))
		test "${name%%-*}" = "$(printf %03d "$count")" ||
			fail "$file: expected the migration $(printf %03d "$count") here"
		rows="$rows	{\"$name\", migration_$count},
"
		;;
	*)
		fail "$file: expected NNN-what.sql or views.sql"
		;;
	esac
done
test "$count" -gt 0 || fail "expected at least one migration"
test -n "$views" || fail "expected views.sql"

echo "/* Made by sql/embed.sh from sql/; changes here are lost. */"
echo '#include "store/schema.h"'
number=0
for file in "$@"; do
	test "$file" != "$views" || continue
	number=$((number + 1))
	array "static const char migration_$number" "$file"
done
array "const char STORE_VIEWS" "$views"
echo "const struct store_migration STORE_MIGRATIONS[] = {"
printf '%s' "$rows"
echo "};"
echo "const size_t STORE_MIGRATION_COUNT = $count;"
