-- What days of sites add up to by scope (`all`, a category, `operator ID`), so that a month of a thousand sites is thirty rows.
-- A site counts with the category and operator that it had when the event was counted.
CREATE TABLE scope_days (
  scope text NOT NULL,
  day date NOT NULL,
  sessions bigint NOT NULL,
  seconds numeric NOT NULL,
  from_visitor_octets numeric NOT NULL,
  to_visitor_octets numeric NOT NULL,
  PRIMARY KEY (scope, day)
) WITH (fillfactor = 70);
CREATE TABLE scope_day_counts (
  scope text NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  count double precision NOT NULL,
  PRIMARY KEY (scope, day, kind, value)
) WITH (fillfactor = 70);

-- The scopes that a site's figures count in beside its own; sites that are in no record are the city's all the same.
CREATE VIEW site_scopes AS
  SELECT id AS site, scope FROM sites
  CROSS JOIN LATERAL (VALUES (record->>'category'), ('operator ' || (record->>'operator'))) AS s (scope)
  WHERE scope IS NOT NULL;

INSERT INTO scope_days
  SELECT scope, day, sum(sessions), sum(seconds), sum(from_visitor_octets), sum(to_visitor_octets)
  FROM (SELECT 'all' AS scope, d.* FROM site_days d
        UNION ALL SELECT s.scope, d.* FROM site_days d JOIN site_scopes s ON s.site = d.site) AS each
  GROUP BY scope, day;
INSERT INTO scope_day_counts
  SELECT scope, day, kind, value, sum(count)
  FROM (SELECT 'all' AS scope, d.* FROM site_day_counts d
        UNION ALL SELECT s.scope, d.* FROM site_day_counts d JOIN site_scopes s ON s.site = d.site) AS each
  GROUP BY scope, day, kind, value;

-- The parts of sites merged as reach_totals are; `revision` comes from the same sequence, so that one mark tells what is merged.
ALTER TABLE reach_parts ADD COLUMN revision bigint NOT NULL DEFAULT nextval('reach_revisions');
CREATE INDEX reach_parts_by_revision ON reach_parts (revision);
CREATE INDEX reach_parts_by_site ON reach_parts (site, period, starts_on);
CREATE TABLE reach_part_totals (
  period text NOT NULL,
  starts_on date NOT NULL,
  category text NOT NULL,
  part text NOT NULL,
  sketch bytea NOT NULL,
  visitors double precision NOT NULL,
  exact boolean NOT NULL,
  PRIMARY KEY (period, starts_on, category, part)
);
ALTER TABLE reach_part_totals ALTER COLUMN sketch SET STORAGE EXTERNAL;
