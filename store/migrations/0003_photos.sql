-- Photographs: whose they are, of which stage, and what the camera knew. The pictures themselves are files.
-- Kind: pre (the view gains a column at its end, which older code does not read).

CREATE TABLE photos (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id bigint NOT NULL REFERENCES items,
    stage text NOT NULL CHECK (stage IN ('before', 'after', 'scene')),
    -- sha256 in hex: of the stored picture and of its thumbnail, which are their names, and of what was sent in.
    sha256 text NOT NULL,
    thumbnail text NOT NULL,
    sent text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    -- What the camera had written into the picture; it stands nowhere else. WGS84 degrees, or null.
    lon double precision,
    lat double precision,
    taken_at timestamptz,
    account bigint NOT NULL,
    role text NOT NULL,
    unit text,
    at timestamptz NOT NULL,
    released_at timestamptz,
    released_by bigint,
    CHECK ((lon IS NULL) = (lat IS NULL)),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE INDEX photos_item ON photos (item_id, id);
CREATE INDEX photos_sha256 ON photos (sha256);
CREATE INDEX photos_sent ON photos (sent);

-- One row for each promise that a repeated upload is the first one: an Idempotency-Key of an account, for an item.
CREATE TABLE photo_keys (
    account bigint NOT NULL,
    item_id bigint NOT NULL REFERENCES items,
    key text NOT NULL,
    photo bigint NOT NULL REFERENCES photos,
    PRIMARY KEY (account, item_id, key)
);

-- Photographs as readers of items see them. A twin is the same picture elsewhere: on another item, or as another stage.
CREATE VIEW photo_cards AS
    SELECT p.*,
        coalesce((SELECT json_agg(json_build_object('number', i.number, 'readers', i.readers) ORDER BY t.id)
                  FROM photos t JOIN items i ON i.id = t.item_id
                  WHERE (t.sha256 = p.sha256 OR t.sent = p.sent) AND (t.item_id <> p.item_id OR t.stage <> p.stage)),
                 '[]') AS twins
    FROM photos p;

CREATE OR REPLACE VIEW item_cards AS
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
