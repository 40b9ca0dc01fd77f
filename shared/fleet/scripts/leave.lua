-- A worker that has handed everything over takes its leave.
-- KEYS workers, alive, report    ARGV worker, worker incarnation, wake channel
if redis.call('GET', KEYS[2]) == ARGV[2] then
  redis.call('DEL', KEYS[2], KEYS[3])
  redis.call('SREM', KEYS[1], ARGV[1])
  redis.call('PUBLISH', ARGV[3], ARGV[1])
end
return 1
