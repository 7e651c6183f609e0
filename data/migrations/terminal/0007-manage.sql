-- What a manager's terminal keeps of central, so that the window shows it with the cable out.

-- The last answer to each report that was asked for. Derived from central.
CREATE TABLE kept_report (
    name TEXT PRIMARY KEY,        -- the report with what was asked: "figures?from=2026-11-23&until=2026-11-23"
    at_ms INTEGER NOT NULL,       -- when it came, Unix ms
    value TEXT NOT NULL           -- JSON
) STRICT, WITHOUT ROWID;

-- Stock by lot as central last said. Derived from central.
CREATE TABLE stock_level (
    gtin TEXT NOT NULL,
    lot TEXT NOT NULL,            -- "" without a lot
    on_hand INTEGER NOT NULL,     -- pieces or grams
    delivered INTEGER NOT NULL,
    sold INTEGER NOT NULL,        -- in the last 7 days
    PRIMARY KEY (gtin, lot)
) STRICT, WITHOUT ROWID;

-- One row a lot of what the inventory shows; a product without lots has one with lot "". Derived from feed and stock_level.
CREATE TABLE inventory (
    id INTEGER PRIMARY KEY,
    gtin TEXT NOT NULL,
    lot TEXT NOT NULL,
    name TEXT NOT NULL,           -- in the store's language
    folded TEXT NOT NULL,         -- names, lot, GTIN and PLU for search
    category TEXT NOT NULL,
    unit TEXT NOT NULL,
    on_hand INTEGER NOT NULL,
    cover INTEGER NOT NULL,       -- tenths of a day, -1 unknown
    sell_through INTEGER NOT NULL,-- basis points, -1 unknown
    last_day INTEGER NOT NULL,    -- day number of the lot's date, 2147483647 without
    colour INTEGER NOT NULL,      -- 0 green, 1 amber, 2 red
    value INTEGER NOT NULL,       -- at cost, minor units
    price INTEGER NOT NULL,       -- in force, minor units per piece or kg; -1 none
    place TEXT NOT NULL
) STRICT;

-- Prices that are being drafted: nothing of it is live before it is approved. Canonical until then.
CREATE TABLE price_draft (
    batch TEXT NOT NULL,
    gtin TEXT NOT NULL,
    lot TEXT NOT NULL,            -- "" the product
    price INTEGER NOT NULL,
    list_price INTEGER NOT NULL,  -- -1: not changed
    PRIMARY KEY (batch, gtin, lot)
) STRICT, WITHOUT ROWID;
