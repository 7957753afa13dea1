export const VERSION = `socat by Gerhard Rieger and contributors - see www.dest-unreach.org
socat version 1.7.4.4 on 06 Nov 2022 08:15:51
`;

export const HELP = `socat by Gerhard Rieger and contributors - see www.dest-unreach.org
Usage:
socat [options] <bi-address> <bi-address>
   options:
      -V     print version and feature information to stdout, and exit
      -h|-?  print a help text describing command line options and addresses
      -d[ddd]         increase verbosity (use up to 4 times; 2 are recommended)
      -lp<progname>  set the program name used for logging
      -v     verbose text dump of data traffic
      -x     verbose hexadecimal dump of data traffic
      -b<size_t>     set data buffer size (8192)
      -t<timeout>    wait seconds before closing second channel
      -T<timeout>    total inactivity timeout in seconds
      -u     unidirectional mode (left to right)
      -U     unidirectional mode (right to left)
      -4     prefer IPv4 if version is not explicitly specified
   bi-address:
      <single-address>
   single-address:
      <address-head>[,<opts>]
   address-head:
      create:<filename>
      exec:<command-line>
      gopen:<filename>
      open:<filename>
      pipe
      stdin
      stdio
      stdout
      system:<shell-command>
      tcp-connect:<host>:<port>
      tcp-listen:<port>
      udp-connect:<host>:<port>
      udp-datagram:<remote-address>:<port>
      udp-listen:<port>
      udp-recv:<port>
      udp-recvfrom:<port>
      udp-sendto:<host>:<port>
`;
