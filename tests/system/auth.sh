#!/bin/bash
# SPDX-License-Identifier: ISC
#
# AUTH with real clients: each mechanism that swaks, msmtp, curl and gsasl know, with the right
# secret and with a wrong one; SCRAM bound to the channel; the six replies of RFC 4954 6; and no
# secret anywhere afterwards.
. "$(dirname "$0")/lib.sh"
need swaks msmtp python3 curl gsasl jq sqlite3

# What is kept of the user "keys": made by gsasl, in its form, written in ours.
keys_password=pass-word-2
kept=$(gsasl --mkpasswd --mechanism=SCRAM-SHA-256 --password="$keys_password" --iteration-count=4096)
IFS=, read -r count salt stored server <<<"${kept#\{SCRAM-SHA-256\}}"
printf 'pass-word-3\n' >"$tmp/secret"
chmod 600 "$tmp/secret"

listener() { # NAME KIND TLS MECHANISMS [MORE]
	printf 'listener %s {\n\tkind = %s\n\ttls = %s\n\taddress = "127.0.0.1"\n\tport = 0\n' "$1" "$2" "$3"
	printf '\tauth = { %s }\n\tauth-any = no\n\t%s\n}\n' "$4" "${5-}"
}
every='PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-1-PLUS, SCRAM-SHA-256-PLUS, XOAUTH2, OAUTHBEARER'
without_plus='PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, XOAUTH2, OAUTHBEARER'
{
	printf "user app { password = 'pass-word-1' }\n"
	printf "user keys { password = 'scram:SCRAM-SHA-256\$%s:%s\$%s:%s' }\n" \
		"$count" "$salt" "$stored" "$server"
	printf 'user filed { password = "file:%s" }\n' "$tmp/secret"
	listener submission submission required "$every"
	listener submissions submissions implicit "$every"
	listener unbound submission required "$without_plus"
	listener only-XOAUTH2 submission required XOAUTH2 # curl prefers the other one
	listener only-OAUTHBEARER submission required OAUTHBEARER
	listener only256 submission required SCRAM-SHA-256
	listener clear submission starttls "$without_plus" 'auth-without-tls = yes'
	listener wants-tls submission starttls "$without_plus" 'auth-without-tls = no'
} >"$tmp/conf"
start_gateway --config "$tmp/conf"
message "authenticated" >"$tmp/mail.eml"
m ca >"$tmp/ca.pem"

# The message that came to this recipient, as JSON; each recipient is another one.
took() { # RECIPIENT MECHANISM USER
	out=$(m wait --to "$1" --timeout 20 --json) || fail "no message to $1 came"
	expect "mechanism of $1" "$(json "$out" .auth.mechanism)" "$2"
	expect "user of $1" "$(json "$out" .auth.user)" "$3"
	expect "TLS of $1" "$(json "$out" .auth.over_tls)" true
}

with_swaks() { # MECHANISM USER PASSWORD RECIPIENT
	swaks --server 127.0.0.1 --port "$(port unbound)" --tls --auth "$1" --auth-user "$2" \
		--auth-password "$3" --from app@example.com --to "$4" --data "@$tmp/mail.eml" \
		>"$tmp/swaks" 2>&1
}
for mechanism in PLAIN LOGIN CRAM-MD5; do
	to=swaks-${mechanism,,}@example.net
	with_swaks "$mechanism" app pass-word-1 "$to" || fail "swaks $mechanism: $(cat "$tmp/swaks")"
	took "$to" "$mechanism" app
	with_swaks "$mechanism" app wrong-word-1 "$to" && fail "swaks $mechanism: a wrong password was taken"
	grep -q '535 5.7.8' "$tmp/swaks" || fail "swaks $mechanism: no 535: $(cat "$tmp/swaks")"
	with_swaks "$mechanism" nobody wrong-word-2 "$to" && fail "swaks $mechanism: an unknown user was taken"
	grep -q '535 5.7.8' "$tmp/swaks" || fail "swaks $mechanism: no 535: $(cat "$tmp/swaks")"
done

with_msmtp() { # MECHANISM PASSWORD RECIPIENT
	cat >"$tmp/msmtprc" <<-END
		account default
		host localhost
		port $(port unbound)
		from app@example.com
		auth $1
		user app
		passwordeval "echo $2"
		tls on
		tls_starttls on
		tls_trust_file $tmp/ca.pem
	END
	chmod 600 "$tmp/msmtprc"
	msmtp -C "$tmp/msmtprc" "$3" <"$tmp/mail.eml" 2>"$tmp/msmtp"
}
# msmtp of Debian 13 gives up SCRAM before it has said AUTH (its library wants to bind the channel);
# gsasl shows these mechanisms below.
gave_up_by_itself() { # MECHANISM
	case $1 in scram-*) ;; *) return 1 ;; esac
	grep -q 'GNU SASL: Error authenticating user' "$tmp/msmtp" &&
		! m transcript latest | grep -q 'C: AUTH'
}
for mechanism in plain login cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2; do
	msmtp --version | grep -qw -- "$mechanism" || continue
	to=msmtp-$mechanism@example.net
	if ! with_msmtp "$mechanism" pass-word-1 "$to"; then
		gave_up_by_itself "$mechanism" || fail "msmtp $mechanism: $(cat "$tmp/msmtp")"
		echo "not shown: msmtp $mechanism, which gives up before AUTH" >&2
		continue
	fi
	took "$to" "${mechanism^^}" app
	with_msmtp "$mechanism" wrong-word-3 "$to" && fail "msmtp $mechanism: a wrong secret was taken"
	grep -q '535 5.7.8' "$tmp/msmtp" || fail "msmtp $mechanism: no 535: $(cat "$tmp/msmtp")"
done

with_curl() { # MECHANISM TOKEN RECIPIENT
	curl --silent --show-error --cacert "$tmp/ca.pem" --ssl-reqd --user app: \
		--oauth2-bearer "$2" --crlf --mail-from app@example.com --mail-rcpt "$3" \
		--upload-file "$tmp/mail.eml" "smtp://localhost:$(port "only-$1")/app.example.com" \
		2>"$tmp/curl"
}
for mechanism in XOAUTH2 OAUTHBEARER; do
	to=curl-${mechanism,,}@example.net
	with_curl "$mechanism" pass-word-1 "$to" || fail "curl $mechanism: $(cat "$tmp/curl")"
	took "$to" "$mechanism" app
	with_curl "$mechanism" wrong-word-4 "$to" && fail "curl $mechanism: a wrong token was taken"
done

# SCRAM by another implementation, bound to the channel and not; also of a user of whom only the
# keys are known. gsasl says STARTTLS without EHLO, which is refused (RFC 3207 4): what stands
# between says EHLO for it, and has no part in the TLS behind that.
cat >"$tmp/between.py" <<'END'
import select, socket, sys

listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
client, _ = listening.accept()
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
replies, lines = server.makefile("rb", 0), client.makefile("rb", 0)
client.sendall(replies.readline())
line = lines.readline()
server.sendall(b"EHLO between.example.com\r\n")
while replies.readline()[3:4] == b"-":
    pass
server.sendall(line)
while True:
    for s in select.select([client, server], [], [])[0]:
        data = s.recv(65536)
        if not data:
            sys.exit()
        (server if s is client else client).sendall(data)
END
with_gsasl() { # LISTENER MECHANISM USER PASSWORD [OPTION]...
	local listener=$1 mechanism=$2 user=$3 password=$4 between number status=0
	shift 4
	exec 6< <(exec python3 "$tmp/between.py" "$(port "$listener")" 2>"$tmp/between")
	between=$!
	read -r number <&6 || fail "between.py: $(cat "$tmp/between")"
	gsasl --smtp --starttls --x509-ca-file="$tmp/ca.pem" --mechanism="$mechanism" \
		--authentication-id="$user" --authorization-id="$user" --password="$password" --verbose "$@" \
		--connect=localhost:"$number" </dev/null >"$tmp/gsasl" 2>&1 || status=$?
	kill "$between" 2>/dev/null || true
	exec 6<&-
	return $status
}
for mechanism in SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS; do
	with_gsasl submission "$mechanism" app pass-word-1 || fail "gsasl $mechanism: $(cat "$tmp/gsasl")"
	with_gsasl submission "$mechanism" app wrong-word-5 && fail "gsasl $mechanism: a wrong password was taken"
done
with_gsasl submission SCRAM-SHA-256-PLUS keys "$keys_password" || fail "gsasl, keys: $(cat "$tmp/gsasl")"
with_gsasl submission SCRAM-SHA-256-PLUS nobody wrong-word-6 && fail "gsasl: an unknown user was taken"
for mechanism in SCRAM-SHA-1 SCRAM-SHA-256 CRAM-MD5; do
	with_gsasl unbound "$mechanism" app pass-word-1 --no-cb || fail "gsasl $mechanism: $(cat "$tmp/gsasl")"
	with_gsasl unbound "$mechanism" app wrong-word-7 --no-cb && fail "gsasl $mechanism: a wrong password was taken"
	with_gsasl unbound "$mechanism" filed pass-word-3 --no-cb || fail "gsasl $mechanism, file: $(cat "$tmp/gsasl")"
done
with_gsasl only256 SCRAM-SHA-256 keys "$keys_password" --no-cb || fail "gsasl, no binding: $(cat "$tmp/gsasl")"

# Lines as they are: greets, makes the handshake where the listener asks for it, sends each
# argument, and prints the reply to each.
cat >"$tmp/talk.py" <<'END'
import smtplib, ssl, sys

port, mode, ca, lines = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
context = ssl.create_default_context(cafile=ca)
s = smtplib.SMTP("localhost", port)
s.ehlo("app.example.com")
if mode == "starttls":
    s.starttls(context=context)
    s.ehlo("app.example.com")
for line in lines:
    s.send(line.encode("latin-1") + b"\r\n")
    code, text = s.getreply()
    print(code, text.decode("latin-1").split(" ")[0])
s.close()
END
talk() { # LISTENER starttls|clear LINE...
	python3 "$tmp/talk.py" "$(port "$1")" "$2" "$tmp/ca.pem" "${@:3}"
}
b64() {
	printf "$1" | base64 -w0
}
plain() { # USER PASSWORD
	echo "AUTH PLAIN $(b64 "\\0$1\\0$2")"
}
cram() { # USER
	b64 "$1 00000000000000000000000000000000"
}

# RFC 4954 6: 535 for an unknown user and a wrong password alike, in every mechanism.
expect "535, unknown user" "$(talk submission starttls "$(plain nobody wrong-word-8)")" "535 5.7.8"
expect "535, wrong password" "$(talk submission starttls "$(plain app wrong-word-8)")" "535 5.7.8"
expect "535, somebody else's identity" "$(talk submission starttls \
	"AUTH PLAIN $(b64 'keys\0app\0pass-word-1')")" "535 5.7.8"
expect "535, token" "$(talk submission starttls \
	"AUTH XOAUTH2 $(b64 'user=app\1auth=Bearer wrong-word-8\1\1')" "")" \
	"334 $(b64 '{"status":"401","schemes":"bearer"}')"$'\n'"535 5.7.8"
expect "535, token" "$(talk submission starttls \
	"AUTH OAUTHBEARER $(b64 'n,a=app,\1auth=Bearer wrong-word-8\1\1')" "AQ==")" \
	"334 $(b64 '{"status":"invalid_token"}')"$'\n'"535 5.7.8"
# ... by a downgrade: the client believes that no -PLUS is offered, although it is (RFC 5802 6).
expect "535, downgrade" "$(talk submission starttls \
	"AUTH SCRAM-SHA-256 $(b64 'y,,n=app,r=abc')")" "535 5.7.8"

# 500: the line is too long.
long=$(printf '%*s' 12300 '' | tr ' ' A)
expect "500" "$(talk submission starttls "AUTH PLAIN $long")" "500 5.5.6"
expect "500, response" "$(talk submission starttls "AUTH SCRAM-SHA-256" "$long" | tail -n1)" "500 5.5.6"

# 538: it is offered, behind STARTTLS.
expect "538" "$(talk wants-tls clear "$(plain app pass-word-1)")" "538 5.7.11"
expect "538 goes" "$(talk wants-tls starttls "$(plain app pass-word-1)")" "235 2.7.0"

# 534: a secret that is kept as keys does not go over the line in the clear.
expect "534" "$(talk clear clear "$(plain keys "$keys_password")")" "534 5.7.9"
expect "534 is this user's alone" "$(talk clear clear "$(plain app pass-word-1)")" "235 2.7.0"

# 432: what the keys cannot do, one login with PLAIN over TLS makes possible.
expect "432, CRAM-MD5" "$(talk submission starttls "AUTH CRAM-MD5" "$(cram keys)" | tail -n1)" "432 4.7.12"
expect "432, SCRAM-SHA-1" "$(talk submission starttls \
	"AUTH SCRAM-SHA-1 $(b64 'n,,n=keys,r=abc')")" "432 4.7.12"
expect "a wrong password teaches nothing" "$(talk submission starttls "$(plain keys wrong-word-9)")" "535 5.7.8"
expect "432 stays" "$(talk submission starttls "AUTH CRAM-MD5" "$(cram keys)" | tail -n1)" "432 4.7.12"
expect "the transition" "$(talk submission starttls "$(plain keys "$keys_password")")" "235 2.7.0"
with_swaks CRAM-MD5 keys "$keys_password" keys@example.net || fail "CRAM-MD5 behind the transition: $(cat "$tmp/swaks")"
took keys@example.net CRAM-MD5 keys
with_gsasl unbound SCRAM-SHA-1 keys "$keys_password" --no-cb || fail "SCRAM-SHA-1 behind the transition: $(cat "$tmp/gsasl")"

# 454: the secret cannot be read any more at a reload; the user is known, and comes back with it.
expect "before" "$(talk submission starttls "$(plain filed pass-word-3)")" "235 2.7.0"
answers() { # WANTED: after the reload has reached all workers
	local got i
	for ((i = 0; i < 200; i++)); do
		got=$(talk submission starttls "$(plain filed pass-word-3)")
		[ "$got" != "$1" ] || return 0
	done
	fail "got \"$got\" after the reload, expected \"$1\""
}
mv "$tmp/secret" "$tmp/secret.away"
kill -HUP "$gateway"
answers "454 4.7.0"
expect "454, CRAM-MD5" "$(talk submission starttls "AUTH CRAM-MD5" "$(cram filed)" | tail -n1)" "454 4.7.0"
expect "others are not touched" "$(talk submission starttls "$(plain app pass-word-1)")" "235 2.7.0"
mv "$tmp/secret.away" "$tmp/secret"
kill -HUP "$gateway"
answers "235 2.7.0"

# Secrets where no secret belongs.
talk submission starttls "PASS stray-word-1" "$(b64 '\0app\0stray-word-2')" "a1 LOGIN app stray-word-3" \
	"$(plain app pass-word-1)" "$(b64 '\0app\0stray-word-4')" stray-word-5 >/dev/null

# Passwords cannot be tried out without end.
guesses=()
for ((i = 0; i < 21; i++)); do
	guesses+=("$(plain app wrong-word-8)")
done
expect "the last guess" "$(talk submission starttls "${guesses[@]}" | tail -n1)" "421 4.7.0"

# At the start such a file is an error, and so is a secret that is none.
stop_gateway
expect "exit code after SIGTERM" "$code" 0
sessions=$(m sessions --json)
expect "a proof that failed is a session that failed there" "$(jq -s \
	'any(.[]; .failed_at == "authentication" and (.failure | startswith("535 5.7.8")))' <<<"$sessions")" true
expect "finding" "$(jq -s 'any(.[].findings[]; .id == "auth-rejected")' <<<"$sessions")" true
sed "s|file:$tmp/secret|file:$tmp/none|" "$tmp/conf" >"$tmp/unreadable.conf"
expect_exit 4 "$mailassay" --data "$tmp/other" --config "$tmp/unreadable.conf" serve
matches "unreadable secret" "$err" "*user filed*$tmp/none*"
printf "user x { password = 'scram:SCRAM-SHA-256\$1:%s\$%s:%s' }\n" "$salt" "$stored" "$server" >"$tmp/bad.conf"
expect_exit 2 "$mailassay" --data "$tmp/other" --config "$tmp/bad.conf" serve
matches "iterations" "$err" "*bad.conf:1: user \"x\": expected 4096 to 100000 iterations*"

# No secret anywhere: database, log, transcripts. Neither as it is, nor as base64 at any of the
# three places where it may begin in a response, nor the server's signature of SCRAM.
strings() { # TEXT: what of its base64 does not depend on its surroundings
	printf %s "$1" | base64 -w0 | sed 's/..$//; s/=*$//; s/.$//'
	echo
	printf 'x%s' "$1" | base64 -w0 | cut -c3- | sed 's/=*$//; s/.$//'
	printf 'xx%s' "$1" | base64 -w0 | cut -c4- | sed 's/=*$//; s/.$//'
}
for secret in pass-word-{1,2,3} wrong-word-{1,2,3,4,5,6,7,8,9} stray-word-{1,2,3,4,5}; do
	for form in "$secret" $(strings "$secret"); do
		! grep -rqaF -- "$form" "$data" "$tmp/log" || fail "$secret is written somewhere as $form"
	done
done
for id in $(jq -r .id <<<"$sessions"); do
	m transcript "$id"
done >"$tmp/transcripts"
grep -q 'C: AUTH SCRAM-SHA-256' "$tmp/transcripts" || fail "no transcript shows SCRAM"
grep -q 'C: \*\*\*\*$' "$tmp/transcripts" || fail "no transcript masks a response"
grep -q 'S: 334 \*\*\*\*$' "$tmp/transcripts" || fail "no transcript masks the server's signature"
! grep -q 'S: 334 dj' "$tmp/transcripts" || fail "a transcript shows the server's signature"
