-- A second factor: the secret sealed, the last step whose code was used, and keyed digests of recovery codes left.
-- `password_once`: somebody else made the password, so its owner makes another one before anything else.
ALTER TABLE people
  ADD COLUMN password_once boolean NOT NULL DEFAULT false,
  ADD COLUMN totp_sealed text,
  ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
  ADD COLUMN recovery_digests text[] NOT NULL DEFAULT '{}';

-- What programs show instead of a password; the token itself is nowhere, only its digest.
CREATE TABLE tokens (
  id text PRIMARY KEY,
  person text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name text NOT NULL,
  digest text NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX tokens_by_person ON tokens (person);
