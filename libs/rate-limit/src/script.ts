import { createHash } from 'node:crypto';
import type { Script } from './contracts.js';
import { fixedWindowLua } from './fixed-window.lua.js';
import { quotaLua } from './quota.lua.js';
import { slidingWindowLua } from './sliding-window.lua.js';
import { tokenBucketLua } from './token-bucket.lua.js';

/** Arguments for each key; see `limitArguments`. */
const ARGUMENTS = 7;

/**
 * Redis owns the clock, so that instances whose clocks differ count alike. A tally is text, `use window at level `; 17
 * digits carry a number over without loss. Slots and their amounts follow as packed doubles: as text, reading and writing
 * them would be most of what a call costs. What lives on under another `use` or `window` is another counter.
 */
const base = `
local ARGUMENTS = ${ARGUMENTS}
local HOUR = 3600000
local LONGEST = 315360000000
local slack = 1000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local algorithms = {}

local function steady(at, window)
  if now < at and at - now <= window then return at end
  return now
end
${[tokenBucketLua, slidingWindowLua, fixedWindowLua, quotaLua].join('')}
local function read(tally, limit, text)
  local use, window, at, level, rest = string.match(text, '^(%S+) (%S+) (%S+) (%S+) ()')
  if use ~= limit.use or tonumber(window) ~= limit.window then return false end
  tally.at, tally.level = tonumber(at), tonumber(level)
  tally.slots = { struct.unpack('<' .. string.rep('d', (#text - rest + 1) / 8), text, rest) }
  -- The last value is where it ended.
  tally.slots[#tally.slots] = nil
  tally.moved = tally.at - now > limit.window and limit.use ~= 'quota'
  return true
end

local function write(tally, limit)
  local lifetime = math.min(tally.algorithm.lifetime(tally, limit), LONGEST)
  if lifetime < 1 then
    redis.call('DEL', tally.key)
    return
  end
  local text = string.format('%s %.17g %.17g %.17g ', limit.use, limit.window, tally.at, tally.level)
  local slots = struct.pack('<' .. string.rep('d', #tally.slots), unpack(tally.slots))
  redis.call('SET', tally.key, text .. slots, 'PX', string.format('%.0f', lifetime))
end

local takes, tallies = {}, {}
for i, key in ipairs(KEYS) do
  local first = (i - 1) * ARGUMENTS
  local function number(place) return tonumber(ARGV[first + place]) end
  local limit = { use = ARGV[first + 1], count = number(4), window = number(5) }
  if limit.use == 'quota' then
    limit.ends = number(6)
  else
    limit.capacity, limit.initial = number(6), number(7)
  end
  local tally = tallies[key]
  if not tally then
    tally = { key = key, slots = {}, algorithm = algorithms[limit.use] }
    local text = redis.call('GET', key)
    tally.known = text and read(tally, limit, text)
    if tally.known then
      tally.algorithm.advance(tally, limit)
    else
      tally.algorithm.begin(tally, limit)
      tally.moved = tally.algorithm.lifetime(tally, limit) > 0
    end
    tallies[key] = tally
  end
  takes[i] = { limit = limit, cost = number(2), binding = ARGV[first + 3] == '1', tally = tally }
end
`;

/** All binding takes or none; then those that do not bind, where there is room. */
const takeAll = `
local function room(take) return take.tally.algorithm.room(take.tally, take.limit) end

local granted = true
for i, take in ipairs(takes) do
  if take.binding then
    local asked = take.cost
    for j = 1, i - 1 do
      if takes[j].binding and takes[j].tally == take.tally then asked = asked + takes[j].cost end
    end
    take.allowed = room(take) >= asked
    granted = granted and take.allowed
  end
end

local function commit(take)
  if take.cost == 0 then return end
  take.tally.algorithm.take(take.tally, take.limit, take.cost)
  take.tally.moved = true
end
for _, take in ipairs(takes) do
  if take.binding and granted then commit(take) end
end
for _, take in ipairs(takes) do
  if not take.binding then
    take.allowed = room(take) >= take.cost
    if take.allowed then commit(take) end
  end
end

-- A number goes to the caller without its fraction; -1 stands for never.
local function whole(number)
  if number >= 1e15 then return -1 end
  return math.ceil(number)
end
local answer = { now }
for _, take in ipairs(takes) do
  local tally, limit = take.tally, take.limit
  if tally.moved then
    write(tally, limit)
    tally.moved = false
  end
  answer[#answer + 1] = take.allowed and 1 or 0
  answer[#answer + 1] = math.max(0, math.floor(room(take)))
  answer[#answer + 1] = whole(tally.algorithm.reset(tally, limit))
  answer[#answer + 1] = take.allowed and 0 or whole(math.max(1, tally.algorithm.wait(tally, limit, take.cost)))
end
return answer
`;

/** Its last two arguments: how long ago it was taken, and when, by the clock of Redis; empty where nobody knows. */
const giveAll = `
local taken = tonumber(ARGV[#ARGV])
if taken then slack = 0 else taken = now - tonumber(ARGV[#ARGV - 1]) end
for _, take in ipairs(takes) do
  local tally, limit = take.tally, take.limit
  if tally.known then
    tally.algorithm.give(tally, limit, take.cost, taken)
    write(tally, limit)
  end
end
return 0
`;

function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Judges and commits the takes of a call: `[now, then for each take: allowed, remaining, reset, retryAfter]`. */
export const takeScript = script(base + takeAll);

/** Puts back what was taken. */
export const giveScript = script(base + giveAll);
