/**
 * YAML to plain data, for text from anywhere: size, nesting, number of tokens and aliases are
 * bounded, so that no file can stop the program.
 */
import { Composer, isScalar, Lexer, LineCounter, Parser, visit } from "yaml";
import type { CST, Document, ParsedNode } from "yaml";
import type { Problem } from "../../session.ts";
import { SourceMap } from "./problems.ts";

/** Longer texts are refused before they are read. */
const TEXT_LIMIT = 8 << 20;

/** Of lexical tokens; a lab of 5,000 nodes has some 500,000. */
const TOKEN_LIMIT = 2_000_000;

/** Deeper nesting than a lab can have. The composer recurses, and would exhaust the stack. */
const DEPTH_LIMIT = 64;

/** Times that an alias may be used, so that a small file cannot stand for a huge lab. */
const ALIAS_LIMIT = 100;

const PROBLEM_LIMIT = 20;

type ParsedDocument = Document.Parsed<ParsedNode>;

export type YamlResult =
  | { readonly ok: true; readonly data: unknown; readonly source: SourceMap }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function readYaml(text: string): YamlResult {
  if (text.length > TEXT_LIMIT) {
    return refuse([{ message: `the file is longer than ${TEXT_LIMIT >> 20} MiB` }]);
  }
  const lines = new LineCounter();
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens: CST.Token[] = [];
  const excess = tokenise(text, lines, tokens);
  if (excess) return refuse([{ message: excess.message, ...at(excess.offset) }]);

  const options = {
    stringKeys: true,
    uniqueKeys: false, // quadratic; `repeatedKeys` is not
    prettyErrors: false,
    logLevel: "silent",
  } as const;
  const documents = [...new Composer<ParsedNode>(options).compose(tokens, true, text.length)];
  const document = documents[0] as ParsedDocument;
  const problems: Problem[] = document.errors.map((error) => ({
    message: `this is not YAML: ${error.message}`,
    ...at(error.pos[0]),
  }));
  const second = documents[1];
  if (second) {
    problems.push({ message: "expected one YAML document only", ...at(second.range[0]) });
  }
  const aliases = countAliases(document);
  if (aliases > ALIAS_LIMIT) {
    problems.push({ message: `the file uses more than ${ALIAS_LIMIT} aliases` });
  }
  for (const [key, offset] of repeatedKeys(document)) {
    problems.push({ message: `the key "${key}" is there twice`, ...at(offset) });
  }
  if (problems.length > 0) return refuse(problems);
  try {
    const data: unknown = document.toJS({ maxAliasCount: ALIAS_LIMIT });
    return { ok: true, data, source: new SourceMap(document, lines) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return refuse([{ message: "the file's aliases stand for too much text" }]);
  }
}

function refuse(problems: readonly Problem[]): YamlResult {
  return { ok: false, problems: problems.slice(0, PROBLEM_LIMIT) };
}

/** Fills `out`; answers with what there is too much of. */
function tokenise(
  text: string,
  lines: LineCounter,
  out: CST.Token[],
): { readonly message: string; readonly offset: number } | undefined {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) out.push(token);
    count += 1;
    if (parser.stack.length > DEPTH_LIMIT) {
      return { message: "the file is nested too deeply", offset: parser.offset };
    }
    if (count > TOKEN_LIMIT) return { message: "the file is too long", offset: parser.offset };
  }
  for (const token of parser.end()) out.push(token);
  return undefined;
}

function countAliases(document: ParsedDocument): number {
  let aliases = 0;
  visit(document, {
    Alias() {
      aliases += 1;
    },
  });
  return aliases;
}

function repeatedKeys(document: ParsedDocument): (readonly [key: string, offset: number])[] {
  const repeated: (readonly [string, number])[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) repeated.push([name, key.range?.[0] ?? 0]);
        seen.add(name);
      }
    },
  });
  return repeated;
}
