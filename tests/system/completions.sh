#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Completion scripts: those of contrib/completions are what the program prints, each is one that its
# shell can read, and bash's completes what it should. Every command's help has its examples.
. "$(dirname "$0")/lib.sh"
completions=$(dirname "$(dirname "$here")")/contrib/completions

check_script() { # SHELL FILE: MAILASSAY_GOLDEN=1 writes it anew
	expect_exit 0 m completion "$1"
	[ "${MAILASSAY_GOLDEN-}" != 1 ] || cp "$tmp/out" "$completions/$2"
	cmp "$tmp/out" "$completions/$2" ||
		fail "contrib/completions/$2 is not what \"mailassay completion $1\" prints"
}
check_script bash mailassay.bash
check_script zsh _mailassay
check_script fish mailassay.fish
for arguments in '' sh 'bash zsh' 'bash --json'; do
	expect_exit 2 m completion $arguments
done

bash -n "$completions/mailassay.bash" || fail "bash cannot read its script"
for shell in 'zsh -n _mailassay' 'fish --no-execute mailassay.fish'; do
	read -r program option file <<<"$shell"
	if command -v "$program" >/dev/null; then
		"$program" "$option" "$completions/$file" || fail "$program cannot read its script"
	else
		echo "not read by its shell, which is not installed: $file"
	fi
done

# complete WORD...: what bash offers for the last one, which readline parts at ":" and "=".
complete_words() {
	local word
	COMP_WORDS=(mailassay)
	for word; do
		if [ -z "$word" ]; then
			COMP_WORDS+=('')
			continue
		fi
		while IFS= read -r word; do
			COMP_WORDS+=("$word")
		done < <(sed 's/[:=]/\n&\n/g' <<<"$word" | sed '/^$/d')
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_mailassay || true
}
# shellcheck source=contrib/completions/mailassay.bash
. "$completions/mailassay.bash"
: >"$tmp/file"
mkdir "$tmp/files"
while IFS='|' read -r words wanted; do
	if [[ $words == *' ' ]]; then
		complete_words $words ''
	else
		complete_words $words
	fi
	expect "completion of \"mailassay $words\"" "${COMPREPLY[*]}" "$wanted"
done <<END
ga|gate
gate --pro|--profile
gate --policy $tmp/f|$tmp/file $tmp/files
--data $tmp/f|$tmp/files
-c $tmp/file st|stats
--data $tmp chec|check
check m|message
check message $tmp/f|$tmp/file $tmp/files
check |message spf dmarc domain again
zone |check
config ch|check
config --js|--json
help check s|spf
gate --profile gmail-|gmail-transactional gmail-bulk
gate --profile=yahoo-|yahoo-transactional
gate --viewpoint |observed predicted delivered
wait --after n|now
wait --extract o|otp
wait --timeout 5 subj|subject:
list to:a@b dmarc:f|fail
list dmarc:|none neutral pass fail softfail policy temperror permerror
delete -rd|-rdns:
delete -rdns:pe|permerror
stats has:|attachment link html text
watch finding:starttls-|starttls-injection starttls-missing
show |latest
show latest --tr|--transcript
completion |bash zsh fish
serve --session|--session-timeout
receivers show mic|microsoft
nonsense x|
list --limit 5|
END

# The help of every command.
m help >"$tmp/help"
sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z]\+\)\?\)  *.*/\1/p' "$tmp/help" |
	sed 's/ *$//; /^help/d' >"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -ge 20 ] || fail "commands: $(cat "$tmp/commands")"
while read -r command; do
	expect_exit 0 m help $command
	cp "$tmp/out" "$tmp/by-help"
	expect_exit 0 m $command --help
	cmp "$tmp/out" "$tmp/by-help" || fail "$command --help is not what help $command prints"
	matches "its head" "$(head -n1 "$tmp/out")" "usage: mailassay $command*"
	sed '1,/^examples:$/d' "$tmp/out" >"$tmp/examples"
	[ -s "$tmp/examples" ] || fail "help $command has no examples"
	grep -q "mailassay $command" "$tmp/examples" || fail "help $command: no example runs it"
	! grep -qvE '^  .*[a-z]' "$tmp/examples" || fail "help $command: $(cat "$tmp/examples")"
	complete_words ${command%?}
	[[ " ${COMPREPLY[*]} " == *" ${command##* } "* ]] || fail "$command is not completed"
done <"$tmp/commands"
