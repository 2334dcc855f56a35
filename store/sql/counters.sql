-- name: counters_fold
-- Fold deltas into counts: each delta is deleted and added in one statement, so a reading never counts it twice. Gives
-- the counts that became nothing.
WITH taken AS (
    DELETE FROM item_deltas WHERE id IN (SELECT id FROM item_deltas ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED)
    RETURNING day, township, grid, category, channel, status, n
), summed AS (
    SELECT day, township, grid, category, channel, status, sum(n) AS n FROM taken
    GROUP BY day, township, grid, category, channel, status HAVING sum(n) <> 0
), put AS (
    INSERT INTO item_counts AS c (day, township, grid, category, channel, status, n) SELECT * FROM summed
    ON CONFLICT (day, grid, category, channel, status, township) DO UPDATE SET n = c.n + excluded.n
    RETURNING day, township, grid, category, channel, status, n
)
SELECT day, township, grid, category, channel, status FROM put WHERE n = 0

-- name: counters_clear
-- Take a count away that became nothing, in the transaction of its fold.
DELETE FROM item_counts
WHERE day = %(day)s AND grid = %(grid)s AND category = %(category)s AND channel = %(channel)s AND status = %(status)s
    AND township = %(township)s AND n = 0

-- name: counters_true
-- What the counters must equal: the items themselves, counted by the same keys.
SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, coalesce(township, '') AS township, coalesce(grid, '') AS grid,
    category, channel, status, count(*) AS n
FROM items GROUP BY 1, 2, 3, 4, 5, 6

-- name: counters_read
-- What the counters say: counts + deltas.
SELECT day, township, grid, category, channel, status, sum(n) AS n FROM item_counters
GROUP BY day, township, grid, category, channel, status HAVING sum(n) <> 0

-- name: density_counted
-- Items by area from the counters, for readers who see all; open ones unless statuses are named.
SELECT CASE WHEN %(level)s = 'grid' THEN grid ELSE township END AS code, sum(n) AS count
FROM item_counters
WHERE status = ANY(%(status)s)
    AND (%(category)s::text IS NULL OR category = %(category)s)
    AND (%(channel)s::text IS NULL OR channel = %(channel)s)
GROUP BY 1 HAVING sum(n) <> 0

-- name: density_scoped
-- Items by area from the items themselves, for readers with a scope or with filters the counters do not know; late are
-- those with a clock that ran out and still runs. The filters are those of items_page.
SELECT CASE WHEN %(level)s = 'grid' THEN grid ELSE township END AS code, count(*) AS count,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM deadlines d
        WHERE d.item_id = i.id AND d.state = 'running' AND d.due_at < %(now)s)) AS late
FROM items i
WHERE status = ANY(%(status)s) AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
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
        WHEN 'none' THEN false
        ELSE true END
GROUP BY 1

-- name: density_by_hour
-- density_scoped for a replay: by area and by the hour of receipt, counted from the instant %(from)s on.
SELECT CASE WHEN %(level)s = 'grid' THEN grid ELSE township END AS code,
    floor(extract(epoch FROM created_at - %(from)s::timestamptz) / 3600)::int AS hour, count(*) AS count,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM deadlines d
        WHERE d.item_id = i.id AND d.state = 'running' AND d.due_at < %(now)s)) AS late
FROM items i
WHERE status = ANY(%(status)s) AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
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
        WHEN 'none' THEN false
        ELSE true END
GROUP BY 1, 2
LIMIT %(limit)s

-- name: late_by_area
-- How many items of each area have a clock that ran out and still runs, for density_counted.
SELECT CASE WHEN %(level)s = 'grid' THEN i.grid ELSE i.township END AS code, count(DISTINCT i.id) AS late
FROM deadlines d JOIN items i ON i.id = d.item_id
WHERE d.state = 'running' AND d.due_at < %(now)s AND i.status = ANY(%(status)s)
    AND (%(category)s::text IS NULL OR i.category = %(category)s)
    AND (%(channel)s::text IS NULL OR i.channel = %(channel)s)
GROUP BY 1

-- name: map_clusters
-- Located items in scope within a box, gathered by a square raster of %(step)s degrees.
SELECT floor(lon / %(step)s)::bigint AS x, floor(lat / %(step)s)::bigint AS y, count(*) AS count,
    avg(lon) AS lon, avg(lat) AS lat, min(number) AS number, min(status) AS status, min(category) AS category,
    min(township) AS township, min(grid) AS grid, min(updated_at) AS updated_at
FROM items i
WHERE status = ANY(%(status)s) AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND lon IS NOT NULL
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
        WHEN 'none' THEN false
        ELSE true END
GROUP BY 1, 2
