/*
 * SPDX-License-Identifier: ISC
 *
 * What the files of the server machine share: server.c (octets, events, output), verbs.c (which
 * command is legal when), envelope.c (MAIL, RCPT), auth.c (AUTH), body.c (the message), chunk.c
 * (BDAT), answer.c (what an answer does), extension.c (what is offered).
 */
#ifndef SMTP_SERVER_INTERNAL_H
#define SMTP_SERVER_INTERNAL_H

#include "smtp/data.h"
#include "smtp/line.h"
#include "smtp/sasl.h"
#include "smtp/server.h"

enum server_state {
	SERVER_GREETING,
	SERVER_START, /* greeted, no HELO yet */
	SERVER_READY, /* HELO given, no transaction */
	SERVER_MAIL,  /* MAIL accepted, no recipient yet */
	SERVER_RCPT,  /* at least one recipient */
	SERVER_BDAT,  /* a chunk of the message was taken, and it was not the last */
	SERVER_SASL,  /* the next line is a SASL response */
	SERVER_DATA,  /* octets of a message, or its question is open */
	SERVER_TLS,   /* STARTTLS answered: nothing may come before smtp_server_tls_started */
	SERVER_ENDED,
};

struct server_event {
	enum smtp_event kind;
	struct smtp_event_data data;
};

/* A BDAT command and its octets (RFC 3030), which follow whatever becomes of the command. */
struct server_chunk {
	bool open; /* the command was read; octets are missing, or a question is open */
	bool last;
	bool malformed;      /* what stands behind the size is not LAST */
	uint64_t size, left; /* octets of the chunk, and those still to come */
	/* The refusal that is given behind the octets; code 0: none. */
	int code;
	char status[12];
	struct buffer text;
};

/* One line or one step of data gives fewer events than this. */
#define SERVER_EVENTS 16

struct smtp_server {
	const struct smtp_settings *settings;
	enum server_state state;
	bool tls;
	bool trusted;
	bool esmtp; /* the last accepted greeting was EHLO */
	bool authenticated;
	bool login; /* XCLIENT gave a LOGIN: it holds through STARTTLS */
	unsigned bad_commands, idle_commands;
	unsigned rejected_logins;

	struct server_event events[SERVER_EVENTS];
	size_t first, count;

	struct buffer out;
	uint64_t written, sent; /* octets since the beginning */
	uint64_t greeting;      /* nothing may come before this much of the output has left */
	uint64_t sync;          /* the same for the last synchronising reply (RFC 2920 3.1) */
	bool sync_reply;        /* the command at hand must be the last of its group */

	struct smtp_line line;
	bool line_done;      /* the line was given to its handler; the next feed begins another */
	bool out_of_turn;    /* the line began before a synchronising reply had left */
	bool after_auth;     /* AUTH was tried: lines that are no command may hold secrets */
	bool masked;         /* the line is shown masked */
	struct buffer shown; /* the masked line */
	struct arena *arena; /* strings of events until the next feed; NULL when none is there */
	struct smtp_sasl sasl;
	unsigned char random[SMTP_RANDOM_SIZE]; /* from smtp_server_random; zeros without */
	unsigned exchanges;                     /* of SASL begun, so that nonces differ */
	struct smtp_channel channel;            /* of the TLS connection that stands */

	bool mail_refused; /* RCPT and DATA behind it in the same group are no mistake */
	bool rcpt_refused;
	enum smtp_body body;
	bool smtputf8;
	unsigned recipients;
	struct smtp_data data;
	struct server_chunk chunk;
	uint64_t size; /* octets of the message so far */
	bool refused;  /* the message will be refused with the reply of refusal */
	enum finding_id refusal;
};

/* server.c */
void server_set_state(struct smtp_server *s, enum server_state state);
/* Queues an event and returns its data to be filled. */
struct smtp_event_data *server_event(struct smtp_server *s, enum smtp_event kind);
/* Takes the open question away; SMTP_EVENT_NONE when none is open. What it borrowed is gone. */
enum smtp_event server_take_question(struct smtp_server *s, struct smtp_event_data *out);
struct arena *server_arena(struct smtp_server *s);
/* Queues a finding; text (or NULL) is copied. */
void server_finding(struct smtp_server *s, enum finding_id id, const char *text);
/* The reply that the table of findings has for id. */
struct smtp_reply server_table_reply(enum finding_id id);
/* The finding, the table's reply, and the end of the session. */
void server_stop(struct smtp_server *s, enum finding_id id, enum smtp_end why);
/* Appends the reply and nothing else. */
void server_write(struct smtp_server *s, const struct smtp_reply *reply);
/* Replies to the command at hand: counts bad commands, marks what must be waited for. */
void server_reply(struct smtp_server *s, int code, const char *status, const char *text);
/* The finding, then the reply. */
void server_refuse(
    struct smtp_server *s, enum finding_id id, const char *text, const struct smtp_reply *reply);
/* The same, unless such a fault is only noted here (strict = record); true when it refused. */
bool server_object(
    struct smtp_server *s, enum finding_id id, const char *text, const struct smtp_reply *reply);
/* Drops a transaction with its notice; the state becomes SERVER_READY then. */
void server_drop(struct smtp_server *s);
void server_end(struct smtp_server *s, enum smtp_end why);
bool server_question_open(const struct smtp_server *s);
bool server_in_transaction(const struct smtp_server *s);
void server_greeting_text(const struct smtp_server *s, struct buffer *out);

/* verbs.c */
void server_command(struct smtp_server *s, struct span line);
/* Refuses the octets of a message for which no recipient was accepted. */
void server_no_recipients(struct smtp_server *s, const char *verb);
/* Whether the line begins with a word of the verb table. */
bool server_verb_known(struct span line);
/* Whether the line is QUIT, which is obeyed even out of turn. */
bool server_verb_is_quit(struct span line);
/* How long a line that begins like this may be by the RFCs. */
size_t server_line_limit(const struct smtp_server *s);

/* envelope.c */
void server_mail(struct smtp_server *s, struct span argument);
void server_rcpt(struct smtp_server *s, struct span argument);
bool server_is_ascii(struct span text);

/* auth.c */
void server_auth(struct smtp_server *s, struct span argument);
void server_auth_unavailable(struct smtp_server *s);
void server_auth_continue(struct smtp_server *s, struct span line);
/* The mechanisms that are offered: those that bind to the channel only where it can be done. */
unsigned server_mechanisms(const struct smtp_server *s);
/* Gives the error object of the mechanism before the refusal; false when it has none. */
bool server_auth_refused(struct smtp_server *s, const struct smtp_reply *reply);
/*
 * Notes a login that is about to be refused with 535; true when there were so many that the session
 * has ended instead.
 */
bool server_auth_rejected(struct smtp_server *s, const char *why);
/* Drops an exchange that goes on; the state becomes SERVER_READY then. */
void server_auth_drop(struct smtp_server *s);

/* body.c */
void server_body_begin(struct smtp_server *s);
size_t server_body_feed(struct smtp_server *s, struct span in);
/* Takes octets of a chunk; in is not beyond its end. */
size_t server_body_chunk(struct smtp_server *s, struct span in);
/* The message is complete: asks MESSAGE or refuses it. */
void server_body_end(struct smtp_server *s);
/* Writes the reply to the message: once, or under LMTP for each recipient. */
void server_body_reply(struct smtp_server *s, const struct smtp_reply *reply);

/* chunk.c */
/* Opens the chunk of a BDAT; false when the line is one but does not say how much follows. */
bool server_chunk_open(struct smtp_server *s, struct span line);
/* Drops the transaction: a message of which a part is missing must not arrive. */
void server_chunk_drop(struct smtp_server *s);
void server_bdat(struct smtp_server *s, struct span argument);
/* Keeps the refusal of the BDAT at hand until its octets are through. */
void server_chunk_refuse(struct smtp_server *s, int code, const char *status, const char *text);
size_t server_chunk_feed(struct smtp_server *s, struct span in);
/* Replies to the chunk when all its octets are there and no question is open. */
void server_chunk_close(struct smtp_server *s);

/* extension.c */
enum server_extension {
	EXTENSION_PIPELINING, /* RFC 2920 */
	EXTENSION_SIZE,       /* RFC 1870 */
	EXTENSION_8BITMIME,   /* RFC 6152 */
	EXTENSION_ENHANCED,   /* RFC 2034 */
	EXTENSION_STARTTLS,   /* RFC 3207 */
	EXTENSION_AUTH,       /* RFC 4954 */
	EXTENSION_XCLIENT,    /* Postfix */
	EXTENSION_CHUNKING,   /* RFC 3030 */
	EXTENSION_BINARYMIME, /* RFC 3030 */
	EXTENSION_SMTPUTF8,   /* RFC 6531 */
	EXTENSION_DSN,        /* RFC 3461 */
	EXTENSION_REQUIRETLS, /* RFC 8689 */
	EXTENSION_LIMITS,     /* RFC 9422 */
	EXTENSION_COUNT,
	EXTENSION_NONE,  /* a verb of RFC 5321 itself */
	EXTENSION_SMTP,  /* a verb that LMTP does not have */
	EXTENSION_LMTP,  /* one that only LMTP has (RFC 2033) */
	EXTENSION_NEVER, /* a verb that is known and not implemented */
};

bool server_offers(const struct smtp_server *s, enum server_extension e);
/* Appends the offered keywords with their values, each after a line feed. */
void server_keywords(const struct smtp_server *s, struct buffer *out);
/* The parameters that a command may have, and how many octets they add to its line. */
enum server_param_verb {
	SERVER_PARAM_MAIL,
	SERVER_PARAM_RCPT,
	SERVER_PARAM_VRFY,
	SERVER_PARAM_VERB_COUNT,
};

unsigned server_params(const struct smtp_server *s, enum server_param_verb verb);
size_t server_param_octets(const struct smtp_server *s, enum server_param_verb verb);

#endif
