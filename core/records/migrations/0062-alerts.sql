-- Incidents that Alertmanager tells of have the cause `alert` and the rule's name as their subject: one for each fingerprint and
-- beginning, however often it is told. `heard_at` is when it was told last.
ALTER TABLE incidents
  ADD COLUMN fingerprint text,
  ADD COLUMN starts_at timestamptz,
  ADD COLUMN heard_at timestamptz,
  ADD CHECK ((cause = 'alert') = (fingerprint IS NOT NULL AND starts_at IS NOT NULL AND heard_at IS NOT NULL));
CREATE UNIQUE INDEX incidents_alerts ON incidents (fingerprint, starts_at);
-- A rule may fire for many things at once.
DROP INDEX incidents_open;
CREATE UNIQUE INDEX incidents_open ON incidents (cause, subject) WHERE closed_at IS NULL AND cause <> 'alert';
