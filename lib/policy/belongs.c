/*
 * SPDX-License-Identifier: ISC
 *
 * The terms of a selection, asked of one message at hand.
 */
#include "policy/belongs.h"

#include <string.h>

static bool is_part(const char *text, const char *part)
{
	return text != NULL && span_holds_nocase(span_from(text), span_from(part));
}

static bool is_same(const char *text, const char *other)
{
	return text != NULL && span_equal_nocase(span_from(text), span_from(other));
}

static bool is_address(const struct selection_term *t, const char *address)
{
	struct span text = span_from(address), domain = span_from(t->value);

	if (address == NULL)
		return false;
	if (t->form == SELECTION_PART)
		return is_part(address, t->value);
	if (t->form == SELECTION_WHOLE)
		return is_same(address, t->value);
	return text.len > domain.len && text.data[text.len - domain.len - 1] == '@' &&
	       span_ends_nocase(text, domain);
}

static bool is_from(const struct selection_term *t, const struct selection_subject *of)
{
	return is_address(t, of->message->envelope.mail_from) || is_address(t, of->message->from);
}

static bool is_to(const struct selection_term *t, const struct selection_subject *of)
{
	const struct record_envelope *e = &of->message->envelope;

	for (size_t i = 0; i < e->rcpt_count; i++)
		if (is_address(t, e->rcpt_to[i]))
			return true;
	return false;
}

static bool is_subject(const struct selection_term *t, const struct selection_subject *of)
{
	return is_part(of->message->subject, t->value);
}

static bool is_never(const struct selection_term *t, const struct selection_subject *of)
{
	(void)t, (void)of;
	return false;
}

static bool is_message_id(const struct selection_term *t, const struct selection_subject *of)
{
	struct span id = span_from(of->message->message_id);

	if (id.len > 1 && id.data[0] == '<' && id.data[id.len - 1] == '>')
		id = span_of(id.data + 1, id.len - 2);
	return of->message->message_id != NULL && span_equal(id, span_from(t->value));
}

static bool is_client(const struct selection_term *t, const struct selection_subject *of)
{
	const struct record_session *s = of->message->session;

	if (s == NULL)
		return false;
	if (t->form == SELECTION_PREFIX)
		return s->client.ip.family != IP_NONE && ip_in_prefix(&s->client.ip, &t->prefix);
	return is_same(s->client.helo, t->value);
}

static bool is_after(const struct selection_term *t, const struct selection_subject *of)
{
	return t->form == SELECTION_INSTANT && of->now_ms >= (int64_t)t->number;
}

static bool is_before(const struct selection_term *t, const struct selection_subject *of)
{
	return t->form == SELECTION_INSTANT && of->now_ms < (int64_t)t->number;
}

static bool is_result(const struct selection_term *t, const struct selection_subject *of)
{
	const struct verdict *v = &of->message->observed;
	enum auth_result result = v->dmarc.result;

	if ((t->key == SELECTION_SPF || t->key == SELECTION_RDNS) && !v->has_client)
		return false;
	if (t->key == SELECTION_SPF)
		result = v->spf.result;
	else if (t->key == SELECTION_RDNS)
		result = v->rdns.result;
	else if (t->key == SELECTION_DKIM)
		result = verdict_dkim_result(v);
	for (size_t i = 0; i < t->word_count; i++)
		if (strcmp(t->words[i], AUTH_RESULT_NAME[result]) == 0)
			return true;
	return false;
}

/* Nothing is known of the connection: there was none with TLS. */
static bool is_tls(const struct selection_term *t, const struct selection_subject *of)
{
	(void)of;
	return strcmp(t->value, "none") == 0;
}

static bool is_finding(const struct selection_term *t, const struct selection_subject *of)
{
	const struct finding_list *all = &of->message->findings;

	for (size_t i = 0; i < all->count; i++) {
		const struct finding_entry *e = finding_entry(all->items[i].id);

		if (strcmp(t->value, "any") == 0 || strcmp(t->value, e->id) == 0 ||
		    strcmp(t->value, FINDING_SEVERITY_NAME[e->severity]) == 0)
			return true;
	}
	return false;
}

static bool has_plain(const struct mime_content *c)
{
	for (size_t i = 0; i < c->part_count; i++)
		if (!c->parts[i].attachment && strcmp(c->parts[i].type, "text/plain") == 0)
			return true;
	return false;
}

static bool has(const struct selection_term *t, const struct selection_subject *of)
{
	const struct mime_content *c = of->content;

	if (strcmp(t->value, "refused") == 0)
		return of->message->refused != NULL;
	if (strcmp(t->value, "attachment") == 0)
		return c->attachment_count > 0;
	if (strcmp(t->value, "link") == 0)
		return c->link_count > 0;
	if (strcmp(t->value, "html") == 0)
		return c->html != NULL;
	return has_plain(c);
}

static bool is_larger(const struct selection_term *t, const struct selection_subject *of)
{
	return of->message->size > t->number;
}

static bool is_smaller(const struct selection_term *t, const struct selection_subject *of)
{
	return of->message->size < t->number;
}

/* Letters and digits, ASCII or not. */
static bool is_letter(char c)
{
	return ascii_alnum(c) || (unsigned char)c >= 0x80;
}

/* The next word of the text; empty at its end. */
static struct span next_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (rest->len > 0 && !is_letter(rest->data[0]))
		*rest = span_after(*rest, 1);
	while (n < rest->len && is_letter(rest->data[n]))
		n++;
	word = span_first(*rest, n);
	*rest = span_after(*rest, n);
	return word;
}

/* Whether the text begins with the words of the phrase. */
static bool begins_with(struct span text, struct span phrase)
{
	struct span word = next_word(&phrase);

	for (; word.len > 0; word = next_word(&phrase))
		if (!span_equal_nocase(next_word(&text), word))
			return false;
	return true;
}

static bool has_phrase(const char *text, const char *phrase)
{
	struct span rest = span_from(text), at, words = span_from(phrase);

	if (next_word(&words).len == 0)
		return false;
	do {
		at = rest;
		if (begins_with(at, span_from(phrase)))
			return true;
	} while (next_word(&rest).len > 0);
	return false;
}

static bool has_word(const struct selection_term *t, const struct selection_subject *of)
{
	const struct record_message *m = of->message;

	for (size_t i = 0; i < m->envelope.rcpt_count; i++)
		if (has_phrase(m->envelope.rcpt_to[i], t->value))
			return true;
	return has_phrase(m->subject, t->value) || has_phrase(m->from, t->value) ||
	       has_phrase(m->envelope.mail_from, t->value) ||
	       has_phrase(of->content->text, t->value);
}

static bool (*const HOLDS[])(const struct selection_term *t, const struct selection_subject *of) = {
    [SELECTION_FROM] = is_from,
    [SELECTION_TO] = is_to,
    [SELECTION_SUBJECT] = is_subject,
    [SELECTION_ID] = is_never,
    [SELECTION_MESSAGE_ID] = is_message_id,
    [SELECTION_USER] = is_never,
    [SELECTION_LISTENER] = is_never,
    [SELECTION_CLIENT] = is_client,
    [SELECTION_AFTER] = is_after,
    [SELECTION_BEFORE] = is_before,
    [SELECTION_SPF] = is_result,
    [SELECTION_DKIM] = is_result,
    [SELECTION_DMARC] = is_result,
    [SELECTION_RDNS] = is_result,
    [SELECTION_TLS] = is_tls,
    [SELECTION_FINDING] = is_finding,
    [SELECTION_HAS] = has,
    [SELECTION_LARGER] = is_larger,
    [SELECTION_SMALLER] = is_smaller,
    [SELECTION_WORD] = has_word,
};
_Static_assert(ARRAY_SIZE(HOLDS) == SELECTION_KEY_COUNT, "one for each key");

bool selection_means(const struct selection *s, const struct selection_subject *of)
{
	for (size_t i = 0; i < s->count; i++)
		if (HOLDS[s->terms[i].key](&s->terms[i], of) == s->terms[i].negated)
			return false;
	return true;
}
