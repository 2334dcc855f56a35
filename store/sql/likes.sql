-- name: likes_near
-- Open items in scope around a place, nearest first by the index of open places, with how alike their words are.
SELECT id, number, status, category, description, address, lon, lat, received_at,
    CASE WHEN description <> '' AND %(description)s <> '' THEN similarity(description, %(description)s)
        ELSE similarity(address, %(address)s) END AS words
FROM items
WHERE lon IS NOT NULL AND phase = 'open'
    AND point(lon, lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
    AND id <> %(id)s AND received_at BETWEEN %(since)s AND %(until)s
    AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND (%(categories)s::text[] IS NULL OR category = ANY(%(categories)s))
ORDER BY point(lon, lat) <-> point(%(lon)s, %(lat)s) LIMIT %(limit)s

-- name: likes_by_words
-- Open items in scope that say the same or name the same address, by the index of words; for a report without a place.
SELECT id, number, status, category, description, address, lon, lat, received_at,
    CASE WHEN description <> '' AND %(description)s <> '' THEN similarity(description, %(description)s)
        ELSE similarity(address, %(address)s) END AS words
FROM items
WHERE phase = 'open'
    AND ((%(description)s <> '' AND description %% %(description)s) OR (%(address)s <> '' AND address %% %(address)s))
    AND id <> %(id)s AND received_at BETWEEN %(since)s AND %(until)s
    AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND (%(categories)s::text[] IS NULL OR category = ANY(%(categories)s))
ORDER BY words DESC, id DESC LIMIT %(limit)s

-- name: likes_in_area
-- Open items in scope of a township or community that may be the same matter as one item, newest first.
SELECT id, number, status, category, description, address, lon, lat, received_at,
    CASE WHEN description <> '' AND %(description)s <> '' THEN similarity(description, %(description)s)
        ELSE similarity(address, %(address)s) END AS words
FROM items
WHERE phase = 'open'
    AND (%(township)s::text IS NULL OR township = %(township)s)
    AND (%(community)s::text IS NULL OR community = %(community)s)
    AND id <> %(id)s AND received_at >= %(since)s
    AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[])
    AND (%(categories)s::text[] IS NULL OR category = ANY(%(categories)s))
ORDER BY id DESC LIMIT %(limit)s
