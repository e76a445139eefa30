#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Every dialog on the pure machine: whole, by line and by octet. Run in the build folder.
set -eu
exec tests/dialog/run_machine "${srcdir:-.}"/tests/dialog/*.dialog
