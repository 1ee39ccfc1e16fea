-- Adds a field to a visit that is still kept; one that is gone must not come back without a lifetime.
-- KEYS: visit
-- ARGV: field, value
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
