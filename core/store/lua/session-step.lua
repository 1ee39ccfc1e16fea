-- Saves one change of a session if the record is still what the caller knows.
-- KEYS: session record, open sessions of its NAS, event stream of its shard
-- ARGV: what the known record begins with ('' for none): its version and id, which no other state of it has,
--       new record, its lifetime in seconds ('' while it is open: its end gives it one),
--       member of the open index, deadline of silence in ms ('' when the session has ended, '-' to leave it as it is),
--       then one event each, the last of which ends with the new record, which is put to it here
-- Returns false when saved, else the record that is there now ('' for none).
local known = ARGV[1]
if known == '' then
  local current = redis.call('GET', KEYS[1])
  if current then return current end
elseif redis.call('GETRANGE', KEYS[1], 0, #known - 1) ~= known then
  return redis.call('GET', KEYS[1]) or ''
end
local record = ARGV[2]
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'EX', ARGV[3])
end
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[2], ARGV[4])
elseif ARGV[5] ~= '-' then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
end
local last = #ARGV
for i = 6, last - 1 do redis.call('XADD', KEYS[3], '*', 'e', ARGV[i]) end
redis.call('XADD', KEYS[3], '*', 'e', ARGV[last] .. record)
return false
