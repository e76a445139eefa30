# SPDX-License-Identifier: ISC
#
# Made-up SPF records under one made-up zone, and queries about them, for spf_oracle.py: the same
# from the same seed. Most of it is plausible, some of it is wrong, all limits are approached.
import ipaddress
import random

DOMAINS = 500
HOSTS = 80
EXCHANGES = 40
CHAIN = 13
NOBODY = "nobody.example"

V4 = [f"192.0.2.{n}" for n in (1, 2, 3, 9, 77, 200)] + ["198.51.100.4", "198.51.100.130",
                                                       "203.0.113.7", "203.0.113.250"]
V6 = ["2001:db8::1", "2001:db8::9", "2001:db8:0:1::7", "2001:db8:ffff::abcd", "2001:db9::5"]

# Terms that are none; in all but the last row the whole record is one syntax error.
WRONG = [
    "moo", "a:", "include:", "include", "mx:", "exists", "exists:", "ptr:", "all:x", "-all.",
    "ip4:", "ip4:1.2.3", "ip4:192.0.2.256", "ip4:192.0.2.0/33", "ip4:192.0.2.0/",
    "ip4:192.0.2.0/08", "ip4:192.0.2.1//32", "ip6:zz::", "ip6:2001:db8::/129", "ip6:192.0.2.1",
    "ip4:2001:db8::1", "a:h1.example/33", "a:h1.example//129", "a//64/24", "mx//129", "ptr/24",
    "exists:h1.example/24", "a:1.2.3.4", "a:h1.123", "a:h1.-bar", "a:h1.bar-", "a:h1",
    "include:%{d}.", "a:%{d}com", "redirect=", "exp=", "exp=nothing", "redirect=foo:bar",
    "a:%{z}.example", "a:%{c}.example", "exists:%{t}.example", "a:h1.example.%",
    "a:%{d.example", "a:%(d).example", "mx:%{d0}.example", "exists:%{d2x}.example",
    "exists:%{d-2}.example", "exists:%{rd}.example", "a:%a.example", "=x", "+", "--all",
    "++all", "a=b=%{", "1x=y", "all/8", "include:h1.example/8", "exists:%{}", "exp=%{d",
    "redirect=%{d", "ip5:192.0.2.1", "v=spf1%", "a:%%%.example", "x:y=z",
    "exists:\u0001.example", "a:h1\t.example", "\u00e4",
]

MACROS = [
    "%{s}", "%{l}", "%{o}", "%{d}", "%{i}", "%{p}", "%{v}", "%{h}", "%{ir}", "%{l1r-}",
    "%{lr-}", "%{l1}", "%{d2}", "%{d1}", "%{dr}", "%{d2r}", "%{o1}", "%{h2}", "%{l-}",
    "%{l_+-}", "%{i5r}", "%{L}", "%{S}", "%{D}", "%{H}", "%{Sr}", "%{d128}", "%%", "%_", "%-",
]
ODD_MACROS = ["%{dR}", "%{lR-}", "%{h-}", "%{d/}", "%{o.-}", "%{d2R-.}"]
TEXT_MACROS = ["%{c}", "%{r}", "%{t}", "%{C}", "%{R}", "%{p}", "%{ir}.%{v}"]


class Cases:
    def __init__(self, seed, count):
        self.random = random.Random(seed)
        self.records = {}  # name -> [(type, data)], in order
        self.failures = {}  # name -> SERVFAIL or TIMEOUT
        self.make_hosts()
        self.make_exchanges()
        self.make_pointers()
        self.make_lists()
        self.make_chain()
        self.makers = [self.network] * 5 + [self.address] * 3 + [self.exchange] * 2 + \
            [self.pointer, self.exists, self.exists, self.include, self.include]
        for n in range(DOMAINS):
            self.make_domain(n)
        self.queries = [self.query() for _ in range(count)]

    # Small choices

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def pick(self, *items):
        return self.random.choice(items)

    def add(self, name, kind, data):
        rows = self.records.setdefault(name, [])
        if (kind, data) not in rows:
            rows.append((kind, data))

    def near(self, pool):
        """An address of the pool or one beside it."""
        address = ipaddress.ip_address(self.random.choice(pool))
        return str(type(address)(int(address) ^ self.pick(0, 0, 0, 0, 0, 0, 1, 2, 8, 64)))

    def host(self):
        return NOBODY if self.chance(2) else f"h{self.random.randrange(HOSTS)}.example"

    def qualifier(self):
        return self.pick("", "", "", "", "", "+", "-", "~", "?")

    # What records lead to

    def make_hosts(self):
        for n in range(HOSTS):
            name = f"h{n}.example"
            if n % 20 == 17:
                self.failures[name] = self.pick("SERVFAIL", "TIMEOUT")
            elif n % 20 == 18:
                self.add(name, "CNAME", f"h{(n + 7) % HOSTS}.example")
            elif n % 20 == 19:
                self.add("below." + name, "A", V4[0])  # the host itself is without records
            else:
                self.add_addresses(name)
        self.add("loop1.example", "CNAME", "loop2.example")
        self.add("loop2.example", "CNAME", "loop1.example")

    def add_addresses(self, name):
        for _ in range(self.pick(0, 1, 1, 1, 2, 3)):
            self.add(name, "A", self.near(V4))
        for _ in range(self.pick(0, 0, 1, 1, 2)):
            self.add(name, "AAAA", self.near(V6))

    def make_exchanges(self):
        for n in range(EXCHANGES):
            name = f"m{n}.example"
            if n % 20 == 0:
                self.add(name, "MX", (0, ""))
            for _ in range(self.pick(0, 1, 1, 2, 2, 3, 5, 10, 11) if n % 20 else 0):
                self.add(name, "MX", (self.pick(10, 10, 20, 30), self.host()))

    def make_pointers(self):
        for address in V4 + V6:
            name = ipaddress.ip_address(address).reverse_pointer
            if self.chance(10):
                self.failures[name] = "SERVFAIL"
                continue
            for _ in range(self.pick(0, 0, 1, 1, 1, 2, 3, 13)):
                target = self.pick(self.host(), f"mail.d{self.random.randrange(DOMAINS)}.example",
                                   f"n{self.random.randrange(1000)}.isp.example")
                self.add(name, "PTR", target)
                if self.chance(70) and target not in self.failures and \
                        not target.startswith(("h", NOBODY)):
                    self.add(target, "AAAA" if ":" in address else "A", address)

    def make_lists(self):
        """Names that exists: and include: with macros come to."""
        self.add("*.every.example", "A", "127.0.0.2")
        self.add("*.records.example", "TXT", b"v=spf1 ip4:192.0.2.0/30 ip6:2001:db8::/64 ?all")
        for address in V4[::2]:
            self.add(f"{address}.list.example", "A", "127.0.0.2")
            pointer = ipaddress.ip_address(address).reverse_pointer
            self.add(pointer.replace(".arpa", ".list.example"), "A", "127.0.0.2")
        for address in V6[::2]:
            nibbles = ".".join(ipaddress.ip_address(address).exploded.replace(":", ""))
            self.add(f"{nibbles}.list.example", "A", "127.0.0.2")
        for local in ("alice", "bob.smith", "postmaster", "smith", "list"):
            self.add(f"{local}.user.example", "A", "127.0.0.2")

    def make_chain(self):
        """c0 needs CHAIN lookups, c1 one fewer, ..."""
        for n in range(CHAIN):
            step = "redirect=%s" if n % 4 == 3 else "include:%s -all"
            self.add(f"c{n}.example", "TXT", f"v=spf1 {step % f'c{n + 1}.example'}".encode())
        self.add(f"c{CHAIN}.example", "TXT", b"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all")

    # Terms

    def domain(self):
        return f"d{self.random.randrange(DOMAINS)}.example"

    def macros(self):
        odd = self.chance(5)
        return ".".join(self.random.choice(ODD_MACROS if odd else MACROS)
                        for _ in range(self.pick(1, 1, 2, 3)))

    def network(self):
        if self.chance(65):
            bits = self.pick("", "", "/32", "/31", "/30", "/28", "/24", "/24", "/16", "/1", "/0")
            return f"ip4:{self.near(V4)}{bits}"
        bits = self.pick("", "", "/128", "/127", "/64", "/64", "/48", "/33", "/32", "/0")
        address = ipaddress.ip_address(self.near(V6))
        form = self.pick(str(address), address.exploded, str(address).upper(), "::ffff:192.0.2.1")
        return f"ip6:{form}{bits}"

    def lengths(self):
        return self.pick("", "", "", "/24", "/32", "/0", "//64", "//128", "//0", "/28//48",
                         "/24//127")

    def where(self, name):
        return self.pick("", f":{name}", f":{name}", f":{name}", f":{name}.",
                         ":%{d}", f":{name.upper()}")

    def address(self):
        name = self.pick("a", "a", "A")
        host = self.host() if self.chance(97) else "loop1.example"
        return name + self.where(host) + self.lengths()

    def exchange(self):
        return "mx" + self.where(f"m{self.random.randrange(EXCHANGES)}.example") + self.lengths()

    def pointer(self):
        return "ptr" + self.where(self.pick("isp.example", "example", self.domain()))

    def exists(self):
        where = self.pick("%{i}.list.example", "%{ir}.%{v}.list.example", "%{l}.user.example",
                          "%{l1-}.user.example", f"{self.macros()}.every.example",
                          f"{self.macros()}.none.example", self.host())
        return "exists:" + where

    def include(self):
        return "include:" + self.pick(self.domain(), self.domain(), self.domain(), self.elsewhere())

    def elsewhere(self):
        return self.pick(f"c{self.random.randrange(CHAIN)}.example",
                         f"{self.macros()}.records.example")

    def modifiers(self):
        out = []
        if self.chance(30):
            out.append(self.pick("exp=", "exp=", "exp=", "exp=", "EXP=") + self.explanation())
        if self.chance(12):
            out.append(self.pick("redirect=", "redirect=", "redirect=", "redirect=", "Redirect=") +
                       self.pick(self.domain(), self.elsewhere()))
        if self.chance(4):
            out += self.pick(["x-unknown=%{d}"], ["accredit=%{c}"], ["u=1", "u=2"], ["op=auth"],
                             ["_x=1"], ["redirect=c1.example", "redirect=c1.example"])
        return out

    def explanation(self):
        name = f"e{self.random.randrange(200)}.example"
        if name in self.records or self.chance(5):
            return name
        macros = MACROS + TEXT_MACROS + (ODD_MACROS if self.chance(10) else [])
        pieces = [self.pick("See", "http://example.com/", "%{i} is", "not", "%-", "100%%")]
        pieces += [self.random.choice(macros) for _ in range(3)]
        text = self.pick(" ", ".", "%_").join(pieces)
        if self.chance(3):
            text += self.pick(" %{x}", " %", " \u00e4", " " + "long." * 60)
        self.add(name, "TXT", text.encode())
        if self.chance(4):
            self.add(name, "TXT", b"another")
        return name

    def record(self, domain):
        terms = [self.qualifier() + self.random.choice(self.makers)()
                 for _ in range(self.pick(0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 12))]
        terms += self.modifiers()
        if self.chance(85):
            terms.append(self.pick("-", "-", "-", "~", "?", "") + self.pick("all", "all", "ALL"))
        if self.chance(5):
            terms.insert(self.random.randrange(len(terms) + 1), self.random.choice(WRONG))
        if self.chance(2):
            terms.append("include:" + domain)
        if self.chance(5):
            self.random.shuffle(terms)
        blank = self.pick(" ", " ", " ", "  ")
        return self.pick("v=spf1", "v=spf1", "v=spf1", "V=SPF1") + " " + blank.join(terms)

    def make_domain(self, n):
        name = f"d{n}.example" if n else "xn--bcher-kva.example"
        self.add_addresses(name)
        for _ in range(self.pick(0, 0, 1, 2)):
            self.add(name, "MX", (10, self.host()))
        if self.chance(1):
            self.failures[name] = "SERVFAIL"
        if self.chance(10):
            self.add(name, "TXT", self.pick(b"v=spf10 a -all", b"other", b"v=spf1", b"\xff\xfe",
                                            b"spf2.0/pra -all"))
        for _ in range(self.pick(*[1] * 30, 0, 2)):
            self.add(name, "TXT", self.record(name).encode())

    # Queries

    def query(self):
        """Address, HELO name, reverse-path."""
        address = self.random.choice(V4 if self.chance(65) else V6) if self.chance(90) else \
            self.pick("::ffff:192.0.2.1", "192.0.2.254", "2001:db8::fffe")
        domain = self.domain() if self.chance(94) else \
            self.pick(f"c{self.random.randrange(CHAIN)}.example", NOBODY, "single", "",
                      "a..b.example", "x" * 64 + ".example", "d1.example.", "[192.0.2.1]",
                      "b\u00fccher.example")
        if self.chance(25):
            return address, domain, ""
        local = self.pick("alice", "bob.smith", "postmaster", "list-owner", "a+b=c", "x" * 64,
                          "strong-bad", "Alice", '"a b"')
        if self.chance(3):
            local = self.pick('"a@b"', "")
        helo = self.pick("mx.isp.example", self.domain(), "[192.0.2.1]", "localhost")
        path = f"{local}@{domain}" if domain and self.chance(99) else domain
        return address, helo, path

    # As text

    def zone_text(self):
        lines = ["$ORIGIN .", "$TTL 300"]
        for name, rows in self.records.items():
            lines += [f"{name}. {kind} {data_text(kind, data)}" for kind, data in rows]
        lines += [f"$MAILASSAY {kind} {name}." for name, kind in self.failures.items()]
        return "\n".join(lines) + "\n"

    def query_text(self):
        return "".join("\t".join(query) + "\n" for query in self.queries)


def data_text(kind, data):
    if kind == "MX":
        return f"{data[0]} {data[1]}."
    if kind in ("CNAME", "PTR"):
        return data + "."
    if kind != "TXT":
        return data
    strings = [data[at:at + 255] for at in range(0, len(data), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{octet:03}" if octet in b'"\\' or not 0x20 <= octet < 0x7f
                                  else chr(octet) for octet in text) + '"' for text in strings)
