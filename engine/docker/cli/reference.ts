/** Names of images: `[HOST/]PATH[:TAG][@DIGEST]` (distribution/reference). */
import { CliError } from "./cli.ts";
import type { CliVersion } from "./version.ts";

export interface Reference {
  /** As typed, without tag and digest. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const DOMAIN =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?";
const NAME = new RegExp(`^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*$`);
const LONGEST_NAME = 255;

/** What stands before the first slash is a host if it looks like one: for 28 also in capitals. */
function remainder(name: string, version: CliVersion): string {
  const slash = name.indexOf("/");
  const first = name.slice(0, slash);
  const isHost = /[.:]|^localhost$/.test(first) || (version === "28" && /[A-Z]/.test(first));
  return slash > 0 && isHost ? name.slice(slash + 1) : name;
}

/** Throws CliError: `invalid reference format`. */
export function parseReference(text: string, version: CliVersion): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) {
    throw new CliError(
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const match =
    /^([^@]*?)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,}))?$/.exec(text);
  const name = match?.[1] ?? "";
  const rest = remainder(name, version);
  if (match !== null && /[A-Z]/.test(rest)) {
    const shown = name.includes("/") ? rest : `library/${rest}`;
    throw new CliError(
      version === "28"
        ? `invalid reference format: repository name (${shown}) must be lowercase`
        : "invalid reference format: repository name must be lowercase",
    );
  }
  if (match === null || !NAME.test(name) || name.length > LONGEST_NAME) {
    throw new CliError("invalid reference format");
  }
  return {
    name,
    ...(match[2] !== undefined && { tag: match[2] }),
    ...(match[3] !== undefined && { digest: match[3] }),
  };
}

/** With the tag that is meant when none is given. */
export function familiar({ name, tag, digest }: Reference): string {
  if (digest !== undefined) return `${name}@${digest}`;
  return `${name}:${tag ?? "latest"}`;
}
