-- Days on which the city's offices don't follow the week: weekdays off, weekends worked, and which
-- years are published. The same for all counties; brought to places/calendar.csv by `huimin init`.

-- schema: calendar_day since 2
-- reference
CREATE TABLE calendar_day (
    day TEXT NOT NULL,               -- of a year: its first
    kind TEXT NOT NULL,              -- off, work; year: the year's calendar is published
    name TEXT NOT NULL,              -- of the holiday
    PRIMARY KEY (day, kind)
) -- clustered

-- name: calendar_days read
SELECT day, kind, name FROM calendar_day ORDER BY day, kind;

-- name: calendar_day_put write
INSERT INTO calendar_day (day, kind, name) VALUES ($1, $2, $3);

-- name: calendar_day_drop write
DELETE FROM calendar_day WHERE day = $1 AND kind = $2;
