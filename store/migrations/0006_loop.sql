-- The loop closed: the citizen's ratings, supervision orders, rungs of the ladder climbed, notices, items joined or split.
-- Kind: pre (every new column may be null, which older servers leave it; the view gains columns).

ALTER TABLE items
    -- When an answered item closes of itself, how often a dissatisfied rating opened it again, and since when the
    -- supervisor is to look at it: a second dissatisfied rating, or an appeal.
    ADD COLUMN close_at timestamptz,
    ADD COLUMN reopened integer DEFAULT 0,
    ADD COLUMN contested_at timestamptz,
    -- The number of the item that this one was merged into, or split from.
    ADD COLUMN merged_into text REFERENCES items (number),
    ADD COLUMN split_from text REFERENCES items (number),
    -- An answered one keeps saying whose work answered it; one that is open again stands for itself.
    ADD CHECK (status <> 'merged' OR merged_into IS NOT NULL),
    ADD CHECK (merged_into IS NULL OR status IN ('merged', 'answered', 'closed', 'declined', 'transferred')),
    ADD CHECK (merged_into <> number);
CREATE INDEX items_closing ON items (close_at) WHERE status = 'answered';
CREATE INDEX items_contested ON items (contested_at) WHERE contested_at IS NOT NULL;
CREATE INDEX items_merged ON items (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX items_split ON items (split_from) WHERE split_from IS NOT NULL;

-- What the citizen holds of the answer. The comment is the citizen's words: correctable and erasable.
CREATE TABLE ratings (
    item_id bigint NOT NULL REFERENCES items,
    n integer NOT NULL,
    level integer NOT NULL CHECK (level BETWEEN 1 AND 5),
    resolved boolean,
    comment text NOT NULL,
    -- The citizen's own, or told on the telephone.
    by text NOT NULL CHECK (by IN ('citizen', 'follow-up')),
    at timestamptz NOT NULL,
    PRIMARY KEY (item_id, n)
);

-- Supervision orders (督办): a unit is to answer in writing until an instant; the supervisor closes.
CREATE TABLE orders (
    item_id bigint NOT NULL REFERENCES items,
    n integer NOT NULL,
    unit text NOT NULL,
    by text NOT NULL CHECK (by IN ('supervisor', 'escalator')),
    reason text NOT NULL,
    until timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    answer text NOT NULL,
    answered_at timestamptz,
    closing text NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (item_id, n)
);
CREATE INDEX orders_open ON orders (until) WHERE closed_at IS NULL;
CREATE INDEX orders_unit ON orders (unit, item_id);

-- The next rung of the ladder that a running clock climbs, and when: null where none is left.
ALTER TABLE deadlines ADD COLUMN step integer DEFAULT 0, ADD COLUMN step_at timestamptz;
UPDATE deadlines SET step_at = near_at WHERE state = 'running';
CREATE INDEX deadlines_step ON deadlines (step_at) WHERE state = 'running' AND step_at IS NOT NULL;
-- The same for a call that nobody acknowledges and for a task of a joint plan; null counts as none climbed. For a call
-- step_due is the limit towards which the rungs were climbed: another time of the meeting begins them anew.
ALTER TABLE calls ADD COLUMN step integer, ADD COLUMN step_at timestamptz, ADD COLUMN step_due timestamptz;
ALTER TABLE joint_tasks ADD COLUMN step integer, ADD COLUMN step_at timestamptz;
CREATE INDEX joint_tasks_step ON joint_tasks (coalesce(step_at, due_at))
    WHERE done_at IS NULL AND (step IS NULL OR step_at IS NOT NULL);

-- What people of the service are told in it. The recipient is a key, as in dispatch/notice.py; facts hold nothing personal.
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient text NOT NULL,
    kind text NOT NULL,
    number text,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX notices_recipient ON notices (recipient, id);
-- Suspended items by their day of review, and of which of them somebody was told that it has come.
CREATE INDEX items_suspended ON items (hold_until) WHERE hold_kind = 'suspension';
CREATE INDEX notices_review ON notices (number) WHERE kind = 'review';
CREATE INDEX notices_overdue ON notices (number) WHERE kind = 'order_overdue';

-- Up to which notice an account has read all, and which beyond that.
CREATE TABLE notice_marks (
    account bigint PRIMARY KEY,
    read_to bigint NOT NULL
);
CREATE TABLE notice_reads (
    account bigint NOT NULL,
    notice bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    PRIMARY KEY (account, notice)
);

-- What was done under an Idempotency-Key: sent again after a lost answer, it does nothing. ``summons`` is the summons
-- that was made by it.
CREATE TABLE action_keys (
    item_id bigint NOT NULL REFERENCES items,
    account bigint NOT NULL,
    action text NOT NULL,
    key text NOT NULL,
    summons bigint,
    PRIMARY KEY (item_id, account, action, key)
);

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
                  'met_at', d.met_at, 'state', d.state, 'rule', d.rule, 'step', d.step, 'step_at', d.step_at)
                  ORDER BY d.due_at) FROM deadlines d WHERE d.item_id = i.id), '[]') AS deadlines,
        coalesce((SELECT json_agg(json_build_object('n', q.n, 'kind', q.kind, 'by', q.by, 'by_unit', q.by_unit,
                  'reason', q.reason, 'asked_at', q.asked_at, 'until', q.until, 'unit', q.unit, 'decision', q.decision,
                  'decided_at', q.decided_at, 'decided_by', q.decided_by) ORDER BY q.n)
                  FROM requests q WHERE q.item_id = i.id), '[]') AS requests,
        coalesce((SELECT json_agg(json_build_object('n', g.n, 'level', g.level, 'resolved', g.resolved,
                  'comment', g.comment, 'by', g.by, 'at', g.at) ORDER BY g.n)
                  FROM ratings g WHERE g.item_id = i.id), '[]') AS ratings,
        coalesce((SELECT json_agg(json_build_object('n', o.n, 'unit', o.unit, 'by', o.by, 'reason', o.reason,
                  'until', o.until, 'opened_at', o.opened_at, 'answer', o.answer, 'answered_at', o.answered_at,
                  'closing', o.closing, 'closed_at', o.closed_at) ORDER BY o.n)
                  FROM orders o WHERE o.item_id = i.id), '[]') AS orders,
        r.name AS reporter_name, r.phone AS reporter_phone,
        coalesce((SELECT json_agg(json_build_object('id', p.id, 'stage', p.stage, 'sha256', p.sha256,
                  'thumbnail', p.thumbnail, 'width', p.width, 'height', p.height, 'lon', p.lon, 'lat', p.lat,
                  'taken_at', p.taken_at, 'role', p.role, 'unit', p.unit, 'at', p.at, 'released_at', p.released_at,
                  'twins', p.twins) ORDER BY p.id) FROM photo_cards p WHERE p.item_id = i.id), '[]') AS photos
    FROM items i LEFT JOIN reporters r ON r.item_id = i.id;
