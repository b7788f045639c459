/* QuickJS for WebAssembly: what the simulator needs of it, and the doors between the two.
 *
 * Texts cross as UTF-8, by address and length. The host may call an export only while no other is running.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "quickjs.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(name) __attribute__((import_module("host"), import_name(name)))

/* What the simulator answers. Times are milliseconds. */
IMPORT("now") double host_now(void);
IMPORT("elapsed") double host_elapsed(void);
IMPORT("chance") double host_chance(void);
IMPORT("line") void host_line(const char *level, size_t, const char *text, size_t, const char *id, size_t);
IMPORT("request") void host_request(int id, const char *service, size_t, const char *operation, size_t, const char *input, size_t);
IMPORT("timer") void host_timer(int id, double wait);
IMPORT("exit") void host_exit(int code);
IMPORT("finish") void host_finish(const char *kind, size_t, const char *text, size_t);

enum {
    /* QuickJS checks its own stack, which is half of the whole (see `build`). */
    STACK_BYTES = 512 << 10,
    GC_THRESHOLD = 1 << 20,
    MAX_TEXTS = 3,
};

static JSRuntime *runtime;
static JSContext *context;
static JSValue parts, door, facts;

/* libc's way to the outside: there is none. QuickJS asks for the time to seed a generator that is replaced. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    memset(now, 0, sizeof *now);
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    memset(now, 0, sizeof *now);
    return 0;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict parts)
{
    return gmtime_r(time, parts);
}

/* No file is open, so none can be used: `errno::badf` of WASI. */
enum { BAD_FILE = 8 };

int32_t __imported_wasi_snapshot_preview1_fd_close(int32_t file)
{
    return BAD_FILE;
}

int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get(int32_t file, int32_t status)
{
    return BAD_FILE;
}

int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t file, int64_t by, int32_t from, int32_t place)
{
    return BAD_FILE;
}

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t file, int32_t texts, int32_t count, int32_t written)
{
    return BAD_FILE;
}

_Noreturn void abort(void)
{
    __builtin_trap();
}

/* The texts among the arguments of a call to the door. */
struct texts {
    const char *at[MAX_TEXTS];
    size_t length[MAX_TEXTS];
};

static void forget(JSContext *ctx, struct texts *texts)
{
    for (int i = 0; i < MAX_TEXTS; i++)
        if (texts->at[i])
            JS_FreeCString(ctx, texts->at[i]);
}

static int read_texts(JSContext *ctx, struct texts *texts, int count, JSValueConst *arguments)
{
    memset(texts, 0, sizeof *texts);
    for (int i = 0; i < count; i++) {
        if (JS_IsUndefined(arguments[i]))
            continue;
        texts->at[i] = JS_ToCStringLen(ctx, &texts->length[i], arguments[i]);
        if (!texts->at[i]) {
            forget(ctx, texts);
            return -1;
        }
    }
    return 0;
}

static JSValue door_now(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    return JS_NewFloat64(ctx, host_now());
}

static JSValue door_elapsed(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    return JS_NewFloat64(ctx, host_elapsed());
}

static JSValue door_chance(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    return JS_NewFloat64(ctx, host_chance());
}

static JSValue door_line(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    struct texts texts;
    if (read_texts(ctx, &texts, 3, arguments))
        return JS_EXCEPTION;
    host_line(texts.at[0], texts.length[0], texts.at[1], texts.length[1], texts.at[2], texts.length[2]);
    forget(ctx, &texts);
    return JS_UNDEFINED;
}

static JSValue door_request(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    struct texts texts;
    int id;
    if (JS_ToInt32(ctx, &id, arguments[0]) || read_texts(ctx, &texts, 3, arguments + 1))
        return JS_EXCEPTION;
    host_request(id, texts.at[0], texts.length[0], texts.at[1], texts.length[1], texts.at[2], texts.length[2]);
    forget(ctx, &texts);
    return JS_UNDEFINED;
}

static JSValue door_timer(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    int id;
    double wait;
    if (JS_ToInt32(ctx, &id, arguments[0]) || JS_ToFloat64(ctx, &wait, arguments[1]))
        return JS_EXCEPTION;
    host_timer(id, wait);
    return JS_UNDEFINED;
}

static JSValue door_exit(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    int code;
    if (JS_ToInt32(ctx, &code, arguments[0]))
        return JS_EXCEPTION;
    host_exit(code);
    return JS_UNDEFINED;
}

static JSValue door_finish(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    struct texts texts;
    if (read_texts(ctx, &texts, 2, arguments))
        return JS_EXCEPTION;
    host_finish(texts.at[0], texts.length[0], texts.at[1], texts.length[1]);
    forget(ctx, &texts);
    return JS_UNDEFINED;
}

/* Two arguments: the name of a source, and the source. */
static JSValue evaluate(JSContext *ctx, JSValueConst *arguments, int flags)
{
    struct texts texts;
    if (read_texts(ctx, &texts, 2, arguments))
        return JS_EXCEPTION;
    JSValue value = JS_Eval(ctx, texts.at[1], texts.length[1], texts.at[0], flags);
    forget(ctx, &texts);
    return value;
}

/* door.script(name, source): the value of a sloppy script. */
static JSValue door_script(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    return evaluate(ctx, arguments, JS_EVAL_TYPE_GLOBAL);
}

/* door.declare(name, source): its `import.meta`. The context owns the module. */
static JSValue door_declare(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    JSValue module = evaluate(ctx, arguments, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module))
        return module;
    JSValue meta = JS_GetImportMeta(ctx, JS_VALUE_GET_PTR(module));
    JS_FreeValue(ctx, module);
    return meta;
}

/* door.module(name, source): [the promise of its end, its namespace]. */
static JSValue door_module(JSContext *ctx, JSValueConst this, int count, JSValueConst *arguments)
{
    JSValue module = evaluate(ctx, arguments, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module))
        return module;
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JSValue loading = JS_EvalFunction(ctx, module);
    if (JS_IsException(loading))
        return loading;
    JSValue started = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, started, 0, loading);
    JS_SetPropertyUint32(ctx, started, 1, JS_GetModuleNamespace(ctx, definition));
    return started;
}

static const JSCFunctionListEntry door_functions[] = {
    JS_CFUNC_DEF("now", 0, door_now),         JS_CFUNC_DEF("elapsed", 0, door_elapsed),
    JS_CFUNC_DEF("chance", 0, door_chance),   JS_CFUNC_DEF("line", 3, door_line),
    JS_CFUNC_DEF("request", 4, door_request), JS_CFUNC_DEF("timer", 2, door_timer),
    JS_CFUNC_DEF("exit", 1, door_exit),       JS_CFUNC_DEF("finish", 2, door_finish),
    JS_CFUNC_DEF("script", 2, door_script),   JS_CFUNC_DEF("declare", 2, door_declare),
    JS_CFUNC_DEF("module", 2, door_module),
};

/* Calls `parts[name]`: 1 if what it answers is true, 0 if not, -1 if it threw. */
static int call_part(const char *name, int count, JSValueConst *arguments)
{
    JSValue function = JS_GetPropertyStr(context, parts, name);
    JSValue answer = JS_Call(context, function, JS_UNDEFINED, count, arguments);
    JS_FreeValue(context, function);
    int truth = JS_ToBool(context, answer);
    JS_FreeValue(context, answer);
    if (truth < 0)
        JS_FreeValue(context, JS_GetException(context));
    return truth;
}

static void tell_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque)
{
    JSValueConst arguments[] = {promise, reason, JS_NewBool(ctx, handled)};
    call_part("rejected", 3, arguments);
}

/* Room for a text on its way in. */
EXPORT("room") char *room(size_t length)
{
    return malloc(length + 1);
}

/* A context with all of the language but its own clock (`performance`). 0 if it went well. */
EXPORT("make") int make(void)
{
    runtime = JS_NewRuntime();
    JS_SetMaxStackSize(runtime, STACK_BYTES);
    JS_SetGCThreshold(runtime, GC_THRESHOLD);
    context = JS_NewContextRaw(runtime);
    int failed = JS_AddIntrinsicBaseObjects(context) || JS_AddIntrinsicDate(context) || JS_AddIntrinsicEval(context)
        || JS_AddIntrinsicRegExp(context) || JS_AddIntrinsicJSON(context) || JS_AddIntrinsicProxy(context)
        || JS_AddIntrinsicMapSet(context) || JS_AddIntrinsicTypedArrays(context) || JS_AddIntrinsicPromise(context)
        || JS_AddIntrinsicBigInt(context) || JS_AddIntrinsicWeakRef(context);
    JS_AddIntrinsicRegExpCompiler(context);
    JS_SetHostPromiseRejectionTracker(runtime, tell_rejection, NULL);
    parts = JS_NewObject(context);
    door = JS_NewObject(context);
    facts = JS_NewObject(context);
    JS_SetPropertyFunctionList(context, door, door_functions, sizeof door_functions / sizeof *door_functions);
    return failed;
}

/* Evaluates one of the simulator's own files, `(parts, door, facts) => …`, and calls it. 0 if it went well. */
EXPORT("part") int part(char *name, size_t name_length, char *source, size_t length)
{
    name[name_length] = source[length] = 0;
    JSValue function = JS_Eval(context, source, length, name, JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_STRICT);
    free(name);
    free(source);
    JSValueConst arguments[] = {parts, door, facts};
    JSValue answer = JS_Call(context, function, JS_UNDEFINED, 3, arguments);
    JS_FreeValue(context, function);
    int failed = JS_IsException(answer);
    JS_FreeValue(context, answer);
    return failed;
}

/* parts[name](id, text): see `call_part`. */
EXPORT("call") int call(char *name, size_t name_length, int id, char *text, size_t length)
{
    name[name_length] = text[length] = 0;
    JSValue arguments[] = {JS_NewInt32(context, id), JS_NewStringLen(context, text, length)};
    free(text);
    int truth = call_part(name, 2, (JSValueConst *)arguments);
    JS_FreeValue(context, arguments[1]);
    free(name);
    return truth;
}

/* Runs one job of the microtask queue: 1 if there was one, 0 if not, -1 if it failed. */
EXPORT("job") int job(void)
{
    JSContext *ran;
    int state = JS_ExecutePendingJob(runtime, &ran);
    if (state < 0)
        JS_FreeValue(ran, JS_GetException(ran));
    return state;
}
