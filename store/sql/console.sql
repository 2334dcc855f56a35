-- name: caller_items
-- The items of a caller by the keyed digest of the number, open ones first, with the access-log line written at once.
WITH logged AS (
    INSERT INTO access_log (account, item, reason, at) VALUES (%(account)s, %(who)s, %(reason)s, %(at)s)
)
SELECT * FROM item_cards i
WHERE id IN (SELECT item_id FROM reporters WHERE phone_digest = %(digest)s)
    AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
ORDER BY status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended') DESC, id DESC
LIMIT %(limit)s

-- name: presence_keep
-- Says that a screen has an item in scope open, and throws away what nobody renewed.
WITH gone AS (
    DELETE FROM presence WHERE (account, seat) IN (
        SELECT account, seat FROM presence WHERE at < %(stale)s AND (account, seat) <> (%(account)s, %(seat)s)
        ORDER BY account, seat FOR UPDATE SKIP LOCKED)
)
INSERT INTO presence (account, seat, name, role, item, since, at)
SELECT %(account)s, %(seat)s, %(name)s, %(role)s, id, %(now)s, %(now)s FROM items
WHERE number = %(number)s AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
ON CONFLICT (account, seat) DO UPDATE SET item = excluded.item, at = excluded.at,
    since = CASE WHEN presence.item = excluded.item AND presence.at >= %(stale)s THEN presence.since ELSE excluded.since END

-- name: presence_leave
-- Says that a screen has nothing open.
DELETE FROM presence WHERE account = %(account)s AND seat = %(seat)s

-- name: presence_others
-- What other screens have open just now, among the items in scope; who has had it open longest first.
SELECT i.number, p.name, p.role, p.since, p.account = %(account)s AS own FROM presence p JOIN items i ON i.id = p.item
WHERE p.at >= %(stale)s AND (p.account, p.seat) <> (%(account)s, %(seat)s)
    AND (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
ORDER BY p.since, p.account, p.seat LIMIT 200
