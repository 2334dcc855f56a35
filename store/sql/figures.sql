-- name: figures_snapshot
-- All figures of one answer are of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY

-- name: figures_real
-- Whether any item is no demonstration: then demonstration items are in no figure.
SELECT EXISTS (SELECT 1 FROM items WHERE NOT demonstration) AS real

-- name: item_figures
-- Items received in a period, grouped by the part they are in of each figure (dispatch/figures.py, ITEM_FIGURES, in that
-- order), the parts joined by /. With ``part``: only those in that part of the figure at ``place``, each a group of its own, after a key.
WITH chosen AS (
    SELECT i.id, i.number, CASE WHEN i.status = 'merged' THEN into_.status ELSE i.status END AS fate, i.status, i.waits, i.restarted_at,
        d.due_at AS dispatch_due, d.met_at AS dispatch_met, d.state AS dispatch,
        s.due_at AS settle_due, s.met_at AS settle_met, s.state AS settle,
        a.due_at AS answer_due, a.met_at AS answer_met, a.state AS answer, r.level, r.by
    FROM items i
        LEFT JOIN items into_ ON into_.number = i.merged_into
        LEFT JOIN deadlines d ON d.item_id = i.id AND d.stage = 'dispatch'
        LEFT JOIN deadlines s ON s.item_id = i.id AND s.stage = 'settle'
        LEFT JOIN deadlines a ON a.item_id = i.id AND a.stage = 'answer'
        LEFT JOIN LATERAL (SELECT level, by FROM ratings WHERE item_id = i.id ORDER BY n DESC LIMIT 1) r ON true
    WHERE i.received_at >= %(from)s AND i.received_at < %(to)s AND i.demonstration = %(demonstration)s
        AND (%(township)s::text IS NULL OR i.township = %(township)s)
        AND (%(category)s::text IS NULL OR i.category = %(category)s)
        AND (%(channel)s::text IS NULL OR i.channel = %(channel)s)
        AND (%(unit)s::text IS NULL OR i.lead = %(unit)s OR EXISTS (SELECT 1 FROM handlers h
            WHERE h.item_id = i.id AND h.unit = %(unit)s AND h.role = 'main' AND h.state <> 'returned'))
        AND (%(keys)s::text[] IS NULL OR (i.readers && %(keys)s::text[] AND ('township:' || i.lead = ANY(%(keys)s::text[])
            OR EXISTS (SELECT 1 FROM handlers h WHERE h.item_id = i.id AND h.role = 'main' AND h.state <> 'returned'
                AND 'unit:' || h.unit = ANY(%(keys)s::text[])))))
), aside AS (
    SELECT *, CASE WHEN fate IN ('suspended', 'declined', 'transferred') THEN fate END AS aside FROM chosen
), parts AS MATERIALIZED (
    SELECT id, number, concat_ws('/', 'yes',
            coalesce(aside, CASE WHEN fate IN ('settled', 'verified', 'answered', 'closed') THEN 'yes' ELSE 'no' END),
            coalesce(aside, CASE WHEN dispatch_met <= dispatch_due THEN 'yes'
                WHEN dispatch_met > dispatch_due OR (dispatch <> 'stopped' AND dispatch_due < %(now)s) THEN 'no'
                WHEN status IN ('merged', 'answered', 'closed') THEN 'clockless' ELSE 'pending' END),
            coalesce(aside, CASE WHEN settle_met <= settle_due THEN 'yes'
                WHEN settle_met > settle_due OR (settle <> 'stopped' AND settle_due < %(now)s) THEN 'no'
                WHEN status IN ('merged', 'answered', 'closed') THEN 'clockless' ELSE 'pending' END),
            coalesce(aside, CASE WHEN answer_met <= answer_due THEN 'yes'
                WHEN answer_met > answer_due OR (answer <> 'stopped' AND answer_due < %(now)s) THEN 'no'
                WHEN status IN ('answered', 'closed') OR (status = 'merged' AND answer = 'stopped') THEN 'clockless'
                ELSE 'pending' END),
            coalesce(aside, CASE WHEN level >= 3 THEN 'yes' WHEN level <= 2 THEN 'no'
                WHEN status = 'closed' THEN 'unrated' ELSE 'pending' END),
            coalesce(aside, CASE WHEN level IS NOT NULL THEN 'yes' WHEN status = 'closed' THEN 'no' ELSE 'pending' END)
        ) COLLATE "C" AS parts,
        concat_ws('/', CASE WHEN waits <> '[]' AND waits @> '[{"kind": "suspension"}]' THEN 'was_suspended' END,
            CASE WHEN restarted_at IS NOT NULL THEN 'reopened' END,
            CASE WHEN by = 'follow-up' THEN 'follow_up' END) COLLATE "C" AS marks
    FROM aside
)
SELECT parts, marks, count(*) AS n, (array_agg(id ORDER BY id))[1:%(shown)s] AS ids, NULL::bigint[] AS places,
    (array_agg(number ORDER BY id))[1:%(shown)s] AS numbers
FROM parts
WHERE %(part)s::text IS NULL OR (split_part(parts, '/', %(place)s) = %(part)s AND id > %(after)s)
GROUP BY parts, marks, CASE WHEN %(part)s::text IS NOT NULL THEN id END
ORDER BY min(id) LIMIT %(limit)s

-- name: call_figures
-- Calls of the summonses opened in a period, grouped by the part they are in of each figure (CALL_FIGURES); ``part`` as
-- above. A summons is counted with the first of its calls.
WITH chosen AS (
    SELECT s.id, c.n AS place, i.number, s.state AS summons, s.acknowledge_by, c.acknowledged_at, c.state, c.department,
        row_number() OVER (PARTITION BY s.id ORDER BY c.n) AS nth
    FROM summonses s JOIN items i ON i.id = s.item_id JOIN calls c ON c.summons_id = s.id
    WHERE s.opened_at >= %(from)s AND s.opened_at < %(to)s AND i.demonstration = %(demonstration)s
        AND (%(township)s::text IS NULL OR s.township = %(township)s)
        AND (%(category)s::text IS NULL OR i.category = %(category)s)
        AND (%(channel)s::text IS NULL OR i.channel = %(channel)s)
        AND (%(unit)s::text IS NULL OR c.department = %(unit)s)
        AND (%(keys)s::text[] IS NULL OR 'township:' || s.township = ANY(%(keys)s::text[])
            OR 'unit:' || c.department = ANY(%(keys)s::text[]))
), aside AS (
    SELECT *, CASE WHEN summons = 'cancelled' THEN summons WHEN state IN ('excused', 'substituted') THEN state
        WHEN state IN ('sent', 'acknowledged') THEN 'pending' END AS aside FROM chosen
), parts AS MATERIALIZED (
    SELECT id, place, number, department, concat_ws('/',
            CASE WHEN nth > 1 THEN '' WHEN summons = 'cancelled' THEN summons ELSE 'yes' END,
            CASE WHEN summons = 'cancelled' THEN summons ELSE 'yes' END,
            CASE WHEN summons = 'cancelled' THEN summons
                WHEN acknowledged_at <= acknowledge_by THEN 'yes' WHEN acknowledged_at > acknowledge_by THEN 'no'
                WHEN state IN ('excused', 'substituted') THEN state
                WHEN summons = 'open' AND %(now)s <= acknowledge_by THEN 'pending' ELSE 'no' END,
            coalesce(aside, CASE WHEN state = 'present' THEN 'yes' ELSE 'no' END),
            coalesce(aside, CASE WHEN state = 'late' THEN 'yes' ELSE 'no' END),
            coalesce(aside, CASE WHEN state = 'absent' THEN 'yes' ELSE 'no' END),
            CASE WHEN aside = 'excused' THEN 'yes' ELSE '' END,
            CASE WHEN aside = 'substituted' THEN 'yes' ELSE '' END
        ) COLLATE "C" AS parts
    FROM aside
)
SELECT parts, '' AS marks, count(*) AS n, (array_agg(id ORDER BY id, place))[1:%(shown)s] AS ids,
    (array_agg(place ORDER BY id, place))[1:%(shown)s] AS places,
    (array_agg(number ORDER BY id, place))[1:%(shown)s] AS numbers, min(department) AS department
FROM parts
WHERE %(part)s::text IS NULL OR (split_part(parts, '/', %(place)s) = %(part)s AND (id, place) > (%(after)s, %(after_place)s))
GROUP BY parts, CASE WHEN %(part)s::text IS NOT NULL THEN id END, CASE WHEN %(part)s::text IS NOT NULL THEN place END
ORDER BY min(id), min(place) LIMIT %(limit)s
