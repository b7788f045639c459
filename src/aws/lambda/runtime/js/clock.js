// The simulated clock and seeded chance: `Date`, `Math.random`, `performance`, timers.
//
// The zone is UTC, as in Lambda; nothing here can reach the machine's own clock, zone or locale.
(parts, host) => {
  const Real = Date;
  const proto = Real.prototype;
  const NAMES = ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"];
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (n) => String(n).padStart(2, "0");

  const realParse = Real.parse;
  const ZONED = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})\s*(?:\([^)]*\))?$/i;
  const DATE_ONLY = /^[+-]?\d{4,6}(?:-\d{2}(?:-\d{2})?)?$/;
  const parse = (text) => {
    const given = String(text).trim();
    if (ZONED.test(given) || DATE_ONLY.test(given)) return realParse(given);
    return realParse(/^[+-]?\d{4,6}-\d{2}-\d{2}T/.test(given) ? `${given}Z` : `${given} UTC`);
  };

  const instant = (args) => {
    if (args.length === 0) return host.now();
    if (args.length > 1) return Real.UTC(...args);
    const only = args[0] instanceof Real ? args[0].getTime() : args[0];
    const plain = only !== null && typeof only === "object" ? only[Symbol.toPrimitive]?.("default") ?? only.valueOf() : only;
    return typeof plain === "string" ? parse(plain) : Number(plain);
  };

  function SimulatedDate(...args) {
    if (!new.target) return new SimulatedDate().toString();
    return Reflect.construct(Real, [instant(args)], new.target);
  }
  Object.defineProperty(SimulatedDate, "name", { value: "Date" });
  Object.defineProperty(SimulatedDate, "length", { value: 7 });
  SimulatedDate.prototype = proto;
  const hidden = (object, members) => {
    for (const [name, value] of Object.entries(members)) {
      Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
    }
  };
  hidden(SimulatedDate, { now: () => Math.floor(host.now()), UTC: Real.UTC, parse });

  for (const name of NAMES) {
    hidden(proto, { [`get${name}`]: proto[`getUTC${name}`] });
    if (name !== "Day") hidden(proto, { [`set${name}`]: proto[`setUTC${name}`] });
  }
  const valid = (say) =>
    function (...args) {
      return Number.isNaN(this.getTime()) ? "Invalid Date" : say(this, ...args);
    };
  const day = (d) => `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${two(d.getUTCDate())} ${d.getUTCFullYear()}`;
  const time = (d) => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  const usDay = (d) => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}`;
  const usTime = (d) =>
    `${d.getUTCHours() % 12 || 12}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${d.getUTCHours() < 12 ? "AM" : "PM"}`;
  const localised = (say) =>
    valid((d, locale, options) => {
      const zone = options?.timeZone ?? "UTC";
      if ((locale ?? "en-US") !== "en-US" || zone !== "UTC") {
        throw new RangeError(`this sandbox formats dates in en-US and UTC only, not ${locale} and ${zone}`);
      }
      return say(d);
    });
  hidden(proto, {
    constructor: SimulatedDate,
    getYear: function () { return this.getUTCFullYear() - 1900; },
    getTimezoneOffset: function () { return Number.isNaN(this.getTime()) ? NaN : 0; },
    toString: valid((d) => `${day(d)} ${time(d)} GMT+0000 (Coordinated Universal Time)`),
    toDateString: valid(day),
    toTimeString: valid((d) => `${time(d)} GMT+0000 (Coordinated Universal Time)`),
    toLocaleString: localised((d) => `${usDay(d)}, ${usTime(d)}`),
    toLocaleDateString: localised(usDay),
    toLocaleTimeString: localised(usTime),
  });
  hidden(globalThis, { Date: SimulatedDate });
  hidden(Math, { random: () => host.chance() });
  hidden(globalThis, { performance: { now: () => host.elapsed(), get timeOrigin() { return host.now() - host.elapsed(); } } });

  // Timers: the engine holds the due times, this table holds what to call.
  const waiting = new Map();
  let last = 0;
  const arm = (call, delay, args, every) => {
    if (typeof call !== "function") {
      const error = new TypeError(`The "callback" argument must be of type function. Received ${parts.inspect(call)}`);
      error.code = "ERR_INVALID_ARG_TYPE";
      throw error;
    }
    const wait = delay >= 1 && delay <= 2147483647 ? Math.floor(delay) : 1;
    last += 1;
    waiting.set(last, { call, args, every: every ? wait : null });
    host.timer(last, wait);
    return new Timeout(last);
  };
  class Timeout {
    #id;
    constructor(id) { this.#id = id; }
    ref() { return this; }
    unref() { return this; }
    [Symbol.toPrimitive]() { return this.#id; }
  }
  const disarm = (timer) => { if (timer !== undefined && timer !== null) waiting.delete(Number(timer)); };
  const setTimeout = (call, delay, ...args) => arm(call, delay, args, false);
  hidden(globalThis, {
    setTimeout,
    setInterval: (call, delay, ...args) => arm(call, delay, args, true),
    setImmediate: (call, ...args) => arm(call, 0, args, false),
    clearTimeout: disarm,
    clearInterval: disarm,
    clearImmediate: disarm,
  });
  parts.isArmed = (id) => waiting.has(id);
  parts.fire = (id) => {
    const timer = waiting.get(id);
    if (!timer) return;
    if (timer.every === null) waiting.delete(id);
    else host.timer(id, timer.every);
    try {
      timer.call(...timer.args);
    } catch (thrown) {
      parts.uncaught(thrown);
    }
  };
  parts.sleep = (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value));
}
