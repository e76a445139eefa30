# fish completion of mailassay, printed by "mailassay completion fish".

# The words so far, without options and their values.
function __mailassay_words
	set -l skip 0
	for word in (commandline -opc)[2..-1]
		if test $skip = 1
			set skip 0
		else if contains -- $word $__mailassay_takes
			set skip 1
		else if not string match -q -- '-*' $word
			echo $word
		end
	end
end

# Whether they are these, and no others.
function __mailassay_at
	set -l words (__mailassay_words)
	test "$words" = "$argv"
end

# Whether they begin with this command; of two that do the longer one counts.
function __mailassay_in
	set -l words (__mailassay_words)
	set -l name (string join ' ' -- $words[1..2])
	contains -- $name $__mailassay_pairs; or set name $words[1]
	test "$name" = "$argv"
end

# The keys of a selection, and behind a key its values; "-" in front negates.
function __mailassay_selection
	set -l sign ''
	string match -q -- '-*' (commandline -ct); and set sign -
	for key in $__mailassay_keys
		echo $sign$key:
	end
	for value in $__mailassay_values
		echo $sign$value
	end
end

complete -c mailassay -f
set -g __mailassay_keys from to subject id message-id user listener client after before spf dkim dmarc rdns tls finding has larger smaller
set -g __mailassay_values id:latest after:now before:now spf:none spf:neutral spf:pass spf:fail spf:softfail spf:policy spf:temperror spf:permerror dkim:none dkim:neutral dkim:pass dkim:fail dkim:softfail dkim:policy dkim:temperror dkim:permerror dmarc:none dmarc:neutral dmarc:pass dmarc:fail dmarc:softfail dmarc:policy dmarc:temperror dmarc:permerror rdns:none rdns:neutral rdns:pass rdns:fail rdns:softfail rdns:policy rdns:temperror rdns:permerror tls:none tls:any tls:starttls tls:implicit tls:1.0 tls:1.1 tls:1.2 tls:1.3 finding:any finding:info finding:warning finding:error finding:early-talk finding:pipelining-out-of-turn finding:starttls-injection finding:starttls-missing finding:auth-without-tls finding:auth-rejected finding:helo-not-a-name finding:missing-angle-brackets finding:space-after-colon finding:obsolete-route finding:smtputf8-missing finding:bad-syntax finding:bad-sequence finding:unknown-command finding:command-line-too-long finding:no-quit finding:no-close-notify finding:weak-tls finding:certificate-not-verified finding:password-to-unverified-server finding:certificate-expired finding:tls-flood finding:bare-lf finding:bare-cr finding:nul finding:line-too-long finding:eight-bit-without-8bitmime finding:message-too-big finding:too-many-recipients finding:too-many-bad-commands finding:too-many-commands finding:timeout finding:too-slow finding:session-too-long finding:too-many-connections finding:too-many-connections-from-address finding:rate-limit finding:buffers-full finding:missing-date finding:malformed-date finding:missing-message-id finding:malformed-message-id finding:duplicate-field finding:bcc-present finding:header-not-ascii finding:malformed-header finding:missing-from finding:several-from finding:dkim-too-many finding:dkim-weak-key finding:dkim-body-length finding:dkim-field-unsigned finding:dkim-not-oversigned finding:dmarc-several-records finding:dmarc-malformed finding:dmarc-policy-missing finding:dmarc-obsolete-tag finding:psl-differs finding:rdns-generic finding:receivers-disagree finding:spf-missing finding:spf-several-records finding:spf-syntax finding:spf-lookup-limit finding:spf-void-lookups finding:spf-plus-all finding:spf-no-all finding:spf-ptr finding:spf-include-invalid finding:spf-term-ignored finding:dkim-key-missing finding:dkim-key-malformed finding:dkim-key-revoked finding:dkim-key-testing finding:dmarc-missing finding:dmarc-not-enforced finding:dmarc-unknown-tag finding:dmarc-no-reports finding:dmarc-report-address finding:dmarc-rua-unauthorized finding:mx-invalid finding:outside-zone finding:lookup-failed has:attachment has:link has:html has:text
set -g __mailassay_pairs 'check message' 'check spf' 'check dmarc' 'check domain' 'check again' 'zone check' 'config check'
set -g __mailassay_takes -c --data --config --listen --zone --dns --ports-file --workers --log-level --zones --dns-timeout --opinion --trusted --max-connections --max-connections-per-address --rate-per-address --max-buffered --bad-commands --idle-commands --line-timeout --command-timeout --data-timeout --data-rate --data-rate-after --session-timeout --shutdown-timeout --retention-age --retention-count --retention-size --receivers --limit --part --to --from --subject --timeout --count --after --extract --require --profile --policy --viewpoint --junit --markdown --ip --helo --mail-from --at --rcpt --route --spf --dkim --selector --dir --mbox

complete -c mailassay -l data -x -a '(__fish_complete_directories)' -d 'the data directory (else MAILASSAY_DATA, /var/lib/mailassay, ~/.local/state/mailassay)'
complete -c mailassay -l config -s c -r -F -d 'the configuration file, also -c (else MAILASSAY_CONF, the system\'s)'
complete -c mailassay -l help -d 'this text, also -h'
complete -c mailassay -l version -d 'the version'
complete -c mailassay -n "__mailassay_at " -a 'serve list show wait watch gate sessions transcript explain check zone config ca receivers export delete vacuum stats completion help'
complete -c mailassay -n "__mailassay_at help" -a 'serve list show wait watch gate sessions transcript explain check zone config ca receivers export delete vacuum stats completion help'
complete -c mailassay -n "__mailassay_at " -a 'serve' -d 'the gateway, in the foreground'
complete -c mailassay -n "__mailassay_in serve" -l listen -x -d 'listen here, and only where --listen says (repeatable)'
complete -c mailassay -n "__mailassay_in serve" -l zone -r -F -d 'a zone file that answers before the resolver (repeatable)'
complete -c mailassay -n "__mailassay_in serve" -l dns -x -d 'ask this server (repeatable), not the system\'s'
complete -c mailassay -n "__mailassay_in serve" -l ports-file -r -F -d 'write NAME=PORT a line there once all listeners are ready'
complete -c mailassay -n "__mailassay_in serve" -l workers -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l log-level -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l zones -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l dns-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l opinion -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l trusted -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l max-connections -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l max-connections-per-address -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l rate-per-address -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l max-buffered -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l bad-commands -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l idle-commands -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l line-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l command-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l data-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l data-rate -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l data-rate-after -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l session-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l shutdown-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l retention-age -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l retention-count -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l retention-size -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in serve" -l receivers -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_at " -a 'list' -d 'the newest messages and their verdicts, newest first'
complete -c mailassay -n "__mailassay_in list" -l limit -x -d 'how many at most (50)'
complete -c mailassay -n "__mailassay_in list" -l utc -d 'times in UTC, not local ones'
complete -c mailassay -n "__mailassay_in list" -l json -d 'one JSON object a line'
complete -c mailassay -n "__mailassay_in list" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'show' -d 'one message: its path, its verdicts and their reasons, what is in it'
complete -c mailassay -n "__mailassay_in show" -l json -d 'all of it as one JSON object'
complete -c mailassay -n "__mailassay_in show" -l raw -d 'the message, byte for byte as it came'
complete -c mailassay -n "__mailassay_in show" -l with-trace -d 'with --raw: Authentication-Results and Received in front of it'
complete -c mailassay -n "__mailassay_in show" -l headers -d 'its header, byte for byte'
complete -c mailassay -n "__mailassay_in show" -l text -d 'its text, in UTF-8; of a message in HTML, that as text'
complete -c mailassay -n "__mailassay_in show" -l html -d 'its HTML, in UTF-8'
complete -c mailassay -n "__mailassay_in show" -l part -x -d 'a part by its number ("1.2"), decoded'
complete -c mailassay -n "__mailassay_in show" -l transcript -d 'the dialogue of its session'
complete -c mailassay -n "__mailassay_in show" -l evidence -d 'the DNS answers that its verdicts rest on'
complete -c mailassay -n "__mailassay_in show" -l utc -d 'times in UTC, not local'
complete -c mailassay -n "__mailassay_in show" -a 'latest'
complete -c mailassay -n "__mailassay_at " -a 'wait' -d 'waits until enough messages match, then prints all that do'
complete -c mailassay -n "__mailassay_in wait" -l to -x -d 'an accepted recipient, whole, in any case'
complete -c mailassay -n "__mailassay_in wait" -l from -x -d 'the reverse-path or the From address, whole, in any case'
complete -c mailassay -n "__mailassay_in wait" -l subject -x -d 'part of the decoded subject'
complete -c mailassay -n "__mailassay_in wait" -l timeout -x -d 'how long to wait, also 0.5, 500ms or 2m (60)'
complete -c mailassay -n "__mailassay_in wait" -l count -x -d 'how many must match (1)'
complete -c mailassay -n "__mailassay_in wait" -l after -x -a 'latest now' -d 'only messages that came after this one'
complete -c mailassay -n "__mailassay_in wait" -l extract -x -a 'link otp header: attachment:' -d 'of the newest: link, otp, header:NAME or attachment:N'
complete -c mailassay -n "__mailassay_in wait" -l utc -d 'times in UTC, not local ones'
complete -c mailassay -n "__mailassay_in wait" -l json -d 'one JSON object a line'
complete -c mailassay -n "__mailassay_in wait" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'watch' -d 'messages as they come, one line each'
complete -c mailassay -n "__mailassay_in watch" -l after -x -a 'latest now' -d 'begin with what came after this message (now)'
complete -c mailassay -n "__mailassay_in watch" -l utc -d 'times in UTC, not local ones'
complete -c mailassay -n "__mailassay_in watch" -l json -d 'one JSON object a line'
complete -c mailassay -n "__mailassay_in watch" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'gate' -d 'stops a release whose mail would bounce: judges messages by requirements'
complete -c mailassay -n "__mailassay_in gate" -l require -x -d 'requirements, parted by blanks (repeatable)'
complete -c mailassay -n "__mailassay_in gate" -l profile -x -a 'apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo' -d 'receivers whose requirements must hold: see mailassay receivers (repeatable)'
complete -c mailassay -n "__mailassay_in gate" -l policy -r -F -d 'requirements and profiles per selection; - is standard input (repeatable)'
complete -c mailassay -n "__mailassay_in gate" -l viewpoint -x -a 'observed predicted delivered' -d 'observed, predicted or delivered (else predicted where there is a route)'
complete -c mailassay -n "__mailassay_in gate" -l count -x -d 'wait until so many messages match (1)'
complete -c mailassay -n "__mailassay_in gate" -l timeout -x -d 'how long, also 0.5, 500ms or 2m (0; beside --count alone 60)'
complete -c mailassay -n "__mailassay_in gate" -l after -x -a 'latest now' -d 'only messages that came after this one'
complete -c mailassay -n "__mailassay_in gate" -l json -d 'print one JSON object'
complete -c mailassay -n "__mailassay_in gate" -l tap -d 'print TAP, for prove and the like'
complete -c mailassay -n "__mailassay_in gate" -l github -d 'print annotations of a GitHub workflow'
complete -c mailassay -n "__mailassay_in gate" -l junit -r -F -d 'write JUnit XML there; - is standard output'
complete -c mailassay -n "__mailassay_in gate" -l markdown -r -F -d 'write a summary for a pull request there; - is standard output'
complete -c mailassay -n "__mailassay_in gate" -l utc -d 'times in UTC'
complete -c mailassay -n "__mailassay_in gate" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'sessions' -d 'sessions, also those that sent no message, newest first'
complete -c mailassay -n "__mailassay_in sessions" -l failed -d 'only those that broke, and where'
complete -c mailassay -n "__mailassay_in sessions" -l limit -x -d 'how many at most (all)'
complete -c mailassay -n "__mailassay_in sessions" -l utc -d 'times in UTC, not local'
complete -c mailassay -n "__mailassay_in sessions" -l json -d 'one JSON object a line'
complete -c mailassay -n "__mailassay_at " -a 'transcript' -d 'the dialogue of a session, secrets masked; ID is its own or a message\'s'
complete -c mailassay -n "__mailassay_in transcript" -l json -d 'one JSON object: the session\'s id and its lines'
complete -c mailassay -n "__mailassay_in transcript" -a 'latest'
complete -c mailassay -n "__mailassay_at " -a 'explain' -d 'what a reply, a finding or a result means, and what to do'
complete -c mailassay -n "__mailassay_in explain" -l list -d 'the tables, or the one named: findings, replies, status, results, providers, receivers'
complete -c mailassay -n "__mailassay_in explain" -l json -d 'one JSON object a line'
complete -c mailassay -n "__mailassay_at check" -a 'message' -d 'the verdicts on a message in a file (- is standard input)'
complete -c mailassay -n "__mailassay_at help check" -a 'message'
complete -c mailassay -n "__mailassay_in check message" -l ip -x -d 'the client\'s IP address'
complete -c mailassay -n "__mailassay_in check message" -l helo -x -d 'its HELO name'
complete -c mailassay -n "__mailassay_in check message" -l mail-from -x -d 'the reverse-path; \'\' is the null reverse-path'
complete -c mailassay -n "__mailassay_in check message" -l at -x -d 'judge expiry as of this time (RFC 3339, or seconds since 1970)'
complete -c mailassay -n "__mailassay_in check message" -l zone -r -F -d 'a zone file that answers first (repeatable)'
complete -c mailassay -n "__mailassay_in check message" -l dns -x -d 'ask this server (repeatable), not the system\'s'
complete -c mailassay -n "__mailassay_in check message" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_in check message" -l require -x -d 'requirements, parted by blanks (repeatable)'
complete -c mailassay -n "__mailassay_in check message" -l profile -x -a 'apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo' -d 'receivers whose requirements must hold: see mailassay receivers (repeatable)'
complete -c mailassay -n "__mailassay_in check message" -l policy -r -F -d 'requirements and profiles per selection; - is standard input (repeatable)'
complete -c mailassay -n "__mailassay_in check message" -l viewpoint -x -a 'observed predicted delivered' -d 'observed, predicted or delivered (else predicted where there is a route)'
complete -c mailassay -n "__mailassay_in check message" -l rcpt -x -d 'a recipient (repeatable)'
complete -c mailassay -n "__mailassay_in check message" -l utc -d 'times in UTC, not local'
complete -c mailassay -n "__mailassay_in check message" -l route -x -d 'predict by this route of the configuration'
complete -c mailassay -n "__mailassay_in check message" -l smtputf8 -d 'as if MAIL had said SMTPUTF8: the header may hold UTF-8'
complete -c mailassay -n "__mailassay_in check message" -F
complete -c mailassay -n "__mailassay_at check" -a 'spf' -d 'the SPF verdicts on an address, a HELO name and a reverse-path'
complete -c mailassay -n "__mailassay_at help check" -a 'spf'
complete -c mailassay -n "__mailassay_in check spf" -l ip -x -d 'the client\'s IP address'
complete -c mailassay -n "__mailassay_in check spf" -l helo -x -d 'its HELO name'
complete -c mailassay -n "__mailassay_in check spf" -l mail-from -x -d 'the reverse-path; \'\' is the null reverse-path'
complete -c mailassay -n "__mailassay_in check spf" -l at -x -d 'judge expiry as of this time (RFC 3339, or seconds since 1970)'
complete -c mailassay -n "__mailassay_in check spf" -l zone -r -F -d 'a zone file that answers first (repeatable)'
complete -c mailassay -n "__mailassay_in check spf" -l dns -x -d 'ask this server (repeatable), not the system\'s'
complete -c mailassay -n "__mailassay_in check spf" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_at check" -a 'dmarc' -d 'the DMARC verdict on a From domain, given the results of SPF and DKIM'
complete -c mailassay -n "__mailassay_at help check" -a 'dmarc'
complete -c mailassay -n "__mailassay_in check dmarc" -l from -x -d 'the domain of the From field; of an address its domain'
complete -c mailassay -n "__mailassay_in check dmarc" -l spf -x -d 'what SPF said, and of which domain'
complete -c mailassay -n "__mailassay_in check dmarc" -l dkim -x -d 'what a signature of this domain gave (repeatable)'
complete -c mailassay -n "__mailassay_in check dmarc" -l zone -r -F -d 'a zone file that answers first (repeatable)'
complete -c mailassay -n "__mailassay_in check dmarc" -l dns -x -d 'ask this server (repeatable), not the system\'s'
complete -c mailassay -n "__mailassay_in check dmarc" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_at check" -a 'domain' -d 'what a domain publishes for its mail, and what is wrong with it'
complete -c mailassay -n "__mailassay_at help check" -a 'domain'
complete -c mailassay -n "__mailassay_in check domain" -l selector -x -d 'a DKIM selector whose key to look at (repeatable)'
complete -c mailassay -n "__mailassay_in check domain" -l zone -r -F -d 'a zone file that answers first (repeatable)'
complete -c mailassay -n "__mailassay_in check domain" -l dns -x -d 'ask this server (repeatable), not the system\'s'
complete -c mailassay -n "__mailassay_in check domain" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_at check" -a 'again' -d 'the verdicts of a stored message, computed again from its evidence'
complete -c mailassay -n "__mailassay_at help check" -a 'again'
complete -c mailassay -n "__mailassay_in check again" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_in check again" -a 'latest'
complete -c mailassay -n "__mailassay_at zone" -a 'check' -d 'what is wrong with the mail records in a zone file'
complete -c mailassay -n "__mailassay_at help zone" -a 'check'
complete -c mailassay -n "__mailassay_in zone check" -l zone -r -F -d 'another zone file that its records refer to (repeatable)'
complete -c mailassay -n "__mailassay_in zone check" -l dns -x -d 'ask this server (repeatable) for what lies outside of the zones'
complete -c mailassay -n "__mailassay_in zone check" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_in zone check" -F
complete -c mailassay -n "__mailassay_at " -a 'config' -d 'the configuration in force, and where each value comes from'
complete -c mailassay -n "__mailassay_in config" -l json -d 'one JSON object an option'
complete -c mailassay -n "__mailassay_in config" -l listen -x -d 'as serve takes it (repeatable)'
complete -c mailassay -n "__mailassay_in config" -l zone -r -F -d 'as serve takes it (repeatable)'
complete -c mailassay -n "__mailassay_in config" -l dns -x -d 'as serve takes it (repeatable)'
complete -c mailassay -n "__mailassay_in config" -l workers -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l log-level -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l zones -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l dns-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l opinion -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l trusted -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l max-connections -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l max-connections-per-address -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l rate-per-address -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l max-buffered -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l bad-commands -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l idle-commands -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l line-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l command-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l data-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l data-rate -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l data-rate-after -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l session-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l shutdown-timeout -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l retention-age -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l retention-count -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l retention-size -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_in config" -l receivers -x -d 'see mailassay.conf(5)'
complete -c mailassay -n "__mailassay_at config" -a 'check' -d 'whether a configuration file and the files that it names can be used'
complete -c mailassay -n "__mailassay_at help config" -a 'check'
complete -c mailassay -n "__mailassay_in config check" -F
complete -c mailassay -n "__mailassay_at " -a 'ca' -d 'the development CA\'s certificate in PEM, made when there is none'
complete -c mailassay -n "__mailassay_in ca" -l trust -d 'how to make common clients trust it, in words and not in PEM'
complete -c mailassay -n "__mailassay_at " -a 'receivers' -d 'what receivers require of a sender: the profiles of gate and of enforce'
complete -c mailassay -n "__mailassay_in receivers" -l json -d 'one JSON object a receiver, with its requirements'
complete -c mailassay -n "__mailassay_in receivers" -a 'show apple gmail gmail-transactional gmail-bulk microsoft yahoo-transactional yahoo'
complete -c mailassay -n "__mailassay_at " -a 'export' -d 'writes messages to files, one each or all as one mbox'
complete -c mailassay -n "__mailassay_in export" -l dir -x -a '(__fish_complete_directories)' -d 'each message as DIR/ID.eml, byte for byte as it came'
complete -c mailassay -n "__mailassay_in export" -l mbox -r -F -d 'all of them as one mbox (mboxrd), oldest first; - is standard output'
complete -c mailassay -n "__mailassay_in export" -l force -d 'write over files that are there'
complete -c mailassay -n "__mailassay_in export" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'delete' -d 'deletes messages, and sessions that are left without any'
complete -c mailassay -n "__mailassay_in delete" -l all -d 'every message, in place of a selection'
complete -c mailassay -n "__mailassay_in delete" -l yes -d 'do not ask'
complete -c mailassay -n "__mailassay_in delete" -l json -d 'one JSON object: deleted'
complete -c mailassay -n "__mailassay_in delete" -l utc -d 'times are UTC, not local'
complete -c mailassay -n "__mailassay_in delete" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'vacuum' -d 'makes the database as small as it can be, also while the gateway runs'
complete -c mailassay -n "__mailassay_in vacuum" -l json -d 'one JSON object: before, after'
complete -c mailassay -n "__mailassay_at " -a 'stats' -d 'counts and shares of verdicts, users and hours, and how long sessions took'
complete -c mailassay -n "__mailassay_in stats" -l live -d 'what the running gateway holds at this moment'
complete -c mailassay -n "__mailassay_in stats" -l utc -d 'times are UTC, not local'
complete -c mailassay -n "__mailassay_in stats" -l json -d 'one JSON object'
complete -c mailassay -n "__mailassay_in stats" -a '(__mailassay_selection)'
complete -c mailassay -n "__mailassay_at " -a 'completion' -d 'a script that completes commands and options in a shell'
complete -c mailassay -n "__mailassay_in completion" -a 'bash zsh fish'
