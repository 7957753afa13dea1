/** Every name that a program uses must be defined before it runs. */
import { type FunctionDefinition, type Node, type Pattern, SyntaxProblem } from "./syntax.ts";

interface Scope {
  /** `map/1`, `$x`, `*out` */
  readonly name: string;
  readonly outer: Scope | undefined;
}

/** Constants are divided before the program runs. */
function isZeroDivision({ operator, left, right }: Node & { kind: "binary" }): boolean {
  return (
    operator === "/" &&
    left.kind === "literal" &&
    typeof left.value === "number" &&
    right.kind === "literal" &&
    right.value === 0
  );
}

/** What is wrong, in the order of the text; empty: nothing. */
export function undefinedNames(
  program: Node,
  variables: readonly string[],
  isBuiltin: (name: string) => boolean,
): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const known = (scope: Scope | undefined, name: string): boolean => {
    for (let one = scope; one; one = one.outer) if (one.name === name) return true;
    return false;
  };
  const report = (name: string, at: number) =>
    problems.push(new SyntaxProblem(`${name} is not defined`, at));

  function visitAll(nodes: readonly (Node | undefined)[], scope: Scope | undefined): void {
    for (const node of nodes) if (node) visit(node, scope);
  }

  function visitDefinition(
    { name, parameters, body }: FunctionDefinition,
    scope: Scope | undefined,
  ): Scope {
    const own: Scope = { name: `${name}/${parameters.length}`, outer: scope };
    let inner: Scope = own;
    for (const parameter of parameters) {
      inner = { name: `${parameter.replace(/^\$/, "")}/0`, outer: inner };
      if (parameter.startsWith("$")) inner = { name: parameter, outer: inner };
    }
    visit(body, inner);
    return own;
  }

  function bind(pattern: Pattern, scope: Scope | undefined): Scope | undefined {
    switch (pattern.kind) {
      case "variable":
        return { name: `$${pattern.name}`, outer: scope };
      case "array":
        return pattern.items.reduce<Scope | undefined>((inner, item) => bind(item, inner), scope);
      case "object":
        return pattern.entries.reduce<Scope | undefined>((outer, entry) => {
          visit(entry.key, outer);
          const named = entry.variable;
          const inner = named === undefined ? outer : { name: `$${named}`, outer };
          return entry.pattern ? bind(entry.pattern, inner) : inner;
        }, scope);
    }
  }

  function visit(node: Node, scope: Scope | undefined): void {
    switch (node.kind) {
      case "call": {
        const name = `${node.name}/${node.args.length}`;
        if (!known(scope, name) && !isBuiltin(name)) report(name, node.at);
        visitAll(node.args, scope);
        break;
      }
      case "variable":
        if (!known(scope, `$${node.name}`) && !variables.includes(node.name)) {
          report(`$${node.name}`, node.at);
        }
        break;
      case "break":
        if (!known(scope, `*${node.name}`)) report(`$*label-${node.name}`, node.at);
        break;
      case "label":
        visit(node.body, { name: `*${node.name}`, outer: scope });
        break;
      case "function":
        visit(node.rest, visitDefinition(node.definition, scope));
        break;
      case "bind":
        visit(node.source, scope);
        visit(node.body, bind(node.pattern, scope));
        break;
      case "reduce":
      case "foreach": {
        visit(node.source, scope);
        visit(node.start, scope);
        const inner = bind(node.pattern, scope);
        visitAll([node.step, node.kind === "foreach" ? node.extract : undefined], inner);
        break;
      }
      case "string":
        visitAll(
          node.parts.filter((part) => typeof part !== "string"),
          scope,
        );
        break;
      case "object":
        visitAll(node.entries.flat(), scope);
        break;
      case "index":
        visitAll([node.target, node.key], scope);
        break;
      case "slice":
        visitAll([node.target, node.from, node.to], scope);
        break;
      case "iterate":
        visit(node.target, scope);
        break;
      case "array":
      case "negate":
        visitAll([node.body], scope);
        break;
      case "try":
        visitAll([node.body, node.handler], scope);
        break;
      case "if":
        visitAll([node.test, node.then, node.otherwise], scope);
        break;
      case "binary":
        if (isZeroDivision(node)) problems.push(new SyntaxProblem("Division by zero?", 0));
        visitAll([node.left, node.right], scope);
        break;
      case "pipe":
      case "comma":
      case "logic":
      case "alternative":
      case "update":
        visitAll([node.left, node.right], scope);
        break;
      case "identity":
      case "literal":
      case "format":
        break;
    }
  }

  visit(program, undefined);
  return problems;
}
