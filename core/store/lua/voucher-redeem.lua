-- Lets a device use a code, if the code allows one more.
-- KEYS: voucher, its devices
-- ARGV: site, device digest, now in ms, lifetime of the device list in seconds
-- Returns {'ok', id, seconds, octets, devices, expiresAt, down, up} or {reason, expiresAt}.
local v = redis.call('HMGET', KEYS[1], 'id', 'site', 'seconds', 'octets', 'devices', 'expiresAt', 'revoked', 'down', 'up')
if not v[1] or v[7] then return { 'code-wrong' } end
if v[6] ~= '' and tonumber(v[6]) <= tonumber(ARGV[3]) then return { 'code-expired', v[6] } end
if v[2] ~= ARGV[1] then return { 'code-other-site' } end
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 0 then
  if redis.call('SCARD', KEYS[2]) >= tonumber(v[5]) then return { 'code-devices' } end
  redis.call('SADD', KEYS[2], ARGV[2])
end
redis.call('EXPIRE', KEYS[2], ARGV[4])
return { 'ok', v[1], v[3], v[4], v[5], v[6], v[8], v[9] }
