-- The drawer, suspended tickets, charges that something is still to happen to.

-- Suspended tickets of this terminal. Canonical until they are resumed.
CREATE TABLE suspended (
    ticket TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    operator TEXT NOT NULL,
    total INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    value TEXT NOT NULL,            -- JSON of pos/cart.h; '' when it was resumed and central is still to be told
    shared INTEGER NOT NULL         -- 1: central holds it as well
) STRICT, WITHOUT ROWID;

-- Charges by a provider that something is still to happen to. Canonical for this terminal; each step of one is a record.
CREATE TABLE payment (
    attempt TEXT PRIMARY KEY,
    kind TEXT NOT NULL,             -- card, qr
    amount INTEGER NOT NULL,        -- charged, minor units
    refunded INTEGER NOT NULL,      -- of it, given back
    status TEXT NOT NULL,           -- the words of pos/tender.h
    is_open INTEGER NOT NULL,       -- 1: for the cart that is open now; 0: that cart is sold otherwise or given up
    refund_id TEXT NOT NULL,        -- of the refund that is under way, '' none
    refund_amount INTEGER NOT NULL,
    operator TEXT NOT NULL,
    reference TEXT NOT NULL,        -- the provider's own number
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sums that never go back to nothing. One row. Derived from the journal.
CREATE TABLE grand_total (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sales INTEGER NOT NULL,         -- of sales, gross
    returns INTEGER NOT NULL        -- of returns and post-voids, gross, as a positive sum
) STRICT;
INSERT INTO grand_total (id, sales, returns) SELECT 1,
    coalesce(sum(CASE WHEN json_extract(line, '$.type') = 'sale' THEN json_extract(line, '$.total') END), 0),
    coalesce(sum(CASE WHEN json_extract(line, '$.type') = 'return' THEN -json_extract(line, '$.total') END), 0)
    FROM journal;

-- Where each Z report stands. Derived from the journal.
CREATE TABLE z_report (
    number INTEGER PRIMARY KEY,
    terminal TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

-- How often a receipt was printed again. Derived from the journal.
CREATE TABLE reprint (
    receipt TEXT PRIMARY KEY,
    copies INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The total that a receipt says, for looking it up. Derived from the journal.
ALTER TABLE receipt ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
UPDATE receipt SET total = coalesce((SELECT json_extract(journal.line, '$.total') FROM journal
    WHERE journal.terminal = receipt.terminal AND journal.seq = receipt.seq), 0);
