-- Canonical. Who may report events of goods. token_hash: SHA-256 of the bearer token; revoked_ms: since when it is not taken, 0 it is.
CREATE TABLE epcis_supplier (
    supplier VARCHAR(64) NOT NULL,
    name VARCHAR(200) NOT NULL,
    token_hash VARBINARY(32) NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT NOT NULL,
    PRIMARY KEY (supplier)
);
CREATE INDEX epcis_supplier_token ON epcis_supplier (token_hash);

-- Canonical. EPCIS events as reported. withdrawn 1: an error declaration came for it, and event is the copy that holds it.
-- It takes the place of epcis_event, which knew one lot an event and no supplier; no release has written that.
DROP TABLE epcis_event;
CREATE TABLE epcis_record (
    event_id VARCHAR(200) NOT NULL,
    supplier VARCHAR(64) NOT NULL,
    event_ms BIGINT NOT NULL,
    record_ms BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    event MEDIUMBLOB NOT NULL,
    PRIMARY KEY (event_id)
);
CREATE INDEX epcis_record_supplier ON epcis_record (supplier, event_ms, event_id);

-- Derived from epcis_record. What an event names (lot, unit, pallet) in one spelling.
CREATE TABLE epcis_item (
    item VARCHAR(255) NOT NULL,
    event_ms BIGINT NOT NULL,
    event_id VARCHAR(200) NOT NULL,
    PRIMARY KEY (item, event_ms, event_id)
);

-- Canonical. What became of each document that was sent. result: the answer to whoever asks for it.
CREATE TABLE epcis_capture (
    capture VARCHAR(64) NOT NULL,
    supplier VARCHAR(64) NOT NULL,
    at_ms BIGINT NOT NULL,
    result MEDIUMBLOB NOT NULL,
    PRIMARY KEY (capture)
);
CREATE INDEX epcis_capture_at ON epcis_capture (supplier, at_ms);
