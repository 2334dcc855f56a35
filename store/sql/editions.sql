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
INSERT INTO editions (digest, meta, reason, published_by, published_at, again)
VALUES (%(digest)s, %(meta)s::jsonb, %(reason)s, %(by)s, %(at)s, %(again)s::integer) RETURNING id

-- name: edition_area_add
-- Its areas, many at once.
INSERT INTO edition_areas (edition, level, code, name, township, community, provenance, geometry) VALUES %s

-- name: editions_listed
-- All Editions ever stored, newest first: who made them, why, when they were live or are to be, and what that did.
SELECT e.id, e.digest, e.reason, e.published_by, e.published_at, e.meta->>'name' AS district,
    e.meta->>'provenance' AS provenance, (l.edition IS NOT NULL) AS live,
    (SELECT count(*) FROM edition_areas a WHERE a.edition = e.id AND level = 'township') AS townships,
    (SELECT count(*) FROM edition_areas a WHERE a.edition = e.id AND level = 'grid') AS grids,
    ARRAY(SELECT f.live_from FROM edition_flips f WHERE f.edition = e.id ORDER BY f.live_from) AS live_from,
    CASE WHEN l.edition IS NOT NULL THEN 'live' WHEN last.live_from IS NOT NULL THEN 'past'
        ELSE coalesce(p.state, 'unused') END AS state,
    p.live_from AS planned_for, p.ended_at, p.ended_by, e.again, last.instead_of, last.moved, last.kept
FROM editions e LEFT JOIN live_edition l ON l.edition = e.id LEFT JOIN edition_plans p ON p.edition = e.id
LEFT JOIN LATERAL (
    SELECT f.* FROM edition_flips f WHERE f.edition = e.id ORDER BY f.live_from DESC LIMIT 1) last ON true
ORDER BY e.id DESC

-- name: cells_retired
-- Cells that some Edition had while it was live and the live one has no more, each as the last such Edition drew it.
SELECT DISTINCT ON (a.code) a.code, a.geometry
FROM edition_flips f JOIN edition_areas a ON a.edition = f.edition AND a.level = 'grid'
WHERE a.code <> '' AND a.geometry IS NOT NULL AND NOT EXISTS (SELECT FROM live_edition l
    JOIN edition_areas b ON b.edition = l.edition WHERE b.level = 'grid' AND b.code = a.code)
ORDER BY a.code, f.live_from DESC

-- name: edition_at
-- The Edition that was live at an instant, or for one to come the one that is planned for it.
SELECT edition FROM (
    SELECT edition, live_from FROM edition_flips
    UNION ALL SELECT edition, live_from FROM edition_plans WHERE state = 'waiting') e
WHERE live_from <= %(at)s ORDER BY live_from DESC LIMIT 1

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
-- Remember when, what was live before, and how many open items followed or were kept by who works on them. A clock that
-- ran back does not make an Edition older than the one it follows.
INSERT INTO edition_flips (edition, live_from, instead_of, moved, kept)
VALUES (%(id)s, greatest(%(at)s::timestamptz, (SELECT max(live_from) FROM edition_flips) + interval '1 microsecond'),
    %(instead_of)s::integer, %(moved)s, %(kept)s)

-- name: edition_announce
-- Tell the live stream that the boundaries changed.
INSERT INTO outbox (topic, body) VALUES ('edition', %(body)s::jsonb)

-- name: items_open_last
-- The newest item there is: the first pass of a move ends with it.
SELECT max(id) AS id FROM items

-- name: items_open
-- Where open items with a place stand, in order of id; not locked.
SELECT id, version, status, lon, lat, township, grid, community, lead_kind, lead FROM items
WHERE phase = 'open'
    AND lon IS NOT NULL AND id > %(after)s AND id <= %(last)s
ORDER BY id LIMIT %(limit)s

-- name: items_changed_since
-- Likewise for those that came or changed since an instant, but for what an Edition placed already.
SELECT id, version, status, lon, lat, township, grid, community, lead_kind, lead FROM items
WHERE phase = 'open'
    AND lon IS NOT NULL AND updated_at >= %(since)s AND edition IS DISTINCT FROM %(edition)s::integer
ORDER BY id

-- name: items_lock
-- Lock items in order of id; the versions are those they have once locked: whoever held a lock may have changed them.
SELECT id, version FROM items WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE

-- name: item_cards_by_ids
-- Items with all their parts, by their ids.
SELECT * FROM item_cards WHERE id = ANY(%(ids)s) ORDER BY id

-- name: units_from_edition
-- Townships and communities become units by publishing.
INSERT INTO units (code, name, kind) SELECT r.code, r.name, r.kind
FROM jsonb_populate_recordset(NULL::units, %(units)s::jsonb) AS r
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind
    WHERE units.kind IN ('township', 'community')

-- name: plans_alone
-- One at a time makes or ends a plan; what is planned is asked after it, in a statement of its own.
SELECT pg_advisory_xact_lock(%(plan_lock)s)

-- name: plans_waiting
-- Editions that wait to go live, the next one first.
SELECT p.edition, p.live_from, p.expect, p.move_in_work, p.name AS by, e.reason, e.published_at, e.again
FROM edition_plans p JOIN editions e ON e.id = p.edition WHERE p.state = 'waiting' ORDER BY p.live_from, p.edition

-- name: plan_before
-- The Edition that is to go live last before an instant.
SELECT edition FROM edition_plans WHERE state = 'waiting' AND live_from <= %(at)s
ORDER BY live_from DESC, edition DESC LIMIT 1

-- name: plan_add
-- A new plan.
INSERT INTO edition_plans (edition, live_from, expect, move_in_work, account, name, role)
VALUES (%(edition)s, %(at)s, %(expect)s, %(move_in_work)s, %(account)s, %(name)s, %(role)s)

-- name: plan_due
-- The plan whose time came first.
SELECT edition, live_from, expect, move_in_work, account, name, role FROM edition_plans
WHERE state = 'waiting' AND live_from <= %(now)s ORDER BY live_from, edition LIMIT 1

-- name: plan_end
-- What became of a plan that waits; no row where it waits no more.
UPDATE edition_plans SET state = %(state)s, ended_at = %(at)s, ended_by = %(by)s
WHERE edition = %(edition)s AND state = 'waiting' RETURNING edition
