# SPDX-License-Identifier: ISC
#
# Sends a message as 203.0.113.7 (XCLIENT) in pieces of so many octets, each in a packet of its own:
#
#	chunks.py PORT SIZE RECIPIENT < MESSAGE
import socket
import sys

port, size, recipient = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
message = sys.stdin.buffer.read()
s = socket.create_connection(("127.0.0.1", port), 30)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
replies = s.makefile("rb")


def expect(code):
    while True:
        line = replies.readline()
        if not line.startswith(code.encode()):
            sys.exit(f"chunks.py: expected {code}, got {line!r}")
        if line[3:4] != b"-":
            return


def say(text, code):
    s.sendall(text.encode() + b"\r\n")
    expect(code)


expect("220")
say("EHLO test.example", "250")
say("XCLIENT ADDR=203.0.113.7 HELO=mail.example.com", "220")
say("EHLO mail.example.com", "250")
say("MAIL FROM:<app@example.com>", "250")
say(f"RCPT TO:<{recipient}>", "250")
say("DATA", "354")
text = message.replace(b"\r\n.", b"\r\n..") + b".\r\n"
for at in range(0, len(text), size):
    s.sendall(text[at:at + size])
expect("250")
say("QUIT", "221")
