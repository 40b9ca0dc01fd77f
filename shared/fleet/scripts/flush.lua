-- Appends a flush to its streams: each event once, and the flush once.
--
-- Exact at any age: the sequence of a worker's life rises by one a flush, and a flush that was seen is refused as a
-- whole, so one whose reply was lost can be sent again. Within the dedup window an event that two sockets delivered
-- (or that Twitch sent twice) is appended once. Everything happens in one script: no crash lies between check and append.
--
-- The window is kept in buckets of half its length, by Redis' own clock; three of them are looked at, so it is never
-- shorter than asked for and at most half as long again.
--
-- KEYS flushed, streams, partitions, revocations
-- ARGV sequence, dedup prefix, window_ms, flushed ttl_s, length of a stream at most, batch (MessagePack)
--   batch: {events, {type = number of its partitions, where that is not 1}}
--   event: {stream, message_id, type, version, timestamp, broadcaster_id, subscription_id, shard, received_ms, payload, late}
-- -> {appended, duplicates, 1 if this flush was seen before}
local sequence = tonumber(ARGV[1])
if sequence <= tonumber(redis.call('GET', KEYS[1]) or '0') then
  return {0, 0, 1}
end
local batch = cmsgpack.unpack(ARGV[6])
local events, partitions, length = batch[1], batch[2], ARGV[5]

local time = redis.call('TIME')
local bucket_ms = math.ceil(tonumber(ARGV[3]) / 2)
local bucket = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / bucket_ms)
local current = ARGV[2] .. string.format('%d', bucket)

local ids = {}
for i, event in ipairs(events) do
  ids[i] = event[2]
end
local seen = redis.call('SMISMEMBER', current, unpack(ids))
for back = 1, 2 do
  local older = redis.call('SMISMEMBER', ARGV[2] .. string.format('%d', bucket - back), unpack(ids))
  for i = 1, #ids do
    if older[i] == 1 then
      seen[i] = 1
    end
  end
end

local fresh, here, used = {}, {}, {}
for i, id in ipairs(ids) do
  if seen[i] == 0 and not here[id] then
    here[id] = true
    fresh[#fresh + 1] = id
  else
    seen[i] = 1
  end
end
if #fresh > 0 then
  redis.call('SADD', current, unpack(fresh))
  redis.call('PEXPIRE', current, bucket_ms * 4)
end

for i, event in ipairs(events) do
  if seen[i] == 0 then
    if event[1] ~= KEYS[4] then
      used[event[1]] = event[3]
    end
    if event[11] == 1 then
      redis.call('XADD', event[1], 'MAXLEN', '~', length, '*', 'v', '1', 'message_id', event[2], 'type', event[3],
        'version', event[4], 'timestamp', event[5], 'broadcaster_id', event[6], 'subscription_id', event[7],
        'shard', event[8], 'received_ms', string.format('%d', event[9]), 'payload', event[10], 'late', '1')
    else
      redis.call('XADD', event[1], 'MAXLEN', '~', length, '*', 'v', '1', 'message_id', event[2], 'type', event[3],
        'version', event[4], 'timestamp', event[5], 'broadcaster_id', event[6], 'subscription_id', event[7],
        'shard', event[8], 'received_ms', string.format('%d', event[9]), 'payload', event[10])
    end
  end
end
for stream, type_ in pairs(used) do
  redis.call('SADD', KEYS[2], stream)
  local count = partitions[type_] or 1
  if tonumber(redis.call('HGET', KEYS[3], type_) or '0') < count then
    redis.call('HSET', KEYS[3], type_, count)
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[4])
return {#fresh, #ids - #fresh, 0}
