-- The month: runs, determinations, awards and the list of payments. Rows of a run carry its job
-- number and are read by nobody until month_run names that job.

-- schema: run_job
CREATE TABLE run_job (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL,             -- running, done, replaced
    position BIGINT NOT NULL,        -- the change position that it reads at
    rule_hash TEXT NOT NULL,
    engine TEXT NOT NULL,            -- the engine's semantic version
    who TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    next_household BIGINT NOT NULL,  -- where it goes on: the first household not yet done
    digest BYTEA NOT NULL,           -- SM3 chain over the results of the slices so far
    PRIMARY KEY (county_code, job_id)
) -- clustered

-- schema: month_run
-- The run whose results are a county's month. Changing this row makes a finished run visible.
CREATE TABLE month_run (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    PRIMARY KEY (county_code, month)
) -- clustered

-- schema: run_slice
-- For everybody: count and hash of the results of a run of households.
CREATE TABLE run_slice (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    first_household BIGINT NOT NULL,
    last_household BIGINT NOT NULL,
    households BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (county_code, job_id, first_household)
) -- clustered

-- schema: determination
-- One a month for each enrolled household or person and programme (and whenever a result is kept).
CREATE TABLE determination (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,           -- the outcome's name, or 'undecided'
    reasons TEXT NOT NULL,           -- names joined by '+'
    amount_fen BIGINT,               -- to the household itself (or the person); null: open
    carried TEXT NOT NULL,           -- what next month takes over: 'first_month_above=2020-09',
                                     -- several joined by '+'; '' nothing
    input_hash BYTEA NOT NULL,       -- SM3 of inputs, parameters, rule version, engine version, result
    PRIMARY KEY (county_code, month, household_id, person_id, programme, job_id)
) -- clustered

-- schema: award
-- The amount decided for a month of an enrolment.
CREATE TABLE award (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: to the household
    programme TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    ground TEXT NOT NULL,            -- 'determined', or 'kept' while the household is undecided
    who TEXT NOT NULL,               -- decided by
    PRIMARY KEY (county_code, month, household_id, person_id, programme, job_id)
) -- clustered

-- schema: payment
-- A line of the month's list: one payee, programme and month.
CREATE TABLE payment (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,        -- the person whose account is paid
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,              -- 'month'
    job_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (county_code, month, household_id, payee_id, programme, kind, job_id)
) -- clustered

-- schema: run_count
-- What a run found, by village and programme.
CREATE TABLE run_count (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    division BIGINT NOT NULL,
    programme TEXT NOT NULL,
    households BIGINT NOT NULL,      -- awarded
    persons BIGINT NOT NULL,         -- in awarded households' units, or awarded persons
    amount_fen BIGINT NOT NULL,
    not_enrolled BIGINT NOT NULL,    -- qualifies, not enrolled
    no_more BIGINT NOT NULL,         -- enrolled, qualifies no more
    undecided BIGINT NOT NULL,
    PRIMARY KEY (county_code, job_id, division, programme)
) -- clustered
