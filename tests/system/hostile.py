# SPDX-License-Identifier: ISC
#
# Clients that do what no client should. Each case ends by an answer of the gateway, never by time.
#
# hostile.py CASE PORTS-FILE PID DATABASE
import os
import re
import select
import signal
import socket
import sqlite3
import ssl
import struct
import sys

EHLO = b"EHLO app.example.com\r\n"
ENVELOPE = b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
MESSAGE = b"From: a@example.com\r\nSubject: hostile\r\n\r\nHello.\r\n.\r\n"

case, ports_file, pid, database = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
with open(ports_file) as file:
    ports = dict(line.strip().split("=") for line in file)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE


class Client:
    def __init__(self, listener="mx", secure=False, greeted=True, host="127.0.0.1"):
        self.s = socket.create_connection((host, int(ports[listener])), 20)
        self.left = b""
        if secure:
            self.s = tls.wrap_socket(self.s)
        if greeted:
            self.expect("220")

    def line(self):
        while b"\n" not in self.left:
            octets = self.s.recv(65536)
            if not octets:
                sys.exit(f"{case}: the gateway closed, behind {self.left!r}")
            self.left += octets
        line, self.left = self.left.split(b"\n", 1)
        return line.decode().strip()

    def expect(self, *codes):
        while True:
            line = self.line()
            if line[:3] not in codes:
                sys.exit(f"{case}: expected {codes}, got {line!r}")
            if line[3:4] != "-":
                return line

    def say(self, octets, *codes):
        self.s.sendall(octets)
        return self.expect(*codes)

    def data(self):
        self.say(EHLO, "250")
        self.s.sendall(ENVELOPE)
        for code in ("250", "250", "354"):
            self.expect(code)

    def start_tls(self):
        self.say(EHLO, "250")
        self.say(b"STARTTLS\r\n", "220")
        self.s = tls.wrap_socket(self.s)

    def end(self):
        """All that still comes, until the gateway closes."""
        octets = self.left
        try:
            while piece := self.s.recv(65536):
                octets += piece
        except ConnectionError:
            pass
        self.s.close()
        return octets

    def reset(self):
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.s.close()


def deliver():
    c = Client()
    c.data()
    c.say(MESSAGE, "250")
    c.say(b"QUIT\r\n", "221")
    c.end()


def leave_after(octets, mode, leave):
    """Goes with so many octets of a transaction said."""
    c = Client("submissions", True) if mode == "implicit" else Client()
    if mode == "starttls":
        c.start_tls()
    if mode == "implicit":
        c.say(EHLO, "250")
        c.say(b"AUTH PLAIN AGFwcABzZWNyZXQ=\r\n", "235")
    for part, codes in ((EHLO, ["250"]), (ENVELOPE, ["250", "250", "354"]), (MESSAGE, [])):
        c.s.sendall(part[:octets])
        if octets < len(part):
            break
        for code in codes:
            c.expect(code)
        octets -= len(part)
    leave(c)


def vanish():
    total = len(EHLO + ENVELOPE + MESSAGE)
    for mode, step in (("plain", 1), ("starttls", 11), ("implicit", 11)):
        for octets in range(0, total + 1, step):
            leave_after(octets, mode, Client.reset if octets % 2 else lambda c: c.s.close())
    deliver()


def early():
    """Talks at once; a machine at work may send that too late now and then."""
    for listener, secure in (("mx", False), ("submissions", True)):
        noticed = tried = 0
        while noticed < 10 and tried < 200:
            tried += 1
            c = Client(listener, secure, greeted=False)
            c.s.sendall(EHLO)
            assert c.line().startswith("220")
            if c.line().startswith("554 5.5.0"):
                noticed += 1
                c.end()
            c.s.close()
        assert noticed == 10, (listener, noticed, tried)


def fits(body):
    c = Client()
    c.say(EHLO, "250")
    refused = c.say(b"MAIL FROM:<a@example.com>\r\n", "250", "452").startswith("452")
    if not refused:
        c.say(b"RCPT TO:<b@example.net>\r\n", "250")
        c.say(b"DATA\r\n", "354")
        refused = c.say(body + b".\r\n", "250", "452").startswith("452")
    c.say(b"QUIT\r\n", "221")
    c.end()
    return not refused


def bounds():
    """Thousands of octets in a line, of messages in memory, of connections."""
    c = Client()
    c.say(EHLO, "250")
    try:
        for _ in range(400):
            c.s.sendall(b"A" * 10000)
    except ConnectionError:
        pass
    assert b"250" not in c.end()
    body = b"From: a@example.com\r\n\r\n" + (b"x" * 70 + b"\r\n") * 800
    for _ in range(2):
        clients = [Client() for _ in range(6)]
        for c in clients:
            c.data()
        for c in clients:
            c.s.sendall(body)
        codes = sorted(c.say(b".\r\n", "250", "452")[:3] for c in clients[:4])
        assert codes[-1] == "452", codes
        for c in clients:
            c.reset()
        # The last of them has gone for the gateway when a message fits again.
        if not any(fits(body) for _ in range(1000)):
            sys.exit("the octets of messages that were given up are still counted")
    c = Client()
    c.data()
    c.say(b"y" * 900 + b"\r\n" + (b"x" * 70 + b"\r\n") * 30000 + b".\r\n", "552")
    c.reset()
    crowd = [Client(greeted=False) for _ in range(60)]
    answers = [c.line()[:3] for c in crowd]
    assert "220" in answers and "421" in answers, answers
    for c in crowd:
        c.s.close()


def unread():
    """Replies that nobody reads must not pile up: in the end the gateway takes no more."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", int(ports["mx"])))
    s.recv(512)
    s.sendall(EHLO)
    s.recv(512)
    s.setblocking(False)
    octets, sent = b"MAIL FROM:<a@example.com>\r\n" + b"RCPT TO:<b@example.net>\r\n" * 1000, 0
    while sent < 64 << 20 and select.select([], [s], [], 2)[1]:
        try:
            octets = octets[s.send(octets) :]
        except ConnectionError:  # the system itself may give such a connection up
            break
        sent += 1000
        if len(octets) < 20000:
            octets += b"RCPT TO:<b@example.net>\r\n" * 1000
    if sent >= 64 << 20:
        sys.exit("the gateway takes commands without end while its replies are not read")
    s.close()
    deliver()


def pipelined():
    c = Client()
    c.say(EHLO, "250")
    for _ in range(3):
        c.s.sendall(ENVELOPE)
        for code in ("250", "250", "354"):
            c.expect(code)
        c.s.sendall(MESSAGE)
        c.expect("250")
    c.s.sendall(b"RSET\r\nQUIT\r\n")
    assert re.fullmatch(rb"250[^\n]*\n221[^\n]*\n", c.end())
    c = Client()
    c.say(EHLO, "250")
    c.s.sendall(b"STARTTLS\r\n" + ENVELOPE)
    said = c.end()
    assert said in (b"", b"220 2.0.0 Ready to start TLS\r\n"), said
    # The client has closed its side: it still gets its answer.
    c = Client()
    c.data()
    c.s.sendall(MESSAGE)
    c.s.shutdown(socket.SHUT_WR)
    assert c.end().startswith(b"250 ")


def locked():
    """The session's time runs out while the writer has its message: the answer is the writer's."""
    store = sqlite3.connect(database, isolation_level=None)
    store.execute("BEGIN IMMEDIATE")
    c, gone = Client(), Client()
    for client in (c, gone):
        client.data()
        client.s.sendall(MESSAGE)
    gone.reset()
    # Its time has run out once another session, begun later, was told so.
    later = Client()
    assert later.end().startswith(b"421 4.4.2")
    store.execute("ROLLBACK")
    c.expect("250")
    assert c.end().startswith(b"421 4.4.2")


def stop():
    """SIGTERM with clients at every stage; DNS does not answer."""
    waiting, data, idle, leaving, secure = Client(), Client(), Client(), Client(), Client()
    secure.start_tls()
    greeting = Client("submissions", greeted=False)
    greeting.s.sendall(b"\x16\x03\x01")
    leaving.say(EHLO, "250")
    leaving.say(b"MAIL FROM:<a@example.com>\r\n", "250")
    waiting.data()
    waiting.s.sendall(MESSAGE)
    data.data()
    os.kill(pid, signal.SIGTERM)
    assert idle.end().startswith(b"421 4.3.2")
    assert secure.end().startswith(b"421 4.3.2")
    assert greeting.end() == b""
    leaving.say(b"RSET\r\n", "250")
    assert leaving.end().startswith(b"421 4.3.2")
    for c in (waiting, data):
        assert c.end().startswith(b"421 4.3.2")


globals()[case]()
