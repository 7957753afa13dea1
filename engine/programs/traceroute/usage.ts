/** `traceroute --help` */
export const USAGE = ``;
