-- The terminal's own records and what follows from them.

-- Who this terminal is. One row. Canonical: it comes from enrolment and from nowhere else.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    terminal TEXT NOT NULL,       -- id given by central, "" before enrolment
    store TEXT NOT NULL,          -- id of the store
    token TEXT NOT NULL,          -- bearer secret of the sync protocol
    url TEXT NOT NULL,            -- base URL of central
    pin TEXT NOT NULL,            -- sha256//... of central's key, "" with a public CA
    mode TEXT NOT NULL,           -- till, kiosk, manager
    name TEXT NOT NULL,           -- for people
    currency TEXT NOT NULL,       -- ISO 4217
    receipt_prefix TEXT NOT NULL  -- T01
) STRICT;
INSERT INTO identity (id, terminal, store, token, url, pin, mode, name, currency, receipt_prefix)
    VALUES (1, '', '', '', '', '', '', '', '', '');

-- Small named values: session, clock offset, what sync has seen. Each is canonical for this terminal alone.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal. Canonical, append only: no statement of the program changes or deletes a row. A terminal that got a fresh
-- id after a fork begins a chain of its own at seq 1; the old chain stays.
CREATE TABLE journal (
    terminal TEXT NOT NULL,       -- the id that wrote it
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at_ms INTEGER NOT NULL,       -- the record's time, Unix ms; derived from the line
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- SHA-256(hash before || line)
    line TEXT NOT NULL,           -- canonical JSON, byte for byte as it goes up
    PRIMARY KEY (terminal, seq)
) STRICT;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append only');
END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append only');
END;

-- What central has said it holds of the present chain. One row. Canonical: central's word.
CREATE TABLE acked (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;
INSERT INTO acked (id, seq) VALUES (1, 0);

-- The last receipt number that was given out. One row. Canonical: it never goes back, whatever id the terminal has.
CREATE TABLE receipt_counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL CHECK (last >= 0)
) STRICT;
INSERT INTO receipt_counter (id, last) VALUES (1, 0);

-- Where the record of a receipt stands. Derived from the journal.
CREATE TABLE receipt (
    number TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What this terminal's records have moved of each lot, signed: sold is negative. Derived from the journal.
CREATE TABLE stock (
    gtin TEXT NOT NULL,
    lot TEXT NOT NULL,            -- "" when the record names none
    moved INTEGER NOT NULL,       -- pieces or grams, as the product is sold
    PRIMARY KEY (gtin, lot)
) STRICT, WITHOUT ROWID;

-- The open cart, so that a crash does not lose it. At most one row. Canonical until it is sold or voided.
CREATE TABLE cart (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    value TEXT NOT NULL           -- JSON of pos/cart.h
) STRICT;
