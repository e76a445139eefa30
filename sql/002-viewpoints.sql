-- SPDX-License-Identifier: ISC
--
-- The predicted viewpoint, second opinions, and what a Received field needs.

-- Whether the client said EHLO. NULL: written before this was kept.
ALTER TABLE session ADD COLUMN esmtp INTEGER;
ALTER TABLE message ADD COLUMN esmtp INTEGER;

-- 1: no signature yet, but the provider's to come (viewpoint predicted).
ALTER TABLE dkim_signature ADD COLUMN predicted INTEGER NOT NULL DEFAULT 0;

-- What was known of the way onward when the message was judged: the settings of its route. No row:
-- nothing was predicted.
CREATE TABLE prediction (
	message INTEGER PRIMARY KEY REFERENCES message (number) ON DELETE CASCADE,
	route TEXT NOT NULL,              -- its name
	egress TEXT,                      -- addresses and spf:DOMAIN, separated by blanks
	return_path TEXT,                 -- the domain
	dkim_domain TEXT,
	dkim_selector TEXT
) STRICT;

-- What libraries that many receivers run say of the message, asked after it was stored.
CREATE TABLE opinion (
	message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
	seq INTEGER NOT NULL,
	library TEXT NOT NULL,            -- name and version
	check_name TEXT NOT NULL,         -- spf dmarc
	result TEXT NOT NULL,             -- RFC 8601, or unavailable
	agrees INTEGER,                   -- NULL: unavailable
	reason TEXT,
	PRIMARY KEY (message, seq)
) STRICT, WITHOUT ROWID;
