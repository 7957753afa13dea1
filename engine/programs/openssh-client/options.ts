import { getopt } from "../support/getopt.ts";
import { SSH_PORT } from "./wire.ts";

const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]
           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]
           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]
           [-i identity_file] [-J [user@]host[:port]] [-L address]
           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]
           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]
           [-w local_tun[:remote_tun]] destination [command [argument ...]]
`;

const SHORT = "46aAb:B:c:CD:e:E:fF:gGi:I:J:kKl:L:m:MnNo:O:p:qQ:R:sS:tTvVw:W:xXyY";
/** Accepted: they change nothing that this ssh does. */
const WITHOUT_EFFECT = "4aCiqkx";
const MODELLED = "bnlptTVo";
const OPTIONS_WITHOUT_EFFECT =
  /^(StrictHostKeyChecking|UserKnownHostsFile|BatchMode|LogLevel|PasswordAuthentication|IdentityFile|IdentitiesOnly|CheckHostIP|GlobalKnownHostsFile|PreferredAuthentications|Compression|AddressFamily)$/i;

export interface SshOptions {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number;
  readonly command: string | undefined;
  /** -t, -T; undefined: a terminal for a login shell only. */
  readonly terminal: boolean | undefined;
  readonly noInput: boolean;
  readonly quiet: boolean;
  readonly source: string | undefined;
  readonly connectTimeoutSeconds: number | undefined;
}

export type ParsedSsh =
  | { readonly kind: "run"; readonly options: SshOptions }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly text: string };

export function parseSsh(argv: readonly string[]): ParsedSsh {
  const parsed = getopt(argv, { short: SHORT, stopAtOperand: true });
  const error = (text: string): ParsedSsh => ({ kind: "error", text });
  if (!parsed.ok) {
    const letter = /'(.)'/.exec(parsed.error)?.[1] ?? "";
    const what = parsed.error.includes("requires")
      ? "option requires an argument"
      : "unknown option";
    return error(`${what} -- ${letter}\n${USAGE}`);
  }
  let port = SSH_PORT;
  let user: string | undefined;
  let terminal: boolean | undefined;
  let source: string | undefined;
  let connectTimeoutSeconds: number | undefined;
  const flags = new Set(parsed.options.map(({ name }) => name));
  for (const { name, value = "" } of parsed.options) {
    if (name === "V") return { kind: "version" };
    if (name === "l") user = value;
    else if (name === "b") source = value;
    else if (name === "t") terminal = true;
    else if (name === "T") terminal = false;
    else if (name === "p") {
      if (!/^\d+$/.test(value) || Number(value) < 1 || Number(value) > 65535) {
        return error(`Bad port '${value}'\n`);
      }
      port = Number(value);
    } else if (name === "o") {
      const [key = "", setting = ""] = value.split(/[=\s]+/);
      const lower = key.toLowerCase();
      if (lower === "connecttimeout") connectTimeoutSeconds = Number(setting);
      else if (lower === "port") port = Number(setting);
      else if (lower === "user") user = setting;
      else if (!OPTIONS_WITHOUT_EFFECT.test(key)) {
        return error(`ssh: Podwire does not model the option '-o ${key}'\n`);
      }
    } else if (!WITHOUT_EFFECT.includes(name) && !MODELLED.includes(name)) {
      return error(`ssh: Podwire does not model the option '-${name}'\n`);
    }
  }
  const [destination, ...words] = parsed.operands;
  if (destination === undefined) return error(USAGE);
  const at = destination.lastIndexOf("@");
  return {
    kind: "run",
    options: {
      host: destination.slice(at + 1),
      user: at < 0 ? user : destination.slice(0, at),
      port,
      command: words.length === 0 ? undefined : words.join(" "),
      terminal,
      noInput: flags.has("n"),
      quiet: flags.has("q"),
      source,
      connectTimeoutSeconds,
    },
  };
}
