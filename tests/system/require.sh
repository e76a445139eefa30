#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What is required of a message in a file: --require, --profile, --policy and --viewpoint of check
# message, by the real program and without a gateway.
. "$(dirname "$0")/lib.sh"
need jq

cat >"$tmp/world.zone" <<'EOT'
$ORIGIN .
$TTL 300
bounce.example.com.       TXT "v=spf1 ip4:203.0.113.9 -all"
_dmarc.example.com.       TXT "v=DMARC1; p=reject"
provider.example.         TXT "v=spf1 ip4:203.0.113.9 -all"
mail.example.com.         A   203.0.113.7
7.113.0.203.in-addr.arpa. PTR mail.example.com.
9.113.0.203.in-addr.arpa. PTR mta.provider.example.
mta.provider.example.     A   203.0.113.9
EOT
cat >"$tmp/mail.eml" <<'EOT'
From: A <a@example.com>
To: b@example.net
Subject: Welcome
Date: Mon, 23 Nov 2026 16:00:00 +0000
Message-ID: <1@example.com>

Go to https://shop.example/start.
EOT
check() { # ARGUMENT...
	m check message "$tmp/mail.eml" --zone "$tmp/world.zone" "$@"
}
# From an address that its SPF record does not name, and from one that it does.
from_other=(--ip 203.0.113.7 --helo mail.example.com --mail-from a@bounce.example.com)
from_own=(--ip 203.0.113.9 --helo mta.provider.example --mail-from a@bounce.example.com)
results() { # FILTER: of the only message
	json "$out" ".gate.messages[0].requirements | $1"
}

# Without anything required the exit code is 0 whatever the result, and there is no gate.
expect_exit 0 check "${from_other[@]}" --json
expect "no gate" "$(json "$out" 'has("gate")')" false

expect_exit 0 check "${from_own[@]}" --require 'spf=pass rdns=pass subject~welcome link~https://' --json
expect "one object" "$(wc -l <"$tmp/out")" 1
expect "gate" "$(json "$out" '.gate.outcome')" pass
expect "all pass" "$(results 'map(.outcome)|unique|join(" ")')" pass
expect "viewpoint" "$(json "$out" '.gate.messages[0].viewpoint')" observed

# What failed is said with the record to publish.
expect_exit 1 check "${from_other[@]}" --require 'spf=pass' --require 'size<=1K' --json
expect "outcomes" "$(results 'map(.outcome)|join(" ")')" "fail pass"
expect "remedy" "$(results '.[0].remedy')" "add ip4:203.0.113.7 to the SPF record of \
bounce.example.com: v=spf1 ip4:203.0.113.9 -all -> v=spf1 ip4:203.0.113.9 ip4:203.0.113.7 -all"
expect "evidence" "$(results '.[0].evidence')" \
	'bounce.example.com TXT "v=spf1 ip4:203.0.113.9 -all" (-all)'

# A profile, as text and as JSON: with the receiver's reply; what a file cannot tell does not block.
expect_exit 1 check "${from_other[@]}" --profile gmail --json
expect "reply" "$(results 'map(select(.name == "policy"))[0].reply[0:17]')" "Gmail: 550-5.7.26"
expect "TLS of a file" "$(results 'map(select(.name == "tls"))[0].outcome')" not-applicable
expect_exit 1 check "${from_other[@]}" --profile gmail
grep -q 'Gmail: 550-5\.7\.26' "$tmp/out" || fail "no reply: $out"
expect_exit 0 check "${from_own[@]}" --profile gmail

# Without an address SPF is not judged, and that blocks.
expect_exit 1 check --require 'spf=pass' --json
expect "no address" "$(results '.[0].outcome')" unjudged
expect "its remedy" "$(results '.[0].remedy|test("--ip")')" true

# A profile of one's own, by its path and by the setting.
cat >"$tmp/partner.conf" <<'EOT'
receiver partner {
	title = "Partner"
	include = "gmail"
	requirement small { any = "size<=10" reply = "552 5.3.4 Too big" remedy = "Write less." }
}
EOT
expect_exit 1 check "${from_own[@]}" --profile "$tmp/partner.conf" --json
expect "own row" "$(results 'map(select(.name == "small"))[0]|.source+": "+.reply')" \
	"profile partner: Partner: 552 5.3.4 Too big"
expect "own remedy" "$(results 'map(select(.name == "small"))[0].remedy|startswith("Write less. Here: ")')" true
expect "once each" "$(results '(map(.name)|length) == (map(.name)|unique|length)')" true
echo "receivers = {\"$tmp/partner.conf\"}" >"$tmp/own.conf"
expect_exit 1 check "${from_own[@]}" -c "$tmp/own.conf" --profile partner

# A policy file: the headings that the message belongs to.
printf 'dmarc.record\n[subject:welcome]\nlink~https://shop\n[subject:reset]\nsize<=1\n' >"$tmp/a.policy"
expect_exit 0 check "${from_own[@]}" --policy "$tmp/a.policy" --json
expect "headings" "$(results 'map(.source|split(":")[1])|join(" ")')" "1 3"

# By a route, as the receiver will see it, unless another viewpoint is asked for.
cat >"$tmp/route.conf" <<'EOT'
route provider {
	mode = none
	egress = {"spf:provider.example"}
}
EOT
by_route=("${from_other[@]}" -c "$tmp/route.conf" --route provider --require 'spf=pass rdns=pass' --json)
expect_exit 0 check "${by_route[@]}"
expect "predicted" "$(json "$out" '.gate.messages[0].viewpoint')" predicted
expect_exit 1 check "${by_route[@]}" --viewpoint observed
expect_exit 1 check "${by_route[@]}" --viewpoint delivered
expect "delivered" "$(results 'map(.outcome)|unique|join(" ")')" unjudged

# Mistakes: exit code 2, and where.
refused() { # MESSAGE ARGUMENT...
	local message=$1
	shift
	expect_exit 2 check "$@"
	case $err in
	*"$message"*) ;;
	*) fail "$*: got \"$err\", expected \"$message\"" ;;
	esac
}
refused '--require: column 5: expected none, neutral' --require 'spf=passs'
refused '--require: column 5: "atuh" is no name of a requirement; was auth meant?' --require 'tls atuh'
refused '--require: expected requirements' --require ''
refused '--profile: there is no profile "gmial": expected one of' --profile gmail,gmial
refused '--viewpoint: expected observed, predicted or delivered' --viewpoint x --require auth
refused '--viewpoint: expected --require' --viewpoint observed
printf 'auth\n\n[subject:a\n' >"$tmp/bad.policy"
refused "$tmp/bad.policy:3: expected \"]\"" --policy "$tmp/bad.policy"
printf '# nothing\n' >"$tmp/bad.policy"
refused '--policy: the file requires nothing' --policy "$tmp/bad.policy"
printf 'receiver x {\n title = "X"\n requirement y {\n any = "size"\n }\n}\n' >"$tmp/bad.conf"
refused "--profile: $tmp/bad.conf:4: requirement y: \"size\": column 1: size takes" --profile "$tmp/bad.conf"
expect_exit 4 check --policy "$tmp/missing.policy"
