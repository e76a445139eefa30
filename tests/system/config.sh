#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The configuration from all its sources: which one wins, what mailassay config shows of it, what
# config check refuses, every option as an argument of serve; and arguments that are cut short.
. "$(dirname "$0")/lib.sh"
need jq openssl

# shown OPTION: "VALUE SOURCE PLACE" of an option of the top level.
shown() {
	jq -r --arg o "$1" 'select(.section == null and .option == $o) |
		"\(.value) \(.source) \(.place)"' "$tmp/out"
}

# refused PATTERN COMMAND...: exit code 2 and one line that matches.
refused() {
	local pattern=$1
	shift
	expect_exit 2 "$@"
	matches "$*" "$err" "$pattern"
	expect "lines of $*" "$(wc -l <"$tmp/err")" 1
}

# Default, file, environment, argument: each over the one before.
printf 'data = "%s"\nworkers = 2\nzones = { "%s" }\n' "$data" "$tmp/a.zone" >"$tmp/one.conf"
printf '$ORIGIN a.example.\n@ 300 TXT "v=spf1 -all"\n' | tee "$tmp/a.zone" >"$tmp/b c.zone"
one=(-c "$tmp/one.conf")
expect_exit 0 "$mailassay" config --json
expect "default" "$(shown workers)" "null default null"
expect_exit 0 "$mailassay" config "${one[@]}" --json
expect "file" "$(shown workers)" "2 file $tmp/one.conf:2"
expect "data of the file" "$(shown data)" "\"$data\" file $tmp/one.conf:1"
MAILASSAY_WORKERS=3 expect_exit 0 "$mailassay" config "${one[@]}" --json
expect "environment" "$(shown workers)" "3 environment MAILASSAY_WORKERS"
MAILASSAY_WORKERS='' expect_exit 0 "$mailassay" config "${one[@]}" --json
expect "an empty variable" "$(shown workers)" "2 file $tmp/one.conf:2"
MAILASSAY_WORKERS=3 expect_exit 0 "$mailassay" config "${one[@]}" --json --workers 4
expect "argument" "$(shown workers)" "4 argument --workers"
MAILASSAY_DATA=/nowhere expect_exit 0 "$mailassay" config "${one[@]}" --json --data /here
expect "--data" "$(shown data)" '"/here" argument --data'
MAILASSAY_MAX_CONNECTIONS_PER_ADDRESS=7 expect_exit 0 "$mailassay" config --json
expect "a long name" "$(shown max-connections-per-address)" \
	"7 environment MAILASSAY_MAX_CONNECTIONS_PER_ADDRESS"

# Lists: parted in the environment, repeated as arguments, and --zone beside those that are there.
MAILASSAY_TRUSTED='10.0.0.0/8, ::1' expect_exit 0 "$mailassay" config --json
expect "a list" "$(shown trusted)" '{ "10.0.0.0/8", "::1" } environment MAILASSAY_TRUSTED'
expect_exit 0 "$mailassay" config "${one[@]}" --json --zone "$tmp/b c.zone" --trusted '' \
	--dns 127.0.0.1:5300 --dns '[::1]:53'
expect "--zone" "$(shown zones)" "{ \"$tmp/a.zone\", \"$tmp/b c.zone\" } argument --zone"
expect "--dns twice" "$(shown dns)" '{ "127.0.0.1:5300", "[::1]:53" } argument --dns'
expect "an empty list" "$(shown trusted)" '{ } argument --trusted'
expect_exit 0 "$mailassay" config "${one[@]}" --json --zones "$tmp/a.zone"
expect "--zones" "$(shown zones)" "{ \"$tmp/a.zone\" } argument --zones"

# Whoever gave a value that cannot be is named.
refused 'mailassay config: --workers: expected a number from 1 to 64, got "many"' \
	m config --workers many
MAILASSAY_WORKERS=0 refused \
	'mailassay list: MAILASSAY_WORKERS: expected a number from 1 to 64, got "0"' m list
MAILASSAY_MAX_BUFFERED=1M refused 'mailassay config: MAILASSAY_MAX_BUFFERED: listener "mx": *' \
	m config
printf 'workers = many\n' >"$tmp/bad.conf"
refused "mailassay serve: $tmp/bad.conf:1: workers: expected *" m -c "$tmp/bad.conf" serve
printf '\nmax-connections = 20000\n' >"$tmp/many.conf"
# The gateway has logged by then.
(ulimit -n 1000 && expect_exit 2 m -c "$tmp/many.conf" serve &&
	matches "max-connections of a file" "$err" \
		"*mailassay serve: $tmp/many.conf:2: max-connections: expected at most *, got 20000; *")
(ulimit -n 1000 && expect_exit 2 m serve --max-connections 20000 &&
	matches "--max-connections" "$err" "*mailassay serve: --max-connections: expected at most *, got 20000; *")
for command in "check spf --ip 192.0.2.1 --helo a.example" "zone check $tmp/a.zone" serve; do
	refused '*: --dns: expected an IP address, no name, and a port, *got "localhost:53"' \
		m $command --dns localhost:53
done
refused '*--listen smtp=127.0.0.1:25: expected KIND=*lmtp' m config --listen smtp=127.0.0.1:25
refused '*--ip: expected *, got nothing; *' m check spf --mail-from a@example.com
refused '*--mail-from, --helo: expected *, got nothing; *' m check spf --ip 192.0.2.1
message >"$tmp/mail.eml"
refused '*--route: expected a route *, got "nope"; *' m check message "$tmp/mail.eml" --route nope
for command in "-c $tmp/none list" "check message $tmp/none" "zone check $tmp/none" \
	"check spf --ip 192.0.2.1 --helo a.example --zone $tmp/none" "config check $tmp/none"; do
	expect_exit 4 m $command
	matches "$command" "$err" "mailassay *: $tmp/none: expected a file that can be read, got *; *"
done

# Options have their whole names, on every command and before it.
for arguments in 'list --js' 'list --lim 3' 'list --lim=3' 'list --js=1' 'list --li' 'config --work 3' \
	'serve --lis mx=127.0.0.1:0' '--dat x list' '--conf x list' '--vers' 'show latest --ra' \
	'check spf --mail a@example.com' 'serve --max-connections-per 3'; do
	refused 'mailassay*: --*: unknown option; see mailassay help*' "$mailassay" $arguments
done
refused 'mailassay list: --limit: a value was expected behind it; *' m list --limit
refused 'mailassay list: --json=1: it takes no value; *' m list --json=1
refused 'mailassay list: --workers: unknown option; *' m list --workers 1

# What is in force as text: a configuration file that says the same, but for secrets.
cat >"$tmp/full.conf" <<EOF
listener app {
	kind = submission
	port = 0
	names = { "*.staging.example", "192.0.2.1" }
	min-tls = 1.0
	auth = { plain, scram-sha-256-plus }
	strict = record
}
listener store { kind = lmtp  port = 0 }
user alice { password = 'secret-\$of-alice' }
user "b \"o b" { password = "file:$tmp/bob.password" }
route r { egress = 192.0.2.1 }
EOF
expect_exit 0 m -c "$tmp/full.conf" config
for line in "# in force, of $tmp/full.conf" 'listener app {' 'user "b \"o b" {'; do
	grep -Fqx -- "$line" "$tmp/out" || fail "config lacks the line \"$line\": $out"
done
place() { # LINE PLACE
	grep -Eq -- "^	?$1 +# $2$" "$tmp/out" || fail "config lacks \"$1 # $2\": $out"
}
place 'log-level = info' default
place '# workers: not set' default
place 'kind = submission' "file: $tmp/full.conf:2"
place 'auth = \{ "PLAIN", "SCRAM-SHA-256-PLUS" \}' "file: $tmp/full.conf:6"
place 'password = "\*\*\*\*"' "file: $tmp/full.conf:10"
place 'route = "r"' default
grep -q 'secret\|bob.password' "$tmp/out" && fail "config shows a secret: $out"
grep -v '^# in force' "$tmp/out" >"$tmp/again.conf"
expect_exit 0 m -c "$tmp/full.conf" config --json
grep -q 'secret\|bob.password' "$tmp/out" && fail "config --json shows a secret: $out"
expect "a secret" "$(jq -r 'select(.option == "password" and .title == "alice").value' "$tmp/out")" \
	'****'
expect "keys" "$(jq -r 'keys_unsorted|join(" ")' "$tmp/out" | sort -u)" \
	"section title option value source place"
values() {
	jq -c 'select(.value != null) | [.section,.title,.option,.value]' "$tmp/out"
}
values >"$tmp/first"
expect_exit 0 m -c "$tmp/again.conf" config --json
values | diff "$tmp/first" - || fail "what config prints says something else when it is read"
expect_exit 0 m config --json --listen lmtp=127.0.0.1:0
expect "--listen" "$(jq -r 'select(.option == "kind") | "\(.value) \(.place)"' "$tmp/out")" \
	"lmtp --listen"

# config check: the file alone, and the files that it names.
file=$tmp/check.conf
check() { # TEXT...: writes them as lines and checks
	printf '%s\n' "$@" >"$file"
	got=0
	"$mailassay" config check "$file" >"$tmp/out" 2>"$tmp/err" || got=$?
	err=$(cat "$tmp/err")
}
check_refused() { # CODE PATTERN TEXT...
	local want=$1 pattern=$2
	shift 2
	check "$@"
	expect "exit code of config check for $*" "$got" "$want"
	matches "config check" "$err" "mailassay config check: $pattern"
}
pair() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj "/CN=$1" -keyout "$tmp/$1.key" -out "$tmp/$1.pem" 2>/dev/null
}
pair a.example
pair b.example
printf 'bad.example. TXT "x"\n' >"$tmp/bad.zone"
MAILASSAY_WORKERS=many check ''
expect "an empty file" "$got $(cat "$tmp/out")" "0 $file: ok"
expect_exit 0 m config check - </dev/null
check "zones = { \"$tmp/a.zone\" }" "listener x {" "kind = submission" \
	"certificate = { \"$tmp/a.example.pem\", \"$tmp/b.example.pem\" }" \
	"key = { \"$tmp/a.example.key\", \"$tmp/b.example.key\" }" \
	"client-certificate = require client-ca = \"$tmp/a.example.pem\"" "}" \
	"user u { password = \"file:$tmp/a.zone\" }"
expect "a whole file" "$got $err" "0 "
check_refused 2 "$file:2: workers: expected *" '' 'workers = many'
check_refused 2 "$file:1: no such option 'enforce'*" 'enforce = dmarc'
check_refused 2 "$file:2: listener \"x\": CRAM-MD5 proves *" 'listener x { kind = mx' \
	'auth = CRAM-MD5 auth-any = yes }'
check_refused 2 "$file:1: $tmp/bad.zone:*" "zones = { \"$tmp/bad.zone\" }"
check_refused 4 "$file:1: $tmp/none: expected *" "zones = { \"$tmp/none\" }"
check_refused 2 "$file:3: listener \"x\": *" 'listener x { kind = mx' \
	"certificate = \"$tmp/a.example.pem\"" "key = \"$tmp/b.example.key\" }"
check_refused 4 "$file:3: listener \"x\": $tmp/none: expected *" 'listener x { kind = mx' \
	"certificate = \"$tmp/a.example.pem\"" "key = \"$tmp/none\" }"
check_refused 2 "$file:2: listener \"x\": *ciphers*" 'listener x {' 'kind = mx' \
	'ciphers = "NO-SUCH-CIPHER" }'
check_refused 4 "*listener \"x\": $tmp/none: expected *" 'listener x { kind = mx' \
	"client-certificate = request client-ca = \"$tmp/none\" }"
check_refused 4 "$file:1: password of user u: $tmp/none: expected *" "user u { password = \"file:$tmp/none\" }"
check_refused 2 "$file:1: user \"u\": *" "user u { password = 'scram:x' }"
refused '*expected FILE; see mailassay help config check' m config check

# Every option of the top level as an argument of serve, with the value that config shows.
expect_exit 0 m config --json
options=()
while IFS=$'\t' read -r option value; do
	options+=("--$option" "$value")
done < <(jq -r 'select(.section == null and .value != null and .option != "data") |
	[.option, (.value | ltrimstr("{ ") | rtrimstr(" }") | gsub("\""; ""))] | @tsv' "$tmp/out")
[ ${#options[@]} -ge 30 ] || fail "too few options: ${options[*]}"
expect_exit 0 m help serve
for ((i = 0; i < ${#options[@]}; i += 2)); do
	matches "help serve" "$out" "*${options[i]}*"
done
start_gateway "${options[@]}" --workers 1 --max-connections 100 --dns 127.0.0.1:5300 \
	--zones "$tmp/a.zone" --listen mx=127.0.0.1:0 --listen lmtp=127.0.0.1:0
expect "the ports file" "$(sed 's/=[0-9]*$//' "$tmp/ports" | tr '\n' ' ')" "mx lmtp "
stop_gateway
expect "exit code" "$code" 0

for command in config 'config check'; do
	expect_exit 0 m help $command
	matches "help $command" "$out" "usage: mailassay $command*options:*examples:*"
	expect_exit 2 m $command one two
done
