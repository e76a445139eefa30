/*
 * SPDX-License-Identifier: ISC
 *
 * Character sets to UTF-8, by the converter that gmime finds for a name.
 */
#include "mime/charset.h"

#include <errno.h>
#include <gmime/gmime.h>

#include "base/codec.h"
#include "base/name.h"

#define NAME_MAX_OCTETS 60
#define STEP            4096
#define UNKNOWN         "\xef\xbf\xbd"

static const char *const CHARSETS[] = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1",
    "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7",
    "iso-8859-8", "iso-8859-9", "iso-8859-10", "iso-8859-11", "iso-8859-13", "iso-8859-14",
    "iso-8859-15", "iso-8859-16", "latin1", "windows-1250", "windows-1251", "windows-1252",
    "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
    "windows-874", "cp1250", "cp1251", "cp1252", "cp437", "cp850", "cp866", "cp932", "koi8-r",
    "koi8-u", "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "euc-tw", "euc-jp", "shift_jis",
    "iso-2022-jp", "iso-2022-kr", "euc-kr", "ks_c_5601-1987", "tis-620", "macintosh", "utf-7",
    "utf-16", "utf-16le", "utf-16be"};
/* The first of them are UTF-8 or a part of it. */
#define OWN_COUNT 4

struct conversion {
	struct buffer *out;
	size_t left; /* how much may still be appended */
	bool whole;
};

bool mime_charset_known(struct span name)
{
	return name.len <= NAME_MAX_OCTETS && name_find(CHARSETS, ARRAY_SIZE(CHARSETS), name) >= 0;
}

static bool add(struct conversion *c, const char *data, size_t len)
{
	if (len > c->left) {
		c->left = 0;
		c->whole = false;
		return false;
	}
	buffer_add(c->out, data, len);
	c->left -= len;
	return true;
}

static void add_utf8(struct conversion *c, struct span s)
{
	bool fits = true;

	while (fits && s.len > 0) {
		size_t n = utf8_length(s), plain = 0;

		while (plain < s.len && plain < STEP && (signed char)s.data[plain] > 0)
			plain++;
		if (plain > 1 && plain <= c->left)
			n = plain;
		if (n == 0 || s.data[0] == '\0')
			fits = add(c, UNKNOWN, 3);
		else
			fits = add(c, s.data, n);
		s = span_after(s, n == 0 ? 1 : n);
	}
}

/* The octets that are skipped where no character begins: UTF-16 stays in step. */
static size_t unit_of(const char *name)
{
	return span_starts(span_from(name), SPAN("utf-16")) ? 2 : 1;
}

/* The converter may leave octets over that begin a character which never ends. */
static void convert(struct conversion *c, struct span s, iconv_t cd, size_t unit)
{
	char *in = g_memdup2(s.data, s.len), *at = in, text[STEP];
	size_t in_left = s.len;

	while (in_left > 0 && c->whole) {
		char *to = text;
		size_t room = sizeof(text), before = in_left;
		bool bad =
		    g_mime_iconv(cd, &at, &in_left, &to, &room) == (size_t)-1 && errno != E2BIG;

		add_utf8(c, span_of(text, sizeof(text) - room));
		if (!bad && in_left == before)
			break;
		if (!bad)
			continue;
		add(c, UNKNOWN, 3);
		at += in_left < unit ? in_left : unit;
		in_left -= in_left < unit ? in_left : unit;
	}
	g_free(in);
}

bool mime_charset_decode(struct buffer *out, struct span octets, struct span charset, size_t max)
{
	struct conversion c = {out, max, true};
	int found = -1;
	iconv_t cd;

	if (charset.len <= NAME_MAX_OCTETS)
		found = name_find(CHARSETS, ARRAY_SIZE(CHARSETS), charset);
	cd = found < OWN_COUNT ? (iconv_t)-1 : g_mime_iconv_open("utf-8", CHARSETS[found]);
	if (octets.len > 0 && cd == (iconv_t)-1)
		add_utf8(&c, octets);
	else if (octets.len > 0)
		convert(&c, octets, cd, unit_of(CHARSETS[found]));
	if (cd != (iconv_t)-1)
		g_mime_iconv_close(cd);
	return c.whole;
}
