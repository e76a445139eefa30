# SPDX-License-Identifier: ISC
#
# What the system tests share; sourced by each (bash). A test runs the real program in a temporary
# directory, on loopback and port 0, waits by events and never by time, and fails at the first
# thing that is not as expected.
set -euo pipefail
# The modules of Debian's packages belong to Debian's python3, wherever another one may be.
PATH=/usr/bin:/bin:/usr/sbin:$PATH

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mailassay=${MAILASSAY:-$PWD/mailassay}
tmp=$(mktemp -d)
gateway=
started=() # processes to be ended with the test
unset MAILASSAY_DATA MAILASSAY_CONF NO_COLOR
export MAILASSAY_CONF=$tmp/none.conf
: >"$MAILASSAY_CONF"
data=$tmp/data

clean_up() {
	local status=$?
	set +e
	[ -z "$gateway" ] || kill -KILL "$gateway" 2>/dev/null
	end_dns
	[ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null
	if [ $status -ne 0 ] && [ $status -ne 77 ] && [ -s "$tmp/log" ]; then
		echo "--- the gateway's log:" >&2
		tail -n 50 "$tmp/log" >&2
	fi
	chmod -R u+rwx "$tmp" 2>/dev/null
	rm -rf "$tmp"
	exit $status
}
trap clean_up EXIT

# Skips the test, with the reason, where a program is missing; contrib/check installs all of them.
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null && continue
		echo "skipped: $program is not installed" >&2
		[ -z "${MAILASSAY_NO_SKIP-}" ] || exit 1
		exit 77
	done
}

need_python() { # MODULE...
	local module
	need python3
	for module in "$@"; do
		python3 -c "import $module" 2>/dev/null && continue
		echo "skipped: python3 has no module $module" >&2
		[ -z "${MAILASSAY_NO_SKIP-}" ] || exit 1
		exit 77
	done
}

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# start_gateway ARGUMENT...: returns once it is ready; ports are in $tmp/ports.
start_gateway() {
	local line=
	exec 3< <(exec "$mailassay" --data "$data" serve --ports-file "$tmp/ports" "$@" 2>&1)
	gateway=$!
	while IFS= read -r line <&3; do
		echo "$line" >>"$tmp/log"
		case $line in *' ready '*) break ;; esac
	done
	case $line in
	*' ready '*) cat <&3 >>"$tmp/log" & ;;
	*) fail "the gateway did not start: $(tail -n1 "$tmp/log")" ;;
	esac
}

default_listeners() {
	echo --listen mx=127.0.0.1:0 --listen submission=127.0.0.1:0 --listen submissions=127.0.0.1:0
}

# stop_gateway [SIGNAL]: ends it and returns its exit code in $code.
stop_gateway() {
	kill -"${1-TERM}" "$gateway"
	code=0
	wait "$gateway" || code=$?
	gateway=
}

# Ends it, and it may leave nothing behind: no session, no word of a sanitizer.
stop_cleanly() {
	stop_gateway
	expect "exit code" "$code" 0
	if grep -qE 'Sanitizer|runtime error' "$tmp/log"; then
		fail "a sanitizer spoke"
	fi
	expect "sessions without an end" \
		"$(sql 'SELECT count(*) FROM session WHERE "end" IS NULL')" 0
}

dns_pids=()
end_dns() {
	[ ${#dns_pids[@]} -eq 0 ] || kill "${dns_pids[@]}" 2>/dev/null || true
	dns_pids=()
}

# start_dns FILE...: a name server of its own (dnsserver.py); its address is then in $dns, the
# questions come to $tmp/questions.
start_dns() {
	local number
	: >"$tmp/questions"
	exec 5< <(exec python3 "$here/dnsserver.py" "$tmp/questions" "$@" 2>>"$tmp/dns.log")
	dns_pids+=($!)
	read -r number <&5 || fail "the name server did not start: $(cat "$tmp/dns.log")"
	exec 5<&-
	dns=127.0.0.1:$number
}

port() {
	sed -n "s/^$1=//p" "$tmp/ports"
}

m() {
	"$mailassay" --data "$data" "$@"
}

sql() {
	sqlite3 -readonly "$data/mailassay.db" "$@"
}

# expect WHAT GOT WANTED
expect() {
	[ "$2" = "$3" ] || fail "$1: got \"$2\", expected \"$3\""
}

# expect_exit CODE COMMAND...: its output is in $out, its errors in $err.
expect_exit() {
	local want=$1 got=0
	shift
	"$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
	[ "$got" = "$want" ] || fail "$*: exit code $got, expected $want: $err"
}

# matches WHAT TEXT PATTERN (a shell pattern)
matches() {
	case $2 in
	$3) ;;
	*) fail "$1: got \"$2\", expected it to match $3" ;;
	esac
}

# json OBJECT JQ-EXPRESSION
json() {
	jq -r "$2" <<<"$1"
}

# message [SUBJECT]: a plain message on standard output.
message() {
	printf 'From: App <app@example.com>\nTo: qa@example.net\nSubject: %s\n' "${1-Hello}"
	printf 'Date: Mon, 23 Nov 2026 16:00:00 +0000\nMessage-ID: <%s@example.com>\n\nHello.\n' \
		"${RANDOM}${RANDOM}"
}

# expired_certificate NAME KEY PEM: a self-signed certificate that ended long ago, and its key.
expired_certificate() {
	local ca
	ca=$(mktemp -d -p "$tmp")
	printf '[ca]\ndefault_ca = d\n[d]\ndatabase = %s/index\nserial = %s/serial\n' "$ca" "$ca" >"$ca/conf"
	printf 'new_certs_dir = %s\ndefault_md = sha256\npolicy = p\n[p]\ncommonName = supplied\n' "$ca" \
		>>"$ca/conf"
	: >"$ca/index"
	echo 01 >"$ca/serial"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$2" -subj "/CN=$1" \
		-out "$ca/request" 2>/dev/null
	openssl ca -batch -config "$ca/conf" -selfsign -keyfile "$2" -in "$ca/request" -out "$3" -notext \
		-startdate 20200101000000Z -enddate 20200102000000Z 2>/dev/null
}
