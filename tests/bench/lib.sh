# SPDX-License-Identifier: ISC
#
# What the benchmarks share; sourced by each (POSIX sh) in the build folder, where it lets make
# build the program and says on what machine and with what libraries the figures were had.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

# build PROGRAM: its path is then in $program.
build() {
	program=tests/bench/$1
	[ -f Makefile ] || {
		echo "$1: run this in the build folder: there is no Makefile here" >&2
		exit 2
	}
	${MAKE:-make} -s "$program"
}

machine() {
	processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
	echo "machine: $(uname -sm), ${processor:-processor unknown}, $(getconf _NPROCESSORS_ONLN) cores"
	echo "compiler: $(${CC:-cc} --version | head -n 1)"
}

# library MODULE...: the versions, by pkg-config.
library() {
	for module in "$@"; do
		echo "library: $module $(pkg-config --modversion "$module")"
	done
}
