-- What a batch of codes is for, and who made it. Batches that are older have no row here.
CREATE TABLE voucher_batches (
  id text PRIMARY KEY,
  label text,
  made_by text NOT NULL
);
CREATE INDEX vouchers_by_batch_id ON vouchers (batch, id);

-- What a site says of itself on the splash. Each save is a version; a version's text is never changed. One of a site is
-- live, one is being worked on, the others are past.
CREATE TABLE own_pages (
  site text NOT NULL,
  version integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'waiting', 'live', 'rejected', 'past')),
  page jsonb NOT NULL,
  written_by text NOT NULL,
  written_at timestamptz NOT NULL,
  sent_by text,
  sent_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  -- Why it was refused.
  reason text,
  PRIMARY KEY (site, version)
);
CREATE UNIQUE INDEX own_pages_live ON own_pages (site) WHERE state = 'live';
CREATE UNIQUE INDEX own_pages_in_work ON own_pages (site) WHERE state IN ('draft', 'waiting', 'rejected');

-- Who took note of an incident, and what he wrote about it.
CREATE TABLE incident_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident bigint NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  who text NOT NULL,
  note text NOT NULL
);
CREATE INDEX incident_notes_by_incident ON incident_notes (incident);
