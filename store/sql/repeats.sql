-- name: action_key_find
-- What an account did with an item under a key already.
SELECT k.summons FROM action_keys k JOIN items i ON i.id = k.item_id
WHERE i.number = %(number)s AND k.account = %(account)s AND k.action = %(action)s AND k.key = %(key)s

-- name: action_key_keep
-- What a key stands for from now on.
INSERT INTO action_keys (item_id, account, action, key, summons)
SELECT id, %(account)s, %(action)s, %(key)s, %(summons)s FROM items WHERE number = %(number)s
