-- SPDX-License-Identifier: ISC
--
-- Where a session broke and what its stages took, what a failed handshake had to do with it, and
-- the extensions that an envelope asks for.

-- Where sending broke and was not mended later: connection tls authentication envelope data.
-- NULL: it did not break.
ALTER TABLE session ADD COLUMN failed_at TEXT;
ALTER TABLE session ADD COLUMN failure TEXT;              -- the reply to it, or what happened
-- Milliseconds spent in each stage; NULL: not reached.
ALTER TABLE session ADD COLUMN connection_ms INTEGER;
ALTER TABLE session ADD COLUMN tls_ms INTEGER;
ALTER TABLE session ADD COLUMN authentication_ms INTEGER;
ALTER TABLE session ADD COLUMN envelope_ms INTEGER;
ALTER TABLE session ADD COLUMN data_ms INTEGER;
ALTER TABLE session ADD COLUMN tls_failure_groups TEXT;   -- offered, separated by blanks
ALTER TABLE session ADD COLUMN tls_failure_by TEXT;       -- client server; NULL: not said
ALTER TABLE session ADD COLUMN tls_failure_alert TEXT;    -- RFC 8446 6; NULL: none

-- Of what was written before, only this is certain.
UPDATE session SET failed_at = 'tls', failure = tls_failure_reason
	WHERE tls_failure_reason IS NOT NULL;

-- "sessions --failed", newest first.
CREATE INDEX session_failed ON session (id) WHERE failed_at IS NOT NULL;
-- What a gateway that was killed has left open, looked for at each start.
CREATE INDEX session_open ON session (number) WHERE ended_at_ms IS NULL;

ALTER TABLE message ADD COLUMN require_tls INTEGER NOT NULL DEFAULT 0; -- REQUIRETLS (RFC 8689)
-- Delivery status notifications (RFC 3461). NULL: not given.
ALTER TABLE message ADD COLUMN dsn_ret TEXT;              -- FULL HDRS
ALTER TABLE message ADD COLUMN dsn_envid TEXT;
ALTER TABLE recipient ADD COLUMN notify TEXT;             -- words separated by commas
ALTER TABLE recipient ADD COLUMN orcpt TEXT;
