# SPDX-License-Identifier: ISC
#
# Abuses an SMTP listener in every way that a stranger can, one after the other, while a normal
# client goes on sending mail. Says for each what the listener answered, how long the normal client
# waited at most, and what the process held before and after; fails when the listener does not end
# the abuse, lets the normal client wait too long, or does not give back what it took.
#
#	abuse.py --port N [--host H] [--tls none|starttls|implicit] [--pid PID] [--within SECONDS]
#	         [--patience SECONDS] [--scale F] [--auth USER:PASSWORD] [CASE...]
#
# An unknown CASE lists all.
import argparse
import base64
import os
import resource
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

EHLO = b"EHLO app.example.com\r\n"
MESSAGE = (b"From: app@example.com\r\nTo: qa@example.net\r\nSubject: normal\r\n"
           b"Date: Mon, 23 Nov 2026 16:00:00 +0000\r\nMessage-ID: <n@example.com>\r\n\r\nHello.\r\n.\r\n")


class Failure(Exception):
    pass


def parse():
    p = argparse.ArgumentParser(description="Abuse an SMTP listener; a normal client goes on.")
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--tls", choices=("none", "starttls", "implicit"), default="none",
                   help="how the listener begins TLS")
    p.add_argument("--pid", type=int, help="whose memory and descriptors are watched")
    p.add_argument("--within", type=float, default=1.0, metavar="SECONDS",
                   help="how long the normal client may wait (1)")
    p.add_argument("--patience", type=float, default=90.0, metavar="SECONDS",
                   help="how long a limit of the listener may take to end a client (90)")
    p.add_argument("--scale", type=float, default=1.0, metavar="F",
                   help="below 1 makes the cases smaller")
    p.add_argument("--auth", metavar="USER:PASSWORD", help="the normal client's login")
    p.add_argument("cases", nargs="*", metavar="CASE", help="all of them by default")
    return p.parse_args()


options = parse()
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE


def scaled(n):
    return max(1, int(n * options.scale))


class Client:
    """A client that has the greeting and, where the listener has it, TLS."""

    def __init__(self, secure=True, greeted=True):
        self.s = socket.create_connection((options.host, options.port), options.patience)
        self.left = b""
        if options.tls == "implicit" and secure:
            self.s = tls.wrap_socket(self.s)
        if not greeted or (options.tls == "implicit" and not secure):
            return
        self.expect("220")
        if options.tls == "starttls" and secure:
            self.say(EHLO, "250")
            self.say(b"STARTTLS\r\n", "220")
            self.s = tls.wrap_socket(self.s)

    def expect(self, *codes):
        while True:
            while b"\n" not in self.left:
                octets = self.s.recv(65536)
                if not octets:
                    raise Failure(f"the listener closed; expected {codes}")
                self.left += octets
            line, self.left = self.left.split(b"\n", 1)
            line = line.decode("latin-1").strip()
            if codes and line[:3] not in codes:
                raise Failure(f"expected {codes}, got {line!r}")
            if line[3:4] != "-":
                return line

    def say(self, octets, *codes):
        self.s.sendall(octets)
        return self.expect(*codes)

    def ready(self):
        self.say(EHLO, "250")
        if options.auth and options.tls != "none":
            user, _, password = options.auth.partition(":")
            token = base64.b64encode(f"\0{user}\0{password}".encode())
            self.say(b"AUTH PLAIN " + token + b"\r\n", "235")
        return self

    def envelope(self):
        self.ready()
        self.say(b"MAIL FROM:<app@example.com>\r\n", "250")
        self.say(b"RCPT TO:<qa@example.net>\r\n", "250")
        return self

    def data(self):
        self.envelope()
        self.say(b"DATA\r\n", "354")
        return self

    def flood(self, octets, times):
        """Sends until the listener closes; how often it went."""
        for i in range(times):
            try:
                self.s.sendall(octets)
            except (ConnectionError, ssl.SSLError, TimeoutError):
                return i
        return times

    def rest(self):
        """What still comes until the listener closes."""
        octets = self.left
        end = time.monotonic() + options.patience
        try:
            while time.monotonic() < end:
                piece = self.s.recv(65536)
                if not piece:
                    break
                octets += piece
            else:
                raise Failure("the listener did not close in time")
        except (ConnectionError, ssl.SSLError):
            pass
        except TimeoutError:
            raise Failure("the listener did not close in time")
        self.s.close()
        return octets

    def close(self):
        self.s.close()


def deliver():
    c = Client().data()
    c.say(MESSAGE, "250")
    c.say(b"QUIT\r\n", "221")
    c.close()


def warm_up():
    """Ordinary work and a first crowd: some records of a descriptor are kept for ever."""
    crowd = [socket.create_connection((options.host, options.port)) for _ in range(scaled(5000))]
    for s in crowd:
        s.close()
    for _ in range(200):
        deliver()
    last = (0, 0)
    while held() not in (None, last):
        last = held()
        time.sleep(4)


class Normal(threading.Thread):
    """A normal client that sends one message after the other and notes its longest wait."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest, self.sent, self.failure = 0.0, 0, None
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set() or self.sent == 0:
            begin = time.monotonic()
            try:
                deliver()
            except (Failure, OSError) as e:
                self.failure = e
                return
            self.longest = max(self.longest, time.monotonic() - begin)
            self.sent += 1
            self.stop.wait(0.02)


def held():
    """Resident memory in KiB and descriptors of the process, or None."""
    if options.pid is None:
        return None
    with open(f"/proc/{options.pid}/status") as f:
        rss = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    return rss, len(os.listdir(f"/proc/{options.pid}/fd"))


def wait_all_closed(clients, what):
    """Until the listener has closed each; how long that took."""
    begin = time.monotonic()
    poll = select.poll()
    open_ = {}
    for c in clients:
        open_[c.s.fileno()] = c
        poll.register(c.s.fileno(), select.POLLIN | select.POLLHUP)
        c.s.setblocking(False)
    while open_:
        if time.monotonic() - begin > options.patience:
            raise Failure(f"{len(open_)} {what} are still open after {options.patience:g} s")
        for fd, _ in poll.poll(200):
            c = open_.get(fd)
            try:
                if c is not None and c.s.recv(65536):
                    continue
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            except OSError:
                pass
            poll.unregister(fd)
            open_.pop(fd).close()
    return time.monotonic() - begin


def endless_line():
    before = held()
    c = Client()
    taken = c.flood(b"A" * 100000, scaled(1000))
    grown = held()[0] - before[0] if before else 0
    said = c.rest()
    if b"\r\n250" in said or said.startswith(b"250"):
        raise Failure(f"it was answered {said[:80]!r}")
    return f"{taken} x 100 KB went, {said.decode('latin-1').strip()[:60]!r}, memory grew {grown} KiB"


def recipients():
    c = Client().ready()
    c.say(b"MAIL FROM:<app@example.com>\r\n", "250")
    codes = {}
    for i in range(scaled(10000)):
        code = c.say(b"RCPT TO:<r%d@example.net>\r\n" % i)[:3]
        codes[code] = codes.get(code, 0) + 1
    c.say(b"RSET\r\n", "250", "421")
    c.close()
    if options.scale >= 0.2 and "452" not in codes:
        raise Failure(f"no 452 among {codes}")
    return str(codes)


def trickle():
    """One octet a second on 1,000 connections, half in a command line, half in a message."""
    count = scaled(1000)
    clients = []
    for i in range(count):
        clients.append(Client().data() if i % 2 else Client())
    begin, open_ = time.monotonic(), list(clients)
    while open_:
        if time.monotonic() - begin > options.patience:
            raise Failure(f"{len(open_)} of {count} connections are still open")
        still = []
        for c in open_:
            c.s.settimeout(2)
            try:
                c.s.sendall(b"N")
                still.append(c)
            except OSError:
                c.close()
        open_ = still
        time.sleep(1)
    return f"{count} connections, the last was ended after {time.monotonic() - begin:.1f} s"


def left_open():
    count = scaled(5000)
    clients, refused = [], 0
    for _ in range(count):
        try:
            clients.append(Client(secure=False, greeted=False))
        except OSError:
            refused += 1
    took = wait_all_closed(clients, "idle connections")
    return f"{count} opened, {refused} refused, all ended after {took:.1f} s"


def tls_garbage():
    if options.tls == "none":
        return None
    pieces = [os.urandom(5000), b"\x16\x03\x01\xff\xff" + os.urandom(70000), b"\x80\x2e\x01" * 900,
              b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 50, b"\x16\x03\x01\x00\x00" * 20000,
              b"\x15\x03\x01\x00\x02\x01\x00" * 5000, b"\x17\x03\x03\x40\x00" + bytes(16384)]
    for round_ in range(scaled(40)):
        c = Client(secure=False)
        if options.tls == "starttls":
            c.say(EHLO, "250")
            c.say(b"STARTTLS\r\n", "220")
        c.flood(pieces[round_ % len(pieces)], 1)
        try:
            c.s.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        c.rest()
    return f"{scaled(40)} connections"


def flood_by_openssl(version, command, word):
    """One command after the other, each once openssl says that it has carried out the one before."""
    if options.tls == "none":
        return None
    arguments = ["openssl", "s_client", "-connect", f"{options.host}:{options.port}", version]
    if options.tls == "starttls":
        arguments += ["-starttls", "smtp"]
    p = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE)
    timer = threading.Timer(options.patience, p.kill)
    timer.start()
    done, most = 0, 50000
    try:
        while done < most:
            p.stdin.write(command)
            p.stdin.flush()
            while (line := p.stderr.readline()) and word not in line:
                pass
            if not line:
                break
            done += 1
    except ConnectionError:
        pass
    finally:
        over = timer.is_alive()
        timer.cancel()
        p.kill()
        p.wait()
    if done == most or not over:
        raise Failure(f"the flood was not ended, after {done}")
    return f"ended after openssl had sent {done}"


def key_updates():
    return flood_by_openssl("-tls1_3", b"K\n", b"KEYUPDATE")


def renegotiations():
    return flood_by_openssl("-tls1_2", b"R\n", b"RENEGOTIATING")


def bdat_lies():
    for size, octets, mode in ((b"1000000000", b"x", "close"), (b"10 LAST", b"y" * 100 + b"\r\n", "go on"),
                               (b"18446744073709551615 LAST", b"z" * 100000, "close"),
                               (b"99999999999999999999999", b"", "go on"), (b"-1", b"", "go on"),
                               (b"0", b"", "go on"), (b"5 FIRST", b"NOOP\n", "go on")):
        c = Client().envelope()
        c.flood(b"BDAT " + size + b"\r\n" + octets, 1)
        if mode == "close":
            c.close()
            continue
        c.expect("250", "500", "501", "502", "503", "550", "552", "554")
        c.close()
    return "7 lies"


def size_lies():
    c = Client().ready()
    c.say(b"MAIL FROM:<app@example.com> SIZE=999999999999\r\n", "552")
    c.say(b"MAIL FROM:<app@example.com> SIZE=10\r\n", "250")
    c.say(b"RCPT TO:<qa@example.net>\r\n", "250")
    c.say(b"DATA\r\n", "354")
    line = b"x" * 70 + b"\r\n"
    c.flood(line * 10000, scaled(100))
    said = c.say(b".\r\n", "552", "250", "452")
    if options.scale >= 1 and not said.startswith("552"):
        raise Failure(f"72 MB were answered {said!r}")
    c.close()
    return said


def half_handshake():
    if options.tls == "none":
        return None
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(32)
    clients = []
    for _ in range(scaled(300)):
        c = Client(secure=False)
        if options.tls == "starttls":
            c.say(EHLO, "250")
            c.say(b"STARTTLS\r\n", "220")
        c.s.sendall(hello)
        clients.append(c)
    return f"{len(clients)} ended after {wait_all_closed(clients, 'half handshakes'):.1f} s"


def vanish():
    """Leaves at every octet of a transaction."""
    talk = EHLO + b"MAIL FROM:<app@example.com>\r\nRCPT TO:<qa@example.net>\r\nDATA\r\n" + MESSAGE
    step = max(1, int(1 / options.scale))
    for octets in range(0, len(talk), step):
        c = Client()
        c.flood(talk[:octets], 1)
        if octets % 2:
            c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        c.close()
    return f"{len(talk) // step} places"


def unread():
    """A million commands whose replies nobody reads."""
    c = Client().ready()
    c.s.settimeout(options.patience)
    went = c.flood(b"NOOP\r\n" * 1000, scaled(1000))
    said = c.rest()
    return f"{went} x 1000 NOOP, then {said[-60:].decode('latin-1').strip()!r}"


CASES = {"endless-line": endless_line, "recipients": recipients, "trickle": trickle,
         "left-open": left_open, "tls-garbage": tls_garbage, "key-updates": key_updates,
         "renegotiations": renegotiations, "bdat-lies": bdat_lies, "size-lies": size_lies,
         "half-handshake": half_handshake, "vanish": vanish, "unread": unread}


def settle(idle):
    """Waits until the process holds no more than idle (descriptors whole, memory and a tenth)."""
    end = time.monotonic() + options.patience
    while True:
        now = held()
        if now is None or (now[1] <= idle[1] and now[0] <= idle[0] * 1.1):
            return now
        if time.monotonic() > end:
            raise Failure(f"it holds {now[0]} KiB and {now[1]} descriptors; idle it held "
                          f"{idle[0]} KiB and {idle[1]}")
        time.sleep(0.2)


def run(name, idle):
    normal = Normal()
    normal.start()
    begin = time.monotonic()
    try:
        what = CASES[name]()
    finally:
        normal.stop.set()
        normal.join(options.patience)
    if what is None:
        print(f"{name:15} not for a listener without TLS")
        return
    if normal.failure is not None or normal.is_alive():
        raise Failure(f"a normal client could not send: {normal.failure}")
    now = settle(idle)
    print(f"{name:15} {time.monotonic() - begin:6.1f} s  normal client: {normal.sent} messages, "
          f"longest {normal.longest * 1000:.0f} ms  "
          + (f"holds {now[0]} KiB, {now[1]} fds  " if now else "") + what, flush=True)
    if normal.longest > options.within:
        raise Failure(f"a normal client waited {normal.longest:.2f} s, allowed are {options.within:g}")


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    unknown = [c for c in options.cases if c not in CASES]
    if unknown:
        sys.exit(f"abuse.py: {unknown[0]}: no such case; expected one of {', '.join(CASES)}")
    warm_up()
    idle, failed = held(), 0
    if idle:
        print(f"idle            {idle[0]} KiB, {idle[1]} descriptors")
    for name in options.cases or CASES:
        try:
            run(name, idle)
        except (Failure, OSError) as e:
            failed += 1
            print(f"{name:15} FAILED: {e}", flush=True)
            idle = held()  # what one case left behind is not held against the next
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
