/** `${NAME}` in a compose file. https://docs.docker.com/reference/compose-file/interpolation/ */
import { CliError } from "../cli/cli.ts";

export type Variables = ReadonlyMap<string, string>;

const REFERENCE =
  /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\})/g;

/** Throws CliError for a `${NAME:?reason}` that is not set. Unset variables are told to `unset`. */
export function interpolate(
  text: string,
  variables: Variables,
  unset: (name: string) => void,
): string {
  return text.replace(
    REFERENCE,
    (_, dollar?: string, plain?: string, braced?: string, operator?: string, word = "") => {
      if (dollar !== undefined) return "$";
      const name = plain ?? braced ?? "";
      const value = variables.get(name);
      const present = value !== undefined && !(operator?.startsWith(":") === true && value === "");
      switch (operator?.at(-1)) {
        case "-":
          return present ? value : interpolate(word, variables, unset);
        case "+":
          return present ? interpolate(word, variables, unset) : "";
        case "?":
          if (present) return value;
          throw new CliError(`required variable ${name} is missing a value: ${word}`);
      }
      if (value === undefined) unset(name);
      return value ?? "";
    },
  );
}

/** Lines of an `.env` file. */
export function parseDotenv(text: string): Variables {
  const out = new Map<string, string>();
  for (const raw of text.split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$/.exec(raw);
    if (match === null) continue;
    const value = match[2] as string;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    out.set(match[1] as string, quoted?.[2] ?? value.replace(/\s+#.*$/, ""));
  }
  return out;
}
