-- Figures of one kind and day, of all sites at once.
CREATE INDEX device_counts_by_kind ON device_counts (day, kind);
DROP INDEX device_counts_by_day;
CREATE INDEX site_availability_by_day ON site_availability (day);
