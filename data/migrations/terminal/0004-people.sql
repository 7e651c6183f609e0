-- People: wrong PINs, and the open carts of those who are away.

-- Wrong PINs of each operator. Canonical for this terminal: a restart opens no lock.
CREATE TABLE pin_lock (
    operator TEXT PRIMARY KEY,
    wrong INTEGER NOT NULL,         -- wrong PINs in a row since the last lock
    times INTEGER NOT NULL,         -- locks in a row without a right PIN between: each is twice as long
    until_boot_ms INTEGER NOT NULL, -- boot clock, 0 not locked
    boot_id TEXT NOT NULL           -- the boot that until_boot_ms belongs to
) STRICT, WITHOUT ROWID;

-- Open carts of clerks who are not at the till now. Canonical until they are sold or voided. The cart of the one who is
-- there is in `cart`; whose that is says meta `cart_operator`.
CREATE TABLE parked_cart (
    operator TEXT PRIMARY KEY,
    value TEXT NOT NULL             -- JSON of pos/cart.h
) STRICT, WITHOUT ROWID;
