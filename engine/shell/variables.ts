/** Variables and the scopes that functions and temporary environments open over them. */
import { encodeBytes } from "./bytes.ts";
import { AssignmentError } from "./control-flow.ts";

/** A variable's elements: one at "0" for a plain one. Associative keys are any text. */
export class Variable {
  kind: "scalar" | "indexed" | "associative" = "scalar";
  exported = false;
  readonly = false;
  integer = false;
  lowercase = false;
  uppercase = false;
  nameref = false;
  /** An array that was given `()`, rather than only declared. */
  assignedEmpty = false;
  private text: string | undefined;
  private elements: Map<string, string> | undefined;
  private sorted = true;

  get isSet(): boolean {
    return this.kind === "scalar" ? this.text !== undefined : this.value !== undefined;
  }

  /** Neither a value nor an element: declared only. */
  get isEmpty(): boolean {
    return this.text === undefined && (this.elements?.size ?? 0) === 0;
  }

  /** The value, or element 0 of an array. */
  get value(): string | undefined {
    return this.kind === "scalar" ? this.text : this.elements?.get("0");
  }

  element(key: string): string | undefined {
    return this.kind === "scalar" ? (key === "0" ? this.text : undefined) : this.elements?.get(key);
  }

  setElement(key: string, value: string): void {
    if (this.kind === "scalar") {
      this.text = value;
      return;
    }
    const elements = (this.elements ??= new Map());
    if (this.kind === "indexed" && this.sorted && !elements.has(key) && elements.size > 0) {
      this.sorted = Number(this.lastKey) < Number(key);
    }
    if (!elements.has(key)) this.lastKey = key;
    elements.set(key, value);
  }
  private lastKey = "";

  removeElement(key: string): void {
    if (this.kind === "scalar") this.text = undefined;
    else this.elements?.delete(key);
  }

  clear(): void {
    this.text = undefined;
    this.elements = undefined;
    this.sorted = true;
  }

  convertTo(kind: "indexed" | "associative"): void {
    if (this.kind === kind) return;
    const first = this.value;
    this.kind = kind;
    this.text = undefined;
    this.elements = new Map(first === undefined ? [] : [["0", first]]);
    this.lastKey = "0";
    this.sorted = true;
  }

  /** Indexed: ascending; associative: in the order of bash's hash table. */
  keys(): string[] {
    if (this.kind === "scalar") return this.text === undefined ? [] : ["0"];
    const keys = [...(this.elements?.keys() ?? [])];
    if (this.kind === "indexed" && !this.sorted) keys.sort((a, b) => Number(a) - Number(b));
    if (this.kind === "associative") return inHashOrder(keys);
    return keys;
  }

  values(): string[] {
    return this.keys().map((key) => this.element(key) as string);
  }

  clone(): Variable {
    const copy = new Variable();
    Object.assign(copy, this);
    if (this.elements) copy.elements = new Map(this.elements);
    return copy;
  }
}

/** ASSOC_HASH_BUCKETS of bash's assoc.h. The table grows with more than twice as many entries. */
const HASH_BUCKETS = 1024;

/** By bucket, the newest key of a bucket first. */
function inHashOrder(keys: readonly string[]): string[] {
  let buckets = HASH_BUCKETS;
  while (keys.length >= buckets * 2) buckets *= 2;
  return [...keys]
    .reverse()
    .map((key) => [hashBucket(key, buckets), key] as const)
    .sort(([a], [b]) => a - b)
    .map(([, key]) => key);
}

/** FNV-1, as bash's hash_string. */
function hashBucket(key: string, buckets: number): number {
  let hash = 2166136261;
  for (const byte of encodeBytes(key)) hash = Math.imul(hash, 16777619) ^ byte;
  return (hash & (buckets - 1)) >>> 0;
}

interface Scope {
  readonly variables: Map<string, Variable>;
  /** The assignments before a command; `local` does not write here. */
  readonly temporary: boolean;
}

/** A variable that is computed when read, and may react to being written. */
export interface DynamicVariable {
  read(): string | readonly string[];
  write?(value: string): void;
}

const MAX_NAMEREFS = 8;

export class Variables {
  private scopes: Scope[] = [{ variables: new Map(), temporary: false }];
  readonly dynamic = new Map<string, DynamicVariable>();
  /** dash words it differently. */
  readonlyText = "readonly variable";
  /** Called after a variable changed or went. */
  onChange: (name: string) => void = () => {};

  clone(): Variables {
    const copy = new Variables();
    copy.readonlyText = this.readonlyText;
    copy.scopes = this.scopes.map((scope) => ({
      temporary: scope.temporary,
      variables: new Map([...scope.variables].map(([name, v]) => [name, v.clone()])),
    }));
    return copy;
  }

  pushScope(temporary: boolean): void {
    this.scopes.push({ variables: new Map(), temporary });
  }

  popScope(): void {
    const scope = this.scopes.pop();
    for (const name of scope?.variables.keys() ?? []) this.onChange(name);
  }

  get depth(): number {
    return this.scopes.length;
  }

  /** Follows namerefs. */
  resolveName(name: string): string {
    for (let hops = 0; hops < MAX_NAMEREFS; hops++) {
      if (this.dynamic.has(name)) return name;
      const variable = this.find(name);
      if (!variable?.nameref || !variable.value) return name;
      name = variable.value;
    }
    return name;
  }

  /** The variable itself, not what a nameref points to. */
  find(name: string): Variable | undefined {
    const dynamic = this.dynamic.get(name);
    if (dynamic) return dynamicAsVariable(dynamic);
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const found = this.scopes[at]?.variables.get(name);
      if (found) return found;
    }
    return undefined;
  }

  get(name: string): Variable | undefined {
    return this.find(this.resolveName(name));
  }

  value(name: string): string | undefined {
    return this.get(name)?.value;
  }

  /** The variable to write: the innermost that exists, or a fresh global one. */
  writable(name: string): Variable {
    name = this.resolveName(name);
    const existing = this.dynamic.has(name) ? undefined : this.find(name);
    if (existing) {
      if (existing.readonly) throw new AssignmentError(`${name}: ${this.readonlyText}`);
      return existing;
    }
    const variable = new Variable();
    (this.scopes[0] as Scope).variables.set(name, variable);
    return variable;
  }

  set(name: string, value: string): void {
    name = this.resolveName(name);
    const dynamic = this.dynamic.get(name);
    if (dynamic) {
      dynamic.write?.(value);
      return;
    }
    const variable = this.writable(name);
    variable.setElement("0", applyCase(variable, value));
    this.onChange(name);
  }

  setArray(name: string, values: readonly string[]): void {
    const variable = this.writable(name);
    variable.clear();
    if (variable.kind !== "associative") variable.kind = "indexed";
    values.forEach((value, index) => variable.setElement(String(index), value));
    this.onChange(name);
  }

  /** Like `set`, and marks it for export. */
  export(name: string, value?: string): void {
    if (value !== undefined) this.set(name, value);
    this.writable(name).exported = true;
  }

  /** The variable of the innermost function; made if it is not there. */
  declareLocal(name: string): Variable {
    const scope = this.functionScope();
    const existing = scope.variables.get(name);
    if (existing) return existing;
    const outer = this.find(name);
    if (outer?.readonly) throw new AssignmentError(`${name}: ${this.readonlyText}`);
    const variable = new Variable();
    const temporary = this.scopes.at(-2);
    if (temporary?.temporary && scope === this.scopes.at(-1)) {
      const passed = temporary.variables.get(name);
      if (passed) {
        scope.variables.set(name, passed.clone());
        return scope.variables.get(name) as Variable;
      }
    }
    scope.variables.set(name, variable);
    return variable;
  }

  /** A variable of the outermost scope, for `declare -g`. */
  declareGlobal(name: string): Variable {
    const global = (this.scopes[0] as Scope).variables;
    const variable = global.get(name) ?? new Variable();
    global.set(name, variable);
    return variable;
  }

  /** An assignment before a command, in the temporary scope just pushed. */
  setTemporary(name: string, value: string): void {
    if (this.find(name)?.readonly) throw new AssignmentError(`${name}: ${this.readonlyText}`);
    const variable = new Variable();
    variable.exported = true;
    variable.setElement("0", value);
    (this.scopes.at(-1) as Scope).variables.set(name, variable);
    this.onChange(name);
  }

  private functionScope(): Scope {
    for (let at = this.scopes.length - 1; at > 0; at--) {
      const scope = this.scopes[at] as Scope;
      if (!scope.temporary) return scope;
    }
    return this.scopes[0] as Scope;
  }

  /** False: it is read-only. */
  unset(name: string): boolean {
    if (this.dynamic.delete(name)) return true;
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const scope = this.scopes[at] as Scope;
      const variable = scope.variables.get(name);
      if (!variable) continue;
      if (variable.readonly) return false;
      const current = at > 0 && scope === this.functionScope();
      // A local stays local, but unset, until its function returns.
      if (current) scope.variables.set(name, new Variable());
      else scope.variables.delete(name);
      this.onChange(name);
      return true;
    }
    return true;
  }

  /** Every visible name, sorted. */
  names(): string[] {
    const names = new Set<string>(this.dynamic.keys());
    for (const scope of this.scopes) for (const name of scope.variables.keys()) names.add(name);
    return [...names].sort();
  }

  /** The environment of a child. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const scope of this.scopes) {
      for (const [name, variable] of scope.variables) {
        const value = variable.value;
        if (variable.exported && variable.kind === "scalar" && value !== undefined) {
          environment.set(name, value);
        } else environment.delete(name);
      }
    }
    return environment;
  }
}

function dynamicAsVariable(dynamic: DynamicVariable): Variable {
  const variable = new Variable();
  const value = dynamic.read();
  if (typeof value === "string") variable.setElement("0", value);
  else {
    variable.kind = "indexed";
    value.forEach((element, index) => variable.setElement(String(index), element));
  }
  return variable;
}

/** `declare -l` and `declare -u`. */
export function applyCase(variable: Variable, value: string): string {
  if (variable.lowercase) return value.toLowerCase();
  return variable.uppercase ? value.toUpperCase() : value;
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}
