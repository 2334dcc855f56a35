-- name: notices_add
-- Notices for people of the service, and the lines of the live stream that carry them.
WITH fresh AS (
    INSERT INTO notices (recipient, kind, number, facts, at)
    SELECT r.recipient, r.kind, r.number, r.facts, %(at)s
    FROM jsonb_populate_recordset(NULL::notices, %(notices)s::jsonb) AS r
    RETURNING id, recipient, kind, number, facts, at
)
INSERT INTO outbox (topic, body)
SELECT 'notice', jsonb_build_object('id', id, 'recipient', recipient, 'kind', kind, 'number', number, 'facts', facts,
    'at', at) FROM fresh ORDER BY id


-- name: notices_page
-- Notices for the holder of some recipient keys, newest first, before an id; each with whether the account has read it.
-- What was told before the account was made counts as read. With unread, those not read alone.
WITH me AS (
    SELECT a.created_at, coalesce(m.read_to, 0) AS read_to
    FROM accounts a LEFT JOIN notice_marks m ON m.account = a.id WHERE a.id = %(account)s
)
SELECT n.id, n.kind, n.number, n.facts, n.at, n.read
FROM me CROSS JOIN unnest(%(recipients)s::text[]) AS mine (recipient) CROSS JOIN LATERAL (
    SELECT o.*, o.id <= me.read_to OR o.at < me.created_at OR r.notice IS NOT NULL AS read
    FROM notices o LEFT JOIN notice_reads r ON r.account = %(account)s AND r.notice = o.id
    WHERE o.recipient = mine.recipient AND o.id < %(before)s::bigint
      AND o.id > CASE WHEN %(unread)s::boolean THEN me.read_to ELSE 0 END
      AND (NOT %(unread)s::boolean OR (o.at >= me.created_at AND r.notice IS NULL))
    ORDER BY o.id DESC LIMIT %(limit)s
) AS n
ORDER BY n.id DESC LIMIT %(limit)s;

-- name: notices_unread
-- How many notices the account has not read; it is counted up to most.
WITH me AS (
    SELECT a.created_at, coalesce(m.read_to, 0) AS read_to
    FROM accounts a LEFT JOIN notice_marks m ON m.account = a.id WHERE a.id = %(account)s
)
SELECT count(*) AS unread FROM (
    SELECT FROM me CROSS JOIN unnest(%(recipients)s::text[]) AS mine (recipient) CROSS JOIN LATERAL (
        SELECT FROM notices o
        WHERE o.recipient = mine.recipient AND o.id > me.read_to AND o.at >= me.created_at
          AND NOT EXISTS (SELECT FROM notice_reads r WHERE r.account = %(account)s AND r.notice = o.id)
        ORDER BY o.id DESC LIMIT %(most)s
    ) AS n LIMIT %(most)s
) AS counted;

-- name: notices_mark
-- Move the account's mark forward to the newest notice up to an id that is older than an instant: beneath it nothing
-- can still be on its way to a commit. The row's lock lets one reading of an account at a time through.
INSERT INTO notice_marks (account, read_to)
VALUES (%(account)s, coalesce(
    (SELECT id FROM notices WHERE id <= %(to)s::bigint AND at < %(older_than)s ORDER BY id DESC LIMIT 1), 0))
ON CONFLICT (account) DO UPDATE SET read_to = greatest(notice_marks.read_to, excluded.read_to)
RETURNING read_to;

-- name: notices_read_to
-- Note as read what the account was told between its mark and an id. In the order of ids, so that two readings of one
-- account wait for each other and never in a ring; locked, so that none is forgotten meanwhile.
INSERT INTO notice_reads (account, notice)
SELECT %(account)s, n.id FROM notices n
WHERE n.recipient = ANY(%(recipients)s::text[]) AND n.id > %(read_to)s AND n.id <= %(to)s::bigint
ORDER BY n.id FOR KEY SHARE
ON CONFLICT DO NOTHING;

-- name: notices_read_some
-- Note some notices as read: of the ids, those that the account was told.
INSERT INTO notice_reads (account, notice)
SELECT %(account)s, n.id FROM notices n
WHERE n.id = ANY(%(ids)s::bigint[]) AND n.recipient = ANY(%(recipients)s::text[])
ORDER BY n.id FOR KEY SHARE
ON CONFLICT DO NOTHING;

-- name: notice_reads_clear
-- What lies beneath the account's mark need not be noted one by one.
DELETE FROM notice_reads WHERE account = %(account)s AND notice <= %(read_to)s;

-- name: notices_prune
-- Forget old notices, of the oldest ids a batch.
DELETE FROM notices WHERE id IN (SELECT id FROM notices ORDER BY id LIMIT %(limit)s) AND at < %(older_than)s;

-- name: reviews_due
-- Suspended items whose day of review has come and of which nobody was told so since they were suspended.
SELECT i.number FROM items i
WHERE i.hold_kind = 'suspension' AND i.hold_until <= %(now)s
  AND NOT EXISTS (SELECT FROM notices n WHERE n.number = i.number AND n.kind = 'review' AND n.at >= i.hold_since)
ORDER BY i.hold_until LIMIT 100;

-- name: review_due
-- The same asked of one item, whose row is locked.
SELECT i.hold_until FROM items i
WHERE i.number = %(number)s AND i.hold_kind = 'suspension' AND i.hold_until <= %(now)s
  AND NOT EXISTS (SELECT FROM notices n WHERE n.number = i.number AND n.kind = 'review' AND n.at >= i.hold_since)
