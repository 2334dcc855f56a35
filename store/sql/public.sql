-- name: public_squares
-- Open items that anybody may know of, by square of step degrees: each square's number, how many stand in it, and the
-- newest of them (one row for each, most at the most).
WITH shown AS (
    SELECT id, number, category, status, received_at, floor(lon / %(step)s)::bigint AS x, floor(lat / %(step)s)::bigint AS y
    FROM items
    WHERE lon IS NOT NULL AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
        AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
        AND kind = ANY(%(kinds)s) AND category = ANY(%(categories)s) AND NOT anonymous AND NOT confidential
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY x, y ORDER BY id DESC) AS n, count(*) OVER (PARTITION BY x, y) AS count
    FROM shown
)
SELECT x, y, count, number, category, status, received_at FROM numbered WHERE n <= %(most)s ORDER BY x, y, n

-- name: public_likes
-- Open items that anybody may know of in the squares around a place, newest first: the squares alone are looked at.
SELECT number, category, status, received_at, floor(lon / %(step)s)::bigint AS x, floor(lat / %(step)s)::bigint AS y
FROM items
WHERE lon IS NOT NULL AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
    AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
    AND kind = ANY(%(kinds)s) AND category = ANY(%(categories)s) AND NOT anonymous AND NOT confidential
    AND received_at >= %(since)s
ORDER BY id DESC LIMIT %(limit)s
