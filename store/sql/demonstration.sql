-- name: demonstration_state
-- What is there: any account, one that is no demonstration, any item.
SELECT EXISTS (SELECT 1 FROM accounts) AS accounts, EXISTS (SELECT 1 FROM accounts WHERE NOT demonstration) AS own,
    EXISTS (SELECT 1 FROM items) AS items

-- name: demonstration_fill
-- One fills at a time; the lock ends with the connection.
SELECT pg_advisory_lock(%(lock)s)

-- name: demonstration_over
-- Whether an item came that is no demonstration: from then on none is ever let in.
SELECT EXISTS (SELECT 1 FROM items WHERE NOT demonstration) AS over

-- name: demonstration_lock
-- One trickle in all processes, for as long as this connection lives.
SELECT pg_try_advisory_lock(%(lock)s) AS mine
