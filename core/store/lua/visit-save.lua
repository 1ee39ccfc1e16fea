-- Writes one field of a visit and how long the visit is kept. A new grant starts afresh: what became of the one before
-- counts no more.
-- KEYS: visit
-- ARGV: its lifetime in seconds, field, value
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if ARGV[2] == 'grant' then redis.call('HDEL', KEYS[1], 'revoked', 'accepted') end
redis.call('EXPIRE', KEYS[1], ARGV[1])
