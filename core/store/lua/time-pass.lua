-- Lets time pass for a platform whose clock stands.
-- KEYS: the event streams
-- ARGV: the moment in epoch ms, by how many ms lifetimes get shorter
local first = ARGV[1] .. '-0'
for _, stream in ipairs(KEYS) do
  -- Refused where the stream has come that far.
  local id = redis.pcall('XADD', stream, first, 'e', '')
  if type(id) == 'string' then redis.call('XDEL', stream, id) end
end
local by = tonumber(ARGV[2])
if by <= 0 then return end
local cursor = '0'
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 500)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local left = redis.call('PTTL', key)
    if left >= 0 then redis.call('PEXPIRE', key, left - by) end
  end
until cursor == '0'
