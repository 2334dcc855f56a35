-- name: account_add
-- A new account; no row comes back where the name is taken. What others were told before counts as read.
WITH made AS (
    INSERT INTO accounts (name, role, unit, password_hash, demonstration, created_at)
    VALUES (%(name)s, %(role)s, %(unit)s, %(password_hash)s, %(demonstration)s, %(at)s)
    ON CONFLICT (name) DO NOTHING
    RETURNING id, name, role, unit, demonstration, epoch
), mark AS (
    INSERT INTO notice_marks (account, read_to)
    SELECT made.id, coalesce((SELECT max(id) FROM notices), 0) FROM made
)
SELECT * FROM made;

-- name: account_by_name
-- Everything about one account, disabled or not, by its normalised name.
SELECT id, name, role, unit, demonstration, epoch, password_hash, disabled_at
FROM accounts
WHERE name = %(name)s;

-- name: account_in_session
-- The account of a session, unless it was disabled or its epoch raised since.
SELECT id, name, role, unit, demonstration
FROM accounts
WHERE id = %(id)s AND epoch = %(epoch)s AND disabled_at IS NULL;

-- name: account_by_token
-- The account of a bearer token that is neither expired nor revoked, and when the token was last seen in use.
SELECT a.id, a.name, a.role, a.unit, a.demonstration, t.id AS token, t.last_used_at
FROM access_tokens t JOIN accounts a ON a.id = t.account
WHERE t.hash = %(hash)s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(at)s)
  AND a.disabled_at IS NULL;

-- name: account_set_password
-- Another password; sessions begun before end.
UPDATE accounts SET password_hash = %(password_hash)s, epoch = epoch + 1
WHERE name = %(name)s
RETURNING id;

-- name: account_rehash
-- The same password under newer hash parameters, unless it was changed meanwhile.
UPDATE accounts SET password_hash = %(password_hash)s
WHERE id = %(id)s AND password_hash = %(old)s;

-- name: account_end_sessions
-- End every session of one account.
UPDATE accounts SET epoch = epoch + 1
WHERE id = %(id)s;

-- name: account_disable
-- Nobody signs in to this account any more, by whatever means; sessions end.
UPDATE accounts SET disabled_at = coalesce(disabled_at, %(at)s), epoch = epoch + 1
WHERE name = %(name)s
RETURNING id;

-- name: account_enable
-- Undo a disabling. Sessions begun before it stay ended.
UPDATE accounts SET disabled_at = NULL
WHERE name = %(name)s
RETURNING id;

-- name: demonstration_accounts
-- The first live demonstration account of each role.
SELECT DISTINCT ON (role) id, name, role, unit, demonstration, epoch
FROM accounts
WHERE demonstration AND disabled_at IS NULL
ORDER BY role, id;

-- name: token_add
-- A new bearer token, by its hash.
INSERT INTO access_tokens (account, hash, created_at, expires_at)
VALUES (%(account)s, %(hash)s, %(at)s, %(expires_at)s);

-- name: token_used
-- Note that a token is in use, unless another process just did.
UPDATE access_tokens SET last_used_at = %(at)s
WHERE id = %(token)s AND (last_used_at IS NULL OR last_used_at < %(noted_before)s);

-- name: tokens_revoke
-- End every bearer token of one account.
UPDATE access_tokens SET revoked_at = %(at)s
WHERE revoked_at IS NULL AND account = (SELECT id FROM accounts WHERE name = %(name)s);
