-- Forgets a worker that has long been silent, unless it spoke meanwhile.
-- KEYS workers, alive, report    ARGV worker
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('DEL', KEYS[3])
  redis.call('SREM', KEYS[1], ARGV[1])
end
return 1
