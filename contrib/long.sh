# SPDX-License-Identifier: ISC
#
# What contrib/check --long adds; sourced by it.

fuzz_seconds=${FUZZ_SECONDS:-60}

with_clang() {
	(
		export CC=clang
		make_check build-clang --enable-werror
	)
}

# Runs every fuzz target for a while, beginning with its corpus; new inputs stay in the build
# folder.
fuzz_all() {
	(
		export CC=clang
		build_in build-fuzz --enable-fuzzing --enable-werror || exit 1
		cd build-fuzz
		make -j "$(nproc)" fuzzers || exit 1
		for target in tests/fuzz/fuzz_*; do
			[ -x "$target" ] || continue
			name=${target##*/fuzz_}
			mkdir -p "found/$name"
			"$target" -max_total_time="$fuzz_seconds" -timeout=20 -rss_limit_mb=4096 \
				-print_final_stats=1 -artifact_prefix="found/$name-" \
				"found/$name" "../tests/fuzz/corpus/$name" >"found/$name.log" 2>&1 || {
				echo "fuzz_$name found something:"
				tail -n 60 "found/$name.log"
				exit 1
			}
			echo "fuzz_$name: $(grep -o 'stat::number_of_executed_units: *[0-9]*' \
				"found/$name.log"), $(grep -o 'cov: [0-9]*' "found/$name.log" | tail -n1)"
		done
	)
}

# The unit and scenario tests under valgrind, without check's forks.
under_valgrind() {
	(
		cd build-check
		export CK_FORK=no CK_DEFAULT_TIMEOUT=600 srcdir=..
		for test in tests/unit/test_* tests/scenario/run_scenario; do
			[ -x "$test" ] && [ "${test%.*}" = "$test" ] || continue
			case $test in
			# They kill or limit children on purpose, need more descriptors than valgrind has,
			# or close a sandbox that would kill valgrind.
			*/test_writer | */test_conn | */test_listener | */test_opinion*) continue ;;
			esac
			arguments=
			[ "$test" != tests/scenario/run_scenario ] || arguments=../tests/scenario
			valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
				--child-silent-after-fork=yes --suppressions=../tests/valgrind.supp \
				"$test" $arguments >valgrind.log 2>&1 || {
				echo "$test:"
				tail -n 60 valgrind.log
				exit 1
			}
		done
	)
}

# The files have to stand before the "--" that the compiler's flags follow.
tidy() {
	(
		export TIDY_FLAGS="-std=c11 -D_GNU_SOURCE -DSYSCONFDIR=\"/etc\" -DPACKAGE_VERSION=\"0\" \
			-Ilib -Isrc $(pkg-config --cflags libevent openssl opendkim sqlite3 libcares \
				libidn2 libpsl libseccomp jansson gmime-3.0 libconfuse)"
		find lib src -name '*.c' ! -name schema_sql.c -print0 | xargs -0 -P "$(nproc)" -n 4 \
			sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$@" -- $TIDY_FLAGS' tidy
	)
}

distcheck() {
	(
		cd build-check
		make distcheck DISTCHECK_CONFIGURE_FLAGS=--enable-werror
	)
}

# The tests of tests/long, and those of tests/system whose size can be chosen.
long_tests() {
	(
		cd build-check
		for test in ../tests/long/*.sh; do
			"$test" || exit 1
		done
		ABUSE_SCALE=1 ABUSE_WITHIN=1 ../tests/system/abuse.sh
	)
}

suite "long tests" long_tests
suite "clang" with_clang
suite "fuzzing, $fuzz_seconds s a target" fuzz_all
suite "valgrind" under_valgrind
suite "clang-tidy" tidy
suite "make distcheck" distcheck
