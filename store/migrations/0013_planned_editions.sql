-- Publishing later, publishing again, and what each publish did.
-- Kind: pre (older code neither reads nor fills the new columns).

-- The Edition that this one publishes once more (a rollback).
ALTER TABLE editions ADD COLUMN again integer REFERENCES editions;

-- Which Edition was live before, and how many open items followed: moved whole, or kept by those who work on them.
ALTER TABLE edition_flips ADD COLUMN instead_of integer REFERENCES editions;
ALTER TABLE edition_flips ADD COLUMN moved integer;
ALTER TABLE edition_flips ADD COLUMN kept integer;

-- Editions that are to go live at an instant, by whose word, and what became of it.
CREATE TABLE edition_plans (
    edition integer PRIMARY KEY REFERENCES editions,
    live_from timestamptz NOT NULL,
    expect integer NOT NULL REFERENCES editions,
    move_in_work boolean NOT NULL,
    account bigint NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'cancelled', 'refused')),
    ended_at timestamptz,
    ended_by text
);
CREATE INDEX edition_plans_waiting ON edition_plans (live_from) WHERE state = 'waiting';

-- An item in work keeps its lead where new boundaries put its place into another township.
ALTER TABLE items DROP CONSTRAINT items_check1;
