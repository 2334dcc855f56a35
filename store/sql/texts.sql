-- name: text_turn
-- Be the one that sends, until the commit; false where another process is sending.
SELECT pg_try_advisory_xact_lock(%(text_lock)s) AS mine

-- name: text_next
-- The text that waits longest among those that are due, with the phone as it stands now and how many texts that phone
-- got since the day began. The row stays locked until it is marked.
SELECT t.id, t.item_id, t.kind, t.made_at, t.tries, coalesce(r.phone, '') AS phone,
    (SELECT count(*) FROM reporters o JOIN texts s ON s.item_id = o.item_id
     WHERE o.phone_digest = r.phone_digest AND s.state = 'sent' AND s.sent_at >= %(since)s) AS today
FROM texts t LEFT JOIN reporters r ON r.item_id = t.item_id
WHERE t.state = 'waiting' AND t.due_at <= %(now)s
ORDER BY t.due_at, t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED

-- name: text_mark
-- What became of a text.
UPDATE texts SET state = %(state)s, tries = %(tries)s, reason = %(reason)s, due_at = %(due_at)s, sent_at = %(sent_at)s
WHERE id = %(id)s

-- name: texts_restored
-- Texts that waited when a backup was made do not leave from what it is restored to: they were sent since, or are past.
UPDATE texts SET state = 'dropped', reason = 'restored' WHERE state = 'waiting'
