import { array, compare, isArray, isObject, JqError, type Json, object, text } from "./json.ts";
import { describe, mergeDeep } from "./paths.ts";
import type { Binary } from "./syntax.ts";

export function calculate(operator: Binary, a: Json, b: Json): Json {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return subtract(a, b);
    case "*":
      return multiply(a, b);
    case "/":
      return divide(a, b);
    case "%":
      return remainder(a, b);
    case "==":
      return compare(a, b) === 0;
    case "!=":
      return compare(a, b) !== 0;
    case "<":
      return compare(a, b) < 0;
    case "<=":
      return compare(a, b) <= 0;
    case ">":
      return compare(a, b) > 0;
    case ">=":
      return compare(a, b) >= 0;
  }
}

function cannot(a: Json, b: Json, what: string): JqError {
  return new JqError(`${describe(a)} and ${describe(b)} cannot be ${what}`);
}

function add(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "string" && typeof b === "string") return text(a + b);
  if (isArray(a) && isArray(b)) return array([...a, ...b]);
  if (isObject(a) && isObject(b)) return object(new Map([...a, ...b]));
  throw cannot(a, b, "added");
}

function subtract(a: Json, b: Json): Json {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isArray(a) && isArray(b)) {
    return array(a.filter((item) => !b.some((other) => compare(item, other) === 0)));
  }
  throw cannot(a, b, "subtracted");
}

function multiply(a: Json, b: Json): Json {
  if (typeof a === "number" && typeof b === "number") return a * b;
  if (typeof a === "string" && typeof b === "number") return repeated(a, b);
  if (typeof a === "number" && typeof b === "string") return repeated(b, a);
  if (isObject(a) && isObject(b)) return mergeDeep(a, b);
  throw cannot(a, b, "multiplied");
}

function repeated(word: string, times: number): Json {
  const count = Math.trunc(times);
  if (!(count > 0)) return null;
  const most = 16_777_217;
  return text(word.repeat(Math.min(count, Math.ceil(most / Math.max(1, word.length)))));
}

function divide(a: Json, b: Json): Json {
  if (typeof a === "number" && typeof b === "number") {
    if (b === 0) throw cannot(a, b, "divided because the divisor is zero");
    return a / b;
  }
  if (typeof a === "string" && typeof b === "string") return split(a, b);
  throw cannot(a, b, "divided");
}

export function split(a: string, b: string): Json {
  if (a === "") return array([]);
  return array(b === "" ? [...a] : a.split(b));
}

function remainder(a: Json, b: Json): Json {
  if (typeof a !== "number" || typeof b !== "number") throw cannot(a, b, "divided");
  const divisor = Math.abs(Math.trunc(b));
  if (divisor === 0 || Number.isNaN(divisor)) {
    throw cannot(a, b, "divided (remainder) because the divisor is zero");
  }
  return Math.trunc(a) % divisor;
}

export function negate(value: Json): Json {
  if (typeof value === "number") return -value;
  throw new JqError(`${describe(value)} cannot be negated`);
}
