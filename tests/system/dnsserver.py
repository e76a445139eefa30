# SPDX-License-Identifier: ISC
#
# A name server for tests, on UDP and TCP of one free port of 127.0.0.1, which it prints:
#
#	dnsserver.py LOG FILE...
#
# The files are zone files of absolute names, one record a line. It also does what names are there
# to be tested with:
#
#	$MAILASSAY SERVFAIL name    as in the gateway's own zone files
#	$MAILASSAY TIMEOUT name     never answered
#	$SERVER TRUNCATE name       nothing but the truncation flag over UDP
#	$SERVER LOSE name           the first question of each type gets lost
#	$SERVER STRAY name          forged answers to something else come first
#	$SERVER MALFORMED name      a record that is longer than the reply
#	$SERVER HOLD name other     answered once the other name was asked for and answered
#
# LOG gets one line a question, "udp TXT example.com", before it is answered. A negative answer
# bears the SOA nearest above the name, if there is one.
import shlex
import socket
import socketserver
import struct
import sys
import threading

TYPES = {"A": 1, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
OPT = 41
SERVFAIL, NXDOMAIN = 2, 3
RESPONSE, TRUNCATED, RECURSION = 0x8000, 0x0200, 0x0180
CHAIN_MAX = 16
HOLD_MAX = 10


def wire_name(name):
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def normal(name):
    return name.rstrip(".").lower()


def wire_data(kind, words):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    if kind == "MX":
        return struct.pack("!H", int(words[0])) + wire_name(words[1])
    if kind == "TXT":
        return b"".join(bytes([len(word)]) + word.encode() for word in words)
    if kind == "SOA":
        return (wire_name(words[0]) + wire_name(words[1]) +
                struct.pack("!5I", *(int(word) for word in words[2:7])))
    return wire_name(words[0])


class Zone:
    def __init__(self, paths):
        self.records = {}  # name -> [(kind, ttl, words)]
        self.special = {}  # name -> what is done with it
        self.holds = {}  # name -> which one comes first
        self.names = {""}  # with those between
        self.ttl = 300
        for path in paths:
            with open(path, encoding="ascii") as lines:
                for line in lines:
                    self.read(shlex.split(line))

    def read(self, words):
        if not words or words[0] == "$ORIGIN":
            return
        if words[0] == "$TTL":
            self.ttl = int(words[1])
        elif words[0] in ("$MAILASSAY", "$SERVER"):
            self.special[normal(words[2])] = words[1]
            if words[1] == "HOLD":
                self.holds[normal(words[2])] = normal(words[3])
        else:
            name = normal(words.pop(0))
            ttl = int(words.pop(0)) if words[0].isdigit() else self.ttl
            self.records.setdefault(name, []).append((words[0], ttl, words[1:]))
            labels = name.split(".")
            self.names.update(".".join(labels[i:]) for i in range(len(labels)))

    def soa(self, name):
        while True:
            for kind, ttl, words in self.records.get(name, []):
                if kind == "SOA":
                    return [(name, kind, ttl, words)]
            if not name:
                return []
            name = name.partition(".")[2]

    def find(self, name, kind):
        """The code, the answers and the authority."""
        answers = []
        for _ in range(CHAIN_MAX):
            rows = self.records.get(name, [])
            found = [(name, *row) for row in rows if row[0] == kind]
            alias = [(name, *row) for row in rows if row[0] == "CNAME"]
            if found or not alias:
                break
            answers += alias
            name = normal(alias[0][3][0])
        if found:
            return 0, answers + found, []
        return (0 if name in self.names else NXDOMAIN), answers, self.soa(name)


class Question:
    def __init__(self, message):
        self.id, _, _, _, _, additional = struct.unpack_from("!6H", message)
        at, labels = 12, []
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode("latin-1"))
            at += 1 + message[at]
        self.name = ".".join(labels).lower()
        self.type = struct.unpack_from("!H", message, at + 1)[0]
        self.kind = TYPE_NAMES.get(self.type, str(self.type))
        self.section = message[12:at + 5]
        self.edns = additional > 0 and message[at + 5] == 0
        self.size = max(512, struct.unpack_from("!H", message, at + 8)[0]) if self.edns else 512

    def reply(self, code=0, answers=(), authority=(), flags=0):
        out = struct.pack("!6H", self.id, RESPONSE | RECURSION | flags | code, 1, len(answers),
                          len(authority), int(self.edns)) + self.section
        for name, kind, ttl, words in [*answers, *authority]:
            owner = b"\xc0\x0c" if name == self.name else wire_name(name)
            data = wire_data(kind, words)
            out += owner + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data
        return out + (b"\0" + struct.pack("!HHIH", OPT, 1232, 0, 0) if self.edns else b"")


FORGED = {"A": ["192.0.2.66"], "AAAA": ["2001:db8::66"], "TXT": ["v=spf1 -all"],
          "MX": ["10", "forged.example"]}


class Server:
    def __init__(self, log, paths):
        self.log = open(log, "a", encoding="ascii", buffering=1)
        self.lock = threading.Lock()
        self.zone = Zone(paths)
        self.lost = set()
        self.answered = {other: threading.Event() for other in self.zone.holds.values()}

    def note(self, transport, question):
        with self.lock:
            self.log.write(f"{transport} {question.kind} {question.name or '.'}\n")

    def lose(self, question):
        with self.lock:
            key = (question.name, question.kind)
            first = key not in self.lost
            self.lost.add(key)
            return first

    def hold(self, question):
        """In vain when nobody asks for the other name."""
        if question.name in self.zone.holds:
            other = self.answered[self.zone.holds[question.name]]
            other.wait(HOLD_MAX)
            other.clear()

    def sent(self, question):
        if question.name in self.answered:
            self.answered[question.name].set()

    def answer(self, question, transport):
        """The reply, or None."""
        self.note(transport, question)
        self.hold(question)
        special = self.zone.special.get(question.name)
        if special == "TIMEOUT" or (special == "LOSE" and self.lose(question)):
            return None
        if special == "SERVFAIL":
            return question.reply(SERVFAIL)
        code, answers, authority = self.zone.find(question.name, question.kind)
        out = question.reply(code, answers, authority)
        if special == "MALFORMED":
            at = 12 + len(question.section) + 10
            return out[:at] + b"\xff\xff" + out[at + 2:]
        if transport == "udp" and (special == "TRUNCATE" or len(out) > question.size):
            return question.reply(flags=TRUNCATED)
        return out

    def forged(self, question):
        """Under another id, to another question: neither is to be believed."""
        words = FORGED.get(question.kind, ["forged.example"])
        lie = question.reply(0, [(question.name, question.kind, 300, words)])
        yield struct.pack("!H", question.id ^ 1) + lie[2:]
        question.section = wire_name("x." + question.name) + question.section[-4:]
        yield question.reply(0, [("x." + question.name, question.kind, 300, words)])


class OverUdp(socketserver.BaseRequestHandler):
    def handle(self):
        message, sender = self.request
        serve = self.server.serve
        reply = serve.answer(Question(message), "udp")
        if serve.zone.special.get(Question(message).name) == "STRAY":
            for lie in serve.forged(Question(message)):
                sender.sendto(lie, self.client_address)
            # The right id and question, from another port.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind(("127.0.0.1", 0))
                question = Question(message)
                other.sendto(question.reply(NXDOMAIN), self.client_address)
        if reply is not None:
            sender.sendto(reply, self.client_address)
        serve.sent(Question(message))


class OverTcp(socketserver.StreamRequestHandler):
    def handle(self):
        while len(head := self.rfile.read(2)) == 2:
            message = self.rfile.read(struct.unpack("!H", head)[0])
            reply = self.server.serve.answer(Question(message), "tcp")
            if reply is not None:
                self.wfile.write(struct.pack("!H", len(reply)) + reply)


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 65535


def listen():
    """Both on one port; whichever is free for UDP may be taken for TCP."""
    while True:
        udp = Udp(("127.0.0.1", 0), OverUdp)
        try:
            return udp, Tcp(udp.server_address, OverTcp)
        except OSError:
            udp.server_close()


def main():
    udp, tcp = listen()
    udp.serve = tcp.serve = Server(sys.argv[1], sys.argv[2:])
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    print(udp.server_address[1], flush=True)
    udp.serve_forever()


main()
