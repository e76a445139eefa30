/*
 * SPDX-License-Identifier: ISC
 *
 * DKIM-Signature fields: what they say, and what is wrong with those that are malformed.
 */
#include <string.h>

#include "base/buffer.h"
#include "unit.h"
#include "verify/dkim_signature.h"

#define BH   " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"
#define GOOD "v=1; a=rsa-sha256; d=example.com; s=s1; h=From:To;" BH " b=QUJD"

static const struct {
	const char *name, *value, *fault;
} rows[] = {
    {"plain", GOOD, NULL},
    {"folded",
	"v=1; a=rsa-sha256;\r\n\td=example.com; s=s1;\r\n h=from :\r\n to;" BH " b=QU\r\n JD",
	NULL},
    {"unknown tags", GOOD "; z=From:x; foo=bar", NULL},
    {"all optional tags", GOOD "; c=relaxed; q=dns/txt; i=a@b.example.com; l=0; t=5; x=6", NULL},
    {"several ways to get the key", GOOD "; q=foo:dns/txt", NULL},
    {"identity is the domain", GOOD "; i=@example.com", NULL},
    {"identity in other case", GOOD "; i=@Mail.EXAMPLE.com", NULL},
    {"future t=", GOOD "; t=99999999999", NULL},
    {"folding in i=", GOOD "; i=a\r\n b@\r\n example.com", NULL},
    {"folding in d=", "v=1; a=rsa-sha256; d=exa\r\n\t mple.com; s=s1; h=From;" BH " b=QUJD",
	"d=exa mple.com is no domain name"},
    {"folding in s=", "v=1; a=rsa-sha256; d=example.com; s=s\r\n 1; h=From;" BH " b=QUJD",
	"s=s 1 is no selector: the name of the key would be invalid"},
    {"folding in a=", "v=1; a=rsa\r\n md5; d=example.com; s=s1; h=From;" BH " b=QUJD",
	"a=rsa md5 is no algorithm of DKIM: expected rsa-sha256 or ed25519-sha256"},
    {"folding in c=", GOOD "; c=a\t\r\n b",
	"c=a b is no canonicalization: expected simple or relaxed, \"/\", simple or relaxed"},
    {"not a list, folded", "this\r\n is no list", "\"this is no list\" has no \"=\""},
    {"not a list", "this is no list", "\"this is no list\" has no \"=\""},
    {"tag twice", GOOD "; d=evil.example", "the tag d= occurs twice"},
    {"8-bit", GOOD "; z=\xc3\xa4", "octet 0xc3 at offset 110 is not printable ASCII"},
    {"no v=", "a=rsa-sha256; d=example.com; s=s1; h=From;" BH " b=QUJD", "the tag v= is missing"},
    {"no a=", "v=1; d=example.com; s=s1; h=From;" BH " b=QUJD", "the tag a= is missing"},
    {"no d=", "v=1; a=rsa-sha256; s=s1; h=From;" BH " b=QUJD", "the tag d= is missing"},
    {"no s=", "v=1; a=rsa-sha256; d=example.com; h=From;" BH " b=QUJD", "the tag s= is missing"},
    {"no h=", "v=1; a=rsa-sha256; d=example.com; s=s1;" BH " b=QUJD", "the tag h= is missing"},
    {"no bh=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From; b=QUJD", "the tag bh= is missing"},
    {"no b=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From;" BH, "the tag b= is missing"},
    {"version", "v=2; a=rsa-sha256; d=example.com; s=s1; h=From;" BH " b=QUJD",
	"v=2 is no version of DKIM: expected v=1"},
    {"algorithm", "v=1; a=rsa-md5; d=example.com; s=s1; h=From;" BH " b=QUJD",
	"a=rsa-md5 is no algorithm of DKIM: expected rsa-sha256 or ed25519-sha256"},
    {"empty d=", "v=1; a=rsa-sha256; d=; s=s1; h=From;" BH " b=QUJD", "d= is no domain name"},
    {"bad d=", "v=1; a=rsa-sha256; d=a..b; s=s1; h=From;" BH " b=QUJD", "d=a..b is no domain name"},
    {"root as d=", "v=1; a=rsa-sha256; d=.; s=s1; h=From;" BH " b=QUJD", "d=. is no domain name"},
    {"final dot of d=", "v=1; a=rsa-sha256; d=example.com.; s=s1; h=From;" BH " b=QUJD",
	"d=example.com. is no domain name"},
    {"final dot of s=", "v=1; a=rsa-sha256; d=example.com; s=s1.; h=From;" BH " b=QUJD",
	"s=s1. is no selector: the name of the key would be invalid"},
    {"final dot of i=", GOOD "; i=a@example.com.", "i=a@example.com. has no domain"},
    {"final colon of h=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From:To:;" BH " b=QUJD",
	"h= has an empty name: expected names with one colon between two"},
    {"first colon of h=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=:From;" BH " b=QUJD",
	"h= has an empty name: expected names with one colon between two"},
    {"two colons in h=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From: :To;" BH " b=QUJD",
	"h= has an empty name: expected names with one colon between two"},
    {"only a colon in h=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=:;" BH " b=QUJD",
	"h= has an empty name: expected names with one colon between two"},
    {"empty s=", "v=1; a=rsa-sha256; d=example.com; s=; h=From;" BH " b=QUJD",
	"s= is no selector: the name of the key would be invalid"},
    {"bad s=", "v=1; a=rsa-sha256; d=example.com; s=a..b; h=From;" BH " b=QUJD",
	"s=a..b is no selector: the name of the key would be invalid"},
    {"From unsigned", "v=1; a=rsa-sha256; d=example.com; s=s1; h=To:Subject;" BH " b=QUJD",
	"h= does not name From, which must be signed"},
    {"nothing signed", "v=1; a=rsa-sha256; d=example.com; s=s1; h=;" BH " b=QUJD",
	"h= does not name From, which must be signed"},
    {"short bh=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From; bh=QUJD; b=QUJD",
	"bh= is not the base64 of 32 octets, a hash of rsa-sha256"},
    {"bh= of another hash", "v=1; a=rsa-sha1; d=example.com; s=s1; h=From;" BH " b=QUJD",
	"bh= is not the base64 of 20 octets, a hash of rsa-sha1"},
    {"b= no base64", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From;" BH " b=!!!",
	"b= is not base64"},
    {"empty b=", "v=1; a=rsa-sha256; d=example.com; s=s1; h=From;" BH " b=", "b= is not base64"},
    {"canonicalization", GOOD "; c=relaxed/strict",
	"c=relaxed/strict is no canonicalization: expected simple or relaxed, \"/\", simple or "
	"relaxed"},
    {"identity elsewhere", GOOD "; i=a@example.net",
	"the domain of i=a@example.net is neither d= nor below it"},
    {"identity of a longer label", GOOD "; i=a@badexample.com",
	"the domain of i=a@badexample.com is neither d= nor below it"},
    {"identity without @", GOOD "; i=example.com", "i=example.com has no domain"},
    {"identity quoted", GOOD "; i=a=3Db=20c@example.com", NULL},
    {"identity badly quoted", GOOD "; i=a=3g@example.com",
	"i=a=3g@example.com has a \"=\" without two hexadecimal digits behind it"},
    {"identity cut in a quotation", GOOD "; i=a=3@example.com",
	"i=a=3@example.com has a \"=\" without two hexadecimal digits behind it"},
    {"negative l=", GOOD "; l=-1", "l=-1 is no number, or a number too large"},
    {"empty l=", GOOD "; l=", "l= is no number, or a number too large"},
    {"huge l=", GOOD "; l=18446744073709551615",
	"l=18446744073709551615 is no number, or a number too large"},
    {"t= no number", GOOD "; t=now", "t=now is no number, or a number too large"},
    {"x= before t=", GOOD "; t=7; x=6", "x= is not later than t=: it expired before it was made"},
    {"x= equal t=", GOOD "; t=6; x=6", "x= is not later than t=: it expired before it was made"},
    {"no way to get the key", GOOD "; q=http",
	"q=http offers no way to get the key: expected dns/txt"},
};

START_TEST(faults)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new();
		struct span value = unit_guard(span_from(rows[i].value));
		struct dkim_signature s;

		dkim_signature_parse(value, a, &s);
		ck_assert_msg((s.fault == NULL) == (rows[i].fault == NULL) &&
				  (s.fault == NULL || strcmp(s.fault, rows[i].fault) == 0),
		    "%s: got \"%s\", expected \"%s\"", rows[i].name,
		    s.fault == NULL ? "no fault" : s.fault,
		    rows[i].fault == NULL ? "no fault" : rows[i].fault);
		unit_guard_free(value);
		arena_free(a);
	}
}
END_TEST

START_TEST(tags)
{
	struct arena *a = arena_new();
	struct dkim_signature s;

	dkim_signature_parse(
	    span_from(GOOD "; c=relaxed; l=7; t=100; x=200; i=\r\n Joe\r\n @m.Example.com"), a, &s);
	ck_assert_ptr_null(s.fault);
	ck_assert_str_eq(s.said.domain, "example.com");
	ck_assert_str_eq(s.said.selector, "s1");
	ck_assert_str_eq(s.said.algorithm, "rsa-sha256");
	ck_assert_str_eq(s.said.canonicalization, "relaxed/simple");
	ck_assert_str_eq(s.said.identity, "Joe@m.Example.com");
	ck_assert_str_eq(s.identity_domain, "m.example.com");
	ck_assert_int_eq(s.said.body_length, 7);
	ck_assert_int_eq(s.said.signed_at, 100);
	ck_assert_int_eq(s.said.expires_at, 200);
	ck_assert_str_eq(s.key_name, "s1._domainkey.example.com");
	ck_assert_uint_eq(s.body_hash.len, 32);
	arena_free(a);
}
END_TEST

START_TEST(defaults)
{
	struct arena *a = arena_new();
	struct dkim_signature s;

	dkim_signature_parse(span_from("v=1; a=rsa-sha256; d=Example.COM; s=S1; "
				       "h=FROM:to:from:Subject;" BH " b=QUJD"),
	    a, &s);
	ck_assert_ptr_null(s.fault);
	ck_assert_str_eq(s.said.domain, "Example.COM");
	ck_assert_str_eq(s.domain_name, "example.com");
	ck_assert_str_eq(s.key_name, "s1._domainkey.example.com");
	ck_assert_str_eq(s.said.canonicalization, "simple/simple");
	ck_assert_str_eq(s.said.identity, "@Example.COM");
	ck_assert_int_eq(s.said.body_length, -1);
	ck_assert_int_eq(s.said.signed_at, -1);
	ck_assert_int_eq(s.said.expires_at, -1);
	ck_assert_uint_eq(s.said.signed_header_count, 4);
	ck_assert_str_eq(s.said.signed_headers[0], "from");
	ck_assert_str_eq(s.said.signed_headers[2], "from");
	ck_assert_str_eq(s.said.signed_headers[3], "subject");
	arena_free(a);
}
END_TEST

/* What a malformed signature does say is known all the same. */
START_TEST(known_in_spite_of_fault)
{
	struct arena *a = arena_new();
	struct dkim_signature s;

	dkim_signature_parse(span_from("v=3; d=example.com; s=s1; l=12; h=from; broken"), a, &s);
	ck_assert_ptr_nonnull(s.fault);
	ck_assert_str_eq(s.said.domain, "example.com");
	ck_assert_str_eq(s.said.selector, "s1");
	ck_assert_int_eq(s.said.body_length, 12);
	ck_assert_uint_eq(s.said.signed_header_count, 1);
	ck_assert_ptr_null(s.said.algorithm);
	arena_free(a);
}
END_TEST

START_TEST(long_lists)
{
	struct arena *a = arena_new();
	struct buffer value = BUFFER_INIT;
	struct dkim_signature s;

	buffer_add_string(&value, "v=1; a=rsa-sha256; d=example.com; s=s1;" BH " b=QUJD; h=from");
	for (int i = 0; i < DKIM_NAMES_MAX; i++)
		buffer_add_string(&value, ":to");
	dkim_signature_parse(buffer_span(&value), a, &s);
	ck_assert_str_eq(s.fault, "h= has more than 500 names");
	ck_assert_uint_eq(s.said.signed_header_count, DKIM_NAMES_MAX);
	buffer_reset(&value);
	buffer_add_string(&value, "v=1; a=rsa-sha256; d=example.com; s=s1;" BH " b=QUJD; h=from");
	for (int i = 0; i < 100; i++)
		buffer_printf(&value, ":x-very-long-name-of-a-field-in-a-header-%d", i);
	dkim_signature_parse(buffer_span(&value), a, &s);
	ck_assert_str_eq(s.fault, "h= is longer than 4000 octets");
	buffer_reset(&value);
	buffer_add_string(&value, GOOD "; i=");
	for (int i = 0; i < 2000; i++)
		buffer_add_char(&value, 'a');
	buffer_add_string(&value, "@example.com");
	dkim_signature_parse(buffer_span(&value), a, &s);
	ck_assert_str_eq(s.fault, "i= is longer than 250 octets");
	buffer_clear(&value);
	arena_free(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    faults, tags, defaults, known_in_spite_of_fault, long_lists, NULL};

	return unit_main("dkimsignature", tests);
}
