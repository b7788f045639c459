// `util.inspect` and `util.format`, as far as a log line needs them.
//
// Layout rules are Node's: depth 2, at most three nested levels on one line, 80 columns.
(parts) => {
  const DEPTH = 2;
  const WIDTH = 80;
  const NESTED_ON_ONE_LINE = 3;
  const MAX_ITEMS = 100;
  const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
  const ESCAPES = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\\": "\\\\" };

  const quote = (text) => {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
    let out = "";
    for (const c of text) {
      if (c === mark) out += "\\" + c;
      else if (ESCAPES[c]) out += ESCAPES[c];
      else if (c < " " || c === "\x7f") out += "\\x" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
      else out += c;
    }
    return mark + out + mark;
  };

  const primitive = (value) => {
    if (typeof value === "string") return quote(value);
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    return typeof value === "bigint" ? `${value}n` : String(value);
  };

  const className = (value) => {
    for (let at = value; at; at = Object.getPrototypeOf(at)) {
      const own = Object.getOwnPropertyDescriptor(at, "constructor");
      if (own && typeof own.value === "function" && own.value.name) return own.value.name;
    }
    return null;
  };

  const functionBase = (value) => {
    const source = Function.prototype.toString.call(value);
    if (/^class\b/.test(source)) {
      const parent = Object.getPrototypeOf(value).name;
      return `[class ${value.name || "(anonymous)"}${parent ? ` extends ${parent}` : ""}]`;
    }
    const kind = className(value) || "Function";
    return value.name ? `[${kind}: ${value.name}]` : `[${kind} (anonymous)]`;
  };

  const key = (name) => {
    if (typeof name === "symbol") return `[${String(name)}]`;
    return IDENTIFIER.test(name) ? name : quote(name);
  };

  const property = (state, object, name, level) => {
    const own = Object.getOwnPropertyDescriptor(object, name);
    let shown;
    if (own && own.get) shown = own.set ? "[Getter/Setter]" : "[Getter]";
    else if (own && own.set) shown = "[Setter]";
    else {
      state.indent += 2;
      shown = show(state, own ? own.value : object[name], level + 1);
      state.indent -= 2;
    }
    return `${key(name)}: ${shown}`;
  };

  const visibleKeys = (value) => [
    ...Object.keys(value),
    ...Object.getOwnPropertySymbols(value).filter((s) => Object.prototype.propertyIsEnumerable.call(value, s)),
  ];

  const items = (state, value, level) => {
    const out = [];
    const end = Math.min(value.length, MAX_ITEMS);
    let holes = 0;
    const closeHoles = () => {
      if (holes) out.push(`<${holes} empty item${holes > 1 ? "s" : ""}>`);
      holes = 0;
    };
    for (let i = 0; i < end; i += 1) {
      if (!(i in value)) holes += 1;
      else {
        closeHoles();
        state.indent += 2;
        out.push(show(state, value[i], level + 1));
        state.indent -= 2;
      }
    }
    closeHoles();
    const more = value.length - end;
    if (more > 0) out.push(`... ${more} more item${more > 1 ? "s" : ""}`);
    return out;
  };

  // [text before the braces, the braces, entries] of an object, or one finished text.
  const describe = (state, value, level) => {
    const name = className(value);
    const keys = visibleKeys(value);
    const rest = (list) => list.map((k) => property(state, value, k, level));
    if (Array.isArray(value)) {
      const prefix = name === "Array" ? "" : `${name}(${value.length}) `;
      const extra = keys.filter((k) => typeof k === "symbol" || String(k >>> 0) !== k);
      return [`${prefix}[`, "]", [...items(state, value, level), ...rest(extra)]];
    }
    if (parts.Buffer && value instanceof parts.Buffer) {
      const bytes = Array.from(value.subarray(0, 50), (b) => b.toString(16).padStart(2, "0"));
      const more = value.length - bytes.length;
      return `<Buffer${bytes.map((b) => " " + b).join("")}${more > 0 ? ` ... ${more} more bytes` : ""}>`;
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return [`${name}(${value.length}) [`, "]", items(state, value, level)];
    }
    if (value instanceof Map) {
      const pairs = [...value].map(([k, v]) => `${show(state, k, level + 1)} => ${show(state, v, level + 1)}`);
      return [`${name}(${value.size}) {`, "}", [...pairs, ...rest(keys)]];
    }
    if (value instanceof Set) {
      return [`${name}(${value.size}) {`, "}", [...[...value].map((v) => show(state, v, level + 1)), ...rest(keys)]];
    }
    if (value instanceof Promise) return [`Promise {`, "}", ["<pending>", ...rest(keys)]];
    let base = "";
    if (value instanceof Boolean || value instanceof Number || value instanceof String) base = `[${name}: ${primitive(value.valueOf())}]`;
    else if (typeof value === "function") base = functionBase(value);
    else if (value instanceof Date) base = Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    else if (value instanceof RegExp) base = String(value);
    else if (value instanceof Error) {
      base = typeof value.stack === "string" && value.stack ? value.stack : `[${String(value)}]`;
      if (!base.includes("\n    at") && level > 0) base = `[${base}]`;
      base = base.replaceAll("\n", "\n" + " ".repeat(state.indent));
    }
    if (value instanceof String) return base;
    if (base) return keys.length ? [`${base} {`, "}", rest(keys)] : base;
    const prefix = name === null ? "[Object: null prototype] " : name === "Object" ? "" : `${name} `;
    return [`${prefix}{`, "}", rest(keys)];
  };

  // A long array of short entries is set in columns, as even as the width allows.
  const columns = (state, entries, value) => {
    const shown = Math.min(value.length, MAX_ITEMS, entries.length);
    const widths = entries.slice(0, shown).map((entry) => entry.length);
    const total = widths.reduce((sum, width) => sum + width + 2, 0);
    const widest = Math.max(...widths) + 2;
    if (widest * 3 + state.indent >= WIDTH || (total / widest <= 5 && widest > 8)) return entries;
    const typical = Math.max(widest - 3 - Math.sqrt(widest - total / entries.length), 1);
    const across = Math.min(
      Math.round(Math.sqrt(2.5 * typical * shown) / typical),
      Math.floor((WIDTH - state.indent) / widest),
      NESTED_ON_ONE_LINE * 4,
      15,
    );
    if (across <= 1) return entries;
    const right = value.every((item) => typeof item === "number" || typeof item === "bigint");
    const room = Array.from({ length: across }, (_, at) => Math.max(...widths.filter((_w, i) => i % across === at)));
    const rows = [];
    for (let i = 0; i < shown; i += across) {
      const row = entries.slice(i, Math.min(i + across, shown));
      const set = row.map((entry, at) => {
        const text = at < row.length - 1 ? `${entry}, ` : entry;
        const width = room[at] + (at < row.length - 1 ? 2 : 0);
        return right ? text.padStart(width) : at < row.length - 1 ? text.padEnd(width) : text;
      });
      rows.push(set.join(""));
    }
    return [...rows, ...entries.slice(shown)];
  };

  const layout = (state, open, close, all, level, value) => {
    if (all.length === 0) return `${open}${close}`;
    const entries = Array.isArray(value) && all.length > 6 ? columns(state, all, value) : all;
    if (entries === all && state.deepest - level < NESTED_ON_ONE_LINE) {
      const start = entries.length + state.indent + open.length + 10;
      const length = entries.reduce((sum, entry) => sum + entry.length, entries.length + start);
      if (length <= WIDTH && !entries.some((entry) => entry.includes("\n"))) return `${open} ${entries.join(", ")} ${close}`;
    }
    const pad = `\n${" ".repeat(state.indent)}`;
    return `${open}${pad}  ${entries.join(`,${pad}  `)}${pad}${close}`;
  };

  // Nothing inside: shown whole at any depth.
  const isLeaf = (value) => {
    if (value instanceof Map || value instanceof Set || value instanceof Promise || ArrayBuffer.isView(value)) return false;
    return visibleKeys(value).length === 0 && !(Array.isArray(value) && value.length > 0);
  };

  function show(state, value, level) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return primitive(value);
    if (state.seen.includes(value)) {
      if (!state.circular.includes(value)) state.circular.push(value);
      return `[Circular *${state.circular.indexOf(value) + 1}]`;
    }
    if (isLeaf(value)) {
      const leaf = describe(state, value, level);
      return typeof leaf === "string" ? leaf : `${leaf[0]}${leaf[1]}`;
    }
    if (level > state.depth) {
      if (Array.isArray(value)) return "[Array]";
      return Object.getPrototypeOf(value) === null ? "[Object: null prototype]" : `[${className(value)}]`;
    }
    state.seen.push(value);
    state.deepest = level;
    const found = describe(state, value, level);
    const text = typeof found === "string" ? found : layout(state, found[0], found[1], found[2], level, value);
    state.seen.pop();
    const at = state.circular.indexOf(value);
    return at < 0 ? text : `<ref *${at + 1}> ${text}`;
  }

  const inspect = (value, options) => {
    const depth = options && "depth" in options ? (options.depth ?? Infinity) : DEPTH;
    return show({ seen: [], circular: [], indent: 0, deepest: 0, depth }, value, 0);
  };

  const DIRECTIVES = {
    s: (v) => (typeof v === "object" && v !== null ? inspect(v, { depth: 0 }) : typeof v === "bigint" ? `${v}n` : String(v)),
    d: (v) => (typeof v === "object" ? "NaN" : primitive(Number(v))),
    i: (v) => (typeof v === "object" ? "NaN" : primitive(parseInt(v, 10))),
    f: (v) => (typeof v === "symbol" ? "NaN" : primitive(parseFloat(v))),
    j: (v) => JSON.stringify(v),
    o: (v) => inspect(v, { depth: 4 }),
    O: (v) => inspect(v),
    c: () => "",
  };

  const format = (...values) => {
    let out = [];
    if (typeof values[0] === "string") {
      const template = values.shift();
      out.push(
        values.length === 0
          ? template
          : template.replace(/%([sdifjoOc%])/g, (all, kind) => {
              if (kind === "%") return "%";
              return values.length ? DIRECTIVES[kind](values.shift()) : all;
            }),
      );
    }
    out = out.concat(values.map((value) => (typeof value === "string" ? value : inspect(value))));
    return out.join(" ").toWellFormed();
  };

  Object.assign(parts, { inspect, format });
}
