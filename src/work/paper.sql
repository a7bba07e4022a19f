-- Papers that left the office: what stood on each, under its number, for good.

-- schema: paper since 3
CREATE TABLE paper (
    county_code BIGINT NOT NULL,
    paper_id BIGINT NOT NULL,
    number TEXT NOT NULL,            -- 510402-2020-P000123
    code TEXT NOT NULL,              -- eight characters, for the public check
    document TEXT NOT NULL,          -- name in the rules
    form TEXT NOT NULL,              -- receipt, grant, ...
    title TEXT NOT NULL,             -- as printed
    office TEXT NOT NULL,            -- as printed
    line TEXT NOT NULL,
    case_id BIGINT NOT NULL,         -- 0: of no case
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- of one person; 0: the household
    notice_id BIGINT NOT NULL,       -- of this notice; 0: none
    subject TEXT NOT NULL,           -- name as the public check shows it
    made TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,               -- login
    digest TEXT NOT NULL,            -- SM3 of content
    said TEXT NOT NULL,              -- SM3 of what it says, without number and code: is a new one another?
    state TEXT NOT NULL,             -- valid, replaced
    content TEXT NOT NULL,           -- JSON of struct paper; personal numbers masked
    position BIGINT NOT NULL,        -- the change that wrote it last
    PRIMARY KEY (county_code, paper_id)
) -- clustered

-- schema: paper_number since 3
CREATE UNIQUE INDEX paper_number ON paper (county_code, number)

-- schema: paper_case since 3
CREATE INDEX paper_case ON paper (county_code, case_id, paper_id)

-- schema: paper_notice since 3
CREATE INDEX paper_notice ON paper (county_code, notice_id, paper_id)

-- schema: paper_household since 3
CREATE INDEX paper_household ON paper (county_code, household_id, paper_id)

-- schema: paper_counter since 3
CREATE TABLE paper_counter (
    county_code BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,            -- number given last
    PRIMARY KEY (county_code, year)
) -- clustered

-- schema: notice_about since 3
-- What a notice of no case is about, so that its paper can show it: an amount that the month found.
CREATE TABLE notice_about (
    county_code BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    programme TEXT NOT NULL,         -- the policy's name
    from_month TEXT NOT NULL,
    old_fen BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    rule_hash TEXT NOT NULL,         -- rules in force then
    position BIGINT NOT NULL,        -- the change that decided it
    PRIMARY KEY (county_code, notice_id)
) -- clustered

-- name: paper_insert write
INSERT INTO paper (county_code, paper_id, number, code, document, form, title, office, line, case_id,
    household_id, person_id, notice_id, subject, made, at_ms, who, digest, said, state, content,
    position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 'valid',
    $20, $21);

-- name: paper_number_next write
INSERT INTO paper_counter (county_code, year, last) VALUES ($1, $2, 1)
ON CONFLICT (county_code, year) DO UPDATE SET last = paper_counter.last + 1
RETURNING last;

-- name: paper_replace write
UPDATE paper SET state = 'replaced', position = $3
WHERE county_code = $1 AND paper_id = $2 AND state = 'valid';

-- name: paper_read read
SELECT paper_id, number, code, document, form, title, office, line, case_id, household_id, person_id,
    notice_id, subject, made, at_ms, who, digest, said, state
FROM paper WHERE county_code = $1 AND paper_id = $2;

-- name: paper_by_number read
SELECT paper_id, number, code, document, form, title, office, line, case_id, household_id, person_id,
    notice_id, subject, made, at_ms, who, digest, said, state
FROM paper WHERE county_code = $1 AND number = $2;

-- name: paper_of_case read
SELECT paper_id, number, code, document, form, title, office, line, case_id, household_id, person_id,
    notice_id, subject, made, at_ms, who, digest, said, state
FROM paper WHERE county_code = $1 AND case_id = $2 ORDER BY paper_id DESC LIMIT $3;

-- name: paper_of_notice read
SELECT paper_id, number, code, document, form, title, office, line, case_id, household_id, person_id,
    notice_id, subject, made, at_ms, who, digest, said, state
FROM paper WHERE county_code = $1 AND notice_id = $2 ORDER BY paper_id DESC LIMIT $3;

-- name: paper_of_household read
SELECT paper_id, number, code, document, form, title, office, line, case_id, household_id, person_id,
    notice_id, subject, made, at_ms, who, digest, said, state
FROM paper WHERE county_code = $1 AND household_id = $2 ORDER BY paper_id DESC LIMIT $3;

-- name: paper_content read
SELECT content FROM paper WHERE county_code = $1 AND paper_id = $2;

-- name: notice_about_insert write
INSERT INTO notice_about (county_code, notice_id, programme, from_month, old_fen, fen, reasons,
    rule_hash, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: notice_about_read read
SELECT programme, from_month, old_fen, fen, reasons, rule_hash, position
FROM notice_about WHERE county_code = $1 AND notice_id = $2;
