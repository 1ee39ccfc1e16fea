-- Puts many members of a usage into few, if they are still what the caller read.
-- KEYS: usage
-- ARGV: how many members go, then each with its score, then those that come with theirs
-- Returns 1 when done.
local last = 1 + 2 * tonumber(ARGV[1])
for i = 2, last, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) ~= ARGV[i + 1] then return 0 end
end
for i = 2, last, 2 do redis.call('ZREM', KEYS[1], ARGV[i]) end
for i = last + 1, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i + 1], ARGV[i]) end
return 1
