-- How many slots of a day were what, kept with them: a month of a thousand sites is then a sum. `down` holds `planned`.
ALTER TABLE site_availability
  ADD COLUMN down smallint NOT NULL GENERATED ALWAYS AS (288 - length(translate(slots, 'dw', ''))) STORED,
  ADD COLUMN planned smallint NOT NULL GENERATED ALWAYS AS (288 - length(translate(slots, 'w', ''))) STORED,
  ADD COLUMN quiet smallint NOT NULL GENERATED ALWAYS AS (288 - length(translate(slots, 'q', ''))) STORED,
  ADD COLUMN unseen smallint NOT NULL GENERATED ALWAYS AS (288 - length(translate(slots, '-', ''))) STORED;
