-- name: relay_lock
-- Become the one relay, for as long as this connection lives; false where another is.
SELECT pg_try_advisory_lock(%(relay_lock)s) AS mine

-- name: relay_number
-- Number the outbox rows that became visible, in order of id, and tell the listeners how far it went: one NOTIFY a batch.
-- Only the one relay runs this, and each batch commits before the next begins: so a position is never seen before a
-- smaller one.
WITH fresh AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM outbox WHERE position IS NULL ORDER BY id LIMIT 1000
), numbered AS (
    UPDATE outbox o SET position = s.last_position + f.n FROM fresh f, relay_state s WHERE o.id = f.id
    RETURNING o.position
), kept AS (
    UPDATE relay_state SET last_position = greatest(last_position, (SELECT max(position) FROM numbered))
    WHERE EXISTS (SELECT 1 FROM numbered) RETURNING last_position
)
SELECT last_position, pg_notify('firstline', json_build_object('position', last_position)::text) FROM kept

-- name: stream_position
-- How far the stream is, and up to where its past was pruned.
SELECT last_position, pruned_to FROM relay_state

-- name: stream_after
-- The stream after a position, in its order.
SELECT position, topic, body FROM outbox WHERE position > %(position)s ORDER BY position LIMIT %(limit)s

-- name: stream_passed
-- The same for a process in which nobody reads the stream: only what concerns the process itself has its body.
SELECT position, topic, CASE WHEN topic = 'edition' THEN body END AS body
FROM outbox WHERE position > %(position)s ORDER BY position LIMIT %(limit)s

-- name: stream_prune
-- Drop what is older than the stream promises to remember and is sealed, and remember how far.
WITH gone AS (
    DELETE FROM outbox WHERE position <= (SELECT max(o.position) FROM outbox o
        WHERE o.made_at < %(older_than)s AND o.position <= coalesce((SELECT max(last_position) FROM seals), 0))
    RETURNING position
)
UPDATE relay_state SET pruned_to = greatest(pruned_to, (SELECT max(position) FROM gone)) WHERE EXISTS (SELECT 1 FROM gone)

-- name: seal_lock
-- One sealer at a time, until the commit; false where another seals.
SELECT pg_try_advisory_xact_lock(%(seal_lock)s) AS mine

-- name: seal_last
-- The newest seal.
SELECT id, last_position, hash FROM seals ORDER BY id DESC LIMIT 1

-- name: seal_fresh
-- Event hashes that came since a position, in stream order.
SELECT o.position, e.id, e.hash FROM outbox o JOIN events e ON e.id = o.event_id
WHERE o.position > %(position)s ORDER BY o.position LIMIT 20000

-- name: seal_add
-- Chain them.
INSERT INTO seals (last_position, event_ids, prev_hash, hash, sealed_at)
VALUES (%(last_position)s, %(event_ids)s, %(prev_hash)s, %(hash)s, %(at)s)

-- name: audit_snapshot
-- What this transaction sees, for another that is to see the same.
SELECT pg_export_snapshot() AS snapshot

-- name: audit_plan
-- For this transaction: events are read by the index of their chains, never sorted on disk, and no plan is compiled.
SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)

-- name: audit_events
-- Every event in the order of its chain, with what its item says of itself; read by COPY.
SELECT e.item_id, e.seq, e.hash, e.prev_hash, e.body, i.number, i.chain_seq, i.chain_hash, i.status
FROM events e LEFT JOIN items i ON i.id = e.item_id ORDER BY e.item_id, e.seq

-- name: audit_seals_plan
-- The next question goes from each seal to its events by their index; else it would read all of them for each seal.
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)

-- name: audit_seals
-- Every seal, oldest first: how many events it names, how many are there, and their hashes in its order; read by COPY.
SELECT s.id, s.prev_hash, s.hash, cardinality(s.event_ids), f.there, f.hashes
FROM seals s CROSS JOIN LATERAL (
    SELECT count(*) AS there, string_agg(e.hash, '' ORDER BY u.n) AS hashes
    FROM unnest(s.event_ids) WITH ORDINALITY AS u (id, n) JOIN events e ON e.id = u.id OFFSET 0
) AS f ORDER BY s.id

-- name: audit_gone
-- The first event that a seal covers and that is gone.
SELECT u.id FROM seals s, unnest(s.event_ids) WITH ORDINALITY AS u (id, n)
WHERE s.id = %(id)s AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = u.id) ORDER BY u.n LIMIT 1

-- name: audit_unsealed
-- How many events there are, how many no seal covers yet, and how many wait for one.
SELECT n.events, n.events - n.sealed AS unsealed, n.waiting
FROM (SELECT (SELECT count(*) FROM events) AS events,
    coalesce((SELECT sum(cardinality(event_ids)) FROM seals), 0) AS sealed,
    (SELECT count(*) FROM outbox WHERE event_id IS NOT NULL AND (position IS NULL
        OR position > coalesce((SELECT max(last_position) FROM seals), 0))) AS waiting) AS n

-- name: audit_stray
-- The first event that no seal covers and that does not wait for one: it was put in by hand.
SELECT i.number, e.seq FROM events e JOIN items i ON i.id = e.item_id
WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id)
    AND e.id NOT IN (SELECT unnest(event_ids) FROM seals)
ORDER BY e.id LIMIT 1

-- name: audit_rule_sets
-- Every rule set with its text.
SELECT hash, body FROM rule_sets

-- name: audit_log
-- The lines of the access log that unmaskings name.
SELECT id, item FROM access_log WHERE id = ANY(%(ids)s)

-- name: audit_eventless
-- Items without their history: the head that the row remembers is not among the events.
SELECT i.number FROM items i
WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.item_id = i.id AND e.seq = i.chain_seq AND e.hash = i.chain_hash)
ORDER BY i.id LIMIT 1

-- name: audit_heads
-- The head of every item's chain.
SELECT number, chain_seq, chain_hash FROM items ORDER BY id

-- name: audit_seal
-- One seal by its id.
SELECT hash FROM seals WHERE id = %(id)s

-- name: audit_named
-- The hashes of events named by their items' numbers and their places: two columns of one length.
SELECT i.number, e.seq, e.hash
FROM unnest(%(numbers)s::text[], %(seqs)s::bigint[]) AS kept (number, seq)
JOIN items i ON i.number = kept.number JOIN events e ON e.item_id = i.id AND e.seq = kept.seq
