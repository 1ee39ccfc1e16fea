-- What staff note on a day, so that a figure is read with what happened: of the whole city, or (site) of one site.
CREATE TABLE annotations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day date NOT NULL,
  site text,
  vi text NOT NULL,
  en text NOT NULL,
  who text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX annotations_day ON annotations (day);
