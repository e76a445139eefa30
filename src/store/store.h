/*
 * SPDX-License-Identifier: ISC
 *
 * The record on disk. Functions take and return the plain structs of record/record.h and hide
 * SQL. Readers (the command line) open it read-only and need no daemon; the daemon's writer
 * (store/writer.h) owns the only writing connection.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "policy/selection.h"
#include "record/record.h"

struct store;

/* Opens DIR/mailassay.db for reading. NULL with err (no store, a newer version, unreadable). */
struct store *store_open_reader(const char *data_dir, struct error *err);
void store_close(struct store *s);

/* Which messages; members that are NULL or 0 do not narrow. */
struct store_filter {
	const struct selection *selection;
	const char *after; /* a whole message id: only messages that came later */
	size_t limit;      /* 0: all */
	bool oldest_first; /* and not newest first */
};

struct store_messages {
	struct record_message *items; /* newest first; each with its session */
	size_t count;
};

/* Reads the messages that match; everything lives in the arena. 0 or -1. */
int store_messages(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_messages *out, struct error *err);
/*
 * Calls each with one message after the other, which lives until the call returns, so that memory
 * does not grow with their number. It returns 0, or another number to stop, which is then the
 * result; -1 with err when reading failed.
 */
int store_each(struct store *s, const struct store_filter *f,
    int (*each)(void *arg, const struct record_message *m), void *arg, struct error *err);
/* The ids of those that match, one a line of ULID_SIZE - 1 characters. 0 or -1. */
int store_ids(struct store *s, const struct store_filter *f, struct buffer *out, struct error *err);
/*
 * Whether the text index has all messages that are stored now: 1, 0; -1 failed. A filter with free
 * words is for a caller who has seen 1.
 */
int store_indexed(struct store *s, struct error *err);
/*
 * For the index, as store_unasked: the first message after *number that is not in it, with its
 * source appended; after 0: behind the last one that is in it. 1; 0 there is none; -1 failed.
 */
int store_unindexed(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *source, struct error *err);

/* How many match, counted to at most f->limit (0: all). -1 on failure. */
ptrdiff_t store_count(struct store *s, const struct store_filter *f, struct error *err);

/* A beginning of an id that is shorter names none. */
#define STORE_PREFIX_MIN 4

enum store_found {
	STORE_FOUND,
	STORE_UNKNOWN,   /* no id begins so, or the text can be none */
	STORE_AMBIGUOUS, /* candidates are appended to *candidates, blank-separated, at most 10 */
	STORE_FAILED,
};

/*
 * The whole message id of a unique prefix (4 or more characters, case ignored) or of "latest".
 * id has room for a ULID and NUL.
 */
enum store_found store_find(
    struct store *s, const char *text, char *id, struct buffer *candidates, struct error *err);

/* Reads one message by its whole id. 0, or -1 (also when it is gone). */
int store_message(struct store *s, const char *id, struct arena *a, struct record_message *out,
    struct error *err);
/* Appends the source octets; the transcript of the message's session; the evidence text. */
int store_source(struct store *s, const char *id, struct buffer *out, struct error *err);
int store_transcript(struct store *s, const char *id, struct buffer *out, struct error *err);
int store_evidence(struct store *s, const char *id, struct buffer *out, struct error *err);

/* The newest message id, or "" when there is none. 0 or -1. id has room for a ULID and NUL. */
int store_newest(struct store *s, char *id, struct error *err);

/*
 * For asking opinions of one message after the other, by their numbers, which grow in the order of
 * storing. store_asked gives where to go on from: the last message that has an opinion, else the
 * newest, else 0. store_unasked reads the first message after *number, whose number it then is,
 * with its evidence appended: 1; 0 there is none; -1 failed.
 */
int store_asked(struct store *s, int64_t *number, struct error *err);
int store_unasked(struct store *s, int64_t *number, struct arena *a, struct record_message *out,
    struct buffer *evidence, struct error *err);

/* Which sessions; members that are false or 0 do not narrow. Newest first. */
struct store_session_filter {
	bool failed;        /* only those that broke: failed_at is not DONE */
	size_t limit;       /* 0: all */
	const char *before; /* only those whose id is less; NULL: all */
};

struct store_sessions {
	struct record_session *items; /* newest first; each with the ids of its messages */
	size_t count;
};

/* Reads the sessions that match; everything lives in the arena. 0 or -1. */
int store_sessions(struct store *s, const struct store_session_filter *f, struct arena *a,
    struct store_sessions *out, struct error *err);

/*
 * As store_find, of a session: also the id of a message, or a beginning of it, leads to its
 * session. Candidates are sessions.
 */
enum store_found store_find_session(
    struct store *s, const char *text, char *id, struct buffer *candidates, struct error *err);
/* Appends the transcript of the session with this whole id; nothing when it has none. 0 or -1. */
int store_session_transcript(
    struct store *s, const char *id, struct buffer *out, struct error *err);

/* One group of "stats": how many messages have the word. */
struct store_tally {
	const char *group; /* "spf", "dkim", "dmarc", "rdns", "tls", "listener", "user", "hour",
			      "finding", "refused" */
	const char *word;  /* "pass", "mx", "2026-11-23T16:00Z"; NULL: none */
	uint64_t count;
};

struct store_stats {
	uint64_t messages, octets, sessions, sessions_failed;
	struct store_tally *tallies; /* group by group, in the order above; largest count first,
					hours in order */
	size_t tally_count;
	/* Milliseconds of sessions in each stage: of all that reached it. */
	struct store_latency {
		uint64_t count;
		int64_t p50, p90, p99, max;
	} latency[RECORD_STAGE_DONE];
};

/* Of the messages that match (the limit is not looked at) and their sessions. 0 or -1. */
int store_stats(struct store *s, const struct store_filter *f, struct arena *a,
    struct store_stats *out, struct error *err);

/* Gives back the memory of what was read, for a reader that stays open. */
void store_release_memory(struct store *s);

/* Changes whenever another connection committed (PRAGMA data_version). -1 on failure. */
int64_t store_version(struct store *s);

#endif
