#!/bin/bash
# A real openNDS between a phone and an internet, on one machine.
#
#   lab.sh up LEVEL        build it, FAS level 1, 2 or 3; returns when openNDS answers and the phone has its lease
#   lab.sh phone CMD…      run CMD as the phone          lab.sh phone curl -si http://connectivitycheck.gstatic.com/generate_204
#   lab.sh gateway CMD…    run CMD on the gateway        lab.sh gateway ndsctl json
#   lab.sh upstream CMD…   run CMD beside the portal     lab.sh upstream node server.js   (signals reach CMD; files are the host's)
#   lab.sh opennds ACTION  stop, start, or restart it    (a gateway that restarts forgets its clients)
#   lab.sh reporter        start our reporter, once the portal answers: while it does not, the reporter waits ever longer
#   lab.sh down            take everything away: also after a failed `up`, also twice
#   Exit status 77: this machine cannot run it, and why is on stderr.
#
#   phone 10.77.0.x ── 10.77.0.1 gateway 192.0.2.2 ── 192.0.2.1 upstream: 203.0.113.10 portal, 198.51.100.80 fake internet
#
# Three anonymous sets of namespaces (net, mount, pid), each held by one process, so nothing is registered on the host:
# when the processes are dead the network, the mounts and whatever openNDS left running are gone with them. openNDS
# writes into /etc, /run and /tmp and kills by name (`pgrep -f authmon.sh`); here it has its own of each.
#
# openNDS runs php at levels 2 and 3; node is the fake internet.
set -euo pipefail

: "${LAB_DIR:=/tmp/opennds-lab}"              # state, logs and certificates of this lab; another folder is another lab
: "${LAB_NAS:=lab}"                           # our NAS id: the FAS path is /g/opennds/$LAB_NAS
: "${LAB_FAS_KEY:=1234567890abcdef}"          # letters and digits only
: "${LAB_GATEWAY_NAME:=Lab Gateway}"
: "${LAB_FAS_IP:=203.0.113.10}"
: "${LAB_FAS_PORT:=}"                         # 8080, at level 3 8443
: "${LAB_FAS_PATH:=/g/opennds/$LAB_NAS}"
: "${LAB_PORTAL_NAME:=portal.wifi.test}"      # resolves to the portal; the name in its certificate
: "${LAB_FAS_FQDN:=}"                         # levels 1 and 2 name the portal by address unless this is set; level 3 by LAB_PORTAL_NAME
: "${LAB_PHONE_MAC:=02:00:5e:10:00:01}"
: "${LAB_GATEWAY_MAC:=02:00:5e:10:00:fe}"
: "${LAB_CHECK_SECONDS:=2}"                   # how often openNDS looks at quotas and timeouts (its default: 15)
: "${LAB_POLL_SECONDS:=1}"                    # how often authmon asks the portal at level 3 (its default: 10)
: "${LAB_INTERIM:=5}"                         # how often the reporter sends counters
: "${LAB_REPORTER_POLL:=2}"                   # how often it asks whom to put out (its default: 5)
: "${LAB_SCRIPTS:=$(cd "$(dirname "$0")/../../../core/gateways/opennds/gateway" && pwd)}"
: "${LAB_EXTRA:=}"                            # further lines for opennds.conf
export LAB_DIR PATH=$PATH:/usr/sbin:/sbin

PORTAL_IP=203.0.113.10 INTERNET_IP=198.51.100.80
state=$LAB_DIR/state

main() {
  case ${1:-} in
    up) shift; up "$@" ;;
    down) down ;;
    phone | gateway) inside "$@" ;;
    upstream) shift; LAB_MEMBER=$LAB_DIR exec nsenter --target "$(holder upstream)" --net -- "$@" ;;
    opennds) opennds_"${2:?stop, start or restart}" ;;
    reporter) start_in gateway reporter /run/lab/scripts/hotspot-reporter.sh ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
}

up() {
  level=${1:-1}
  case $level in 1 | 2 | 3) ;; *) echo "lab: level must be 1, 2 or 3" >&2; exit 2 ;; esac
  require_tools
  down
  mkdir -p "$LAB_DIR" && chmod 700 "$LAB_DIR"
  trap 'echo "lab: failed; its logs are in $LAB_DIR" >&2; down keep-logs' EXIT
  if [ "$level" = 3 ]; then : "${LAB_FAS_PORT:=8443}" "${LAB_FAS_FQDN:=$LAB_PORTAL_NAME}"; fi
  : "${LAB_FAS_PORT:=8080}"

  make_certificates
  for name in upstream gateway phone; do hold "$name"; done
  wire
  start_upstream
  write_gateway_files
  start_gateway
  start_phone
  echo "lab: level $level, phone $LAB_PHONE_MAC at $(inside phone ip -4 -o addr show eth0 | awk '{print $4}'), FAS $(fas_url)"
  trap - EXIT
}

packages='opennds iptables nftables iproute2 dnsmasq-base busybox procps wget curl ca-certificates openssl php-cli'

require_tools() {
  [ "$(id -u)" = 0 ] || cannot 'not root'
  local missing=
  for tool in opennds iptables-nft nft ip unshare dnsmasq busybox pgrep wget curl openssl php node; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  [ -z "$missing" ] || cannot "no$missing: apt-get install $packages"
  unshare --net --mount --pid --fork --mount-proc nft add table ip filter || cannot 'no namespaces, or no nf_tables in them'
}

cannot() {
  echo "lab: cannot run here: $1" >&2
  exit 77
}

# ── namespaces ────────────────────────────────────────────────────────────────────────────────────────────────────────

# Starts the process that holds one machine's namespaces; bash as pid 1, because it reaps the orphans openNDS leaves.
hold() {
  LAB_MEMBER=$LAB_DIR setsid unshare --net --mount --pid --uts --fork --kill-child --mount-proc --propagation private \
    bash -c "hostname $1; ip link set lo up; mount -t sysfs sysfs /sys; touch '$LAB_DIR/$1.up'; sleep infinity & wait" \
    </dev/null >"$LAB_DIR/$1.log" 2>&1 &
  local unshare_pid=$!
  disown
  until_true "$1's namespaces" test -e "$LAB_DIR/$1.up"
  echo "$1 $(pgrep -P "$unshare_pid")" >>"$state"
}

holder() { awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' "$state" 2>/dev/null || { echo "lab: not up" >&2; exit 1; }; }

# Runs a command inside a machine, waits for it, and hands on its exit status.
inside() {
  local pid
  pid=$(holder "$1")
  shift
  LAB_MEMBER=$LAB_DIR nsenter --target "$pid" --net --mount --pid --uts --wd=/ -- "$@"
}

# Starts a service inside a machine: `start_in MACHINE LOG CMD…`. It ends when the machine does.
start_in() {
  local pid
  pid=$(holder "$1")
  local log=$2
  shift 2
  LAB_MEMBER=$LAB_DIR setsid nsenter --target "$pid" --net --mount --pid --uts --wd=/ -- "$@" </dev/null >>"$LAB_DIR/$log.log" 2>&1 &
  disown
}

until_true() {
  local what=$1
  shift
  for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done
  echo "lab: $what: not within 30 s" >&2
  return 1
}

# The lab is whatever carries its mark in its environment, however far `up` came. Ends it by pid; pid 1 of a namespace
# ignores TERM, so services get a moment to stop and then KILL takes everything.
down() {
  local pids
  pids=$(members)
  if [ -n "$pids" ]; then
    kill -TERM $pids 2>/dev/null || true
    sleep 0.1
    for _ in $(seq 100); do
      pids=$(members)
      [ -z "$pids" ] && break
      kill -KILL $pids 2>/dev/null || true
      sleep 0.05
    done
  fi
  rm -f "$state" "$LAB_DIR"/*.up
  # LAB_DIR comes from outside: only a folder that `up` filled is ours to remove.
  if [ "${1:-}" != keep-logs ] && [ -d "$LAB_DIR/tls" ]; then rm -rf "$LAB_DIR"; fi
}

members() { { grep -lzxF "LAB_MEMBER=$LAB_DIR" /proc/[0-9]*/environ 2>/dev/null || true; } | cut -d/ -f3 | tr '\n' ' '; }

# ── network ───────────────────────────────────────────────────────────────────────────────────────────────────────────

wire() {
  local upstream gateway phone
  upstream=$(holder upstream) gateway=$(holder gateway) phone=$(holder phone)
  # Both ends are born inside: the host never has the interfaces.
  ip link add wan0 netns "$gateway" type veth peer name up0 netns "$upstream"
  ip link add lan0 netns "$gateway" type veth peer name eth0 netns "$phone"
  inside upstream ip addr add 192.0.2.1/24 dev up0
  inside upstream ip link set up0 up
  inside upstream ip addr add "$PORTAL_IP/32" dev lo
  inside upstream ip addr add "$INTERNET_IP/32" dev lo
  inside gateway ip link set lan0 address "$LAB_GATEWAY_MAC"
  inside gateway ip addr add 192.0.2.2/24 dev wan0
  inside gateway ip addr add 10.77.0.1/24 dev lan0
  inside gateway ip link set wan0 up
  inside gateway ip link set lan0 up
  inside gateway ip route add default via 192.0.2.1
  inside gateway sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  inside gateway iptables-nft -t nat -A POSTROUTING -o wan0 -j MASQUERADE
  inside phone ip link set eth0 address "$LAB_PHONE_MAC" up
}

start_upstream() {
  start_in upstream dns dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --pid-file= \
    --listen-address=192.0.2.1 "--address=/$LAB_PORTAL_NAME/$PORTAL_IP" "--address=/#/$INTERNET_IP" --log-facility=-
  # GET /bytes/N answers N bytes; a body is read to its end; everything else is the fake internet.
  start_in upstream internet node -e '
    require("http").createServer((request, response) => {
      const [, size] = /^\/bytes\/(\d+)/.exec(request.url) ?? [];
      request.resume().on("end", () => response.end(size ? Buffer.alloc(Number(size)) : "fake internet\n"));
    }).listen(80, process.argv[1])' "$INTERNET_IP"
  until_true "the fake internet" inside upstream curl -sf "http://$INTERNET_IP/"
}

make_certificates() {
  local tls=$LAB_DIR/tls
  mkdir -p "$tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=openNDS lab CA" \
    -addext basicConstraints=critical,CA:TRUE -keyout "$tls/ca-key.pem" -out "$tls/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$LAB_PORTAL_NAME" \
    -keyout "$tls/portal-key.pem" -out "$tls/portal.csr" 2>/dev/null
  openssl x509 -req -in "$tls/portal.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" -CAcreateserial -days 30 \
    -extfile <(echo "subjectAltName=DNS:$LAB_PORTAL_NAME,IP:$PORTAL_IP") -out "$tls/portal.pem" 2>/dev/null
}

# ── gateway ───────────────────────────────────────────────────────────────────────────────────────────────────────────

fas_url() { echo "$([ "$level" = 3 ] && echo https || echo http)://${LAB_FAS_FQDN:-$LAB_FAS_IP}:$LAB_FAS_PORT$LAB_FAS_PATH"; }

# Gives a machine a writable /etc of its own, with its name server and the lab's CA among the trusted ones.
own_etc() {
  inside "$1" sh -ec '
    mount -t tmpfs tmpfs /mnt && cp -a /etc/. /mnt && mount --move /mnt /etc
    rm -f /etc/resolv.conf && echo "nameserver $1" >/etc/resolv.conf
    cat "$LAB_DIR/tls/ca.pem" >>/etc/ssl/certs/ca-certificates.crt
    cp "$LAB_DIR/tls/ca.pem" "/etc/ssl/certs/$(openssl x509 -hash -noout -in "$LAB_DIR/tls/ca.pem").0"' own_etc "$2"
}

# And the gateway an empty /run and /tmp; $LAB_DIR stays in reach as /run/lab.
own_run_and_tmp() {
  inside "$1" sh -ec '
    cd "$LAB_DIR"
    mount -t tmpfs tmpfs /run && mkdir /run/lab /run/tmpfiles.d && mount --bind . /run/lab
    mount -t tmpfs tmpfs /tmp'
}

write_gateway_files() {
  own_etc gateway 192.0.2.1
  own_run_and_tmp gateway
  mkdir -p "$LAB_DIR/scripts" "$LAB_DIR/bin"
  cp "$LAB_SCRIPTS"/*.sh "$LAB_DIR/scripts"
  chmod 755 "$LAB_DIR"/scripts/*.sh

  # Debian's openNDS asks systemd to restart dnsmasq; here there is none, and the host's must not hear of it.
  printf '#!/bin/sh\n[ "$*" = "restart dnsmasq" ] && exec /run/lab/bin/restart-dnsmasq\necho "systemctl $*: ignored" >&2\n' >"$LAB_DIR/bin/systemctl"
  cat >"$LAB_DIR/bin/restart-dnsmasq" <<'EOF'
#!/bin/sh
[ -s /run/dnsmasq.pid ] && kill "$(cat /run/dnsmasq.pid)" && sleep 0.2
exec dnsmasq --conf-file=/etc/dnsmasq.conf
EOF
  # openNDS makes its chains with nft and its rules with iptables, so that must be the nft variant; and iptables-nft
  # refuses an INPUT or FORWARD chain of another priority than 0, where openNDS 9.10 asks for -100. A Debian gateway
  # needs this same edit.
  ln -sf "$(command -v iptables-nft)" "$LAB_DIR/bin/iptables"
  sed 's/priority -100/priority 0/' /usr/lib/opennds/libopennds.sh >"$LAB_DIR/bin/libopennds.sh"
  chmod 755 "$LAB_DIR"/bin/*
  inside gateway mount --bind /run/lab/bin/libopennds.sh /usr/lib/opennds/libopennds.sh

  inside gateway sh -c 'cat >/etc/dnsmasq.conf' <<EOF
interface=lan0
bind-interfaces
except-interface=lo
pid-file=/run/dnsmasq.pid
no-ping
dhcp-range=10.77.0.100,10.77.0.200,12h
dhcp-leasefile=/tmp/dhcp.leases
log-facility=/run/lab/gateway-dnsmasq.log
EOF

  # openNDS's shell scripts read this file too, with awk, by the option's name in lower case and without knowing comments.
  # The daemon refuses nat_traversal_poll_interval as unknown: it has to be said to authmon in a comment.
  inside gateway sh -c 'cat >/etc/opennds/opennds.conf' <<EOF
gatewayinterface lan0
gatewayname $LAB_GATEWAY_NAME
login_option_enabled 0
fas_secure_enabled $level
faskey $LAB_FAS_KEY
fasremoteip $LAB_FAS_IP
${LAB_FAS_FQDN:+fasremotefqdn $LAB_FAS_FQDN}
fasport $LAB_FAS_PORT
faspath $LAB_FAS_PATH
checkinterval $LAB_CHECK_SECONDS
# nat_traversal_poll_interval $LAB_POLL_SECONDS
binauth /run/lab/scripts/hotspot-binauth.sh
$LAB_EXTRA
FirewallRuleSet authenticated-users {
  FirewallRule allow all
}
FirewallRuleSet preauthenticated-users {
}
FirewallRuleSet users-to-router {
  FirewallRule allow udp port 53
  FirewallRule allow tcp port 53
  FirewallRule allow udp port 67
}
EOF

  inside gateway sh -c 'umask 077; cat >/etc/hotspot-gateway.conf' <<EOF
PORTAL=$(fas_url | grep -oE '^[a-z]+://[^/]+')
NAS_ID=$LAB_NAS
FAS_KEY=$LAB_FAS_KEY
INTERIM=$LAB_INTERIM
POLL=$LAB_REPORTER_POLL
EOF
}

start_gateway() {
  inside gateway /run/lab/bin/restart-dnsmasq
  opennds_start
}

# Asked while it is still starting, openNDS can lose a child to its own SIGCHLD handler and exit: wait for its first round.
opennds_start() {
  : >"$LAB_DIR/opennds.log"
  start_in gateway opennds env PATH="/run/lab/bin:$PATH" opennds -f -d 3 -c /etc/opennds/opennds.conf
  until_true openNDS grep -q 'Client List Refresh is Done' "$LAB_DIR/opennds.log"
}

# ndsctl exits with 4, and stops nothing, while the reporter's is at work.
opennds_stop() {
  until_true "an ndsctl that is not at work" inside gateway sh -c 'ndsctl stop; [ $? != 4 ]'
  until_true "the end of openNDS" inside gateway sh -c '! pgrep -x opennds'
}

opennds_restart() { opennds_stop; opennds_start; }

# ── phone ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

start_phone() {
  own_etc phone 10.77.0.1
  cat >"$LAB_DIR/bin/lease" <<'EOF'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface" && ip route add default via "$router"
echo "nameserver $dns" >/etc/resolv.conf
EOF
  chmod 755 "$LAB_DIR/bin/lease"
  inside phone busybox udhcpc -i eth0 -s "$LAB_DIR/bin/lease" -n -q -t 20 -T 1 >>"$LAB_DIR/phone.log" 2>&1
}

main "$@"
