/** What a compose file says, once checked. https://docs.docker.com/reference/compose-file/ */

export interface Service {
  readonly name: string;
  /** As written, after interpolation. */
  readonly source: Readonly<Record<string, unknown>>;
}

export interface ComposeNetwork {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly driver: string;
  readonly internal: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnets: readonly {
    readonly Subnet?: string;
    readonly Gateway?: string;
    readonly IPRange?: string;
  }[];
}

export interface ComposeVolume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
}

export interface Project {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly string[];
  /** In the order of their names. */
  readonly services: readonly Service[];
  readonly networks: readonly ComposeNetwork[];
  readonly volumes: readonly ComposeVolume[];
}

/** Keys of a service that are modelled. */
export const SERVICE_KEYS: ReadonlySet<string> = new Set([
  "build",
  "cap_add",
  "cap_drop",
  "command",
  "container_name",
  "depends_on",
  "dns",
  "dns_search",
  "domainname",
  "entrypoint",
  "env_file",
  "environment",
  "expose",
  "extra_hosts",
  "healthcheck",
  "hostname",
  "image",
  "init",
  "labels",
  "mac_address",
  "network_mode",
  "networks",
  "pid",
  "ports",
  "privileged",
  "profiles",
  "read_only",
  "restart",
  "stdin_open",
  "stop_grace_period",
  "stop_signal",
  "sysctls",
  "tmpfs",
  "tty",
  "user",
  "volumes",
  "working_dir",
]);

/** Keys of the specification that Podwire refuses by name. */
export const REFUSED_SERVICE_KEYS: ReadonlySet<string> = new Set([
  "annotations",
  "attach",
  "blkio_config",
  "cgroup",
  "cgroup_parent",
  "configs",
  "cpu_count",
  "cpu_percent",
  "cpu_period",
  "cpu_quota",
  "cpu_shares",
  "cpus",
  "cpuset",
  "credential_spec",
  "deploy",
  "develop",
  "device_cgroup_rules",
  "devices",
  "dns_opt",
  "extends",
  "external_links",
  "gpus",
  "group_add",
  "ipc",
  "isolation",
  "label_file",
  "links",
  "logging",
  "mem_limit",
  "mem_reservation",
  "mem_swappiness",
  "memswap_limit",
  "oom_kill_disable",
  "oom_score_adj",
  "pids_limit",
  "platform",
  "post_start",
  "pre_stop",
  "provider",
  "pull_policy",
  "runtime",
  "scale",
  "secrets",
  "security_opt",
  "shm_size",
  "storage_opt",
  "ulimits",
  "use_api_socket",
  "userns_mode",
  "uts",
  "volumes_from",
]);
