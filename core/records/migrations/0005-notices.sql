-- What staff tell visitors. `notice` is what was drafted, and is never changed: what was approved is what is shown.
CREATE TABLE notices (
  id text PRIMARY KEY,
  notice jsonb NOT NULL,
  drafted_by text NOT NULL,
  drafted_at timestamptz NOT NULL,
  approved_by text,
  approved_at timestamptz,
  ended_by text,
  ended_at timestamptz,
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
