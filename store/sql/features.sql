-- name: feature_items
-- Items in scope as map clients take them, newest first, before an id: nothing of the reporter, no words, no address.
-- A null filter filters nothing; west > east is a box over the 180th meridian.
SELECT i.id, i.number, i.status, i.kind, i.channel, i.category, i.urgency, i.lon, i.lat, i.township, i.community, i.grid,
    i.edition, i.border_m, i.on_border, i.doubtful, i.lead_kind, i.lead, i.demonstration, i.received_at, i.created_at,
    i.dispatched_at, i.updated_at,
    (SELECT h.unit FROM handlers h WHERE h.item_id = i.id AND h.role = 'main' AND h.state <> 'returned') AS handler,
    (SELECT min(d.due_at) FROM deadlines d WHERE d.item_id = i.id AND d.state = 'running') AS due_at
FROM items i
WHERE (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
    AND (%(before)s::bigint IS NULL OR i.id < %(before)s)
    AND (%(number)s::text IS NULL OR i.number = %(number)s)
    AND (%(statuses)s::text[] IS NULL OR i.status = ANY(%(statuses)s))
    AND (%(kind)s::text IS NULL OR i.kind = %(kind)s)
    AND (%(channel)s::text IS NULL OR i.channel = %(channel)s)
    AND (%(category)s::text IS NULL OR i.category = %(category)s)
    AND (%(urgency)s::text IS NULL OR i.urgency = %(urgency)s)
    AND (%(township)s::text IS NULL OR i.township = %(township)s)
    AND (%(community)s::text IS NULL OR i.community = %(community)s)
    AND (%(grid)s::text IS NULL OR i.grid = %(grid)s)
    AND (%(lead)s::text IS NULL OR i.lead = %(lead)s)
    AND (%(start)s::timestamptz IS NULL OR i.created_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR i.created_at <= %(end)s)
    AND (%(west)s::float8 IS NULL OR (i.lat BETWEEN %(south)s AND %(north)s AND CASE WHEN %(west)s <= %(east)s
        THEN i.lon BETWEEN %(west)s AND %(east)s ELSE i.lon >= %(west)s OR i.lon <= %(east)s END))
ORDER BY i.id DESC LIMIT %(limit)s

-- name: feature_items_matched
-- How many items feature_items would give with no limit.
SELECT count(*) AS n FROM items i
WHERE (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
    AND (%(number)s::text IS NULL OR i.number = %(number)s)
    AND (%(statuses)s::text[] IS NULL OR i.status = ANY(%(statuses)s))
    AND (%(kind)s::text IS NULL OR i.kind = %(kind)s)
    AND (%(channel)s::text IS NULL OR i.channel = %(channel)s)
    AND (%(category)s::text IS NULL OR i.category = %(category)s)
    AND (%(urgency)s::text IS NULL OR i.urgency = %(urgency)s)
    AND (%(township)s::text IS NULL OR i.township = %(township)s)
    AND (%(community)s::text IS NULL OR i.community = %(community)s)
    AND (%(grid)s::text IS NULL OR i.grid = %(grid)s)
    AND (%(lead)s::text IS NULL OR i.lead = %(lead)s)
    AND (%(start)s::timestamptz IS NULL OR i.created_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR i.created_at <= %(end)s)
    AND (%(west)s::float8 IS NULL OR (i.lat BETWEEN %(south)s AND %(north)s AND CASE WHEN %(west)s <= %(east)s
        THEN i.lon BETWEEN %(west)s AND %(east)s ELSE i.lon >= %(west)s OR i.lon <= %(east)s END))

-- name: feature_summonses
-- Summonses in scope as map clients take them, newest first, before an id: no place, note or plan (they may repeat what
-- the citizen said) and nobody who came.
SELECT s.id, i.number, s.state, s.township, i.category, s.lon, s.lat, s.meet_at, s.acknowledge_by, s.opened_at,
    s.updated_at, s.closed_at, i.demonstration,
    (SELECT json_agg(json_build_object('department', c.department, 'state', c.state,
        'acknowledged', c.acknowledged_at IS NOT NULL) ORDER BY c.n) FROM calls c WHERE c.summons_id = s.id) AS calls
FROM summonses s JOIN items i ON i.id = s.item_id
WHERE (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
    AND (%(before)s::bigint IS NULL OR s.id < %(before)s)
    AND (%(id)s::bigint IS NULL OR s.id = %(id)s)
    AND (%(number)s::text IS NULL OR i.number = %(number)s)
    AND (%(state)s::text IS NULL OR s.state = %(state)s)
    AND (%(township)s::text IS NULL OR s.township = %(township)s)
    AND (%(category)s::text IS NULL OR i.category = %(category)s)
    AND (%(start)s::timestamptz IS NULL OR s.meet_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR s.meet_at <= %(end)s)
    AND (%(west)s::float8 IS NULL OR (s.lat BETWEEN %(south)s AND %(north)s AND CASE WHEN %(west)s <= %(east)s
        THEN s.lon BETWEEN %(west)s AND %(east)s ELSE s.lon >= %(west)s OR s.lon <= %(east)s END))
ORDER BY s.id DESC LIMIT %(limit)s

-- name: feature_summonses_matched
-- How many summonses feature_summonses would give with no limit.
SELECT count(*) AS n FROM summonses s JOIN items i ON i.id = s.item_id
WHERE (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
    AND (%(id)s::bigint IS NULL OR s.id = %(id)s)
    AND (%(number)s::text IS NULL OR i.number = %(number)s)
    AND (%(state)s::text IS NULL OR s.state = %(state)s)
    AND (%(township)s::text IS NULL OR s.township = %(township)s)
    AND (%(category)s::text IS NULL OR i.category = %(category)s)
    AND (%(start)s::timestamptz IS NULL OR s.meet_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR s.meet_at <= %(end)s)
    AND (%(west)s::float8 IS NULL OR (s.lat BETWEEN %(south)s AND %(north)s AND CASE WHEN %(west)s <= %(east)s
        THEN s.lon BETWEEN %(west)s AND %(east)s ELSE s.lon >= %(west)s OR s.lon <= %(east)s END))
