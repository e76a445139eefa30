# bash completion of mailassay, printed by "mailassay completion bash".
# shellcheck shell=bash disable=SC2207

_mailassay_offer() { # WORDS
	local IFS=$' \t\n'
	COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}

_mailassay_path() { # -f or -d
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	COMPREPLY+=($(compgen "$1" -- "$cur"))
}

# A key, or behind it a value; "-" in front negates.
_mailassay_selection() {
	local cur=$cur sign=
	case $cur in
	*:*)
		sign=${cur%%:*}
		cur=${cur#*:}
		_mailassay_value "${sign#-}"
		return
		;;
	-*) sign=- ;;
	esac
	cur=${cur#-}
	_mailassay_offer "$_mailassay_keys"
	COMPREPLY=("${COMPREPLY[@]/#/$sign}")
}

_mailassay_keys='from: to: subject: id: message-id: user: listener: client: after: before: spf: dkim: dmarc: rdns: tls: finding: has: larger: smaller:'

_mailassay_value() { # KEY
	case $1 in
	id) _mailassay_offer 'latest' ;;
	after) _mailassay_offer 'now' ;;
	before) _mailassay_offer 'now' ;;
	spf) _mailassay_offer 'none neutral pass fail softfail policy temperror permerror' ;;
	dkim) _mailassay_offer 'none neutral pass fail softfail policy temperror permerror' ;;
	dmarc) _mailassay_offer 'none neutral pass fail softfail policy temperror permerror' ;;
	rdns) _mailassay_offer 'none neutral pass fail softfail policy temperror permerror' ;;
	tls) _mailassay_offer 'none any starttls implicit 1.0 1.1 1.2 1.3' ;;
	finding) _mailassay_offer 'any info warning error early-talk pipelining-out-of-turn starttls-injection starttls-missing auth-without-tls auth-rejected helo-not-a-name missing-angle-brackets space-after-colon obsolete-route smtputf8-missing bad-syntax bad-sequence unknown-command command-line-too-long no-quit no-close-notify weak-tls certificate-not-verified password-to-unverified-server certificate-expired tls-flood bare-lf bare-cr nul line-too-long eight-bit-without-8bitmime message-too-big too-many-recipients too-many-bad-commands too-many-commands timeout too-slow session-too-long too-many-connections too-many-connections-from-address rate-limit buffers-full missing-date malformed-date missing-message-id malformed-message-id duplicate-field bcc-present header-not-ascii malformed-header missing-from several-from dkim-too-many dkim-weak-key dkim-body-length dkim-field-unsigned dkim-not-oversigned dmarc-several-records dmarc-malformed dmarc-policy-missing dmarc-obsolete-tag psl-differs rdns-generic receivers-disagree spf-missing spf-several-records spf-syntax spf-lookup-limit spf-void-lookups spf-plus-all spf-no-all spf-ptr spf-include-invalid spf-term-ignored dkim-key-missing dkim-key-malformed dkim-key-revoked dkim-key-testing dmarc-missing dmarc-not-enforced dmarc-unknown-tag dmarc-no-reports dmarc-report-address dmarc-rua-unauthorized mx-invalid outside-zone lookup-failed' ;;
	has) _mailassay_offer 'attachment link html text' ;;
	esac
}

_mailassay_takes() { # OPTION: whether a value stands behind it
	case $1 in
	-c | --data | --config | --listen | --zone | --dns | --ports-file | --workers | --log-level | --zones | --dns-timeout | --opinion | --trusted | --max-connections | --max-connections-per-address | --rate-per-address | --max-buffered | --bad-commands | --idle-commands | --line-timeout | --command-timeout | --data-timeout | --data-rate | --data-rate-after | --session-timeout | --shutdown-timeout | --retention-age | --retention-count | --retention-size | --receivers | --limit | --part | --to | --from | --subject | --timeout | --count | --after | --extract | --require | --profile | --policy | --viewpoint | --junit | --markdown | --ip | --helo | --mail-from | --at | --rcpt | --route | --spf | --dkim | --selector | --dir | --mbox) return 0 ;;
	esac
	return 1
}

_mailassay_command() {
	command=
	case "$given " in
	' check message '*) command='check message' ;;
	' check spf '*) command='check spf' ;;
	' check dmarc '*) command='check dmarc' ;;
	' check domain '*) command='check domain' ;;
	' check again '*) command='check again' ;;
	' zone check '*) command='zone check' ;;
	' config check '*) command='config check' ;;
	' serve '*) command='serve' ;;
	' list '*) command='list' ;;
	' show '*) command='show' ;;
	' wait '*) command='wait' ;;
	' watch '*) command='watch' ;;
	' gate '*) command='gate' ;;
	' sessions '*) command='sessions' ;;
	' transcript '*) command='transcript' ;;
	' explain '*) command='explain' ;;
	' config '*) command='config' ;;
	' ca '*) command='ca' ;;
	' receivers '*) command='receivers' ;;
	' export '*) command='export' ;;
	' delete '*) command='delete' ;;
	' vacuum '*) command='vacuum' ;;
	' stats '*) command='stats' ;;
	' completion '*) command='completion' ;;
	' help '*) command='help' ;;
	esac
}

_mailassay_options() {
	case $command in
	'serve')
		_mailassay_offer '--data --config --help --version --listen --zone --dns --ports-file --workers --log-level --zones --dns-timeout --opinion --trusted --max-connections --max-connections-per-address --rate-per-address --max-buffered --bad-commands --idle-commands --line-timeout --command-timeout --data-timeout --data-rate --data-rate-after --session-timeout --shutdown-timeout --retention-age --retention-count --retention-size --receivers'
		;;
	'list')
		_mailassay_offer '--data --config --help --version --limit --utc --json'
		;;
	'show')
		_mailassay_offer '--data --config --help --version --json --raw --with-trace --headers --text --html --part --transcript --evidence --utc'
		;;
	'wait')
		_mailassay_offer '--data --config --help --version --to --from --subject --timeout --count --after --extract --utc --json'
		;;
	'watch')
		_mailassay_offer '--data --config --help --version --after --utc --json'
		;;
	'gate')
		_mailassay_offer '--data --config --help --version --require --profile --policy --viewpoint --count --timeout --after --json --tap --github --junit --markdown --utc'
		;;
	'sessions')
		_mailassay_offer '--data --config --help --version --failed --limit --utc --json'
		;;
	'transcript')
		_mailassay_offer '--data --config --help --version --json'
		;;
	'explain')
		_mailassay_offer '--data --config --help --version --list --json'
		;;
	'check message')
		_mailassay_offer '--data --config --help --version --ip --helo --mail-from --at --zone --dns --json --require --profile --policy --viewpoint --rcpt --utc --route --smtputf8'
		;;
	'check spf')
		_mailassay_offer '--data --config --help --version --ip --helo --mail-from --at --zone --dns --json'
		;;
	'check dmarc')
		_mailassay_offer '--data --config --help --version --from --spf --dkim --zone --dns --json'
		;;
	'check domain')
		_mailassay_offer '--data --config --help --version --selector --zone --dns --json'
		;;
	'check again')
		_mailassay_offer '--data --config --help --version --json'
		;;
	'zone check')
		_mailassay_offer '--data --config --help --version --zone --dns --json'
		;;
	'config')
		_mailassay_offer '--data --config --help --version --json --listen --zone --dns --workers --log-level --zones --dns-timeout --opinion --trusted --max-connections --max-connections-per-address --rate-per-address --max-buffered --bad-commands --idle-commands --line-timeout --command-timeout --data-timeout --data-rate --data-rate-after --session-timeout --shutdown-timeout --retention-age --retention-count --retention-size --receivers'
		;;
	'config check')
		_mailassay_offer '--data --config --help --version'
		;;
	'ca')
		_mailassay_offer '--data --config --help --version --trust'
		;;
	'receivers')
		_mailassay_offer '--data --config --help --version --json'
		;;
	'export')
		_mailassay_offer '--data --config --help --version --dir --mbox --force'
		;;
	'delete')
		_mailassay_offer '--data --config --help --version --all --yes --json --utc'
		;;
	'vacuum')
		_mailassay_offer '--data --config --help --version --json'
		;;
	'stats')
		_mailassay_offer '--data --config --help --version --live --utc --json'
		;;
	'completion')
		_mailassay_offer '--data --config --help --version'
		;;
	*)
		_mailassay_offer '--data --config --help --version'
		;;
	esac
}

_mailassay_argument() {
	case $command:$before in
	*:--data)
		_mailassay_path -d
		;;
	*:--config | *:-c)
		_mailassay_path -f
		;;
	'serve:--zone')
		_mailassay_path -f
		;;
	'serve:--ports-file')
		_mailassay_path -f
		;;
	'wait:--after')
		_mailassay_offer 'latest now'
		;;
	'wait:--extract')
		_mailassay_offer 'link otp header: attachment:'
		;;
	'watch:--after')
		_mailassay_offer 'latest now'
		;;
	'gate:--profile')
		_mailassay_offer 'apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo'
		;;
	'gate:--policy')
		_mailassay_path -f
		;;
	'gate:--viewpoint')
		_mailassay_offer 'observed predicted delivered'
		;;
	'gate:--after')
		_mailassay_offer 'latest now'
		;;
	'gate:--junit')
		_mailassay_path -f
		;;
	'gate:--markdown')
		_mailassay_path -f
		;;
	'check message:--zone')
		_mailassay_path -f
		;;
	'check message:--profile')
		_mailassay_offer 'apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo'
		;;
	'check message:--policy')
		_mailassay_path -f
		;;
	'check message:--viewpoint')
		_mailassay_offer 'observed predicted delivered'
		;;
	'check spf:--zone')
		_mailassay_path -f
		;;
	'check dmarc:--zone')
		_mailassay_path -f
		;;
	'check domain:--zone')
		_mailassay_path -f
		;;
	'zone check:--zone')
		_mailassay_path -f
		;;
	'config:--zone')
		_mailassay_path -f
		;;
	'export:--dir')
		_mailassay_path -d
		;;
	'export:--mbox')
		_mailassay_path -f
		;;
	esac
}

_mailassay_positional() {
	case $given in
	'' | ' help') _mailassay_offer 'serve list show wait watch gate sessions transcript explain check zone config ca receivers export delete vacuum stats completion help' ;;
	' check') _mailassay_offer 'message spf dmarc domain again' ;;
	' zone') _mailassay_offer 'check' ;;
	' config') _mailassay_offer 'check' ;;
	' help check') _mailassay_offer 'message spf dmarc domain again' ;;
	' help zone') _mailassay_offer 'check' ;;
	' help config') _mailassay_offer 'check' ;;
	esac
	case $command in
	'list')
		_mailassay_selection
		;;
	'show')
		_mailassay_offer 'latest'
		;;
	'wait')
		_mailassay_selection
		;;
	'watch')
		_mailassay_selection
		;;
	'gate')
		_mailassay_selection
		;;
	'transcript')
		_mailassay_offer 'latest'
		;;
	'check message')
		_mailassay_path -f
		;;
	'check again')
		_mailassay_offer 'latest'
		;;
	'zone check')
		_mailassay_path -f
		;;
	'config check')
		_mailassay_path -f
		;;
	'receivers')
		_mailassay_offer 'show apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo'
		;;
	'export')
		_mailassay_selection
		;;
	'delete')
		_mailassay_selection
		;;
	'stats')
		_mailassay_selection
		;;
	'completion')
		_mailassay_offer 'bash zsh fish'
		;;
	esac
}

# bash parts words at ":" and "=": here they are whole again, up to the cursor.
_mailassay_whole() {
	local i part join=
	whole=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		if [[ $part == [:=]* && ${#whole[@]} -gt 0 ]]; then
			whole[${#whole[@]} - 1]+=$part
			join=1
		elif [[ -n $join && -n $part ]]; then
			whole[${#whole[@]} - 1]+=$part
			join=
		else
			whole+=("$part")
			join=
		fi
	done
}

# The command's name and the words behind it, without options and their values.
_mailassay_words() {
	local i
	given=
	for ((i = 0; i < ${#whole[@]} - 1; i++)); do
		case ${whole[i]} in
		--*=*) ;;
		-*) ! _mailassay_takes "${whole[i]}" || ((i++)) ;;
		*) given+=" ${whole[i]}" ;;
		esac
	done
}

_mailassay() {
	local cur before='' given command i
	local -a whole
	COMPREPLY=()
	_mailassay_whole
	_mailassay_words
	_mailassay_command
	cur=${whole[${#whole[@]} - 1]}
	[[ ${#whole[@]} -lt 2 ]] || before=${whole[${#whole[@]} - 2]}
	if [[ $cur == --*=* ]]; then
		before=${cur%%=*}
		cur=${cur#*=}
		_mailassay_argument
	elif [[ $before == -* && $before != *=* ]] && _mailassay_takes "$before"; then
		_mailassay_argument
	elif [[ $cur == -* ]]; then
		_mailassay_positional
		_mailassay_options
	else
		_mailassay_positional
	fi
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null
	# What stands before the last part of the word stays on the line as it is.
	cur=${whole[${#whole[@]} - 1]}
	case $cur in
	*[:=]*)
		before=${cur%"${cur##*[:=]}"}
		for i in "${!COMPREPLY[@]}"; do
			COMPREPLY[i]=${COMPREPLY[i]#"$before"}
		done
		;;
	esac
}

complete -F _mailassay mailassay
