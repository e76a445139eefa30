# SPDX-License-Identifier: ISC
#
# Clients that reach a limit. Each step waits for an answer of the gateway; slowness is what the
# clients do, not what the test waits by. Prints "NAME PORT": the client's port, by which the
# session is found in the store.
#
# limits.py GROUP PORTS-FILE
import select
import socket
import ssl
import sys
import time

group, ports_file = sys.argv[1:3]
with open(ports_file) as file:
    ports = dict(line.strip().split("=") for line in file)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE
# The gateway never says anything so late.
PATIENCE = 30


class Client:
    def __init__(self, name, listener="mx", source="127.0.0.1", secure=False, header=None):
        self.name = name
        self.s = socket.create_connection(
            ("127.0.0.1", int(ports[listener])), PATIENCE, (source, 0)
        )
        self.port = self.s.getsockname()[1]
        self.left = b""
        self.began = time.monotonic()
        if header:
            self.s.sendall(header)
            self.port = int(header.split()[4])
        if secure:
            self.s = tls.wrap_socket(self.s)
        print(name, self.port)

    def line(self):
        while b"\n" not in self.left:
            octets = self.s.recv(65536)
            if not octets:
                sys.exit(f"{self.name}: closed behind {self.left!r}")
            self.left += octets
        line, self.left = self.left.split(b"\n", 1)
        return line.decode().strip()

    def expect(self, reply):
        while True:
            line = self.line()
            if line[3:4] != "-":
                break
        if not line.startswith(reply):
            sys.exit(f"{self.name}: expected {reply!r}, got {line!r}")
        return self

    def say(self, text, reply):
        self.s.sendall(text.encode() + b"\r\n")
        return self.expect(reply)

    def closed(self):
        if self.s.recv(1) not in (b"",):
            sys.exit(f"{self.name}: more came where the end was expected")
        self.s.close()
        return self

    def ehlo(self):
        return self.expect("220").say("EHLO app.example.com", "250")

    def envelope(self):
        self.say("MAIL FROM:<a@example.com>", "250")
        return self.say("RCPT TO:<b@example.net>", "250")

    def data(self):
        return self.ehlo().envelope().say("DATA", "354")

    def drip(self, pieces, interval):
        """Sends piece by piece until the gateway says something, the last one again and again."""
        pieces = list(pieces)
        while True:
            octets = pieces[0]
            pieces = pieces[1:] or pieces
            if select.select([self.s], [], [], interval)[0]:
                return self
            if time.monotonic() - self.began > PATIENCE:
                sys.exit(f"{self.name}: the gateway lets it go on")
            try:
                self.s.sendall(octets)
            except OSError:
                return self

    def within(self, low, high):
        took = time.monotonic() - self.began
        if not low <= took <= high:
            sys.exit(f"{self.name}: it took {took:.2f} s, expected {low} to {high}")
        return self

    def restart(self):
        self.began = time.monotonic()
        return self

    def gone(self):
        """Closed without a word, or reset."""
        try:
            if self.s.recv(1) == b"":
                return self
        except ConnectionError:
            return self
        sys.exit(f"{self.name}: something was said")


def message(client):
    client.envelope().say("DATA", "354")
    return client.say("From: a@example.com\r\nSubject: limits\r\n\r\nHello.\r\n.", "250")


def slow():
    # A line that never ends, octet by octet.
    c = Client("line").expect("220").restart()
    c.drip([b"E"], 0.1).expect("421 4.4.2").within(0.4, 5).closed()
    # The same for the answer to a challenge.
    c = Client("challenge", "submissions", secure=True).ehlo()
    c.say("AUTH LOGIN", "334").restart()
    c.drip([b"Q"], 0.1).expect("421 4.4.2").within(0.4, 5).closed()
    # Many short lines, each in time, are no slow line.
    c = Client("lines").expect("220")
    for _ in range(12):
        c.s.sendall(b"NO")
        select.select([c.s], [], [], 0.06)
        c.say("OP", "250")
    c.say("QUIT", "221").closed()
    # Nothing at all.
    Client("silence").expect("220").restart().expect("421 4.4.2").within(0.8, 6).closed()
    # A message octet by octet, in the data and in a chunk.
    c = Client("data").data().restart()
    c.drip([b"x\r\n"], 0.05).expect("421 4.4.2").within(0.4, 5).closed()
    c = Client("chunk").ehlo().envelope()
    c.s.sendall(b"BDAT 100000 LAST\r\n")
    c.restart().drip([b"x"], 0.05).expect("421 4.4.2").within(0.4, 5).closed()
    # Not fast, but fast enough.
    c = Client("steady").data()
    for _ in range(15):
        c.s.sendall(b"x" * 198 + b"\r\n")
        select.select([c.s], [], [], 0.06)
    c.say(".", "250").say("QUIT", "221").closed()
    # Half a handshake, and none; no PROXY header.
    Client("no-handshake", "submissions").restart().gone().within(0.4, 5)
    c = Client("half-handshake", "submissions").restart()
    c.s.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    c.drip([b"\0"], 0.1).gone().within(0.4, 5)
    c = Client("header", "behind").restart()
    c.drip((b"%c" % octet for octet in b"PROXY TCP4 203.0.113.1 192."), 0.05).gone().within(0.4, 5)


def long():
    c = Client("life").expect("220").restart()
    while c.s.fileno() >= 0:
        c.s.sendall(b"NOOP\r\n")
        line = c.line()
        if line.startswith("421 4.4.2"):
            break
        if not line.startswith("250") or time.monotonic() - c.began > PATIENCE:
            sys.exit(f"life: got {line!r}")
        select.select([c.s], [], [], 0.05)
    c.within(0.5, 6).closed()
    Client("data-silence").data().restart().expect("421 4.4.2").within(0.2, 5).closed()


def many():
    held = [Client(f"held{n}").expect("220") for n in range(3)]
    Client("too-many").expect("421 4.3.2").closed()
    Client("too-many-tls", "submissions", secure=True).expect("421 4.3.2")
    held[0].say("QUIT", "221").closed()


def address():
    held = [Client(f"held{n}").expect("220") for n in range(2)]
    Client("same-address").expect("421 4.7.0").closed()
    Client("other-address", source="127.0.0.2").expect("220").say("QUIT", "221")

    def proxied(name, ip, port, reply):
        family = "TCP6" if ":" in ip else "TCP4"
        to = "::1" if ":" in ip else "127.0.0.1"
        header = f"PROXY {family} {ip} {to} {port} 25\r\n".encode()
        return Client(name, "behind", header=header).expect(reply)

    held.append(proxied("proxied1", "203.0.113.1", 1001, "220"))
    held.append(proxied("proxied2", "203.0.113.1", 1002, "220"))
    proxied("proxied3", "203.0.113.1", 1003, "421 4.7.0")
    held.append(proxied("proxied4", "203.0.113.2", 1004, "220"))
    held.append(proxied("site1", "2001:db8:1:2::1", 1005, "220"))
    held.append(proxied("site2", "2001:db8:1:2:ffff::1", 1006, "220"))
    proxied("site3", "2001:db8:1:2:3::", 1007, "421 4.7.0")
    held.append(proxied("site4", "2001:db8:1:3::1", 1008, "220"))
    for c in held:
        c.say("QUIT", "221").closed()


def crowd():
    # Those that are turned away, and do not even shake hands, take nobody else's place.
    port = int(ports["submissions"])
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    Client("elsewhere", source="127.0.0.2").expect("220").say("QUIT", "221").closed()
    for s in held:
        s.close()


def rate():
    c = Client("rate").ehlo()
    for _ in range(3):
        message(c)
    c.say("MAIL FROM:<a@example.com>", "421 4.7.0").closed()
    # Coming again does not help, coming from elsewhere does.
    Client("again").ehlo().say("MAIL FROM:<a@example.com>", "421 4.7.0").closed()
    message(Client("elsewhere", source="127.0.0.2").ehlo()).say("QUIT", "221").closed()


def buffers():
    # A chunk that is not the last one is answered when it is held.
    chunk = b"x" * 78 + b"\r\n"
    chunk *= 500
    first = Client("holds").ehlo().envelope()
    first.s.sendall(b"BDAT %d\r\n" % len(chunk) + chunk)
    first.expect("250")
    second = Client("full").ehlo().envelope()
    second.s.sendall(b"BDAT %d LAST\r\n" % len(chunk) + chunk)
    second.expect("452 4.3.1").say("QUIT", "221").closed()
    first.say("BDAT 0 LAST", "250").say("QUIT", "221").closed()
    message(Client("room").ehlo()).say("QUIT", "221").closed()


{"slow": slow, "long": long, "many": many, "address": address, "crowd": crowd, "rate": rate,
     "buffers": buffers}[
    group
]()
