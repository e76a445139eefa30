/*
 * SPDX-License-Identifier: ISC
 *
 * Writing Received. The client chose the HELO argument and the recipient, whoever owns the
 * address' zone its name: each is written only in a form that cannot be taken for another clause.
 */
#include "mail/received.h"

#include "base/date.h"
#include "mail/address.h"
#include "mail/domain.h"
#include "mail/fold.h"
#include "mail/grammar.h"

/* The most octets of a comment's text that somebody else chose. */
#define COMMENT_MAX 255

struct writer {
	struct mail_fold fold;
	struct buffer word;
};

/* Writes the word that was made and begins the next one. */
static void put_word(struct writer *w)
{
	mail_fold_word(&w->fold, buffer_span(&w->word));
	buffer_reset(&w->word);
}

static void put_line(struct writer *w)
{
	mail_fold_line(&w->fold, buffer_span(&w->word));
	buffer_reset(&w->word);
}

/* ctext, quoted-pairs, and \DDD for what is neither (RFC 5322 3.2.2). */
static void add_comment(struct buffer *out, struct span text)
{
	size_t end = out->len + COMMENT_MAX;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (out->len > end) {
			buffer_add_string(out, "...");
			return;
		}
		if (c == '(' || c == ')' || c == '\\')
			buffer_printf(out, "\\%c", c);
		else if (mail_is_visible(c))
			buffer_add_char(out, c);
		else
			buffer_printf(out, "\\\\%03u", (unsigned)(unsigned char)c);
	}
}

static void add_literal(struct buffer *out, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];

	buffer_printf(out, "[%s%s]", ip->family == IP_V6 ? "IPv6:" : "", ip_format(ip, text));
}

static bool helo_stands(const struct mail_received *in)
{
	struct span helo = span_from(in->helo);
	struct ip literal;

	return mail_domain_valid(helo) || mail_helo_kind(helo, &literal) == MAIL_HELO_LITERAL;
}

/* "from" HELO "(" NAME [IP] ")", or [IP] in HELO's place and HELO in a comment. */
static void put_client(struct writer *w, const struct mail_received *in)
{
	bool stands = helo_stands(in), known = in->ip.family != IP_NONE;

	buffer_add_string(&w->word, "from ");
	if (stands)
		buffer_add_string(&w->word, in->helo);
	else if (known)
		add_literal(&w->word, &in->ip);
	else
		buffer_add_string(&w->word, "unknown");
	put_word(w);
	if (known) {
		buffer_add_char(&w->word, '(');
		if (mail_domain_valid(span_from(in->name)))
			buffer_printf(&w->word, "%s ", in->name);
		add_literal(&w->word, &in->ip);
		buffer_add_char(&w->word, ')');
		put_word(w);
	}
	if (!stands && in->helo != NULL) {
		buffer_add_string(&w->word, "(HELO ");
		add_comment(&w->word, span_from(in->helo));
		buffer_add_char(&w->word, ')');
		put_word(w);
	}
}

static void put_host(struct writer *w, const struct mail_received *in)
{
	bool stands = mail_domain_valid(span_from(in->host));

	buffer_printf(&w->word, "by %s", stands ? in->host : "localhost");
	put_line(w);
	if (!stands) {
		buffer_add_char(&w->word, '(');
		add_comment(&w->word, span_from(in->host));
		buffer_add_char(&w->word, ')');
		put_word(w);
	}
	buffer_add_string(&w->word, "(mailassay)");
	put_word(w);
}

/* The words of RFC 3848 and RFC 6531 4.3: encryption and authentication need EHLO. */
static const char *protocol(const struct mail_received *in)
{
	static const char *const words[2][2][2] = {
	    {{"ESMTP", "ESMTPA"}, {"ESMTPS", "ESMTPSA"}},
	    {{"UTF8SMTP", "UTF8SMTPA"}, {"UTF8SMTPS", "UTF8SMTPSA"}},
	};

	return in->esmtp ? words[in->smtputf8][in->tls_version != NULL][in->authenticated] : "SMTP";
}

static void put_protocol(struct writer *w, const struct mail_received *in)
{
	buffer_printf(&w->word, "with %s", protocol(in));
	put_line(w);
	if (in->tls_version == NULL)
		return;
	buffer_add_char(&w->word, '(');
	add_comment(&w->word, span_from(in->tls_version));
	if (in->cipher != NULL) {
		buffer_add_string(&w->word, " cipher ");
		add_comment(&w->word, span_from(in->cipher));
	}
	buffer_add_char(&w->word, ')');
	put_word(w);
}

/* Whether it is a mailbox, whole: "for" takes nothing else. */
static bool recipient_stands(const struct mail_received *in)
{
	struct buffer path = BUFFER_INIT;
	struct mail_path parsed;
	bool whole;

	if (in->recipient == NULL)
		return false;
	buffer_printf(&path, "<%s>", in->recipient);
	whole = mail_path_parse(buffer_span(&path), in->smtputf8 ? MAIL_PATH_UTF8 : 0, &parsed,
		    NULL) == (ptrdiff_t)path.len;
	buffer_clear(&path);
	return whole;
}

static bool id_stands(struct span id)
{
	size_t n = 0;

	while (n < id.len && n < COMMENT_MAX && mail_is_atext(id.data[n]))
		n++;
	return n > 0 && n == id.len;
}

/* Each of both may be absent; whichever comes first begins a line. */
static void put_transaction(struct writer *w, const struct mail_received *in)
{
	bool id = id_stands(span_from(in->id));

	if (id) {
		buffer_printf(&w->word, "id %s", in->id);
		put_line(w);
	}
	if (!recipient_stands(in))
		return;
	buffer_printf(&w->word, "for <%s>", in->recipient);
	if (id)
		put_word(w);
	else
		put_line(w);
}

/* A registered name: "TLS_" with letters, digits and "_" behind it. */
static bool cipher_stands(struct span cipher)
{
	size_t n = 0;

	while (n < cipher.len && n < COMMENT_MAX &&
	       (ascii_alnum(cipher.data[n]) || cipher.data[n] == '_'))
		n++;
	return span_starts(cipher, SPAN("TLS_")) && n == cipher.len;
}

static void put_cipher(struct writer *w, const struct mail_received *in)
{
	if (in->tls_version == NULL || !cipher_stands(span_from(in->cipher)))
		return;
	buffer_printf(&w->word, "tls %s", in->cipher);
	put_line(w);
}

void mail_received_write(struct buffer *out, const struct mail_received *in)
{
	char date[DATE_RFC5322_SIZE];
	struct writer w = {.word = BUFFER_INIT};

	mail_fold_begin(&w.fold, out, "Received");
	put_client(&w, in);
	put_host(&w, in);
	put_protocol(&w, in);
	put_transaction(&w, in);
	put_cipher(&w, in);
	mail_fold_join(&w.fold, SPAN(";"));
	buffer_add_string(&w.word, date_rfc5322(in->received_at, date));
	put_line(&w);
	mail_fold_end(&w.fold);
	buffer_clear(&w.word);
}
