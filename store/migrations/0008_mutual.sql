-- Mutual rating (互评): what the two sides of a summons hold of each other, objections to it, and rulings on those.
-- Kind: pre (older servers do not know the tables).

CREATE TABLE mutual_ratings (
    summons_id bigint NOT NULL REFERENCES summonses,
    -- Who is rated, by whom: unit codes. The side is the rater's.
    about text NOT NULL,
    by_unit text NOT NULL,
    side text NOT NULL CHECK (side IN ('township', 'department')),
    -- Criterion -> level, 5 (best) to 1.
    criteria jsonb NOT NULL,
    reason text NOT NULL,
    -- The event holds a digest of criteria and reason under this salt: nobody reads them out of the history early.
    salt text NOT NULL,
    at timestamptz NOT NULL,
    -- The other side sees it then at the latest, and was told when.
    visible_by timestamptz NOT NULL,
    told_at timestamptz,
    PRIMARY KEY (summons_id, about, by_unit),
    CHECK (about <> by_unit)
);
CREATE INDEX mutual_ratings_untold ON mutual_ratings (visible_by) WHERE told_at IS NULL;

CREATE SEQUENCE objection_ids;

-- The rated unit's objection, one for each rating. A granted one sets the rating aside.
CREATE TABLE objections (
    id bigint PRIMARY KEY,
    summons_id bigint NOT NULL,
    about text NOT NULL,
    by_unit text NOT NULL,
    reason text NOT NULL,
    filed_at timestamptz NOT NULL,
    granted boolean,
    ruling text NOT NULL,
    ruled_at timestamptz,
    UNIQUE (summons_id, about, by_unit),
    FOREIGN KEY (summons_id, about, by_unit) REFERENCES mutual_ratings (summons_id, about, by_unit),
    CHECK ((granted IS NULL) = (ruled_at IS NULL))
);
CREATE INDEX objections_waiting ON objections (filed_at) WHERE granted IS NULL;
