-- Changes a pass that is still kept; one that is gone must not come back without a lifetime.
-- KEYS: pass
-- ARGV: a field that it must have, then fields and values by turns
-- Returns 1 when it did.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
