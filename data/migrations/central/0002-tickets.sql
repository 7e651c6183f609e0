-- Canonical. Carts that tills of a store suspended, so that another one may take them. value: what the till shared, with the cart.
-- claimed_by: the one terminal that took it, '' none; a row that was claimed stays for a month, so that no one takes it twice.
CREATE TABLE suspended_ticket (
    store VARCHAR(64) NOT NULL,
    ticket VARCHAR(64) NOT NULL,
    terminal VARCHAR(64) NOT NULL,
    shared_ms BIGINT NOT NULL,
    claimed_by VARCHAR(64) NOT NULL,
    claimed_ms BIGINT NOT NULL,
    value MEDIUMBLOB NOT NULL,
    PRIMARY KEY (store, ticket)
);
