-- SPDX-License-Identifier: ISC
--
-- Looking for messages by what they say, messages that were refused and stored all the same, and
-- deleting.

ALTER TABLE session ADD COLUMN kind TEXT;                 -- of the listener: mx submission ...
ALTER TABLE message ADD COLUMN refused TEXT;              -- the reply (enforce); NULL: accepted

-- What the walk of a message's parts found, made after the commit, in the order of the messages:
-- all below the highest that has a row were walked. No row: not walked yet.
CREATE TABLE walk (
	message INTEGER PRIMARY KEY REFERENCES message (number) ON DELETE CASCADE,
	attachments INTEGER NOT NULL,
	links INTEGER NOT NULL,
	html INTEGER NOT NULL,            -- 1: it has such a part
	plain INTEGER NOT NULL
) STRICT;

-- The text that free words are looked for in; rowid is message.number. Its segments are merged by
-- the writer, in small steps when nobody waits, and not by a commit that happens to be the one.
CREATE VIRTUAL TABLE words USING fts5 (subject, addresses, body,
	tokenize = "unicode61 remove_diacritics 2", columnsize = 0);
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('crisismerge', 1900);
CREATE TRIGGER walk_deleted AFTER DELETE ON walk BEGIN
	DELETE FROM words WHERE rowid = old.message;
END;

-- The highest number that a deleted message had: numbers are not given again, since they are the
-- order of arrival.
CREATE TABLE deleted (
	number INTEGER NOT NULL
) STRICT;
INSERT INTO deleted VALUES (0);
CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN
	UPDATE deleted SET number = old.number WHERE number < old.number;
END;

-- By time; with the size, so that the octets of all messages are summed up from the index alone.
CREATE INDEX message_received ON message (received_at_ms, size);
CREATE INDEX message_user ON message (auth_user) WHERE auth_user IS NOT NULL;
CREATE INDEX message_message_id ON message (message_id);
-- Sessions that are old enough to be deleted.
CREATE INDEX session_ended ON session (ended_at_ms) WHERE ended_at_ms IS NOT NULL;
