-- Writes a pass and how long it is kept.
-- KEYS: pass
-- ARGV: its lifetime in seconds, then fields and values by turns
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
