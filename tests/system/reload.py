# SPDX-License-Identifier: ISC
#
# A reload under open sessions: what goes on as it began, and what new sessions get. The files that
# it changes lie in one directory; the gateway's answers and its log are what is waited for.
#
# reload.py DIRECTORY PID; PID 0 writes the configuration to begin with.
import base64
import os
import signal
import socket
import ssl
import subprocess
import sys

directory, pid = sys.argv[1], int(sys.argv[2])
ports = {}
MESSAGE = "From: a@example.com\r\nSubject: {}\r\n\r\nHello.\r\n."


def path(name):
    return f"{directory}/{name}"


def write(name, text):
    """As an administrator does: a new file in the place of the old one."""
    with open(path(name + ".new"), "w") as file:
        file.write(text)
    os.rename(path(name + ".new"), path(name))


def copy(source, name):
    with open(path(source)) as file:
        write(name, file.read())


def fail(text):
    sys.exit(f"reload: {text}")


def check(what, got, wanted):
    if got != wanted:
        fail(f"{what}: got {got!r}, expected {wanted!r}")


class Log:
    """The log from now on."""

    def __init__(self):
        self.tail = subprocess.Popen(
            ["tail", "-n", "0", "-f", path("log")], stdout=subprocess.PIPE, text=True
        )

    def until(self, *verbs):
        lines = []
        for line in self.tail.stdout:
            lines.append(line.strip())
            if any(f" {verb}" in line for verb in verbs):
                return lines
        fail("the log ended")


log = None


def reload(wanted="reloaded"):
    """All lines of the log up to the one that ends the reload."""
    os.kill(pid, signal.SIGHUP)
    lines = log.until("reloaded", "reload-failed")
    if f" {wanted}" not in lines[-1]:
        fail(f"expected {wanted}, the log says {lines[-1]}")
    return lines


def context(version=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    if version:
        c.minimum_version = c.maximum_version = version
    return c


PLAIN = context()


class Client:
    def __init__(self, listener, tls=PLAIN, session=None):
        self.s = socket.create_connection(("127.0.0.1", int(ports[listener])), 30)
        self.left = b""
        if tls is not None:
            self.s = tls.wrap_socket(self.s, session=session)
        self.expect("220")
        self.say("EHLO app.example.com", "250")

    def expect(self, reply):
        while True:
            while b"\n" not in self.left:
                octets = self.s.recv(65536)
                if not octets:
                    fail(f"closed behind {self.left!r}")
                self.left += octets
            line, self.left = self.left.split(b"\n", 1)
            if line[3:4] != b"-":
                break
        if not line.decode().startswith(reply):
            fail(f"expected {reply!r}, got {line!r}")
        return self

    def say(self, text, reply):
        self.s.sendall(text.encode() + b"\r\n")
        return self.expect(reply)

    def login(self, user, password, reply):
        word = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        return self.say(f"AUTH PLAIN {word}", reply)

    def envelope(self):
        self.say("MAIL FROM:<a@example.com>", "250")
        return self.say("RCPT TO:<b@example.net>", "250")

    def send(self, subject):
        return self.envelope().say("DATA", "354").say(MESSAGE.format(subject), "250")

    def quit(self):
        self.say("QUIT", "221")
        self.s.close()


def certificate(listener):
    c = Client(listener)
    der = c.s.getpeercert(binary_form=True)
    c.quit()
    return ssl.DER_cert_to_PEM_cert(der)


def pem(name):
    with open(path(name)) as file:
        text = file.read()
    return text[text.index("-----BEGIN CERT") :]


def configure(users, more="workers = 2", files="certificate", zones="zone", dev="dev", listeners=""):
    write(
        "reload.conf",
        f"""{more}
zones = {{ "{path(zones)}" }}
{users}
listener files {{
	kind = submissions address = "127.0.0.1" port = 0
	certificate = "{path(files + ".pem")}" key = "{path(files + "-key.pem")}"
}}
listener dev {{ kind = submissions address = "127.0.0.1" port = 0 certificate = {dev} }}
listener mx {{ kind = mx address = "127.0.0.1" port = 0 tls = none }}
{listeners}
""",
    )


ALICE = 'user alice { password = "alpha-one" }'
BOB = f'user bob {{ password = "file:{path("bob")}" }}'
# Connections enough to meet both workers.
MANY = 12


def sessions_go_on():
    tickets = {}
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        tls = context(version)
        c = Client("files", tls)
        tickets[version] = tls, c.s.session
        c.quit()
    old = certificate("files")
    check("certificate before", old, pem("first.pem"))
    amid = Client("files").login("alice", "alpha-one", "235").envelope()
    waits = Client("files")
    plain = Client("mx", None).send("before")

    copy("second.pem", "certificate.pem")
    copy("second-key.pem", "certificate-key.pem")
    copy("zone-after", "zone")
    write("bob", "bravo-two\n")
    configure(BOB)
    lines = reload()
    if any("restart-needed" in line for line in lines):
        fail(f"nothing needs a restart, the log says {lines}")

    check("certificate of the session", amid.s.getpeercert(True), ssl.PEM_cert_to_DER_cert(old))
    amid.say("DATA", "354").say(MESSAGE.format("amid"), "250").quit()
    waits.login("alice", "alpha-one", "535").login("bob", "bravo-two", "235").send("waited").quit()
    plain.send("after").quit()
    for _ in range(MANY):
        check("certificate after", certificate("files"), pem("second.pem"))
        for version, (tls, ticket) in tickets.items():
            c = Client("files", tls, ticket)
            check(f"{version.name} resumed", c.s.session_reused, True)
            c.quit()


def wrong_on_purpose():
    configure(BOB, dev="expired")
    reload()
    Client("dev").quit()
    configure(BOB)
    reload()
    Client("dev").login("bob", "bravo-two", "235").quit()


def keeps_the_old():
    """Each mistake, and what its line in the log must name."""

    def broken(what, place):
        lines = reload("reload-failed")
        if place not in lines[-1]:
            fail(f"{what}: expected {place!r} in the log, got {lines[-1]}")
        check(f"{what}: certificate", certificate("files"), pem("second.pem"))
        Client("files").login("bob", "bravo-two", "235").send("kept").quit()

    write("reload.conf", "worker = 3\n")
    broken("an unknown option", "reload.conf:1:")
    os.unlink(path("reload.conf"))
    broken("no file", "reload.conf")
    configure(BOB, files="absent")
    broken("no certificate", "absent.pem")
    configure(BOB)
    copy("first-key.pem", "certificate-key.pem")
    broken("a key of another certificate", "certificate-key.pem")
    copy("second-key.pem", "certificate-key.pem")
    write("broken-zone", "$ORIGIN example.com.\n@ 60 IN TXT\n@ 60 IN A 1.2.3\n")
    configure(BOB, zones="broken-zone")
    broken("a broken zone", "broken-zone")
    configure(BOB)
    reload()


def needs_a_restart():
    configure(
        BOB + ALICE,
        more="workers = 5",
        listeners='listener new { kind = mx address = "127.0.0.1" port = 0 }',
    )
    lines = [line for line in reload() if "restart-needed" in line]
    check("restarts needed", len(lines), 2)
    if "listener=new" not in lines[0] or "option=workers" not in lines[1]:
        fail(f"expected the new listener and workers, the log says {lines}")
    # What could be done was done.
    Client("files").login("alice", "alpha-one", "235").quit()


def secret_is_gone():
    os.unlink(path("bob"))
    configure(BOB + ALICE)
    reload()
    c = Client("files").login("bob", "bravo-two", "454 4.7.0").login("alice", "alpha-one", "235")
    c.quit()


def again_and_again():
    open_sessions = [Client("files") for _ in range(MANY)]
    for i in range(10):
        os.kill(pid, signal.SIGHUP)
        for c in open_sessions:
            c.say("NOOP", "250")
        Client("dev").quit()
    reload()
    for c in open_sessions:
        c.login("alice", "alpha-one", "235").quit()


if __name__ == "__main__":
    if pid == 0:
        configure(ALICE)
        sys.exit()
    with open(path("ports")) as file:
        ports.update(line.strip().split("=") for line in file)
    log = Log()
    sessions_go_on()
    wrong_on_purpose()
    keeps_the_old()
    needs_a_restart()
    secret_is_gone()
    again_and_again()
    log.tail.kill()
