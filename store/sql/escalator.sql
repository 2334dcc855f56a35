-- name: steps_due
-- Lock the items of the clocks whose next rung is due, the longest waiting first; what somebody works on is left to the
-- next round. The limit counts clocks.
SELECT i.id FROM items i WHERE i.id IN (
    SELECT d.item_id FROM deadlines d
    WHERE d.state = 'running' AND d.step_at IS NOT NULL AND d.step_at <= %(now)s ORDER BY d.step_at LIMIT %(limit)s)
ORDER BY i.id FOR UPDATE SKIP LOCKED

-- name: escalator_write
-- Many items a step further, in one statement: heads of chains, clocks, orders, events, outbox.
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(items)s::jsonb) AS g (id bigint, version integer, readers text[],
        updated_at timestamptz, seq integer, body text, prev_hash text, hash text, outbox jsonb)
), changed AS (
    UPDATE items AS i SET version = g.version, readers = g.readers, updated_at = g.updated_at, chain_seq = g.seq,
        chain_hash = g.hash
    FROM given AS g WHERE i.id = g.id
), put_deadlines AS (
    UPDATE deadlines AS d SET step = r.step, step_at = r.step_at
    FROM jsonb_populate_recordset(NULL::deadlines, %(deadlines)s::jsonb) AS r
    WHERE d.item_id = r.item_id AND d.stage = r.stage
), put_orders AS (
    INSERT INTO orders SELECT r.* FROM jsonb_populate_recordset(NULL::orders, %(orders)s::jsonb) AS r
), new_events AS (
    INSERT INTO events (item_id, seq, body, prev_hash, hash)
    SELECT g.id, g.seq, g.body, g.prev_hash, g.hash FROM given AS g RETURNING id, item_id
)
INSERT INTO outbox (topic, event_id, body)
SELECT 'item', new_events.id, given.outbox FROM new_events JOIN given ON given.id = new_events.item_id

-- name: steps_put
-- When the next rungs of some clocks are due, where that alone was put right.
UPDATE deadlines AS d SET step_at = r.step_at FROM jsonb_populate_recordset(NULL::deadlines, %(deadlines)s::jsonb) AS r
WHERE d.item_id = r.item_id AND d.stage = r.stage

-- name: steps_put_off
-- Put the due rungs of an item off, where something about it cannot be worked out.
UPDATE deadlines SET step_at = %(at)s WHERE item_id = %(id)s AND state = 'running' AND step_at <= %(now)s

-- name: waiting_items
-- Lock the items of open summonses with calls that nobody acknowledged in time, and of tasks of a joint plan that are
-- late, where a step is due.
SELECT i.id FROM items i WHERE i.id IN (
    SELECT s.item_id FROM summonses s JOIN calls c ON c.summons_id = s.id
    WHERE s.state = 'open' AND c.state = 'sent' AND s.acknowledge_by <= %(now)s
        AND (c.step_due IS DISTINCT FROM s.acknowledge_by OR c.step_at <= %(now)s)
    UNION ALL
    SELECT s.item_id FROM joint_tasks t JOIN summonses s ON s.id = t.summons_id
    WHERE t.done_at IS NULL AND (t.step IS NULL OR t.step_at IS NOT NULL) AND coalesce(t.step_at, t.due_at) <= %(now)s
    LIMIT %(limit)s)
ORDER BY i.id FOR UPDATE SKIP LOCKED

-- name: waiting_calls
-- The calls of some locked items that nobody acknowledged in time and whose next rung is due.
SELECT s.item_id, c.summons_id, c.department, c.n, s.acknowledge_by AS due_at,
    CASE WHEN c.step_due IS DISTINCT FROM s.acknowledge_by THEN 0 ELSE c.step END AS step
FROM summonses s JOIN calls c ON c.summons_id = s.id
WHERE s.item_id = ANY(%(ids)s::bigint[]) AND s.state = 'open' AND c.state = 'sent' AND s.acknowledge_by <= %(now)s
    AND (c.step_due IS DISTINCT FROM s.acknowledge_by OR c.step_at <= %(now)s)
ORDER BY s.item_id, c.summons_id, c.n

-- name: waiting_tasks
-- The tasks of a joint plan of some locked items that are late and whose next rung is due.
SELECT s.item_id, t.summons_id, t.department, t.n, t.due_at, coalesce(t.step, 0) AS step
FROM summonses s JOIN joint_tasks t ON t.summons_id = s.id
WHERE s.item_id = ANY(%(ids)s::bigint[]) AND t.done_at IS NULL
    AND (t.step IS NULL OR t.step_at IS NOT NULL) AND coalesce(t.step_at, t.due_at) <= %(now)s
ORDER BY s.item_id, t.summons_id, t.n

-- name: call_stepped
-- How far a call climbed towards which limit.
UPDATE calls SET step = %(step)s, step_at = %(step_at)s, step_due = %(due_at)s
WHERE summons_id = %(summons)s AND department = %(unit)s

-- name: task_stepped
-- How far a task of a joint plan climbed.
UPDATE joint_tasks SET step = %(step)s, step_at = %(step_at)s WHERE summons_id = %(summons)s AND n = %(n)s
