-- Canonical. What became of each decision that a manager's journal brought. status: done, part (some of its items), overtaken (a later
-- decision about the same came first), refused (it stands in the inbox). version: of the feed that it made, 0 none.
CREATE TABLE command (
    terminal VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    store VARCHAR(64) NOT NULL,
    at_ms BIGINT NOT NULL,
    name VARCHAR(32) NOT NULL,
    operator VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    detail VARCHAR(1000) NOT NULL,
    version BIGINT NOT NULL,
    carried_ms BIGINT NOT NULL,
    PRIMARY KEY (terminal, seq)
);
CREATE INDEX command_carried ON command (store, carried_ms);

-- Canonical. The newest decision about each thing, by when it was taken: an older one that comes later changes nothing.
CREATE TABLE command_target (
    store VARCHAR(64) NOT NULL,
    target VARCHAR(200) NOT NULL,
    at_ms BIGINT NOT NULL,
    terminal VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (store, target)
);
