// One invocation: find the handler, call it, decide what the Invoke API answers.
//
// The protocol is that of AWS's Node.js runtime interface client: an async handler answers with its promise; a
// callback answers once the event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false.
(parts, host, program) => {
  const NEVER_SETTLED =
    "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";
  const { kinds, report, logged } = parts;
  const AsyncFunction = Object.getPrototypeOf(async () => {});
  let finished = false;
  let idle = null;

  const end = (kind, value) => {
    if (finished) return;
    finished = true;
    host.finish(kind, JSON.stringify(value));
  };
  const die = (title, thrown, id) => {
    host.line("ERROR", parts.format(title, logged(thrown)), id);
    end("error", report(thrown));
  };
  const fail = (thrown) => die("Invoke Error", thrown);
  const succeed = (result) => {
    let text;
    try {
      text = JSON.stringify(result === undefined ? null : result) ?? "null";
    } catch {
      throw new Error("Unable to stringify response body");
    }
    if (finished) return;
    finished = true;
    host.finish("ok", text);
  };
  parts.uncaught = (thrown) => die("Uncaught Exception", thrown);

  const rejections = new Map();
  parts.rejected = (promise, reason, handled) => {
    if (handled) rejections.delete(promise);
    else rejections.set(promise, reason);
  };
  parts.afterTick = () => {
    for (const reason of rejections.values()) {
      die("Unhandled Promise Rejection", Object.assign(new kinds.UnhandledPromiseRejection(reason), { reason, promise: {} }));
    }
    rejections.clear();
  };
  parts.idle = () => idle?.();

  // Errors before the handler runs have no request yet: Lambda's log line says `undefined`.
  const failInit = (thrown) => {
    if (thrown instanceof SyntaxError) die("Uncaught Exception", new kinds.UserCodeSyntaxError(thrown), "undefined");
    else if (thrown?.code === "MODULE_NOT_FOUND") die("Uncaught Exception", new kinds.ImportModuleError(thrown), "undefined");
    else die("Uncaught Exception", thrown, "undefined");
  };
  parts.failInit = (thrown) => {
    const missing = /^could not load module (?:filename )?'(.*)'$/.exec(thrown?.message ?? "");
    failInit(missing ? new Error(`Cannot find package '${missing[1]}' imported from /var/task/index.mjs`) : thrown);
  };

  const context = () => {
    let waits = true;
    const once = (call) => (...args) => {
      if (finished || answered) return;
      call(...args);
      answered = true;
    };
    let answered = false;
    const done = (error, result) => (error === undefined || error === null ? succeed(result) : fail(error));
    const callback = once((error, result) => {
      if (error !== undefined && error !== null) fail(error);
      else if (!waits) succeed(result);
      else idle = () => { try { succeed(result); } catch (thrown) { fail(thrown); } };
    });
    const given = {
      get callbackWaitsForEmptyEventLoop() { return waits; },
      set callbackWaitsForEmptyEventLoop(value) { waits = value; },
      succeed: once((result) => done(null, result)),
      fail: once((error) => done(error ?? "handled", null)),
      done: once(done),
      ...program.context,
      getRemainingTimeInMillis: () => Math.floor(program.deadline - host.now()),
    };
    return [given, callback];
  };

  const call = (handler) => {
    idle = () => {
      if (Object.getPrototypeOf(handler) === AsyncFunction) fail(new kinds.NodeJsExit(NEVER_SETTLED));
      else succeed(null);
    };
    const [given, callback] = context();
    try {
      const result = handler(JSON.parse(program.event), given, callback);
      const refuse = (thrown) => given.fail(thrown);
      if (typeof result?.then === "function") result.then(given.succeed, refuse).catch(refuse);
    } catch (thrown) {
      callback(thrown);
    }
  };

  const find = (exported) => {
    const path = program.handler.slice(program.handler.indexOf(".") + 1).split(".");
    const handler = path.reduce((at, key) => at && at[key], exported);
    if (!handler) throw new kinds.HandlerNotFound(`${program.handler} is undefined or not exported`);
    if (typeof handler !== "function") throw new kinds.HandlerNotFound(`${program.handler} is not a function`);
    return handler;
  };
  const start = (exported) => {
    let handler;
    try {
      handler = find(exported);
    } catch (thrown) {
      failInit(thrown);
      return;
    }
    call(handler);
  };

  // The handler names a file; ours is always index.js, as CloudFormation makes it of a ZipFile.
  const findsFile = () => {
    const [file] = program.handler.split(".");
    if (program.handler.includes("..")) {
      failInit(new kinds.MalformedHandlerName(`'${program.handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`));
    } else if (!program.handler.includes(".")) failInit(new kinds.MalformedHandlerName("Bad handler"));
    else if (file !== "index") {
      failInit(Object.assign(new Error(`Cannot find module '${file}'\nRequire stack:\n- /var/runtime/index.mjs`), { code: "MODULE_NOT_FOUND" }));
    } else return true;
    return false;
  };
  parts.runScript = (wrapped) => {
    const module = { exports: {} };
    try {
      wrapped.call(module.exports, module.exports, parts.require, module, "/var/task/index.js", "/var/task");
    } catch (thrown) {
      failInit(thrown);
      return;
    }
    start(module.exports);
  };
  parts.runModule = (loading, namespace) => {
    idle = () => failInit(new kinds.NodeJsExit(NEVER_SETTLED));
    loading.then(() => start(namespace), parts.failInit);
  };
  parts.start = (_id, facts) => {
    Object.assign(program, JSON.parse(facts));
    Object.assign(process.env, program.env);
    if (findsFile()) parts.load(program.code);
  };
}
