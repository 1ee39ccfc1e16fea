-- What became of items by day and by month, of all pages, by language and by site, kept as it is counted: a month's report
-- is then some rows an item, however many days and sites it has. Device-days as ItemCounts has them.
CREATE TABLE campaign_day_parts (
  day date NOT NULL,
  campaign text NOT NULL,
  by text NOT NULL CHECK (by IN ('all', 'language', 'site')),
  value text NOT NULL,
  served bigint NOT NULL,
  held bigint NOT NULL,
  opened bigint NOT NULL,
  opened_otherwise bigint NOT NULL,
  visited bigint NOT NULL,
  visited_held bigint NOT NULL,
  PRIMARY KEY (day, campaign, by, value)
) WITH (fillfactor = 70);

-- `most_` is the largest day's: of so many different devices a sum is at least. Counts of days only rise, so it does, too.
CREATE TABLE campaign_month_parts (
  month date NOT NULL,
  campaign text NOT NULL,
  by text NOT NULL,
  value text NOT NULL,
  served bigint NOT NULL,
  held bigint NOT NULL,
  opened bigint NOT NULL,
  opened_otherwise bigint NOT NULL,
  visited bigint NOT NULL,
  visited_held bigint NOT NULL,
  most_served bigint NOT NULL,
  most_held bigint NOT NULL,
  most_opened bigint NOT NULL,
  most_opened_otherwise bigint NOT NULL,
  most_visited bigint NOT NULL,
  most_visited_held bigint NOT NULL,
  PRIMARY KEY (month, campaign, by, value)
) WITH (fillfactor = 70);

INSERT INTO campaign_day_parts
  SELECT day, campaign, CASE WHEN GROUPING(lang) = 0 THEN 'language' WHEN GROUPING(site) = 0 THEN 'site' ELSE 'all' END,
    coalesce(lang, site, ''),
    coalesce(sum(devices) FILTER (WHERE arm = 'served'), 0), coalesce(sum(devices) FILTER (WHERE arm = 'held'), 0),
    coalesce(sum(opened) FILTER (WHERE arm = 'served'), 0), coalesce(sum(opened) FILTER (WHERE arm <> 'served'), 0),
    coalesce(sum(visited) FILTER (WHERE arm = 'served'), 0), coalesce(sum(visited) FILTER (WHERE arm = 'held'), 0)
  FROM campaign_days GROUP BY GROUPING SETS ((day, campaign), (day, campaign, lang), (day, campaign, site));
INSERT INTO campaign_month_parts
  SELECT date_trunc('month', day::timestamp), campaign, by, value,
    sum(served), sum(held), sum(opened), sum(opened_otherwise), sum(visited), sum(visited_held),
    max(served), max(held), max(opened), max(opened_otherwise), max(visited), max(visited_held)
  FROM campaign_day_parts GROUP BY 1, campaign, by, value;
