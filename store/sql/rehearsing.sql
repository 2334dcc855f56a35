-- name: past_period
-- How many items came in a period, and when the first and the last of them did.
SELECT count(*) AS n, min(received_at) AS first, max(received_at) AS last FROM items
WHERE received_at >= %(from)s AND received_at < %(to)s AND demonstration = %(demonstration)s

-- name: past_block
-- Items of a period as columns, some at a time in order of id: numbers as the bytes of doubles (NaN for none), words one
-- a line. Nothing of who reported and none of their words.
SELECT count(*) AS n, max(id) AS last, string_agg(number, E'\n') AS number, string_agg(category, E'\n') AS category,
    string_agg(kind, E'\n') AS kind,
    string_agg(float8send(date_part('epoch', received_at)), ''::bytea) AS received_at,
    string_agg(float8send(coalesce(lon, 'NaN')), ''::bytea) AS lon,
    string_agg(float8send(coalesce(lat, 'NaN')), ''::bytea) AS lat,
    string_agg(float8send(coalesce(accuracy_m, 'NaN')), ''::bytea) AS accuracy_m
FROM (
    SELECT id, number, category, kind, received_at, lon, lat, accuracy_m FROM items
    WHERE id > %(after)s AND received_at >= %(from)s AND received_at < %(to)s AND demonstration = %(demonstration)s
    ORDER BY id LIMIT %(limit)s
) AS taken

-- name: open_standing
-- All open items by who leads them and where they lie: how many, how many with a place, how many in doubt.
SELECT lead, grid, count(*) AS n, count(lon) AS placed, count(*) FILTER (WHERE doubtful) AS doubtful FROM items
WHERE phase = 'open'
GROUP BY lead, grid

-- name: open_tasks
-- The open items of each grid worker: those in which the worker has the first open task.
SELECT worker, count(*) AS n FROM (
    SELECT DISTINCT ON (t.item_id) t.worker FROM tasks t JOIN items i ON i.id = t.item_id
    WHERE t.state IN ('offered', 'taken')
        AND i.phase = 'open'
    ORDER BY t.item_id, t.n
) AS first GROUP BY worker

-- name: open_places
-- Where the open items that have a place are, as the bytes of doubles.
SELECT string_agg(float8send(lon), ''::bytea ORDER BY id) AS lon, string_agg(float8send(lat), ''::bytea ORDER BY id) AS lat
FROM items
WHERE phase = 'open' AND lon IS NOT NULL

-- name: open_summonses_of
-- Open summonses of some items, with the units each calls.
SELECT s.id, i.number, s.township, s.meet_at,
    ARRAY(SELECT c.department FROM calls c WHERE c.summons_id = s.id ORDER BY c.n) AS departments
FROM summonses s JOIN items i ON i.id = s.item_id
WHERE s.item_id = ANY(%(ids)s) AND s.state = 'open' ORDER BY s.id
