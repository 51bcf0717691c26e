/** `token-bucket.ts` in Lua: the same steps on the same numbers. */
export const tokenBucketLua = `
local function until_held(level, tokens, limit)
  local missing = tokens * limit.window - level
  if missing > 0 then return math.ceil(missing / limit.count) end
  return 0
end

algorithms['token-bucket'] = {
  begin = function(tally, limit)
    tally.at = now
    tally.level = math.min(limit.initial, limit.capacity) * limit.window
  end,
  advance = function(tally, limit)
    local passed = math.max(0, now - tally.at)
    tally.level = math.min(limit.capacity * limit.window, tally.level + passed * limit.count)
    tally.at = steady(tally.at, limit.window)
  end,
  room = function(tally, limit) return tally.level / limit.window end,
  take = function(tally, limit, cost) tally.level = tally.level - cost * limit.window end,
  give = function(tally, limit, cost)
    tally.level = math.min(limit.capacity * limit.window, tally.level + cost * limit.window)
  end,
  reset = function(tally, limit) return until_held(tally.level, limit.capacity, limit) end,
  wait = function(tally, limit, cost)
    if cost > limit.capacity then return math.huge end
    return until_held(tally.level, cost, limit)
  end,
  lifetime = function(tally, limit)
    local full = until_held(tally.level, limit.capacity, limit)
    if limit.initial < limit.capacity then return full + HOUR end
    return full
  end,
}
`;
