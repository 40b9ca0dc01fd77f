-- Gives the lease back, so that a successor need not wait for it to end.
-- KEYS leader    ARGV token
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
