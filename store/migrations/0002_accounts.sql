-- Accounts, their bearer tokens, counted attempts, and the log of who looked at whose name.
-- Kind: pre (nothing older to keep working).

-- Accounts are never deleted, since history names them: they are disabled. Raising epoch ends the account's sessions.
-- Without a password_hash nobody can sign in by password; tokens still work.
CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT account_name_unique UNIQUE
        CONSTRAINT account_name_normal CHECK (name <> '' AND length(name) <= 64 AND name IS NFKC NORMALIZED),
    role text NOT NULL CONSTRAINT account_role CHECK (role IN (
        'dispatcher', 'officer', 'worker', 'department', 'supervisor', 'planner', 'leader', 'admin', 'channel')),
    unit text,
    password_hash text,
    epoch integer NOT NULL DEFAULT 1,
    demonstration boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT account_unit CHECK ((role IN ('officer', 'department', 'leader')) = (unit IS NOT NULL AND unit <> ''))
);

CREATE INDEX accounts_demonstration ON accounts (role, id) WHERE demonstration;

-- Only the sha256 of a token is kept: it has 256 random bits, so no slow hash is needed.
CREATE TABLE access_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES accounts,
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);

CREATE INDEX access_tokens_account ON access_tokens (account);

-- How often something was tried since started_at; shared by all processes. Keys hold digests, never what was typed.
CREATE TABLE attempts (
    key text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    count integer NOT NULL
);

CREATE INDEX attempts_started ON attempts (started_at);

-- Who saw a reporter's name and phone, of which item, why, when. Append-only: the service may not change or delete.
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES accounts,
    item text NOT NULL,
    reason text NOT NULL CHECK (reason ~ '\S'),
    at timestamptz NOT NULL
);

CREATE INDEX access_log_item ON access_log (item, id);
CREATE INDEX access_log_account ON access_log (account, id);
