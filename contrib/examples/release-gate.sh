#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A release gate: runs a command that sends mail against a gateway of its own, and judges the mail.
#
#	release-gate.sh CONFIGURATION POLICY COMMAND [ARGUMENT...]
#
# The command finds the gateway by SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD and SMTP_CA.
# Besides, of the environment:
#
#	MAILASSAY      the program (mailassay)
#	GATE_LISTENER  the listener whose port the command gets (submission)
#	GATE_COUNT     how many messages must come (1), in GATE_TIMEOUT seconds (30)
#	GATE_JUNIT     a file for the results as JUnit
#	GATE_OPTIONS   further options of "mailassay gate", such as --github
#	GATE_SERVE     further options of "mailassay serve", such as --zone FILE
#
# Exits with the code of "mailassay gate": 0 the mail is good, 1 it would bounce, 2 a mistake in the
# policy, 3 too little of it came; 4 where the gateway did not start or the command failed.
set -eu

if [ $# -lt 3 ]; then
	sed -n 's/^#	\(release-gate.sh\)/usage: \1/p' "$0" >&2
	exit 2
fi
configuration=$1 policy=$2
shift 2
mailassay=${MAILASSAY:-mailassay}
work=$(mktemp -d)
gateway=
finish() {
	code=$?
	trap - EXIT
	if [ -n "$gateway" ]; then
		kill "$gateway" 2>/dev/null || true
		wait "$gateway" 2>/dev/null || true
	fi
	rm -rf "$work"
	exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ask() {
	"$mailassay" --data "$work/data" -c "$configuration" "$@"
}

# The gateway says "ready" in its log once all listeners are.
mkfifo "$work/log"
# shellcheck disable=SC2086
"$mailassay" --data "$work/data" -c "$configuration" serve --ports-file "$work/ports" \
	${GATE_SERVE-} >"$work/log" 2>&1 &
gateway=$!
exec 3<"$work/log"
line=
while IFS= read -r line <&3; do
	case $line in
	*' ready '*) break ;;
	esac
	last=$line
done
case $line in
*' ready '*) ;;
*)
	echo "release-gate.sh: the gateway did not start: ${last-}" >&2
	exit 4
	;;
esac
cat <&3 >/dev/null &

ask ca >"$work/ca.pem"
SMTP_HOST=127.0.0.1
SMTP_PORT=$(sed -n "s/^${GATE_LISTENER:-submission}=//p" "$work/ports")
SMTP_USER=${SMTP_USER-shop}
SMTP_PASSWORD=${SMTP_PASSWORD-secret}
SMTP_CA=$work/ca.pem
export SMTP_HOST SMTP_PORT SMTP_USER SMTP_PASSWORD SMTP_CA
"$@" || {
	echo "release-gate.sh: the command failed: $* (exit code $?); where sending broke:" >&2
	ask sessions --failed >&2 || true
	exit 4
}

# shellcheck disable=SC2086
ask gate --policy "$policy" --count "${GATE_COUNT:-1}" --timeout "${GATE_TIMEOUT:-30}" \
	${GATE_JUNIT:+--junit "$GATE_JUNIT"} ${GATE_OPTIONS-}
