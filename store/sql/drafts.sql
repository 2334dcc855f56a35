-- name: draft_add
-- A new draft.
INSERT INTO drafts (name, files, left_out, datum, code_field, name_field, township_field, digest, townships, grids, account, made_by, made_at)
VALUES (%(name)s, %(files)s, %(left_out)s, %(datum)s, %(code_field)s, %(name_field)s, %(township_field)s, %(digest)s, %(townships)s, %(grids)s,
    %(account)s, %(made_by)s, %(made_at)s) RETURNING id

-- name: drafts_listed
-- All drafts, or the one with an id, newest first: without their files, with what the last check found, and with the
-- Editions that say the same.
SELECT d.id, d.name, d.left_out, d.datum, d.code_field, d.name_field, d.township_field, d.digest, d.townships, d.grids, d.made_by, d.made_at,
    octet_length(d.files) AS size,
    ARRAY(SELECT e.id FROM editions e WHERE e.digest = d.digest ORDER BY e.id) AS editions,
    c.errors, c.warnings
FROM drafts d LEFT JOIN LATERAL (
    SELECT (j.result->>'errors')::int AS errors, (j.result->>'warnings')::int AS warnings FROM plan_jobs j
    WHERE j.draft = d.id AND j.kind = 'check' AND j.state = 'done' ORDER BY j.id DESC LIMIT 1) c ON true
WHERE d.id = coalesce(%(id)s, d.id) ORDER BY d.id DESC

-- name: drafts_lock
-- One who adds a draft at a time, so that there are never more than there may be.
LOCK TABLE drafts IN SHARE ROW EXCLUSIVE MODE

-- name: drafts_count
-- How many drafts there are.
SELECT count(*) AS n FROM drafts

-- name: draft_files
-- A draft's files as one zip, and how they are read.
SELECT name, files, datum, code_field, name_field, township_field FROM drafts WHERE id = %(id)s

-- name: draft_discard
-- A draft is thrown away, with the work done on it.
DELETE FROM drafts WHERE id = %(id)s RETURNING id

-- name: plan_job_add
-- New work on a draft; no row where the draft is gone.
INSERT INTO plan_jobs (draft, kind, asked, state, made_by, made_at, beat_at)
SELECT d.id, %(kind)s, %(asked)s::jsonb, 'waiting', %(made_by)s, %(at)s::timestamptz, %(at)s::timestamptz
FROM drafts d WHERE d.id = %(draft)s RETURNING id

-- name: plan_jobs_forget
-- Of the work of one kind on a draft only the newest is of use: what is older, and over, is forgotten.
DELETE FROM plan_jobs WHERE draft = %(draft)s AND kind = %(kind)s AND state IN ('done', 'failed', 'cancelled')
    AND id NOT IN (SELECT id FROM plan_jobs WHERE draft = %(draft)s AND kind = %(kind)s ORDER BY id DESC LIMIT %(kept)s)

-- name: plan_job_one
-- One piece of work.
SELECT id, draft, kind, asked, state, done, total, result, fault, cancel, made_by, made_at, beat_at
FROM plan_jobs WHERE id = %(id)s

-- name: plan_job_file
-- The file that a piece of work made.
SELECT file FROM plan_jobs WHERE id = %(id)s AND file IS NOT NULL

-- name: plan_jobs_latest
-- The latest work of each kind on a draft, without its result.
SELECT DISTINCT ON (kind) id, draft, kind, asked, state, done, total, NULL::jsonb AS result, fault, cancel, made_by, made_at, beat_at
FROM plan_jobs WHERE draft = %(draft)s ORDER BY kind, id DESC

-- name: plan_job_beat
-- Whoever does the work says how far it is, and hears whether it is to stop. No row where it is over already.
UPDATE plan_jobs SET state = %(state)s, done = %(done)s, total = %(total)s, beat_at = %(at)s
WHERE id = %(id)s AND state IN ('waiting', 'running') RETURNING cancel

-- name: plan_job_end
-- The work is over, with its result or with what went wrong.
UPDATE plan_jobs SET state = %(state)s, result = %(result)s::jsonb, file = %(file)s, fault = %(fault)s, beat_at = %(at)s,
    done = CASE WHEN %(state)s = 'done' THEN total ELSE done END
WHERE id = %(id)s AND state IN ('waiting', 'running')

-- name: plan_job_cancel
-- Ask whoever does the work to stop.
UPDATE plan_jobs SET cancel = true WHERE id = %(id)s RETURNING id
