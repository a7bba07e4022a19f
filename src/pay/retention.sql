-- How long what is on record of people is kept, and what is taken away when nothing holds it any more.

-- schema: person_cleared since 4
-- Who was cleared by the end of the time that everything is kept: key and numbers destroyed, name gone.
CREATE TABLE person_cleared (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    cleared_on TEXT NOT NULL,        -- a day
    ground TEXT NOT NULL,            -- what held it last: 'register person', 'service dibao_application'
    held_until TEXT NOT NULL,        -- a day: since then nothing has
    who TEXT NOT NULL,
    position BIGINT NOT NULL,        -- the change that did it
    PRIMARY KEY (county_code, person_id)
) -- clustered

-- schema: household_cleared since 4
-- Households of whom everybody is cleared: the words of their cases went with the last one.
CREATE TABLE household_cleared (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    cleared_on TEXT NOT NULL,        -- a day
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id)
) -- clustered

-- schema: file_cleared since 4
-- Contents that must leave the folder of files: written with the rows that go, removed when they are gone.
CREATE TABLE file_cleared (
    county_code BIGINT NOT NULL,
    hash TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, hash)
) -- clustered

-- schema: batch_cleared since 4
-- A batch of which a payee was cleared: the digest over the hashes of its lines, all of them as they were
-- when it was frozen. It was worked out while the batch's own digest could still be proven.
CREATE TABLE batch_cleared (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    chain TEXT NOT NULL,             -- SM3 over its lines' hashes in their order, in hexadecimal
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, batch_id)
) -- clustered

-- schema: batch_line_cleared since 4
CREATE TABLE batch_line_cleared (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,             -- SM3 of the line as it was when it was frozen
    PRIMARY KEY (county_code, batch_id, seq)
) -- clustered

-- schema: membership_past_person since 4
CREATE INDEX membership_past_person ON membership_past (county_code, person_id)

-- schema: work_case_applicant since 4
CREATE INDEX work_case_applicant ON work_case (county_code, applicant_id) WHERE applicant_id <> 0

-- schema: case_file_hash since 4
CREATE INDEX case_file_hash ON case_file (county_code, hash)

-- schema: task_household since 4
CREATE INDEX task_household ON task (county_code, household_id, task_id)

-- schema: online_application_case since 4
CREATE INDEX online_application_case ON online_application (county_code, case_id)
WHERE case_id <> 0

-- schema: online_application_answered since 4
CREATE INDEX online_application_answered ON online_application (county_code, answered)
WHERE answered <> ''

-- ---- who is held by what ----

-- name: retention_persons read
-- In the order of ids; the last day of any membership, '' for none.
SELECT p.person_id, coalesce(p.death_date, ''), coalesce(max(m.valid_to), ''),
    CASE WHEN max(d.person_id) IS NULL THEN 0 ELSE 1 END
FROM person AS p
LEFT JOIN membership AS m ON m.county_code = $1 AND m.person_id = p.person_id
LEFT JOIN person_cleared AS d ON d.county_code = $1 AND d.person_id = p.person_id
WHERE p.county_code = $1 AND p.person_id > $2
GROUP BY p.person_id, p.death_date ORDER BY p.person_id LIMIT $3;

-- name: retention_person read
SELECT name, coalesce(death_date, '') FROM person WHERE county_code = $1 AND person_id = $2;

-- name: retention_cleared read
SELECT count(*) FROM person_cleared WHERE county_code = $1 AND person_id = $2;

-- name: retention_names read
-- As the person is and was called.
SELECT name FROM person WHERE county_code = $1 AND person_id = $2
UNION
SELECT name FROM person_past WHERE county_code = $1 AND person_id = $2
ORDER BY 1;

-- name: retention_memberships read
SELECT household_id, valid_from, valid_to FROM membership
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $2 ORDER BY household_id, valid_from;

-- name: retention_enrolments read
SELECT programme, valid_from, valid_to FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND (person_id = 0 OR person_id = $3)
ORDER BY programme, valid_from;

-- name: retention_paid read
-- The last month of each programme that was paid.
SELECT programme, max(month) FROM batch_line
WHERE county_code = $1 AND household_id = $2 AND month <= $3 GROUP BY programme ORDER BY programme;

-- name: retention_cases read
SELECT service, accepted, closed FROM work_case WHERE county_code = $1 AND household_id = $2
ORDER BY case_id;

-- name: retention_applied read
SELECT service, accepted, closed FROM work_case WHERE county_code = $1 AND applicant_id = $2
    AND applicant_id <> 0 AND household_id <> $3
ORDER BY case_id;

-- name: retention_arrears read
-- Back-pay that no list has yet, and recovery that is still owed.
SELECT count(*) FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND (state = 'open'
    OR (state = 'decided' AND due_fen > paid_fen)
    OR (state IN ('decided', 'listed') AND paid_fen - due_fen > settled_fen));

-- name: retention_staff read
-- reference
SELECT (SELECT count(*) FROM account WHERE person_county = $1 AND person_id = $2)
    + (SELECT count(*) FROM staff_relative WHERE person_county = $1 AND person_id = $2);

-- name: retention_line_open read
-- A line of a list that the bank has not answered, or that is to be paid again.
SELECT count(*) FROM batch_line WHERE county_code = $1 AND household_id = $2
    AND state IN ('frozen', 'held', 'failed', 'mended');

-- ---- taken away ----

-- name: retention_put write
INSERT INTO person_cleared (county_code, person_id, cleared_on, ground, held_until, who, position)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: retention_households read
SELECT household_id FROM membership WHERE county_code = $1 AND person_id >= $2 AND person_id <= $2
UNION
SELECT household_id FROM membership_past WHERE county_code = $1 AND person_id >= $2
    AND person_id <= $2
ORDER BY 1;

-- name: retention_left read
-- Members, present or former, who are not cleared.
SELECT count(*) FROM (
    SELECT person_id FROM membership WHERE county_code = $1 AND household_id = $2
    UNION
    SELECT person_id FROM membership_past WHERE county_code = $1 AND household_id = $2) AS m
WHERE NOT EXISTS (SELECT d.person_id FROM person_cleared AS d
    WHERE d.county_code = $1 AND d.person_id = m.person_id);

-- name: retention_household_put write
INSERT INTO household_cleared (county_code, household_id, cleared_on, position)
VALUES ($1, $2, $3, $4) ON CONFLICT (county_code, household_id) DO NOTHING;

-- name: retention_cases_of read
SELECT case_id FROM work_case WHERE county_code = $1 AND household_id = $2 ORDER BY case_id;

-- name: retention_cases_by read
SELECT case_id FROM work_case WHERE county_code = $1 AND applicant_id = $2 AND applicant_id <> 0
ORDER BY case_id;

-- Each pair reads the texts of a household, case or person behind their keys, and writes them back.

-- name: clear_case_read read
SELECT case_id, applicant, relation, subject, note, registered, draft FROM work_case
WHERE county_code = $1 AND case_id = $2;

-- name: clear_case_write write
UPDATE work_case SET applicant = $3, relation = $4, subject = $5, note = $6, registered = $7,
    draft = $8
WHERE county_code = $1 AND case_id = $2;

-- name: clear_event_read read
SELECT case_id, seq, text, data FROM case_event WHERE county_code = $1 AND case_id = $2
ORDER BY seq;

-- name: clear_event_write write
UPDATE case_event SET text = $4, data = $5 WHERE county_code = $1 AND case_id = $2 AND seq = $3;

-- name: clear_file_read read
SELECT case_id, file_id, name FROM case_file WHERE county_code = $1 AND case_id = $2
ORDER BY file_id;

-- name: clear_file_write write
UPDATE case_file SET name = $4 WHERE county_code = $1 AND case_id = $2 AND file_id = $3;

-- name: clear_message_read read
SELECT message_id, content, answer FROM citizen_message WHERE county_code = $1 AND case_id = $2
ORDER BY message_id;

-- name: clear_message_write write
UPDATE citizen_message SET content = $3, answer = $4 WHERE county_code = $1 AND message_id = $2;

-- name: clear_notice_read read
SELECT notice_id, title, content, subject FROM notice WHERE county_code = $1 AND household_id = $2
ORDER BY notice_id;

-- name: clear_notice_write write
UPDATE notice SET title = $3, content = $4, subject = $5 WHERE county_code = $1 AND notice_id = $2;

-- name: clear_way_read read
SELECT w.notice_id, w.channel, w.how FROM notice AS n
JOIN notice_way AS w ON w.county_code = $1 AND w.notice_id = n.notice_id
WHERE n.county_code = $1 AND n.household_id = $2 ORDER BY w.notice_id, w.channel;

-- name: clear_way_write write
UPDATE notice_way SET how = $4 WHERE county_code = $1 AND notice_id = $2 AND channel = $3;

-- name: clear_paper_read read
SELECT paper_id, title, subject, content FROM paper WHERE county_code = $1 AND household_id = $2
ORDER BY paper_id;

-- name: clear_paper_write write
UPDATE paper SET title = $3, subject = $4, content = $5 WHERE county_code = $1 AND paper_id = $2;

-- name: clear_paper_of_case_read read
-- A sheet that hangs out names many cases and no household.
SELECT paper_id, title, subject, content FROM paper WHERE county_code = $1 AND case_id = $2
ORDER BY paper_id;

-- name: clear_posting_read read
SELECT posting_id, content, why FROM posting WHERE county_code = $1 AND household_id = $2
ORDER BY posting_id;

-- name: clear_posting_write write
UPDATE posting SET content = $3, why = $4 WHERE county_code = $1 AND posting_id = $2;

-- name: clear_objection_read read
SELECT o.objection_id, o.text, o.by_name, o.contact, o.answer FROM posting AS p
JOIN posting_objection AS o ON o.county_code = $1 AND o.posting_id = p.posting_id
WHERE p.county_code = $1 AND p.household_id = $2 ORDER BY o.objection_id;

-- name: clear_objection_write write
UPDATE posting_objection SET text = $3, by_name = $4, contact = $5, answer = $6
WHERE county_code = $1 AND objection_id = $2;

-- name: clear_task_read read
SELECT task_id, ended, due, subject FROM task WHERE county_code = $1 AND household_id = $2
ORDER BY task_id;

-- name: clear_task_write write
UPDATE task SET subject = $5 WHERE county_code = $1 AND task_id = $2 AND ended = $3 AND due = $4;

-- name: clear_payee_read read
SELECT payee_account_id, holder, reason, proof, words FROM payee_account
WHERE county_code = $1 AND household_id = $2 ORDER BY payee_account_id;

-- name: clear_payee_write write
UPDATE payee_account SET holder = $3, reason = $4, proof = $5, words = $6
WHERE county_code = $1 AND payee_account_id = $2;

-- name: clear_line_read read
SELECT batch_id, seq, name, holder, words FROM batch_line
WHERE county_code = $1 AND household_id = $2 ORDER BY batch_id, seq;

-- name: clear_line_write write
UPDATE batch_line SET name = $4, holder = $5, words = $6
WHERE county_code = $1 AND batch_id = $2 AND seq = $3;

-- name: clear_proposal_read read
SELECT proposal_id, words FROM proposal WHERE county_code = $1 AND household_id = $2
ORDER BY proposal_id;

-- name: clear_proposal_write write
UPDATE proposal SET words = $3 WHERE county_code = $1 AND proposal_id = $2;

-- name: clear_online_read read
SELECT online_id, applicant, words FROM online_application
WHERE county_code = $1 AND case_id = $2 AND case_id <> 0 ORDER BY online_id;

-- name: clear_online_write write
UPDATE online_application SET applicant = $3, words = $4
WHERE county_code = $1 AND online_id = $2;

-- name: clear_arrears_read read
SELECT household_id, job_id, person_id, programme, month, words FROM arrears_line
WHERE county_code = $1 AND household_id = $2 ORDER BY job_id, person_id, programme, month;

-- name: clear_arrears_write write
UPDATE arrears_line SET words = $7 WHERE county_code = $1 AND household_id = $2 AND job_id = $3
    AND person_id = $4 AND programme = $5 AND month = $6;

-- name: clear_finding_read read
SELECT job_id, why FROM arrears_job WHERE county_code = $1 AND household_id = $2 ORDER BY job_id;

-- name: clear_finding_write write
UPDATE arrears_job SET why = $3 WHERE county_code = $1 AND job_id = $2;

-- name: clear_back_read read
SELECT household_id, programme, back_no, words FROM arrears_back WHERE county_code = $1 AND household_id = $2
ORDER BY programme, back_no;

-- name: clear_back_write write
UPDATE arrears_back SET words = $5 WHERE county_code = $1 AND household_id = $2 AND programme = $3
    AND back_no = $4;

-- name: clear_reveals write
UPDATE person_reveal SET why = $3 WHERE county_code = $1 AND person_id = $2;

-- name: clear_visit_read read
SELECT household_id, person_id, programme, words FROM unclaimed_visit
WHERE county_code = $1 AND household_id = $2 ORDER BY person_id, programme;

-- name: clear_visit_write write
UPDATE unclaimed_visit SET words = $5 WHERE county_code = $1 AND household_id = $2
    AND person_id = $3 AND programme = $4;

-- name: clear_account write
-- What is sealed opens no more; its index goes too.
UPDATE payee_account SET sealed = $3, lookup = $3 WHERE county_code = $1 AND person_id = $2;

-- name: clear_objection_keys write
UPDATE posting_objection SET wrapped = $3, sealed = $3
WHERE county_code = $1 AND posting_id IN (
    SELECT p.posting_id FROM posting AS p WHERE p.county_code = $1 AND p.household_id = $2);

-- name: clear_online_keys write
UPDATE online_application SET wrapped = $3, content = $3, person_lookup = $3, phone_ending = $3
WHERE county_code = $1 AND case_id = $2 AND case_id <> 0;

-- name: clear_line_account write
UPDATE batch_line SET sealed = NULL, lookup = NULL WHERE county_code = $1 AND household_id = $2
    AND payee_id = $3;

-- name: clear_files_note write
INSERT INTO file_cleared (county_code, hash, position)
SELECT DISTINCT county_code, hash, CAST($3 AS BIGINT) FROM case_file
WHERE county_code = $1 AND case_id = $2
ON CONFLICT (county_code, hash) DO NOTHING;

-- name: clear_files write
DELETE FROM case_file WHERE county_code = $1 AND case_id = $2;

-- name: file_cleared_list read
SELECT hash FROM file_cleared WHERE county_code = $1 ORDER BY hash;

-- name: file_cleared_done write
DELETE FROM file_cleared WHERE county_code = $1 AND hash = $2;

-- name: file_cleared_used read
-- fan-out: the same photo may belong to a case of another county
SELECT count(*) FROM case_file WHERE hash = $1;

-- ---- lists that the bank had ----

-- name: retention_batches read
SELECT DISTINCT batch_id FROM batch_line WHERE county_code = $1 AND household_id = $2
ORDER BY batch_id;

-- name: batch_cleared_find read
SELECT chain FROM batch_cleared WHERE county_code = $1 AND batch_id = $2;

-- name: batch_cleared_put write
INSERT INTO batch_cleared (county_code, batch_id, chain, position) VALUES ($1, $2, $3, $4);

-- name: batch_line_cleared_put write
INSERT INTO batch_line_cleared (county_code, batch_id, seq, hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (county_code, batch_id, seq) DO NOTHING;

-- name: batch_line_cleared_all read
SELECT seq, hash FROM batch_line_cleared WHERE county_code = $1 AND batch_id = $2 ORDER BY seq;

-- name: batch_lines_of read
SELECT seq FROM batch_line WHERE county_code = $1 AND batch_id = $2 AND household_id = $3
ORDER BY seq;

-- name: batch_all read
SELECT batch_id, number, digest, line_rows, fen, held_rows, held_fen FROM batch
WHERE county_code = $1 ORDER BY batch_id;

-- ---- what the program keeps for itself ----

-- name: kept_online_due read
SELECT count(*) FROM online_application WHERE county_code = $1 AND answered <> '' AND answered < $2
    AND applicant <> $3;

-- name: kept_online_clear write
-- What was taken over stands in the case, what was returned is over.
UPDATE online_application SET wrapped = $4, content = $4, applicant = $3, words = ''
WHERE county_code = $1 AND answered <> '' AND answered < $2 AND applicant <> $3;

-- name: kept_draft_due read
SELECT count(*) FROM work_case WHERE county_code = $1 AND closed > '' AND closed < $2
    AND draft <> '';

-- name: kept_draft_clear write
UPDATE work_case SET draft = '', draft_by = '' WHERE county_code = $1 AND closed > ''
    AND closed < $2 AND draft <> '';

-- name: kept_book_due read
SELECT count(*) FROM import_book WHERE county_code = $1 AND at_ms < $2 AND told <> '';

-- name: kept_book_clear write
UPDATE import_book SET told = '', name = $3 WHERE county_code = $1 AND at_ms < $2 AND told <> '';

-- name: household_cleared_on read
SELECT cleared_on FROM household_cleared WHERE county_code = $1 AND household_id = $2;
