-- Canonical. Links that a GS1 Digital Link leads to beside the pages that central makes itself. anchor: path of the link ("/01/…/10/…");
-- number: place within the anchor; languages: of the target, separated by spaces; context: of the target, '' any.
CREATE TABLE resolver_link (
    anchor VARCHAR(255) NOT NULL,
    number BIGINT NOT NULL,
    link_type VARCHAR(64) NOT NULL,
    href VARCHAR(1000) NOT NULL,
    title VARCHAR(200) NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    languages VARCHAR(100) NOT NULL,
    context VARCHAR(100) NOT NULL,
    PRIMARY KEY (anchor, number)
);
