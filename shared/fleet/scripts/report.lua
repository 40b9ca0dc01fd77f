-- A worker's one call to the control plane: it is alive, this is what it holds; what is it to do?
-- Without a report only an expiry is touched: a Redis that is full accepts that.
-- KEYS workers, alive, report
-- ARGV worker, worker incarnation, ttl_ms, report version, report or '', assigned version seen, wake channel,
--      assigned, leader, incarnation, pace: keys that are only read. Redis' ACL takes all of KEYS for written.
-- -> {1 if the report of this version is on record, now_ms, incarnation or false, 1 if somebody leads, openings,
--     active workers, assigned version or '', assigned shards or false}
if ARGV[5] ~= '' then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
  redis.call('HSET', KEYS[3], 'v', ARGV[4], 'report', ARGV[5])
  redis.call('PUBLISH', ARGV[7], ARGV[1])
end
local on_record = 0
if redis.call('PEXPIRE', KEYS[2], ARGV[3]) == 1 and redis.call('HGET', KEYS[3], 'v') == ARGV[4]
  and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then
  on_record = 1
end
local time = redis.call('TIME')
local pace = redis.call('HMGET', ARGV[11], 'openings', 'active')
local version = redis.call('HGET', ARGV[8], 'v') or ''
local shards = false
if version ~= ARGV[6] then
  shards = redis.call('HGET', ARGV[8], 'shards')
end
return {
  on_record,
  time[1] * 1000 + math.floor(time[2] / 1000),
  redis.call('GET', ARGV[10]),
  redis.call('EXISTS', ARGV[9]),
  tonumber(pace[1] or '0') or 0,
  tonumber(pace[2] or '0') or 0,
  version,
  shards,
}
