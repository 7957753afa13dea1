/**
 * Runs a program. A filter may have many outputs: each is handed to `emit`, which does with it what
 * comes next. So outputs stream, and what blocks in the middle (an input that is not there yet, a
 * long computation that lets others run) blocks the process and nobody else.
 */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { calculate, negate } from "./arithmetic.ts";
import { format } from "./formats.ts";
import {
  array,
  isArray,
  isObject,
  isTrue,
  JqError,
  JqLimit,
  type Json,
  jsonText,
  kindOf,
  object,
  text,
} from "./json.ts";
import { deletePaths, describe, getKey, getPath, getSlice, setPath, sliceKey } from "./paths.ts";
import type { FunctionDefinition, Node, Pattern, Update } from "./syntax.ts";

/** Where a value stands in the input; null: nowhere; undefined: nobody asks. */
export type Path = readonly Json[] | null | undefined;
export type Emit = (value: Json, path: Path) => Blocking<void>;

/** Names in scope, the innermost first. */
export type Env =
  | {
      readonly name: string;
      readonly outer: Env;
      readonly kind: "value";
      readonly value: Json;
    }
  | {
      readonly name: string;
      readonly outer: Env;
      readonly kind: "filter";
      readonly closure: Closure;
    }
  | {
      readonly name: string;
      readonly outer: Env;
      readonly kind: "function";
      readonly definition: FunctionDefinition;
    }
  | { readonly name: string; readonly outer: Env; readonly kind: "label" }
  | undefined;

export interface Closure {
  readonly node: Node;
  readonly env: Env;
}

export type Native = (
  run: Evaluator,
  args: readonly Closure[],
  value: Json,
  path: Path,
  emit: Emit,
) => Blocking<void>;

/** What the evaluator needs of the program around it. */
export interface Surroundings {
  /** Called every now and then: lets others run. */
  pause(): Blocking<void>;
  /** Undefined: there are no more. */
  nextInput(): Blocking<Json | undefined>;
  debug(line: string): Blocking<void>;
  readonly environment: ReadonlyMap<string, string>;
  readonly nowSeconds: () => number;
  readonly inputName: () => string | undefined;
  readonly inputLine: () => number;
}

/** Filters within filters: a deeper program would exhaust the host's stack. */
const MAX_DEPTH = 2000;
const STEPS_BETWEEN_PAUSES = 1000;

/** Thrown past `try`s that surround only what came before. */
class Downstream {
  constructor(
    readonly error: unknown,
    readonly boundary: object,
  ) {}
}

class LabelBreak {
  constructor(readonly label: Env) {}
}

export class Evaluator {
  private depth = 0;
  private steps = 0;

  constructor(
    readonly surroundings: Surroundings,
    private readonly natives: ReadonlyMap<string, Native>,
    private readonly library: Env,
  ) {}

  *run(node: Node, env: Env, value: Json, path: Path, emit: Emit): Blocking<void> {
    yield* this.step();
    if (this.depth >= MAX_DEPTH) throw new JqLimit("recursion as deep as this");
    this.depth += 1;
    try {
      yield* this.evaluate(node, env, value, path, emit);
    } finally {
      this.depth -= 1;
    }
  }

  /** One piece of work; lab time passes with them. */
  *step(): Blocking<void> {
    if (++this.steps % STEPS_BETWEEN_PAUSES === 0) yield* this.surroundings.pause();
  }

  apply(closure: Closure, value: Json, path: Path, emit: Emit): Blocking<void> {
    return this.run(closure.node, closure.env, value, path, emit);
  }

  /** All outputs at once. */
  *collect(closure: Closure, value: Json): Blocking<Json[]> {
    const outputs: Json[] = [];
    yield* this.apply(closure, value, undefined, function* (output) {
      outputs.push(output);
      if (outputs.length > 1_000_000) throw new JqLimit("so many values at once");
    });
    return outputs;
  }

  /** Runs `body`, which may leave early by the function it is given. */
  *untilBroken(body: (leave: () => never) => Blocking<void>): Blocking<void> {
    const label: Env = { name: "", outer: undefined, kind: "label" };
    try {
      yield* body(() => {
        throw new LabelBreak(label);
      });
    } catch (error) {
      if (!(error instanceof LabelBreak) || error.label !== label) throw error;
    }
  }

  private *evaluate(node: Node, env: Env, value: Json, path: Path, emit: Emit): Blocking<void> {
    const nowhere: Path = path === undefined ? undefined : null;
    switch (node.kind) {
      case "identity":
        return yield* emit(value, path);
      case "literal":
        return yield* emit(node.value, nowhere);
      case "string":
        return yield* this.string(node.parts, node.format ?? "text", env, value, "", (out) =>
          emit(out, nowhere),
        );
      case "format":
        return yield* emit(text(format(node.name, value)), nowhere);
      case "index":
        return yield* this.each(node.key, env, value, (key) =>
          this.run(node.target, env, value, path, (target, at) =>
            emit(getKey(target, key), extend(at, key, target)),
          ),
        );
      case "slice":
        return yield* this.optional(node.to, env, value, (to) =>
          this.optional(node.from, env, value, (from) =>
            this.run(node.target, env, value, path, (target, at) =>
              emit(getSlice(target, from, to), at && extend(at, sliceKey(from, to), target)),
            ),
          ),
        );
      case "iterate":
        return yield* this.run(node.target, env, value, path, (target, at) =>
          this.iterate(target, at, emit),
        );
      case "array":
        return yield* emit(
          array(node.body ? yield* this.collect({ node: node.body, env }, value) : []),
          nowhere,
        );
      case "object":
        return yield* this.object(node.entries, env, value, new Map(), (out) => emit(out, nowhere));
      case "negate":
        return yield* this.each(node.body, env, value, (out) => emit(negate(out), nowhere));
      case "pipe":
        return yield* this.run(node.left, env, value, path, (out, at) =>
          this.run(node.right, env, out, at, emit),
        );
      case "comma":
        yield* this.run(node.left, env, value, path, emit);
        return yield* this.run(node.right, env, value, path, emit);
      case "binary":
        return yield* this.each(node.right, env, value, (right) =>
          this.each(node.left, env, value, (left) =>
            emit(calculate(node.operator, left, right), nowhere),
          ),
        );
      case "logic": {
        const decides = node.operator === "or";
        return yield* this.each(node.left, env, value, (left) =>
          isTrue(left) === decides
            ? emit(decides, nowhere)
            : this.each(node.right, env, value, (right) => emit(isTrue(right), nowhere)),
        );
      }
      case "alternative":
        return yield* this.alternative(node.left, node.right, env, value, path, emit);
      case "update":
        return yield* this.update(node.operator, node.left, node.right, env, value, (out) =>
          emit(out, nowhere),
        );
      case "if":
        return yield* this.each(node.test, env, value, (test) =>
          this.run(isTrue(test) ? node.then : node.otherwise, env, value, path, emit),
        );
      case "try":
        return yield* this.attempt(node.body, node.handler, env, value, path, emit);
      case "reduce":
        return yield* this.reduce(node, env, value, path, emit);
      case "foreach":
        return yield* this.foreach(node, env, value, path, emit);
      case "function": {
        const { definition } = node;
        const name = `${definition.name}/${definition.parameters.length}`;
        const inner: Env = { name, outer: env, kind: "function", definition };
        return yield* this.run(node.rest, inner, value, path, emit);
      }
      case "call":
        return yield* this.call(node.name, node.args, env, value, path, emit);
      case "variable":
        return yield* emit(this.variable(node.name, env), nowhere);
      case "bind":
        return yield* this.each(node.source, env, value, (source) =>
          this.bind(node.pattern, source, env, value, (inner) =>
            this.run(node.body, inner, value, path, emit),
          ),
        );
      case "label": {
        const label: Env = { name: `*${node.name}`, outer: env, kind: "label" };
        try {
          yield* this.run(node.body, label, value, path, emit);
        } catch (error) {
          if (!(error instanceof LabelBreak) || error.label !== label) throw error;
        }
        return;
      }
      case "break":
        throw new LabelBreak(find(env, `*${node.name}`));
    }
  }

  /** The outputs as plain values, whatever is asked of paths around. */
  private each(
    node: Node,
    env: Env,
    value: Json,
    then: (out: Json) => Blocking<void>,
  ): Blocking<void> {
    return this.run(node, env, value, undefined, (out) => then(out));
  }

  private optional(
    node: Node | undefined,
    env: Env,
    value: Json,
    then: (out: Json) => Blocking<void>,
  ): Blocking<void> {
    return node ? this.each(node, env, value, then) : then(null);
  }

  *iterate(target: Json, at: Path, emit: Emit): Blocking<void> {
    if (isArray(target)) {
      for (const [index, item] of target.entries()) {
        yield* this.step();
        yield* emit(item, extend(at, index, target));
      }
    } else if (isObject(target)) {
      for (const [key, item] of target) yield* emit(item, extend(at, key, target));
    } else throw new JqError(`Cannot iterate over ${describe(target)}`);
  }

  private *string(
    parts: readonly (string | Node)[],
    formatName: string,
    env: Env,
    value: Json,
    before: string,
    then: (out: string) => Blocking<void>,
  ): Blocking<void> {
    const [part, ...rest] = parts;
    if (part === undefined) return yield* then(text(before));
    if (typeof part === "string") {
      return yield* this.string(rest, formatName, env, value, before + part, then);
    }
    yield* this.each(part, env, value, (out) =>
      this.string(rest, formatName, env, value, before + format(formatName, out), then),
    );
  }

  private *object(
    entries: readonly (readonly [Node, Node])[],
    env: Env,
    value: Json,
    before: ReadonlyMap<string, Json>,
    then: (out: Json) => Blocking<void>,
  ): Blocking<void> {
    const [entry, ...rest] = entries;
    if (!entry) return yield* then(object(new Map(before)));
    yield* this.each(entry[0], env, value, (key) => {
      if (typeof key !== "string") throw new JqError("Object keys must be strings");
      return this.each(entry[1], env, value, (out) =>
        this.object(rest, env, value, new Map(before).set(key, out), then),
      );
    });
  }

  /** The true outputs of the left; if there are none, the right. Its errors end it silently. */
  private *alternative(
    left: Node,
    right: Node,
    env: Env,
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    let found = false;
    yield* this.guarded(
      (guard) =>
        this.run(left, env, value, path, function* (out, at) {
          if (!isTrue(out)) return;
          found = true;
          yield* guard(emit)(out, at);
        }),
      function* () {
        // What failed counts as nothing.
      },
    );
    if (!found) yield* this.run(right, env, value, path, emit);
  }

  private *attempt(
    body: Node,
    handler: Node | undefined,
    env: Env,
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    yield* this.guarded(
      (guard) => this.run(body, env, value, path, guard(emit)),
      (error) => (handler ? this.run(handler, env, error.value, path && null, emit) : nothing()),
    );
  }

  /** Errors of `body` itself go to `rescue`; those of what its outputs are used for do not. */
  private *guarded(
    body: (guard: (emit: Emit) => Emit) => Blocking<void>,
    rescue: (error: JqError) => Blocking<void>,
  ): Blocking<void> {
    const boundary = {};
    const { depth } = this;
    try {
      yield* body(
        (emit) =>
          function* (out, at) {
            try {
              yield* emit(out, at);
            } catch (error) {
              throw new Downstream(error, boundary);
            }
          },
      );
    } catch (error) {
      if (error instanceof Downstream && error.boundary === boundary) throw error.error;
      if (!(error instanceof JqError)) throw error;
      this.depth = depth;
      yield* rescue(error);
    }
  }

  // ---------------------------------------------------------------- loops

  private *reduce(
    node: Node & { kind: "reduce" },
    env: Env,
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    yield* this.run(node.start, env, value, path, (start, startPath) =>
      this.fold(node, env, value, [start, startPath], emit),
    );
  }

  private *fold(
    node: Node & { kind: "reduce" },
    env: Env,
    value: Json,
    start: readonly [Json, Path],
    emit: Emit,
  ): Blocking<void> {
    let state: readonly [Json, Path] = start;
    const step = (inner: Env) => this.run(node.step, inner, ...taken(), remember);
    // Without an output the state is lost, as in jq 1.6.
    const taken = (): readonly [Json, Path] => {
      const before = state;
      state = [null, start[1] && null];
      return before;
    };
    const remember: Emit = function* (out, at) {
      state = [out, at];
    };
    yield* this.each(node.source, env, value, (source) =>
      this.bind(node.pattern, source, env, value, step),
    );
    yield* emit(...state);
  }

  private *foreach(
    node: Node & { kind: "foreach" },
    env: Env,
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    const { extract } = node;
    yield* this.run(node.start, env, value, path, (start, startPath) => {
      let state: readonly [Json, Path] = [start, startPath];
      return this.each(node.source, env, value, (source) =>
        this.bind(node.pattern, source, env, value, (inner) =>
          this.run(node.step, inner, ...state, (out, at) => {
            state = [out, at];
            return extract ? this.run(extract, inner, out, at, emit) : emit(out, at);
          }),
        ),
      );
    });
  }

  // ---------------------------------------------------------------- names

  private *bind(
    pattern: Pattern,
    source: Json,
    env: Env,
    value: Json,
    then: (env: Env) => Blocking<void>,
  ): Blocking<void> {
    if (pattern.kind === "variable") {
      return yield* then({ name: `$${pattern.name}`, outer: env, kind: "value", value: source });
    }
    if (pattern.kind === "array") {
      const bindItems = (at: number, inner: Env): Blocking<void> => {
        const item = pattern.items[at];
        if (!item) return then(inner);
        return this.bind(item, getKey(source, at), inner, value, (next) => bindItems(at + 1, next));
      };
      return yield* bindItems(0, env);
    }
    const bindEntries = (at: number, inner: Env): Blocking<void> => {
      const entry = pattern.entries[at];
      if (!entry) return then(inner);
      return this.each(entry.key, inner, value, (key) => {
        if (typeof key !== "string") {
          throw new JqError(`Cannot index ${kindOf(source)} with ${kindOf(key)}`);
        }
        const part = getKey(source, key);
        const named: Env =
          entry.variable === undefined
            ? inner
            : { name: `$${entry.variable}`, outer: inner, kind: "value", value: part };
        if (!entry.pattern) return bindEntries(at + 1, named);
        return this.bind(entry.pattern, part, named, value, (next) => bindEntries(at + 1, next));
      });
    };
    yield* bindEntries(0, env);
  }

  private variable(name: string, env: Env): Json {
    const found = find(env, `$${name}`);
    if (found?.kind === "value") return found.value;
    if (name === "ENV") return environmentObject(this.surroundings.environment);
    throw new Error(`the variable $${name} was not checked`);
  }

  private *call(
    name: string,
    args: readonly Node[],
    env: Env,
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    const full = `${name}/${args.length}`;
    const closures = args.map((node) => ({ node, env }));
    const found = find(env, full);
    if (found?.kind === "filter") return yield* this.apply(found.closure, value, path, emit);
    if (found?.kind === "function") {
      return yield* this.enter(found, closures, value, path, emit);
    }
    const native = this.natives.get(full);
    if (native) return yield* native(this, closures, value, path, emit);
    const own = find(this.library, full);
    if (own?.kind !== "function") throw new Error(`the function ${full} was not checked`);
    yield* this.enter(own, closures, value, path, emit);
  }

  private *enter(
    scope: Env & { kind: "function" },
    args: readonly Closure[],
    value: Json,
    path: Path,
    emit: Emit,
  ): Blocking<void> {
    const { parameters, body } = scope.definition;
    const bindArguments = (at: number, inner: Env): Blocking<void> => {
      const parameter = parameters[at];
      const closure = args[at];
      if (parameter === undefined || !closure) return this.run(body, inner, value, path, emit);
      if (!parameter.startsWith("$")) {
        const name = `${parameter}/0`;
        return bindArguments(at + 1, { name, outer: inner, kind: "filter", closure });
      }
      return this.apply(closure, value, undefined, (out) => {
        const filter: Env = {
          name: `${parameter.slice(1)}/0`,
          outer: inner,
          kind: "filter",
          closure: { node: { kind: "literal", value: out }, env: undefined },
        };
        return bindArguments(at + 1, { name: parameter, outer: filter, kind: "value", value: out });
      });
    };
    yield* bindArguments(0, scope);
  }

  // ---------------------------------------------------------------- paths and updates

  /** The paths to the outputs of a filter. */
  *paths(
    closure: Closure,
    value: Json,
    then: (path: readonly Json[]) => Blocking<void>,
  ): Blocking<void> {
    yield* this.apply(closure, value, [], (out, path) => {
      if (!path) throw invalidPath(out);
      return then(path);
    });
  }

  private *update(
    operator: Update,
    left: Node,
    right: Node,
    env: Env,
    value: Json,
    then: (out: Json) => Blocking<void>,
  ): Blocking<void> {
    const target = { node: left, env };
    if (operator === "|=") {
      let state = value;
      const change = this.modify.bind(this);
      yield* this.paths(target, value, function* (path) {
        state = yield* change({ node: right, env }, state, path);
      });
      return yield* then(state);
    }
    yield* this.each(right, env, value, (operand) =>
      this.assign(operator, target, operand, value, then),
    );
  }

  private *assign(
    operator: Update,
    target: Closure,
    operand: Json,
    value: Json,
    then: (out: Json) => Blocking<void>,
  ): Blocking<void> {
    let state = value;
    yield* this.paths(target, value, function* (path) {
      const before = getPath(state, path);
      if (operator === "=") state = setPath(state, path, operand);
      else if (operator === "//=") state = isTrue(before) ? state : setPath(state, path, operand);
      else state = setPath(state, path, calculate(operator.slice(0, -1) as "+", before, operand));
    });
    yield* then(state);
  }

  /** The first output takes the place; without one the place is deleted. */
  private *modify(closure: Closure, state: Json, path: readonly Json[]): Blocking<Json> {
    let result: Json | undefined;
    yield* this.untilBroken((leave) =>
      this.apply(closure, getPath(state, path), undefined, function* (out) {
        result = out;
        leave();
      }),
    );
    return result === undefined ? deletePaths(state, [path]) : setPath(state, path, result);
  }
}

function* nothing(): Blocking<void> {
  // No output.
}

function find(env: Env, name: string): Env {
  for (let one = env; one; one = one.outer) if (one.name === name) return one;
  return undefined;
}

function invalidPath(value: Json): JqError {
  return new JqError(`Invalid path expression with result ${shorten(jsonText(value))}`);
}

function shorten(dump: string): string {
  return dump.length > 29 ? `${dump.slice(0, 26)}...` : dump;
}

export function extend(path: Path, key: Json, value: Json): Path {
  if (path === undefined) return undefined;
  if (path === null) throw invalidPath(value);
  return [...path, key];
}

export function environmentObject(environment: ReadonlyMap<string, string>): Json {
  return object(new Map<string, Json>(environment));
}
