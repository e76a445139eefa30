#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lib/ is pure: its objects refer to nothing that reaches a descriptor, the clock, the
# environment, another process or thread, or a random source, and define no writable data.
# Run in the build folder after lib was built; NM names nm.
set -eu

forbidden='socket|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|open|open64|openat|creat|fopen|fopen64|freopen|read|write|pread|pwrite|close|unlink|rename|mkdir|stat|lstat|fstat|time|clock|clock_gettime|gettimeofday|localtime|localtime_r|getenv|secure_getenv|setenv|putenv|rand|srand|random|srandom|rand_r|getrandom|arc4random|printf|vprintf|puts|putchar|fprintf|vfprintf|fputs|perror|syslog|__printf_chk|__vprintf_chk|__fprintf_chk|__vfprintf_chk|fork|vfork|system|popen|execv|execve|posix_spawn|pthread_create|sleep|usleep|nanosleep|poll|select|epoll_wait|exit|_exit|signal|sigaction|setlocale|getaddrinfo|gethostbyname'

fail=0
for archive in lib/lib*.a; do
	found=$("${NM:-nm}" -u "$archive" 2>/dev/null | sed 's/@.*//' | awk 'NF == 2 { print $2 }' |
		grep -Ex "$forbidden" | sort -u | tr '\n' ' ') || true
	if [ -n "$found" ]; then
		echo "$archive refers to: $found" >&2
		fail=1
	fi
	# Writable data: b, d (not in .data.rel.ro), C; thread-local data only where it is the rule.
	found=$("${NM:-nm}" -f sysv "$archive" 2>/dev/null |
		awk -F'|' '$4 ~ /OBJECT/ && ($7 ~ /^\.(data|bss)/ && $7 !~ /rel\.ro/) { gsub(/ /, "", $1); print $1 }' |
		grep -v -E '^__(asan|odr|ubsan|sancov|llvm|gcov)|^\.L|asan_gen' | sort -u | tr '\n' ' ') || true
	if [ -n "$found" ]; then
		echo "$archive has writable data: $found" >&2
		fail=1
	fi
done
exit $fail
