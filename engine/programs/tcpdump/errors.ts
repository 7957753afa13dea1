/** Ends tcpdump with a message after its name, and status 1. */
export class TcpdumpError extends Error {}
