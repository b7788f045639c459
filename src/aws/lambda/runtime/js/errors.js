// Errors as Node shows them: the same words, and a stack that starts with `Name: message`.
//
// QuickJS says `cannot read property 'a' of undefined` and leaves the first line out of `stack`; a learner
// searching the web for the message must find it. Both are put in V8's form when they are read.
(parts) => {
  const REWORDED = [
    [/^cannot read property '(.*)' of (undefined|null)$/, (m) => `Cannot read properties of ${m[2]} (reading '${m[1]}')`],
    [/^cannot set property '(.*)' of (undefined|null)$/, (m) => `Cannot set properties of ${m[2]} (setting '${m[1]}')`],
    [/^(\S+) is not initialized$/, (m) => `Cannot access '${m[1]}' before initialization`],
    [/^'(.*)' is read-only$/, () => "Assignment to constant variable."],
    [/^string too long$/, () => "Invalid string length"],
    [/^invalid array buffer length$/, () => "Array buffer allocation failed"],
    [/^BigInt are forbidden in JSON\.stringify$/, () => "Do not know how to serialize a BigInt"],
  ];
  const native = Object.getOwnPropertyDescriptor(Error.prototype, "stack");

  // In V8's words, once somebody looks.
  const reword = (error) => {
    const text = error.message;
    const [, say] = typeof text === "string" ? (REWORDED.find(([pattern]) => pattern.test(text)) ?? []) : [];
    if (!say) return;
    const [pattern] = REWORDED.find((row) => row[1] === say);
    error.message = say(pattern.exec(text));
    if (text === "string too long") Object.setPrototypeOf(error, RangeError.prototype);
  };

  const keep = (error, value) => {
    if (Object.isExtensible(error)) {
      Object.defineProperty(error, "stack", { value, writable: true, configurable: true, enumerable: false });
    }
    return value;
  };
  Object.defineProperty(Error.prototype, "stack", {
    get() {
      const raw = native.get.call(this);
      if (typeof raw !== "string") return raw;
      reword(this);
      const frames = raw.split("\n").filter((line) => line.includes("/var/task/"));
      const places = frames.map((line) => line.replace(/^ *at <anonymous> \((.*)\)$/, "    at $1"));
      return keep(this, [String(this), ...places].join("\n"));
    },
    set(value) {
      keep(this, value);
    },
    configurable: true,
  });
  const lambdaError = (kind) => {
    class LambdaError extends Error {}
    Object.defineProperty(LambdaError, "name", { value: kind });
    LambdaError.prototype.name = `Runtime.${kind}`;
    return LambdaError;
  };

  const looksLikeError = (thrown) =>
    thrown instanceof Error ||
    (!!thrown && ["name", "message", "stack"].every((key) => typeof thrown[key] === "string" && thrown[key]));

  // What the Invoke API answers for a thrown value.
  const report = (thrown) => {
    try {
      if (looksLikeError(thrown)) {
        reword(thrown);
        const stack = typeof thrown.stack === "string" ? thrown.stack.split("\n") : [];
        return { errorType: String(thrown.name), errorMessage: String(thrown.message), trace: stack };
      }
      return { errorType: typeof thrown, errorMessage: thrown.toString(), trace: [] };
    } catch {
      return {
        errorType: "handled",
        errorMessage:
          "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      };
    }
  };

  // What the ERROR log line of a failed invocation carries, tab included.
  const logged = (thrown) => {
    const error = thrown instanceof Error ? thrown : new Error(thrown);
    try {
      reword(error);
      const spelled = (_key, value) =>
        value instanceof Error
          ? {
              errorType: value.name,
              errorMessage: value.message,
              code: value.code,
              ...value,
              stack: typeof value.stack === "string" ? value.stack.split("\n") : undefined,
            }
          : value;
      return "\t" + JSON.stringify(error, spelled);
    } catch {
      return "\t" + JSON.stringify(report(error));
    }
  };

  const kinds = {};
  for (const kind of [
    "ImportModuleError",
    "HandlerNotFound",
    "MalformedHandlerName",
    "UserCodeSyntaxError",
    "NodeJsExit",
    "UnhandledPromiseRejection",
  ]) {
    kinds[kind] = lambdaError(kind);
  }
  Object.assign(parts, { report, logged, kinds });
}
