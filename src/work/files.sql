-- Photos and scans: what belongs to which case. The content is in the folder of files, by its hash.

-- schema: case_file since 2
CREATE TABLE case_file (
    county_code BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    file_id BIGINT NOT NULL,
    hash TEXT NOT NULL,              -- SM3 of the content, hexadecimal
    paper TEXT NOT NULL,             -- of the service; '' another
    name TEXT NOT NULL,              -- as sent, cleaned
    type TEXT NOT NULL,              -- image/jpeg, image/png, application/pdf
    bytes BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,               -- login
    PRIMARY KEY (county_code, case_id, file_id)
) -- clustered

-- name: case_file_insert write
INSERT INTO case_file (county_code, case_id, file_id, hash, paper, name, type, bytes, at_ms, who)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: case_file_same read
SELECT file_id, hash, paper, name, type, bytes, at_ms, who FROM case_file
WHERE county_code = $1 AND case_id = $2 AND hash = $3 AND paper = $4 ORDER BY file_id LIMIT 1;

-- name: case_file_one read
SELECT file_id, hash, paper, name, type, bytes, at_ms, who FROM case_file
WHERE county_code = $1 AND case_id = $2 AND file_id = $3;

-- name: case_files read
SELECT file_id, hash, paper, name, type, bytes, at_ms, who FROM case_file
WHERE county_code = $1 AND case_id = $2 ORDER BY file_id;
