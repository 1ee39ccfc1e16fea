-- Visitors online on average in each hour of the day, from midnight in Hà Nội, over four weeks of `site_hours`; made once an hour.
CREATE TABLE site_weights (
  site text PRIMARY KEY,
  weighed_in timestamptz NOT NULL,
  visitors double precision[] NOT NULL CHECK (cardinality(visitors) = 24)
);
