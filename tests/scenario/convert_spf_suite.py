#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# Converts the openspf.org test suite for RFC 7208 into scenario files, one for each of its parts:
#   convert_spf_suite.py rfc7208-tests.yml spf-suite/
# Records of type SPF stand for TXT records where a name has no TXT entry of its own. Texts of the
# suite are octets in Latin-1. Needed only when the suite changes; the result is kept.
import re
import sys

import yaml

PLAIN = re.compile(r"[A-Za-z0-9_+%:/=*~'-]")
LICENCE = "Converted by convert_spf_suite.py; copyright and licence: LICENSE in this folder."


def escape(text, keep):
    return "".join(c if keep.match(c) else "\\%03d" % b for c, b in zip(text, text.encode("latin-1")))


def name(text):
    """A domain name in master-file form, absolute."""
    text = text.rstrip(".")
    return ".".join(escape(label, PLAIN) for label in text.split(".")) + "."


def strings(value):
    """The character strings of a TXT record."""
    parts = value if isinstance(value, list) else [value]
    parts = [p[i:i + 255] for p in parts for i in range(0, max(len(p), 1), 255)]
    return " ".join('"%s"' % escape(p, re.compile(r'[ !#-\[\]-~]')) for p in parts or [""])


def record(kind, value):
    if kind == "TXT":
        return strings(value)
    if kind == "MX":
        return "%d %s" % (value[0], name(value[1]))
    if kind in ("PTR", "CNAME"):
        return name(value)
    return value


def typed(entries):
    """Pairs of type and value as they are asked for today, TXT instead of SPF."""
    pairs = [next(iter(e.items())) for e in entries if isinstance(e, dict)]
    own_txt = any(kind == "TXT" for kind, _ in pairs)
    for kind, value in pairs:
        if kind == "SPF":
            if own_txt:
                continue
            kind = "TXT"
        if value != "NONE":
            yield kind, value


def zone_lines(data):
    for owner, entries in data.items():
        records = list(typed(entries))
        # A time-out is one of the types that are not listed; only TXT is ever asked here.
        if "TIMEOUT" in entries and not any(kind == "TXT" for kind, _ in records):
            yield "$MAILASSAY TIMEOUT " + name(owner)
            continue
        for kind, value in records:
            yield "%s %s %s" % (name(owner), kind, record(kind, value))


def case_lines(title, test):
    results = test["result"] if isinstance(test["result"], list) else [test["result"]]
    yield ""
    yield "=== case " + title
    yield "# RFC 7208 " + str(test["spec"])
    yield "peer: " + test["host"]
    yield "helo: " + test["helo"]
    yield ("mail-from: " + test["mailfrom"]).rstrip()
    yield "spf: " + " | ".join(results)
    if "explanation" in test:
        text = test["explanation"]
        # The suite's "DEFAULT" stands for no text of the sender's own.
        yield "spf.explanation: " + ("(null)" if text == "DEFAULT" else text)


def convert(part):
    yield "# %s (openspf.org test suite for RFC 7208)" % part["description"]
    yield "# " + LICENCE
    yield "=== zone"
    yield "$ORIGIN ."
    yield "$TTL 300"
    yield from zone_lines(part["zonedata"])
    for title, test in part["tests"].items():
        yield from case_lines(title, test)


def main(suite, folder):
    with open(suite, encoding="utf-8") as f:
        parts = list(yaml.safe_load_all(f))
    for part in parts:
        slug = re.sub(r"[^a-z0-9]+", "-", part["description"].lower()).strip("-")
        with open("%s/%s.scenario" % (folder, slug), "w", encoding="ascii") as f:
            f.write("\n".join(convert(part)) + "\n")
    print("%d cases in %d files" % (sum(len(p["tests"]) for p in parts), len(parts)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: convert_spf_suite.py SUITE.yml FOLDER")
    main(sys.argv[1], sys.argv[2])
