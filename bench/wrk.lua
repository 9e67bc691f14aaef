-- Asks for the addresses of PATHS in turn; with THINK each connection waits up to so many
-- milliseconds before it asks again. Ends with one line of figures.
local paths = {}
for path in os.getenv("PATHS"):gmatch("%S+") do paths[#paths + 1] = path end
local think, turn = tonumber(os.getenv("THINK") or "0"), 0

if think > 0 then
  function delay() return math.random(0, think) end
end

function request()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn])
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "figures %d %d %.0f %.0f %d %d\n",
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95),
    e.connect + e.read + e.write + e.timeout, e.status))
end
