/*
 * SPDX-License-Identifier: ISC
 *
 * Rows: the columns and the cursor along them.
 */
#include "store/rows.h"

#include <string.h>

#include "base/name.h"

#define FACTS                                                                                      \
	"client_ip, client_port, helo, client_name, via, esmtp, "                                  \
	"auth_mechanism, auth_user, auth_over_tls, "                                               \
	"tls_mode, tls_version, tls_cipher, tls_bits, tls_group, tls_sni, tls_alpn, tls_resumed, " \
	"client_certificate_subject, client_certificate_issuer, "                                  \
	"client_certificate_fingerprint_sha256, client_certificate_not_after, "                    \
	"client_certificate_verified, client_certificate_reason"
#define VERDICT "message, viewpoint, check_name, result, reason"

const char ROWS_SESSION[] =
    "id, listener, kind, started_at_ms, ended_at_ms, stage, \"end\", end_reason, "
    "commands, bytes_in, bytes_out, tls_failure_reason, tls_failure_offered_versions, "
    "tls_failure_sni, tls_failure_alpn, tls_failure_groups, tls_failure_by, tls_failure_alert, "
    "failed_at, failure, connection_ms, tls_ms, authentication_ms, envelope_ms, data_ms, " FACTS;
const char ROWS_MESSAGE[] =
    "number, id, session, received_at_ms, mail_from, smtputf8, body, require_tls, "
    "dsn_ret, dsn_envid, size, message_id, header_from, "
    "subject, date, refused, " FACTS;
const char ROWS_TRANSCRIPT[] = "session, text";
const char ROWS_RECIPIENT[] = "message, seq, address, notify, orcpt";
const char ROWS_SOURCE[] = "message, bytes";
const char ROWS_EVIDENCE[] = "message, text";
const char ROWS_FINDING[] = "session, message, seq, id, severity, reference, text";
const char ROWS_DKIM_SIGNATURE[] =
    "message, viewpoint, seq, result, domain, selector, algorithm, bits, canonicalization, "
    "identity, signed_headers, body_length, signed_at, expires_at, reason, predicted";
const char ROWS_PREDICTION[] = "message, route, egress, return_path, dkim_domain, dkim_selector";
const char ROWS_OPINION[] = "message, seq, library, check_name, result, agrees, reason";
const char ROWS_WALK[] = "message, attachments, links, html, plain";
const char ROWS_WORDS[] = "rowid, subject, addresses, body";
const char ROWS_SPF[] = VERDICT ", identity, domain, mechanism, lookups, void_lookups, explanation";
const char ROWS_DKIM[] = VERDICT;
const char ROWS_DMARC[] =
    VERDICT ", from_domain, organizational_domain, policy_domain, policy, disposition, "
	    "spf_aligned, dkim_aligned, record";
const char ROWS_RDNS[] = VERDICT ", ip, names, confirmed, helo_match";

static void add_update(struct buffer *out, struct span columns)
{
	const char *separator = " ON CONFLICT (id) DO UPDATE SET ";

	while (columns.data != NULL) {
		struct span name = span_trim(span_cut(&columns, ','));

		buffer_printf(out, "%s%.*s = excluded.%.*s", separator, (int)name.len, name.data,
		    (int)name.len, name.data);
		separator = ", ";
	}
}

void rows_insert_sql(struct buffer *out, const char *table, const char *columns, bool update)
{
	buffer_printf(out, "INSERT INTO %s (%s) VALUES (?", table, columns);
	for (const char *p = strchr(columns, ','); p != NULL; p = strchr(p + 1, ','))
		buffer_add_string(out, ", ?");
	buffer_add_char(out, ')');
	if (update)
		add_update(out, span_from(columns));
}

/* After a failure nothing more is bound, so that the connection still knows it. */
static void bound(struct row *r, int code)
{
	r->at++;
	r->failed = code != SQLITE_OK;
}

void row_put_null(struct row *r)
{
	if (!r->failed)
		bound(r, sqlite3_bind_null(r->stmt, r->at + 1));
}

void row_put_text(struct row *r, const char *s)
{
	if (s == NULL)
		row_put_null(r);
	else
		row_put_span(r, span_from(s));
}

void row_put_span(struct row *r, struct span s)
{
	const char *text = s.data == NULL ? "" : s.data;

	if (!r->failed)
		bound(r, sqlite3_bind_text64(
			     r->stmt, r->at + 1, text, s.len, SQLITE_STATIC, SQLITE_UTF8));
}

void row_put_bytes(struct row *r, struct span s)
{
	const char *bytes = s.data == NULL ? "" : s.data;

	if (!r->failed)
		bound(r, sqlite3_bind_blob64(r->stmt, r->at + 1, bytes, s.len, SQLITE_STATIC));
}

void row_put_int(struct row *r, int64_t value)
{
	if (!r->failed)
		bound(r, sqlite3_bind_int64(r->stmt, r->at + 1, value));
}

void row_put_int_or(struct row *r, int64_t value, int64_t absent)
{
	if (value == absent)
		row_put_null(r);
	else
		row_put_int(r, value);
}

bool row_next_is_null(const struct row *r)
{
	return sqlite3_column_type(r->stmt, r->at) == SQLITE_NULL;
}

char *row_get_text(struct row *r, struct arena *a)
{
	int at = r->at++;
	const unsigned char *text = sqlite3_column_text(r->stmt, at);

	if (text == NULL)
		return NULL;
	return arena_copy(a, span_of(text, (size_t)sqlite3_column_bytes(r->stmt, at)));
}

int64_t row_get_int(struct row *r)
{
	return sqlite3_column_int64(r->stmt, r->at++);
}

int64_t row_get_int_or(struct row *r, int64_t absent)
{
	bool is_null = row_next_is_null(r);
	int64_t value = row_get_int(r);

	return is_null ? absent : value;
}

bool row_get_bool(struct row *r)
{
	return row_get_int(r) != 0;
}

int row_get_word(struct row *r, const char *const *table, size_t count)
{
	int at = r->at++;
	const unsigned char *text = sqlite3_column_text(r->stmt, at);
	int index;

	if (text == NULL)
		return 0;
	index = name_find(table, count, span_of(text, (size_t)sqlite3_column_bytes(r->stmt, at)));
	return index < 0 ? 0 : index;
}

void row_get_bytes(struct row *r, struct buffer *out)
{
	int at = r->at++;
	const void *bytes = sqlite3_column_blob(r->stmt, at);

	buffer_add(out, bytes, (size_t)sqlite3_column_bytes(r->stmt, at));
}

const char *row_join(struct buffer *out, const char *const *words, size_t count, char sep)
{
	buffer_reset(out);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_char(out, sep);
		buffer_add_string(out, words[i]);
	}
	if (count == 0)
		return NULL;
	return out->data == NULL ? "" : out->data;
}

const char **row_cut(const char *joined, char sep, size_t *count, struct arena *a)
{
	struct span rest = span_from(joined);
	const char **words;
	size_t n = 1;

	*count = 0;
	if (joined == NULL)
		return NULL;
	for (const char *p = joined; *p != '\0'; p++)
		n += *p == sep;
	words = arena_alloc(a, n * sizeof(*words));
	while (rest.data != NULL && *count < n)
		words[(*count)++] = arena_copy(a, span_cut(&rest, sep));
	return words;
}
