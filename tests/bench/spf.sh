#!/bin/sh
# SPDX-License-Identifier: ISC
#
# SPF: our evaluator against libspf2 on the cases of the openspf suite. Exits 1 when ours is slower.
. "$(dirname "$0")/lib.sh"

build bench_spf
machine
exec "$program" "$here"/../scenario/spf-suite/*.scenario
