#!/usr/bin/python3
# SPDX-License-Identifier: ISC
#
# Reads an mbox back, undoes its quoting, and compares it with the messages that were sent:
#
#	mailboxes.py MBOX EML...
import mailbox
import re
import sys

box = mailbox.mbox(sys.argv[1], create=False)
keys = sorted(box.keys())
assert len(keys) == len(sys.argv) - 2, f"{len(keys)} messages in {sys.argv[1]}"
for key, name in zip(keys, sys.argv[2:]):
    with open(name, "rb") as f:
        sent = f.read().replace(b"\r\n", b"\n")
    got = re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key))
    assert got == sent, f"{name}: {got[:200]!r}"
    print(box[key].get_from())
