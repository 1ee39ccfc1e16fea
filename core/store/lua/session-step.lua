-- Saves one change of a session if the record is still what the caller read.
-- KEYS: session record, open sessions of its NAS, event stream of its shard
-- ARGV: expected record ('' for none), new record, its lifetime in seconds, member of the open index,
--       deadline of silence in ms ('' when the session has ended), then one event each
-- Returns false when saved, else the record that is there now ('' for none).
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return current end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[2], ARGV[4])
else
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
end
for i = 6, #ARGV do redis.call('XADD', KEYS[3], '*', 'e', ARGV[i]) end
return false
