-- Who keeps history elsewhere reads on from a position. Nearly free for a table that grows in that order.
CREATE INDEX history_position ON history USING brin (position)
    WITH (autosummarize = on, pages_per_range = 32);
