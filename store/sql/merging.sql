-- name: merged_lock
-- Lock items by number, and those that are merged into one, in id order: whoever locks several does so in this order.
SELECT id FROM items
WHERE number = ANY(%(numbers)s::text[]) OR (%(leading)s::text IS NOT NULL AND merged_into = %(leading)s AND status = 'merged')
ORDER BY id FOR UPDATE

-- name: item_id_next
-- The id of a new item, for one that is split off.
SELECT nextval('item_ids') AS id
