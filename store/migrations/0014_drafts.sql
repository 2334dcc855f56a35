-- Drafts of boundaries that planners uploaded, and the work done on them: check, comparison, rehearsal.
-- Kind: pre.

CREATE TABLE drafts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    -- The district's files as one zip: those that are read and no other. They are read anew whenever they are needed.
    files bytea NOT NULL,
    -- What was sent with them and is no boundary file.
    left_out text[] NOT NULL,
    datum text,
    code_field text NOT NULL,
    name_field text NOT NULL,
    township_field text NOT NULL,
    -- As that of an Edition: a draft and an Edition with the same digest say the same.
    digest text NOT NULL,
    townships integer NOT NULL,
    grids integer NOT NULL,
    account bigint NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL
);

-- One row for each piece of work. Whoever does it beats; one without a beat was left behind by a process that ended.
CREATE TABLE plan_jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draft bigint NOT NULL REFERENCES drafts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('check', 'diff', 'rehearse')),
    asked jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    result jsonb,
    -- A rehearsal's items as gzipped CSV.
    file bytea,
    fault text,
    cancel boolean NOT NULL DEFAULT false,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    beat_at timestamptz NOT NULL
);
CREATE INDEX plan_jobs_draft ON plan_jobs (draft, kind, id);
