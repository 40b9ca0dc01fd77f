-- Takes the lease if nobody holds it.
-- KEYS leader, epoch, incarnation    ARGV holder, ttl_ms, fresh incarnation
-- -> {epoch of the election or 0, ms until the lease ends, incarnation}
local held = redis.call('PTTL', KEYS[1])
if held > 0 then
  return {0, held, redis.call('GET', KEYS[3])}
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now_ms)
epoch = string.format('%d', epoch)
redis.call('SET', KEYS[2], epoch)
redis.call('SET', KEYS[1], epoch .. ':' .. ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[3], ARGV[3], 'NX')
return {epoch, tonumber(ARGV[2]), redis.call('GET', KEYS[3])}
