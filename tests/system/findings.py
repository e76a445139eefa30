# SPDX-License-Identifier: ISC
#
# Clients that each do one thing wrong. Each has an address of its own in 127.7.0.0/16, by which what
# was found of it can be told from the others'. Slowness is what some clients do, not what the test
# waits by. Prints "ID ADDRESS" for each, and "clean ADDRESS" of one that does nothing wrong.
#
# findings.py GROUP PORTS-FILE [CERTIFICATE KEY]
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile

group, ports_file, *certificate = sys.argv[1:]
with open(ports_file) as file:
    ports = dict(line.strip().split("=") for line in file)
# The gateway never says anything so late.
PATIENCE = 30


class Failure(Exception):
    pass


def context(ciphers=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    if ciphers:
        c.maximum_version = ssl.TLSVersion.TLSv1_2
        c.set_ciphers(ciphers)
    return c


class Client:
    """Octets as they are, and replies."""

    def __init__(self, ip, listener="mx", first=b""):
        address = ("127.0.0.1", int(ports[listener]))
        self.s = socket.create_connection(address, PATIENCE, (ip, 0))
        if first:
            self.s.sendall(first)
        self.left = b""

    def reply(self):
        """The last line of the next reply; empty when the connection ends."""
        while True:
            while b"\n" not in self.left:
                octets = self.s.recv(65536)
                if not octets:
                    return ""
                self.left += octets
            line, self.left = self.left.split(b"\n", 1)
            if line[3:4] != b"-":
                return line.decode().strip()

    def expect(self, code):
        got = self.reply()
        if not got.startswith(code):
            raise Failure(f"expected {code}, got {got!r}")
        return self

    def say(self, text, code):
        self.s.sendall((text if isinstance(text, bytes) else text.encode()) + b"\r\n")
        return self.expect(code)

    def ehlo(self):
        return self.expect("220").say("EHLO app.example.com", "250")

    def secure(self, how=None):
        self.say("STARTTLS", "220")
        self.s = (how or context()).wrap_socket(self.s)
        return self.say("EHLO app.example.com", "250")

    def envelope(self, parameters=""):
        self.say("MAIL FROM:<a@example.com>" + parameters, "250")
        return self.say("RCPT TO:<b@example.net>", "250")

    def body(self, text, code):
        return self.say("DATA", "354").say(text + b"\r\n.", code)

    def quit(self):
        self.say("QUIT", "221")
        self.end()

    def end(self):
        """Reads to the end of the connection."""
        try:
            while self.s.recv(65536):
                pass
        except (ConnectionError, ssl.SSLError):
            pass
        self.s.close()


HEADER = (
    b"Date: Mon, 23 Nov 2026 16:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
    b"From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\n"
)


def refused(line, code, listener="mx"):
    """A client whose command is refused."""
    return lambda ip: Client(ip, listener).ehlo().say(line, code).quit()


def body(octets, code):
    """A client whose message is refused for its octets."""
    return lambda ip: Client(ip).ehlo().envelope().body(HEADER + b"\r\n" + octets, code).quit()


def swaks(header, *arguments):
    """A message with this header, as swaks sends it."""

    def run(ip):
        with tempfile.NamedTemporaryFile("wb") as file:
            file.write(header.encode() + b"\n\nHello.\n")
            file.flush()
            command = ["swaks", "--server", "127.0.0.1", "--port", ports["mx"]]
            command += ["--local-interface", ip, "--helo", "app.example.com", "--tls"]
            command += ["--from", "a@example.com", "--to", "b@example.net"]
            command += ["--data", "@" + file.name, *arguments]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
            if done.returncode:
                raise Failure("swaks: " + done.stdout.decode("utf-8", "replace"))

    return run


DATE = "Date: Mon, 23 Nov 2026 16:00:00 +0000\n"
ID = "Message-ID: <1@example.com>\n"
FROM = "From: a@example.com"


def clean(ip):
    address = ("127.0.0.1", int(ports["submission"]))
    with smtplib.SMTP(*address, "app.example.com", PATIENCE, (ip, 0)) as s:
        s.starttls(context=context())
        s.ehlo("app.example.com")
        s.login("app", "staging-secret")
        s.sendmail("a@example.com", ["b@example.net"], HEADER + b"\r\nHello.\r\n")
        s.docmd("QUIT")
        s.sock = s.sock.unwrap()


def early_talk(ip):
    """Behind a proxy the client can speak before the gateway knows whom it greets."""
    header = f"PROXY TCP4 {ip} 127.0.0.1 40000 25\r\nEHLO app.example.com\r\n"
    Client(ip, "behind", header.encode()).expect("220").expect("554").end()


def pipelining(ip):
    c = Client(ip).expect("220")
    c.s.sendall(b"EHLO app.example.com\r\nNOOP\r\n")
    c.expect("250").expect("503").quit()


def injection(ip):
    c = Client(ip).ehlo()
    c.s.sendall(b"STARTTLS\r\nNOOP\r\n")
    c.end()


def in_the_clear(ip):
    s = smtplib.SMTP("127.0.0.1", int(ports["mx"]), "app.example.com", PATIENCE, (ip, 0))
    s.sendmail("a@example.com", ["b@example.net"], HEADER + b"\r\nHello.\r\n")
    s.quit()


def wrong_password(ip):
    address = ("127.0.0.1", int(ports["submission"]))
    s = smtplib.SMTP(*address, "app.example.com", PATIENCE, (ip, 0))
    s.starttls(context=context())
    try:
        s.login("app", "another-secret")
        raise Failure("the wrong password was taken")
    except smtplib.SMTPAuthenticationError:
        s.quit()


def no_quit(ip):
    Client(ip).ehlo().s.close()


def no_close_notify(ip):
    c = Client(ip).ehlo().secure()
    # Closes the descriptor below TLS.
    socket.socket(fileno=c.s.detach()).close()


def weak_tls(ip):
    c = Client(ip, "weak").ehlo().secure(context("ECDHE-ECDSA-AES128-SHA"))
    c.quit()


def self_signed(ip):
    c = Client(ip, "self-signed")
    c.s = context().wrap_socket(c.s)
    return c.ehlo()


def expired_certificate(ip):
    """A client that shows a certificate whose time is over."""
    how = context()
    how.load_cert_chain(*certificate)
    c = Client(ip, "asking")
    c.s = how.wrap_socket(c.s)
    c.ehlo().quit()


def password_to_anybody(ip):
    self_signed(ip).say("AUTH PLAIN AGFwcABzdGFnaW5nLXNlY3JldA==", "235").quit()


def new_keys(ip):
    """One request for new keys after the other, each once openssl has sent the one before."""
    command = ["openssl", "s_client", "-connect", "127.0.0.1:" + ports["submissions"]]
    p = subprocess.Popen(
        command + ["-bind", ip + ":0", "-tls1_3"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    try:
        for _ in range(50000):
            p.stdin.write(b"K\n")
            p.stdin.flush()
            while (line := p.stderr.readline()) and b"KEYUPDATE" not in line:
                pass
            if not line:
                return
        raise Failure("the gateway took 50,000 requests for new keys")
    except BrokenPipeError:
        pass
    finally:
        p.kill()
        p.wait()


def too_many_recipients(ip):
    c = Client(ip).ehlo().envelope().say("RCPT TO:<c@example.net>", "250")
    c.say("RCPT TO:<d@example.net>", "452").quit()


def over_and_over(line, replies):
    """The same command until the gateway ends the session."""

    def run(ip):
        c = Client(ip).ehlo()
        for _ in range(replies):
            c.s.sendall(line + b"\r\n")
            if c.reply().startswith("421"):
                return c.end()
        raise Failure(f"no 421 behind {replies} times {line!r}")

    return run


def silent(ip):
    Client(ip).ehlo().expect("421").end()


def slow(ip):
    """A command line that is never complete."""
    c = Client(ip).ehlo()
    c.s.settimeout(0.1)
    for _ in range(10 * PATIENCE):
        try:
            c.s.sendall(b"N")
            c.expect("421").end()
            return
        except TimeoutError:
            pass
    raise Failure("no 421 to a line without end")


def long_session(ip):
    c = Client(ip).ehlo()
    c.s.settimeout(0.2)
    for _ in range(5 * PATIENCE):
        try:
            c.s.sendall(b"NOOP\r\n")
            while c.reply().startswith("250"):
                pass
            return c.end()
        except TimeoutError:
            pass
    raise Failure("the session never ended")


def connections(held, code):
    """One connection more than those that are held, all from these addresses."""

    def run(ip):
        others = [Client(address or ip).expect("220") for address in held]
        Client(ip).expect(code).end()
        for c in others:
            c.quit()

    return run


def too_many_messages(ip):
    c = Client(ip).ehlo()
    for _ in range(2):
        c.envelope().body(HEADER + b"\r\nHello.", "250")
    c.say("MAIL FROM:<a@example.com>", "421").end()


def buffers_full(ip):
    """A chunk that is not the last one is answered when it is held."""
    octets = (b"x" * 78 + b"\r\n") * 500
    holds, full = (Client(ip).ehlo().envelope() for _ in range(2))
    holds.say(b"BDAT %d\r\n" % len(octets) + octets[:-2], "250")
    full.say(b"BDAT %d LAST\r\n" % len(octets) + octets[:-2], "452").quit()
    holds.say("RSET", "250").quit()


def eight_bit_header(ip):
    c = Client(ip).ehlo().envelope(" BODY=8BITMIME")
    c.body(HEADER.replace(b"Subject: x", b"Subject: \xc3\xa4") + b"\r\nx", "250").quit()


CASES = {
    "plain": {
        "clean": clean,
        "early-talk": early_talk,
        "pipelining-out-of-turn": pipelining,
        "starttls-injection": injection,
        "starttls-missing": in_the_clear,
        "auth-without-tls": refused("AUTH PLAIN AGEAYg==", "538", "clear"),
        "auth-rejected": wrong_password,
        "helo-not-a-name": lambda ip: Client(ip).expect("220").say("EHLO a..b", "501").quit(),
        "missing-angle-brackets": refused("MAIL FROM:a@example.com", "501"),
        "space-after-colon": refused("MAIL FROM: <a@example.com>", "501"),
        "obsolete-route": refused("MAIL FROM:<@b.example,@c.example:a@example.com>", "250"),
        "smtputf8-missing": refused("MAIL FROM:<\u00e4@example.com>", "553"),
        "bad-syntax": refused("MAIL FROM:<a@>", "501"),
        "bad-sequence": refused("DATA", "503"),
        "unknown-command": refused("TURNIP", "500"),
        "command-line-too-long": refused("NOOP " + "x" * 600, "500"),
        "no-quit": no_quit,
        "no-close-notify": no_close_notify,
        "weak-tls": weak_tls,
        "certificate-not-verified": lambda ip: self_signed(ip).quit(),
        "password-to-unverified-server": password_to_anybody,
        "certificate-expired": expired_certificate,
        "tls-flood": new_keys,
        "bare-lf": body(b"a\nb", "550"),
        "bare-cr": body(b"a\rb", "550"),
        "nul": body(b"a\0b", "550"),
        "line-too-long": body(b"x" * 999, "554"),
        "eight-bit-without-8bitmime": body(b"\xc3\xa4", "554"),
        "message-too-big": body((b"x" * 70 + b"\r\n") * 100, "552"),
        "too-many-recipients": too_many_recipients,
        "too-many-bad-commands": over_and_over(b"TURNIP", 6),
        "too-many-commands": over_and_over(b"NOOP", 20),
        "missing-date": swaks(ID + FROM),
        "malformed-date": swaks("Date: 2026-11-23 16:00:00\n" + ID + FROM),
        "missing-message-id": swaks(DATE + FROM),
        "malformed-message-id": swaks(DATE + "Message-ID: 1@example.com\n" + FROM),
        "duplicate-field": swaks(DATE + ID + "Subject: a\nSubject: b\n" + FROM),
        "bcc-present": swaks(DATE + ID + FROM + "\nBcc: boss@example.com"),
        "header-not-ascii": eight_bit_header,
        "malformed-header": swaks(DATE + ID + FROM + "\nno field"),
        "missing-from": swaks(DATE + ID + "Subject: x"),
        "several-from": swaks(DATE + ID + FROM + "\nFrom: b@example.com"),
    },
    "slow": {"timeout": silent, "too-slow": slow, "session-too-long": long_session},
    "address": {"too-many-connections-from-address": connections(["", ""], "421")},
    "many": {"too-many-connections": connections(["127.8.0.1", "127.8.0.2"], "421")},
    "rate": {"rate-limit": too_many_messages},
    "buffers": {"buffers-full": buffers_full},
}

for number, (name, case) in enumerate(CASES[group].items(), 1):
    address = f"127.7.{list(CASES).index(group)}.{number}"
    try:
        case(address)
    except (Failure, OSError, smtplib.SMTPException) as e:
        sys.exit(f"{name}: {e}")
    print(name, address, flush=True)
