-- name: mutual_ratings_of
-- The mutual ratings of some summonses with the objections to them.
SELECT r.summons_id, r.about, r.by_unit, r.side, r.criteria, r.reason, r.at, r.visible_by, o.id AS objection,
    o.reason AS objected, o.filed_at, o.granted, o.ruling, o.ruled_at
FROM mutual_ratings r
    LEFT JOIN objections o ON (o.summons_id, o.about, o.by_unit) = (r.summons_id, r.about, r.by_unit)
WHERE r.summons_id = ANY(%(summonses)s::bigint[])
ORDER BY r.summons_id, r.at, r.about, r.by_unit

-- name: mutual_rating_add
-- One side's rating. That it is the only one was asked under the item's lock.
INSERT INTO mutual_ratings (summons_id, about, by_unit, side, criteria, reason, salt, at, visible_by)
VALUES (%(summons)s, %(about)s, %(by)s, %(side)s, %(criteria)s::jsonb, %(reason)s, %(salt)s, %(at)s, %(visible_by)s)

-- name: mutual_told
-- The rated units of one pair are told now that they see the ratings.
UPDATE mutual_ratings SET told_at = %(at)s
WHERE summons_id = %(summons)s AND %(unit)s IN (about, by_unit) AND told_at IS NULL

-- name: mutual_due
-- Ratings that became visible because the time is over, taken by this process alone to be told of.
UPDATE mutual_ratings r SET told_at = %(now)s
FROM (SELECT summons_id, about, by_unit FROM mutual_ratings WHERE told_at IS NULL AND visible_by <= %(now)s
      ORDER BY visible_by LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS due,
    summonses s JOIN items i ON i.id = s.item_id
WHERE (r.summons_id, r.about, r.by_unit) = (due.summons_id, due.about, due.by_unit) AND s.id = r.summons_id
RETURNING r.summons_id, r.about, r.by_unit, i.number

-- name: objection_id_next
-- The id of a new objection: its event names it.
SELECT nextval('objection_ids') AS id

-- name: objection_put
-- An objection, and later the ruling on it.
INSERT INTO objections (id, summons_id, about, by_unit, reason, filed_at, granted, ruling, ruled_at)
VALUES (%(id)s, %(summons)s, %(about)s, %(by)s, %(reason)s, %(filed_at)s, %(granted)s, %(ruling)s, %(ruled_at)s)
ON CONFLICT (id) DO UPDATE SET granted = excluded.granted, ruling = excluded.ruling, ruled_at = excluded.ruled_at

-- name: objection_summons
-- The summons that an objection belongs to.
SELECT summons_id FROM objections WHERE id = %(id)s

-- name: objections_page
-- Objections with the rating and the call they are about, those without a ruling first and the oldest of them before; a
-- null filter filters nothing.
SELECT o.id, o.summons_id, i.number, s.township, s.place, s.meet_at, o.about, o.by_unit, r.criteria, r.reason AS rated,
    r.at AS rated_at, c.state AS call, c.late_by_s, o.reason, o.filed_at, o.granted, o.ruling, o.ruled_at
FROM objections o
    JOIN mutual_ratings r ON (r.summons_id, r.about, r.by_unit) = (o.summons_id, o.about, o.by_unit)
    JOIN summonses s ON s.id = o.summons_id JOIN items i ON i.id = s.item_id
    JOIN calls c ON c.summons_id = s.id
        AND c.department = CASE WHEN r.side = 'township' THEN o.about ELSE o.by_unit END
WHERE (%(id)s::bigint IS NULL OR o.id = %(id)s)
    AND (%(state)s::text IS NULL
        OR %(state)s::text = CASE WHEN o.granted IS NULL THEN 'open' WHEN o.granted THEN 'granted' ELSE 'refused' END)
ORDER BY o.granted IS NOT NULL, CASE WHEN o.granted IS NULL THEN o.filed_at END, o.ruled_at DESC, o.id
LIMIT %(limit)s
