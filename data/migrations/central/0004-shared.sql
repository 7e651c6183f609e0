-- For several centrals on one database. bookings: bumped by whoever books for the store, so that two of them meet.
ALTER TABLE store ADD COLUMN bookings BIGINT NOT NULL DEFAULT 0;

-- The lease to reprice a store: whose it is until when, and how often it changed hands (a commit of prices names that number, so
-- one that slept through its lease changes nothing). changes: what a feed version does not show, as a token that was revoked.
ALTER TABLE head ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN lease BIGINT NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN lease_owner VARCHAR(64) NOT NULL DEFAULT '';
ALTER TABLE head ADD COLUMN lease_until_ms BIGINT NOT NULL DEFAULT 0;
