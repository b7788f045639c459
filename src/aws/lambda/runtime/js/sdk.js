// The AWS SDK for JavaScript v3, generic: any service's client, any operation's command.
//
// Which operations exist and what they accept is the account's business, as it is behind the real SDK.
(parts, host) => {
  const pending = new Map();
  let last = 0;

  class ServiceException extends Error {}

  const failure = (service, answer) => {
    const error = new ServiceException(answer.message);
    error.name = answer.code;
    // The stack was taken before the name was known.
    error.stack = error.stack.replace(/^[^\n]*/, `${answer.code}: ${answer.message}`);
    error.$fault = answer.status < 500 ? "client" : "server";
    error.$metadata = { httpStatusCode: answer.status, requestId: answer.requestId, attempts: 1, totalRetryDelay: 0 };
    error.$service = service;
    error.Code = answer.code;
    return error;
  };

  // Blobs travel as base64; everything else as JSON says.
  const wire = (input) =>
    JSON.stringify(input, function (key, value) {
      return this[key] instanceof Uint8Array ? parts.toBase64(this[key]) : value;
    });

  const request = (service, operation, input) =>
    new Promise((resolve, reject) => {
      last += 1;
      pending.set(last, { service, resolve, reject });
      host.request(last, service, operation, wire(input));
    });

  parts.settle = (id, text) => {
    const { service, resolve, reject } = pending.get(id);
    pending.delete(id);
    const answer = JSON.parse(text);
    if (answer.code) reject(failure(service, answer));
    else {
      const $metadata = { httpStatusCode: 200, requestId: answer.requestId, attempts: 1, totalRetryDelay: 0 };
      resolve({ $metadata, ...answer.output });
    }
  };

  const commandClass = (operation) => {
    const made = class {
      constructor(input) { this.input = input ?? {}; }
    };
    Object.defineProperty(made, "name", { value: `${operation}Command` });
    Object.defineProperty(made.prototype, "operation", { value: operation });
    return made;
  };

  const clientClass = (service, name) => {
    const made = class {
      constructor(config) { this.config = { region: process.env.AWS_REGION, ...config }; }
      send(command, options, callback) {
        if (typeof command?.operation !== "string") {
          return Promise.reject(new TypeError("command.resolveMiddleware is not a function"));
        }
        const answer = request(service, command.operation, command.input);
        const call = typeof options === "function" ? options : callback;
        if (typeof call !== "function") return answer;
        answer.then((data) => call(null, data), (error) => call(error));
      }
      destroy() {}
    };
    Object.defineProperty(made, "name", { value: name });
    return made;
  };

  // `new EC2().describeInstances({})`: every method is the operation of that name.
  const aggregateClass = (service, name) => {
    const Client = clientClass(service, name);
    return class extends Client {
      constructor(config) {
        super(config);
        return new Proxy(this, {
          get: (target, key) => {
            if (typeof key !== "string" || key in target || !/^[a-z][A-Za-z0-9]+$/.test(key) || key === "then") return target[key];
            return (input, callback) => target.send(new (commandClass(key[0].toUpperCase() + key.slice(1)))(input), callback);
          },
        });
      }
    };
  };

  const exceptionClass = (name) => {
    const made = class extends ServiceException {
      static [Symbol.hasInstance](value) { return value?.name === name; }
    };
    Object.defineProperty(made, "name", { value: name });
    return made;
  };

  const modules = new Map();
  parts.sdk = (service) => {
    if (modules.has(service)) return modules.get(service);
    const known = new Map();
    const make = (name) => {
      const compact = service.replaceAll("-", "");
      if (name.toLowerCase() === `${compact}client`) return clientClass(service, name);
      if (name.toLowerCase() === compact) return aggregateClass(service, name);
      const command = /^([A-Z][A-Za-z0-9]+)Command$/.exec(name);
      if (command) return commandClass(command[1]);
      return /^[A-Z]\w+(Exception|NotFound|Fault)$/.test(name) ? exceptionClass(name) : undefined;
    };
    const get = (_target, name) => {
      if (typeof name !== "string") return undefined;
      if (!known.has(name)) known.set(name, make(name));
      return known.get(name);
    };
    const found = new Proxy({}, { get, has: (target, name) => get(target, name) !== undefined });
    modules.set(service, found);
    return found;
  };
}
