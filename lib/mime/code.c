/*
 * SPDX-License-Identifier: ISC
 *
 * One-time codes in a text: numbers that stand for themselves, weighed by how near the words are
 * that announce one. Addresses and links are blotted out before, so that nothing in them counts.
 */
#include "mime/content.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/name.h"

/* A code stands near the beginning. */
#define TEXT_OCTETS_MAX 262144
/* How far from a word: of digits, of letters and digits. */
#define NEAR       300
#define NEAR_MIXED 100
/* What makes one more likely than another, in octets of distance. */
#define BEHIND_WORD 10
#define OWN_LINE    80
#define SIX_DIGITS  10

#define CODE_MIN 4
#define CODE_MAX 8
#define BLOT     '\x01'

/* Words that announce a code, in lower case; where they begin, and end, as words do. */
static const struct {
	const char *text;
	bool begins, ends;
} WORDS[] = {
    {"code", false, true}, {"codes", false, true}, {"otp", true, true}, {"pin", true, true},
    {"tan", true, true}, {"mtan", true, true}, {"token", true, true}, {"2fa", true, true},
    {"password", false, true}, {"passwort", false, true}, {"kennwort", false, true},
    {"one-time", true, true}, {"einmal", true, false}, {"verif", true, false},
    {"v\xc3\xa9rif", true, false}, {"authenti", true, false}, {"sign in", true, true},
    {"sign-in", true, true}, {"log in", true, true}, {"login", true, true}, {"codice", false, true},
    {"c\xc3\xb3"
     "digo",
	true, false},
    {"c\xc3\x93"
     "digo",
	true, false},
    {"clave", true, true},
    {"contrase\xc3\xb1"
     "a",
	true, true},
    {"senha", true, true}, {"mot de passe", true, true}, {"bevestig", true, false},
    {"wachtwoord", true, true}, {"kode", false, true}, {"koden", false, true},
    {"koodi", false, true}, {"kod", false, true}, {"kodu", true, true},
    {"k\xc3\xb3"
     "d",
	false, false},
    {"do\xc4\x9frulama", true, false}, {"m\xc3\xa3 ", true, false},
    {"\xd0\xba\xd0\xbe\xd0\xb4", false, false},                 /* Russian, as "kod" */
    {"\xd0\x9a\xd0\xbe\xd0\xb4", false, false},                 /* with a capital */
    {"\xd0\x9a\xd0\x9e\xd0\x94", false, false},                 /* in capitals */
    {"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb", false, false}, /* Russian: password */
    {"\xce\xba\xcf\x89\xce\xb4\xce\xb9\xce\xba", false, false}, /* Greek: code */
    {"\xe9\xaa\x8c\xe8\xaf\x81\xe7\xa0\x81", false, false},     /* Chinese: code */
    {"\xe9\xa9\x97\xe8\xad\x89\xe7\xa2\xbc", false, false},     /* the same, traditional */
    {"\xe3\x82\xb3\xe3\x83\xbc\xe3\x83\x89", false, false},     /* Japanese: code */
    {"\xe8\xaa\x8d\xe8\xa8\xbc", false, false},                 /* Japanese: authentication */
    {"\xec\x9d\xb8\xec\xa6\x9d", false, false},                 /* Korean: authentication */
    {"\xec\xbd\x94\xeb\x93\x9c", false, false},                 /* Korean: code */
    {"\xe0\xb8\xa3\xe0\xb8\xab\xe0\xb8\xb1\xe0\xb8\xaa", false, false}, /* Thai: code */
    {"\xd8\xb1\xd9\x85\xd8\xb2", false, false},                         /* Arabic: code */
    {"\xd7\xa7\xd7\x95\xd7\x93", false, false},                         /* Hebrew: code */
};

/* The number behind such a word is none; and words that may stand between. */
static const char *const NAMES_OTHER[] = {"account", "acct", "apt", "auftrag", "auftragsnummer",
    "barcode", "bestellnummer", "bestellung", "bic", "box", "build", "call", "case", "card",
    "commande", "copyright", "coupon", "cuenta", "customer", "discount", "ending", "endend",
    "error", "ext", "extension", "factura", "facture", "fattura", "fax", "flight", "flug", "gift",
    "gutschein", "gutscheincode", "iban", "invoice", "item", "konto", "kontonummer", "kundennummer",
    "mobile", "order", "ordine", "pedido", "phone", "port", "postcode", "promo", "promocode",
    "rabatt", "rabattcode", "rechnung", "rechnungsnummer", "ref", "reference", "room", "since",
    "sku", "suite", "tel", "telefon", "telephone", "ticket", "tracking", "usd", "eur", "gbp", "chf",
    "version", "voucher", "vorgang", "year", "zip", "zipcode"};
static const char *const NAMES_BETWEEN[] = {"no", "nr", "num", "number", "nummer", "code", "id",
    "in", "is", "ist", "the", "your", "us", "at", "on"};
/* What is counted or paid by a number in front of it. */
static const char *const UNITS[] = {"eur", "euro", "euros", "usd", "dollar", "dollars", "gbp",
    "pounds", "chf", "kr", "sek", "nok", "dkk", "pln", "czk", "rub", "inr", "jpy", "yen", "kg",
    "km", "mb", "gb", "kb", "ms", "points", "punkte", "items", "minutes", "minuten", "hours",
    "stunden", "seconds", "sekunden", "days", "tage", "users", "people", "percent", "prozent",
    "miles", "meter", "meters"};
static const char *const LINKING[] = {
    "is", "ist", "lautet", "es", "est", "\xc3\xa8", "\xc3\xa9", "\xc3\xa4r", "er", "jest", "on"};
static const char *const CURRENCIES[] = {
    "$", "%", "\xc2\xa3", "\xc2\xa5", "\xe2\x82\xac", "\xe2\x82\xb9", "\xe2\x82\xbd"};

struct place {
	size_t begin, end;
};

struct places {
	struct place *items;
	size_t count;
};

struct candidate {
	struct place place;
	size_t digits;
	bool mixed;
};

struct search {
	struct span text;    /* blotted, as written */
	struct span lowered; /* the same in lower case */
	struct places words;
	struct candidate best;
	long best_cost;
	bool found;
	size_t next_word; /* the first that begins behind the candidate before */
};

static bool is_word_char(char c)
{
	return ascii_alnum(c) || (signed char)c < 0;
}

static char at(struct span s, size_t i)
{
	return i < s.len ? s.data[i] : '\0';
}

static void blot(char *text, size_t from, size_t to)
{
	memset(text + from, BLOT, to - from);
}

static bool is_mail_char(char c)
{
	return ascii_alnum(c) || (c != '\0' && strchr("._%+-", c) != NULL);
}

/* From the scheme to the next blank or quote. */
static size_t blot_link(char *text, size_t len, size_t colon)
{
	size_t from = colon, to = colon;

	while (from > 0 && colon - from < 20 && ascii_alpha(text[from - 1]))
		from--;
	while (to < len && (unsigned char)text[to] > ' ' && strchr("<>\"", text[to]) == NULL)
		to++;
	blot(text, from, to);
	return to;
}

static size_t blot_address(char *text, size_t len, size_t sign)
{
	size_t from = sign, to = sign + 1;

	while (from > 0 && sign - from < 64 && is_mail_char(text[from - 1]))
		from--;
	while (to < len && is_mail_char(text[to]))
		to++;
	blot(text, from, to);
	return to;
}

static void blot_all(char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		struct span rest = span_of(text + i, len - i);

		if (span_starts(rest, SPAN("://")) || span_starts_nocase(rest, SPAN("www.")))
			i = blot_link(text, len, i);
		else if (text[i] == '@')
			i = blot_address(text, len, i);
		else
			i++;
	}
}

/* The octets of the word that announces a code and begins at i, or 0. */
static size_t word_at(struct span s, size_t i)
{
	for (size_t k = 0; k < ARRAY_SIZE(WORDS); k++) {
		struct span word = span_from(WORDS[k].text);

		if (s.data[i] != word.data[0] || !span_starts(span_after(s, i), word))
			continue;
		if (WORDS[k].begins && i > 0 && is_word_char(s.data[i - 1]))
			continue;
		if (!WORDS[k].ends || !is_word_char(at(s, i + word.len)))
			return word.len;
	}
	return 0;
}

static void find_words(struct search *s)
{
	bool begins[256] = {false};
	size_t i = 0;

	for (size_t k = 0; k < ARRAY_SIZE(WORDS); k++)
		begins[(unsigned char)WORDS[k].text[0]] = true;
	while (i < s->lowered.len) {
		bool may = begins[(unsigned char)s->lowered.data[i]];
		size_t n = may ? word_at(s->lowered, i) : 0;

		if (n > 0) {
			array_grow(&s->words.items, s->words.count, sizeof(*s->words.items));
			s->words.items[s->words.count++] = (struct place){i, i + n};
		}
		i += n == 0 ? 1 : n;
	}
}

static bool is_currency(struct span s, bool ends)
{
	for (size_t i = 0; i < ARRAY_SIZE(CURRENCIES); i++) {
		struct span sign = span_from(CURRENCIES[i]);

		if (ends ? span_ends_nocase(s, sign) : span_starts(s, sign))
			return true;
	}
	return false;
}

static struct span drop_last(struct span s)
{
	return span_first(s, s.len == 0 ? 0 : s.len - 1);
}

/* "G-" in front of digits: one capital letter that is a word. */
static bool is_prefixed(struct span before)
{
	size_t n = before.len;

	return n >= 2 && before.data[n - 1] == '-' && before.data[n - 2] >= 'A' &&
	       before.data[n - 2] <= 'Z' && (n == 2 || !is_word_char(before.data[n - 3])) &&
	       (n == 2 || before.data[n - 3] != '-');
}

/* Whether what stands right in front shows that it is a part of something else. */
static bool is_bound_before(struct span before, bool mixed)
{
	char c = before.len == 0 ? '\n' : before.data[before.len - 1];
	char beyond = before.len < 2 ? '\n' : before.data[before.len - 2];

	if (ascii_alnum(c) || strchr("+#/_=&~\\.", c) != NULL || is_currency(before, true))
		return true;
	if (c == '-')
		return mixed || !is_prefixed(before);
	if (c == ',' || c == ':')
		return ascii_digit(beyond);
	if (c == ' ' || c == ')') {
		struct span s = c == ' ' ? drop_last(before) : before;

		return is_currency(s, true) ||
		       (s.len > 1 && s.data[s.len - 1] == ')' && ascii_digit(s.data[s.len - 2]));
	}
	return false;
}

static struct span word_of(struct span s)
{
	size_t n = 0;

	while (n < s.len && is_word_char(s.data[n]))
		n++;
	return span_first(s, n);
}

static bool is_bound_behind(struct span behind)
{
	char c = at(behind, 0), next = at(behind, 1);

	if (ascii_alnum(c) || (c != '\0' && strchr("/_@=&+#\\", c) != NULL) ||
	    is_currency(behind, false))
		return true;
	if (c == '.' || c == '-' || c == ',' || c == ':')
		return c == '.' || c == '-' ? ascii_alnum(next) : ascii_digit(next);
	if (c != ' ')
		return false;
	behind = span_after(behind, 1);
	return is_currency(behind, false) ||
	       name_find(UNITS, ARRAY_SIZE(UNITS), word_of(behind)) >= 0;
}

/* The word that s ends with, which is cut off with what parts words. */
static struct span take_last_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	while (s->len > 0 && !is_word_char(s->data[s->len - 1]))
		s->len--;
	while (n < s->len && is_word_char(s->data[s->len - n - 1]))
		n++;
	word = span_after(*s, s->len - n);
	s->len -= n;
	return word;
}

/* Whether the words in front of it on its line say that it numbers something else. */
static bool is_named_other(struct span before)
{
	ptrdiff_t line;

	if (before.len > 100)
		before = span_after(before, before.len - 100);
	line = span_rindex(before, '\n');
	before = span_after(before, (size_t)(line + 1));
	for (unsigned i = 0; i < 4; i++) {
		struct span word = take_last_word(&before);

		if (name_find(NAMES_OTHER, ARRAY_SIZE(NAMES_OTHER), word) >= 0)
			return true;
		if (name_find(NAMES_BETWEEN, ARRAY_SIZE(NAMES_BETWEEN), word) < 0)
			return false;
	}
	return false;
}

/* Whether nothing but marks and blanks stands beside it on its line. */
static bool is_alone(const struct search *s, struct place p)
{
	size_t i = p.begin, j = p.end;

	if (is_prefixed(span_first(s->text, i)))
		i -= 2;
	while (i > 0 && p.begin - i < 40 && s->text.data[i - 1] != '\n')
		if (is_word_char(s->text.data[--i]))
			return false;
	while (j < s->text.len && j - p.end < 40 && s->text.data[j] != '\n')
		if (is_word_char(s->text.data[j++]))
			return false;
	return true;
}

static bool is_year(const struct search *s, const struct candidate *c)
{
	struct span text = span_first(span_after(s->text, c->place.begin), 2);

	return c->place.end - c->place.begin == 4 &&
	       (span_equal(text, SPAN("19")) || span_equal(text, SPAN("20")));
}

/* Whether nothing stands between the word and the number, or "is". */
static bool is_linked(struct span between)
{
	struct span rest = between, word;

	if (between.len > 40)
		return false;
	word = take_last_word(&rest);
	return word.len == 0 || (take_last_word(&rest).len == 0 &&
				    name_find(LINKING, ARRAY_SIZE(LINKING), word) >= 0);
}

static long distance(struct search *s, const struct candidate *c)
{
	const struct place *words = s->words.items;
	long nearest = NEAR + 1, gap;

	while (s->next_word < s->words.count && words[s->next_word].begin < c->place.begin)
		s->next_word++;
	if (s->next_word > 0) {
		struct place word = words[s->next_word - 1];

		gap = word.end > c->place.begin ? 0 : (long)(c->place.begin - word.end);
		if (is_year(s, c) &&
		    !is_linked(span_first(span_after(s->text, word.end), (size_t)gap)))
			return -1;
		nearest = gap < nearest ? gap : nearest;
	} else if (is_year(s, c)) {
		return -1;
	}
	if (s->next_word < s->words.count) {
		gap = (long)(words[s->next_word].begin - c->place.end) + BEHIND_WORD;
		nearest = gap < nearest ? gap : nearest;
	}
	return nearest;
}

static void weigh(struct search *s, struct candidate c)
{
	struct span before = span_first(s->text, c.place.begin);
	bool alone;
	long cost;

	if (is_bound_before(before, c.mixed) || is_bound_behind(span_after(s->text, c.place.end)) ||
	    is_named_other(before))
		return;
	cost = distance(s, &c);
	alone = is_alone(s, c.place);
	if (cost < 0 || (c.mixed && cost > NEAR_MIXED) ||
	    (cost > NEAR && !(alone && c.digits == 6)))
		return;
	cost -= (alone ? OWN_LINE : 0) + (c.digits == 6 ? SIX_DIGITS : 0);
	if (s->found && cost >= s->best_cost)
		return;
	s->found = true;
	s->best = c;
	s->best_cost = cost;
}

/* The octets of what parts two groups of digits at i, or 0. */
static size_t separator_at(struct span s, size_t i)
{
	size_t n = 0;

	if (at(s, i) == ' ' || at(s, i) == '-')
		n = 1;
	else if (span_starts(span_after(s, i), SPAN("\xc2\xa0")))
		n = 2;
	return n > 0 && ascii_digit(at(s, i + n)) ? n : 0;
}

/* How many groups of how many digits are a code. */
static bool is_shape(size_t groups, size_t each)
{
	switch (each) {
	case 1:
		return groups >= CODE_MIN && groups <= CODE_MAX;
	case 2:
		return groups == 3;
	case 3:
	case 4:
		return groups == 2;
	}
	return groups == 1 && each <= CODE_MAX;
}

/* Digits, and groups of them that one kind of separator parts. The end. */
static size_t read_digits(struct search *s, size_t begin)
{
	size_t end = begin, groups = 0, each = 0, digits = 0, gap = 0;
	bool even = true;
	char kind = '\0';

	do {
		size_t from = end += gap;

		while (ascii_digit(at(s->text, end)))
			end++;
		even = even && (groups == 0 || end - from == each);
		each = end - from;
		groups++;
		digits += each;
		gap = separator_at(s->text, end);
		if (groups == 1)
			kind = at(s->text, end);
	} while (gap > 0 && at(s->text, end) == kind);
	if (even && (is_shape(groups, each) || (groups == 1 && each == CODE_MIN)))
		weigh(s, (struct candidate){{begin, end}, digits, false});
	return end;
}

/* Letters and digits: a candidate when they are capitals and both are there. The end. */
static size_t read_mixed(struct search *s, size_t begin)
{
	size_t end = begin, digits = 0, capitals = 0;

	for (; ascii_alnum(at(s->text, end)); end++) {
		digits += ascii_digit(s->text.data[end]);
		capitals += s->text.data[end] >= 'A' && s->text.data[end] <= 'Z';
	}
	if (digits > 0 && capitals > 0 && digits + capitals == end - begin && end - begin >= 6 &&
	    end - begin <= CODE_MAX)
		weigh(s, (struct candidate){{begin, end}, digits, true});
	return end;
}

static size_t digits_end(struct span s, size_t i)
{
	while (ascii_digit(at(s, i)))
		i++;
	return i;
}

static void find_candidates(struct search *s)
{
	size_t i = 0;

	while (i < s->text.len) {
		if (!ascii_alnum(s->text.data[i]))
			i++;
		else if (ascii_alpha(at(s->text, digits_end(s->text, i))))
			i = read_mixed(s, i);
		else
			i = read_digits(s, i);
	}
}

/* As it is typed: letters and digits alone. */
static const char *typed(const struct search *s, struct arena *a)
{
	char *code = arena_alloc(a, CODE_MAX + 1);
	size_t n = 0;

	for (size_t i = s->best.place.begin; i < s->best.place.end && n < CODE_MAX; i++)
		if (ascii_alnum(s->text.data[i]))
			code[n++] = s->text.data[i];
	return code;
}

const char *mime_code(const struct mime_content *c, const char *subject, struct arena *a)
{
	struct search s = {.found = false};
	struct buffer text = BUFFER_INIT, lowered = BUFFER_INIT;
	const char *code;

	if (subject != NULL)
		buffer_printf(&text, "%s\n", subject);
	buffer_add_string(&text, c->text);
	buffer_truncate(&text, TEXT_OCTETS_MAX);
	blot_all(text.data, text.len);
	buffer_add_span(&lowered, buffer_span(&text));
	for (size_t i = 0; i < lowered.len; i++)
		lowered.data[i] = ascii_lower(lowered.data[i]);
	s.text = buffer_span(&text);
	s.lowered = buffer_span(&lowered);
	find_words(&s);
	find_candidates(&s);
	code = s.found ? typed(&s, a) : NULL;
	free(s.words.items);
	buffer_clear(&text);
	buffer_clear(&lowered);
	return code;
}
