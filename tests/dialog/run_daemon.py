#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# Runs dialog scripts (README) against a daemon that is already running: each over every transport
# that it is for, and once by octet. It starts nothing: the ports come from --port or from the ports
# file of "mailassay serve"; --config prints the configuration that the scripts need.

import argparse
import collections
import concurrent.futures
import hashlib
import json
import re
import socket
import sqlite3
import ssl
import sys
import threading

sys.dont_write_bytecode = True
from script import TRANSPORTS, TRUSTED, UNTRUSTED, Failure, Script, print_config

TIMEOUT = 20


def pattern(text):
    return re.compile("".join(".*" if c == "*" else re.escape(c) for c in text), re.DOTALL)


def pieces(data, mode):
    """How a group leaves: whole, a line or an octet at a time."""
    if mode == "whole":
        return [data]
    if mode == "line":
        return re.findall(rb"[^\n]*\n|[^\n]+", data)
    return [data[i : i + 1] for i in range(len(data))]


class Client:
    """One connection that plays a script."""

    def __init__(self, host, port, script, context, transport, mode):
        self.script = script
        self.context = context
        self.transport = transport
        self.mode = mode
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

    def begin(self):
        """Brings the connection to where the script begins: before the server's greeting."""
        if self.transport == "implicit":
            self.start_tls()
        if self.transport != "starttls":
            return
        greeting = self.line()
        self.send(self.script.greeting())
        self.replies(["250", "+STARTTLS"])
        self.send(b"STARTTLS\r\n")
        self.reply("220 2.0.0 *")
        self.start_tls()
        # The server greets once; the script meets that greeting now.
        self.waiting = greeting.encode("latin-1") + b"\r\n"

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
            for piece in pieces(data, self.mode):
                self.socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass  # what the server said before it closed is what counts

    def play(self):
        try:
            self.begin()
        except (Failure, OSError) as e:
            raise Failure(f"{self.script.path}: before it begins: {e}") from e
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


class Runner:
    """Runs scripts, several at a time."""

    def __init__(self, options, ports):
        self.options = options
        self.ports = ports
        self.context = tls_context(options.ca)
        self.lock = threading.Lock()
        self.report = open(options.report, "w", encoding="utf-8") if options.report else None
        self.counts = collections.Counter()
        self.failed = 0

    def run(self, script, transport, mode):
        name = script.listener(transport)
        port = self.options.port if self.options.port is not None else self.ports.get(name)
        if port is None:
            raise Failure(f"{script.path}: no listener {name} in {self.options.ports}")
        client = Client(self.options.host, port, script, self.context, transport, mode)
        try:
            client.play()
        finally:
            # As long as the port is in use no other session has it: entries keep their order.
            self.note(script, transport, mode, "%s:%d" % client.local[:2])
            client.close()

    def note(self, script, transport, mode, client):
        entry = {"script": script.path, "transport": transport, "mode": mode, "client": client}
        entry["listener"] = script.listener(transport)
        entry["tls"] = None if transport == "plain" else transport
        if any(kind == "tls" for _, kind, _ in script.steps):
            entry["tls"] = "starttls"
        entry["xclient"] = any(k == "send" and b"XCLIENT " in v for _, k, v in script.steps)
        entry.update(expectations(script))
        with self.lock:
            self.counts[transport, mode] += 1
            if self.report is not None:
                self.report.write(json.dumps(entry) + "\n")

    def try_run(self, script, transport, mode):
        try:
            self.run(script, transport, mode)
        except (Failure, OSError) as e:
            with self.lock:
                self.failed += 1
                print(f"{transport}, by {mode}: {e}", file=sys.stderr)

    def run_all(self, runs):
        with concurrent.futures.ThreadPoolExecutor(self.options.threads) as pool:
            list(pool.map(lambda r: self.try_run(*r), runs))
        if self.report is not None:
            self.report.close()


# What the gateway finds beside the dialogue: in the message, in DNS, in the manner of leaving.
OTHER_FINDINGS = re.compile(
    "starttls-missing|no-quit|no-close-notify|(missing|malformed)-(date|from|message-id|header)"
    "|several-from|duplicate-field|bcc-present|header-not-ascii|(spf|dkim|dmarc|psl|rdns)-.*"
)


def check_session(db, entry, earlier):
    """What of a script's expectations does not stand in the store, in words.

    earlier is how many scripts before had the same port of the client, which may come again."""
    ip, port = entry["client"].split(":")
    row = db.execute(
        "SELECT number, tls_mode FROM session"
        " WHERE client_ip = ? AND client_port = ? AND listener = ?"
        " ORDER BY started_at_ms, id LIMIT 1 OFFSET ?",
        (ip, port, entry["listener"], earlier),
    ).fetchone()
    if row is None:
        return "no session from " + entry["client"]
    number, tls = row
    if tls != entry["tls"]:
        return f"expected TLS {entry['tls']}, got {tls}"
    found = {r[0] for r in db.execute("SELECT id FROM finding WHERE session = ?", (number,))}
    wanted = set(entry["findings"])
    others = {f for f in found if OTHER_FINDINGS.fullmatch(f)}
    if found - others != wanted:
        return f"expected findings {sorted(wanted)}, got {sorted(found)}"
    stored = db.execute(
        "SELECT bytes FROM source JOIN message ON source.message = message.number"
        " WHERE session = ? ORDER BY message.number",
        (number,),
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
            how = f"{entry['transport']}, by {entry['mode']}"
            print(f"{how}: {entry['script']}: in the store: {fault}", file=sys.stderr)
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
    parser.add_argument(
        "--transport", choices=TRANSPORTS, help="of that port; plain without it"
    )
    parser.add_argument("--threads", type=int, default=4, help="scripts at the same time")
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


def runs_of(scripts, options):
    """What is to be run: a port that was given has one transport, whatever the scripts say."""
    if options.port is not None:
        transport = options.transport or "plain"
        return [(s, transport, "whole") for s in scripts]
    return [(s, transport, mode) for s in scripts for transport, mode in s.runs()]


def main(arguments):
    options = options_of(arguments)
    if options.database is not None:
        return check_store(options.report, options.database)
    try:
        scripts = [s for s in map(Script, options.scripts) if not s.machine_only]
        if options.config:
            print_config(scripts)
            return 0
        runner = Runner(options, read_ports(options.ports) if options.ports else {})
    except (Failure, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    runner.run_all(runs_of(scripts, options))
    for (transport, mode), count in sorted(runner.counts.items()):
        print(f"{transport}, by {mode}: {count}" if mode != "whole" else f"{transport}: {count}")
    print(f"{len(scripts)} scripts against the daemon: {runner.failed} runs failed")
    return 0 if scripts and runner.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
