-- Items that are alike: found by place and words, merged and split; sweeps (举一反三、摸排) over all the likes of one item.
-- Kind: pre (new tables and indexes; the view gains columns).

-- Open items near a place, and items by words: what proposes the likes of a report.
CREATE INDEX items_open_place ON items USING gist (point(lon, lat)) WHERE lon IS NOT NULL
    AND status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended');
CREATE INDEX items_words ON items USING gin (description gin_trgm_ops, address gin_trgm_ops);
CREATE INDEX items_number_begins ON items (number text_pattern_ops);

CREATE TABLE sweeps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- 'likes': the likes of one item in an area; 'survey': a question about chosen cells.
    kind text NOT NULL CHECK (kind IN ('likes', 'survey')),
    source text REFERENCES items (number),
    level text CHECK (level IN ('township', 'community')),
    area text,
    since timestamptz,
    question text NOT NULL,
    due_at timestamptz,
    -- Who may read it, as keys such as 'township:…', 'worker:…', 'maker:…'.
    readers text[] NOT NULL,
    account bigint NOT NULL,
    role text NOT NULL,
    unit text,
    made_at timestamptz NOT NULL,
    rules text NOT NULL,
    -- An Idempotency-Key: a repeat is the first sweep.
    key text,
    UNIQUE (account, key),
    CHECK ((kind = 'likes') = (source IS NOT NULL)),
    CHECK ((kind = 'survey') = (due_at IS NOT NULL)),
    CHECK ((level IS NULL) = (area IS NULL))
);
CREATE INDEX sweeps_readers ON sweeps USING gin (readers);
CREATE INDEX sweeps_source ON sweeps (source) WHERE source IS NOT NULL;

-- Which items belong to a sweep: appended only, the last line on an item holds. task: the survey's that found it.
CREATE TABLE sweep_marks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sweep bigint NOT NULL REFERENCES sweeps,
    item_id bigint NOT NULL REFERENCES items,
    belongs boolean NOT NULL,
    score double precision,
    task integer,
    account bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sweep_marks_sweep ON sweep_marks (sweep, item_id, id);

-- What became of settling a sweep's items together: one line for each item and attempt, appended only.
CREATE TABLE sweep_settlements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sweep bigint NOT NULL REFERENCES sweeps,
    item_id bigint NOT NULL REFERENCES items,
    -- Null where it was settled, else the code of the refusal.
    refusal text,
    account bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sweep_settlements_sweep ON sweep_settlements (sweep, id);

-- A survey's tasks: one for each chosen cell. worker '' : nobody is on duty there, the township looks itself.
CREATE TABLE sweep_tasks (
    sweep bigint NOT NULL REFERENCES sweeps,
    n integer NOT NULL,
    grid text NOT NULL,
    township text NOT NULL,
    worker text NOT NULL,
    worker_name text NOT NULL,
    result text CHECK (result IN ('found', 'none')),
    text text NOT NULL DEFAULT '',
    count integer CHECK (count >= 0),
    done_at timestamptz,
    done_by bigint,
    PRIMARY KEY (sweep, n),
    UNIQUE (sweep, grid),
    CHECK ((result IS NULL) = (done_at IS NULL) AND (result IS NULL) = (done_by IS NULL))
);
CREATE INDEX sweep_tasks_worker ON sweep_tasks (worker, sweep) WHERE done_at IS NULL;

-- An item with all its parts, and the items that it leads or was split into.
ALTER VIEW item_cards RENAME TO item_parts;
CREATE VIEW item_cards AS
    SELECT p.*,
        coalesce((SELECT json_agg(json_build_object('number', m.number, 'readers', m.readers) ORDER BY m.id)
                  FROM items m WHERE m.merged_into = p.number), '[]') AS merged,
        coalesce((SELECT json_agg(json_build_object('number', s.number, 'readers', s.readers) ORDER BY s.id)
                  FROM items s WHERE s.split_from = p.number), '[]') AS split
    FROM item_parts p;
