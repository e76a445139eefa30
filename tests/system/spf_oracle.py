# SPDX-License-Identifier: ISC
#
# Compares SPF results and explanations with those of python3-spf on made-up records:
#
#	spf_oracle.py SPFJUDGE FOLDER SEED COUNT
#
# Where the two differ it must be by one of the RULES below: what pyspf 2.0.14 is known to do
# otherwise than RFC 7208 says, each with the clause, and each as a correction of pyspf. A
# difference is explained only if pyspf so corrected says what we say; it is counted for the rules
# without which it would not. Any other difference fails.
import collections
import re
import string
import subprocess
import sys

sys.dont_write_bytecode = True

import spf
from spf_cases import Cases

NOW = 1790000000
DEFAULT = "no explanation"

RULES = {
    "voids-by-query": "4.6.4 counts terms that find nothing, pyspf each query of every term, "
                      "also those of mx and ptr for addresses and that for %{p}",
    "ptr-failure": "5.5: a failed query of ptr is no match or skips the name, pyspf says temperror",
    "mx-order": "5.4: exchanges are asked in their order until one matches, pyspf asks all first",
    "redirect-uncounted": "4.6.4 counts what is evaluated, pyspf also a redirect= that is not "
                          "followed",
    "self-include": "4.6: only a syntax error is an error before evaluation, pyspf takes "
                    "an include of its own domain for one",
    "modifier-case": "4.6.1 and RFC 5234 2.3: modifiers have no case, for pyspf lower case",
    "unknown-modifier": "6: modifiers that are not recognized are ignored, however often and with "
                        "any macro letter, pyspf refuses some",
    "macros": "7.1 and 7.3: R for r, all delimiters joined by dots, no zero, only the delimiters "
              "listed, a brace that is not closed, %% at the end, any control character, cut to "
              "253 octets label by label and only in domain names: pyspf otherwise",
    "sender": "4.3 and RFC 5321 2.3.11: the domain is behind the last @, no local part is "
              "postmaster, also in %{s}; pyspf cuts at the first @ and leaves %{s}",
    "final-dot": "4.3: a zero-length label at the end is no error, pyspf says none",
    "malformed": "4.3: a domain of one label, one that begins like an address literal, or with "
                 "octets that no mail domain has, is none; pyspf looks it up",
    "idna": "4.3: internationalized names are looked up as A-labels, pyspf leaves U-labels",
}

MACRO = re.compile(r"%(?:([%_-])|\{([slodiphcrtv])(\d*)(r?)([.+,/_=-]*)\})", re.I)
MACRO_STRING = re.compile(
    r"(?:[\x21-\x24\x26-\x7e]|%[%_-]|%\{[slodiphcrtv]\d*r?[.+,/_=-]*\})*", re.I)
LITERAL = {"%": "%", "_": " ", "-": "%20"}
FULL_NAME = re.compile(r"[\x21-\x5a\x5c-\x7e][\x21-\x7e]*\.[\x21-\x7e]+")
MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=", re.I)
UNRESERVED = string.ascii_letters + string.digits + "-._~"


class Resolver:
    def __init__(self, cases):
        self.records = cases.records
        self.failures = cases.failures
        self.names = set()
        for name in [*self.records, *self.failures]:
            labels = name.split(".")
            self.names.update(".".join(labels[n:]) for n in range(len(labels)))

    def rows(self, name):
        """Those of the name or of the wildcard for it (RFC 4592)."""
        if name in self.names:
            return self.records.get(name, [])
        while name and name not in self.names:
            name = name.partition(".")[2]
        return self.records.get(f"*.{name}", [])

    def find(self, name, kind):
        for _ in range(16):
            if len(name) > 253 or any(not 0 < len(label) < 64 for label in name.split(".")):
                return []
            if name in self.failures:
                break
            rows = self.rows(name)
            alias = [data for row, data in rows if row == "CNAME"]
            if not alias:
                return [data for row, data in rows if row == kind]
            name = alias[0]
        raise spf.TempError("lookup of " + name)


def lookup(oracle, name, kind):
    """What dnspython's driver in pyspf would return."""
    found = oracle.find(name.lower().rstrip("."), kind)
    return [((name, kind), [data] if kind == "TXT" else data) for data in found]


def escaped(value):
    return "".join(chr(octet) if chr(octet) in UNRESERVED else f"%{octet:02X}"
                   for octet in value.encode())


class Corrected(spf.query):
    """pyspf with the corrections of some of the rules."""

    def __init__(self, query, right):
        self.right = right
        address, helo, path = query
        super().__init__(address, path, helo, querytime=0)
        self.t = str(NOW)
        self.set_default_explanation(DEFAULT)
        self.inside = 0  # what is asked for is part of a term
        self.fresh = False  # a lookup was counted that has not asked yet
        self.uncounted = False  # the next lookup counted is that of redirect=
        self.correct_identity()

    def correct_identity(self):
        if "sender" in self.right and self.s:
            local, _, self.o = self.s.rpartition("@")
            self.l = local or "postmaster"
            self.s = f"{self.l}@{self.o}"
        self.o, self.h = self.correct_name(self.o), self.correct_name(self.h)
        if self.o != self.d and "@" in self.s:
            self.s = f"{self.l}@{self.o}"
        self.d = self.o

    def correct_name(self, name):
        if "final-dot" in self.right:
            name = name.removesuffix(".")
        if "idna" in self.right and not name.isascii():
            name = name.encode("idna").decode()
        return name

    def judge(self):
        result, _, text = self.check()
        return result, text if result == "fail" and text != DEFAULT else None

    # Records

    def dns_spf(self, domain):
        if "redirect-uncounted" in self.right and self.inside_record and not self.fresh:
            super().check_lookups()
        malformed = "malformed" in self.right and not FULL_NAME.fullmatch(domain)
        text = None if malformed else super().dns_spf(domain)
        if text is None:
            return None
        version, *terms = text.split(" ")
        return " ".join([version, *(self.mend(term, domain) for term in terms)])

    inside_record = False

    def mend(self, term, domain):
        modifier = MODIFIER.match(term)
        name = modifier[1] if modifier else ""
        if name.lower() in ("exp", "redirect"):
            return name.lower() + term[len(name):] if "modifier-case" in self.right else term
        if modifier and "unknown-modifier" in self.right:
            return "" if MACRO_STRING.fullmatch(term[modifier.end():]) else term
        itself = term.lower().lstrip("+-~?") == "include:" + domain.lower()
        if itself and "self-include" in self.right:
            return term.replace(domain, domain.swapcase())
        return term

    def check0(self, text, recursion):
        self.inside_record = True
        self.uncounted = "redirect-uncounted" in self.right and " redirect=" in (text or "")
        return super().check0(text, recursion)

    def check_lookups(self):
        if self.uncounted:
            self.uncounted = False
            return
        self.fresh = True
        super().check_lookups()

    # Names

    def dns(self, name, kind, cnames=None, ignore_void=False):
        self.fresh = False
        return super().dns(name, kind, cnames, ignore_void or "voids-by-query" in self.right)

    def count_void(self, found):
        if "voids-by-query" not in self.right or self.inside or found:
            return
        self.void_lookups += 1
        if self.void_lookups > spf.MAX_VOID_LOOKUPS:
            raise spf.PermError("voids")

    def dns_a(self, name, kind="A"):
        found = super().dns_a(name, kind)
        self.count_void(found)
        return found

    def dns_mx(self, name):
        if not {"mx-order", "voids-by-query"} & self.right:
            return super().dns_mx(name)
        hosts = sorted(self.dns(name, "MX"))
        if len(hosts) > spf.MAX_MX:
            raise spf.PermError("exchanges")
        addresses = self.addresses_of(hosts)
        return addresses if "mx-order" in self.right else list(addresses)

    def addresses_of(self, hosts):
        any_found = False
        for _, host in hosts:
            self.inside += 1
            found = self.dns_a(host, self.A)
            self.inside -= 1
            any_found = any_found or found
            yield from found
        self.count_void(any_found)

    def cidrmatch(self, addresses, bits):
        return any(super(Corrected, self).cidrmatch([address], bits) for address in addresses)

    def dns_ptr(self, address):
        try:
            found = super().dns_ptr(address)
        except spf.TempError:
            if "ptr-failure" in self.right:
                return []
            raise
        self.count_void(found)
        return found

    def validated_ptrs(self):
        out = []
        for name in self.dns_ptr(self.i)[:spf.MAX_PTR]:
            self.inside += 1
            try:
                if self.cidrmatch(self.dns_a(name, self.A), self.cidrmax):
                    out.append(name)
            except spf.TempError:
                if "ptr-failure" not in self.right:
                    raise
            finally:
                self.inside -= 1
        return out

    def getp(self):
        self.inside += 1
        try:
            return super().getp()
        finally:
            self.inside -= 1

    # Macros

    def expand(self, text, stripdot=True):
        if "macros" not in self.right:
            return super().expand(text, stripdot)
        allowed = text if stripdot else text.replace(" ", "")
        if not MACRO_STRING.fullmatch(allowed):
            raise spf.PermError("no macro string", text)
        out = MACRO.sub(lambda macro: self.expand_macro(macro, stripdot), text)
        if not stripdot:
            return out
        out = out.removesuffix(".")
        while len(out) > 253 and "." in out:
            out = out.partition(".")[2]
        return out

    def expand_macro(self, macro, in_domain):
        literal, letter, parts, reverse, delimiters = macro.groups()
        if literal:
            return LITERAL[literal]
        if letter in "crtCRT" and in_domain or parts and int(parts) == 0:
            raise spf.PermError("macro", macro[0])
        value = self.getp() if letter in "pP" else getattr(self, letter.lower())
        pieces = re.split(f"[{re.escape(delimiters or '.')}]", value)
        pieces = pieces[::-1] if reverse else pieces
        value = ".".join(pieces[-int(parts):] if parts else pieces)
        return escaped(value) if letter.isupper() else value


def by_pyspf(query, right=frozenset()):
    return Corrected(query, right).judge()


def explain(query, ours):
    """The rules without which the difference would be none, or None."""
    right = set(RULES)
    if by_pyspf(query, right) != ours:
        return None
    for rule in RULES:
        if by_pyspf(query, right - {rule}) == ours:
            right.remove(rule)
    return right


def by_us(judge, folder, cases):
    with open(folder + "/oracle.zone", "w", encoding="ascii") as zone:
        zone.write(cases.zone_text())
    done = subprocess.run([judge, folder + "/oracle.zone"], input=cases.query_text().encode(),
                          stdout=subprocess.PIPE, check=True)
    for line in done.stdout.decode().splitlines():
        result, _, _, _, text = line.split("\t")
        yield result, text or None


def compare(cases, results):
    agreed, rules, unexplained = 0, collections.Counter(), []
    for query, ours in zip(cases.queries, results, strict=True):
        theirs = by_pyspf(query)
        if theirs == ours:
            agreed += 1
            continue
        explained = explain(query, ours)
        if explained is None:
            unexplained.append((query, ours, theirs))
        else:
            rules.update(explained)
    return agreed, rules, unexplained


def main(judge, folder, seed, count):
    cases = Cases(int(seed), int(count))
    resolver = Resolver(cases)
    spf.DNSLookup = lambda name, kind, strict=True, timeout=0: lookup(resolver, name, kind)
    results = list(by_us(judge, folder, cases))
    agreed, rules, unexplained = compare(cases, results)
    words = collections.Counter(result for result, _ in results)
    print(f"seed {seed}: {len(results)} queries: " +
          ", ".join(f"{n} {word}" for word, n in sorted(words.items())))
    print(f"{agreed} the same, {len(results) - agreed - len(unexplained)} explained, "
          f"{len(unexplained)} unexplained")
    for rule, n in rules.most_common():
        print(f"{n:6} {rule}: {RULES[rule]}")
    for query, ours, theirs in unexplained:
        domain = query[2].rpartition("@")[2] or query[1]
        print(f"UNEXPLAINED {query}: we say {ours}, pyspf {theirs}; the records of {domain}: "
              f"{resolver.rows(domain)}", file=sys.stderr)
    sys.exit(1 if unexplained else 0)


main(*sys.argv[1:])
