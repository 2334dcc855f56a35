-- Who has which item open just now, one row for each screen. Worth nothing after half a minute, so it is not logged.
CREATE UNLOGGED TABLE presence (
    account bigint NOT NULL,
    seat text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    item bigint NOT NULL,
    since timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account, seat)
);
