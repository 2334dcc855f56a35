-- name: public_squares
-- Open items that anybody may know of, by square of step degrees: each square's number, how many stand in it, and the
-- newest of them (one row for each, most at the most).
WITH shown AS (
    SELECT id, number, category, status, received_at, floor(lon / %(step)s)::bigint AS x, floor(lat / %(step)s)::bigint AS y
    FROM items
    WHERE lon IS NOT NULL AND phase = 'open'
        AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
        AND kind = ANY(%(kinds)s) AND category = ANY(%(categories)s) AND NOT anonymous AND NOT confidential
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY x, y ORDER BY id DESC) AS n, count(*) OVER (PARTITION BY x, y) AS count
    FROM shown
)
SELECT x, y, count, id, number, category, status, received_at FROM numbered WHERE n <= %(most)s ORDER BY x, y, n

-- name: public_photos
-- Of each of those items the last photograph before and the last one after the work, as far as they were released.
SELECT DISTINCT ON (item_id, stage) item_id, stage, id FROM photos
WHERE item_id = ANY(%(ids)s) AND stage IN ('before', 'after') AND released_at IS NOT NULL
ORDER BY item_id, stage, id DESC

-- name: public_photo
-- The names of the two pictures of a released photograph, where anybody may know of its item.
SELECT p.sha256, p.thumbnail FROM photos p JOIN items i ON i.id = p.item_id
WHERE p.id = %(id)s AND p.stage IN ('before', 'after') AND p.released_at IS NOT NULL
    AND i.lon IS NOT NULL AND i.phase = 'open'
    AND i.kind = ANY(%(kinds)s) AND i.category = ANY(%(categories)s) AND NOT i.anonymous AND NOT i.confidential

-- name: public_likes
-- Open items that anybody may know of in the squares around a place, newest first: the squares alone are looked at.
SELECT number, category, status, received_at, floor(lon / %(step)s)::bigint AS x, floor(lat / %(step)s)::bigint AS y
FROM items
WHERE lon IS NOT NULL AND phase = 'open'
    AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
    AND kind = ANY(%(kinds)s) AND category = ANY(%(categories)s) AND NOT anonymous AND NOT confidential
    AND received_at >= %(since)s
ORDER BY id DESC LIMIT %(limit)s
