#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Verdicts whose records come from a name server (dnsserver.py): the same as from a zone file with
# the same records; rounds of includes, TCP, forged and lost replies, servers that fail or are
# silent or gone; what is kept and for how long; zone files before the server; the evidence.
. "$(dirname "$0")/lib.sh"
need python3 openssl jq sqlite3
need_python dkim

# asked "TRANSPORT TYPE NAME": how many times, since forget.
asked() {
	grep -cxF -- "$1" "$tmp/questions" || true
}
forget() {
	: >"$tmp/questions"
}

openssl genrsa -out "$tmp/rsa.key" 2048 2>/dev/null
rsa=$(openssl rsa -in "$tmp/rsa.key" -pubout -outform DER 2>/dev/null | base64 -w0)

# Both a zone file and the server's.
cat >"$tmp/full.zone" <<END
\$ORIGIN .
\$TTL 300
example.com.                 TXT "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/64 -all"
example.com.                 TXT "something else" " altogether"
example.com.                 MX  10 mail.example.com.
mail.example.com.            A   203.0.113.7
mail.example.com.            AAAA 2001:db8::7
mail.example.com.            TXT "v=spf1 a -all"
7.113.0.203.in-addr.arpa.    PTR mail.example.com.
9.113.0.203.in-addr.arpa.    CNAME 9.0-15.113.0.203.in-addr.arpa.
9.0-15.113.0.203.in-addr.arpa. PTR other.example.com.
7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.example.com.
_dmarc.example.com.          TXT "v=DMARC1; p=reject"
rsa._domainkey.example.com.  CNAME key.provider.example.
key.provider.example.        TXT "v=DKIM1; k=rsa; p=${rsa:0:200}" "${rsa:200}"
rounds.example.              TXT "v=spf1 include:one.rounds.example -all"
one.rounds.example.          TXT "v=spf1 include:two.rounds.example -all"
two.rounds.example.          TXT "v=spf1 redirect=three.rounds.example"
three.rounds.example.        TXT "v=spf1 mx:example.com exists:%{i}.listed.example -all"
198.51.100.1.listed.example. CNAME entry.listed.example.
entry.listed.example.        A   127.0.0.2
deep.example.                TXT "v=spf1 include:nowhere.example -all"
servfail.example.            TXT "v=spf1 include:broken.example -all"
silent.example.              TXT "v=spf1 include:never.example -all"
\$MAILASSAY SERVFAIL broken.example.
\$MAILASSAY TIMEOUT never.example.
END
long=$(printf 'ip4:192.0.2.%d ' {1..200})
{
	echo '. 60 SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60'
	echo 'zero.example. 0 TXT "v=spf1 ip4:203.0.113.0/24 -all"'
	printf 'long.example. TXT "v=spf1 "'
	fold -w 200 <<<"$long" | while IFS= read -r part; do printf ' "%s"' "$part"; done
	echo ' "ip4:203.0.113.0/24 -all"'
	for name in truncate lose stray; do
		echo "$name.example. TXT \"v=spf1 ip4:203.0.113.0/24 -all\""
		echo "\$SERVER ${name^^} $name.example."
	done
	echo 'malformed.example. TXT "v=spf1 ip4:203.0.113.0/24 -all"'
	echo '$SERVER MALFORMED malformed.example.'
} >"$tmp/server.records"

message "signed" | sed 's/$/\r/' >"$tmp/plain.eml"
python3 - "$tmp" <<'END'
import sys, dkim
tmp = sys.argv[1]
message = open(tmp + "/plain.eml", "rb").read()
header = dkim.sign(message, b"rsa", b"example.com", open(tmp + "/rsa.key", "rb").read(),
                   include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])
open(tmp + "/signed.eml", "wb").write(header + message)
END

# send CLIENT HELO FROM FILE TO...: one message to each TO in one session. Those of the last, as
# JSON, are then in $out, its id in $id.
send() {
	python3 - "$(port mx)" "$@" <<'END' || fail "the message was not accepted"
import smtplib, sys
port, client, helo, sender, path = sys.argv[1:6]
message = open(path, "rb").read()
smtp = smtplib.SMTP("127.0.0.1", int(port))
smtp.ehlo()
assert smtp.docmd("XCLIENT", "ADDR=" + client)[0] == 220
for to in sys.argv[6:]:
    smtp.ehlo(helo)
    assert smtp.mail(sender)[0] == 250
    assert smtp.rcpt(to)[0] == 250
    code, text = smtp.data(message)
    assert code == 250, (code, text)
smtp.quit()
END
	out=$(m wait --to "${*: -1}" --timeout 20 --json)
	id=$(json "$out" .id)
}

# verdicts WHAT "SPF SPF-HELO DKIM DMARC RDNS" of $out
verdicts() {
	expect "$1: spf spf_helo dkim dmarc rdns" \
		"$(json "$out" '.observed | [.spf.result, .spf_helo.result,
			(.dkim | if length == 0 then "none" else .[0].result end),
			.dmarc.result, .rdns.result] | join(" ")')" "$2"
}

evidence() { # ID
	sql "SELECT text FROM evidence WHERE message = (SELECT number FROM message WHERE id = '$1')"
}

# spf FROM OPTION...: the word for the reverse-path.
spf() {
	m check spf --ip 203.0.113.7 --mail-from "$1" --json "${@:2}" | jq -r .spf.result
}

milliseconds() {
	echo $(( ${EPOCHREALTIME/[.,]/} / 1000 ))
}

start_dns "$tmp/full.zone" "$tmp/server.records"

# --- The same as from the zone file, by the daemon and without it.
start_gateway --listen mx=127.0.0.1:0 --dns "$dns" --workers 2
same() { # NAME CLIENT FROM FILE WANTED
	forget
	send "${2/#*:*/IPV6:$2}" mail.example.com "$3" "$tmp/$4" "$1@example.net"
	verdicts "$1" "$5"
	if [ "$1" = pass ]; then
		cp "$tmp/questions" "$tmp/first-questions"
		evidence "$id" >"$tmp/evidence"
	fi
	expect "$1: client" "$(json "$out" .client.ip)" "$2"
	jq -S .observed <<<"$out" >"$tmp/observed"
	for source in "--dns $dns" "--zone $tmp/full.zone"; do
		m check message "$tmp/$4" --ip "$2" --helo mail.example.com --mail-from "$3" \
			$source --json | jq -S .observed >"$tmp/checked"
		diff "$tmp/observed" "$tmp/checked" >&2 ||
			fail "$1: other verdicts with $source"
	done
}
same pass 203.0.113.7 app@example.com signed.eml "pass pass pass pass pass"
same unconfirmed 203.0.113.9 app@example.com signed.eml "pass fail pass pass fail"
same stranger 198.51.100.9 app@example.com plain.eml "fail fail none fail permerror"
same ipv6 2001:db8::7 app@example.com signed.eml "pass pass pass pass pass"
expect "IPv6: the name" "$(json "$out" '.observed.rdns.confirmed')" mail.example.com
same ipv6-stranger 2001:db8:1::9 app@example.com signed.eml "fail fail pass pass permerror"
same rounds 203.0.113.7 app@rounds.example signed.eml "pass pass pass pass pass"
same listed 198.51.100.1 app@rounds.example signed.eml "pass fail pass pass permerror"
expect "rounds: lookups" "$(json "$out" '.observed.spf.lookups')" 5
same deep 203.0.113.7 app@deep.example signed.eml "permerror pass pass pass pass"
same servfail 203.0.113.7 app@servfail.example plain.eml "temperror pass none fail pass"
stop_gateway
expect "exit code" "$code" 0

# --- The evidence of the first message: all that was asked, what was answered, and no more.
LC_ALL=C sort >"$tmp/wanted" <<END
;; 7.113.0.203.in-addr.arpa. PTR NOERROR
;; _dmarc.com. TXT NXDOMAIN
;; _dmarc.example.com. TXT NOERROR
;; example.com. TXT NOERROR
;; mail.example.com. A NOERROR
;; mail.example.com. TXT NOERROR
;; rsa._domainkey.example.com. TXT NOERROR key.provider.example.
7.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.
_dmarc.example.com. 300 IN TXT "v=DMARC1; p=reject"
example.com. 300 IN TXT "something else altogether"
example.com. 300 IN TXT "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/64 -all"
mail.example.com. 300 IN A 203.0.113.7
mail.example.com. 300 IN TXT "v=spf1 a -all"
END
# The key may be divided into strings in any way.
sed '/^$/d; /^key\.provider/d' "$tmp/evidence" | LC_ALL=C sort | diff "$tmp/wanted" - >&2 ||
	fail "the evidence is not what was answered"
key=$(sed -n 's/^key\.provider\.example\. 300 IN TXT //p' "$tmp/evidence")
expect "evidence: the key" "$(tr -d '" ' <<<"$key")" "v=DKIM1;k=rsa;p=$rsa"
# Each question of the evidence went to the server.
sed -n 's/^;; \(.*\)\. \([A-Z]*\) [A-Z]*\( .*\)\{0,1\}$/\2 \1/p' "$tmp/evidence" |
	sort >"$tmp/known"
sed 's/^[a-z]* //' "$tmp/first-questions" | sort -u | diff "$tmp/known" - >&2 ||
	fail "the evidence does not hold the questions that were asked"

# --- The cache, of a session and so of one worker: names that are not there too, but not TTL 0.
start_gateway --listen mx=127.0.0.1:0 --dns "$dns" --workers 2
forget
send 203.0.113.7 absent.example.com app@example.com "$tmp/signed.eml" once@example.net
for question in "TXT example.com" "TXT absent.example.com" "A absent.example.com"; do
	expect "cache: $question" "$(asked "udp $question")" 1
done
first=$id
forget
send 203.0.113.7 absent.example.com app@example.com "$tmp/signed.eml" \
	twice-1@example.net twice-2@example.net twice-3@example.net
expect "cache: three more messages, no question twice" \
	"$(sort "$tmp/questions" | uniq -d)" ""
expect "cache: the same evidence but for the age" \
	"$(evidence "$id" | sed 's/ [0-9]* IN / TTL IN /')" \
	"$(evidence "$first" | sed 's/ [0-9]* IN / TTL IN /')"
forget
send 203.0.113.7 mail.example.com app@zero.example "$tmp/plain.eml" \
	zero-1@example.net zero-2@example.net zero-3@example.net
expect "TTL 0: verdict" "$(json "$out" .observed.spf.result)" pass
expect "TTL 0: each message asks" "$(asked "udp TXT zero.example")" 3

# --- Many sessions at once, on both workers, that want the same.
forget
pids=()
for n in {1..8}; do
	(send 203.0.113.7 mail.example.com app@rounds.example "$tmp/signed.eml" "many-$n@example.net"
	verdicts "many $n" "pass pass pass pass pass") &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || fail "one of many sessions"
done
for question in "TXT rounds.example" "TXT three.rounds.example"; do
	count=$(asked "udp $question")
	[ "$count" -ge 1 ] && [ "$count" -le 2 ] ||
		fail "$question: asked $count times by two workers"
done
stop_gateway
expect "exit code" "$code" 0

# --- Transport: over TCP what is long, again what got lost, nothing that is forged.
forget
for name in long truncate lose stray; do
	expect "$name" "$(spf "app@$name.example" --dns "$dns")" pass
done
expect "long: over TCP" "$(asked "udp TXT long.example") $(asked "tcp TXT long.example")" "1 1"
expect "truncated: over TCP" "$(asked "tcp TXT truncate.example")" 1
expect "lost: again" "$(asked "udp TXT lose.example")" 2
expect "forged: once" "$(asked "udp TXT stray.example")" 1
expect "a malformed reply" "$(spf app@malformed.example --dns "$dns")" temperror

# --- Zone files answer first, for their names alone.
cat >"$tmp/own.zone" <<END
\$ORIGIN example.com.
\$TTL 300
@     TXT "v=spf1 include:spf.elsewhere.example -all"
mail  A   203.0.113.7
END
printf 'spf.elsewhere.example. TXT "v=spf1 ip4:203.0.113.0/24 -all"\n' >"$tmp/elsewhere.records"
end_dns
start_dns "$tmp/elsewhere.records"
start_gateway --listen mx=127.0.0.1:0 --dns "$dns" --zone "$tmp/own.zone" --workers 2
send 203.0.113.7 mail.example.com app@example.com "$tmp/signed.eml" zone@example.net
verdicts "zone files first" "pass none permerror none permerror"
expect "zone files first: asked elsewhere" "$(asked "udp TXT spf.elsewhere.example")" 1
expect "zone files first: asked for their names" "$(grep -c 'example\.com$' "$tmp/questions")" 0
matches "zone files first: evidence" "$(evidence "$id")" "*;; example.com. TXT NOERROR*"
stop_gateway

# --- Failures come to their end within dns-timeout, and the client gets its 250.
end_dns
start_dns "$tmp/full.zone" "$tmp/server.records"
echo 'dns-timeout = 1s' >"$tmp/short.conf"
MAILASSAY_CONF=$tmp/short.conf
within() { # WHAT FROM-MS TO-MS SINCE-MS
	local took=$(($(milliseconds) - $4))
	[ "$took" -ge "$2" ] && [ "$took" -le "$3" ] ||
		fail "$1: took $took ms, expected $2 to $3"
}
start_gateway --listen mx=127.0.0.1:0 --dns "$dns" --workers 2
since=$(milliseconds)
send 203.0.113.7 mail.example.com app@silent.example "$tmp/plain.eml" silent@example.net
within "a silent server" 1000 4500 "$since"
verdicts "a silent server" "temperror pass none fail pass"
matches "a silent server: evidence" "$(evidence "$id")" "*;; never.example. TXT TIMEOUT*"
since=$(milliseconds)
expect "check spf: silent" "$(spf app@silent.example --dns "$dns")" temperror
within "check spf: silent" 1000 4500 "$since"

# --- The server is gone; then another one, after it in the list, is there.
end_dns
gone=$dns
since=$(milliseconds)
send 203.0.113.8 gone.example.org app@gone.example "$tmp/signed.eml" gone@example.net
within "no server" 0 4500 "$since"
verdicts "no server" "temperror temperror temperror temperror temperror"
matches "no server: evidence" "$(evidence "$id")" "*;; gone.example. TXT [ST]*"
stop_gateway
expect "exit code" "$code" 0
expect "check spf: no server" "$(spf app@example.com --dns "$gone")" temperror
start_dns "$tmp/full.zone" "$tmp/server.records"
expect "the second server" "$(spf app@example.com --dns "$gone" --dns "$dns")" pass
