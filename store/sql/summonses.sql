-- name: summons_id_next
-- The id of a new summons: its event names it.
SELECT nextval('summons_ids') AS id

-- name: summons_item
-- The number of a summons' item, where the asker may see it.
SELECT i.number FROM summonses s JOIN items i ON i.id = s.item_id
WHERE s.id = %(id)s AND (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])

-- name: summonses_items
-- The items that some summonses belong to.
SELECT * FROM item_cards WHERE id = ANY(%(ids)s::bigint[])

-- name: summons_put
-- A summons as an act left it, in one statement: its row, calls, tasks, and the line for the live stream.
WITH put AS (
    INSERT INTO summonses SELECT r.* FROM jsonb_populate_record(NULL::summonses, %(summons)s::jsonb) AS r
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, place = excluded.place, lon = excluded.lon,
        lat = excluded.lat, original = excluded.original, meet_at = excluded.meet_at,
        acknowledge_by = excluded.acknowledge_by, plan = excluded.plan, reason = excluded.reason,
        moves = excluded.moves, updated_at = excluded.updated_at, closed_at = excluded.closed_at
), put_calls AS (
    INSERT INTO calls SELECT r.* FROM jsonb_populate_recordset(NULL::calls, %(calls)s::jsonb) AS r
    ON CONFLICT (summons_id, department) DO UPDATE SET state = excluded.state,
        acknowledged_at = excluded.acknowledged_at, checked_in_at = excluded.checked_in_at, proof = excluded.proof,
        distance_m = excluded.distance_m, accuracy_m = excluded.accuracy_m, late_by_s = excluded.late_by_s,
        attendee_name = excluded.attendee_name, attendee_post = excluded.attendee_post, reason = excluded.reason,
        substitute = excluded.substitute
), put_tasks AS (
    INSERT INTO joint_tasks SELECT r.* FROM jsonb_populate_recordset(NULL::joint_tasks, %(tasks)s::jsonb) AS r
    ON CONFLICT (summons_id, n) DO UPDATE SET done_at = excluded.done_at
)
INSERT INTO outbox (topic, body) VALUES ('summons', %(outbox)s::jsonb)

-- name: summonses_page
-- Summonses in scope, the open ones by their time and before the others; a null filter filters nothing. ``clashes``:
-- other open summonses that wait for one of the same units within so many minutes.
SELECT s.*, CASE WHEN s.state <> 'open' THEN '[]'::json ELSE coalesce((
        SELECT json_agg(json_build_object('department', mine.department, 'id', o.id, 'township', o.township,
            'meet_at', o.meet_at, 'lon', o.lon, 'lat', o.lat) ORDER BY o.meet_at, o.id, mine.department)
        FROM calls mine JOIN calls theirs ON theirs.department = mine.department AND theirs.summons_id <> mine.summons_id
            JOIN summonses o ON o.id = theirs.summons_id
        WHERE mine.summons_id = s.id AND o.state = 'open'
            AND mine.state NOT IN ('excused', 'substituted') AND theirs.state NOT IN ('excused', 'substituted')
            AND abs(extract(epoch FROM o.meet_at - s.meet_at)) < %(clash_min)s::float8 * 60), '[]'::json) END AS clashes
FROM summons_cards s
WHERE (%(keys)s::text[] IS NULL OR s.readers && %(keys)s::text[])
    AND (%(id)s::bigint IS NULL OR s.id = %(id)s)
    AND (%(state)s::text IS NULL OR s.state = %(state)s)
    AND (%(number)s::text IS NULL OR s.number = %(number)s)
    AND (%(township)s::text IS NULL OR s.township = %(township)s)
    AND (%(unit)s::text IS NULL OR s.township = %(unit)s
        OR EXISTS (SELECT 1 FROM calls c WHERE c.summons_id = s.id AND c.department = %(unit)s)
        OR EXISTS (SELECT 1 FROM joint_tasks t WHERE t.summons_id = s.id AND t.department = %(unit)s))
ORDER BY s.state <> 'open', CASE WHEN s.state = 'open' THEN s.meet_at END, s.id DESC
LIMIT %(limit)s

-- name: summons_clashes
-- Open summonses that already wait for any of some units within so many minutes of an instant.
SELECT c.department, s.id, s.township, s.meet_at, s.lon, s.lat
FROM calls c JOIN summonses s ON s.id = c.summons_id
WHERE c.department = ANY(%(departments)s) AND s.state = 'open' AND c.state NOT IN ('excused', 'substituted')
    AND abs(extract(epoch FROM s.meet_at - %(meet_at)s::timestamptz)) < %(clash_min)s::float8 * 60
ORDER BY s.meet_at, s.id, c.department

-- name: map_summonses
-- Open summonses in scope for a map, the next ones first, with how many there are in all.
SELECT s.id, s.number, s.township, s.place, s.lon, s.lat, s.meet_at, s.calls, count(*) OVER () AS total
FROM summons_cards s
WHERE s.state = 'open' AND (%(keys)s::text[] IS NULL OR s.readers && %(keys)s::text[])
    AND (%(township)s::text IS NULL OR s.township = %(township)s)
    AND (%(west)s::float8 IS NULL OR point(s.lon, s.lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s)))
ORDER BY s.meet_at, s.id LIMIT %(limit)s

-- name: summonses_alike
-- How often each unit was called to items of one category since an instant (rows with a department), and to how many
-- summonses that were not called off (the row without one). Whoever called: nothing of an item is told.
WITH alike AS (
    SELECT s.id FROM summonses s JOIN items i ON i.id = s.item_id
    WHERE s.opened_at >= %(since)s AND s.state <> 'cancelled' AND i.category = %(category)s
)
SELECT NULL AS department, count(*) AS times FROM alike
UNION ALL
SELECT c.department, count(*) FROM calls c JOIN alike a ON a.id = c.summons_id GROUP BY c.department
