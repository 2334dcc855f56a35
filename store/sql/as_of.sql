-- name: as_of_points
-- Items in scope under the filters of items_page but for the areas, newest first, with what a map or a list by another
-- Edition's boundaries needs of each; late are those with a clock that ran out and still runs.
SELECT id, lon, lat, number, status, category, updated_at,
    EXISTS (SELECT 1 FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running' AND d.due_at < %(now)s) AS late
FROM items i
WHERE (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(status)s::text[] IS NULL OR status = ANY(%(status)s))
    AND (%(category)s::text IS NULL OR category = %(category)s)
    AND (%(channel)s::text IS NULL OR channel = %(channel)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(from)s::timestamptz IS NULL OR created_at >= %(from)s)
    AND (%(to)s::timestamptz IS NULL OR created_at < %(to)s)
    AND (%(west)s::float8 IS NULL OR (lon IS NOT NULL AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))))
    AND (%(area_west)s::float8 IS NULL OR (lon IS NOT NULL AND point(lon, lat) <@ box(point(%(area_west)s, %(area_south)s), point(%(area_east)s, %(area_north)s))))
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

-- name: areas_last
-- The Edition that was live last with a cell, or a township that has cells, of each of some codes.
SELECT DISTINCT ON (w.code) w.code, f.edition FROM unnest(%(codes)s::text[]) AS w (code)
JOIN edition_areas a ON a.level = 'grid' AND w.code = CASE WHEN %(level)s = 'grid' THEN a.code ELSE a.township END
JOIN edition_flips f ON f.edition = a.edition
ORDER BY w.code, f.live_from DESC
