-- Appends a flush to its streams: each event once, and the flush once.
--
-- Exact at any age: the sequence of a worker's life rises by one a flush, and a flush that was seen is refused as a
-- whole, so one whose reply was lost can be sent again. Within the dedup window an event that two sockets delivered
-- (or that Twitch sent twice) is appended once. Everything happens in one script: no crash lies between check and append.
-- An error in between (an ACL, a key of another type) leaves exactly those known that were appended: a script is not undone.
--
-- A Redis that does not know a flush which was acknowledged has lost data (a fail-over, a restart): it takes nothing
-- until the worker has heard of that, so that what was lost can go out again first.
--
-- The window is kept in buckets of half its length, by Redis' own clock; three of them are looked at, so it is never
-- shorter than asked for and at most half as long again, and kept no longer than that. A fourth is one of the future: where
-- the clock went back, by up to half a window, as it may with a fail-over to another machine.
--
-- KEYS flushed, streams, partitions, revocations
-- ARGV sequence, dedup prefix, window_ms, flushed ttl_s, length of a stream at most, batch (MessagePack),
--      last sequence that was acknowledged, 0 for none
--   batch: {events, {type = number of its partitions, where that is not 1}}
--   event: {stream, message_id, type, version, timestamp, broadcaster_id, subscription_id, shard, received_ms, payload, late}
-- -> {appended, duplicates, 0}, or {0, 0, 1} if this flush was seen before, or {0, 0, 2} if acknowledged ones are missing
local sequence, flushed = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or '0')
if sequence <= flushed then
  return {0, 0, 1}
elseif flushed < tonumber(ARGV[7]) then
  return {0, 0, 2}
end
local batch = cmsgpack.unpack(ARGV[6])
local events, partitions, length = batch[1], batch[2], ARGV[5]

local time = redis.call('TIME')
local bucket_ms = math.ceil(tonumber(ARGV[3]) / 2)
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = math.floor(now_ms / bucket_ms)
local current = ARGV[2] .. string.format('%d', bucket)

local ids = {}
for i, event in ipairs(events) do
  ids[i] = event[2]
end
local seen = redis.call('SMISMEMBER', current, unpack(ids))
for _, apart in ipairs({-1, -2, 1}) do
  local key = ARGV[2] .. string.format('%d', bucket + apart)
  if redis.call('EXISTS', key) == 1 then
    local there = redis.call('SMISMEMBER', key, unpack(ids))
    for i = 1, #ids do
      if there[i] == 1 then
        seen[i] = 1
      end
    end
  end
end

local fresh, here, used, failed = {}, {}, {}, false
for i, event in ipairs(events) do
  local id, added = event[2], nil
  if seen[i] == 0 and not here[id] then
    if event[11] == 1 then
      added = redis.pcall('XADD', event[1], 'MAXLEN', '~', length, '*', 'v', '1', 'message_id', id, 'type', event[3],
        'version', event[4], 'timestamp', event[5], 'broadcaster_id', event[6], 'subscription_id', event[7],
        'shard', event[8], 'received_ms', string.format('%d', event[9]), 'payload', event[10], 'late', '1')
    else
      added = redis.pcall('XADD', event[1], 'MAXLEN', '~', length, '*', 'v', '1', 'message_id', id, 'type', event[3],
        'version', event[4], 'timestamp', event[5], 'broadcaster_id', event[6], 'subscription_id', event[7],
        'shard', event[8], 'received_ms', string.format('%d', event[9]), 'payload', event[10])
    end
    if type(added) == 'table' and added.err then
      failed = added
      break
    end
    here[id] = true
    fresh[#fresh + 1] = id
    if event[1] ~= KEYS[4] then
      used[event[1]] = event[3]
    end
  end
end
if #fresh > 0 then
  redis.call('SADD', current, unpack(fresh))
  redis.call('PEXPIRE', current, string.format('%d', (bucket + 3) * bucket_ms - now_ms))
end
for stream, type_ in pairs(used) do
  redis.call('SADD', KEYS[2], stream)
  local count = partitions[type_] or 1
  if tonumber(redis.call('HGET', KEYS[3], type_) or '0') < count then
    redis.call('HSET', KEYS[3], type_, count)
  end
end
if failed then
  return failed
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[4])
return {#fresh, #ids - #fresh, 0}
