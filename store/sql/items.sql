-- name: intake_begin
-- The Edition that a new item will be resolved by, held already, and the new item's id.
SELECT (SELECT edition FROM live_edition) AS edition, nextval('item_ids') AS id

-- name: item_insert
-- A new item with everything that belongs to it, in one statement: parts, keys, first event, words, counter, outbox.
WITH new AS (
    INSERT INTO items SELECT r.* FROM jsonb_populate_record(NULL::items, %(item)s::jsonb) AS r RETURNING id
), new_reporter AS (
    INSERT INTO reporters SELECT %(id)s::bigint, r.name, r.phone, r.phone_digest
    FROM jsonb_populate_recordset(NULL::reporters, %(reporters)s::jsonb) AS r
), new_keys AS (
    INSERT INTO intake_keys SELECT r.account, r.scope, r.key, %(id)s::bigint
    FROM jsonb_populate_recordset(NULL::intake_keys, %(keys)s::jsonb) AS r
), new_handlers AS (
    INSERT INTO handlers SELECT r.* FROM jsonb_populate_recordset(NULL::handlers, %(handlers)s::jsonb) AS r
), new_tasks AS (
    INSERT INTO tasks SELECT r.* FROM jsonb_populate_recordset(NULL::tasks, %(tasks)s::jsonb) AS r
), new_deadlines AS (
    INSERT INTO deadlines SELECT r.* FROM jsonb_populate_recordset(NULL::deadlines, %(deadlines)s::jsonb) AS r
), new_event AS (
    INSERT INTO events (item_id, seq, body, prev_hash, hash)
    VALUES (%(id)s, %(seq)s, %(body)s, %(prev_hash)s, %(hash)s) RETURNING id
), new_texts AS (
    INSERT INTO texts (item_id, kind, made_at, due_at) SELECT %(id)s, r.kind, r.made_at, r.due_at
    FROM jsonb_populate_recordset(NULL::texts, %(texts)s::jsonb) AS r
), new_delta AS (
    INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
    SELECT r.day, r.township, r.grid, r.category, r.channel, r.status, r.n
    FROM jsonb_populate_recordset(NULL::item_deltas, %(deltas)s::jsonb) AS r
)
INSERT INTO outbox (topic, event_id, body) SELECT 'item', new_event.id, %(outbox)s::jsonb FROM new, new_event

-- name: item_update
-- An item as an action left it, in one statement: its row, parts, next event, words, counters, outbox. Of the row and
-- the parts only what changed is given; the rest stays as it is.
WITH changed AS (
    UPDATE items AS i SET version = r.version, status = r.status, kind = r.kind, channel = r.channel,
        category = r.category, urgency = r.urgency, needs_place = r.needs_place, lon = r.lon, lat = r.lat,
        accuracy_m = r.accuracy_m, placed_by = r.placed_by, original = r.original, guesses = r.guesses,
        edition = r.edition, township = r.township, community = r.community, grid = r.grid, border_m = r.border_m,
        on_border = r.on_border, doubtful = r.doubtful, candidates = r.candidates, nearest = r.nearest,
        reason = r.reason, lead_kind = r.lead_kind, lead = r.lead, readers = r.readers, summoned = r.summoned,
        given = r.given, hold_kind = r.hold_kind, hold_since = r.hold_since, hold_until = r.hold_until, waits = r.waits,
        extended_until = r.extended_until, restarted_at = r.restarted_at, settled_by = r.settled_by,
        rework = r.rework, external_ref = r.external_ref, confidential = r.confidential,
        assigned = r.assigned, reassigned_at = r.reassigned_at, close_at = r.close_at, reopened = r.reopened,
        contested_at = r.contested_at, merged_into = r.merged_into, split_from = r.split_from,
        dispatched_at = r.dispatched_at, updated_at = r.updated_at, chain_seq = r.chain_seq, chain_hash = r.chain_hash
    FROM (SELECT c.* FROM items AS o, jsonb_populate_record(o, %(item)s::jsonb) AS c WHERE o.id = %(id)s) AS r
    WHERE i.id = r.id RETURNING i.id
), put_handlers AS (
    INSERT INTO handlers SELECT r.* FROM jsonb_populate_recordset(NULL::handlers, %(handlers)s::jsonb) AS r
    ON CONFLICT (item_id, unit) DO UPDATE SET role = excluded.role, state = excluded.state, due_at = excluded.due_at
), put_tasks AS (
    INSERT INTO tasks SELECT r.* FROM jsonb_populate_recordset(NULL::tasks, %(tasks)s::jsonb) AS r
    ON CONFLICT (item_id, n) DO UPDATE SET state = excluded.state, taken_at = excluded.taken_at,
        done_at = excluded.done_at, arrived_at = excluded.arrived_at
), put_requests AS (
    INSERT INTO requests SELECT r.* FROM jsonb_populate_recordset(NULL::requests, %(requests)s::jsonb) AS r
    ON CONFLICT (item_id, n) DO UPDATE SET decision = excluded.decision, decided_at = excluded.decided_at,
        decided_by = excluded.decided_by
), put_deadlines AS (
    INSERT INTO deadlines SELECT r.* FROM jsonb_populate_recordset(NULL::deadlines, %(deadlines)s::jsonb) AS r
    ON CONFLICT (item_id, stage) DO UPDATE SET due_at = excluded.due_at, near_at = excluded.near_at,
        met_at = excluded.met_at, state = excluded.state, rule = excluded.rule, step = excluded.step,
        step_at = excluded.step_at
), put_ratings AS (
    INSERT INTO ratings SELECT r.* FROM jsonb_populate_recordset(NULL::ratings, %(ratings)s::jsonb) AS r
    ON CONFLICT (item_id, n) DO NOTHING
), put_orders AS (
    INSERT INTO orders SELECT r.* FROM jsonb_populate_recordset(NULL::orders, %(orders)s::jsonb) AS r
    ON CONFLICT (item_id, n) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at,
        closing = excluded.closing, closed_at = excluded.closed_at
), new_event AS (
    INSERT INTO events (item_id, seq, body, prev_hash, hash)
    VALUES (%(id)s, %(seq)s, %(body)s, %(prev_hash)s, %(hash)s) RETURNING id
), new_words AS (
    INSERT INTO event_words (item_id, seq, words, salt)
    SELECT %(id)s, %(seq)s, %(words)s::text, %(salt)s WHERE %(words)s::text IS NOT NULL
), new_texts AS (
    INSERT INTO texts (item_id, kind, made_at, due_at) SELECT %(id)s, r.kind, r.made_at, r.due_at
    FROM jsonb_populate_recordset(NULL::texts, %(texts)s::jsonb) AS r
), new_delta AS (
    INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
    SELECT r.day, r.township, r.grid, r.category, r.channel, r.status, r.n
    FROM jsonb_populate_recordset(NULL::item_deltas, %(deltas)s::jsonb) AS r
)
INSERT INTO outbox (topic, event_id, body) SELECT 'item', new_event.id, %(outbox)s::jsonb FROM changed, new_event

-- name: handlers_clear
-- Take away handlers that an action replaced, before item_update puts the new ones.
DELETE FROM handlers WHERE item_id = %(id)s

-- name: deadlines_clear
-- Take away clocks that an action replaced, before item_update puts the new ones.
DELETE FROM deadlines WHERE item_id = %(id)s

-- name: item_lock
-- Lock one item in scope for an action; readers null means that the asker sees all.
SELECT id FROM items
WHERE number = %(number)s AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
FOR UPDATE

-- name: item_card
-- One item in scope with all its parts.
SELECT * FROM item_cards
WHERE number = %(number)s AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])

-- name: item_card_by_id
-- One item with all its parts, by the id that this process just wrote or locked.
SELECT * FROM item_cards WHERE id = %(id)s

-- name: item_by_key
-- The item that a client_ref or Idempotency-Key already stands for.
SELECT item_id FROM intake_keys k
WHERE account = %(account)s AND (scope, key) IN (SELECT r.scope, r.key FROM jsonb_populate_recordset(NULL::intake_keys, %(keys)s::jsonb) AS r)
ORDER BY item_id LIMIT 1

-- name: item_events
-- An item's history, oldest first, with the words that belong to it.
SELECT e.id, e.seq, e.body, e.prev_hash, e.hash, w.words
FROM events e LEFT JOIN event_words w ON w.item_id = e.item_id AND w.seq = e.seq
WHERE e.item_id = %(id)s AND e.seq > %(after)s ORDER BY e.seq

-- name: items_page
-- A page of items in scope, newest first, under the filters of GET /items; a null filter filters nothing.
SELECT * FROM item_cards i
WHERE (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(status)s::text[] IS NULL OR status = ANY(%(status)s))
    AND (%(township)s::text IS NULL OR township = %(township)s)
    AND (%(grid)s::text IS NULL OR grid = %(grid)s)
    AND (%(category)s::text IS NULL OR category = %(category)s)
    AND (%(channel)s::text IS NULL OR channel = %(channel)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(from)s::timestamptz IS NULL OR created_at >= %(from)s)
    AND (%(to)s::timestamptz IS NULL OR created_at < %(to)s)
    AND (%(west)s::float8 IS NULL OR (lon IS NOT NULL AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))))
    AND (%(q)s::text IS NULL OR number LIKE %(q_like)s || '%%' OR description ILIKE '%%' || %(q_like)s || '%%' OR address ILIKE '%%' || %(q_like)s || '%%')
    AND CASE %(queue)s
        WHEN 'new' THEN status = 'dispatched'
        WHEN 'unlocated' THEN needs_place AND township IS NULL
            AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
        WHEN 'doubtful' THEN doubtful
            AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
        WHEN 'unclassified' THEN 'unclassified' IN (category, kind)
            AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
        WHEN 'late' THEN EXISTS (SELECT 1 FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running' AND d.due_at < %(now)s)
        WHEN 'near' THEN EXISTS (SELECT 1 FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running'
            AND d.near_at <= %(now)s AND d.due_at >= %(now)s)
        WHEN 'returns' THEN EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id AND w.decision IS NULL AND w.kind = 'return')
        WHEN 'extensions' THEN EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id AND w.decision IS NULL AND w.kind = 'extension')
        WHEN 'suspensions' THEN status = 'suspended'
            OR EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id AND w.decision IS NULL AND w.kind = 'suspension')
        WHEN 'dissatisfied' THEN contested_at IS NOT NULL
        ELSE true END
ORDER BY id DESC LIMIT %(limit)s

-- name: queue_counts
-- How many items in scope stand in each of the queues that the console shows.
SELECT count(*) FILTER (WHERE status = 'dispatched') AS new,
    count(*) FILTER (WHERE needs_place AND township IS NULL) AS unlocated,
    count(*) FILTER (WHERE doubtful) AS doubtful,
    count(*) FILTER (WHERE 'unclassified' IN (category, kind)) AS unclassified,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running'
        AND d.near_at <= %(now)s AND d.due_at >= %(now)s)) AS near,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running'
        AND d.due_at < %(now)s)) AS late,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id AND w.decision IS NULL
        AND w.kind = 'return')) AS returns,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id AND w.decision IS NULL
        AND w.kind = 'extension')) AS extensions,
    count(*) FILTER (WHERE status = 'suspended' OR EXISTS (SELECT 1 FROM requests w WHERE w.item_id = i.id
        AND w.decision IS NULL AND w.kind = 'suspension')) AS suspensions,
    (SELECT count(*) FROM items c WHERE c.contested_at IS NOT NULL
        AND (%(keys)s::text[] IS NULL OR c.readers && %(keys)s::text[])) AS dissatisfied
FROM items i
WHERE phase = 'open'
    AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])

-- name: closings_over
-- Answered items whose time limit has passed and that nobody contests, longest first.
SELECT number, close_at FROM items WHERE phase = 'answered' AND close_at <= %(now)s AND contested_at IS NULL
ORDER BY close_at LIMIT 500

-- name: pauses_over
-- Paused items whose limit has passed, oldest first.
SELECT number FROM items WHERE hold_kind = 'pause' AND hold_until <= %(now)s ORDER BY hold_until LIMIT 500

-- name: reporter_reveal
-- The reporter unmasked, with the access-log line written in the same statement; its id, for the item's history.
WITH logged AS (
    INSERT INTO access_log (account, item, reason, at) VALUES (%(account)s, %(number)s, %(reason)s, %(at)s) RETURNING id
)
SELECT logged.id AS log, r.name, r.phone FROM logged LEFT JOIN reporters r ON r.item_id = %(id)s
