-- name: photo_insert
-- A new photograph, and the Idempotency-Key that stands for it where one was sent.
WITH new AS (
    INSERT INTO photos (item_id, stage, sha256, thumbnail, sent, width, height, lon, lat, taken_at, account, role, unit, at)
    VALUES (%(item_id)s, %(stage)s, %(sha256)s, %(thumbnail)s, %(sent)s, %(width)s, %(height)s, %(lon)s, %(lat)s,
        %(taken_at)s, %(account)s, %(role)s, %(unit)s, %(at)s) RETURNING id
), new_key AS (
    INSERT INTO photo_keys (account, item_id, key, photo)
    SELECT %(account)s, %(item_id)s, %(key)s, id FROM new WHERE %(key)s::text IS NOT NULL
)
SELECT id FROM new

-- name: photo_by_key
-- The photograph of an item that an account's Idempotency-Key already stands for.
SELECT photo AS id FROM photo_keys WHERE account = %(account)s AND item_id = %(item_id)s AND key = %(key)s

-- name: photo_in_scope
-- A photograph whose item is in scope: the item's number and the names of the two pictures.
SELECT i.number, p.sha256, p.thumbnail FROM photos p JOIN items i ON i.id = p.item_id
WHERE p.id = %(id)s AND (%(keys)s::text[] IS NULL OR i.readers && %(keys)s::text[])

-- name: photo_release
-- Let the citizen see a photograph.
UPDATE photos SET released_at = %(at)s, released_by = %(account)s WHERE id = %(id)s AND released_at IS NULL
