-- name: sweep_by_key
-- The sweep that an Idempotency-Key of an account already stands for.
SELECT id FROM sweeps WHERE account = %(account)s AND key = %(key)s

-- name: sweep_insert
-- A new sweep with its tasks and its first items, in one statement; its id.
WITH new AS (
    INSERT INTO sweeps (kind, source, level, area, since, question, due_at, readers, account, role, unit, made_at, rules, key)
    VALUES (%(kind)s, %(source)s, %(level)s, %(area)s, %(since)s, %(question)s, %(due_at)s, %(readers)s, %(account)s,
        %(role)s, %(unit)s, %(at)s, %(rules)s, %(key)s)
    RETURNING id
), new_tasks AS (
    INSERT INTO sweep_tasks (sweep, n, grid, township, worker, worker_name)
    SELECT new.id, r.n, r.grid, r.township, r.worker, r.worker_name
    FROM new, jsonb_populate_recordset(NULL::sweep_tasks, %(tasks)s::jsonb) AS r
), new_marks AS (
    INSERT INTO sweep_marks (sweep, item_id, belongs, score, account, at)
    SELECT new.id, r.item_id, true, r.score, %(account)s, %(at)s
    FROM new, jsonb_populate_recordset(NULL::sweep_marks, %(marks)s::jsonb) AS r
)
SELECT id FROM new

-- name: sweep_mark
-- Items that belong to a sweep from now on, or no longer; those that an account may not read are left alone.
INSERT INTO sweep_marks (sweep, item_id, belongs, score, task, account, at)
SELECT %(id)s, i.id, %(belongs)s, NULL, %(task)s, %(account)s, %(at)s FROM items i
WHERE i.number = ANY(%(numbers)s::text[]) AND (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])
RETURNING item_id

-- name: sweeps_page
-- Sweeps in scope with their tasks and items, newest first; a null filter filters nothing.
SELECT s.*,
    %(keys)s::text[] IS NULL OR EXISTS (SELECT 1 FROM items i WHERE i.number = s.source AND i.readers && %(keys)s::text[])
        AS source_seen,
    coalesce((SELECT json_agg(json_build_object('n', t.n, 'grid', t.grid, 'township', t.township, 'worker', t.worker,
        'worker_name', t.worker_name, 'result', t.result, 'text', t.text, 'count', t.count, 'done_at', t.done_at,
        'done_by', t.done_by) ORDER BY t.n) FROM sweep_tasks t WHERE t.sweep = s.id), '[]') AS tasks,
    coalesce((SELECT json_agg(json_build_object('number', i.number, 'status', i.status, 'category', i.category,
        'description', i.description, 'address', i.address, 'score', m.score, 'task', m.task,
        'seen', %(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[]) ORDER BY m.score DESC NULLS LAST, i.id)
        FROM (SELECT DISTINCT ON (item_id) item_id, belongs, score, task FROM sweep_marks
            WHERE sweep = s.id ORDER BY item_id, id DESC) m
        JOIN items i ON i.id = m.item_id WHERE m.belongs), '[]') AS members
FROM sweeps s
WHERE (%(keys)s::text[] IS NULL OR s.readers && %(keys)s::text[])
    AND (%(id)s::bigint IS NULL OR s.id = %(id)s)
    AND (%(source)s::text IS NULL OR s.source = %(source)s)
    AND (NOT %(waiting)s OR EXISTS (SELECT 1 FROM sweep_tasks t WHERE t.sweep = s.id AND t.done_at IS NULL
        AND (%(worker)s::text IS NULL OR t.worker = %(worker)s)))
ORDER BY s.id DESC LIMIT %(limit)s

-- name: sweep_lock
-- Lock a sweep in scope, so that results and items come one after the other.
SELECT id FROM sweeps WHERE id = %(id)s AND (%(keys)s::text[] IS NULL OR readers && %(keys)s::text[]) FOR UPDATE

-- name: sweep_task_done
-- A survey's task with its result; the first result holds.
UPDATE sweep_tasks SET result = %(result)s, text = %(text)s, count = %(count)s, done_at = %(at)s, done_by = %(account)s
WHERE sweep = %(id)s AND n = %(n)s AND done_at IS NULL

-- name: sweep_settled
-- What became of settling one of a sweep's items.
INSERT INTO sweep_settlements (sweep, item_id, refusal, account, at)
SELECT %(id)s, i.id, %(refusal)s, %(account)s, %(at)s FROM items i WHERE i.number = %(number)s
