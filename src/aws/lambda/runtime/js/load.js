// Gives the function its code: a script first, an ES module if that is what it is.
(parts, host) => {
  const SCRIPT = "/var/task/index.js";
  const MODULE = "/var/task/index.mjs";
  // A line that starts as only a module's can.
  const ONLY_IN_A_MODULE = /^\s*(?:import[ {"']|export[ {*]|await )/m;
  const WORD = /[\w$]+/g;

  const mentioned = (code) => {
    const quoted = (name) => code.includes(`"${name}"`) || code.includes(`'${name}'`);
    const plain = parts.builtIn.flatMap((name) => [name, `node:${name}`]).filter(quoted);
    return new Set([...plain, ...(code.match(/@aws-sdk\/client-[a-z0-9-]+/g) ?? [])]);
  };

  // An ES module's imports are bound by name before any code runs, and an SDK client has a name for every operation:
  // each module mentioned is declared with those of the code's own words that it exports.
  const declareImports = (code) => {
    const words = new Set(code.match(WORD).filter((word) => /^[a-z]/i.test(word) && word !== "default"));
    for (const name of mentioned(code)) {
      const found = parts.module(name);
      const names = [...words].filter((word) => word in Object(found));
      const exported = names.map((word, at) => `const x${at} = found.${word}; export { x${at} as ${word} };`);
      const source = ["const { found } = import.meta; export default found;", ...exported].join("\n");
      host.declare(name, source).found = found;
    }
  };

  const loadModule = (code) => {
    let started;
    try {
      started = host.module(MODULE, code);
    } catch (thrown) {
      parts.failInit(thrown);
      return;
    }
    parts.runModule(...started);
  };

  parts.load = (text) => {
    const code = text.replaceAll("\0", "\ufffd");
    if (code.includes("import")) declareImports(code);
    let script;
    try {
      // On the code's first line, so that line numbers are the author's.
      script = host.script(SCRIPT, `(function (exports, require, module, __filename, __dirname) {${code}\n})`);
    } catch (thrown) {
      if (ONLY_IN_A_MODULE.test(code)) loadModule(code);
      else parts.failInit(thrown);
      return;
    }
    parts.runScript(script);
  };
}
