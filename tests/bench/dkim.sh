#!/bin/sh
# SPDX-License-Identifier: ISC
#
# DKIM: our judgement of a signed message of 2 KB against libopendkim alone. Exits 1 when RSA-2048
# takes more than 1.3 times as long.
. "$(dirname "$0")/lib.sh"

build bench_dkim
machine
library opendkim openssl
exec "$program"
