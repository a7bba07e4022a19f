-- How citizens reach the offices: given by the place in offices.csv, brought here by `huimin init`.

-- schema: office_contact since 3
-- reference
CREATE TABLE office_contact (
    division BIGINT NOT NULL,        -- whose office; 0: of everybody
    seq BIGINT NOT NULL,             -- order within the division
    name TEXT NOT NULL,
    phone TEXT NOT NULL,             -- '' not given
    address TEXT NOT NULL,           -- '' not given
    hours TEXT NOT NULL,             -- in words; '' not given
    PRIMARY KEY (division, seq)
) -- clustered

-- name: office_contacts_all read
SELECT division, seq, name, phone, address, hours FROM office_contact ORDER BY division, seq;

-- name: office_contact_put write
INSERT INTO office_contact (division, seq, name, phone, address, hours)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: office_contacts_drop write
DELETE FROM office_contact WHERE division >= 0;
