-- Texts (short messages) to the citizen: an outbox of their own, written with the change that they tell of.
-- Kind: pre (a table of its own).

-- The phone stands in reporters alone and is read when the text is sent; what was erased by then is never texted.
CREATE TABLE texts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id bigint NOT NULL REFERENCES items,
    kind text NOT NULL CHECK (kind IN ('received', 'accepted', 'answered', 'rate')),
    made_at timestamptz NOT NULL,
    -- Not before this: a reminder comes later, and what could not be sent is tried again later and later.
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    -- Why it was dropped, or what the last failure was: a word, nothing personal.
    reason text,
    sent_at timestamptz,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX texts_waiting ON texts (due_at, id) WHERE state = 'waiting';
CREATE INDEX texts_item ON texts (item_id, sent_at);
