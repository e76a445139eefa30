-- SPDX-License-Identifier: ISC
--
-- Flat views for a person with sqlite3, made again at each open for writing: columns may be added,
-- not renamed.

DROP VIEW IF EXISTS messages;
CREATE VIEW messages AS
SELECT
	m.number AS number,
	m.id AS id,
	strftime('%Y-%m-%dT%H:%M:%fZ', m.received_at_ms / 1000.0, 'unixepoch') AS received_at,
	s.listener AS listener,
	m.client_ip AS client_ip,
	m.helo AS helo,
	m.mail_from AS mail_from,
	(SELECT group_concat(address, ',') FROM (SELECT r.address FROM recipient AS r
		WHERE r.message = m.number ORDER BY r.seq)) AS rcpt_to,
	m.header_from AS header_from,
	m.subject AS subject,
	m.size AS size,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'observed' AND check_name = 'spf') AS spf,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'observed' AND check_name = 'spf_helo') AS spf_helo,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'observed' AND check_name = 'dkim') AS dkim,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'observed' AND check_name = 'dmarc') AS dmarc,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'observed' AND check_name = 'rdns') AS rdns,
	m.tls_mode AS tls_mode,
	m.tls_version AS tls_version,
	m.tls_cipher AS tls_cipher,
	m.auth_mechanism AS auth_mechanism,
	m.auth_user AS auth_user,
	m.via AS via,
	(SELECT group_concat(id, ',') FROM (SELECT f.id FROM finding AS f
		WHERE f.session = m.session AND f.message = m.number ORDER BY f.seq)) AS findings,
	s.id AS session,
	(SELECT route FROM prediction WHERE message = m.number) AS route,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'predicted' AND check_name = 'spf') AS predicted_spf,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'predicted' AND check_name = 'dkim') AS predicted_dkim,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'predicted' AND check_name = 'dmarc') AS predicted_dmarc,
	(SELECT result FROM verdict WHERE message = m.number
		AND viewpoint = 'predicted' AND check_name = 'rdns') AS predicted_rdns,
	-- "spf permerror, dmarc pass"; NULL: all that were asked agree, or none was
	(SELECT group_concat(said, ', ') FROM (SELECT o.check_name || ' ' || o.result AS said
		FROM opinion AS o WHERE o.message = m.number AND o.agrees = 0
		ORDER BY o.seq)) AS opinions_disagree,
	m.body AS body,
	m.smtputf8 AS smtputf8,
	m.require_tls AS require_tls,
	m.dsn_ret AS dsn_ret,
	m.dsn_envid AS dsn_envid,
	-- "b@example.net FAILURE,DELAY; c@example.net NEVER"; NULL: none was given
	(SELECT group_concat(said, '; ') FROM (SELECT r.address || ' ' || r.notify AS said
		FROM recipient AS r WHERE r.message = m.number AND r.notify IS NOT NULL
		ORDER BY r.seq)) AS dsn_notify,
	(SELECT group_concat(said, ', ') FROM (SELECT r.address || ' ' || r.orcpt AS said
		FROM recipient AS r WHERE r.message = m.number AND r.orcpt IS NOT NULL
		ORDER BY r.seq)) AS dsn_orcpt,
	m.refused AS refused,
	s.kind AS kind
FROM message AS m LEFT JOIN session AS s ON s.number = m.session;

DROP VIEW IF EXISTS sessions;
CREATE VIEW sessions AS
SELECT
	s.number AS number,
	s.id AS id,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.started_at_ms / 1000.0, 'unixepoch') AS started_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.ended_at_ms / 1000.0, 'unixepoch') AS ended_at,
	s.listener AS listener,
	s.client_ip AS client_ip,
	s.client_port AS client_port,
	s.client_name AS client_name,
	s.via AS via,
	s.helo AS helo,
	s.tls_mode AS tls_mode,
	s.tls_version AS tls_version,
	s.tls_cipher AS tls_cipher,
	s.tls_failure_reason AS tls_failure,
	s.auth_mechanism AS auth_mechanism,
	s.auth_user AS auth_user,
	s.stage AS stage,
	s."end" AS "end",
	s.end_reason AS end_reason,
	s.commands AS commands,
	s.bytes_in AS bytes_in,
	s.bytes_out AS bytes_out,
	(SELECT count(*) FROM message AS m WHERE m.session = s.number) AS messages,
	(SELECT group_concat(id, ',') FROM (SELECT f.id FROM finding AS f
		WHERE f.session = s.number AND f.message IS NULL ORDER BY f.seq)) AS findings,
	s.failed_at AS failed_at,
	s.failure AS failure,
	s.connection_ms AS connection_ms,
	s.tls_ms AS tls_ms,
	s.authentication_ms AS authentication_ms,
	s.envelope_ms AS envelope_ms,
	s.data_ms AS data_ms,
	s.tls_failure_offered_versions AS tls_failure_offered_versions,
	s.tls_failure_groups AS tls_failure_groups,
	s.tls_failure_by AS tls_failure_by,
	s.tls_failure_alert AS tls_failure_alert,
	s.kind AS kind
FROM session AS s;

-- Full text: SELECT id, subject FROM search WHERE words MATCH 'invoice AND shop*'. The words of
-- FTS5 hold for all columns, "body MATCH" and the like for one.
DROP VIEW IF EXISTS search;
CREATE VIEW search AS
SELECT
	m.number AS number,
	m.id AS id,
	strftime('%Y-%m-%dT%H:%M:%fZ', m.received_at_ms / 1000.0, 'unixepoch') AS received_at,
	m.mail_from AS mail_from,
	m.header_from AS header_from,
	w.subject AS subject,
	w.addresses AS addresses,
	w.body AS body,
	k.attachments AS attachments,
	k.links AS links,
	w.words AS words
FROM words AS w JOIN message AS m ON m.number = w.rowid JOIN walk AS k ON k.message = w.rowid;
