-- Lets a device use a pass: by the place that it has, or by a free one.
-- KEYS: pass
-- ARGV: device, what to note of it, now in ms, how long a use keeps the pass in ms, lifetime of the key in seconds,
--       a device that gives up its place ('' for none) and what is noted of it
-- Returns a word and all fields and values: 'joined'; 'full', when all its places are taken; 'over', when it was revoked
-- or has expired. Returns the word alone when there is no such pass.
local pass = redis.call('HMGET', KEYS[1], 'most', 'until', 'end', 'revoked')
if not pass[1] then return { 'over' } end
local now = tonumber(ARGV[3])
local word = 'joined'
if pass[4] or tonumber(pass[2]) <= now then
  word = 'over'
elseif redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  -- Who has come in since it was looked at keeps its place.
  if ARGV[6] ~= '' and redis.call('HGET', KEYS[1], ARGV[6]) == ARGV[7] then redis.call('HDEL', KEYS[1], ARGV[6]) end
  local places = tonumber(pass[1])
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 2) == 'm.' then places = places - 1 end
  end
  if places < 1 then word = 'full' end
end
if word == 'joined' then
  local kept = math.min(tonumber(pass[3]), now + tonumber(ARGV[4]))
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], 'until', string.format('%.0f', kept))
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return { word, unpack(redis.call('HGETALL', KEYS[1])) }
