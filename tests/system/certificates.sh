#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Certificates of both sides: what a client does with one that is wrong on purpose, that the good
# one carries the names it was told to, and what is recorded of clients' own.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 openssl

zone=$tmp/none.zone
# shellcheck disable=SC2016
printf '$ORIGIN .\n@ 60 IN TXT "nothing else"\n' >"$zone"

# authority NAME, certificate NAME AUTHORITY: $tmp/NAME.pem holds both key and certificate.
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$tmp/$1-key.pem" -out "$tmp/$1.pem" 2>/dev/null
}

certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$tmp/$1-key.pem" -out "$tmp/$1.csr" 2>/dev/null
	openssl x509 -req -in "$tmp/$1.csr" -CA "$tmp/$2.pem" -CAkey "$tmp/$2-key.pem" \
		-CAcreateserial -days 2 -out "$tmp/$1.pem" 2>/dev/null
	cat "$tmp/$1-key.pem" >>"$tmp/$1.pem"
}

authority ours
authority theirs
certificate application ours
certificate stranger theirs

here_port='address = "127.0.0.1" port = 0'
cat >"$tmp/certificates.conf" <<END
user app { password = "staging-secret" }
listener good { kind = submission $here_port names = {"mail.staging.example", "127.0.0.1"} }
listener expired { kind = submission $here_port certificate = expired }
listener wrong-name { kind = submission $here_port certificate = wrong-name }
listener self-signed { kind = submissions $here_port certificate = self-signed }
listener weak { kind = mx $here_port max-tls = "1.2" ciphers = "ECDHE-ECDSA-AES128-SHA" }
listener request { kind = mx $here_port client-certificate = request client-ca = "$tmp/ours.pem" }
listener require { kind = mx $here_port client-certificate = require client-ca = "$tmp/ours.pem" }
END
start_gateway -c "$tmp/certificates.conf" --zone "$zone"
m ca >"$tmp/ca.pem"

# client LISTENER WANTED OPTION...
client() {
	local listener=$1 wanted=$2 got
	shift 2
	[ "$listener" != self-signed ] || set -- "$@" mode=implicit
	got=$(python3 "$here/tlsclient.py" "$(port "$listener")" "$@")
	matches "$listener $*" "$got" "$wanted"
	order+=("$listener $*")
}
order=()

client good "went on" ca="$tmp/ca.pem" name=mail.staging.example login=PLAIN send=yes
client good "refused: *mismatch*" ca="$tmp/ca.pem" name=other.example
client good "went on" login=PLAIN
for listener in expired wrong-name self-signed; do
	client $listener "refused: *" ca="$tmp/ca.pem" login=PLAIN send=yes
	client $listener "went on"
	client $listener "went on" login=LOGIN
	client $listener "went on" login=CRAM-MD5
done
client weak "went on" max=1.2 ciphers=ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0
client request "went on"
client request "went on" cert="$tmp/application.pem"
client request "went on" cert="$tmp/stranger.pem"
client require "went on" cert="$tmp/application.pem"
client require "failed: *" cert="$tmp/stranger.pem"
client require "failed: *"
stop_gateway
expect "exit code" "$code" 0

# session NUMBER WANTED: columns of the n-th session of a client, in the order above.
session() {
	local got
	got=$(sql "SELECT coalesce(failed_at, '-') || '|' || coalesce(tls_failure_by, '-') || '|' ||
		coalesce(tls_failure_alert, '-') || '|' || coalesce((SELECT group_concat(id, ' ') FROM
		(SELECT id FROM finding WHERE session = s.number AND message IS NULL AND
		(id LIKE '%certificate%' OR id LIKE '%unverified%' OR id LIKE 'weak%')
		ORDER BY seq)), '-') FROM session s ORDER BY started_at_ms, number LIMIT 1 OFFSET $1")
	expect "session $1, ${order[$1]}" "$got" "$2"
}

session 0 "-|-|-|-"
session 1 "tls|client|bad_certificate|-"
session 2 "-|-|-|-"
n=3
for alert in certificate_expired bad_certificate unknown_ca; do
	session $n "tls|client|$alert|-"
	session $((n + 1)) "-|-|-|certificate-not-verified"
	session $((n + 2)) "-|-|-|certificate-not-verified password-to-unverified-server"
	# A proof shows nobody the password.
	session $((n + 3)) "-|-|-|certificate-not-verified"
	n=$((n + 4))
done
session 15 "-|-|-|weak-tls"
session 16 "-|-|-|-"
for n in 17 18 19; do
	session $n "-|-|-|-"
done

expect "severity" "$(sql "SELECT DISTINCT severity FROM finding
	WHERE id = 'password-to-unverified-server'")" error
expect "messages of clients that check" "$(sql 'SELECT count(*) FROM message')" 1

expect "certificates of clients" "$(sql "SELECT coalesce(client_certificate_subject, '-') || ' ' ||
	coalesce(client_certificate_verified, '-') || ' ' || (client_certificate_reason IS NULL) ||
	' ' || coalesce(length(client_certificate_fingerprint_sha256), '-') FROM session
	WHERE listener IN ('request', 'require') AND failed_at IS NULL ORDER BY number")" \
	"- - 1 -
CN=application 1 1 64
CN=stranger 0 0 64
CN=application 1 1 64"
expect "fingerprint" "$(sql "SELECT DISTINCT client_certificate_fingerprint_sha256 FROM session
	WHERE client_certificate_subject = 'CN=application'")" \
	"$(openssl x509 -in "$tmp/application.pem" -noout -fingerprint -sha256 |
		sed 's/.*=//; s/://g' | tr A-F a-f)"
expect "handshakes that the gateway broke off" "$(sql "SELECT listener || ' ' || stage || ' ' ||
	tls_failure_by FROM session WHERE listener = 'require' AND failed_at = 'tls'")" \
	"require tls server
require tls server"
