-- Summonses (呼叫): who is called where and when, who came and by what proof, the joint plan and its tasks.
-- Kind: pre (older servers leave items.summoned null and read the view by name).

-- The units that any summons of the item calls: they may read it. Null counts as none.
ALTER TABLE items ADD COLUMN summoned text[];

CREATE SEQUENCE summons_ids;

CREATE TABLE summonses (
    id bigint PRIMARY KEY,
    item_id bigint NOT NULL REFERENCES items,
    -- The township that called.
    township text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'concluded', 'cancelled')),
    place text NOT NULL,
    -- The meeting place: WGS84 degrees; what was given stands in original.
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    original jsonb NOT NULL,
    meet_at timestamptz NOT NULL,
    acknowledge_by timestamptz NOT NULL,
    note text NOT NULL,
    plan text NOT NULL,
    reason text NOT NULL,
    -- How often time or place were changed.
    moves integer NOT NULL,
    maker bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX summonses_item ON summonses (item_id, id);
CREATE INDEX summonses_open ON summonses (meet_at) WHERE state = 'open';

-- One called unit. Name and post of who came are personal: they stand here alone, never in an event.
CREATE TABLE calls (
    summons_id bigint NOT NULL REFERENCES summonses,
    department text NOT NULL,
    n integer NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'acknowledged', 'present', 'late', 'absent', 'excused', 'substituted')),
    acknowledged_at timestamptz,
    checked_in_at timestamptz,
    proof text CHECK (proof IN ('position', 'code')),
    distance_m double precision,
    accuracy_m double precision,
    late_by_s integer,
    attendee_name text NOT NULL,
    attendee_post text NOT NULL,
    reason text NOT NULL,
    substitute text,
    PRIMARY KEY (summons_id, department),
    CHECK ((state IN ('present', 'late')) = (checked_in_at IS NOT NULL AND proof IS NOT NULL)),
    CHECK ((state = 'substituted') = (substitute IS NOT NULL))
);
CREATE INDEX calls_department ON calls (department, summons_id);

CREATE TABLE joint_tasks (
    summons_id bigint NOT NULL REFERENCES summonses,
    n integer NOT NULL,
    department text NOT NULL,
    text text NOT NULL,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (summons_id, n)
);
CREATE INDEX joint_tasks_open ON joint_tasks (due_at) WHERE done_at IS NULL;

-- A summons with its calls and tasks in one row, and what its item says of scope.
CREATE VIEW summons_cards AS
    SELECT s.*, i.number, i.readers, i.category, i.lead_kind, i.lead, i.demonstration,
        coalesce((SELECT json_agg(json_build_object('department', c.department, 'state', c.state,
                  'acknowledged_at', c.acknowledged_at, 'checked_in_at', c.checked_in_at, 'proof', c.proof,
                  'distance_m', c.distance_m, 'accuracy_m', c.accuracy_m, 'late_by_s', c.late_by_s,
                  'attendee_name', c.attendee_name, 'attendee_post', c.attendee_post, 'reason', c.reason,
                  'substitute', c.substitute) ORDER BY c.n) FROM calls c WHERE c.summons_id = s.id), '[]') AS calls,
        coalesce((SELECT json_agg(json_build_object('n', t.n, 'department', t.department, 'text', t.text,
                  'due_at', t.due_at, 'done_at', t.done_at) ORDER BY t.n)
                  FROM joint_tasks t WHERE t.summons_id = s.id), '[]') AS tasks
    FROM summonses s JOIN items i ON i.id = s.item_id;

-- The view of items again, now with the new column.
DROP VIEW item_cards;
CREATE VIEW item_cards AS
    SELECT i.*,
        coalesce((SELECT json_agg(json_build_object('unit', h.unit, 'role', h.role, 'state', h.state, 'due_at', h.due_at)
                  ORDER BY h.role DESC, h.unit) FROM handlers h WHERE h.item_id = i.id), '[]') AS handlers,
        coalesce((SELECT json_agg(json_build_object('n', t.n, 'worker', t.worker, 'worker_name', t.worker_name,
                  'grid', t.grid, 'kind', t.kind, 'state', t.state, 'offered_at', t.offered_at, 'taken_at', t.taken_at,
                  'done_at', t.done_at) ORDER BY t.n) FROM tasks t WHERE t.item_id = i.id), '[]') AS tasks,
        coalesce((SELECT json_agg(json_build_object('stage', d.stage, 'due_at', d.due_at, 'near_at', d.near_at, 'met_at', d.met_at,
                  'state', d.state, 'rule', d.rule) ORDER BY d.due_at) FROM deadlines d WHERE d.item_id = i.id), '[]') AS deadlines,
        r.name AS reporter_name, r.phone AS reporter_phone,
        coalesce((SELECT json_agg(json_build_object('id', p.id, 'stage', p.stage, 'sha256', p.sha256,
                  'thumbnail', p.thumbnail, 'width', p.width, 'height', p.height, 'lon', p.lon, 'lat', p.lat,
                  'taken_at', p.taken_at, 'role', p.role, 'unit', p.unit, 'at', p.at, 'released_at', p.released_at,
                  'twins', p.twins) ORDER BY p.id) FROM photo_cards p WHERE p.item_id = i.id), '[]') AS photos
    FROM items i LEFT JOIN reporters r ON r.item_id = i.id;
