/** What `docker run` and `docker create` ask the engine for (container/opts.go of docker/cli). */
import { parseDuration } from "../../../programs/support/go/units.ts";
import type {
  ContainerCreate,
  Healthcheck,
  HostConfig,
  RestartPolicy,
} from "../../api/container.ts";
import { CliError, type Cli } from "../cli.ts";
import type { FlagValues } from "../command.ts";
import { environment, keyValues, readKeyValueFile } from "./environment.ts";
import { mountSpec, parseTmpfs, parseVolumes } from "./mounts.ts";
import { parseNetworks } from "./networks.ts";
import { parseExposed, parsePublished } from "./ports.ts";

/** `no`, `always`, `on-failure:3` … Throws CliError. */
export function parseRestartPolicy(text: string, recent: boolean): RestartPolicy {
  const [name = "", count, ...more] = text.split(":");
  const head = recent ? "invalid restart policy format: " : "";
  if (recent && count !== undefined && name === "") {
    throw new CliError(`${head}no policy provided before colon`);
  }
  if (more.length > 0) throw new CliError("invalid restart policy format");
  if (count !== undefined && !/^[+-]?\d+$/.test(count)) {
    throw new CliError(`${head}maximum retry count must be an integer`);
  }
  return { Name: name, MaximumRetryCount: Number(count ?? 0) };
}

const HEALTH_TIMES = [
  ["interval", "Interval"],
  ["timeout", "Timeout"],
  ["start-period", "StartPeriod"],
  ["start-interval", "StartInterval"],
] as const;

function healthcheck(flags: FlagValues): Healthcheck | undefined {
  const command = flags.text("health-cmd");
  const names = ["cmd", "interval", "retries", "timeout", "start-period", "start-interval"];
  const given = names.some((name) => flags.has(`health-${name}`));
  if (flags.on("no-healthcheck")) {
    if (given) throw new CliError("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"] };
  }
  if (!given) return undefined;
  const times: Record<string, number> = {};
  for (const [name, key] of HEALTH_TIMES) {
    const duration = parseDuration(flags.text(`health-${name}`) ?? "0") ?? 0;
    if (duration < 0) throw new CliError(`--health-${name} cannot be negative`);
    if (duration > 0) times[key] = duration;
  }
  const retries = flags.integer("health-retries") ?? 0;
  if (retries < 0) throw new CliError("--health-retries cannot be negative");
  return {
    ...(command !== undefined && command !== "" && { Test: ["CMD-SHELL", command] }),
    ...times,
    ...(retries > 0 && { Retries: retries }),
  };
}

const isContainer = (mode: string) => mode.startsWith("container:");

function checkModes(flags: FlagValues): void {
  const checks = [
    ["pid", "PID", (mode: string) => mode === "host" || isContainer(mode)],
    ["uts", "UTS", (mode: string) => mode === "host"],
    ["userns", "USER", (mode: string) => mode === "host"],
    ["cgroupns", "CGROUP", (mode: string) => mode === "host" || mode === "private"],
  ] as const;
  for (const [flag, name, valid] of checks) {
    const mode = flags.text(flag) ?? "";
    if (mode !== "" && !valid(mode)) throw new CliError(`--${flag}: invalid ${name} mode`);
  }
}

function logConfig(flags: FlagValues): HostConfig["LogConfig"] {
  const driver = flags.text("log-driver") ?? "";
  const options = flags.list("log-opt");
  if (driver === "none" && options.length > 0) {
    throw new CliError(`invalid logging opts for driver ${driver}`);
  }
  return { Type: driver, Config: keyValues(options) };
}

/** Which streams are attached: those named, or output and, with -i, input. */
function attachments(flags: FlagValues) {
  const named = flags.list("attach").map((name) => name.toLowerCase());
  const detached = flags.on("detach");
  const chosen = (stream: string, byDefault: boolean) =>
    named.length > 0 ? named.includes(stream) : byDefault && !detached;
  return {
    AttachStdin: chosen("stdin", flags.on("interactive")),
    AttachStdout: chosen("stdout", true),
    AttachStderr: chosen("stderr", true),
  };
}

function limits(flags: FlagValues): Partial<HostConfig> {
  const number = (name: string) => flags.integer(name) ?? 0;
  const swappiness = number("memory-swappiness");
  if (flags.has("memory-swappiness") && swappiness !== -1 && (swappiness < 0 || swappiness > 100)) {
    throw new CliError(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  const cpus = flags.text("cpus");
  return {
    CpuShares: number("cpu-shares"),
    Memory: flags.bytes("memory") ?? 0,
    MemoryReservation: flags.bytes("memory-reservation") ?? 0,
    MemorySwap: flags.bytes("memory-swap") ?? 0,
    ...(flags.has("memory-swappiness") && swappiness !== -1 && { MemorySwappiness: swappiness }),
    NanoCpus: cpus === undefined ? 0 : Math.round(rational(cpus) * 1e9),
    CgroupParent: flags.text("cgroup-parent") ?? "",
    BlkioWeight: number("blkio-weight"),
    CpuPeriod: number("cpu-period"),
    CpuQuota: number("cpu-quota"),
    CpuRealtimePeriod: number("cpu-rt-period"),
    CpuRealtimeRuntime: number("cpu-rt-runtime"),
    CpusetCpus: flags.text("cpuset-cpus") ?? "",
    CpusetMems: flags.text("cpuset-mems") ?? "",
    ...(flags.has("pids-limit") && { PidsLimit: number("pids-limit") }),
    OomKillDisable: flags.on("oom-kill-disable"),
    Ulimits: flags.list("ulimit").map(ulimit),
  };
}

function rational(text: string): number {
  const [numerator = "", denominator = "1"] = text.split("/");
  return Number(numerator) / Number(denominator);
}

function ulimit(text: string) {
  const [Name = "", values = ""] = text.split("=");
  const [soft = "", hard = soft] = values.split(":");
  return { Name, Hard: Number(hard), Soft: Number(soft) };
}

function absolutePath(cli: Cli, path: string): string {
  const whole = path.startsWith("/") ? path : `${cli.sys.cwd()}/${path}`;
  const out: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") out.pop();
    else if (part !== "" && part !== ".") out.push(part);
  }
  return `/${out.join("/")}`;
}

/** Port maps of --publish and --expose together. */
function ports(flags: FlagValues, cli: Cli) {
  const { exposed, bindings } = parsePublished(flags.list("publish"), cli.version);
  const all: Record<string, Record<string, never>> = { ...exposed };
  for (const key of parseExposed(flags.list("expose"), cli.version)) all[key] ??= {};
  return { all, bindings };
}

/** Throws CliError for what does not fit together. */
export function containerBody(
  cli: Cli,
  flags: FlagValues,
  image: string,
  command: readonly string[],
): ContainerCreate {
  checkModes(flags);
  const { all, bindings } = ports(flags, cli);
  const absolute = (path: string) => absolutePath(cli, path);
  const { binds, volumes } = parseVolumes(flags.list("volume"), absolute);
  const mounts = flags.list("mount").map((text) => mountSpec(text, absolute));
  const network = parseNetworks(flags, cli.version);
  const restart = parseRestartPolicy(flags.text("restart") ?? "no", cli.recent);
  if (flags.on("rm") && flags.has("restart") && !["no", ""].includes(restart.Name)) {
    throw new CliError(
      cli.recent
        ? "conflicting options: cannot specify both --restart and --rm"
        : "Conflicting options: --restart and --rm",
    );
  }
  const health = healthcheck(flags);
  const entrypoint = flags.text("entrypoint");
  const labels = flags
    .list("label-file")
    .flatMap((file) => readKeyValueFile(cli.sys, file, "label"));
  const attached = attachments(flags);
  const openStdin = flags.on("interactive");
  const tmpfs = parseTmpfs(flags.list("tmpfs"));
  const stopTimeout = flags.integer("stop-timeout");
  const sysctls = keyValues(flags.list("sysctl"));
  const annotations = keyValues(flags.list("annotation"));
  return {
    Hostname: flags.text("hostname") ?? "",
    Domainname: flags.text("domainname") ?? "",
    User: flags.text("user") ?? "",
    ...attached,
    ...(Object.keys(all).length > 0 && { ExposedPorts: all }),
    Tty: flags.on("tty"),
    OpenStdin: openStdin,
    StdinOnce: openStdin && attached.AttachStdin,
    Env: environment(cli.sys, flags.list("env-file"), flags.list("env")),
    Cmd: command.length === 0 ? null : command,
    ...(health !== undefined && { Healthcheck: health }),
    Image: image,
    Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
    WorkingDir: flags.text("workdir") ?? "",
    Entrypoint: entrypoint === undefined ? null : [entrypoint],
    ...(flags.has("mac-address") && !cli.recent && { MacAddress: flags.text("mac-address") ?? "" }),
    Labels: keyValues([...labels, ...flags.list("label")]),
    ...(flags.has("stop-signal") && { StopSignal: flags.text("stop-signal") ?? "" }),
    ...(stopTimeout !== undefined && { StopTimeout: stopTimeout }),
    HostConfig: {
      Binds: binds.length === 0 ? null : binds,
      ContainerIDFile: flags.text("cidfile") ?? "",
      LogConfig: logConfig(flags),
      NetworkMode: network.mode,
      PortBindings: bindings,
      RestartPolicy: restart,
      AutoRemove: flags.on("rm"),
      VolumesFrom: orNull(flags.list("volumes-from")),
      ConsoleSize: consoleSize(cli, flags),
      ...(Object.keys(annotations).length > 0 && { Annotations: annotations }),
      CapAdd: orNull(flags.list("cap-add")),
      CapDrop: orNull(flags.list("cap-drop")),
      CgroupnsMode: flags.text("cgroupns") ?? "",
      Dns: flags.list("dns"),
      DnsOptions: [...flags.list("dns-option"), ...flags.list("dns-opt")],
      DnsSearch: flags.list("dns-search"),
      ExtraHosts: orNull(flags.list("add-host").map((host) => host.replace(/^([^:=]+)=/, "$1:"))),
      GroupAdd: orNull(flags.list("group-add")),
      IpcMode: flags.text("ipc") ?? "",
      Links: orNull(network.links),
      OomScoreAdj: flags.integer("oom-score-adj") ?? 0,
      PidMode: flags.text("pid") ?? "",
      Privileged: flags.on("privileged"),
      PublishAllPorts: flags.on("publish-all"),
      ReadonlyRootfs: flags.on("read-only"),
      SecurityOpt: orNull(flags.list("security-opt")),
      ...(Object.keys(tmpfs).length > 0 && { Tmpfs: tmpfs }),
      UTSMode: flags.text("uts") ?? "",
      UsernsMode: flags.text("userns") ?? "",
      ShmSize: flags.bytes("shm-size") ?? 0,
      ...(Object.keys(sysctls).length > 0 && { Sysctls: sysctls }),
      Runtime: flags.text("runtime") ?? "",
      Isolation: flags.text("isolation") ?? "",
      ...limits(flags),
      ...(mounts.length > 0 && { Mounts: mounts }),
      ...(flags.has("init") && { Init: flags.on("init") }),
    },
    NetworkingConfig: { EndpointsConfig: network.endpoints },
  };
}

const orNull = (list: readonly string[]) => (list.length === 0 ? null : list);

/** Rows and columns of our terminal, for a container with one. */
function consoleSize(cli: Cli, flags: FlagValues): readonly [number, number] {
  if (!flags.on("tty") || !cli.sys.isatty(1)) return [0, 0];
  const { rows, columns } = cli.sys.windowSize(1);
  return [rows, columns];
}
