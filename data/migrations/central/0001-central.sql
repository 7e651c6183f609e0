-- All that central keeps. Written in the SQL that SQLite and the MySQL-protocol engines have in common: explicit composite
-- primary keys, no generated order, no upsert words, no foreign keys (the code and `verify` check instead).
-- VARCHAR keys compare byte by byte. *_ms are Unix milliseconds; amounts are minor units; quantities pieces or grams.

-- Canonical. Named values of this central itself: epoch, base_urls, dl_base.
CREATE TABLE meta (
    name VARCHAR(64) NOT NULL,
    value MEDIUMBLOB NOT NULL,
    PRIMARY KEY (name)
);

-- Canonical. The shops. terminals_count: how many terminals it ever had, for receipt prefixes.
CREATE TABLE store (
    store VARCHAR(64) NOT NULL,
    created_ms BIGINT NOT NULL,
    terminals_count BIGINT NOT NULL,
    PRIMARY KEY (store)
);

-- Canonical. One row a store: the newest version of its feed, bumped in the transaction that uses it, so that versions have no
-- gap that a later reader could miss. decisions: the same counter for the decision log, deliveries: for deliveries.
CREATE TABLE head (
    store VARCHAR(64) NOT NULL,
    version BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    deliveries BIGINT NOT NULL,
    PRIMARY KEY (store)
);

-- Canonical. The last state of each item of a store's feed. value: canonical JSON; NULL is a deletion and stays as a row.
CREATE TABLE feed (
    store VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    item VARCHAR(128) NOT NULL,
    version BIGINT NOT NULL,
    value MEDIUMBLOB,
    PRIMARY KEY (store, kind, item)
);
CREATE INDEX feed_version ON feed (store, version);

-- Canonical. Every price that was ever published, for prior prices and price checks: price is in force from effective_ms until the
-- next row of the item.
CREATE TABLE price_log (
    store VARCHAR(64) NOT NULL,
    item VARCHAR(128) NOT NULL,
    version BIGINT NOT NULL,
    price BIGINT NOT NULL,
    effective_ms BIGINT NOT NULL,
    PRIMARY KEY (store, item, version)
);

-- Derived from feed. Prices that something will happen to: next_ms the earliest `next`, recent_ms the earliest end in `recent`;
-- 0 none. A price with neither has no row.
CREATE TABLE price_due (
    store VARCHAR(64) NOT NULL,
    item VARCHAR(128) NOT NULL,
    next_ms BIGINT NOT NULL,
    recent_ms BIGINT NOT NULL,
    PRIMARY KEY (store, item)
);

-- Canonical. The terminals. token_hash: SHA-256 of the bearer token, never the token. acked, head: the end of its chain as stored
-- here, moved in the transaction that stores the records. revoked_ms, forked_ms: since when, 0 not. seen_*: what it last said.
CREATE TABLE terminal (
    terminal VARCHAR(64) NOT NULL,
    store VARCHAR(64) NOT NULL,
    name VARCHAR(200) NOT NULL,
    mode VARCHAR(16) NOT NULL,
    receipt_prefix VARCHAR(16) NOT NULL,
    token_hash VARBINARY(32) NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT NOT NULL,
    forked_ms BIGINT NOT NULL,
    acked BIGINT NOT NULL,
    head VARBINARY(32) NOT NULL,
    seen_version BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    PRIMARY KEY (terminal)
);
CREATE INDEX terminal_token ON terminal (token_hash);

-- Canonical. What each tag of a store shows, as its gateway said last.
CREATE TABLE tag_seen (
    store VARCHAR(64) NOT NULL,
    tag VARCHAR(64) NOT NULL,
    terminal VARCHAR(64) NOT NULL,
    version BIGINT NOT NULL,
    shown_ms BIGINT NOT NULL,
    PRIMARY KEY (store, tag)
);

-- Canonical. Enrolment codes by SHA-256 of their secret. answer: what was answered, sealed with a key from the secret, for ten
-- minutes after used_ms.
CREATE TABLE enrol_code (
    secret_hash VARBINARY(32) NOT NULL,
    store VARCHAR(64) NOT NULL,
    mode VARCHAR(16) NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms BIGINT NOT NULL,
    nonce VARCHAR(200),
    answer MEDIUMBLOB,
    PRIMARY KEY (secret_hash)
);

-- Canonical. The journals: line is what was stored on the terminal, byte for byte; hash is SHA-256(previous hash, line). at_ms is
-- when it happened (for an adopted record: when the inner one did). Never changed, never deleted.
CREATE TABLE journal (
    terminal VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    store VARCHAR(64) NOT NULL,
    at_ms BIGINT NOT NULL,
    type VARCHAR(32) NOT NULL,
    received_ms BIGINT NOT NULL,
    hash VARBINARY(32) NOT NULL,
    line MEDIUMBLOB NOT NULL,
    PRIMARY KEY (terminal, seq)
);
CREATE INDEX journal_at ON journal (store, at_ms);

-- Canonical. Records that a manager must look at. booked 0: nothing of it moved stock or sales, and it stays so until it is booked
-- by hand (resolved_ms is then set); booked 1: a notice. waits_for: what would let it be booked.
CREATE TABLE inbox (
    terminal VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    store VARCHAR(64) NOT NULL,
    type VARCHAR(32) NOT NULL,
    reason VARCHAR(64) NOT NULL,
    detail VARCHAR(1000) NOT NULL,
    waits_for VARCHAR(128) NOT NULL,
    booked BIGINT NOT NULL,
    listed_ms BIGINT NOT NULL,
    resolved_ms BIGINT NOT NULL,
    PRIMARY KEY (terminal, seq)
);
CREATE INDEX inbox_waits ON inbox (store, waits_for);

-- Canonical. Deliveries that central itself was told of (a till's goods receipt is a journal record).
CREATE TABLE delivery (
    store VARCHAR(64) NOT NULL,
    number BIGINT NOT NULL,
    gtin VARCHAR(14) NOT NULL,
    lot VARCHAR(20) NOT NULL,
    quantity BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (store, number)
);
CREATE INDEX delivery_lot ON delivery (store, gtin, lot);

-- Derived from journal, delivery and inbox. Stock of a lot. counted_*: the moment of the newest count, 0 and '' none; what happened up
-- to it is in the count.
CREATE TABLE stock (
    store VARCHAR(64) NOT NULL,
    gtin VARCHAR(14) NOT NULL,
    lot VARCHAR(20) NOT NULL,
    on_hand BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    counted_ms BIGINT NOT NULL,
    counted_terminal VARCHAR(64) NOT NULL,
    counted_seq BIGINT NOT NULL,
    PRIMARY KEY (store, gtin, lot)
);

-- Derived. Sold units and money of a lot in one UTC hour; returns and voids are taken off in the hour in which they happened.
-- tickets: sales that held the lot.
CREATE TABLE sales_hour (
    store VARCHAR(64) NOT NULL,
    hour_ms BIGINT NOT NULL,
    gtin VARCHAR(14) NOT NULL,
    lot VARCHAR(20) NOT NULL,
    units BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    tickets BIGINT NOT NULL,
    PRIMARY KEY (store, hour_ms, gtin, lot)
);

-- Derived. Receipts by number; a restored disk may give one number twice. terminal, seq: the journal record that holds it; of_*: who
-- wrote it. voided: 1 when a later record took the whole sale back.
CREATE TABLE ticket (
    store VARCHAR(64) NOT NULL,
    receipt VARCHAR(64) NOT NULL,
    of_terminal VARCHAR(64) NOT NULL,
    of_seq BIGINT NOT NULL,
    terminal VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    type VARCHAR(32) NOT NULL,
    at_ms BIGINT NOT NULL,
    total BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    PRIMARY KEY (store, receipt, terminal, seq)
);

-- Derived. How much of a receipt's line was taken back.
CREATE TABLE returned (
    store VARCHAR(64) NOT NULL,
    receipt VARCHAR(64) NOT NULL,
    line BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (store, receipt, line)
);

-- Derived. Lines that came as adopted, by who wrote them and SHA-256 of 32 zero bytes and the line: each is booked once.
CREATE TABLE adopted (
    of_terminal VARCHAR(64) NOT NULL,
    of_seq BIGINT NOT NULL,
    line_hash VARBINARY(32) NOT NULL,
    PRIMARY KEY (of_terminal, of_seq, line_hash)
);

-- Canonical. EPCIS events by the lot that they are about; event_id is the supplier's idempotency key.
CREATE TABLE epcis_event (
    event_id VARCHAR(200) NOT NULL,
    gtin VARCHAR(14) NOT NULL,
    lot VARCHAR(20) NOT NULL,
    event_ms BIGINT NOT NULL,
    event MEDIUMBLOB NOT NULL,
    PRIMARY KEY (event_id)
);
CREATE INDEX epcis_event_lot ON epcis_event (gtin, lot, event_ms);

-- Canonical. Why prices were changed or kept, with what was known then.
CREATE TABLE decision (
    store VARCHAR(64) NOT NULL,
    number BIGINT NOT NULL,
    gtin VARCHAR(14) NOT NULL,
    lot VARCHAR(20) NOT NULL,
    at_ms BIGINT NOT NULL,
    decision MEDIUMBLOB NOT NULL,
    PRIMARY KEY (store, number)
);
