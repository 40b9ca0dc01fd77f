-- What the leader wants to know of all workers, reports only where they changed.
-- KEYS workers, written    ARGV prefix of alive, prefix of report, then pairs: worker, report version seen
-- -> {now_ms, control writes in all, {{worker, ms to live (negative: silent), report version, report or false}, …}}
local seen = {}
for i = 3, #ARGV, 2 do
  seen[ARGV[i]] = ARGV[i + 1]
end
local workers = {}
for _, worker in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local version = redis.call('HGET', ARGV[2] .. worker, 'v') or '0'
  local report = false
  if version ~= seen[worker] then
    report = redis.call('HGET', ARGV[2] .. worker, 'report')
  end
  workers[#workers + 1] = {worker, redis.call('PTTL', ARGV[1] .. worker), version, report}
end
local time = redis.call('TIME')
return {
  time[1] * 1000 + math.floor(time[2] / 1000),
  tonumber(redis.call('GET', KEYS[2]) or '0'),
  workers,
}
