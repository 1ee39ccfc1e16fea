-- What happened to each session, in the order in which the platform came to know it: its changes, who asked the gateway
-- to end it, and the answer. Nothing here tells whose session it was; session_log has that, sealed.
-- (known_at, stream, seq) is the entry of the event stream that told it, so an event is here once. Rows are read by
-- session and removed by the day: each city day is a partition, made with its first row and dropped after 90 days.
CREATE TABLE session_events (
  session_id text COLLATE "C" NOT NULL,
  known_at timestamptz NOT NULL,
  stream smallint NOT NULL,
  kind smallint NOT NULL,
  seq integer NOT NULL,
  fact text NOT NULL,
  PRIMARY KEY (session_id, known_at, stream, seq)
) PARTITION BY RANGE (known_at);
