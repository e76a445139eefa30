/*
 * SPDX-License-Identifier: ISC
 *
 * Character references of HTML: the numbers, the names of HTML 4 for Latin-1, and those of the
 * standard's long table that mail uses. Others stay as they are.
 */
#include "mime/html.h"

#include <string.h>

#define NAME_OCTETS_MAX 10

/* U+00A0 to U+00FF. */
static const char *const LATIN[] = {"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar",
    "sect", "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2",
    "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14",
    "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH",
    "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute",
    "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml",
    "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
    "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash",
    "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml"};
_Static_assert(ARRAY_SIZE(LATIN) == 96, "one name for each");

static const struct {
	const char *name;
	uint32_t point;
} NAMED[] = {
    {"amp", '&'},
    {"lt", '<'},
    {"gt", '>'},
    {"quot", '"'},
    {"apos", '\''},
    {"num", '#'},
    {"percnt", '%'},
    {"equals", '='},
    {"colon", ':'},
    {"sol", '/'},
    {"quest", '?'},
    {"period", '.'},
    {"commat", '@'},
    {"lpar", '('},
    {"rpar", ')'},
    {"lowbar", '_'},
    {"OElig", 0x152},
    {"oelig", 0x153},
    {"Scaron", 0x160},
    {"scaron", 0x161},
    {"Yuml", 0x178},
    {"ensp", 0x2002},
    {"emsp", 0x2003},
    {"thinsp", 0x2009},
    {"zwnj", 0x200c},
    {"zwj", 0x200d},
    {"ndash", 0x2013},
    {"mdash", 0x2014},
    {"lsquo", 0x2018},
    {"rsquo", 0x2019},
    {"sbquo", 0x201a},
    {"ldquo", 0x201c},
    {"rdquo", 0x201d},
    {"bdquo", 0x201e},
    {"dagger", 0x2020},
    {"bull", 0x2022},
    {"hellip", 0x2026},
    {"permil", 0x2030},
    {"lsaquo", 0x2039},
    {"rsaquo", 0x203a},
    {"euro", 0x20ac},
    {"trade", 0x2122},
    {"larr", 0x2190},
    {"uarr", 0x2191},
    {"rarr", 0x2192},
    {"darr", 0x2193},
    {"minus", 0x2212},
    {"check", 0x2713},
};

/* What the numbers 128 to 159 stand for: those of windows-1252 (HTML 13.2.5.80). */
static const uint16_t WINDOWS[] = {0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d,
    0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};
_Static_assert(ARRAY_SIZE(WINDOWS) == 32, "128 to 159");

static void add_point(struct buffer *out, uint32_t c)
{
	if (c == 0xa0)
		c = ' ';
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		buffer_add_char(out, (char)c);
		return;
	}
	if (c >= 0x10000)
		buffer_add_char(out, (char)(0xf0 | c >> 18));
	else if (c >= 0x800)
		buffer_add_char(out, (char)(0xe0 | c >> 12));
	else
		buffer_add_char(out, (char)(0xc0 | c >> 6));
	if (c >= 0x10000)
		buffer_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
	if (c >= 0x800)
		buffer_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	buffer_add_char(out, (char)(0x80 | (c & 0x3f)));
}

/* Of "#8211" and "#x2013"; -1: no number. */
static int64_t number_of(struct span name)
{
	bool hex = name.len > 1 && ascii_lower(name.data[1]) == 'x';
	int64_t c = 0;

	name = span_after(name, hex ? 2 : 1);
	if (name.len == 0)
		return -1;
	for (size_t i = 0; i < name.len; i++) {
		char d = ascii_lower(name.data[i]);

		if (!ascii_digit(d) && !(hex && d >= 'a' && d <= 'f'))
			return -1;
		c = c * (hex ? 16 : 10) + (ascii_digit(d) ? d - '0' : d - 'a' + 10);
	}
	return c >= 128 && c < 160 ? WINDOWS[c - 128] : c;
}

static int64_t point_of(struct span name)
{
	if (name.len == 0)
		return -1;
	if (name.data[0] == '#')
		return number_of(name);
	for (size_t i = 0; i < ARRAY_SIZE(NAMED); i++)
		if (span_equal(name, span_from(NAMED[i].name)))
			return NAMED[i].point;
	for (size_t i = 0; i < ARRAY_SIZE(LATIN); i++)
		if (span_equal(name, span_from(LATIN[i])))
			return 0xa0 + (int64_t)i;
	return -1;
}

size_t mime_html_entity(struct span s, struct buffer *out)
{
	size_t n = 1;
	int64_t point;

	while (n < s.len && n <= NAME_OCTETS_MAX && (ascii_alnum(s.data[n]) || s.data[n] == '#'))
		n++;
	if (s.len == 0 || s.data[0] != '&' || n == s.len || s.data[n] != ';')
		return 0;
	point = point_of(span_first(span_after(s, 1), n - 1));
	if (point < 0)
		return 0;
	add_point(out, point > UINT32_MAX ? 0x110000 : (uint32_t)point);
	return n + 1;
}
