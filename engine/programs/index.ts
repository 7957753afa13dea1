/** Every program, one line a package. A machine's disk image says which of them it has. */
import type { Program } from "../kernel/process/program.ts";
import { BASH } from "./bash/index.ts";
import { BIND9_DNSUTILS } from "./bind9-dnsutils/index.ts";
import { BRIDGE_UTILS } from "./bridge-utils/index.ts";
import { CONNTRACK } from "./conntrack/index.ts";
import { COREUTILS } from "./coreutils/index.ts";
import { CURL } from "./curl/index.ts";
import { DEBIANUTILS } from "./debianutils/index.ts";
import { DIFFUTILS } from "./diffutils/index.ts";
import { DNSMASQ } from "./dnsmasq/index.ts";
import { ETHTOOL } from "./ethtool/index.ts";
import { FINDUTILS } from "./findutils/index.ts";
import { GREP } from "./grep/index.ts";
import { HOSTNAME } from "./hostname/index.ts";
import { INIT_SYSTEM_HELPERS } from "./init-system-helpers/index.ts";
import { IPERF3 } from "./iperf3/index.ts";
import { IPROUTE2 } from "./iproute2/index.ts";
import { IPSET } from "./ipset/index.ts";
import { IPTABLES } from "./iptables/index.ts";
import { IPUTILS_ARPING } from "./iputils-arping/index.ts";
import { IPUTILS_PING } from "./iputils-ping/index.ts";
import { IPUTILS_TRACEPATH } from "./iputils-tracepath/index.ts";
import { IPVSADM } from "./ipvsadm/index.ts";
import { ISC_DHCP_CLIENT } from "./isc-dhcp-client/index.ts";
import { JQ } from "./jq/index.ts";
import { LESS } from "./less/index.ts";
import { LIBC_BIN } from "./libc-bin/index.ts";
import { MAN_DB } from "./man-db/index.ts";
import { MAWK } from "./mawk/index.ts";
import { MTR_TINY } from "./mtr-tiny/index.ts";
import { NANO } from "./nano/index.ts";
import { NCURSES_BIN } from "./ncurses-bin/index.ts";
import { NET_TOOLS } from "./net-tools/index.ts";
import { NETCAT_OPENBSD } from "./netcat-openbsd/index.ts";
import { NFTABLES } from "./nftables/index.ts";
import { NGINX } from "./nginx/index.ts";
import { OPENSSH_CLIENT } from "./openssh-client/index.ts";
import { OPENSSH_SERVER } from "./openssh-server/index.ts";
import { PROCPS } from "./procps/index.ts";
import { PSMISC } from "./psmisc/index.ts";
import { PYTHON3 } from "./python3/index.ts";
import { SED } from "./sed/index.ts";
import { SOCAT } from "./socat/index.ts";
import { SYSTEMD } from "./systemd/index.ts";
import { SYSVINIT_UTILS } from "./sysvinit-utils/index.ts";
import { TCPDUMP } from "./tcpdump/index.ts";
import { TRACEROUTE } from "./traceroute/index.ts";
import { UTIL_LINUX } from "./util-linux/index.ts";
import { WGET } from "./wget/index.ts";

export const PROGRAMS: readonly Program[] = [
  BASH,
  BIND9_DNSUTILS,
  BRIDGE_UTILS,
  CONNTRACK,
  COREUTILS,
  CURL,
  DEBIANUTILS,
  DIFFUTILS,
  DNSMASQ,
  ETHTOOL,
  FINDUTILS,
  GREP,
  HOSTNAME,
  INIT_SYSTEM_HELPERS,
  IPERF3,
  IPROUTE2,
  IPSET,
  IPTABLES,
  IPUTILS_ARPING,
  IPUTILS_PING,
  IPUTILS_TRACEPATH,
  IPVSADM,
  ISC_DHCP_CLIENT,
  JQ,
  LESS,
  LIBC_BIN,
  MAN_DB,
  MAWK,
  MTR_TINY,
  NANO,
  NCURSES_BIN,
  NETCAT_OPENBSD,
  NET_TOOLS,
  NFTABLES,
  NGINX,
  OPENSSH_CLIENT,
  OPENSSH_SERVER,
  PROCPS,
  PSMISC,
  PYTHON3,
  SED,
  SOCAT,
  SYSTEMD,
  SYSVINIT_UTILS,
  TCPDUMP,
  TRACEROUTE,
  UTIL_LINUX,
  WGET,
].flat();
