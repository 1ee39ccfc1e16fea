-- What the events add up to. Written by analytics, read by the console.

-- The last event of each stream that these records hold. Moved in the same transaction as what the event changed.
CREATE TABLE collector_positions (
  stream text PRIMARY KEY,
  last_id text NOT NULL DEFAULT '0-0'
);

-- Events that could not be read, for whoever mends the writer. `payload_sealed` may hold personal data; kept 30 days.
CREATE TABLE collector_rejects (
  stream text NOT NULL,
  entry_id text NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  payload_sealed text NOT NULL,
  PRIMARY KEY (stream, entry_id)
);
CREATE INDEX collector_rejects_by_time ON collector_rejects (at);

-- Each session once. A NAS may use the Class of one Accept for two sessions, so the id has its start beside it.
-- `sealed` holds device, addresses and names; nothing else here tells who it was.
-- The room left in each page lets a running session be updated without touching an index.
CREATE TABLE session_log (
  id text NOT NULL,
  started_at timestamptz NOT NULL,
  nas text NOT NULL,
  site text NOT NULL,
  method text,
  lang text,
  os text,
  device_randomised boolean NOT NULL,
  heard_at timestamptz NOT NULL,
  ended_at timestamptz,
  cause text,
  seconds bigint NOT NULL,
  from_visitor_octets bigint NOT NULL,
  to_visitor_octets bigint NOT NULL,
  version integer NOT NULL,
  sealed text NOT NULL,
  PRIMARY KEY (id, started_at)
) WITH (fillfactor = 70);
CREATE INDEX session_log_by_site ON session_log (site, started_at);
CREATE INDEX session_log_open ON session_log (nas) WHERE ended_at IS NULL;

-- Per city day (Asia/Ho_Chi_Minh) of the event. `sessions` began, `ended` came to an end (less those that were found
-- alive after all), so open now = everything begun less everything ended. Octets are sums that may pass 2^63.
CREATE TABLE site_days (
  site text NOT NULL,
  day date NOT NULL,
  sessions bigint NOT NULL,
  ended bigint NOT NULL,
  seconds numeric NOT NULL,
  from_visitor_octets numeric NOT NULL,
  to_visitor_octets numeric NOT NULL,
  PRIMARY KEY (site, day)
) WITH (fillfactor = 70);
CREATE INDEX site_days_by_day ON site_days (day);

-- kind: funnel (step), refusal (reason), method (of each session), language and device (once a device and day).
-- Past 2,000 devices a site and day the last two are estimates, hence no integers.
CREATE TABLE site_day_counts (
  site text NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  count double precision NOT NULL,
  PRIMARY KEY (site, day, kind, value)
) WITH (fillfactor = 70);
CREATE INDEX site_day_counts_by_day ON site_day_counts (day, kind);

-- The same since the beginning, so that a scrape reads a row a site.
CREATE TABLE site_totals (
  site text PRIMARY KEY,
  sessions bigint NOT NULL,
  ended bigint NOT NULL,
  seconds numeric NOT NULL,
  from_visitor_octets numeric NOT NULL,
  to_visitor_octets numeric NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE site_total_counts (
  site text NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  count double precision NOT NULL,
  PRIMARY KEY (site, kind, value)
) WITH (fillfactor = 70);

-- The keys that turn devices into pseudonyms, one a period. A destroyed key stays as an empty row, so that a late
-- event cannot bring it back.
CREATE TABLE pseudonym_keys (
  period text NOT NULL CHECK (period IN ('day', 'week', 'month')),
  starts_on date NOT NULL,
  key_sealed text,
  destroy_after timestamptz NOT NULL,
  PRIMARY KEY (period, starts_on)
);

-- Different devices that got online at a site in a period. `revision` grows with every change.
CREATE SEQUENCE reach_revisions;
CREATE TABLE reach_sketches (
  period text NOT NULL,
  starts_on date NOT NULL,
  site text NOT NULL,
  sketch bytea NOT NULL,
  visitors double precision NOT NULL,
  exact boolean NOT NULL,
  revision bigint NOT NULL DEFAULT nextval('reach_revisions'),
  PRIMARY KEY (period, starts_on, site)
);
-- Hashes do not compress, and trying costs eight times the write.
ALTER TABLE reach_sketches ALTER COLUMN sketch SET STORAGE EXTERNAL;
CREATE INDEX reach_sketches_by_site ON reach_sketches (site, period, starts_on);
CREATE INDEX reach_sketches_by_revision ON reach_sketches (revision);

-- The sites' sketches merged, per category and for `all`, and up to which revision they are.
CREATE TABLE reach_totals (
  period text NOT NULL,
  starts_on date NOT NULL,
  category text NOT NULL,
  sketch bytea NOT NULL,
  visitors double precision NOT NULL,
  exact boolean NOT NULL,
  PRIMARY KEY (period, starts_on, category)
);
ALTER TABLE reach_totals ALTER COLUMN sketch SET STORAGE EXTERNAL;
CREATE TABLE reach_folded (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  revision bigint NOT NULL
);
INSERT INTO reach_folded (revision) VALUES (0);
