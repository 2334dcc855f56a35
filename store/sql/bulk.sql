-- name: bulk_keys_taken
-- Which of many keys already stand for an item.
SELECT k.account, k.scope, k.key
FROM jsonb_populate_recordset(NULL::intake_keys, %(keys)s::jsonb) AS r
JOIN intake_keys AS k ON k.account = r.account AND k.scope = r.scope AND k.key = r.key

-- name: bulk_ids
-- Draw ids for many new items at once.
SELECT nextval('item_ids') AS id FROM generate_series(1, %(count)s::integer)

-- name: bulk_insert
-- Many new items, each with everything that belongs to it, in one statement: item_insert for a list of its parameters.
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS g (id bigint, item jsonb, reporters jsonb, keys jsonb,
        handlers jsonb, tasks jsonb, deadlines jsonb, deltas jsonb, texts jsonb, outbox jsonb, seq integer, body text,
        prev_hash text, hash text)
), new AS (
    INSERT INTO items SELECT r.* FROM given, jsonb_populate_record(NULL::items, given.item) AS r
), new_reporters AS (
    INSERT INTO reporters SELECT given.id, r.name, r.phone, r.phone_digest
    FROM given, jsonb_populate_recordset(NULL::reporters, given.reporters) AS r
), new_keys AS (
    INSERT INTO intake_keys SELECT r.account, r.scope, r.key, given.id
    FROM given, jsonb_populate_recordset(NULL::intake_keys, given.keys) AS r
), new_handlers AS (
    INSERT INTO handlers SELECT r.* FROM given, jsonb_populate_recordset(NULL::handlers, given.handlers) AS r
), new_tasks AS (
    INSERT INTO tasks SELECT r.* FROM given, jsonb_populate_recordset(NULL::tasks, given.tasks) AS r
), new_deadlines AS (
    INSERT INTO deadlines SELECT r.* FROM given, jsonb_populate_recordset(NULL::deadlines, given.deadlines) AS r
), new_events AS (
    INSERT INTO events (item_id, seq, body, prev_hash, hash)
    SELECT given.id, given.seq, given.body, given.prev_hash, given.hash FROM given RETURNING id, item_id
), new_texts AS (
    INSERT INTO texts (item_id, kind, made_at, due_at) SELECT given.id, r.kind, r.made_at, r.due_at
    FROM given, jsonb_populate_recordset(NULL::texts, given.texts) AS r
), new_deltas AS (
    INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
    SELECT r.day, r.township, r.grid, r.category, r.channel, r.status, r.n
    FROM given, jsonb_populate_recordset(NULL::item_deltas, given.deltas) AS r
)
INSERT INTO outbox (topic, event_id, body)
SELECT 'item', new_events.id, given.outbox FROM new_events JOIN given ON given.id = new_events.item_id
ORDER BY new_events.id
