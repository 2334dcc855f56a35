-- name: balance_places
-- Where the items of a span lie, within a box; those that were merged into another are not counted twice.
SELECT lon, lat FROM items
WHERE created_at >= %(since)s AND status <> 'merged'
    AND lon BETWEEN %(west)s AND %(east)s AND lat BETWEEN %(south)s AND %(north)s
