-- What products have beside a price, and what came back of receipts.

ALTER TABLE product ADD COLUMN deposit INTEGER NOT NULL DEFAULT 0;        -- of a piece, minor units
ALTER TABLE product ADD COLUMN deposit_tax_bp INTEGER NOT NULL DEFAULT 0;
ALTER TABLE product ADD COLUMN age_min INTEGER NOT NULL DEFAULT 0;        -- years; 0: anyone may buy it
ALTER TABLE product ADD COLUMN is_bag INTEGER NOT NULL DEFAULT 0;
UPDATE product SET deposit_tax_bp = tax_bp;
UPDATE product SET
    deposit = coalesce((SELECT json_extract(value, '$.deposit') FROM feed WHERE kind = 'product' AND key = gtin
        AND json_type(value, '$.deposit') = 'integer'), 0),
    deposit_tax_bp = coalesce((SELECT json_extract(value, '$.deposit_tax_bp') FROM feed WHERE kind = 'product' AND key = gtin
        AND json_type(value, '$.deposit_tax_bp') = 'integer'), tax_bp),
    age_min = coalesce((SELECT json_extract(value, '$.age_min') FROM feed WHERE kind = 'product' AND key = gtin
        AND json_type(value, '$.age_min') = 'integer'), 0),
    is_bag = coalesce((SELECT 1 FROM feed WHERE kind = 'product' AND key = gtin AND json_type(value, '$.bag') = 'true'), 0);

-- What was taken back of a receipt, by any record of this folder. Derived from the journal. line 0 stands for the whole receipt: quantity counts
-- its post-voids, amount is what was paid out for all of it.
CREATE TABLE taken_back (
    receipt TEXT NOT NULL,
    line INTEGER NOT NULL,
    quantity INTEGER NOT NULL,    -- pieces or grams; of a discount 0
    amount INTEGER NOT NULL,      -- positive: minor units given back
    PRIMARY KEY (receipt, line)
) STRICT, WITHOUT ROWID;
INSERT INTO taken_back (receipt, line, quantity, amount)
    SELECT coalesce(json_extract(journal.line, '$.of_receipt'), json_extract(journal.line, '$.receipt')),
           coalesce(json_extract(row.value, '$.of_line'), json_extract(row.value, '$.line')),
           -sum(json_extract(row.value, '$.qty')), -sum(json_extract(row.value, '$.amount'))
    FROM journal, json_each(journal.line, '$.lines') AS row
    WHERE json_extract(journal.line, '$.type') = 'return' AND json_extract(journal.line, '$.receipt') IS NOT NULL GROUP BY 1, 2;
INSERT INTO taken_back (receipt, line, quantity, amount)
    SELECT coalesce(json_extract(line, '$.of_receipt'), json_extract(line, '$.receipt')), 0,
           sum(json_extract(line, '$.type') = 'post_void'), -sum(json_extract(line, '$.total'))
    FROM journal WHERE json_extract(line, '$.type') IN ('return', 'post_void') AND json_extract(line, '$.receipt') IS NOT NULL GROUP BY 1;

-- Items that were named at this till because the feed did not know their code. Derived from the journal's `command` records.
CREATE TABLE taught (
    code TEXT PRIMARY KEY,        -- 14 digits, or what was scanned
    name TEXT NOT NULL,
    department TEXT NOT NULL,
    price INTEGER NOT NULL        -- per piece, minor units
) STRICT, WITHOUT ROWID;
