-- Figures of a period: what came in it is found without reading the rest.
-- Kind: pre (indexes only).

CREATE INDEX items_received ON items (received_at);
CREATE INDEX summonses_opened ON summonses (opened_at);
