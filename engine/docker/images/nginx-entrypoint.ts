/**
 * The scripts that the nginx image runs before nginx. They are written for Podwire: they say and do
 * what the image's own do, as far as the image has what they work on.
 */

/** /docker-entrypoint.sh */
export const ENTRYPOINT = `#!/bin/sh
# Runs what is in /docker-entrypoint.d, then the command.
set -e

log() {
    [ -n "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"
}

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
    if [ -n "$(ls -A /docker-entrypoint.d 2>/dev/null)" ]; then
        log "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        log "Looking for shell scripts in /docker-entrypoint.d/"
        for script in /docker-entrypoint.d/*; do
            case $script in
                *.envsh)
                    if [ -x "$script" ]; then
                        log "Sourcing $script"
                        . "$script"
                    else
                        log "Ignoring $script, not executable"
                    fi
                    ;;
                *.sh)
                    if [ -x "$script" ]; then
                        log "Launching $script"
                        "$script"
                    else
                        log "Ignoring $script, not executable"
                    fi
                    ;;
                *) log "Ignoring $script" ;;
            esac
        done
        log "Configuration complete; ready for start up"
    else
        log "No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`;

const LISTEN_ON_IPV6 = `#!/bin/sh
# Adds "listen [::]:80" to the packaged configuration, once.
set -e

conf=/etc/nginx/conf.d/default.conf

log() {
    [ -n "\${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "\${0##*/}: info: $*"
}

if [ ! -f /proc/net/if_inet6 ]; then
    log "ipv6 not available"
elif [ ! -f $conf ]; then
    log "$conf is not a file or does not exist"
elif [ ! -w $conf ]; then
    log "can not modify $conf (read-only file system?)"
elif grep -q 'listen  *\\[::\\]:80;' $conf; then
    log "IPv6 listen already enabled"
else
    log "Getting the checksum of $conf"
    if [ "$(md5sum < $conf)" = "@CHECKSUM@  -" ]; then
        sed -i -e 's,listen       80;,listen       80;\\n    listen  [::]:80;,' $conf
        log "Enabled listen on IPv6 in $conf"
    else
        log "$conf differs from the packaged version"
    fi
fi
`;

const LOCAL_RESOLVERS = `# Exports NGINX_LOCAL_RESOLVERS, for templates.
if [ -n "\${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ]; then
    NGINX_LOCAL_RESOLVERS=$(awk 'BEGIN { ORS = " " } $1 == "nameserver" { print $2 }' /etc/resolv.conf)
    NGINX_LOCAL_RESOLVERS=\${NGINX_LOCAL_RESOLVERS% }
    export NGINX_LOCAL_RESOLVERS
fi
`;

const ENVSUBST = `#!/bin/sh
# Fills templates in; the image has none.
set -e
[ -d "\${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}" ] || exit 0
echo "\${0##*/}: Podwire does not model templates" >&2
exit 1
`;

const TUNE_WORKERS = `#!/bin/sh
# Sets worker_processes to the number of processors, if it is asked to.
set -e
[ -n "\${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
sed -i -e "s/^worker_processes .*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
`;

/** Name → text, of /docker-entrypoint.d. `checksum`: MD5 of the packaged default.conf. */
export function entrypointScripts(checksum: string): Readonly<Record<string, string>> {
  return {
    "10-listen-on-ipv6-by-default.sh": LISTEN_ON_IPV6.replace("@CHECKSUM@", checksum),
    "15-local-resolvers.envsh": LOCAL_RESOLVERS,
    "20-envsubst-on-templates.sh": ENVSUBST,
    "30-tune-worker-processes.sh": TUNE_WORKERS,
  };
}
