-- The city and what staff keep. `origin` tells records of the city file from those that staff added.
CREATE TABLE operators (
  id text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE sites (
  id text PRIMARY KEY,
  record jsonb NOT NULL,
  origin text NOT NULL CHECK (origin IN ('file', 'staff')),
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- `record` holds the NAS with its secrets sealed.
CREATE TABLE nas (
  id text PRIMARY KEY,
  site text NOT NULL REFERENCES sites (id),
  record jsonb NOT NULL,
  origin text NOT NULL CHECK (origin IN ('file', 'staff')),
  changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vouchers (
  id text PRIMARY KEY,
  batch text NOT NULL,
  site text NOT NULL REFERENCES sites (id),
  code_sealed text NOT NULL,
  seconds bigint,
  octets bigint,
  devices integer NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX vouchers_by_batch ON vouchers (site, batch);

CREATE TABLE people (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('city', 'operator', 'site-manager', 'editor', 'auditor')),
  sites text[] NOT NULL DEFAULT '{}',
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  who text NOT NULL,
  what text NOT NULL,
  target text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
