-- Saves one change of a session if the record is still what the caller read.
-- KEYS: session record, open sessions of its NAS, event stream of its shard
-- ARGV: expected record ('' for none), new record, its lifetime in seconds ('' while it is open: its end gives it one),
--       member of the open index, deadline of silence in ms ('' when the session has ended, '-' to leave it as it is),
--       then one event each
-- Returns false when saved, else the record that is there now ('' for none).
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return current end
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[2], ARGV[4])
elseif ARGV[5] ~= '-' then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
end
for i = 6, #ARGV do redis.call('XADD', KEYS[3], '*', 'e', ARGV[i]) end
return false
