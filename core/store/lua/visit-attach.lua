-- Writes a field of a visit that is still kept; one that is gone must not come back without a lifetime.
-- KEYS: visit
-- ARGV: field, value, HSET or, for a field that is written once, HSETNX
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call(ARGV[3], KEYS[1], ARGV[1], ARGV[2]) end
