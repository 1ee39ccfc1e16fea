-- Counts what one session has used so far against its subject; told twice, it counts once.
-- KEYS: usage of the subject in a period
-- ARGV: session id, seconds so far, octets so far, lifetime in seconds
-- Returns the subject's seconds and octets.
local function grow(field, total, now)
  local known = tonumber(redis.call('HGET', KEYS[1], field) or '0')
  local more = tonumber(now) - known
  if more > 0 then
    redis.call('HSET', KEYS[1], field, now)
    redis.call('HINCRBY', KEYS[1], total, string.format('%.0f', more))
  end
end
grow('s:' .. ARGV[1], 'seconds', ARGV[2])
grow('o:' .. ARGV[1], 'octets', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return redis.call('HMGET', KEYS[1], 'seconds', 'octets')
