# SPDX-License-Identifier: ISC
#
# Dialog scripts (README) as steps, and the configuration of a daemon that suits them; script.c is
# the same for the pure machine.

import hashlib
import json
import re

# Only this client address may use XCLIENT; the others stay untrusted on the same machine.
TRUSTED, UNTRUSTED = "127.0.0.2", "127.0.0.1"
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
TRANSPORTS = ("plain", "starttls", "implicit")
# Limits that a listener of the daemon can be given.
LISTENER_LIMITS = ("size", "recipients")
OTHER_LIMITS = ("command-line", "auth-line", "body-line", "bad-commands", "idle-commands")
KINDS = {
    "mx": {"tls": "starttls", "auth": (), "require_auth": False},
    "lmtp": {"tls": "starttls", "auth": (), "require_auth": False},
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
        self.settings["strict"] = "reject"
        self.settings.update(KINDS["mx"])
        self.users = []
        self.trusted = False
        self.machine_only = False
        self.own_tls = False  # TLS is what the script is about
        self.transports = None
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
        if kind == "tls" or (kind == "send" and re.match(rb"STARTTLS\b", value, re.IGNORECASE)):
            self.own_tls = True

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
            self.add(number, "reply", f"220 * {self.protocol()} mailassay")
            self.add(number, "send", self.greeting())
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

    def protocol(self):
        return "LMTP" if self.settings["kind"] == "lmtp" else "ESMTP"

    def greeting(self):
        return (b"LHLO" if self.protocol() == "LMTP" else b"EHLO") + b" client.example.com\r\n"

    def set_kind(self, value):
        self.settings["kind"] = value
        self.settings.update(KINDS[value])
        self.own_tls = value == "submission"

    def set_lmtp(self, _):
        self.set_kind("lmtp")

    def set_strict(self, value):
        self.settings["strict"] = value

    def set_tls(self, value):
        self.settings["tls"] = value
        self.own_tls = True

    def set_transport(self, value):
        self.transports = value.split(" ")
        if not set(self.transports) <= set(TRANSPORTS):
            raise ValueError("expected plain, starttls and implicit")

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
        if name in OTHER_LIMITS:
            self.machine_only = True
        elif name not in LISTENER_LIMITS:
            raise ValueError("expected the name of a limit")
        else:
            self.settings[name] = int(number)

    def set_channel(self, _):
        pass  # the daemon's TLS has one of its own

    def set_machine_only(self, _):
        self.machine_only = True

    def runs(self):
        """Each transport that the script is for, with how the octets are sent."""
        tls = self.settings["tls"]
        first = "implicit" if tls == "implicit" else "plain"
        transports = self.transports
        if transports is None and self.own_tls:
            transports = (first,)
        elif transports is None:
            transports = TRANSPORTS if first == "plain" else ("implicit", "starttls")
        # Only what comes in one piece cannot have waited for a reply.
        whole = any(k == "finding" and v == "pipelining-out-of-turn" for _, k, v in self.steps)
        for transport in transports:
            yield transport, "line" if transport == "starttls" and not whole else "whole"
            if transport == transports[0] and not whole:
                yield transport, "octet"

    def listener_settings(self, transport):
        """The settings of the listener for a transport."""
        settings = dict(self.settings)
        if transport == "implicit":
            settings["tls"] = "implicit"
        elif settings["tls"] == "implicit":
            settings.update(kind="submission", tls="required")
        return settings

    def listener(self, transport):
        """The name of that listener."""
        settings = [self.listener_settings(transport), bool(self.users)]
        text = json.dumps(settings, sort_keys=True)
        return "dialog-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def print_listener(name, settings, any_user):
    print(f"listener {name} {{")
    print(f"\tkind = {settings['kind']}\n\taddress = \"127.0.0.1\"\n\tport = 0")
    print(f"\ttls = {settings['tls']}\n\tstrict = {settings['strict']}")
    if settings["auth"]:
        print("\tauth = { " + ", ".join(f'"{m}"' for m in settings["auth"]) + " }")
        print(f"\tauth-any = {'yes' if any_user else 'no'}")
    if settings["clear"]:
        print("\tauth-without-tls = yes")
    print(f"\trequire-auth = {'yes' if settings['require_auth'] else 'no'}")
    if settings["size"] is not None:
        print(f"\tmax-message-size = {settings['size']}")
    if settings["recipients"] is not None:
        print(f"\tmax-recipients = {settings['recipients']}")
    print("}")


def print_config(scripts):
    users = {}
    listeners = {}
    for s in scripts:
        for transport, _ in s.runs():
            settings = s.listener_settings(transport)
            listeners[s.listener(transport)] = (settings, not s.users)
        for name, password in s.users:
            if users.setdefault(name, password) != password:
                raise Failure(f"{s.path}: the user {name} has another password elsewhere")
    print(f'opinion = off\ntrusted = {{ "{TRUSTED}/32" }}')
    for name, password in sorted(users.items()):
        print(f"user '{name}' {{ password = '{password}' }}")
    for name, (settings, any_user) in sorted(listeners.items()):
        print_listener(name, settings, any_user)
