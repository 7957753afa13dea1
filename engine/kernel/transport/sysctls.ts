/** The sysctls below net.ipv4 and net.core that the transports obey, with Linux's defaults. */

export type PortRange = readonly [low: number, high: number];

export interface TransportSysctls {
  /** net.ipv4.ip_local_port_range */
  localPortRange: PortRange;
  /** net.ipv4.ip_local_reserved_ports: never picked, ascending. */
  reservedPorts: readonly PortRange[];
  /** net.ipv4.ip_unprivileged_port_start */
  unprivilegedPortStart: number;
  /** net.ipv4.tcp_rmem, bytes: minimum, default, maximum */
  tcpReceiveMemory: readonly [number, number, number];
  /** net.ipv4.tcp_wmem, bytes: minimum, default, maximum */
  tcpSendMemory: readonly [number, number, number];
  tcpWindowScaling: boolean;
  tcpTimestamps: boolean;
  tcpSack: boolean;
  tcpSynRetries: number;
  /** Retransmissions of a SYN before the timeout starts to double. */
  tcpSynLinearTimeouts: number;
  tcpSynAckRetries: number;
  tcpRetries2: number;
  /** 0 stands for 8. */
  tcpOrphanRetries: number;
  tcpKeepaliveTimeSeconds: number;
  tcpKeepaliveIntervalSeconds: number;
  tcpKeepaliveProbes: number;
  /** How long an orphan stays in FIN_WAIT2. */
  tcpFinTimeoutSeconds: number;
  /** 0: never, 1: always, 2: on the loopback only. */
  tcpTimeWaitReuse: number;
  tcpAbortOnOverflow: boolean;
  tcpSlowStartAfterIdle: boolean;
  tcpMaxSynBacklog: number;
  /** net.core.somaxconn */
  maxBacklog: number;
  /** net.core.rmem_default, rmem_max, wmem_default, wmem_max; bytes */
  receiveBufferDefault: number;
  receiveBufferMax: number;
  sendBufferDefault: number;
  sendBufferMax: number;
  /** net.ipv4.ping_group_range */
  pingGroupRange: readonly [number, number];
}

export function defaultTransportSysctls(): TransportSysctls {
  return {
    localPortRange: [32768, 60999],
    reservedPorts: [],
    unprivilegedPortStart: 1024,
    tcpReceiveMemory: [4096, 131072, 6291456],
    tcpSendMemory: [4096, 16384, 4194304],
    tcpWindowScaling: true,
    tcpTimestamps: true,
    tcpSack: true,
    tcpSynRetries: 6,
    tcpSynLinearTimeouts: 4,
    tcpSynAckRetries: 5,
    tcpRetries2: 15,
    tcpOrphanRetries: 0,
    tcpKeepaliveTimeSeconds: 7200,
    tcpKeepaliveIntervalSeconds: 75,
    tcpKeepaliveProbes: 9,
    tcpFinTimeoutSeconds: 60,
    tcpTimeWaitReuse: 2,
    tcpAbortOnOverflow: false,
    tcpSlowStartAfterIdle: true,
    tcpMaxSynBacklog: 2048,
    maxBacklog: 4096,
    receiveBufferDefault: 212992,
    receiveBufferMax: 212992,
    sendBufferDefault: 212992,
    sendBufferMax: 212992,
    pingGroupRange: [1, 0],
  };
}
