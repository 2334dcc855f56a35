-- The whole workflow: requests that somebody decides, clocks that stand still, who settled, arrivals.
-- Kind: pre (every new column of items may be null or has a default; the view gains columns).

-- An open line on an item until it is decided: a handler disputes it, wants more time, or cannot settle it now.
CREATE TABLE requests (
    item_id bigint NOT NULL REFERENCES items,
    n integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('return', 'extension', 'suspension')),
    by text NOT NULL,
    by_unit text NOT NULL,
    reason text NOT NULL,
    asked_at timestamptz NOT NULL,
    until timestamptz,
    unit text,
    decision text CHECK (decision IN ('granted', 'refused')),
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (item_id, n),
    CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX requests_waiting ON requests (kind, item_id) WHERE decision IS NULL;

ALTER TABLE tasks ADD COLUMN arrived_at timestamptz;

-- Why the clocks stand still just now (a pause for the citizen, a suspension), and all that moved them before.
ALTER TABLE items
    ADD COLUMN hold_kind text CHECK (hold_kind IN ('pause', 'suspension')),
    ADD COLUMN hold_since timestamptz,
    ADD COLUMN hold_until timestamptz,
    ADD COLUMN waits jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN extended_until timestamptz,
    ADD COLUMN restarted_at timestamptz,
    ADD COLUMN settled_by bigint,
    ADD COLUMN rework integer NOT NULL DEFAULT 0,
    -- Whether a dispatcher named the handlers, and when an accepted item got another main one.
    ADD COLUMN assigned boolean NOT NULL DEFAULT false,
    ADD COLUMN reassigned_at timestamptz,
    ADD CHECK ((hold_kind IS NULL) = (hold_since IS NULL) AND (hold_kind IS NULL) = (hold_until IS NULL)),
    ADD CHECK ((status = 'suspended') = (coalesce(hold_kind, '') = 'suspension'));
CREATE INDEX items_paused ON items (hold_until) WHERE hold_kind = 'pause';

DROP VIEW item_cards;
CREATE VIEW item_cards AS
    SELECT i.*,
        coalesce((SELECT json_agg(json_build_object('unit', h.unit, 'role', h.role, 'state', h.state, 'due_at', h.due_at)
                  ORDER BY h.role DESC, h.unit) FROM handlers h WHERE h.item_id = i.id), '[]') AS handlers,
        coalesce((SELECT json_agg(json_build_object('n', t.n, 'worker', t.worker, 'worker_name', t.worker_name,
                  'grid', t.grid, 'kind', t.kind, 'state', t.state, 'offered_at', t.offered_at, 'taken_at', t.taken_at,
                  'done_at', t.done_at, 'arrived_at', t.arrived_at) ORDER BY t.n)
                  FROM tasks t WHERE t.item_id = i.id), '[]') AS tasks,
        coalesce((SELECT json_agg(json_build_object('stage', d.stage, 'due_at', d.due_at, 'near_at', d.near_at,
                  'met_at', d.met_at, 'state', d.state, 'rule', d.rule) ORDER BY d.due_at)
                  FROM deadlines d WHERE d.item_id = i.id), '[]') AS deadlines,
        coalesce((SELECT json_agg(json_build_object('n', q.n, 'kind', q.kind, 'by', q.by, 'by_unit', q.by_unit,
                  'reason', q.reason, 'asked_at', q.asked_at, 'until', q.until, 'unit', q.unit, 'decision', q.decision,
                  'decided_at', q.decided_at, 'decided_by', q.decided_by) ORDER BY q.n)
                  FROM requests q WHERE q.item_id = i.id), '[]') AS requests,
        r.name AS reporter_name, r.phone AS reporter_phone,
        coalesce((SELECT json_agg(json_build_object('id', p.id, 'stage', p.stage, 'sha256', p.sha256,
                  'thumbnail', p.thumbnail, 'width', p.width, 'height', p.height, 'lon', p.lon, 'lat', p.lat,
                  'taken_at', p.taken_at, 'role', p.role, 'unit', p.unit, 'at', p.at, 'released_at', p.released_at,
                  'twins', p.twins) ORDER BY p.id) FROM photo_cards p WHERE p.item_id = i.id), '[]') AS photos
    FROM items i LEFT JOIN reporters r ON r.item_id = i.id;
