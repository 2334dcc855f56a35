-- name: units_all
-- Every unit.
SELECT code, name, kind, handler, leader_in_charge, responsible_leader FROM units

-- name: units_put
-- Units of units.csv: new ones are added, known ones renamed and their posts replaced.
INSERT INTO units (code, name, kind, handler, leader_in_charge, responsible_leader)
SELECT r.code, r.name, r.kind, r.handler, r.leader_in_charge, r.responsible_leader
FROM jsonb_populate_recordset(NULL::units, %(units)s::jsonb) AS r
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, handler = excluded.handler,
    leader_in_charge = excluded.leader_in_charge, responsible_leader = excluded.responsible_leader

-- name: staff_all
-- Who works in which cell.
SELECT grid, worker, worker_name, phone, deputy, away_from, away_to, demonstration FROM staff

-- name: staff_clear
-- The staff list is replaced whole.
DELETE FROM staff

-- name: staff_put
-- The new staff list.
INSERT INTO staff (grid, worker, worker_name, phone, deputy, away_from, away_to, demonstration)
SELECT r.grid, r.worker, r.worker_name, coalesce(r.phone, ''), r.deputy, r.away_from, r.away_to, coalesce(r.demonstration, false)
FROM jsonb_populate_recordset(NULL::staff, %(staff)s::jsonb) AS r

-- name: rule_set_put
-- Keep a rule set whole under its hash.
INSERT INTO rule_sets (hash, body) VALUES (%(hash)s, %(body)s) ON CONFLICT DO NOTHING

-- name: people_changed
-- Tell every process to read units and staff again.
SELECT pg_notify('firstline', '{"people": true}')
