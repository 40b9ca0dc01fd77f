-- Replaces a user's token record if it is still the one that was read: compare and set.
-- KEYS record, seen pairs    ARGV version that was read ('' for none), new version, record, user id, number of pairs to
-- know from now on, their hashes, then hashes of pairs to forget
-- -> 1, or 0 where somebody else was first
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'record', ARGV[3])
local known = 5 + tonumber(ARGV[5])
for i = 6, known do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[4])
end
for i = known + 1, #ARGV do
  redis.call('HDEL', KEYS[2], ARGV[i])
end
return 1
