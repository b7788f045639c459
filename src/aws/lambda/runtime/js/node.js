// The Node globals a handler leans on: `console`, `process`, `Buffer`, text encoders, `require`.
(parts, host) => {
  const hidden = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  const toUtf8 = (text) => {
    const out = [];
    for (const c of text.toWellFormed()) {
      const p = c.codePointAt(0);
      if (p < 0x80) out.push(p);
      else if (p < 0x800) out.push(0xc0 | (p >> 6), 0x80 | (p & 63));
      else if (p < 0x10000) out.push(0xe0 | (p >> 12), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
      else out.push(0xf0 | (p >> 18), 0x80 | ((p >> 12) & 63), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
    }
    return out;
  };
  const SMALLEST = [0, 0x80, 0x800, 0x10000];
  const fromUtf8 = (bytes) => {
    let out = "";
    for (let i = 0; i < bytes.length; ) {
      const head = bytes[i];
      i += 1;
      const more = head < 0x80 ? 0 : head >= 0xc2 && head < 0xe0 ? 1 : head >= 0xe0 && head < 0xf0 ? 2 : head >= 0xf0 && head < 0xf5 ? 3 : -1;
      let p = more === 0 ? head : more < 0 ? -1 : head & (0x3f >> more);
      for (let n = 0; n < more && p >= 0; n += 1) {
        if ((bytes[i] & 0xc0) === 0x80) {
          p = p * 64 + (bytes[i] & 63);
          i += 1;
        } else p = -1;
      }
      const good = p >= SMALLEST[Math.max(more, 0)] && p <= 0x10ffff && !(p >= 0xd800 && p < 0xe000);
      out += good ? String.fromCodePoint(p) : "\ufffd";
    }
    return out;
  };

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const toBase64 = (bytes) => {
    let out = "";
    for (let i = 0; i < bytes.length; i += 3) {
      const left = bytes.length - i;
      const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      out += DIGITS[n >> 18] + DIGITS[(n >> 12) & 63] + (left > 1 ? DIGITS[(n >> 6) & 63] : "=") + (left > 2 ? DIGITS[n & 63] : "=");
    }
    return out;
  };
  const fromBase64 = (text) => {
    const out = [];
    let bits = 0;
    let held = 0;
    for (const c of text.replaceAll("-", "+").replaceAll("_", "/")) {
      if (c === "=") break;
      const digit = DIGITS.indexOf(c);
      if (digit < 0) continue;
      held = ((held << 6) | digit) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        out.push((held >> bits) & 255);
      }
    }
    return out;
  };
  const fromHex = (text) => {
    const out = [];
    for (let i = 0; i + 1 < text.length && /^[0-9a-f]{2}$/i.test(text.slice(i, i + 2)); i += 2) out.push(parseInt(text.slice(i, i + 2), 16));
    return out;
  };
  const latin1 = (text) => Array.from(text, (c) => c.charCodeAt(0) & 255);
  const unlatin1 = (mask) => (bytes) => Array.from(bytes, (b) => String.fromCharCode(b & mask)).join("");
  const CODECS = {
    utf8: [toUtf8, fromUtf8],
    base64: [fromBase64, toBase64],
    base64url: [fromBase64, (bytes) => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
    hex: [fromHex, (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")],
    latin1: [latin1, unlatin1(255)],
    ascii: [latin1, unlatin1(127)],
  };
  CODECS["utf-8"] = CODECS.utf8;
  CODECS.binary = CODECS.latin1;
  const codec = (encoding) => {
    const found = CODECS[String(encoding ?? "utf8").toLowerCase()];
    if (found) return found;
    const error = new TypeError(`Unknown encoding: ${encoding}`);
    error.code = "ERR_UNKNOWN_ENCODING";
    throw error;
  };

  class Buffer extends Uint8Array {
    static from(value, encoding) {
      if (typeof value === "string") return new Buffer(codec(encoding)[0](value));
      if (value instanceof ArrayBuffer) return new Buffer(value);
      if (value && value.type === "Buffer" && Array.isArray(value.data)) return new Buffer(value.data);
      if (value && typeof value === "object" && "length" in value) return new Buffer(Array.from(value, (b) => b & 255));
      const error = new TypeError(
        `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${parts.inspect(value)}`,
      );
      error.code = "ERR_INVALID_ARG_TYPE";
      throw error;
    }
    static alloc(size, fill = 0) { return new Buffer(size).fill(fill); }
    static isBuffer(value) { return value instanceof Buffer; }
    static byteLength(value, encoding) { return typeof value === "string" ? Buffer.from(value, encoding).length : value.byteLength; }
    static concat(list) { return new Buffer(list.flatMap((part) => Array.from(part))); }
    toString(encoding, start = 0, end = this.length) { return codec(encoding)[1](this.subarray(start, end)); }
    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
    equals(other) { return this.length === other.length && this.every((b, i) => b === other[i]); }
  }
  parts.Buffer = Buffer;
  parts.toBase64 = toBase64;
  hidden("Buffer", Buffer);
  hidden("TextEncoder", class TextEncoder { encode(text = "") { return new Uint8Array(toUtf8(String(text))); } });
  hidden("TextDecoder", class TextDecoder { decode(bytes = []) { return fromUtf8(bytes); } });
  hidden("btoa", (text) => toBase64(latin1(String(text))));
  hidden("atob", (text) => unlatin1(255)(fromBase64(String(text))));

  const speak = (level) => (...values) => host.line(level, parts.format(...values));
  const info = speak("INFO");
  hidden("console", { log: info, info, warn: speak("WARN"), error: speak("ERROR"), debug: speak("DEBUG"), trace: speak("TRACE"), fatal: speak("FATAL"), dir: (value) => info(value) });

  const exit = (code) => host.exit(Number(code ?? 0) & 255);
  hidden("process", {
    env: {}, argv: ["/var/lang/bin/node", "/var/runtime/index.mjs"], platform: "linux", arch: "x64",
    version: "v22.11.0", versions: { node: "22.11.0" }, pid: 2, exit, abort: () => exit(134), cwd: () => "/var/task",
    uptime: () => host.elapsed() / 1000, nextTick: (call, ...args) => queueMicrotask(() => call(...args)),
    hrtime: () => [Math.floor(host.elapsed() / 1000), Math.floor((host.elapsed() % 1000) * 1e6)],
    on() { return this; }, once() { return this; }, emitWarning: (text) => speak("WARN")(text),
    stdout: { write: (text) => { host.line("", String(text).replace(/\n$/, "").toWellFormed()); return true; } },
  });
  process.stderr = process.stdout;
  hidden("global", globalThis);
  hidden("fetch", async () => { throw new TypeError("fetch failed"); });
  hidden("structuredClone", (value) => JSON.parse(JSON.stringify(value)));

  const randomUUID = () => {
    const hex = Array.from({ length: 32 }, (_, i) => (i === 12 ? 4 : i === 16 ? 8 + Math.floor(host.chance() * 4) : Math.floor(host.chance() * 16)).toString(16)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
  hidden("crypto", { randomUUID });
  const promisify = (call) => (...args) =>
    new Promise((resolve, reject) => call(...args, (error, value) => (error ? reject(error) : resolve(value))));
  const MODULES = {
    util: { inspect: parts.inspect, format: parts.format, promisify },
    crypto: { randomUUID },
    buffer: { Buffer },
    process,
    timers: { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate },
    "timers/promises": { setTimeout: parts.sleep },
  };
  parts.builtIn = Object.keys(MODULES);
  parts.module = (name) => {
    const plain = name.replace(/^node:/, "");
    if (Object.hasOwn(MODULES, plain)) return MODULES[plain];
    const client = /^@aws-sdk\/client-([a-z0-9-]+)$/.exec(name);
    return client ? parts.sdk(client[1]) : undefined;
  };
  parts.require = (name) => {
    const found = parts.module(String(name));
    if (found) return found;
    const error = new Error(`Cannot find module '${name}'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs`);
    error.code = "MODULE_NOT_FOUND";
    throw error;
  };
}
