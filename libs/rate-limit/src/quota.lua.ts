/** `quota.ts` in Lua. */
export const quotaLua = `
local function until_end(limit) return math.max(0, math.ceil(limit.ends - now)) end

algorithms['quota'] = {
  begin = function(tally, limit)
    tally.at = limit.ends
    tally.level = 0
  end,
  advance = function(tally, limit) tally.at = limit.ends end,
  room = function(tally, limit) return limit.count - tally.level end,
  take = function(tally, limit, cost) tally.level = tally.level + cost end,
  give = function(tally, limit, cost) tally.level = math.max(0, tally.level - cost) end,
  reset = function(tally, limit)
    if tally.level > 0 then return until_end(limit) end
    return 0
  end,
  wait = function(tally, limit, cost)
    if cost > limit.count then return math.huge end
    return until_end(limit)
  end,
  lifetime = function(tally) return tally.at + HOUR - now end,
}
`;
