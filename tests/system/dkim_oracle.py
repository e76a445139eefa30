# SPDX-License-Identifier: ISC
#
# Messages signed by python3-dkim, by libopendkim and by opendkim-testmsg, changed in ways that
# signatures bear or do not bear, and judged by us and by python3-dkim:
#
#	dkim_oracle.py MAILASSAY DKIMSIGN FOLDER
#
# FOLDER has rsa.key and ed25519.key (PEM), and takes messages and zone. Each message signed by
# dkimpy bears one signature for each algorithm and pair of canonicalizations, so that one judgement
# is of eight. What must come out is known by the change; where dkimpy says otherwise it must be by
# one of the RULES.
import base64
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

import dkim
import nacl.encoding
import nacl.signing

RULES = {
    "rsa-sha1": "RFC 8301 3.1: rsa-sha1 verifies nothing any more, for dkimpy it does",
    "blanks-at-the-very-end": "RFC 6376 3.4.4: blanks at the end of a line are ignored, also of a "
                              "last line without CRLF, where dkimpy signs and verifies one",
}

DOMAIN = b"example.com"
WAYS = [(algorithm, (header, body)) for algorithm in (b"rsa-sha256", b"ed25519-sha256")
        for header in (b"simple", b"relaxed") for body in (b"simple", b"relaxed")]

BODIES = {
    "plain": b"Hello.\r\nThis is a test.\r\n",
    "empty": b"",
    "one-crlf": b"\r\n",
    "only-crlfs": b"\r\n\r\n\r\n",
    "crlfs-at-the-end": b"Hello.\r\n\r\n\r\n",
    "crlfs-at-the-start": b"\r\n\r\nHello.\r\n",
    "no-final-crlf": b"Hello.\r\nand no more",
    "blanks": b"Hello  there \t\r\n  and\t\ttabs\r\n \r\n\t\r\n",
    "blank-line": b" \r\n",
    "eight-bit": bytes(range(128, 256)) + b"\r\n" + "gr\u00fc\u00df Gott\r\n".encode(),
    "controls": bytes(c for c in range(1, 32) if c not in (9, 10, 13)) + b"\x7f\r\n",
    "long-lines": b"x" * 5000 + b"\r\n" + b"word " * 1000 + b"\r\n",
    "dots": b".\r\n..\r\n.x\r\nend\r\n",
    "large": b"".join(b"line %d of a larger body\r\n" % n for n in range(4000)),
    "mime": b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n",
}

BLANKS_AT_THE_END = b"Hello.\r\nthe end \t"

HEADERS = {
    "plain": b"",
    "folded": b"X-Folded: one\r\n two\r\n\t three \r\n  four\r\n",
    "repeated": b"X-Tag: first\r\nReceived: by a.example;\r\n\tMon, 23 Nov 2026 16:00:00 +0000\r\n"
                b"X-Tag: second\r\nX-Tag: third\r\n",
    "odd-names": b"x-LOWER-upper: 1\r\nX.Dot_!#$%&'*+: 2\r\nX-Empty:\r\nX-Blank: \r\n",
    "long": b"X-Long: " + b"y" * 900 + b"\r\nX-Folds:" + b"\r\n z" * 200 + b"\r\n",
    "eight-bit": b"X-Name: " + "J\u00f6rg \u65e5".encode() + b"\r\nX-Raw: \xff\xfe\r\n",
    "blanks": b"X-Blanks:   a \t b\t\r\n",
}


def message(header, body):
    return (b"From: App <app@example.com>\r\nTo: qa@example.net\r\nSubject: signed, and  tested\r\n"
            b"Date: Mon, 23 Nov 2026 16:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n" +
            header + b"\r\n" + body)


class Keys:
    def __init__(self, folder):
        self.folder = folder
        with open(folder + "/rsa.key", "rb") as key:
            self.rsa = key.read()
        seed = self.of_openssl("pkey", folder + "/ed25519.key")[-32:]
        private = nacl.signing.SigningKey(seed)
        self.ed25519 = private.encode(nacl.encoding.Base64Encoder)
        public = self.of_openssl("rsa", folder + "/rsa.key", "-pubout")
        verify = private.verify_key.encode(nacl.encoding.Base64Encoder)
        self.records = {b"rsa": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public),
                        b"ed25519": b"v=DKIM1; k=ed25519; p=" + verify}
        self.write_zone(folder + "/dkim.zone")

    @staticmethod
    def of_openssl(command, path, *options):
        return subprocess.run(["openssl", command, "-in", path, "-outform", "DER", *options],
                              capture_output=True, check=True).stdout

    def find(self, name, timeout=0):
        return self.records.get(name.partition(b".")[0])

    def write_zone(self, path):
        with open(path, "w", encoding="ascii") as zone:
            zone.write("$ORIGIN example.com.\n$TTL 300\n")
            for selector, record in self.records.items():
                text = record.decode()
                pieces = " ".join(f'"{text[at:at + 255]}"' for at in range(0, len(text), 255))
                zone.write(f"{selector.decode()}._domainkey TXT {pieces}\n")

    # Signers: each gives the field alone, or the whole message.

    def sign(self, text, way, fields, length=False):
        algorithm, canonicalization = way
        selector = algorithm.partition(b"-")[0]
        key = self.rsa if selector == b"rsa" else self.ed25519
        return dkim.DKIM(text).sign(selector, DOMAIN, key, algorithm, length=length,
                                    canonicalize=canonicalization, include_headers=fields)

    def sign_by_libopendkim(self, program, text, selector):
        # libopendkim does not give its signing key back, which is no concern of this test.
        key = f"{self.folder}/{selector}.key"
        return subprocess.run([program, selector, DOMAIN, selector, key],
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
                              input=text, capture_output=True, check=True).stdout

    def sign_by_testmsg(self, text):
        return subprocess.run(["opendkim-testmsg", "-C", "-d", DOMAIN, "-s", "rsa",
                               "-k", self.folder + "/rsa.key", "-t", self.folder],
                              input=text, capture_output=True, check=True).stdout


# Changes

def change_letter(text):
    """Another letter for the one in the middle, or one more line where there is none."""
    letters = list(re.finditer(rb"[a-z]", text))
    if not letters:
        return b"x\r\n" + text
    at = letters[len(letters) // 2].start()
    return text[:at] + (b"q" if text[at:at + 1] != b"q" else b"z") + text[at + 1:]


def cut(text):
    header, _, body = text.partition(b"\r\n\r\n")
    return header + b"\r\n\r\n", body


def change_body(text):
    header, body = cut(text)
    return header + change_letter(body)


def change_field(text):
    at = text.index(b"Subject:") + 9
    return text[:at] + change_letter(text[at:at + 6]) + text[at + 6:]


def widen_blanks(text):
    header, body = cut(text)
    return header + re.sub(rb"([!-~])\r\n", rb"\1 \t\r\n", body, count=1)


def add_lines(text):
    return text + b"\r\n" * (3 if text.endswith(b"\r\n") else 1)


def refold(text):
    return text.replace(b"Subject: signed, and  ", b"SUBJECT:signed,\r\n\tand ")


def remove_subject(text):
    return re.sub(rb"Subject:.*\r\n", b"", text)


ALL_PASS, ALL_FAIL = ["pass"] * len(WAYS), ["fail"] * len(WAYS)


def pass_if(part, canonicalization):
    return ["pass" if way[1][part] == canonicalization else "fail" for way in WAYS]


IF_HEADER_RELAXED = pass_if(0, b"relaxed")
IF_BODY_RELAXED, IF_BODY_SIMPLE = pass_if(1, b"relaxed"), pass_if(1, b"simple")

CHANGES = {
    "unchanged": (lambda text: text, ALL_PASS),
    "octet-of-body": (change_body, ALL_FAIL),
    "octet-of-field": (change_field, ALL_FAIL),
    "field-refolded": (refold, IF_HEADER_RELAXED),
    "blanks-of-body": (widen_blanks, IF_BODY_RELAXED),
    "lines-at-the-end": (add_lines, ALL_PASS),
    "text-at-the-end": (lambda text: text + b"more\r\n", ALL_FAIL),
    "unsigned-field": (lambda text: b"X-New: 1\r\n" + text, ALL_PASS),
    "subject-on-top": (lambda text: b"Subject: other\r\n" + text, ALL_PASS),
    "subject-removed": (remove_subject, ALL_FAIL),
}
ALWAYS = 3  # the first of them are made to every message, all to every second one


class Case:
    """A message, and what must become of each of its signatures."""

    def __init__(self, name, text, expected):
        self.name = name
        self.text = text
        self.expected = expected


def spoil(signature):
    """Another letter in b=, which comes last."""
    at = signature.rindex(b"b=") + 10
    return signature[:at] + (b"A" if signature[at:at + 1] != b"A" else b"B") + signature[at + 1:]


def signed_cases(keys):
    """Every body, with the kinds of headers in turn."""
    for n, (body_name, body) in enumerate(BODIES.items()):
        kind = list(HEADERS)[n % len(HEADERS)]
        name, text = f"{body_name}/{kind}", message(HEADERS[kind], body)
        fields = [field.lower() for field, _ in dkim.DKIM(text).headers if field != b"Received"]
        signatures = [keys.sign(text, way, fields) for way in WAYS]
        for change, (make, expected) in list(CHANGES.items())[:None if n % 2 else ALWAYS]:
            changed = make(text)
            if changed != text or change == "unchanged":
                yield Case(f"{name}/{change}", b"".join(signatures) + changed, expected)
        yield Case(f"{name}/signatures", b"".join(map(spoil, signatures)) + text, ALL_FAIL)


def cases_at_the_end(keys):
    text = message(b"", BLANKS_AT_THE_END)
    signatures = b"".join(keys.sign(text, way, [b"from"]) for way in WAYS)
    yield Case("blanks-at-the-very-end/signed", signatures + text, IF_BODY_SIMPLE)
    signatures = b"".join(keys.sign(text.rstrip(), way, [b"from"]) for way in WAYS)
    yield Case("blanks-at-the-very-end/added", signatures + text, IF_BODY_RELAXED)


def cases_of_repetition(keys):
    """Fields are signed from the last one up, and once more to say that there is no other."""
    text = message(HEADERS["repeated"], BODIES["plain"])
    for times, if_added in ((3, ALL_PASS), (4, ALL_FAIL)):
        fields = [b"from", b"subject"] + [b"x-tag"] * times
        signatures = b"".join(keys.sign(text, way, fields) for way in WAYS)
        yield Case(f"repeated/{times}", signatures + text, ALL_PASS)
        yield Case(f"repeated/{times}/added", signatures + b"X-Tag: other\r\n" + text, if_added)
        for tag in (b"first", b"second", b"third"):
            changed = text.replace(b"X-Tag: " + tag, b"X-Tag: other")
            yield Case(f"repeated/{times}/{tag.decode()}", signatures + changed, ALL_FAIL)


def cases_of_length(keys):
    """l=: what follows is not signed (RFC 6376 3.4.5)."""
    for name in ("plain", "one-crlf", "blanks", "long-lines"):
        text = message(b"", BODIES[name])
        signatures = b"".join(keys.sign(text, way, [b"from"], length=True) for way in WAYS)
        yield Case(f"length/{name}", signatures + text, ALL_PASS)
        yield Case(f"length/{name}/more", signatures + text + b"more\r\n", ALL_PASS)
        # The relaxed form of a body of empty lines has no octet, so that none is signed.
        expected = IF_BODY_RELAXED if name == "one-crlf" else ALL_FAIL
        yield Case(f"length/{name}/octet", signatures + change_body(text), expected)


def cases_of_libopendkim(keys, program):
    """It signs no body without a final CRLF."""
    for name, body in BODIES.items():
        text = message(b"", body)
        if not text.endswith(b"\r\n"):
            continue
        for selector in ("rsa", "ed25519"):
            signed = keys.sign_by_libopendkim(program, text, selector)
            yield Case(f"libopendkim/{selector}/{name}", signed, ["pass"])


def cases_of_testmsg(keys):
    """It signs by rsa-sha1 alone."""
    for name in ("plain", "one-crlf", "crlfs-at-the-end", "blanks", "eight-bit", "large"):
        signed = keys.sign_by_testmsg(message(HEADERS["folded"], BODIES[name]))
        yield Case(f"testmsg/{name}", signed, ["policy"])
        yield Case(f"testmsg/{name}/octet-of-field", change_field(signed), ["policy"])


# Judges

def by_us(mailassay, folder, number, case):
    path = f"{folder}/{number}.eml"
    with open(path, "wb") as out:
        out.write(case.text)
    done = subprocess.run([mailassay, "check", "message", path, "--zone", folder + "/dkim.zone",
                           "--json"], capture_output=True, check=True)
    os.remove(path)
    return [signature["result"] for signature in json.loads(done.stdout)["observed"]["dkim"]]


def by_dkimpy(keys, case):
    verifier = dkim.DKIM(case.text)
    for n in range(len(case.expected)):
        try:
            yield verifier.verify(n, keys.find)
        except dkim.DKIMException:
            yield False


def rule_of(case, ours, theirs):
    """Which rule explains the difference."""
    if ours == "policy" and b"a=rsa-sha1" in case.text:
        return "rsa-sha1"
    if case.name.startswith("blanks-at-the-very-end/"):
        return "blanks-at-the-very-end"
    return None


def main(mailassay, program, folder):
    keys = Keys(folder)
    cases = [*signed_cases(keys), *cases_at_the_end(keys),
             *cases_of_repetition(keys), *cases_of_length(keys),
             *cases_of_libopendkim(keys, program), *cases_of_testmsg(keys)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda n: by_us(mailassay, folder, n, cases[n]), range(len(cases))))
    counts, failures = collections.Counter(), []
    for case, ours in zip(cases, results):
        if ours != case.expected:
            failures.append(f"{case.name}: got {ours}, expected {case.expected}")
        for n, theirs in enumerate(by_dkimpy(keys, case)):
            same = theirs == (ours[n] == "pass")
            rule = "same" if same else rule_of(case, ours[n], theirs)
            counts[rule] += 1
            if rule is None:
                failures.append(f"{case.name}: signature {n}: we say {ours[n]}, dkimpy {theirs}")
    print(f"{len(cases)} messages, {counts.total()} signatures: "
          f"{counts['same']} the same by dkimpy")
    for rule, clause in RULES.items():
        print(f"{counts[rule]:6} {rule}: {clause}")
    for failure in failures:
        print("FAIL: " + failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main(*sys.argv[1:])
