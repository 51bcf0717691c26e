/** `sliding-window.ts` in Lua. */
export const slidingWindowLua = `
local SLOTS = 60

local function slot_at(time, window) return math.floor(time * SLOTS / window) end
local function end_of(slot, window) return math.ceil((slot + SLOTS + 1) * window / SLOTS) end

local function until_empty(tally, limit)
  if #tally.slots == 0 then return 0 end
  return end_of(tally.slots[#tally.slots - 1], limit.window) - now
end

-- Keeps the slots from 'oldest' on that are not empty.
local function keep(tally, oldest)
  local kept, level = {}, tally.level
  for i = 1, #tally.slots, 2 do
    local slot, amount = tally.slots[i], tally.slots[i + 1]
    if slot < oldest then
      level = level - amount
    elseif amount > 0 then
      kept[#kept + 1] = slot
      kept[#kept + 1] = amount
    end
  end
  if #kept == 0 then level = 0 end
  tally.slots, tally.level = kept, level
end

algorithms['sliding-window'] = {
  begin = function(tally)
    tally.at = now
    tally.level = 0
    tally.slots = {}
  end,
  advance = function(tally, limit)
    local slots = tally.slots
    if #slots == 0 then return end
    local current = slot_at(now, limit.window)
    if tally.at - now > limit.window then
      local back = current - slots[#slots - 1]
      for i = 1, #slots, 2 do slots[i] = slots[i] + back end
      tally.at = now
    end
    if slots[1] < current - SLOTS then keep(tally, current - SLOTS) end
  end,
  room = function(tally, limit) return limit.count - tally.level end,
  take = function(tally, limit, cost)
    local slots = tally.slots
    tally.at = math.max(tally.at, now)
    tally.level = tally.level + cost
    local current = slot_at(tally.at, limit.window)
    if slots[#slots - 1] == current then
      slots[#slots] = slots[#slots] + cost
    else
      slots[#slots + 1] = current
      slots[#slots + 1] = cost
    end
  end,
  give = function(tally, limit, cost, taken)
    local slots, left = tally.slots, cost
    local first = slot_at(taken, limit.window)
    local function take_off(i)
      local off = math.min(slots[i + 1], left)
      slots[i + 1] = slots[i + 1] - off
      left = left - off
    end
    for i = 1, #slots, 2 do if slots[i] >= first then take_off(i) end end
    for i = #slots - 1, 1, -2 do if slots[i] < first then take_off(i) end end
    tally.level = tally.level - (cost - left)
    keep(tally, 0)
  end,
  reset = until_empty,
  wait = function(tally, limit, cost)
    if cost > limit.count then return math.huge end
    local excess = tally.level + cost - limit.count
    for i = 1, #tally.slots, 2 do
      excess = excess - tally.slots[i + 1]
      if excess <= 0 then return end_of(tally.slots[i], limit.window) - now end
    end
    return until_empty(tally, limit)
  end,
  lifetime = until_empty,
}
`;
