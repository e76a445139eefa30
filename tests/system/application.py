#!/usr/bin/python3
# SPDX-License-Identifier: ISC
#
# An application that sends one newsletter as its environment says (contrib/examples), with a fault
# where one is asked for:
#
#	application.py [FAULT]
#
#	signed            the application signs itself (KEYS holds NAME.key)
#	unaligned-dkim    it signs for another domain
#	weak-key          with a key of 512 bits
#	expired           with a signature that has expired
#	plain-text        without TLS
#	two-from          two From fields
#	no-message-id     no Message-ID field
#	no-one-click      List-Unsubscribe without List-Unsubscribe-Post
import os
import smtplib
import ssl
import sys
import time

fault = sys.argv[1] if len(sys.argv) > 1 else ""
sender, recipient = "news@example.com", "reader@example.net"
fields = [
    ("From", f"Example <{sender}>"),
    ("To", recipient),
    ("Subject", "Newsletter 7"),
    ("Date", time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())),
    ("Message-ID", f"<{os.getpid()}.7@example.com>"),
    ("List-Id", "<news.example.com>"),
    ("List-Unsubscribe", "<https://example.com/leave/7>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/html; charset=utf-8"),
]
if fault == "two-from":
    fields.insert(1, ("From", "other@example.com"))
if fault == "no-message-id":
    fields = [f for f in fields if f[0] != "Message-ID"]
if fault == "no-one-click":
    fields = [f for f in fields if f[0] != "List-Unsubscribe-Post"]
body = '<p>What is new. <a href="https://example.com/7">Read on</a></p>\r\n'
message = "".join(f"{name}: {value}\r\n" for name, value in fields).encode() + b"\r\n" + body.encode()


def sign(domain, selector, expires=None):
    import dkim

    class Signer(dkim.DKIM):
        def gen_header(self, sigfields, *rest, **named):
            if expires is not None:
                sigfields[-1:-1] = [(b"t", b"%d" % (expires - 60)), (b"x", b"%d" % expires)]
            return super().gen_header(sigfields, *rest, **named)

    # Its least size is of no interest here.
    signer = Signer(message, minkey=512)
    with open(f"{os.environ['KEYS']}/{selector}.key", "rb") as key:
        names = [name.lower().encode() for name, _ in fields]
        return signer.sign(selector.encode(), domain.encode(), key.read(),
                           canonicalize=(b"relaxed", b"relaxed"), include_headers=names) + message


if fault == "signed":
    message = sign("example.com", "app")
elif fault == "unaligned-dkim":
    message = sign("other.example", "app")
elif fault == "weak-key":
    message = sign("example.com", "weak")
elif fault == "expired":
    message = sign("example.com", "app", int(time.time()) - 3600)

with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
    if fault != "plain-text":
        server.starttls(context=ssl.create_default_context(cafile=os.environ["SMTP_CA"]))
        server.login(os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"])
    server.sendmail(sender, [recipient], message)
