-- What Redis puts around a script: https://redis.io/docs/latest/develop/interact/programmability/lua-api/
-- `raw` runs a command and answers in Lua's terms: tables for arrays, {err = …} and {ok = …}, false for nil.
local raw, sha1hex = ...

redis = {}

function redis.pcall(...)
  return raw(...)
end

function redis.call(...)
  local reply = raw(...)
  if type(reply) == 'table' and reply.err then
    error(reply, 0)
  end
  return reply
end

function redis.error_reply(text)
  return {err = text}
end

function redis.status_reply(text)
  return {ok = text}
end

redis.sha1hex = sha1hex

cmsgpack = {}

local function float(bytes)
  local sign = 1
  if bytes[1] >= 128 then sign, bytes[1] = -1, bytes[1] - 128 end
  local exponent = bytes[1] * 16 + math.floor(bytes[2] / 16)
  local mantissa = bytes[2] % 16
  for i = 3, 8 do mantissa = mantissa * 256 + bytes[i] end
  if exponent == 0 then return sign * math.ldexp(mantissa, -1074) end
  return sign * math.ldexp(mantissa / 4503599627370496 + 1, exponent - 1023)
end

local unpack_one

local function whole(text, at, size)
  local number = 0
  if at + size - 1 > #text then error({err = 'Missing bytes in input.'}, 0) end
  for i = at, at + size - 1 do number = number * 256 + string.byte(text, i) end
  return number
end

local function array(text, at, count)
  local found = {}
  for i = 1, count do found[i], at = unpack_one(text, at) end
  return found, at
end

local function map(text, at, count)
  local found, key, value = {}, nil, nil
  for _ = 1, count do
    key, at = unpack_one(text, at)
    value, at = unpack_one(text, at)
    found[key] = value
  end
  return found, at
end

local lengths = {[0xd9] = 1, [0xda] = 2, [0xdb] = 4, [0xc4] = 1, [0xc5] = 2, [0xc6] = 4}
local unsigned = {[0xcc] = 1, [0xcd] = 2, [0xce] = 4, [0xcf] = 8}
local signed = {[0xd0] = 1, [0xd1] = 2, [0xd2] = 4, [0xd3] = 8}

unpack_one = function(text, at)
  local first = string.byte(text, at)
  if first == nil then error({err = 'Missing bytes in input.'}, 0) end
  at = at + 1
  if first < 0x80 then return first, at end
  if first < 0x90 then return map(text, at, first - 0x80) end
  if first < 0xa0 then return array(text, at, first - 0x90) end
  if first < 0xc0 then return string.sub(text, at, at + first - 0xa1), at + first - 0xa0 end
  if first >= 0xe0 then return first - 256, at end
  local size = lengths[first]
  if size then
    local length = whole(text, at, size)
    at = at + size
    if at + length - 1 > #text then error({err = 'Missing bytes in input.'}, 0) end
    return string.sub(text, at, at + length - 1), at + length
  end
  size = unsigned[first]
  if size then return whole(text, at, size), at + size end
  size = signed[first]
  if size then
    local number = whole(text, at, size)
    if number >= 2 ^ (size * 8 - 1) then number = number - 2 ^ (size * 8) end
    return number, at + size
  end
  if first == 0xc0 then return nil, at end
  if first == 0xc2 then return false, at end
  if first == 0xc3 then return true, at end
  if first == 0xcb then return float({string.byte(text, at, at + 7)}), at + 8 end
  if first == 0xdc then return array(text, at + 2, whole(text, at, 2)) end
  if first == 0xdd then return array(text, at + 4, whole(text, at, 4)) end
  if first == 0xde then return map(text, at + 2, whole(text, at, 2)) end
  if first == 0xdf then return map(text, at + 4, whole(text, at, 4)) end
  error({err = 'Bad data format in input.'}, 0)
end

function cmsgpack.unpack(text)
  return (unpack_one(text, 1))
end

-- A value that a script returned, as RESP.
local function resp(value)
  local kind = type(value)
  if kind == 'number' then
    return string.format(':%d\r\n', value >= 0 and math.floor(value) or math.ceil(value))
  elseif kind == 'string' then
    return '$' .. #value .. '\r\n' .. value .. '\r\n'
  elseif kind == 'table' then
    if value.err then return '-' .. value.err .. '\r\n' end
    if value.ok then return '+' .. value.ok .. '\r\n' end
    local parts = {}
    for i, each in ipairs(value) do parts[i] = resp(each) end
    return '*' .. #parts .. '\r\n' .. table.concat(parts)
  elseif value == true then
    return ':1\r\n'
  end
  return '$-1\r\n'
end

-- Runs a compiled script: ok, RESP of its reply; or false, the error that it raised.
local function run(script, keys, arguments)
  local done, reply = pcall(script, keys, arguments)
  if done then return true, resp(reply) end
  if type(reply) == 'table' then return false, reply.err end
  return false, 'ERR ' .. tostring(reply)
end

return run
