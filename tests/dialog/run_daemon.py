#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# Runs dialog scripts (README) against a daemon that is already running. It starts nothing: the
# ports come from --port or from the ports file of "mailassay serve"; --config prints the
# configuration that the scripts need.

import argparse
import collections
import hashlib
import json
import re
import socket
import sqlite3
import ssl
import sys

TIMEOUT = 20
# Only this client address may use XCLIENT; the others stay untrusted on the same machine.
TRUSTED, UNTRUSTED = "127.0.0.2", "127.0.0.1"
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
KINDS = {
    "mx": {"tls": "starttls", "auth": (), "require_auth": False},
    "submission": {"tls": "required", "auth": ("PLAIN", "LOGIN"), "require_auth": True},
    "submissions": {"tls": "implicit", "auth": ("PLAIN", "LOGIN"), "require_auth": True},
}


class Failure(Exception):
    pass


def octets(form, text):
    """What a line C:, C> or C* (or M) stands for."""
    if form == ":":
        return text.encode("latin-1") + b"\r\n"
    count = 1
    if form == "*":
        number, text = text.split(" ", 1)
        count = int(number)
    out = b""
    at = 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode("latin-1")
            at += 1
        elif text[at + 1] == "x":
            out += bytes([int(text[at + 2 : at + 4], 16)])
            at += 4
        else:
            out += ESCAPES[text[at + 1]]
            at += 2
    return out * count


class Script:
    """A script as settings and steps (line number, kind, value)."""

    def __init__(self, path):
        self.path = path
        self.settings = {"kind": "mx", "clear": False, "size": None, "recipients": None}
        self.settings.update(KINDS["mx"])
        self.users = []
        self.trusted = False
        self.machine_only = False
        self.steps = []
        self.repeat = None
        with open(path, encoding="latin-1", newline="") as f:
            for number, line in enumerate(f.read().split("\n"), 1):
                try:
                    self.take(number, line)
                except (ValueError, KeyError, IndexError) as e:
                    raise Failure(f"{path}:{number}: cannot be read: {line!r}: {e!r}") from e
        if self.repeat is not None:
            raise Failure(f"{path}: expected ! end before the file's end")

    def add(self, number, kind, value=None):
        self.steps.append((number, kind, value))

    def take(self, number, line):
        if line == "" or line[0] == "#":
            return
        if line.startswith("! "):
            word, _, rest = line[2:].partition(" ")
            self.directive(number, word, rest)
        elif line[0] == "C" and line[1] in ":>*":
            self.add(number, "send", octets(line[1], line[3:]))
        elif line[0] == "M" and line[1] in ":>*":
            step = self.steps[-1]
            if step[1] != "message" or isinstance(step[2], int):
                raise ValueError("expected ! message before")
            self.steps[-1] = (step[0], "message", step[2] + octets(line[1], line[3:]))
        elif line.startswith("S: "):
            self.add(number, "reply", line[3:])
        elif line.startswith("S+ "):
            self.add(number, "replies", line[3:].split(" "))
        else:
            raise ValueError("unknown line")

    def directive(self, number, word, rest):
        setting = getattr(self, "set_" + word.replace("-", "_"), None)
        if setting is not None and not (word == "tls" and rest == ""):
            setting(rest)
        elif word in ("tls", "sent", "closed", "finding"):
            self.add(number, word, rest)
        elif word == "message":
            self.add(number, word, int(rest) if rest else b"")
        elif word == "hello":
            self.add(number, "reply", "220 * ESMTP mailassay")
            self.add(number, "send", b"EHLO client.example.com\r\n")
            self.add(number, "replies", ["250"])
        elif word == "mail":
            self.add(number, "send", b"MAIL FROM:<a@example.com>\r\n")
            self.add(number, "reply", "250 2.1.0 Ok")
            self.add(number, "send", b"RCPT TO:<b@example.net>\r\n")
            self.add(number, "reply", "250 2.1.5 Ok")
        elif word == "repeat":
            self.repeat = (int(rest), len(self.steps))
        elif word == "end":
            count, start = self.repeat
            self.steps += self.steps[start:] * (count - 1)
            self.repeat = None
        elif word not in ("event", "no-event"):
            raise ValueError("unknown word behind !")

    def set_kind(self, value):
        self.settings["kind"] = value
        self.settings.update(KINDS[value])

    def set_tls(self, value):
        self.settings["tls"] = value

    def set_auth(self, value):
        self.settings["auth"] = () if value == "none" else tuple(value.split(" "))

    def set_auth_without_tls(self, _):
        self.settings["clear"] = True

    def set_require_auth(self, value):
        self.settings["require_auth"] = value == "yes"

    def set_trusted(self, _):
        self.trusted = True

    def set_user(self, value):
        name, password = value.split(" ", 1)
        self.users.append((name, password))

    def set_limit(self, value):
        name, number = value.split(" ")
        if name not in ("size", "recipients"):
            raise ValueError("expected size or recipients")
        self.settings[name] = int(number)

    def set_machine_only(self, _):
        self.machine_only = True

    def listener(self):
        """The name of the listener that has these settings."""
        text = json.dumps([self.settings, bool(self.users)], sort_keys=True)
        return "dialog-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def print_config(scripts):
    users = {}
    listeners = {}
    for s in scripts:
        listeners.setdefault(s.listener(), s)
        for name, password in s.users:
            if users.setdefault(name, password) != password:
                raise Failure(f"{s.path}: the user {name} has another password elsewhere")
    print(f'trusted = {{ "{TRUSTED}/32" }}')
    for name, password in sorted(users.items()):
        print(f"user {name} {{ password = '{password}' }}")
    for name, s in sorted(listeners.items()):
        print(f"listener {name} {{")
        print(f"\tkind = {s.settings['kind']}\n\taddress = \"127.0.0.1\"\n\tport = 0")
        print(f"\ttls = {s.settings['tls']}")
        if s.settings["auth"]:
            print("\tauth = { " + ", ".join(f'"{m}"' for m in s.settings["auth"]) + " }")
            print(f"\tauth-any = {'no' if s.users else 'yes'}")
        if s.settings["clear"]:
            print("\tauth-without-tls = yes")
        print(f"\trequire-auth = {'yes' if s.settings['require_auth'] else 'no'}")
        if s.settings["size"] is not None:
            print(f"\tmax-message-size = {s.settings['size']}")
        if s.settings["recipients"] is not None:
            print(f"\tmax-recipients = {s.settings['recipients']}")
        print("}")


def pattern(text):
    return re.compile("".join(".*" if c == "*" else re.escape(c) for c in text), re.DOTALL)


class Client:
    """One connection that plays a script."""

    def __init__(self, host, port, script, context):
        self.script = script
        self.context = context
        self.waiting = b""
        self.closed = False
        source = TRUSTED if script.trusted else UNTRUSTED
        bind = (source, 0) if host.startswith("127.") else None
        self.socket = socket.create_connection((host, port), TIMEOUT, bind)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = self.socket.getsockname()

    def start_tls(self):
        if self.waiting:
            raise Failure(f"octets before the handshake: {self.waiting!r}")
        self.socket = self.context.wrap_socket(self.socket, server_hostname="localhost")

    def receive(self):
        """More octets; False at the end."""
        try:
            piece = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            piece = b""
        self.waiting += piece
        return piece != b""

    def line(self):
        while b"\n" not in self.waiting:
            if not self.receive():
                raise Failure(f"the server closed the connection; waiting: {self.waiting!r}")
        line, _, self.waiting = self.waiting.partition(b"\n")
        if not line.endswith(b"\r"):
            raise Failure(f"a reply line ends with LF alone: {line!r}")
        return line[:-1].decode("latin-1")

    def reply(self, want):
        got = self.line()
        if not pattern(want).fullmatch(got):
            raise Failure(f"expected {want!r}, got {got!r}")

    def replies(self, words):
        texts = []
        more = True
        while more:
            got = self.line()
            more = got[3:4] == "-"
            if got[:3] != words[0]:
                raise Failure(f"expected {words[0]}, got {got!r}")
            texts.append(got[4:] + " ")
        for word in words[1:]:
            if any(t.startswith(word[1:] + " ") for t in texts) != (word[0] == "+"):
                raise Failure(f"expected {word}, got {texts!r}")

    def sent(self):
        """Waits until one whole reply is here, and leaves it."""
        while not re.search(rb"(^|\n)\d\d\d [^\n]*\n", self.waiting):
            if not self.receive():
                raise Failure("the server closed the connection before its reply")

    def expect_closed(self):
        while self.receive():
            pass
        if self.waiting:
            raise Failure(f"expected the connection closed, got {self.waiting!r}")
        self.closed = True

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what the server said before it closed is what counts

    def play(self):
        if self.script.settings["tls"] == "implicit":
            self.start_tls()
        steps = self.script.steps
        at = 0
        while at < len(steps):
            number, kind, value = steps[at]
            group = b""
            while at < len(steps) and steps[at][1] == "send":
                group += steps[at][2]
                at += 1
            try:
                if group:
                    self.send(group)
                    continue
                self.step(kind, value)
            except (Failure, OSError) as e:
                raise Failure(f"{self.script.path}:{number}: {e}") from e
            at += 1
        self.finish()

    def step(self, kind, value):
        if kind == "reply":
            self.reply(value)
        elif kind == "replies":
            self.replies(value)
        elif kind == "tls":
            self.start_tls()
        elif kind == "sent":
            self.sent()
        elif kind == "closed":
            self.expect_closed()

    def finish(self):
        """QUIT shows that no reply was left over."""
        if self.closed:
            return
        try:
            self.send(b"QUIT\r\n")
            self.reply("221 2.0.0 Bye")
            self.expect_closed()
        except (Failure, OSError) as e:
            raise Failure(f"{self.script.path}: at the end: {e}") from e

    def close(self):
        self.socket.close()


def expectations(script):
    """What the store should hold of the session."""
    findings, messages = [], []
    for _, kind, value in script.steps:
        if kind == "finding" and value not in findings:
            findings.append(value)
        elif kind == "message" and isinstance(value, int):
            messages.append({"size": value, "sha256": None})
        elif kind == "message":
            messages.append({"size": len(value), "sha256": hashlib.sha256(value).hexdigest()})
    return {"findings": findings, "messages": messages}


def tls_context(ca):
    context = ssl.create_default_context(cafile=ca)
    if ca is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def run(script, options, ports, report):
    name = script.listener()
    port = options.port if options.port is not None else ports.get(name)
    if port is None:
        raise Failure(f"{script.path}: no listener {name} in {options.ports}")
    client = Client(options.host, port, script, tls_context(options.ca))
    try:
        client.play()
    finally:
        client.close()
    if report is not None:
        entry = {"script": script.path, "listener": name, "client": "%s:%d" % client.local[:2]}
        entry["xclient"] = any(k == "send" and b"XCLIENT " in v for _, k, v in script.steps)
        entry.update(expectations(script))
        report.write(json.dumps(entry) + "\n")


# What the gateway reports beyond what a script is about.
OTHER_FINDINGS = {"starttls-missing", "missing-from", "several-from", "no-quit", "no-close-notify"}


def check_session(db, entry, earlier):
    """What of a script's expectations does not stand in the store, in words.

    earlier is how many scripts before had the same port of the client, which may come again."""
    ip, port = entry["client"].split(":")
    row = db.execute(
        "SELECT number FROM session WHERE client_ip = ? AND client_port = ? AND listener = ?"
        " ORDER BY started_at_ms, id LIMIT 1 OFFSET ?",
        (ip, port, entry["listener"], earlier),
    ).fetchone()
    if row is None:
        return "no session from " + entry["client"]
    found = {r[0] for r in db.execute("SELECT id FROM finding WHERE session = ?", row)}
    wanted = set(entry["findings"])
    if not wanted <= found or not found - wanted <= OTHER_FINDINGS:
        return f"expected findings {sorted(wanted)}, got {sorted(found)}"
    stored = db.execute(
        "SELECT bytes FROM source JOIN message ON source.message = message.number"
        " WHERE session = ? ORDER BY message.number",
        row,
    ).fetchall()
    sizes = [len(r[0]) for r in stored]
    if sizes != [m["size"] for m in entry["messages"]]:
        return f"expected messages {entry['messages']}, got the sizes {sizes}"
    for message, (octets_stored,) in zip(entry["messages"], stored):
        if message["sha256"] not in (None, hashlib.sha256(octets_stored).hexdigest()):
            return "a message was not stored as it was sent"
    return None


def check_store(report, database):
    """Compares a report with the store of the daemon, once that has stopped."""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    failed = count = 0
    seen = collections.Counter()
    with open(report, encoding="utf-8") as f:
        entries = [json.loads(line) for line in f]
    for entry in entries:
        if entry["xclient"]:
            continue  # the session is stored under the address that the script gave
        count += 1
        place = (entry["client"], entry["listener"])
        fault = check_session(db, entry, seen[place])
        seen[place] += 1
        if fault is not None:
            failed += 1
            print(f"{entry['script']}: in the store: {fault}", file=sys.stderr)
    print(f"{count} sessions in the store: {failed} failed")
    return 0 if count > 0 and failed == 0 else 1


def read_ports(path):
    ports = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            name, _, port = line.strip().partition("=")
            ports[name] = int(port)
    return ports


def options_of(arguments):
    parser = argparse.ArgumentParser(description="Run dialog scripts against a daemon.")
    parser.add_argument("--config", action="store_true", help="print the configuration and stop")
    parser.add_argument("--ports", help="the daemon's ports file")
    parser.add_argument("--port", type=int, help="one port for all scripts")
    parser.add_argument("--implicit", action="store_true", help="that port has implicit TLS")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--ca", help="PEM file; without it the certificate is not verified")
    parser.add_argument("--report", help="file for what the store should hold, JSON lines")
    parser.add_argument("--database", help="compare the report with this store, run nothing")
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT")
    options = parser.parse_args(arguments)
    if options.database is not None and options.report is None:
        parser.error("--database: expected --report FILE too")
    if options.database is not None:
        return options
    if not options.scripts:
        parser.error("expected scripts")
    if not options.config and options.port is None and options.ports is None:
        parser.error("expected --config, --ports FILE or --port N")
    return options


def main(arguments):
    options = options_of(arguments)
    failed = 0
    if options.database is not None:
        return check_store(options.report, options.database)
    try:
        scripts = [s for s in map(Script, options.scripts) if not s.machine_only]
        if options.config:
            print_config(scripts)
            return 0
        ports = read_ports(options.ports) if options.ports else {}
    except (Failure, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    report = open(options.report, "w", encoding="utf-8") if options.report else None
    for script in scripts:
        if options.implicit:
            script.settings["tls"] = "implicit"
        try:
            run(script, options, ports, report)
        except (Failure, OSError) as e:
            failed += 1
            print(e, file=sys.stderr)
    if report is not None:
        report.close()
    print(f"{len(scripts)} scripts against the daemon: {failed} failed")
    return 0 if scripts and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
