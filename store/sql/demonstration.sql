-- name: demonstration_empty
-- Whether there is neither an account nor an item.
SELECT NOT EXISTS (SELECT 1 FROM accounts) AND NOT EXISTS (SELECT 1 FROM items) AS empty

-- name: demonstration_over
-- Whether an item came that is no demonstration: from then on none is ever let in.
SELECT EXISTS (SELECT 1 FROM items WHERE NOT demonstration) AS over

-- name: demonstration_lock
-- One trickle in all processes, for as long as this connection lives.
SELECT pg_try_advisory_lock(%(lock)s) AS mine
