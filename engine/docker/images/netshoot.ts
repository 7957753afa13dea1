import { busybox } from "../../programs/busybox/index.ts";
import { BASH } from "../../programs/bash/index.ts";
import { BIND9_DNSUTILS } from "../../programs/bind9-dnsutils/index.ts";
import { BRIDGE_UTILS } from "../../programs/bridge-utils/index.ts";
import { CONNTRACK } from "../../programs/conntrack/index.ts";
import { CURL } from "../../programs/curl/index.ts";
import { IPERF3 } from "../../programs/iperf3/index.ts";
import { IPROUTE2 } from "../../programs/iproute2/index.ts";
import { IPSET } from "../../programs/ipset/index.ts";
import { IPTABLES, IPTABLES_ALTERNATIVES } from "../../programs/iptables/index.ts";
import { IPUTILS_ARPING } from "../../programs/iputils-arping/index.ts";
import { IPUTILS_PING } from "../../programs/iputils-ping/index.ts";
import { IPUTILS_TRACEPATH } from "../../programs/iputils-tracepath/index.ts";
import { MTR_TINY } from "../../programs/mtr-tiny/index.ts";
import { NET_TOOLS } from "../../programs/net-tools/index.ts";
import { NETCAT_OPENBSD } from "../../programs/netcat-openbsd/index.ts";
import { SOCAT } from "../../programs/socat/index.ts";
import { TCPDUMP } from "../../programs/tcpdump/index.ts";
import { UTIL_LINUX } from "../../programs/util-linux/index.ts";
import { alpineFiles } from "./alpine-files.ts";
import { DEFAULT_PATH } from "./debian-files.ts";
import { RegistryImage } from "./registry-image.ts";

const tools = [
  BASH.filter(({ name }) => name === "bash"),
  BIND9_DNSUTILS,
  BRIDGE_UTILS,
  CONNTRACK,
  CURL,
  IPERF3,
  IPROUTE2,
  IPSET,
  IPTABLES,
  IPUTILS_ARPING,
  IPUTILS_PING,
  IPUTILS_TRACEPATH,
  MTR_TINY,
  NET_TOOLS,
  NETCAT_OPENBSD,
  SOCAT,
  TCPDUMP,
  UTIL_LINUX.filter(({ name }) => ["lsns", "nsenter", "unshare"].includes(name)),
].flat();

export const netshoot = new RegistryImage({
  repository: "nicolaka/netshoot",
  summary: "Network tools of every kind, on Alpine",
  tags: ["latest", "v0.13"],
  created: "2024-07-16T02:11:30Z",
  config: { Env: [DEFAULT_PATH], Cmd: ["zsh"], WorkingDir: "/root" },
  steps: [
    { createdBy: "ADD alpine-minirootfs-3.20.1-x86_64.tar.gz / # buildkit", sizeBytes: 7_800_000 },
    { createdBy: "RUN apk add the tools", sizeBytes: 194_000_000 },
    { createdBy: 'CMD ["zsh"]', sizeBytes: 0 },
  ],
  programs: [busybox, ...tools],
  files: () => {
    const builder = alpineFiles({ installedSeconds: 1_721_095_890 }, tools);
    for (const name of IPTABLES_ALTERNATIVES) {
      builder.symlink(`/usr/sbin/${name}`, name.replace("iptables", "iptables-nft"));
    }
    // zsh is not modelled: its place is taken by bash.
    return builder.symlink("/bin/zsh", "/usr/bin/bash").build();
  },
});
