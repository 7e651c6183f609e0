-- What goes up where it is not what the journal holds: central refused a record for good, and an adopted record goes up
-- in its place. Without rows for the present terminal the journal itself goes up.
CREATE TABLE outgoing (
    terminal TEXT NOT NULL,       -- the id that it goes up under
    seq INTEGER NOT NULL CHECK (seq >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- of the chain as it goes up; derived from the lines
    line TEXT,                    -- the adopted record; canonical. NULL: the journal's own line
    PRIMARY KEY (terminal, seq)
) STRICT;
