-- name: attempt_count
-- Count one more attempt under a key; the first after a window begins a new one. The row's lock makes it exact.
INSERT INTO attempts AS known (key, started_at, count)
VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    started_at = CASE WHEN known.started_at <= %(window_from)s THEN excluded.started_at ELSE known.started_at END,
    count = CASE WHEN known.started_at <= %(window_from)s THEN 1 ELSE least(known.count + 1, 1000000) END
RETURNING started_at, count;

-- name: attempt_give_back
-- Take one attempt back, since it was a right one.
UPDATE attempts SET count = greatest(count - 1, 0)
WHERE key = %(key)s;

-- name: attempts_forget
-- Forget the attempts under some keys.
DELETE FROM attempts
WHERE key = ANY(%(keys)s);

-- name: attempts_purge
-- Drop what no window reaches back to, passing over rows that somebody is counting in.
DELETE FROM attempts
WHERE key IN (SELECT key FROM attempts WHERE started_at < %(before)s LIMIT 1000 FOR UPDATE SKIP LOCKED);
