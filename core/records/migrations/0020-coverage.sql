-- How the city's sites were, look by look. Written by analytics, read by the console. Nothing here is about a device.

-- The last minute that was looked at: of several processes one takes each minute.
CREATE TABLE coverage_looks (
  id integer PRIMARY KEY CHECK (id = 1),
  minute bigint NOT NULL
);

-- What a gateway was like at the last look, so that one that falls silent with visitors on it is told from a quiet night.
CREATE TABLE gateway_looks (
  nas text PRIMARY KEY,
  looked_at timestamptz NOT NULL,
  heard_at timestamptz,
  open_sessions integer NOT NULL,
  silent boolean NOT NULL
) WITH (fillfactor = 50);

-- A city day of a site in 288 slots of five minutes, a letter each (core/domain/availability.ts), the worst of its looks.
CREATE TABLE site_availability (
  site text NOT NULL,
  day date NOT NULL,
  slots text NOT NULL CHECK (length(slots) = 288),
  PRIMARY KEY (site, day)
) WITH (fillfactor = 50);

-- How many visitors were online: the sum over the looks of an hour. Kept five weeks: the weights of availability.
CREATE TABLE site_hours (
  site text NOT NULL,
  hour timestamptz NOT NULL,
  looks integer NOT NULL,
  visitors bigint NOT NULL,
  PRIMARY KEY (hour, site)
) WITH (fillfactor = 70);

-- `planned`: planned work covered it all along. `site` is null for one of the whole platform.
CREATE TABLE incidents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cause text NOT NULL,
  subject text NOT NULL,
  site text,
  detail jsonb NOT NULL DEFAULT '{}',
  began_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  planned boolean NOT NULL,
  CHECK (closed_at >= opened_at)
);
CREATE UNIQUE INDEX incidents_open ON incidents (cause, subject) WHERE closed_at IS NULL;
CREATE INDEX incidents_by_time ON incidents (began_at);

-- What is counted towards opening or closing an incident; the row goes once it is good and nothing is open.
CREATE TABLE incident_watches (
  cause text NOT NULL,
  subject text NOT NULL,
  bad integer NOT NULL,
  good integer NOT NULL,
  bad_since timestamptz,
  PRIMARY KEY (cause, subject)
);

-- The last look at each site in service, for whoever shows how it is now.
CREATE TABLE site_looks (
  site text PRIMARY KEY,
  looked_at timestamptz NOT NULL,
  live boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('up', 'down', 'unknown')),
  reason text,
  login text NOT NULL CHECK (login IN ('passed', 'failing', 'untested')),
  access_points_live integer NOT NULL,
  access_points_silent integer NOT NULL,
  access_points_unknown integer NOT NULL
) WITH (fillfactor = 50);
