-- Counts one more, and answers how many there were since the first of them.
-- KEYS: the count
-- ARGV: its lifetime in seconds, from the first
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
