-- How far an item is, in three words, as a column of its own: an action that leaves an item open changes no indexed
-- column, so that PostgreSQL writes the row within its page and none of the fifteen indexes, that of words included.
-- Kind: pre (a column and indexes; servers of the version before go on, the trigger fills the column for them).

CREATE FUNCTION item_phase(status text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN status IN ('received', 'dispatched', 'accepted', 'settled', 'verified', 'suspended') THEN 'open'
        WHEN status = 'answered' THEN 'answered' ELSE 'over' END;

CREATE FUNCTION items_note_phase() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN NEW.phase := item_phase(NEW.status); RETURN NEW; END$$;

ALTER TABLE items ADD COLUMN phase text;
CREATE TRIGGER items_note_phase BEFORE INSERT OR UPDATE ON items FOR EACH ROW
    WHEN (NEW.phase IS DISTINCT FROM item_phase(NEW.status)) EXECUTE FUNCTION items_note_phase();
UPDATE items SET phase = item_phase(status);

DROP INDEX items_open;
CREATE INDEX items_open ON items (id) WHERE phase = 'open';
DROP INDEX items_open_place;
CREATE INDEX items_open_place ON items USING gist (point(lon, lat)) WHERE lon IS NOT NULL AND phase = 'open';
DROP INDEX items_closing;
CREATE INDEX items_closing ON items (close_at) WHERE phase = 'answered';

-- Room in each page for the next state of what stands there.
ALTER TABLE items SET (fillfactor = 80);
ALTER TABLE handlers SET (fillfactor = 80);
ALTER TABLE deadlines SET (fillfactor = 80);
ALTER TABLE tasks SET (fillfactor = 80);
