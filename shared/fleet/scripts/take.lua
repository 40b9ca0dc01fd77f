-- Takes jobs that are due. Each is made due again at the end of a lease, which its holder prolongs while it lives: so
-- nobody else sees it meanwhile, and the job of a holder that was killed comes back by itself.
-- KEYS queue    ARGV lease_ms, how many at most
-- -> {job, score it had, …}
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now_ms, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #due, 2 do
  redis.call('ZADD', KEYS[1], 'XX', now_ms + tonumber(ARGV[1]), due[i])
end
return due
