/** `fixed-window.ts` in Lua. `slack` is 0 where it is known when something was taken. */
export const fixedWindowLua = `
local function until_over(tally, limit)
  if tally.level > 0 then return tally.at + limit.window - now end
  return 0
end

algorithms['fixed-window'] = {
  begin = function(tally)
    tally.at = now
    tally.level = 0
  end,
  advance = function(tally, limit)
    local moment = steady(tally.at, limit.window)
    if moment >= tally.at + limit.window then tally.level = 0 end
    if tally.level == 0 or moment < tally.at then tally.at = now end
  end,
  room = function(tally, limit) return limit.count - tally.level end,
  take = function(tally, limit, cost) tally.level = tally.level + cost end,
  give = function(tally, limit, cost, taken)
    if taken + slack < tally.at then return end
    tally.level = math.max(0, tally.level - cost)
  end,
  reset = until_over,
  wait = function(tally, limit, cost)
    if cost > limit.count then return math.huge end
    return until_over(tally, limit)
  end,
  lifetime = until_over,
}
`;
