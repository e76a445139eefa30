-- SPDX-License-Identifier: ISC
--
-- The first schema: sessions, their messages, and what was judged of them.
--
-- Times named *_ms are milliseconds since 1970-01-01 UTC; the few that come from certificates and
-- signatures are seconds and say so. Words of an enumeration are text, truth is 0 or 1, what is
-- absent is NULL. Rows refer to each other by the integer "number"; the ids that people see are
-- ULIDs in "id". For reading by hand see the views of views.sql.

-- One row a connection, also one that never sent a message. It is made with the session's first
-- message, or else at its end, and holds the facts as they stood at the end.
CREATE TABLE session (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,          -- ULID
	listener TEXT,
	started_at_ms INTEGER NOT NULL,
	ended_at_ms INTEGER,              -- NULL: open, or the gateway died before it ended
	-- how far it got: connection tls authentication envelope data done
	stage TEXT NOT NULL,
	-- why it ended: quit client-closed timeout limit refused shutdown error
	"end" TEXT,
	end_reason TEXT,                  -- the same in words
	commands INTEGER NOT NULL,
	bytes_in INTEGER NOT NULL,
	bytes_out INTEGER NOT NULL,
	tls_failure_reason TEXT,          -- a handshake that failed
	tls_failure_offered_versions TEXT,
	tls_failure_sni TEXT,
	tls_failure_alpn TEXT,
	-- the same columns as at the end of message
	client_ip TEXT,
	client_port INTEGER,
	helo TEXT,
	client_name TEXT,                 -- by XCLIENT
	via TEXT NOT NULL,                -- direct proxy xclient
	auth_mechanism TEXT,              -- NULL: not authenticated
	auth_user TEXT,
	auth_over_tls INTEGER,
	tls_mode TEXT,                    -- starttls implicit; NULL: plain
	tls_version TEXT,
	tls_cipher TEXT,
	tls_bits INTEGER,
	tls_group TEXT,
	tls_sni TEXT,
	tls_alpn TEXT,
	tls_resumed INTEGER,
	client_certificate_subject TEXT,
	client_certificate_issuer TEXT,
	client_certificate_fingerprint_sha256 TEXT,
	client_certificate_not_after INTEGER, -- seconds since 1970
	client_certificate_verified INTEGER,  -- NULL: no certificate
	client_certificate_reason TEXT
) STRICT;

-- The dialogue, in pieces that are joined in the order of seq.
CREATE TABLE transcript (
	seq INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES session (number) ON DELETE CASCADE,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX transcript_session ON transcript (session);

-- A message and the facts of its session as they stood when it came: a session may send one
-- message in clear text and the next under TLS. "number" grows in the order of the commits.
CREATE TABLE message (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,          -- ULID
	session INTEGER NOT NULL REFERENCES session (number) ON DELETE CASCADE,
	received_at_ms INTEGER NOT NULL,
	mail_from TEXT COLLATE NOCASE,    -- '' is the null reverse-path
	smtputf8 INTEGER NOT NULL,
	body TEXT,                        -- the BODY parameter of MAIL
	size INTEGER NOT NULL,            -- octets of the source
	message_id TEXT,
	header_from TEXT COLLATE NOCASE,  -- the From address
	subject TEXT,                     -- decoded
	date TEXT,                        -- the Date field
	-- the same columns as at the end of session
	client_ip TEXT,
	client_port INTEGER,
	helo TEXT,
	client_name TEXT,
	via TEXT NOT NULL,
	auth_mechanism TEXT,
	auth_user TEXT,
	auth_over_tls INTEGER,
	tls_mode TEXT,
	tls_version TEXT,
	tls_cipher TEXT,
	tls_bits INTEGER,
	tls_group TEXT,
	tls_sni TEXT,
	tls_alpn TEXT,
	tls_resumed INTEGER,
	client_certificate_subject TEXT,
	client_certificate_issuer TEXT,
	client_certificate_fingerprint_sha256 TEXT,
	client_certificate_not_after INTEGER,
	client_certificate_verified INTEGER,
	client_certificate_reason TEXT,
	UNIQUE (session, number)
) STRICT;
-- A sender's messages, newest first. Most mail has one address in both places; only where they
-- differ is the second indexed.
CREATE INDEX message_mail_from ON message (mail_from);
CREATE INDEX message_header_from ON message (header_from) WHERE header_from IS NOT mail_from;

-- Accepted recipients in order.
CREATE TABLE recipient (
	message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
	seq INTEGER NOT NULL,
	address TEXT NOT NULL COLLATE NOCASE,
	PRIMARY KEY (message, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX recipient_address ON recipient (address, message);

-- The octets as they were received, dot-unstuffed. Apart from message, so that reading lists of
-- messages does not read mail.
CREATE TABLE source (
	message INTEGER PRIMARY KEY REFERENCES message (number) ON DELETE CASCADE,
	bytes BLOB NOT NULL
) STRICT;

-- What the DNS answered when the message was judged, as a zone file.
CREATE TABLE evidence (
	message INTEGER PRIMARY KEY REFERENCES message (number) ON DELETE CASCADE,
	text TEXT NOT NULL
) STRICT;

-- One row a viewpoint and check; each check fills its own columns. No row: not judged.
CREATE TABLE verdict (
	message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
	viewpoint TEXT NOT NULL,          -- observed (predicted and delivered are to come)
	check_name TEXT NOT NULL,         -- spf spf_helo dkim dmarc rdns
	result TEXT NOT NULL,             -- RFC 8601; of dkim: the one word for all signatures
	reason TEXT,                      -- one sentence; of dkim see dkim_signature
	-- spf, spf_helo
	identity TEXT,                    -- mailfrom helo
	domain TEXT,
	mechanism TEXT,
	lookups INTEGER,
	void_lookups INTEGER,
	explanation TEXT,
	-- dmarc
	from_domain TEXT,
	organizational_domain TEXT,
	policy_domain TEXT,
	policy TEXT,                      -- none quarantine reject; NULL: no record
	disposition TEXT,                 -- likewise
	spf_aligned INTEGER,
	dkim_aligned INTEGER,
	record TEXT,
	-- rdns
	ip TEXT,
	names TEXT,                       -- of the PTR records, separated by blanks
	confirmed TEXT,
	helo_match INTEGER,
	PRIMARY KEY (message, viewpoint, check_name)
) STRICT, WITHOUT ROWID;

-- The signatures in the order of the header.
CREATE TABLE dkim_signature (
	message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
	viewpoint TEXT NOT NULL,
	seq INTEGER NOT NULL,
	result TEXT NOT NULL,
	domain TEXT,
	selector TEXT,
	algorithm TEXT,
	bits INTEGER,                     -- of the key; NULL: unknown
	canonicalization TEXT,
	identity TEXT,
	signed_headers TEXT,              -- separated by colons, as in h=
	body_length INTEGER,              -- l=
	signed_at INTEGER,                -- t=, seconds since 1970
	expires_at INTEGER,               -- x=, seconds since 1970
	reason TEXT,
	PRIMARY KEY (message, viewpoint, seq)
) STRICT, WITHOUT ROWID;

-- What was done wrong: in a message (and in its session until then), or, where message is NULL,
-- in the whole session.
CREATE TABLE finding (
	session INTEGER NOT NULL REFERENCES session (number) ON DELETE CASCADE,
	message INTEGER,
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,                 -- bare-lf, early-talk, ...
	severity TEXT NOT NULL,           -- info warning error
	reference TEXT,
	text TEXT,
	FOREIGN KEY (session, message) REFERENCES message (session, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX finding_of ON finding (session, message, seq);
