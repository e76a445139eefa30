/*
 * SPDX-License-Identifier: ISC
 *
 * mime/html: HTML as text, its links, character references.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "mime/html.h"

static const struct {
	const char *name, *html, *text, *links; /* links: each with a blank behind */
} ROWS[] = {
    {"empty", "", "", ""},
    {"plain", "hello", "hello\n", ""},
    {"blanks", "  a \n\t b  ", "a b\n", ""},
    {"inline tags", "<b>bo</b>ld <i>a</i>", "bold a\n", ""},
    {"upper case", "<P>a</P><DIV>b</DIV>", "a\n\nb\n", ""},
    {"paragraphs", "<p>a</p><p>b</p>c", "a\n\nb\n\nc\n", ""},
    {"lines", "a<br>b<br/>c<br><br>d<br><br><br>e", "a\nb\nc\n\nd\n\ne\n", ""},
    {"divisions", "<div><div>a</div></div><div>b</div>", "a\nb\n", ""},
    {"list", "x<ul><li>a</li><li>b</ul>y", "x\n\n- a\n- b\n\ny\n", ""},
    {"table", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</table>", "a b\nc\n", ""},
    {"preformatted", "<pre>a  b\n c</pre>d", "a  b\n c\n\nd\n", ""},
    {"comment", "a<!-- <b> -- > -->b<!-->c<!--->d", "abcd\n", ""},
    {"comment without end", "a<!-- b --", "a\n", ""},
    {"declarations", "<!doctype html><?xml v?>a</ >b", "ab\n", ""},
    {"script", "a<script>if (a<b) x(\"</p>\");</script>b", "ab\n", ""},
    {"script without end", "a<SCRIPT>b</scripts>c", "a\n", ""},
    {"style and title", "<head><title>t</title><style>p{}</style></head>a", "a\n", ""},
    {"references", "&lt;a&gt; &amp;amp; &eacute;&nbsp;&euro;&#65;&#x42;&#X43;",
	"<a> &amp; \xc3\xa9 \xe2\x82\xac"
	"ABC\n",
	""},
    {"references of windows-1252", "&#150;&#x80;", "\xe2\x80\x93\xe2\x82\xac\n", ""},
    {"references of nothing", "&#0;&#xd800;&#x110000;&#99999999999;",
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&#99999999999;\n", ""},
    {"no references", "& &; &x &nosuch; &#; &#x; &#1a; &amp",
	"& &; &x &nosuch; &#; &#x; &#1a; &amp\n", ""},
    {"no tags", "a < b <3 <", "a < b <3 <\n", ""},
    {"tag without end", "a<b c=\"d", "a\n", ""},
    {"quoted bracket", "a<b c=\">\" d='>'>e", "ae\n", ""},
    {"link", "<a href=\"https://a.example/?x=1&amp;y=2\">Click</a> now",
	"Click <https://a.example/?x=1&y=2> now\n", "https://a.example/?x=1&y=2 "},
    {"link in other quotes",
	"<a class=x href='http://a.example'>a</a>b<A HREF=http://b.example>b</A>",
	"a <http://a.example>bb <http://b.example>\n", "http://a.example http://b.example "},
    {"link that says itself", "<a href=https://a.example/>https://a.example/</a>",
	"https://a.example/\n", "https://a.example/ "},
    {"link that says another", "<a href=https://t.example/1>https://a.example/</a>",
	"https://a.example/ <https://t.example/1>\n", "https://t.example/1 https://a.example/ "},
    {"address", "<a href=mailto:a@b.example>a@b.example</a>", "a@b.example\n",
	"mailto:a@b.example "},
    {"image", "<a href=https://a.example/><img src=https://no.example/></a>",
	"<https://a.example/>\n", "https://a.example/ "},
    {"other links", "<a href='#x'>a</a><a href='javascript:b()'>b</a><a href=/c>c</a><a>d</a>",
	"abcd\n", ""},
    {"link without end", "<a href=http://a.example>a<a href=http://b.example>b",
	"a <http://a.example>b <http://b.example>\n", "http://a.example http://b.example "},
    {"order",
	"http://1.example <a href=http://2.example>http://3.example</a> http://1.example "
	"http://4.example",
	"http://1.example http://3.example <http://2.example> http://1.example http://4.example\n",
	"http://1.example http://2.example http://3.example http://4.example "},
    {"area", "<map><area href=http://a.example alt=x></map>b", "<http://a.example>b\n",
	"http://a.example "},
    {"href twice", "<a href=http://a.example href=http://b.example>a</a>", "a <http://a.example>\n",
	"http://a.example "},
    {"blanks in a link", "<a href=\" http://a.example/b c\n d \">a</a>",
	"a <http://a.example/bcd>\n", "http://a.example/b%20c%20d "},
    {"text beside tags", "http://a.<b>example</b>/x.", "http://a.example/x.\n",
	"http://a.example/x "},
};

START_TEST(texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span html = unit_guard(span_from(ROWS[i].html));
		struct buffer text = BUFFER_INIT, got = BUFFER_INIT;
		struct arena *a = arena_new();
		struct mime_links links = {.arena = a};

		mime_html_read(html, &text, &links);
		unit_span_eq(ROWS[i].name, buffer_span(&text), ROWS[i].text);
		for (size_t k = 0; k < links.count; k++)
			buffer_printf(&got, "%s ", links.items[k]);
		unit_span_eq(ROWS[i].name, buffer_span(&got), ROWS[i].links);
		buffer_clear(&got);
		buffer_clear(&text);
		arena_free(a);
		unit_guard_free(html);
	}
}
END_TEST

START_TEST(hostile)
{
	static const char *const pieces[] = {"<", "<a href=http://a.example/", "<!--", "<script>",
	    "</script", "&", "&amp", "<p>", "<li>", "<pre>\n", "<a b=\"", "<a href=mailto:a@b>",
	    "<b c='>'", "<title><", "<a href=\"http://a.example/\">", "<br>"};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct buffer html = BUFFER_INIT, text = BUFFER_INIT;

		while (html.len < MIME_TEXT_MAX)
			buffer_add_string(&html, pieces[i]);
		mime_html_read(buffer_span(&html), &text, NULL);
		ck_assert_uint_le(text.len, html.len + 1);
		ck_assert(utf8_valid(buffer_span(&text)));
		buffer_clear(&text);
		buffer_clear(&html);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {texts, hostile, NULL};

	return unit_main("mimehtml", tests);
}
