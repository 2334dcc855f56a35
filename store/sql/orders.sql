-- name: orders_page
-- Supervision orders in scope, those that wait for an answer first and by their limit; a null filter filters nothing.
SELECT o.item_id, o.n FROM orders o JOIN items i ON i.id = o.item_id
WHERE (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
    AND (%(unit)s::text IS NULL OR o.unit = %(unit)s)
    AND CASE %(state)s
        WHEN 'open' THEN o.closed_at IS NULL AND o.answered_at IS NULL
        WHEN 'answered' THEN o.closed_at IS NULL AND o.answered_at IS NOT NULL
        WHEN 'unclosed' THEN o.closed_at IS NULL
        WHEN 'closed' THEN o.closed_at IS NOT NULL
        ELSE true END
ORDER BY o.closed_at IS NOT NULL, o.answered_at IS NOT NULL, CASE WHEN o.closed_at IS NULL THEN o.until END,
    o.closed_at DESC, o.item_id, o.n
LIMIT %(limit)s

-- name: orders_overdue
-- Orders that nobody answered by their limit, and of which nobody was told so yet.
SELECT i.number, o.n FROM orders o JOIN items i ON i.id = o.item_id
WHERE o.closed_at IS NULL AND o.answered_at IS NULL AND o.until < %(now)s
    AND NOT EXISTS (SELECT FROM notices t WHERE t.number = i.number AND t.kind = 'order_overdue'
        AND t.facts @> jsonb_build_object('order', o.n))
ORDER BY o.until LIMIT 100

-- name: order_overdue
-- The same asked of one order, whose item is locked.
SELECT o.until FROM orders o JOIN items i ON i.id = o.item_id
WHERE i.number = %(number)s AND o.n = %(n)s AND o.closed_at IS NULL AND o.answered_at IS NULL AND o.until < %(now)s
    AND NOT EXISTS (SELECT FROM notices t WHERE t.number = i.number AND t.kind = 'order_overdue'
        AND t.facts @> jsonb_build_object('order', o.n))
