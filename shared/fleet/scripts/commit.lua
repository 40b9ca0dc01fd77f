-- Writes control state, if the writer still leads. The lease's token is the fence: a paused leader's late write is refused.
-- Writes are counted: a leader that finds fewer than it knows of has been failed over to a Redis that lacks some.
-- KEYS leader, written, then one key an operation
-- ARGV token, wake channel or '', then an operation at a time: its name, the number of its arguments, its arguments
-- -> writes in all, or 0 where the writer does not lead any more
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local known = {HSET = true, HDEL = true, SET = true, DEL = true}
local at = 3
for i = 3, #KEYS do
  local name, count = ARGV[at], tonumber(ARGV[at + 1])
  if not known[name] then
    return redis.error_reply('ERR unknown operation ' .. name)
  end
  redis.call(name, KEYS[i], unpack(ARGV, at + 2, at + 1 + count))
  at = at + 2 + count
end
if ARGV[2] ~= '' then
  redis.call('PUBLISH', ARGV[2], '')
end
return redis.call('INCR', KEYS[2])
