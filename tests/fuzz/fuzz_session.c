/*
 * SPDX-License-Identifier: ISC
 *
 * A whole session: the same octets, cut at other places, must give the same transcript, the same
 * messages and the same end.
 *
 * Input: two octets of settings, an octet that picks the answers, then what the client sends. In it
 * 0xff 0x01 says that the output has left, 0xff 0x02 that the handshake was made (where it is
 * awaited), 0xff 0xff is the octet 0xff. tests/dialog/run_machine --corpus writes such inputs.
 */
#include <stdlib.h>
#include <string.h>

#include "../dialog/machine.h"

#define MESSAGE_MAX 300
#define OUTPUT_MAX  (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

#define HEADER 3

struct run {
	struct machine machine;
	struct smtp_secret secret;
	unsigned answers; /* picks them; 0: the standard ones */
	uint32_t random;  /* picks the cuts; 0: none */
};

static const struct smtp_reply *policy(
    void *arg, enum smtp_event kind, const struct smtp_event_data *data)
{
	static const struct smtp_reply replies[] = {
	    {550, "5.7.1", "No"},
	    {451, "4.7.1", "Later\nmuch later"},
	    {250, "2.0.0", "Yes"},
	    {503, "5.5.1", "Bad"},
	    {421, "4.3.2", "Closing"},
	};
	struct run *r = arg;
	unsigned pick;

	(void)data;
	if (r->answers == 0 || kind == SMTP_EVENT_GREETING)
		return NULL;
	r->answers = (r->answers * 37 + 11) % 251;
	pick = r->answers % 32;
	return pick < ARRAY_SIZE(replies) ? &replies[pick] : NULL;
}

static size_t cut(void *arg, struct span rest)
{
	struct run *r = arg;
	size_t n;

	if (r->random == 0)
		return rest.len;
	r->random = r->random * 1664525 + 1013904223;
	n = 1 + (r->random >> 20) % ((r->random >> 16 & 3) == 0 ? 40 : 4);
	r->random |= 1;
	return n < rest.len ? n : rest.len;
}

/* Some users are known by their password, some by keys alone, some not at all. */
static const struct smtp_secret *secret(void *arg, struct span user)
{
	struct run *r = arg;

	r->secret = (struct smtp_secret){.password = SPAN("secret")};
	if (user.len > 0 && user.data[0] == 'k') {
		r->secret.password = (struct span){NULL, 0};
		r->secret.sha256.iterations = 4096;
		r->secret.sha256.salt = SPAN("salt");
	}
	return user.len > 0 && user.data[0] == 'n' ? NULL : &r->secret;
}

/* octet: two octets of the input, the first one in the low bits. */
static void settings_of(unsigned octet, struct smtp_settings *settings, unsigned *flags)
{
	*settings = (struct smtp_settings){
	    .limits = SMTP_LIMITS_DEFAULT,
	    .hostname = "mail.example.org",
	    .tls = (octet & 3) == 3 ? SMTP_TLS_NONE : (enum smtp_tls_rule)(octet & 3),
	    .mechanisms = (octet & 4) != 0 ? (1U << SMTP_MECHANISM_COUNT) - 1 : 0,
	    .auth_without_tls = (octet & 8) != 0,
	    .require_auth = (octet & 16) != 0,
	    .lmtp = (octet & 256) != 0,
	    .record = (octet & 512) != 0,
	};
	*flags = ((octet & 32) != 0 ? SMTP_SERVER_TRUSTED : 0) |
	         ((octet & 64) != 0 ? SMTP_SERVER_TLS : 0);
	if ((octet & 128) == 0)
		return;
	settings->limits.command_line = 64;
	settings->limits.auth_line = 100;
	settings->limits.body_line = 40;
	settings->limits.message_size = MESSAGE_MAX;
	settings->limits.recipients = 2;
	settings->limits.bad_commands = 4;
	settings->limits.idle_commands = 30;
}

static void take_mark(struct run *r, unsigned mark)
{
	size_t waiting = smtp_server_output(r->machine.server).len;

	require(waiting <= OUTPUT_MAX);
	machine_sent(&r->machine, waiting);
	if (mark == 2 && smtp_server_wants_tls(r->machine.server))
		smtp_server_tls_started(r->machine.server);
}

/* Plays the input; the octets between marks go in as one run, which cut divides. */
static void play(struct run *r, struct span in)
{
	struct buffer run = BUFFER_INIT;

	for (size_t i = 0; i < in.len; i++) {
		unsigned char next = i + 1 < in.len ? (unsigned char)in.data[i + 1] : 0;

		if ((unsigned char)in.data[i] != 0xff) {
			buffer_add_char(&run, in.data[i]);
			continue;
		}
		i++;
		if (next == 0xff)
			buffer_add_char(&run, '\xff');
		if (next != 1 && next != 2)
			continue;
		machine_feed(&r->machine, buffer_span(&run), cut, r);
		buffer_reset(&run);
		take_mark(r, next);
	}
	machine_feed(&r->machine, buffer_span(&run), cut, r);
	buffer_clear(&run);
}

/* Whether a message was announced as binary: then it may hold any octets. */
static bool binary(const struct run *r)
{
	struct span log = buffer_span(&r->machine.log);

	while (log.len > 0) {
		struct span line = span_cut(&log, '\n');

		if (span_starts(line, SPAN("E: MAIL ")) &&
		    memmem(line.data, line.len, "body=BINARYMIME", 15) != NULL)
			return true;
	}
	return false;
}

/* No message that was accepted is over the size or has a line end of its own kind. */
static void check_messages(const struct run *r, const struct smtp_settings *settings)
{
	bool any = settings->record || binary(r);

	for (size_t i = 0; i < r->machine.message_count; i++) {
		struct span m = buffer_span(&r->machine.messages[i]);

		require(m.len <= settings->limits.message_size);
		for (size_t k = 0; k < m.len && !any; k++) {
			require(m.data[k] != '\0');
			require(m.data[k] != '\n' || (k > 0 && m.data[k - 1] == '\r'));
			require(m.data[k] != '\r' || (k + 1 < m.len && m.data[k + 1] == '\n'));
		}
	}
}

/* Every line of the output is a reply line of bounded length. */
static void check_output(const struct run *r)
{
	struct span rest = buffer_span(&r->machine.log);

	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		if (!span_starts(line, SPAN("S: ")))
			continue;
		require(line.len >= 6 && line.len <= 3 + 510);
		require(line.data[3] >= '2' && line.data[3] <= '5');
	}
}

static void run(struct run *r, struct span in, const struct smtp_settings *settings, unsigned flags)
{
	static const struct smtp_channel channel = {
	    .has_exporter = true, .exporter = "exporter", .end_point = "end", .end_point_size = 32};

	r->machine.policy = policy;
	r->machine.secret = secret;
	r->machine.arg = r;
	machine_start(&r->machine, settings, flags);
	smtp_server_channel(r->machine.server, &channel);
	play(r, in);
	check_messages(r, settings);
	check_output(r);
	require(!r->machine.ended || smtp_server_feed(r->machine.server, "x", 1) == 0);
}

static void compare(const struct run *a, const struct run *b)
{
	const struct machine *x = &a->machine, *y = &b->machine;

	require(span_equal(buffer_span(&x->log), buffer_span(&y->log)));
	require(x->message_count == y->message_count);
	for (size_t i = 0; i < x->message_count; i++)
		require(span_equal(buffer_span(&x->messages[i]), buffer_span(&y->messages[i])));
	require(span_equal(buffer_span(&x->body), buffer_span(&y->body)));
	require(x->ended == y->ended);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct smtp_settings settings;
	struct run whole = {.random = 0}, pieces = {.random = 1};
	unsigned flags;

	if (size < HEADER)
		return 0;
	settings_of(data[0] | (unsigned)data[1] << 8, &settings, &flags);
	whole.answers = pieces.answers = data[HEADER - 1];
	for (size_t i = 0; i < size; i++)
		pieces.random = pieces.random * 31 + data[i];
	pieces.random |= 1;
	run(&whole, span_after(in, HEADER), &settings, flags);
	run(&pieces, span_after(in, HEADER), &settings, flags);
	compare(&whole, &pieces);
	machine_clear(&whole.machine);
	machine_clear(&pieces.machine);
	return 0;
}
