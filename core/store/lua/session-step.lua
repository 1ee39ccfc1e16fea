-- Saves one change of a session if the record is still what the caller knows.
-- Each octet that a script is given or makes costs: the usual change, of an open session that goes on, brings little.
-- KEYS: session record, event stream of its shard; where the session begins or ends, the open sessions of its NAS, too
-- ARGV: what the known record begins with ('' for none): its version and id, which no other state of it has,
--       new record,
--       with a third key: its member there, deadline of silence in ms ('' when the session has ended), lifetime of the
--       record in seconds ('' while the session is open: its end gives it one),
--       then one event each, the last of which ends with the new record, which is put to it here
-- Returns false when saved, else the record that is there now ('' for none).
local known, record, index, lifetime = ARGV[1], ARGV[2], KEYS[3], ''
local first, last = 3, #ARGV
if index then first, lifetime = 6, ARGV[5] end
if known == '' then
  if not redis.call('SET', KEYS[1], record, 'NX') then return redis.call('GET', KEYS[1]) end
  if lifetime ~= '' then redis.call('EXPIRE', KEYS[1], lifetime) end
elseif redis.call('GETRANGE', KEYS[1], 0, #known - 1) ~= known then
  return redis.call('GET', KEYS[1]) or ''
elseif lifetime == '' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'EX', lifetime)
end
if index then
  if ARGV[4] == '' then redis.call('ZREM', index, ARGV[3]) else redis.call('ZADD', index, ARGV[4], ARGV[3]) end
end
for i = first, last - 1 do redis.call('XADD', KEYS[2], '*', 'e', ARGV[i]) end
redis.call('XADD', KEYS[2], '*', 'e', ARGV[last] .. record)
return false
