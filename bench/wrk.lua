-- Print one line of figures that bench/load.py reads.
function done(summary, latency)
  local e = summary.errors
  local unanswered = e.connect + e.read + e.write + e.timeout
  io.write(string.format(
    "figures %d %d %d %d\n", summary.requests, summary.duration, unanswered, e.status))
end
