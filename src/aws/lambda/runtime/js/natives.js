// What the engine does natively with large things, it does without counting steps: it is paid for here, by size. What
// asks for memory is paid for by the heap. And what could not be paid for is not there: code made of text, and
// integers of any length.
(parts, host) => {
  // Below this the call itself pays.
  const SMALL = 4096;
  const pay = (bytes) => {
    // A process that is out of time ends at the engine's next question.
    if (bytes > SMALL && host.work(bytes)) for (;;);
  };
  const { min, log2 } = Math;
  const isArray = Array.isArray;
  const isTyped = ArrayBuffer.isView;
  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const length = (value) => (typeof value === "string" || isArray(value) || isTyped(value) ? value.length : 0);

  // Puts `make(native)` in a native's place, under its name.
  const replaced = (proto, names, make) => {
    for (const name of names) {
      const native = proto[name];
      const call = make((self, args) => apply(native, self, args));
      // A method, so that it is no constructor, as natives are none.
      const { [name]: method } = { [name](...args) { return call(this, args); } };
      defineProperty(method, "length", { value: native.length, configurable: true });
      defineProperty(proto, name, { ...getOwnPropertyDescriptor(proto, name), value: method });
    }
  };
  const priced = (proto, names, price) =>
    replaced(proto, names, (native) => (self, args) => {
      pay(price(self, args));
      return native(self, args);
    });
  // Writing a long text costs more than the memory it goes to.
  const written = (proto, names) =>
    replaced(proto, names, (native) => (self, args) => {
      host.writing(true);
      try {
        return native(self, args);
      } finally {
        host.writing(false);
      }
    });

  // A search compares the needle at each place, in words of many bytes.
  const search = (text, [needle]) => length(text) * (1 + length(needle) / 64);
  priced(String.prototype, ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll"], search);
  priced(String.prototype, ["localeCompare", "startsWith", "endsWith"], length);

  const comparing = (list, [sought]) => length(list) * (1 + length(sought) / 64);
  const moving = (list) => 8 * length(list);
  const sorting = (list) => {
    const count = length(list);
    let bytes = 8 * count;
    if (isArray(list)) for (let i = 0; i < count; i += 1) bytes += typeof list[i] === "string" ? list[i].length : 0;
    return count > 1 ? bytes * log2(count) : 0;
  };
  const lists = [Array.prototype, getPrototypeOf(Uint8Array.prototype)];
  for (const proto of lists) {
    priced(proto, ["indexOf", "lastIndexOf", "includes"], comparing);
    priced(proto, ["fill", "reverse", "copyWithin", "join", "slice"], moving);
    priced(proto, ["sort"], sorting);
  }
  priced(Array.prototype, ["concat", "splice", "shift", "unshift", "flat"], moving);
  priced(lists[1], ["set", "subarray"], (list, [source]) => 8 * min(length(list), length(source)));
  for (const name of ["freeze", "seal", "isFrozen", "isSealed", "preventExtensions"]) {
    priced(Object, [name], (_, [value]) => 64 * length(value));
  }

  written(JSON, ["stringify"]);
  written(String.prototype, ["normalize", "replaceAll", "replace"]);
  written(Array.prototype, ["join"]);

  // Code made of text would escape the look at the source.
  const refuse = (what) => function () { throw new EvalError(`${what} is not simulated by Vigie`); };
  const hidden = (object, name, value) => defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  hidden(globalThis, "eval", refuse("eval"));
  const makers = [() => {}, async () => {}, function* () {}, async function* () {}].map(getPrototypeOf);
  for (const proto of makers) {
    const { name } = proto.constructor;
    const maker = refuse(`new ${name}`);
    defineProperty(maker, "name", { value: name });
    maker.prototype = proto;
    hidden(proto, "constructor", maker);
  }
  hidden(globalThis, "Function", Function.prototype.constructor);
  for (const name of ["BigInt", "BigInt64Array", "BigUint64Array"]) delete globalThis[name];
  for (const name of ["getBigInt64", "getBigUint64", "setBigInt64", "setBigUint64"]) delete DataView.prototype[name];
}
