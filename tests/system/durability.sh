#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What was answered 250 is there: after SIGTERM amid a transaction, and after SIGKILL.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 jq

start_gateway $(default_listeners)

# One client is amid DATA, one idle, when SIGTERM comes: the first finishes and gets its 250 and
# then 421; the second gets 421; a new one is not served.
python3 - "$(port mx)" "$gateway" >"$tmp/ids" <<'EOF' || fail "the clients did not see an orderly end"
import os, signal, socket, sys
port, pid = int(sys.argv[1]), int(sys.argv[2])

class Client:
    def __init__(self):
        self.s = socket.create_connection(("127.0.0.1", port), 20)
        self.f = self.s.makefile("rb")
        self.expect("220")
    def expect(self, code):
        while True:
            line = self.f.readline().decode()
            if not line.startswith(code):
                sys.exit(f"expected {code}, got {line!r}")
            if line[3:4] != "-":
                return line.strip()
    def say(self, line, code):
        self.s.sendall(line.encode() + b"\r\n")
        return self.expect(code)

busy, idle = Client(), Client()
for c in (busy, idle):
    c.say("EHLO app.example.com", "250")
busy.say("MAIL FROM:<a@example.com>", "250")
busy.say("RCPT TO:<b@example.net>", "250")
busy.say("DATA", "354")
busy.s.sendall(b"From: a@example.com\r\n\r\nhalf of it, ")
os.kill(pid, signal.SIGTERM)
idle.expect("421")
assert idle.f.readline() == b""
busy.s.sendall(b"and the rest\r\n")
print(busy.say(".", "250").split()[-1])
busy.expect("421")
assert busy.f.readline() == b""
try:
    socket.create_connection(("127.0.0.1", port), 2).recv(1)
    sys.exit("a connection was taken after SIGTERM")
except OSError:
    pass
EOF
code=0
wait "$gateway" || code=$?
gateway=
expect "exit code" "$code" 0
m show "$(cat "$tmp/ids")" --raw | grep -q 'and the rest' || fail "the message is not whole"
expect "ends" "$(sql "SELECT group_concat(\"end\") FROM (SELECT \"end\" FROM session ORDER BY id)")" \
	"shutdown,shutdown"

# SIGKILL while many are being sent: every id that was answered is there, with its octets.
start_gateway $(default_listeners)
python3 - "$(port mx)" "$gateway" >"$tmp/answered" <<'EOF'
import os, signal, smtplib, sys, threading
port, pid = int(sys.argv[1]), int(sys.argv[2])
lock, answered = threading.Lock(), []

def client(n):
    try:
        s = smtplib.SMTP("127.0.0.1", port)
        s.ehlo("app.example.com")
        for i in range(1000):
            s.docmd("MAIL FROM:<a@example.com>")
            s.docmd("RCPT TO:<b@example.net>")
            code, text = s.data(f"From: a@example.com\r\nSubject: {n}-{i}\r\n\r\nbody {n}-{i}\r\n")
            if code == 250:
                with lock:
                    answered.append((text.split()[-1].decode(), f"{n}-{i}"))
                    if len(answered) == 200:
                        os.kill(pid, signal.SIGKILL)
    except (smtplib.SMTPException, OSError):
        pass

threads = [threading.Thread(target=client, args=(n,)) for n in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for message_id, subject in answered:
    print(message_id, subject)
EOF
wait "$gateway" || true
gateway=
[ "$(wc -l <"$tmp/answered")" -ge 200 ] || fail "too few messages were answered"
sql "SELECT id || ' ' || subject FROM message" | sort >"$tmp/stored"
sort "$tmp/answered" | comm -23 - "$tmp/stored" >"$tmp/lost"
[ ! -s "$tmp/lost" ] || fail "answered 250 and lost: $(head -3 "$tmp/lost")"
expect "messages stored twice" "$(cut -d' ' -f2 "$tmp/stored" | sort | uniq -d | wc -l)" 0

# And the store opens again for writing.
start_gateway $(default_listeners)
stop_gateway INT
expect "exit code after SIGINT" "$code" 0
