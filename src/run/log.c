/*
 * SPDX-License-Identifier: ISC
 *
 * The log: "time=... level=... session=... VERB key=value ...". A value is quoted when it is empty
 * or holds anything but plain printable characters, and escaped, so that one event is one line
 * whatever a client sends. A line is one write(), so that lines of several threads do not mix.
 */
#include "run/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/codec.h"
#include "base/date.h"
#include "run/clock.h"

/* A value beyond this is cut: one write() stays small. */
#define VALUE_MAX 500

static atomic_int level_wanted = CONF_LOG_INFO;

void log_set_level(enum conf_log_level level)
{
	atomic_store(&level_wanted, (int)level);
}

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || s.data[i] > '~' || s.data[i] == '"' || s.data[i] == '=' ||
		    s.data[i] == '\\')
			return false;
	return s.len > 0;
}

/* One character of s in quotes; returns the octets it takes. */
static size_t add_escaped(struct buffer *out, struct span s)
{
	size_t n = utf8_length(s);
	unsigned char c = (unsigned char)s.data[0];

	if (n > 1) {
		/* U+0080 to U+009F are controls to a terminal. */
		if (n == 2 && c == 0xc2 && (unsigned char)s.data[1] < 0xa0)
			buffer_printf(out, "\\x%02x\\x%02x", c, (unsigned char)s.data[1]);
		else
			buffer_add(out, s.data, n);
		return n;
	}
	if (c == '\n')
		buffer_add_string(out, "\\n");
	else if (c == '"' || c == '\\')
		buffer_printf(out, "\\%c", c);
	else if (c < ' ' || c > '~')
		buffer_printf(out, "\\x%02x", c);
	else
		buffer_add_char(out, (char)c);
	return 1;
}

static void add_value(struct buffer *out, const char *value)
{
	struct span s = span_first(span_from(value), VALUE_MAX);
	bool cut = s.len == VALUE_MAX && value[VALUE_MAX] != '\0';

	if (is_plain(s) && !cut) {
		buffer_add_span(out, s);
		return;
	}
	buffer_add_char(out, '"');
	while (s.len > 0)
		s = span_after(s, add_escaped(out, s));
	buffer_add_string(out, cut ? "...\"" : "\"");
}

static void add_pair(struct buffer *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buffer_printf(out, " %s=", key);
	add_value(out, value);
}

void log_event(enum conf_log_level level, const char *session, const char *verb, ...)
{
	struct buffer line = BUFFER_INIT;
	char time[DATE_RFC3339_SIZE];
	const char *key;
	va_list pairs;
	ssize_t written;

	if ((int)level > atomic_load(&level_wanted))
		return;
	buffer_printf(&line, "time=%s level=%s", date_rfc3339(clock_now_ms(), time),
	    CONF_LOG_LEVEL_NAME[level]);
	add_pair(&line, "session", session);
	buffer_printf(&line, " %s", verb);
	va_start(pairs, verb);
	while ((key = va_arg(pairs, const char *)) != NULL)
		add_pair(&line, key, va_arg(pairs, const char *));
	va_end(pairs);
	buffer_add_char(&line, '\n');
	/* There is nobody to tell that standard error cannot be written. */
	written = write(STDERR_FILENO, line.data, line.len);
	(void)written;
	buffer_clear(&line);
}
