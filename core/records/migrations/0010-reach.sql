-- Figures of devices. What tells one device from another lives only as long as the key of its day or month; the counts that
-- are made of it stay.

-- Whether a page of ours led to a session.
ALTER TABLE session_log ADD COLUMN by_visit boolean;

-- What a change of a session added to its site's day, so that the days can be added up again: `started_at` with the first
-- change alone, and nothing where it added nothing.
ALTER TABLE session_events
  ADD COLUMN day date,
  ADD COLUMN started_at timestamptz,
  ADD COLUMN ended smallint,
  ADD COLUMN seconds bigint,
  ADD COLUMN from_visitor_octets bigint,
  ADD COLUMN to_visitor_octets bigint;
CREATE INDEX session_events_by_day ON session_events USING brin (day);

-- Steps and refusals, without a word of whose; partitions a day, dropped after 90 days like those of session_events.
CREATE TABLE portal_events (
  known_at timestamptz NOT NULL,
  day date NOT NULL,
  site text NOT NULL,
  kind text NOT NULL,
  value text NOT NULL
) PARTITION BY RANGE (known_at);
CREATE INDEX portal_events_by_day ON portal_events USING brin (day);

-- From which day on session_events and portal_events hold all that the days are made of.
CREATE TABLE complete_since (day date PRIMARY KEY);
INSERT INTO complete_since SELECT CASE WHEN EXISTS (SELECT FROM session_log)
  THEN (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 1 ELSE DATE '2000-01-01' END;

-- What one device did on a day, under the key of that day. Dropped with the key.
CREATE TABLE device_days (
  day date NOT NULL,
  device bigint NOT NULL,
  facts text NOT NULL,
  PRIMARY KEY (day, device)
) PARTITION BY RANGE (day);

-- On which days of a month a device got online, under the key of that month: bit 0 is the first. Dropped with the key.
CREATE TABLE device_months (
  month date NOT NULL,
  device bigint NOT NULL,
  days integer NOT NULL,
  PRIMARY KEY (month, device)
) PARTITION BY RANGE (month);

-- How many devices of a day did what, or visits were how long. `scope`: all, a category, `operator ID`, `site ID`. A device
-- that was at two sites counts once in each scope that holds both.
CREATE TABLE device_counts (
  scope text NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (scope, day, kind, value)
) WITH (fillfactor = 70);
CREATE INDEX device_counts_by_day ON device_counts (day);
INSERT INTO device_counts SELECT 'site ' || site, day, kind, value, round(count)
  FROM site_day_counts WHERE kind IN ('language', 'device');
INSERT INTO device_counts SELECT 'all', day, kind, value, round(sum(count))
  FROM site_day_counts WHERE kind IN ('language', 'device') GROUP BY day, kind, value;
DELETE FROM site_day_counts WHERE kind IN ('language', 'device');
DELETE FROM site_total_counts WHERE kind NOT IN ('funnel', 'refusal');

-- Of the devices of a site's week or month, those with an address of their own (`fixed`) and those that came again
-- (`returning`).
CREATE TABLE reach_parts (
  period text NOT NULL,
  starts_on date NOT NULL,
  site text NOT NULL,
  part text NOT NULL,
  sketch bytea NOT NULL,
  PRIMARY KEY (period, starts_on, site, part)
);
ALTER TABLE reach_parts ALTER COLUMN sketch SET STORAGE EXTERNAL;

-- By how much the number of open sessions of a site changed in a minute; kept for 35 days.
CREATE TABLE site_minutes (
  at timestamptz NOT NULL,
  site text NOT NULL,
  change integer NOT NULL,
  PRIMARY KEY (at, site)
) WITH (fillfactor = 70);
-- Days whose peaks are to be found again; `revision` grows with every change.
CREATE SEQUENCE stale_revisions;
CREATE TABLE stale_days (
  day date PRIMARY KEY,
  revision bigint NOT NULL DEFAULT nextval('stale_revisions')
);
-- The most sessions open at once, at a minute's beginning, how many were open when the day began and by how many more it ended.
CREATE TABLE day_peaks (
  scope text NOT NULL,
  day date NOT NULL,
  peak bigint NOT NULL,
  peak_at timestamptz NOT NULL,
  open_before bigint NOT NULL,
  change bigint NOT NULL,
  PRIMARY KEY (scope, day)
);
CREATE INDEX day_peaks_by_day ON day_peaks (day);

-- Sessions that are open now will end in these tables.
INSERT INTO site_minutes (at, site, change)
  SELECT to_timestamp(ceil(extract(epoch FROM started_at) / 60) * 60), site, count(*)
  FROM session_log WHERE ended_at IS NULL GROUP BY 1, 2;
INSERT INTO stale_days (day) SELECT DISTINCT (at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM site_minutes;
