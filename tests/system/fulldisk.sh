#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A disk that fills while the gateway runs (a limit on file size stands for it): the client hears
# 452, nothing is answered 250 that is not there, and the gateway goes on.
. "$(dirname "$0")/lib.sh"
need python3 sqlite3 jq

# 2 MB of database and log, in 512-octet blocks of bash's ulimit -f (1,024 octets there).
limit_and_start() {
	ulimit -f 2048
	exec "$mailassay" --data "$data" serve --ports-file "$tmp/ports" --listen mx=127.0.0.1:0
}
exec 3< <(limit_and_start 2>&1)
gateway=$!
while IFS= read -r line <&3; do
	echo "$line" >>"$tmp/log"
	case $line in *' ready '*) break ;; esac
done
cat <&3 >>"$tmp/log" &

python3 - "$(port mx)" >"$tmp/answered" <<'EOF'
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
s.ehlo("app.example.com")
full = False
for i in range(60):
    s.docmd("MAIL FROM:<a@example.com>")
    s.docmd("RCPT TO:<b@example.net>")
    body = ("x" * 70 + "\r\n") * 1500
    code, text = s.data(f"From: a@example.com\r\nSubject: {i}\r\n\r\n{body}")
    if code == 250:
        print(text.split()[-1].decode(), i)
    elif code in (451, 452):
        full = True
        s.rset()
    else:
        sys.exit(f"expected 250 or 452, got {code} {text}")
if not full:
    sys.exit("the disk never filled")
code, text = s.noop()
if code != 250:
    sys.exit(f"the gateway does not go on: {code} {text}")
s.quit()
EOF
sql "SELECT id || ' ' || subject FROM message" | sort >"$tmp/stored"
sort "$tmp/answered" | comm -3 - "$tmp/stored" >"$tmp/difference"
[ ! -s "$tmp/difference" ] || fail "answered and stored differ: $(cat "$tmp/difference")"
stop_gateway
expect "exit code" "$code" 0
