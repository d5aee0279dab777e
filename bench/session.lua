-- Session-like traffic for wrk: 8 events a visitor, 200 visitors at once, about 400 bytes an event; one visitor in 20
-- identifies. What they do, and how often, is what `bench/reference.py` has its rules for.
local EVENTS_A_VISITOR, VISITORS_AT_ONCE = 8, 200
local threads, number, batch, run = 0, 0, 1, "0"
local sections = { "tents", "stoves", "bags", "boots", "maps", "ropes", "lamps", "knives" }
local random, floor, format = math.random, math.floor, string.format

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  batch = tonumber(args[1])
  run = args[2]
  math.randomseed(1 + id)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Basic YmVuY2g6"
  wrk.headers["Content-Type"] = "application/json"
end

-- Visitors take turns, each at another point of its visit.
local function turn()
  number = number + 1
  local seat, round = number % VISITORS_AT_ONCE, floor(number / VISITORS_AT_ONCE)
  local step = round + seat
  return floor(step / EVENTS_A_VISITOR) * VISITORS_AT_ONCE + seat, step % EVENTS_A_VISITOR
end

local function place(section, item)
  local chance = random(100)
  if chance <= 5 then return "/pricing" end
  if chance <= 20 then return "/" .. section end
  return format("/%s/%s-%d", section, section, item)
end

local function act()
  local chance, section = random(100), sections[random(8)]
  local item = floor((1 - random()) ^ (-1 / 1.2)) % 200
  if chance <= 75 then
    local path = place(section, item)
    return format('"type":"page","properties":{"url":"https://shop.example%s","path":"%s","title":"%s","referrer":"https://shop.example/"}',
      path, path, section)
  end
  local product = format('"product_id":"%s-%d","category":"%s","price":%d.5', section, item, section, item)
  if chance <= 90 then return format('"type":"track","event":"Product Viewed","properties":{%s}', product) end
  if chance <= 95 then return format('"type":"track","event":"Product Added","properties":{%s,"quantity":1}', product) end
  return '"type":"track","event":"Element Clicked","properties":{"name":"delivery","url":"https://shop.example/delivery"}'
end

local function event()
  local visitor, step = turn()
  local said
  if step == EVENTS_A_VISITOR - 1 and visitor % 20 == 0 then
    said = format('"type":"identify","traits":{"email":"v%s.%d.%d@example.org","name":"Ann"}', run, id, visitor)
  else
    said = act()
  end
  return format(
    '{%s,"messageId":"m-%s-%d-%d","anonymousId":"%s-%d-%07d-4f5e-8a1b","timestamp":"2030-05-01T12:00:00.123Z",' ..
    '"context":{"locale":"uk-UA","timezone":"Europe/Kyiv","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",' ..
    '"library":{"name":"ripely.js","version":"1"}}}', said, run, id, number, run, id, visitor)
end

function request()
  if batch == 1 then
    return wrk.format(nil, nil, nil, event())
  end
  local events = {}
  for n = 1, batch do events[n] = event() end
  return wrk.format(nil, nil, nil, '{"batch":[' .. table.concat(events, ",") .. "]}")
end

function done(summary, latency, requests)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"bad":%d,"p50_ms":%f,"p99_ms":%f}\n',
    summary.requests, summary.duration / 1e6, bad, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
