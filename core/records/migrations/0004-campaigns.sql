-- The catalogue of items, and what became of them. Only `live` items reach the portal: those of the city file are, what
-- staff write waits for the city's word.
CREATE TABLE campaigns (
  id text PRIMARY KEY,
  record jsonb NOT NULL,
  origin text NOT NULL CHECK (origin IN ('file', 'staff')),
  state text NOT NULL DEFAULT 'live' CHECK (state IN ('draft', 'waiting', 'live', 'rejected')),
  -- Why it was rejected.
  reason text,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- Which item met which device on a city day, so that each counts once. `device` is the day's pseudonym; rows go when its
-- key does. `held` is null for a device that opened the item's page before the item ever came into its slots.
CREATE TABLE campaign_devices (
  day date NOT NULL,
  device bigint NOT NULL,
  campaign text NOT NULL,
  held boolean,
  met_at timestamptz,
  opened boolean NOT NULL DEFAULT false,
  visited boolean NOT NULL DEFAULT false,
  site text NOT NULL,
  lang text NOT NULL,
  PRIMARY KEY (day, device, campaign)
) WITH (fillfactor = 80);

-- When a device last began a session at a place that an item points to. Streams are read side by side, so this may be
-- known before the meeting that it followed.
CREATE TABLE campaign_arrivals (
  day date NOT NULL,
  device bigint NOT NULL,
  site text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (day, device, site)
);

-- What stays: device-days by item, the site and language of the page where it was met, and arm. `other` opened the
-- item's page without having met it.
CREATE TABLE campaign_days (
  campaign text NOT NULL,
  day date NOT NULL,
  site text NOT NULL,
  lang text NOT NULL,
  arm text NOT NULL CHECK (arm IN ('served', 'held', 'other')),
  devices bigint NOT NULL,
  opened bigint NOT NULL,
  visited bigint NOT NULL,
  PRIMARY KEY (campaign, day, site, lang, arm)
) WITH (fillfactor = 80);

-- The same since the beginning, so that a scrape reads three rows an item.
CREATE TABLE campaign_totals (
  campaign text NOT NULL,
  arm text NOT NULL,
  devices bigint NOT NULL,
  opened bigint NOT NULL,
  visited bigint NOT NULL,
  PRIMARY KEY (campaign, arm)
) WITH (fillfactor = 80);
