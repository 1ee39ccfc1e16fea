-- A code may have a speed of its own, in bits per second; null is the site's.
ALTER TABLE vouchers
  ADD COLUMN down_bits_per_second bigint,
  ADD COLUMN up_bits_per_second bigint;
