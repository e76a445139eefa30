#!/usr/bin/python3
# SPDX-License-Identifier: ISC
#
# The messages of extract.sh: makes each of them, sends it, and writes what was sent to DIR/NAME.eml.
#
#	extract.py PORT DIR
import smtplib
import sys
from email.message import EmailMessage
from email.policy import SMTP

port, folder = int(sys.argv[1]), sys.argv[2]
pdf = bytes(range(256)) * 40


def base(subject):
    m = EmailMessage()
    m["From"] = "App <app@example.com>"
    m["To"] = "qa@example.net"
    m["Subject"] = subject
    m["Date"] = "Mon, 23 Nov 2026 16:00:00 +0000"
    m["Message-ID"] = f"<{subject.encode().hex()}@example.com>"
    return m


messages = {}

m = base("Letter")
m["X-Name"] = "Ren\u00e9 M\u00fcller " + "and a rather long line that is folded " * 4
m.set_content("Gr\u00fc\u00dfe!\n\nGo to https://a.example/reset?t=1 (or https://a.example/b_(c)).\n")
m.add_alternative('<p>Gr\u00fc\u00dfe!</p><a href="https://h.example/?a=1&amp;b=2">here</a>\n', subtype="html")
m.add_attachment(pdf, maintype="application", subtype="pdf", filename="r\u00e9sum\u00e9.pdf")
m.add_attachment("inner text\n", filename="note.txt")
messages["letter"] = m.as_bytes(policy=SMTP)

m = base("Sign in")
m.set_content('<html><style>p{}</style><p>Your code</p><p><b>123 456</b></p>'
              '<a href="mailto:help@example.com">help</a><a href="https://only.example/html">x</a></html>',
              subtype="html")
messages["html"] = m.as_bytes(policy=SMTP)

m = base("Plain")
m.set_content("Nothing in it.\nFrom here on\n>From quoted\n>>From twice\nfrom not\n")
messages["plain"] = m.as_bytes(policy=SMTP)

hostile = "\x1b[2J\x1b]0;owned\x07\u202e"
messages["hostile"] = (
    "From: app@example.com\r\nTo: qa@example.net\r\nSubject: Hostile\r\n"
    "Message-ID: <\u202e\u009b2J@example.com>\r\nX-Bad: \x1b[31m\u202ered\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + hostile + "https://a.example/" + hostile + "\r\n--b\r\nContent-Type: application/x; name=\""
    + hostile + "\"\r\n\r\nx\r\n--b--\r\n").encode()

messages["many"] = (
    "From: app@example.com\r\nTo: qa@example.net\r\nSubject: Many\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + "--b\r\nContent-Type: text/plain\r\n\r\npart\r\n" * 10000 + "--b--\r\n").encode()

with smtplib.SMTP("127.0.0.1", port) as server:
    for name, octets in messages.items():
        with open(f"{folder}/{name}.eml", "wb") as f:
            f.write(octets)
        server.ehlo_or_helo_if_needed()
        # A null reverse-path, and one with a blank.
        sender = {"html": "", "plain": '"a b"@example.com'}.get(name, "app@example.com")
        code, text = server.docmd(f"MAIL FROM:<{sender}> BODY=8BITMIME SMTPUTF8")
        assert code == 250, text
        code, text = server.docmd("RCPT TO:<qa@example.net>")
        assert code == 250, text
        code, text = server.data(octets)
        assert code == 250, text
    # For the transcript.
    server.command_encoding = "utf-8"
    server.docmd("NOOP \u202e\u2066")
with open(f"{folder}/pdf", "wb") as f:
    f.write(pdf)
