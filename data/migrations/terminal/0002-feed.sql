-- The store's feed as this terminal has applied it, and what is looked up from it.

-- The last state of each key. Canonical here (central's word); everything below is derived from it.
CREATE TABLE feed (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,     -- the store's version at the key's last change
    value TEXT,                   -- canonical JSON; NULL is a deletion, which stays as a row
    PRIMARY KEY (kind, key)
) STRICT;

-- Up to where the feed is applied. One row.
CREATE TABLE feed_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,     -- 0: nothing yet
    epoch TEXT NOT NULL,          -- of the central that the versions belong to
    products_changed INTEGER NOT NULL -- counts the applications that touched products: searches look at it
) STRICT;
INSERT INTO feed_state (id, version, epoch, products_changed) VALUES (1, 0, '', 0);

-- Products that are well-formed. Derived from feed.
CREATE TABLE product (
    gtin TEXT PRIMARY KEY,        -- 14 digits
    plu TEXT NOT NULL,            -- "" when none
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    category TEXT NOT NULL,
    unit TEXT NOT NULL,           -- each, g
    tax_bp INTEGER NOT NULL,
    net_g INTEGER NOT NULL,
    tare_g INTEGER NOT NULL,
    storage TEXT NOT NULL,
    icon TEXT NOT NULL,
    folded TEXT NOT NULL          -- the names in ko, en, zh for search: NFKC, case folded, a line each
) STRICT, WITHOUT ROWID;
CREATE INDEX product_plu ON product (plu, gtin) WHERE plu <> '';

-- Lots that are well-formed, in first-expired-first-out order within a product. Derived from feed.
CREATE TABLE lot (
    gtin TEXT NOT NULL,
    last_day INTEGER NOT NULL,    -- day number of use-by, else best-before; 2147483647 without either
    lot TEXT NOT NULL,
    PRIMARY KEY (gtin, last_day, lot)
) STRICT, WITHOUT ROWID;
