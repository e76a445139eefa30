#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# What control.sh cannot do in the shell: many mails, a person at a terminal, and clients of the
# control socket that mean no good.
import json
import os
import pty
import smtplib
import socket
import sys


def send(port, to, subjects, octets=0):
    """A session for all; each line of subjects is a message."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="app.example.com", timeout=60) as s:
        for subject in subjects:
            filler = ("x" * 70 + "\r\n") * (octets // 72)
            s.sendmail("app@example.com", [to], "From: App <app@example.com>\r\n"
                       f"To: {to}\r\nSubject: {subject}\r\n\r\nHello.\r\n{filler}")


def mails(port, to, count, octets="0"):
    send(int(port), to, [f"mail {i}" for i in range(int(count))], int(octets))


def flow(port, to):
    """Mail after mail, each in a session of its own, until standard input ends; says how many."""
    os.set_blocking(0, False)
    count = 0
    while True:
        send(int(port), to, [f"flow {count}"])
        count += 1
        if count == 1:
            print("flows", flush=True)
        try:
            if not os.read(0, 1):
                break
        except BlockingIOError:
            pass
    print(count, flush=True)


def hold(port):
    """A session that stays open until standard input ends."""
    with smtplib.SMTP("127.0.0.1", int(port), local_hostname="app.example.com", timeout=60) as s:
        s.ehlo()
        print("open", flush=True)
        sys.stdin.read()


def person(answer, *command):
    """Runs the command at a terminal, answers its question, prints what it shows; its status."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    shown, said = b"", False
    while True:
        try:
            piece = os.read(fd, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not said and b"[y/N] " in shown:
            os.write(fd, answer.encode() + b"\n")
            said = True
    sys.stdout.write(shown.decode().replace("\r\n", "\n"))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(path)
    return s


def read_all(s):
    got = b""
    try:
        while piece := s.recv(65536):
            got += piece
    except ConnectionError:
        pass
    return got


def push(s, data):
    try:
        s.sendall(data)
    except OSError:
        pass


def told(path, data, word):
    """What is said is refused with a word, or the answer holds it."""
    s = connect(path)
    push(s, data)
    try:
        s.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    got = read_all(s)
    assert word in got, (data[:50], got)
    for line in got.splitlines():
        json.loads(line)


def hostile(path):
    ids = [f"01{i:024d}" for i in range(500)]
    everything = {"command": "delete", "messages": ids}
    told(path, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b'"error"')
    told(path, bytes(range(256)) + b"\n", b'"error"')
    told(path, b"\n" * 1000, b'"error"')
    told(path, b"[" * 100000 + b"\n", b'"error"')
    told(path, b"a" * (2 << 20), b"longer than 1 MiB")
    told(path, b'{"command":"stop"}\n', b"expected delete, vacuum or stats")
    told(path, json.dumps(everything).encode() + b"\n", b'{"deleted":0}')
    everything["messages"].append(ids[0])
    told(path, json.dumps(everything).encode() + b"\n", b"1 to 500")
    told(path, b'{"command":"delete","messages":["%"]}\n', b"no whole id")
    # Fifty at once, of which the first has no end of its line and the others say nothing: they are
    # left unanswered, and those that are too many are told.
    crowd = [connect(path) for _ in range(50)]
    push(crowd[0], b'{"command":"stats"}')
    answers = [read_all(s) for s in crowd]
    assert sum(b"too many" in a for a in answers) >= 50 - 16 - 1, answers
    assert all(a == b"" or b"too many" in a for a in answers), answers
    # Gone amid the line, and while the writer has the job.
    for data in (b'{"comm', b'{"command":"vacuum"}\n', json.dumps(everything).encode()) * 20:
        s = connect(path)
        push(s, data)
        s.close()
    told(path, b'{"command":"stats"}\n', b"") # whatever it says, it is JSON


if __name__ == "__main__":
    sys.exit(globals()[sys.argv[1]](*sys.argv[2:]))
