#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Every scenario, the openspf.org suite among them. Run in the build folder.
set -eu
folder=${srcdir:-.}/tests/scenario
exec tests/scenario/run_scenario "$folder" "$folder/spf-suite"
