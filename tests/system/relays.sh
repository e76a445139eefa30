#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Exim and Postfix as relaying clients: what a site's own mail server says to a smarthost. They are
# not installed but unpacked (contrib/check says where in MAILASSAY_MTA), since each would take the
# place of the machine's mail server; nss_wrapper gives them the users that their packages make.
. "$(dirname "$0")/lib.sh"
need openssl jq sqlite3
mta=${MAILASSAY_MTA-}
if [ -z "$mta" ] || [ ! -x "$mta/usr/sbin/exim4" ] || [ ! -x "$mta/usr/lib/postfix/sbin/master" ]; then
	echo "skipped: MAILASSAY_MTA names no folder with unpacked exim4 and postfix" >&2
	[ -z "${MAILASSAY_NO_SKIP-}" ] || exit 1
	exit 77
fi
if [ "$(id -u)" != 0 ]; then
	echo "skipped: exim and postfix start as root only" >&2
	exit 77
fi

cat >"$tmp/gateway.conf" <<'END'
user relay { password = "relay-secret" }
listener mx { kind = mx address = "127.0.0.1" port = 0 }
listener submission { kind = submission address = "127.0.0.1" port = 0 }
listener lmtp { kind = lmtp address = "127.0.0.1" port = 0 }
END
start_gateway -c "$tmp/gateway.conf"
m ca >"$tmp/ca.pem"

(
	getent passwd
	echo "Debian-exim:x:64101:64101::/nonexistent:/bin/false"
	echo "postfix:x:64102:64102::/nonexistent:/bin/false"
) >"$tmp/passwd"
(
	getent group
	echo "Debian-exim:x:64101:"
	echo "postfix:x:64102:"
	echo "postdrop:x:64103:"
) >"$tmp/group"
wrapped() {
	NSS_WRAPPER_PASSWD=$tmp/passwd NSS_WRAPPER_GROUP=$tmp/group LD_PRELOAD=libnss_wrapper.so \
		LD_LIBRARY_PATH=$mta/usr/lib/postfix "$@"
}

took() { # RECIPIENT
	out=$(m wait --to "$1" --timeout 20 --json) || fail "no message to $1 came; $(relay_logs)"
}
fact() { # WHAT JQ WANTED
	expect "$1" "$(json "$out" "$2")" "$3"
}
relay_logs() {
	tail -n 5 "$tmp"/exim/log/* "$tmp"/postfix/log 2>/dev/null
}

# Exim: STARTTLS with a verified certificate, AUTH PLAIN, CHUNKING, DSN.
mkdir -p "$tmp/exim/spool" "$tmp/exim/log"
chown -R 64101:64101 "$tmp/exim"
chmod 755 "$tmp"
cat >"$tmp/exim/conf" <<END
exim_path = $tmp/exim/exim4
spool_directory = $tmp/exim/spool
log_file_path = $tmp/exim/log/%slog
primary_hostname = exim.example.com
qualify_domain = example.com
exim_user = Debian-exim
exim_group = Debian-exim
keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
begin routers
smarthost:
  driver = manualroute
  transport = remote
  route_list = * localhost::$(port submission) byname
  self = send
begin transports
remote:
  driver = smtp
  user = Debian-exim
  allow_localhost
  hosts_require_auth = *
  hosts_require_tls = *
  tls_verify_certificates = $tmp/ca.pem
  tls_verify_hosts = *
  interface = 127.0.0.1
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^relay^relay-secret
END
cp "$mta/usr/sbin/exim4" "$tmp/exim/exim4" # without its set-user-id bit
exim() { # RECIPIENT OPTION...
	local to=$1
	shift
	wrapped "$tmp/exim/exim4" -C "$tmp/exim/conf" -odf -f app@example.com "$@" -- "$to" \
		<"$tmp/mail.eml" || fail "exim: $(relay_logs)"
}
message "through exim" >"$tmp/mail.eml"
exim exim@example.net
took exim@example.net
fact "Exim's TLS" .tls.mode starttls
fact "Exim's user" .auth.user relay
fact "Exim's mechanism" .auth.mechanism PLAIN
fact "Exim's name" .client.helo exim.example.com
fact "Exim's errors" '[.findings[] | select(.severity == "error")] | length' 0
m show latest --transcript | grep -q 'C: BDAT ' || fail "Exim did not use CHUNKING"

# Postfix: opportunistic STARTTLS and pipelining to the MX, SMTPUTF8; then LMTP.
postfix=$tmp/postfix
mkdir -p "$postfix/etc" "$postfix/data" "$postfix/spool"
(
	cd "$postfix/spool"
	mkdir active bounce corrupt defer deferred flush hold incoming maildrop pid private public \
		saved trace
	chown 64102 active bounce corrupt defer deferred flush hold incoming private saved trace
	chown 64102:64103 maildrop public
	chmod 730 maildrop
	chmod 710 public
	chmod 700 private
)
chown 64102 "$postfix/data"
cat >"$postfix/etc/main.cf" <<END
compatibility_level = 3.7
queue_directory = $postfix/spool
data_directory = $postfix/data
meta_directory = $postfix/etc
daemon_directory = $mta/usr/lib/postfix/sbin
command_directory = $mta/usr/sbin
shlib_directory = $mta/usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = $postfix/log
maillog_file_prefixes = /
myhostname = postfix.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
smtputf8_enable = yes
relayhost = [127.0.0.1]:$(port mx)
transport_maps = inline:{ lmtp.example.net=lmtp:[127.0.0.1]:$(port lmtp) }
smtp_tls_security_level = may
smtp_tls_CAfile = $tmp/ca.pem
alias_maps =
alias_database =
import_environment = MAIL_CONFIG LD_PRELOAD LD_LIBRARY_PATH NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
export_environment = MAIL_CONFIG LD_PRELOAD LD_LIBRARY_PATH NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
END
cat >"$postfix/etc/master.cf" <<'END'
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
proxymap unix - - n - - proxymap
scache unix - - n - 1 scache
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
END
MAIL_CONFIG=$postfix/etc wrapped "$mta/usr/lib/postfix/sbin/master" -c "$postfix/etc" -d \
	>"$postfix/out" 2>&1 &
master=$!
started+=("$master")
sendmail() { # OPTION... RECIPIENT
	MAIL_CONFIG=$postfix/etc wrapped "$mta/usr/sbin/sendmail" -i -f app@example.com "$@" \
		<"$tmp/mail.eml" || fail "postfix: $(relay_logs)"
}
message "through postfix" >"$tmp/mail.eml"
sendmail -N success,failure -V postfix-1 -R hdrs postfix@example.net
took postfix@example.net
fact "Postfix's TLS" .tls.mode starttls
fact "Postfix's name" .client.helo postfix.example.com
fact "Postfix's DSN" '.envelope.dsn.recipients[0].notify | join(",")' "SUCCESS,FAILURE"
fact "Postfix's ENVID" .envelope.dsn.envid postfix-1
fact "Postfix's errors" '[.findings[] | select(.severity == "error")] | length' 0
sendmail 'grüße@example.net'
took 'grüße@example.net'
fact "Postfix's SMTPUTF8" .envelope.smtputf8 true
sendmail one@lmtp.example.net two@lmtp.example.net
took two@lmtp.example.net
fact "the listener" .listener lmtp
fact "recipients" '.envelope.rcpt_to | sort | join(" ")' \
	"one@lmtp.example.net two@lmtp.example.net"
kill "$master"
wait "$master" 2>/dev/null || true
started=()
stop_gateway
expect "exit code" "$code" 0
if grep -raqF "$(printf '\0relay\0relay-secret' | base64)" "$data" "$tmp/log"; then
	fail "the relay's password is written somewhere"
fi
