#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The mail libraries that applications use: Node's nodemailer, Perl's Net::SMTP, Python's smtplib,
# and openssl s_client typed into by hand. Each trusts the development CA and nothing else.
. "$(dirname "$0")/lib.sh"
need node perl python3 openssl jq
export NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs
if ! node -e 'require("nodemailer")' 2>/dev/null; then
	echo "skipped: node has no nodemailer" >&2
	[ -z "${MAILASSAY_NO_SKIP-}" ] || exit 1
	exit 77
fi

start_gateway $(default_listeners)
m ca >"$tmp/ca.pem"
took() { # RECIPIENT
	out=$(m wait --to "$1" --timeout 20 --json) || fail "no message to $1 came"
}
fact() { # WHAT JQ WANTED
	expect "$1" "$(json "$out" "$2")" "$3"
}
faultless() { # WHO
	expect "$1's errors" "$(json "$out" \
		'[.findings[] | select(.severity == "error") | .id] | join(" ")')" ""
}

cat >"$tmp/send.js" <<'END'
const nodemailer = require("nodemailer");
const [submission, submissions] = process.argv.slice(2).map(Number);
const login = { user: "node-user", pass: "node-secret" };
async function main() {
	const starttls = nodemailer.createTransport(
		{ host: "localhost", port: submission, requireTLS: true, auth: login });
	await starttls.sendMail({ from: "Node <app@example.com>", to: "node-starttls@example.net",
		subject: "Grüße", text: "Hello.\n", html: "<p>Hello</p>",
		attachments: [{ filename: "a.bin", content: Buffer.alloc(70000, 7) }] });
	const implicit = nodemailer.createTransport({ host: "localhost", port: submissions,
		secure: true, pool: true, auth: { type: "OAuth2", user: "node-user", accessToken: "node-token" } });
	for (let i = 0; i < 3; i++)
		await implicit.sendMail({ from: "app@example.com", to: `node-${i}@example.net`,
			subject: "pooled", text: ".\n..\n.end\n",
			dsn: { id: "n1", return: "headers", notify: ["failure"], recipient: "app@example.com" } });
	starttls.close();
	implicit.close();
}
main().catch((e) => { console.error(e.message); process.exit(1); });
END
NODE_EXTRA_CA_CERTS=$tmp/ca.pem node "$tmp/send.js" "$(port submission)" "$(port submissions)" ||
	fail "nodemailer could not send"
took node-starttls@example.net
fact "nodemailer's TLS" .tls.mode starttls
fact "nodemailer's user" .auth.user node-user
fact "its subject" .message.subject "Grüße"
faultless nodemailer
took node-2@example.net
fact "nodemailer's TLS" .tls.mode implicit
fact "nodemailer's mechanism" .auth.mechanism XOAUTH2
fact "nodemailer's DSN" '.envelope.dsn | [.ret, .envid, (.recipients[0].notify | join(","))] | join(" ")' \
	"HDRS n1 FAILURE"
faultless nodemailer

cat >"$tmp/send.pl" <<'END'
use strict;
use warnings;
use Net::SMTP;
my ($submission, $submissions, $ca) = @ARGV;
for my $case (["perl-starttls", $submission, 0], ["perl-implicit", $submissions, 1]) {
	my ($to, $port, $implicit) = @$case;
	my %tls = (SSL_ca_file => $ca, SSL_verifycn_name => "localhost");
	my $s = Net::SMTP->new("localhost", Port => $port, Hello => "perl.example.com", Timeout => 20,
		$implicit ? (SSL => 1, %tls) : ()) or die "connect: $@";
	$implicit or $s->starttls(%tls) or die "starttls: " . $s->message;
	$s->auth("perl-user", "perl-secret") or die "auth: " . $s->message;
	$s->mail('app@example.com') and $s->to("$to\@example.net") or die $s->message;
	$s->data("From: app\@example.com\nTo: $to\@example.net\nSubject: perl\n"
		. "Date: Mon, 23 Nov 2026 16:00:00 +0000\nMessage-ID: <$to\@example.com>\n\n.\nHello.\n")
		or die $s->message;
	$s->quit;
}
END
perl "$tmp/send.pl" "$(port submission)" "$(port submissions)" "$tmp/ca.pem" ||
	fail "Net::SMTP could not send"
for to in perl-starttls perl-implicit; do
	took $to@example.net
	fact "Net::SMTP's user" .auth.user perl-user
	fact "Net::SMTP's TLS" .tls.mode ${to#perl-}
	faultless Net::SMTP
done

/usr/bin/python3 - "$(port submission)" "$tmp/ca.pem" <<'END' || fail "smtplib could not send"
import smtplib, ssl, sys
from email.message import EmailMessage

context = ssl.create_default_context(cafile=sys.argv[2])
m = EmailMessage()
m["From"], m["To"] = "app@example.com", "\u00fcser@example.net"
m["Subject"], m["Date"] = "Gr\u00fc\u00dfe", "Mon, 23 Nov 2026 16:00:00 +0000"
m["Message-ID"] = "<utf8@example.com>"
m.set_content("Hello.\n")
with smtplib.SMTP("localhost", int(sys.argv[1])) as s:
    s.starttls(context=context)
    s.user, s.password = "python-user", "python-secret"
    s.ehlo_or_helo_if_needed()
    s.auth("PLAIN", s.auth_plain)
    s.send_message(m)
END
took "üser@example.net"
fact "smtplib's SMTPUTF8" .envelope.smtputf8 true
fact "smtplib's body" .envelope.body 8BITMIME
faultless smtplib

# By hand: -crlf makes CRLF of the lines typed; each reply is waited for. The greeting and the replies
# up to STARTTLS are openssl's own affair.
typed() {
	local line reply
	while IFS= read -r line; do
		printf '%s\n' "$line" >&"${S[1]}"
		case $line in From:* | Subject:* | Date:* | Message-ID:* | '' | Hello) continue ;; esac
		while read -r reply <&"${S[0]}"; do
			case $reply in
			[45]*) fail "openssl s_client: $line: $reply" ;;
			[0-9][0-9][0-9]\ *) break ;;
			esac
		done
	done
}
coproc S { openssl s_client -quiet -crlf -starttls smtp -name typed.example.com \
	-connect "localhost:$(port mx)" -servername localhost -CAfile "$tmp/ca.pem" \
	-verify_return_error 2>/dev/null; }
typed <<'END'
EHLO typed.example.com
MAIL FROM:<app@example.com>
rcpt to:<typed@example.net>
DATA
From: app@example.com
Subject: typed
Date: Mon, 23 Nov 2026 16:00:00 +0000
Message-ID: <typed@example.com>

Hello
.
END
took typed@example.net
fact "s_client's TLS" .tls.mode starttls
fact "s_client's name" .client.helo typed.example.com
fact "SNI" .tls.sni localhost
kill "$S_PID" 2>/dev/null || true
stop_gateway
expect "exit code" "$code" 0
for secret in node-secret node-token perl-secret python-secret; do
	if grep -rqaF -- "$secret" "$data" "$tmp/log"; then
		fail "$secret is written somewhere"
	fi
done
