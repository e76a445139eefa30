#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Real clients on the three listeners: each message lands with the right TLS facts and user.
. "$(dirname "$0")/lib.sh"
need swaks msmtp python3 curl openssl jq sqlite3

start_gateway $(default_listeners)
message "by a real client" >"$tmp/mail.eml"
m ca >"$tmp/ca.pem"
openssl verify -x509_strict -CAfile "$tmp/ca.pem" "$data/server.pem" >/dev/null ||
	fail "the development certificate does not verify strictly"

# The message that came after $after, as JSON.
after=now
took() { # RECIPIENT
	out=$(m wait --to "$1" --timeout 20 --json) || fail "no message to $1 came"
}
fact() { # WHAT JQ WANTED
	expect "$1" "$(json "$out" "$2")" "$3"
}

swaks --server 127.0.0.1 --port "$(port submission)" --tls --auth PLAIN --auth-user apikey \
	--auth-password 'pass-word-1' --from app@example.com --to swaks-starttls@example.net \
	--helo app.example.com --data "@$tmp/mail.eml" >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
took swaks-starttls@example.net
fact "listener" .listener submission
fact "TLS mode" .tls.mode starttls
fact "TLS version" .tls.version TLSv1.3
fact "cipher" '.tls.cipher|startswith("TLS_")' true
fact "bits" '.tls.bits >= 128' true
fact "group" '.tls.group|type' string
fact "resumed" .tls.resumed false
fact "client certificate" .tls.client_certificate null
fact "mechanism" .auth.mechanism PLAIN
fact "user" .auth.user apikey
fact "over TLS" .auth.over_tls true
fact "HELO" .client.helo app.example.com
fact "via" .client.via direct
fact "subject" .message.subject "by a real client"
fact "no route" .predicted null
fact "later keys" '.delivered' null

swaks --server 127.0.0.1 --port "$(port submissions)" --tls-on-connect --auth LOGIN \
	--auth-user 'user@example.com' --auth-password 'pass-word-2' --from app@example.com \
	--to swaks-implicit@example.net --data "@$tmp/mail.eml" >"$tmp/swaks" ||
	fail "$(cat "$tmp/swaks")"
took swaks-implicit@example.net
fact "listener" .listener submissions
fact "TLS mode" .tls.mode implicit
fact "mechanism" .auth.mechanism LOGIN
fact "user" .auth.user user@example.com

swaks --server 127.0.0.1 --port "$(port mx)" --from app@example.com --to swaks-plain@example.net \
	--data "@$tmp/mail.eml" >"$tmp/swaks" || fail "$(cat "$tmp/swaks")"
took swaks-plain@example.net
fact "listener" .listener mx
fact "no TLS" .tls null
fact "no AUTH" '[.auth|.. |strings]|length' 0

cat >"$tmp/msmtprc" <<EOF
account default
host localhost
port $(port submission)
from app@example.com
auth plain
user msmtp-user
passwordeval "echo pass-word-3"
tls on
tls_starttls on
tls_trust_file $tmp/ca.pem
EOF
chmod 600 "$tmp/msmtprc"
msmtp -C "$tmp/msmtprc" msmtp@example.net <"$tmp/mail.eml" ||
	fail "msmtp does not trust the certificate that mailassay ca vouches for"
took msmtp@example.net
fact "TLS mode" .tls.mode starttls
fact "SNI" .tls.sni localhost
fact "user" .auth.user msmtp-user

sed -i "s|^tls_trust_file.*|tls_trust_file /etc/ssl/certs/ca-certificates.crt|" "$tmp/msmtprc"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/other.key" -out "$tmp/other.pem" \
	-subj /CN=other -days 2 2>/dev/null
sed -i "s|^tls_trust_file.*|tls_trust_file $tmp/other.pem|" "$tmp/msmtprc"
if msmtp -C "$tmp/msmtprc" stranger@example.net <"$tmp/mail.eml" 2>/dev/null; then
	fail "msmtp trusted a certificate of an unknown CA"
fi

python3 - "$(port submission)" "$(port submissions)" "$tmp/ca.pem" <<'EOF'
import smtplib, ssl, sys
from email.message import EmailMessage

submission, submissions, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT

def mail(to):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "App <app@example.com>", to, "Gr\u00fc\u00dfe aus Python"
    m.set_content("Hello from smtplib.\n")
    return m

with smtplib.SMTP("localhost", submission) as s:
    s.starttls(context=context)
    s.login("python-user", "pass-word-4")
    s.send_message(mail("smtplib-starttls@example.net"))
with smtplib.SMTP_SSL("localhost", submissions, context=context) as s:
    s.login("python-user", "pass-word-4")
    s.send_message(mail("smtplib-implicit@example.net"))
EOF
took smtplib-starttls@example.net
fact "TLS mode" .tls.mode starttls
fact "user" .auth.user python-user
fact "decoded subject" .message.subject "Grüße aus Python"
took smtplib-implicit@example.net
fact "TLS mode" .tls.mode implicit

with_curl() {
	curl --silent --cacert "$tmp/ca.pem" --ssl-reqd --user curl-user:pass-word-5 \
		--mail-from app@example.com --mail-rcpt curl@example.net \
		--upload-file "$tmp/mail.eml" "$@" \
		"smtp://localhost:$(port submission)/app.example.com"
}
with_curl && fail "a message with bare LFs was taken"
with_curl --crlf || fail "curl could not send"
took curl@example.net
fact "user" .auth.user curl-user

# Handshakes that clients break off are stored sessions, with the reason in words: a client of
# TLS 1.2 that does not trust us, one of TLS 1.3, and one that speaks no TLS at all.
for version in tls1_2 tls1_3; do
	openssl s_client -connect "127.0.0.1:$(port submissions)" -$version -verify_return_error \
		</dev/null >/dev/null 2>&1 && fail "openssl trusts a certificate of an unknown CA"
done
printf 'EHLO plain.example.com\r\n' >"$tmp/plain"
curl --silent "http://127.0.0.1:$(port submissions)/" >/dev/null 2>&1 || true
stop_gateway
expect "exit code after SIGTERM" "$code" 0
reasons=$(sql "SELECT coalesce(tls_failure_reason, '') FROM session WHERE stage = 'tls' AND \"end\" = 'error' ORDER BY id")
expect "failed handshakes" "$(grep -c unknown_ca <<<"$reasons")" 2
matches "HTTP on a TLS port" "$reasons" "*HTTP*"

# No password anywhere: database, log, transcripts.
for password in pass-word-1 pass-word-2 pass-word-3 pass-word-4 pass-word-5; do
	for form in "$password" "$(printf %s "$password" | base64)" \
		"$(printf '\0apikey\0%s' "$password" | base64)" \
		"$(printf '\0msmtp-user\0%s' "$password" | base64)" \
		"$(printf '\0python-user\0%s' "$password" | base64)" \
		"$(printf '\0curl-user\0%s' "$password" | base64)"; do
		if grep -rqaF -- "$form" "$data" "$tmp/log"; then
			fail "the password $password is written somewhere as $form"
		fi
	done
done
m show latest --transcript | grep -q 'C: \*\*\*\*$' || fail "the transcript masks no AUTH"
