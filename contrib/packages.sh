# SPDX-License-Identifier: ISC
#
# The Debian packages that building and testing need, and how to install those that are missing.
# Sourced by contrib/run and contrib/check.

build_packages='gcc make autoconf automake pkg-config libc6-dev
libevent-dev libssl-dev libopendkim-dev libsqlite3-dev libc-ares-dev libldns-dev
libidn2-dev libpsl-dev libjansson-dev libgmime-3.0-dev libconfuse-dev check
libspf2-dev libopendmarc-dev libseccomp-dev publicsuffix'

demo_packages='swaks libnet-ssleay-perl libio-socket-ssl-perl libauthen-sasl-perl
python3 python3-dkim openssl sqlite3'

test_packages="$demo_packages msmtp curl jq opendkim-tools xz-utils mandoc python3-spf
python3-authres libxml2-utils gsasl testssl.sh nodejs node-nodemailer perl libnss-wrapper"

# Mail servers whose packages would take the place of the machine's own: they are only unpacked.
mta_packages='exim4-daemon-light postfix'

# Sets as_root to what lets a command run as root; without any says what is to be done as root.
find_root() { # WHAT
	as_root=
	[ "$(id -u)" != 0 ] || return 0
	if ! command -v sudo >/dev/null; then
		echo "$0: neither root nor sudo: as root, run $1" >&2
		return 1
	fi
	as_root=sudo
}

# Installs what is missing of the packages given; says in one line what it could not do and why.
install_packages() {
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null; then
		echo "$0: this is no Debian: install by hand what these packages hold:$missing" >&2
		return 1
	fi
	find_root "apt-get install$missing" || return 1
	echo "$0: installing$missing" >&2
	apt_log=$(mktemp)
	# The lists may be too old or empty: then they are fetched, and it is tried once more.
	# shellcheck disable=SC2086
	for attempt in 1 2; do
		if $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
			--no-install-recommends $missing >"$apt_log" 2>&1; then
			rm -f "$apt_log"
			return 0
		fi
		[ $attempt = 1 ] && $as_root apt-get update >>"$apt_log" 2>&1
	done
	echo "$0: apt-get could not install$missing: $(grep -m1 '^E:' "$apt_log")" >&2
	rm -f "$apt_log"
	return 1
}

# Downloads the mail servers into the folder given, as whoever this is.
download_mta() {
	(
		cd "$1"
		# shellcheck disable=SC2086
		apt-get download $mta_packages >download.log 2>&1
	)
}

# Unpacks the mail servers into the folder given, and installs the libraries that they need.
unpack_mta() {
	[ ! -f "$1/complete" ] || return 0
	rm -rf "$1"
	mkdir -p "$1"
	# The lists may be too old or empty: then they are fetched, and it is tried once more.
	if ! download_mta "$1"; then
		find_root "apt-get update" || return 1
		$as_root apt-get update >/dev/null 2>&1 || true
		download_mta "$1" || {
			echo "$0: apt-get could not download $mta_packages:" \
				"$(grep -m1 '^E:' "$1/download.log")" >&2
			return 1
		}
	fi
	# shellcheck disable=SC2046,SC2086
	install_packages $(apt-cache depends $mta_packages |
		sed -n 's/^ *Depends: \(lib[^ ]*\)$/\1/p' | sort -u) || return 1
	for file in "$1"/*.deb; do
		dpkg-deb -x "$file" "$1" || return 1
		rm "$file"
	done
	rm "$1/download.log"
	: >"$1/complete"
}

# Makes ./configure when it is missing or older than what it is made from.
make_configure() {
	if [ ! -x configure ] || [ -n "$(find configure.ac Makefile.am lib/lib.am src/src.am \
		tests/tests.am -newer configure)" ]; then
		autoreconf -fi >autoreconf.log 2>&1 || {
			echo "$0: autoreconf failed:" >&2
			cat autoreconf.log >&2
			return 1
		}
		rm -f autoreconf.log
	fi
}

# Configures and builds in the folder given, with the options behind it; quiet unless it fails.
build_in() {
	folder=$1
	shift
	mkdir -p "$folder"
	(
		cd "$folder"
		if [ ! -f Makefile ] || [ ../configure -nt Makefile ]; then
			../configure -q "$@" >configure.out 2>&1 || { cat configure.out >&2; exit 1; }
		fi
		make -j "$(nproc)" >make.out 2>&1 || { tail -n 60 make.out >&2; exit 1; }
	)
}
