-- Prolongs the lease of its holder. Only expiry is touched: a Redis that is full accepts that.
-- KEYS leader    ARGV token, ttl_ms    -> 1, or 0 where the lease is not ours
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
