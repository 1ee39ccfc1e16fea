-- What a gateway's reports of a session showed of the gateway, beside session_log: kept for a week, one row a session.
-- `acct` is a keyed digest of the gateway's Acct-Session-Id. `faults` are the bits of core/domain/gateway-checks.ts.
CREATE TABLE session_checks (
  session_id text NOT NULL,
  started_at timestamptz NOT NULL,
  nas text NOT NULL,
  acct text NOT NULL,
  faults smallint NOT NULL,
  interims integer NOT NULL,
  longest_gap_seconds integer NOT NULL,
  interim_seconds integer NOT NULL,
  gigawords boolean NOT NULL,
  PRIMARY KEY (session_id, started_at)
) WITH (fillfactor = 70);
CREATE INDEX session_checks_by_nas ON session_checks (nas, started_at);
