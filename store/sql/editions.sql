-- name: edition_live
-- Which Edition is live; no row before the first publish.
SELECT edition FROM live_edition

-- name: edition_meta
-- An Edition's own line.
SELECT id, digest, meta, reason, published_by, published_at FROM editions WHERE id = %(id)s

-- name: edition_areas
-- An Edition's townships and cells.
SELECT level, code, name, township, community, provenance, geometry FROM edition_areas
WHERE edition = %(id)s ORDER BY level, code

-- name: edition_add
-- A new Edition, not live yet.
INSERT INTO editions (digest, meta, reason, published_by, published_at)
VALUES (%(digest)s, %(meta)s::jsonb, %(reason)s, %(by)s, %(at)s) RETURNING id

-- name: edition_area_add
-- Its areas, many at once.
INSERT INTO edition_areas (edition, level, code, name, township, community, provenance, geometry) VALUES %s

-- name: editions_listed
-- All Editions ever published, newest first, with the instants at which they went live.
SELECT e.id, e.digest, e.reason, e.published_by, e.published_at, e.meta->>'name' AS district,
    e.meta->>'provenance' AS provenance, (l.edition IS NOT NULL) AS live,
    (SELECT count(*) FROM edition_areas a WHERE a.edition = e.id AND level = 'township') AS townships,
    (SELECT count(*) FROM edition_areas a WHERE a.edition = e.id AND level = 'grid') AS grids,
    ARRAY(SELECT f.live_from FROM edition_flips f WHERE f.edition = e.id ORDER BY f.live_from) AS live_from
FROM editions e LEFT JOIN live_edition l ON l.edition = e.id ORDER BY e.id DESC

-- name: edition_at
-- The Edition that was live at an instant.
SELECT edition FROM edition_flips WHERE live_from <= %(at)s ORDER BY live_from DESC LIMIT 1

-- name: edition_call
-- Ask every process to build an Edition's index.
SELECT pg_notify('firstline', json_build_object('edition', %(id)s::int)::text)

-- name: edition_newest
-- The Edition stored last, whether or not it went live.
SELECT max(id) AS id FROM editions

-- name: edition_ready_add
-- This process has the Edition's index.
INSERT INTO edition_ready (edition, backend) VALUES (%(id)s, pg_backend_pid()) ON CONFLICT DO NOTHING

-- name: edition_ready_forget
-- Forget who was ready for Editions: a backend's number may come again.
DELETE FROM edition_ready WHERE edition <> %(id)s

-- name: edition_waiting
-- Listening backends that do not have the Edition's index yet.
SELECT count(*) AS n FROM pg_stat_activity s
WHERE s.datname = current_database() AND s.application_name = 'firstline hub'
    AND NOT EXISTS (SELECT 1 FROM edition_ready r WHERE r.edition = %(id)s AND r.backend = s.pid)

-- name: edition_hold
-- Hold the live Edition, shared, until the commit. Look which one it is in a statement of its own, after this one: a
-- statement that waits for a lock goes on seeing what was committed before it began.
SELECT pg_advisory_xact_lock_shared(%(edition_lock)s)

-- name: edition_hold_alone
-- Wait until no intake holds the live Edition, and hold it alone until the commit.
SELECT pg_advisory_xact_lock(%(edition_lock)s)

-- name: publish_alone
-- One publisher at a time; which Edition is live is asked after it, in a statement of its own.
SELECT pg_advisory_xact_lock(%(publish_lock)s)

-- name: edition_flip
-- Make an Edition the live one.
INSERT INTO live_edition (edition) VALUES (%(id)s) ON CONFLICT (single) DO UPDATE SET edition = excluded.edition

-- name: edition_flipped
-- Remember when.
INSERT INTO edition_flips (edition, live_from) VALUES (%(id)s, %(at)s)

-- name: edition_announce
-- Tell the live stream that the boundaries changed.
INSERT INTO outbox (topic, body) VALUES ('edition', %(body)s::jsonb)

-- name: items_open_last
-- The newest item there is: the first pass of a move ends with it.
SELECT max(id) AS id FROM items

-- name: items_open
-- Open items with a place, in order of id, with all their parts; not locked.
SELECT * FROM item_cards
WHERE status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended')
    AND lon IS NOT NULL AND id > %(after)s AND id <= %(last)s
ORDER BY id LIMIT %(limit)s

-- name: items_changed_since
-- Open items with a place that came or changed since an instant, and the version they are at.
SELECT id, version FROM items
WHERE phase = 'open'
    AND lon IS NOT NULL AND updated_at >= %(since)s
ORDER BY id

-- name: items_lock
-- Lock items in order of id. They are read after it: whoever held a lock may have changed them.
SELECT id FROM items WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE

-- name: item_cards_by_ids
-- Items with all their parts, by their ids.
SELECT * FROM item_cards WHERE id = ANY(%(ids)s) ORDER BY id

-- name: units_from_edition
-- Townships and communities become units by publishing.
INSERT INTO units (code, name, kind) SELECT r.code, r.name, r.kind
FROM jsonb_populate_recordset(NULL::units, %(units)s::jsonb) AS r
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind
    WHERE units.kind IN ('township', 'community')
