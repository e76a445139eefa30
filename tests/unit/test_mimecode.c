/*
 * SPDX-License-Identifier: ISC
 *
 * mime/code: one-time codes as programs write them, and numbers that are none.
 */
#include "unit.h"

#include <string.h>

#include "mime/content.h"

static const struct {
	const char *name, *subject, *text, *code; /* NULL: none */
} ROWS[] = {
    {"six digits", NULL, "Your verification code is 482913.", "482913"},
    {"in front", NULL, "482913 is your verification code.", "482913"},
    {"colon", NULL, "Code: 1234", "1234"},
    {"no blank", NULL, "code:123456", "123456"},
    {"four digits", "Your PIN", "Enter 4821 on the next page.", "4821"},
    {"five digits", NULL, "Use code 48213 to sign in.", "48213"},
    {"seven digits", NULL, "Your one-time passcode: 4821309", "4821309"},
    {"eight digits", NULL, "Your OTP is 48213097, valid for 5 minutes.", "48213097"},
    {"leading zeros", NULL, "Your code is 004213", "004213"},
    {"three and three", NULL, "Your code is 123 456.", "123456"},
    {"with a hyphen", NULL, "Confirmation code: 123-456", "123456"},
    {"no-break space", NULL,
	"Your code is 123\xc2\xa0"
	"456.",
	"123456"},
    {"four and four", NULL, "Security code: 1234-5678", "12345678"},
    {"three pairs", NULL, "Votre code : 12 34 56", "123456"},
    {"single digits", NULL, "Your verification code\n\n4 8 2 9 1 3\n\nthanks", "482913"},
    {"Google", NULL, "G-123456 is your Google verification code.", "123456"},
    {"letters and digits", NULL, "Your verification code: A1B2C3", "A1B2C3"},
    {"eight letters and digits", NULL, "Use the code\n\n7KQ2M9XA\n\nto continue", "7KQ2M9XA"},
    {"own line", NULL,
	"Hello,\n\nplease use the following code to log in:\n\n    482913\n\nIt expires in 10 "
	"minutes. If you did not ask for a code, call 5551234.\n",
	"482913"},
    {"subject alone", "482913 is your login code", "Somebody logs in.", "482913"},
    {"subject announces", "Your code", "\n   482913  \n\nThe team\nBox 1234, 94043 Town", "482913"},
    {"bold", NULL, "Your code is *482913*", "482913"},
    {"quotes", NULL, "enter \"482913\" as your code", "482913"},
    {"brackets", NULL, "[482913] is your passcode", "482913"},
    {"parentheses", NULL, "your code (482913) is valid for 10 minutes", "482913"},
    {"SMS for the web", NULL, "Your code is 482913.\n\n@example.com #482913", "482913"},
    {"beside an order", NULL, "The code for order 88124 is 4821.", "4821"},
    {"beside an account", NULL, "Your verification code for account 12345678 is 482913.", "482913"},
    {"beside a link", NULL,
	"Your code is 482913, or follow https://example.com/verify?code=991177 today", "482913"},
    {"beside a year", NULL, "2026 Example Inc.\nYour code: 482913\n\xc2\xa9 2026", "482913"},
    {"beside a price", NULL, "Confirm the payment of $1234 with code 4821.", "4821"},
    {"beside a price behind", NULL, "TAN 482913 f\xc3\xbcr 1500 EUR an Konto 12345678", "482913"},
    {"beside a phone", NULL, "Code 4821. Questions? Call +1 555 123 4567.", "4821"},
    {"like a year but said", NULL, "Your PIN is 1984.", "1984"},
    {"two: the nearest", NULL, "Batch 7781 of today.\nThis is long. The code is 4821.", "4821"},
    {"German", "Ihr Einmalcode", "Ihr Einmalcode lautet: 482913. Er ist 5 Minuten g\xc3\xbcltig.",
	"482913"},
    {"German, compound", NULL, "Ihr Best\xc3\xa4tigungscode: 4829", "4829"},
    {"German, password", NULL, "Ihr Einmalpasswort ist 48291376", "48291376"},
    {"German, TAN", NULL,
	"Ihre mTAN f\xc3\xbcr die \xc3\x9c"
	"berweisung: 771204",
	"771204"},
    {"French", NULL, "Votre code de v\xc3\xa9rification est 482913.", "482913"},
    {"Spanish", NULL,
	"Tu c\xc3\xb3"
	"digo de verificaci\xc3\xb3n es 482913",
	"482913"},
    {"Spanish, capitals", NULL,
	"C\xc3\x93"
	"DIGO: 4829",
	"4829"},
    {"Italian", NULL, "Il tuo codice di verifica \xc3\xa8 482913.", "482913"},
    {"Portuguese", NULL,
	"Seu c\xc3\xb3"
	"digo \xc3\xa9 123-456",
	"123456"},
    {"Dutch", NULL, "Je verificatiecode is 482913", "482913"},
    {"Danish", NULL, "Din engangskode er 482913", "482913"},
    {"Swedish", NULL, "Din kod \xc3\xa4r 482913", "482913"},
    {"Polish", NULL, "Tw\xc3\xb3j kod to 482913", "482913"},
    {"Czech", NULL,
	"V\xc3\xa1\xc5\xa1 ov\xc4\x9b\xc5\x99ovac\xc3\xad k\xc3\xb3"
	"d: 482913",
	"482913"},
    {"Turkish", NULL, "Do\xc4\x9frulama kodunuz: 482913", "482913"},
    {"Finnish", NULL, "Vahvistuskoodi 482913", "482913"},
    {"Russian", NULL,
	"\xd0\x92\xd0\xb0\xd1\x88 \xd0\xba\xd0\xbe\xd0\xb4: 482913. "
	"\xd0\x9d\xd0\xb5 \xd0\xb3\xd0\xbe\xd0\xb2\xd0\xbe\xd1\x80\xd0\xb8\xd1\x82\xd0\xb5",
	"482913"},
    {"Chinese", NULL,
	"\xe6\x82\xa8\xe7\x9a\x84\xe9\xaa\x8c\xe8\xaf\x81\xe7\xa0\x81\xe6\x98\xaf"
	"482913\xef\xbc\x8c\xe4\xba\x94\xe5\x88\x86\xe9\x92\x9f",
	"482913"},
    {"Japanese", NULL,
	"\xe8\xaa\x8d\xe8\xa8\xbc\xe3\x82\xb3\xe3\x83\xbc\xe3\x83\x89\xef\xbc\x9a"
	"482913\xe3\x81\xa7\xe3\x81\x99",
	"482913"},
    {"Korean", NULL, "\xec\x9d\xb8\xec\xa6\x9d\xeb\xb2\x88\xed\x98\xb8 [482913]", "482913"},
    {"no word, its own line", "Welcome", "Hello\n\n482913\n\nBye", "482913"},

    {"nothing", NULL, "", NULL},
    {"words alone", "Your code", "We will never ask for your code.", NULL},
    {"year", "Code of conduct", "The code of conduct of 2024", NULL},
    {"date", NULL, "The code expires on 2026-11-24 at 16:00", NULL},
    {"date with dots", NULL, "Code bis 24.11.2026", NULL},
    {"time", NULL, "code at 12:3045", NULL},
    {"price", NULL, "With this code you save $1234.", NULL},
    {"price behind", NULL, "code: 1234 EUR", NULL},
    {"price with cents", NULL, "code 1234.56", NULL},
    {"price with a comma", NULL, "code 1,234", NULL},
    {"euro sign", NULL,
	"token: \xe2\x82\xac"
	"1234 or 1234 \xe2\x82\xac or 1234\xe2\x82\xac",
	NULL},
    {"percent", NULL, "code 1000%", NULL},
    {"phone", NULL, "To get your code call +49 30 123456", NULL},
    {"phone of groups", NULL, "Your code? 555-123-4567", NULL},
    {"phone in brackets", NULL, "Your code? (030) 123456", NULL},
    {"phone with a word", NULL, "Your code? Tel. 123456", NULL},
    {"longer number", NULL, "code 123456789", NULL},
    {"three digits", NULL, "code 123", NULL},
    {"in a link", NULL, "Your code: https://example.com/c/482913/A1B2C3?otp=482913", NULL},
    {"in a link without scheme", NULL, "Your code: www.example.com/482913", NULL},
    {"in a query", NULL, "your code: example.com/?code=482913", NULL},
    {"in an address", NULL, "Your code: user482913@example.com 482913@example.com", NULL},
    {"in a name", NULL, "Your code: example482913.txt 482913.example.com", NULL},
    {"order", NULL, "Your code follows. Order number: 482913", NULL},
    {"postcode", NULL, "ZIP code: 94043", NULL},
    {"promotion", NULL, "Promo code: SAVE2024", NULL},
    {"hash", NULL, "code #482913", NULL},
    {"colour", NULL, "code #A1B2C3", NULL},
    {"version", NULL, "our code, version 4.8213", NULL},
    {"lower case", NULL, "Your code is a1b2c3", NULL},
    {"capitals alone", NULL, "Your code is ABCDEF", NULL},
    {"mixed without a word", NULL, "\nA1B2C3\n", NULL},
    {"part of a word", NULL, "Shipping 4829 opinions of standard size", NULL},
    {"invoice", "Invoice 20264", "Please pay 1500 EUR by 24.11.2026, invoice 20264.", NULL},
    {"groups of no shape", NULL, "code 123 4567", NULL},
    {"no word, in a sentence", NULL, "We shipped 482913 parcels.", NULL},
};

static const char *code_of(const char *subject, const char *text, struct arena *a)
{
	struct mime_content c = {.text = text};

	return mime_code(&c, subject, a);
}

START_TEST(codes)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		struct span text = unit_guard(span_of(ROWS[i].text, strlen(ROWS[i].text) + 1));
		const char *code = code_of(ROWS[i].subject, text.data, a);

		ck_assert_msg((code == NULL) == (ROWS[i].code == NULL) &&
				  (code == NULL || strcmp(code, ROWS[i].code) == 0),
		    "%s: got \"%s\", expected \"%s\"", ROWS[i].name, code == NULL ? "none" : code,
		    ROWS[i].code == NULL ? "none" : ROWS[i].code);
		unit_guard_free(text);
	}
	arena_free(a);
}
END_TEST

/* Whatever is repeated takes a moment. */
START_TEST(hostile)
{
	static const char *const pieces[] = {"code ", "code1", "1234 ", "1234-", "@", "a@", "://",
	    "www.", "1", "A1B2C3 ", "code 123456\n", "G-", "(1", "\xe9\xaa\x8c", "1.2,3:4"};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct arena *a = arena_new();
		struct buffer b = BUFFER_INIT;

		while (b.len < MIME_TEXT_MAX)
			buffer_add_string(&b, pieces[i]);
		code_of(b.data, b.data, a);
		buffer_clear(&b);
		arena_free(a);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {codes, hostile, NULL};

	return unit_main("mimecode", tests);
}
