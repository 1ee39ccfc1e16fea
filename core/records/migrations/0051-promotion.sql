-- Items that staff write: what is proposed stays beside what visitors see until somebody else has approved it.
ALTER TABLE campaigns
  DROP CONSTRAINT campaigns_state_check,
  ADD CONSTRAINT campaigns_state_check CHECK (state IN ('draft', 'waiting', 'live', 'rejected', 'paused', 'over')),
  ADD COLUMN proposed jsonb,
  -- Counts what was proposed, so that a form made from an older version is refused.
  ADD COLUMN version integer NOT NULL DEFAULT 0,
  ADD COLUMN written_by text,
  ADD COLUMN written_at timestamptz,
  ADD COLUMN decided_by text,
  ADD COLUMN decided_at timestamptz;
